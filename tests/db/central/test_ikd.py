"""Digital identity at the centre. The risk: a token taken twice, a login answered to another, an issuer that blocks."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg
import pytest

from db.central.ikd_job import CallBacks, IkdJob
from kiosk.ports import CentreRefused, DigitalIdRefusal, DigitalIdRefused, FactSource, LoginOffer, PersonFacts
from kiosk.ports.issuer import LoginBegun, StillWaiting
from tests.db.support import CentralForTest, KioskForTest

R = DigitalIdRefusal
FACTS = PersonFacts(
    FactSource.IKD, "3174075508950001", "SITI RAHMAWATI", date(1995, 8, 15), "JL. CONTOH NO. 8", "KAWIN"
)
ISSUER, TOKEN_ID = "https://ikd.contoh.go.id", "token-id-0001"
USE = "SELECT api.token_use(%s, %s, %s, %s, %s)"
FETCH = "SELECT api.token_fetch(%s)"


def in_a_minute() -> datetime:
    return datetime.now(UTC) + timedelta(seconds=60)


def asked(conn: psycopg.Connection[Any], statement: str, *parameters: object) -> Any:
    row = conn.execute(statement, parameters).fetchone()
    assert row is not None
    return row[0]


# ---- a token once


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


# ---- logins


@dataclass
class FakeIssuer:
    """Each call takes the next answer; an exception is raised."""

    begins: list[LoginBegun | BaseException] = field(default_factory=list)
    polls: list[PersonFacts | StillWaiting | BaseException] = field(default_factory=list)
    asked: list[tuple[str, str]] = field(default_factory=list)  # handle, call-back

    def begin(self) -> LoginBegun:
        return self._next(self.begins)

    def poll(self, handle: str, call_back: str) -> PersonFacts | StillWaiting:
        self.asked.append((handle, call_back))
        return self._next(self.polls)

    @staticmethod
    def _next(answers: list[Any]) -> Any:
        answer = answers.pop(0)
        if isinstance(answer, BaseException):
            raise answer
        return answer


class Killed(BaseException):
    """The process ends here; nothing after it runs."""


def begun(call_back_key: str = "", valid: float = 120.0, poll: float = 0.0) -> LoginBegun:
    return LoginBegun("https://ikd.contoh.go.id/x", "ABCD-EFGH", valid, poll, "secret-handle", call_back_key)


@dataclass
class Login:
    """A visit that asked for a login; the job makes a pass when the test says so."""

    central: CentralForTest
    kiosk: KioskForTest
    issuer: FakeIssuer
    visit_id: str = "v"
    login_id: str = ""

    def ask(self, visit_id: str = "v") -> Any:
        key = self.kiosk.client._visit_key(visit_id)
        with self.kiosk.connect(autocommit=True) as conn:
            told = asked(conn, "SELECT api.login_begin(%s, %s)", visit_id, bytes(key.public_key))
        self.login_id = told.get("login_id", self.login_id)
        return told

    def work(self) -> float:
        with psycopg.connect(self.central.centre.connector_dsn, autocommit=True) as conn:
            return IkdJob(self.central.centre.connector_dsn, self.central.centre.keys, self.issuer).work(conn)

    def result(self) -> PersonFacts | None:
        return self.kiosk.client.login_result(self.visit_id, self.login_id)

    def fetched(self, kiosk: KioskForTest | None = None) -> Any:
        with (kiosk or self.kiosk).connect(autocommit=True) as conn:
            return asked(conn, "SELECT api.login_fetch(%s)", self.login_id)

    def row(self, what: str) -> Any:
        return self.central.one(f"SELECT {what} FROM store.ikd_login WHERE login_id = %s", self.login_id)


@pytest.fixture
def login(central: CentralForTest) -> Login:
    """Offered."""
    found = Login(central, central.kiosk(), FakeIssuer([begun()]))
    found.ask()
    found.work()
    return found


def refusal(call: Callable[[], object]) -> DigitalIdRefusal:
    with pytest.raises(DigitalIdRefused) as refused:
        call()
    return refused.value.refusal


def test_a_login_runs_from_the_kiosk_to_the_issuer_and_back(central: CentralForTest) -> None:
    kiosk, issuer = central.kiosk(), FakeIssuer([begun(poll=60.0)], [StillWaiting(0.05), FACTS])
    job = IkdJob(central.centre.connector_dsn, central.centre.keys, issuer)
    stop, ready = threading.Event(), threading.Event()
    thread = threading.Thread(target=job.run, args=(stop, ready.set), daemon=True)
    thread.start()
    try:
        assert ready.wait(20)
        offer = kiosk.client.begin_login("v")
        assert offer == LoginOffer(offer.login_id, "https://ikd.contoh.go.id/x", "ABCD-EFGH", 120.0)
        central.run("UPDATE store.ikd_login SET next_poll_at = now()")  # a minute has passed on the phone
        until = datetime.now(UTC) + timedelta(seconds=20)
        while (facts := kiosk.client.login_result("v", offer.login_id)) is None and datetime.now(UTC) < until:
            pass
        assert facts == FACTS
        assert issuer.asked == [("secret-handle", "")] * 2
    finally:
        stop.set()
        thread.join(20)


def test_what_is_kept_of_a_login_opens_for_the_visit_or_the_centre_only(login: Login) -> None:
    login.issuer.polls = [FACTS]
    held = login.row("concat(encode(offer, 'escape'), encode(handle, 'escape'), reason)")
    login.work()
    assert login.result() == FACTS
    held += login.row("encode(result, 'escape')")
    for secret in ("ikd.contoh", "ABCD-EFGH", "secret-handle", FACTS.nik, FACTS.name):
        assert secret not in held
    assert login.row("offer IS NULL AND handle IS NULL AND call_back IS NULL")
    login.kiosk.client.forget_visit()
    with pytest.raises(CentreRefused, match="answer_not_readable"):
        login.result()


def test_another_kiosk_sees_no_login_of_this_one(login: Login) -> None:
    other = login.central.kiosk("kiosk-other")
    assert login.fetched(other) == {"refused": "ticket_not_usable"}
    assert login.fetched()["state"] == "offered"
    with pytest.raises(CentreRefused, match="ticket_not_usable"):
        other.client.login_result("v", login.login_id)


@pytest.mark.parametrize("reason", [R.LOGIN_DENIED, R.LOGIN_EXPIRED, R.ISSUER_FAULT, R.NOT_ACTIVE, R.NO_NIK])
def test_a_refusal_of_the_issuer_reaches_the_visit(login: Login, reason: DigitalIdRefusal) -> None:
    login.issuer.polls = [DigitalIdRefused(reason)]
    login.work()
    assert refusal(login.result) is reason
    assert login.row("offer IS NULL AND handle IS NULL")


def test_an_issuer_that_opens_no_login_is_a_reason(central: CentralForTest) -> None:
    found = Login(central, central.kiosk(), FakeIssuer([DigitalIdRefused(R.ISSUER_UNREACHABLE)]))
    found.ask()
    found.work()
    assert refusal(found.result) is R.ISSUER_UNREACHABLE


def test_an_issuer_that_is_away_for_a_moment_ends_no_login(login: Login) -> None:
    login.issuer.polls = [DigitalIdRefused(R.ISSUER_UNREACHABLE), FACTS]
    login.work()
    assert login.result() is None
    login.work()
    assert len(login.issuer.asked) == 1  # it is not asked again at once
    login.central.run("UPDATE store.ikd_login SET next_poll_at = now()")
    login.work()
    assert login.result() == FACTS


def test_a_strange_issuer_is_a_fault_and_the_next_login_is_served(login: Login) -> None:
    login.issuer.polls = [RuntimeError("3174075508950001")]
    login.work()
    assert refusal(login.result) is R.ISSUER_FAULT
    login.issuer.begins = [begun()]
    login.ask()
    login.work()
    assert login.fetched()["state"] == "offered"


def test_the_issuers_pace_is_kept_also_by_two_workers(login: Login) -> None:
    login.issuer.polls = [StillWaiting(30.0)]
    assert login.work() <= 1.0
    for _ in range(3):
        assert login.work() == 1.0
    assert len(login.issuer.asked) == 1
    assert 28 < login.row("extract(epoch FROM next_poll_at - now())") <= 30


def test_a_login_ends_with_its_time_whatever_the_issuer_says(login: Login) -> None:
    login.central.run("UPDATE store.ikd_login SET expires_at = now(), next_poll_at = now() + interval '1 hour'")
    login.work()
    assert refusal(login.result) is R.LOGIN_EXPIRED
    assert login.issuer.asked == []


def test_logins_nobody_waits_for_any_longer_are_not_opened(central: CentralForTest) -> None:
    found = Login(central, central.kiosk(), FakeIssuer([begun()]))
    found.ask()
    central.run("UPDATE store.ikd_login SET asked_at = now() - interval '11 seconds'")
    found.work()
    assert refusal(found.result) is R.LOGIN_EXPIRED
    assert len(found.issuer.begins) == 1


def test_a_worker_that_dies_leaves_the_login_to_the_next(login: Login) -> None:
    login.issuer.polls = [Killed(), FACTS]
    with pytest.raises(Killed):
        login.work()
    login.work()
    assert login.result() == FACTS


def test_asking_again_while_it_waits_is_the_same_login_and_later_a_new_one(central: CentralForTest) -> None:
    found = Login(central, central.kiosk(), FakeIssuer([begun(), begun()]))
    first = found.ask()
    assert found.ask() == first
    found.work()
    second = found.ask()
    assert second != first
    assert central.one("SELECT reason FROM store.ikd_login WHERE login_id = %s", first["login_id"]) == "login_expired"
    found.work()
    assert found.fetched()["state"] == "offered"
    assert found.issuer.asked == []  # the one before is not followed any longer


def test_a_flood_of_logins_and_malformed_ones_are_refused_with_an_alarm(central: CentralForTest) -> None:
    found = Login(central, central.kiosk(), FakeIssuer())
    for number in range(3):
        assert "login_id" in found.ask(f"v{number}")
    assert found.ask("one too many") == {"refused": "busy"}
    with found.kiosk.connect(autocommit=True) as conn:
        for visit, box in (("", b"k" * 32), ("v" * 65, b"k" * 32), (None, b"k" * 32), ("v", b"k"), ("v", None)):
            assert asked(conn, "SELECT api.login_begin(%s, %s)", visit, box) == {"refused": "malformed"}
        for login_id in ("", "x", None, str(uuid.uuid4())):
            assert asked(conn, "SELECT api.login_fetch(%s)", login_id) == {"refused": "ticket_not_usable"}
    assert central.alarms() == {"login_flood", "login_malformed"}


def test_a_login_without_a_job_is_an_unanswered_call(central: CentralForTest) -> None:
    from db.central.client import CentreClient
    from kiosk.config import CentreSettings
    from kiosk.ports import CentreUnreachable

    client = CentreClient(central.kiosk().dsn, CentreSettings(call_seconds=0.3))
    try:
        with pytest.raises(CentreUnreachable):
            client.begin_login("v")
    finally:
        client.close()


# ---- the call-back


@pytest.fixture
def away(central: CentralForTest) -> Login:
    """Offered, and the person is at the issuer's; nothing is asked until they are sent back."""
    found = Login(central, central.kiosk(), FakeIssuer([begun(call_back_key="state-1")]))
    found.ask()
    found.work()
    return found


def call_backs(central: CentralForTest) -> CallBacks:
    return CallBacks(central.centre.connector_dsn, central.centre.keys)


def test_a_phone_that_comes_back_moves_its_login_on_and_no_other(away: Login) -> None:
    away.work()
    assert away.issuer.asked == []
    edge = call_backs(away.central)
    assert not edge.deliver("state-2", "code=x")
    assert edge.deliver("state-1", "code=x&state=state-1")
    away.issuer.polls = [FACTS]
    away.work()
    assert away.issuer.asked == [("secret-handle", "code=x&state=state-1")]
    assert away.result() == FACTS


def test_a_call_back_counts_once_and_not_after_the_end(away: Login) -> None:
    edge = call_backs(away.central)
    assert edge.deliver("state-1", "code=x")
    assert not edge.deliver("state-1", "code=y")
    away.issuer.polls = [FACTS]
    away.work()
    assert away.issuer.asked[0][1] == "code=x"
    assert not edge.deliver("state-1", "code=z")
    away.issuer.begins = [begun(call_back_key="state-3")]
    away.ask()
    away.work()
    away.central.run("UPDATE store.ikd_login SET expires_at = now()")
    assert not edge.deliver("state-3", "code=x")


def test_what_came_back_is_sealed_and_the_state_hashed(away: Login) -> None:
    call_backs(away.central).deliver("state-1", "code=secret-code")
    kept = away.row("concat(encode(call_back, 'escape'), encode(state_sha256, 'escape'))")
    assert "secret-code" not in kept
    assert "state-1" not in kept


def test_an_edge_without_a_database_says_no(central: CentralForTest) -> None:
    assert not CallBacks("host=/nowhere dbname=x", central.centre.keys).deliver("state-1", "code=x")


# ---- forgetting


def test_facts_are_forgotten_after_a_visits_length_and_uses_a_day_after_the_token(login: Login) -> None:
    login.issuer.polls = [FACTS]
    login.work()
    client = login.kiosk.client
    assert client.use_token("v", ISSUER, TOKEN_ID, in_a_minute())
    login.central.run("UPDATE store.ikd_login SET decided_at = now() - interval '11 minutes'")
    login.central.run("UPDATE store.token_use SET expires_at = now() - interval '23 hours'")
    login.work()
    with pytest.raises(CentreRefused, match="already_served"):
        login.result()
    assert not client.use_token("v", ISSUER, TOKEN_ID, in_a_minute())
    login.central.run("UPDATE store.token_use SET expires_at = now() - interval '25 hours'")
    login.work()
    assert login.central.one("SELECT count(*) FROM store.token_use") == 0
