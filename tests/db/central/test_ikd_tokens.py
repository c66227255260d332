"""A digital identity's token at the centre. The risk: one that is taken twice."""

from __future__ import annotations

import threading
import uuid
from datetime import UTC, datetime, timedelta

import pytest

from kiosk.ports import CentreRefused
from tests.db.central.ikd_support import ISSUER, TOKEN_ID, asked, in_a_minute
from tests.db.support import CentralForTest, KioskForTest

USE = "SELECT api.token_use(%s, %s, %s, %s, %s)"
FETCH = "SELECT api.token_fetch(%s)"


def test_a_token_is_used_once_here_and_everywhere(central: CentralForTest) -> None:
    one, two = central.kiosk("kiosk-one"), central.kiosk("kiosk-two")
    assert one.client.use_token("v", ISSUER, TOKEN_ID, in_a_minute())
    assert not one.client.use_token("v", ISSUER, TOKEN_ID, in_a_minute())
    assert not one.client.use_token("another visit", ISSUER, TOKEN_ID, in_a_minute())
    assert central.alarms() == set()  # somebody holds the same code before the camera twice: no alarm
    assert not two.client.use_token("v", ISSUER, TOKEN_ID, in_a_minute())
    assert central.alarms() == {"token_used_elsewhere"}


def test_the_same_id_of_another_issuer_is_another_token(central: CentralForTest) -> None:
    client = central.kiosk().client
    assert client.use_token("v", "ab", "cdefghijk", in_a_minute())
    assert client.use_token("v", "abc", "defghijk", in_a_minute())
    assert client.use_token("v", "ab", "cdefghijK", in_a_minute())


def test_of_two_kiosks_at_the_same_moment_one_is_first(central: CentralForTest) -> None:
    kiosks = [central.kiosk(f"kiosk-{number}") for number in range(4)]
    start, first = threading.Barrier(len(kiosks)), []

    def use(kiosk: KioskForTest) -> None:
        start.wait(10)
        first.append(kiosk.client.use_token("v", ISSUER, TOKEN_ID, in_a_minute()))

    threads = [threading.Thread(target=use, args=(kiosk,)) for kiosk in kiosks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(first) == [False, False, False, True]


def test_a_call_repeated_after_a_lost_answer_is_the_same_use(central: CentralForTest) -> None:
    with central.kiosk().connect(autocommit=True) as conn:
        use_id = str(uuid.uuid4())
        for _ in range(2):
            assert asked(conn, USE, use_id, "v", ISSUER, TOKEN_ID, in_a_minute()) == {"use_id": use_id}
        assert asked(conn, FETCH, use_id) == {"first": True}


def test_a_use_that_is_rolled_back_was_none_and_tells_nothing(central: CentralForTest) -> None:
    """A thief asks whether a token is fresh and takes the question back, so that its owner notices nothing."""
    thief, owner = central.kiosk("kiosk-thief"), central.kiosk("kiosk-owner")
    use_id = str(uuid.uuid4())
    with thief.connect() as conn:
        asked(conn, USE, use_id, "v", ISSUER, TOKEN_ID, in_a_minute())
        assert asked(conn, FETCH, use_id) == {"first": False}
        conn.execute("SAVEPOINT s")
        assert asked(conn, FETCH, use_id) == {"first": False}
        conn.rollback()
        assert asked(conn, FETCH, use_id) == {"first": False}
    assert owner.client.use_token("v", ISSUER, TOKEN_ID, in_a_minute())


def test_nobody_claims_anothers_use(central: CentralForTest) -> None:
    one, two = central.kiosk("kiosk-one"), central.kiosk("kiosk-two")
    use_id = str(uuid.uuid4())
    with one.connect(autocommit=True) as conn:
        asked(conn, USE, use_id, "v", ISSUER, TOKEN_ID, in_a_minute())
    with two.connect(autocommit=True) as conn:
        assert asked(conn, FETCH, use_id) == {"first": False}
        asked(conn, USE, use_id, "v", ISSUER, "another-token", in_a_minute())  # the same use id for another token
        assert asked(conn, FETCH, use_id) == {"first": False}


def test_an_answer_is_given_for_half_a_minute(central: CentralForTest) -> None:
    with central.kiosk().connect(autocommit=True) as conn:
        use_id = str(uuid.uuid4())
        asked(conn, USE, use_id, "v", ISSUER, TOKEN_ID, in_a_minute())
        central.run("UPDATE store.token_use SET used_at = used_at - interval '31 seconds'")
        assert asked(conn, FETCH, use_id) == {"first": False}


def test_the_centre_keeps_neither_the_id_nor_the_issuer(central: CentralForTest) -> None:
    central.kiosk().client.use_token("v", ISSUER, TOKEN_ID, in_a_minute())
    kept = central.one("SELECT t::text FROM store.token_use t")
    assert ISSUER not in kept
    assert TOKEN_ID not in kept


GOOD_USE: tuple[object, ...] = (str(uuid.uuid4()), "v", ISSUER, TOKEN_ID, timedelta(seconds=60))
MALFORMED: dict[str, tuple[int, object]] = {
    "no use": (0, None),
    "no uuid": (0, "x"),
    "no visit": (1, ""),
    "endless visit": (1, "v" * 65),
    "no issuer": (2, ""),
    "endless issuer": (2, "i" * 201),
    "short id": (3, "1234567"),
    "endless id": (3, "1" * 129),
    "no id": (3, None),
    "no end": (4, None),
    "ended long ago": (4, timedelta(minutes=-11)),
    "kept for years": (4, timedelta(days=9999)),
}


@pytest.mark.parametrize(("place", "value"), MALFORMED.values(), ids=MALFORMED.keys())
def test_a_malformed_use_is_refused_with_an_alarm(central: CentralForTest, place: int, value: object) -> None:
    parameters = [*GOOD_USE[:place], value, *GOOD_USE[place + 1 :]]
    if isinstance(parameters[4], timedelta):
        parameters[4] = datetime.now(UTC) + parameters[4]
    with central.kiosk().connect(autocommit=True) as conn:
        assert asked(conn, USE, *parameters) == {"refused": "malformed"}
        conn.execute("SELECT api.token_use(%s, 'v', 'i', '12345678', 'infinity')", (str(uuid.uuid4()),))
    assert central.alarms() == {"token_malformed"}
    assert central.one("SELECT count(*) FROM store.token_use") == 0


def test_the_allowance_of_a_day_ends_for_tokens_and_logins_together(central: CentralForTest) -> None:
    client = central.kiosk().client
    central.run("UPDATE store.kiosk SET ikd_a_day = 1")
    assert client.use_token("v", ISSUER, TOKEN_ID, in_a_minute())
    for call in (
        lambda: client.use_token("v", ISSUER, "another-token", in_a_minute()),
        lambda: client.begin_login("v"),
    ):
        with pytest.raises(CentreRefused, match="allowance_spent"):
            call()
    assert central.alarms() == {"ikd_allowance_spent"}
