"""The staff job against a real centre: whatever is refused is refused, told, and on record."""

from __future__ import annotations

import logging
import secrets
import uuid
from datetime import datetime

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from nacl.public import PrivateKey

from db.central.demo_staff import BUDI, LEFT, RINA, TONO
from db.central.kiosks import disable_kiosk
from db.central.staff_admin import disable_staff, unlock_staff
from db.central.staff_rules import Account, Proof, SignInVerdict
from db.central.staff_wire import SessionNamed
from kiosk.ports import DemoStaff, StaffCredentials, StaffRefusal
from tests.db.central.staff_support import Door, credentials
from tests.db.support import CentralForTest, KioskForTest


@pytest.fixture
def door(central: CentralForTest) -> Door:
    return Door(central, central.kiosk())


# ---- signing in


@pytest.mark.parametrize("by_badge", [False, True])
def test_badge_or_username_with_pin_and_code_opens_a_session(door: Door, by_badge: bool) -> None:
    told = door.ask("sign_in", door.given(by_badge=by_badge))
    assert isinstance(told, dict)
    assert told["member"] == {"username": "rina.contoh", "name": "RINA CONTOHWATI", "role": "supervisor"}
    assert str(door.central.one("SELECT session FROM store.staff_session")) == told["session"]
    assert door.history() == [("rina.contoh", None, "sign_in", "ok")]


NEXT_DIGIT = str.maketrans("0123456789", "1234567890")
WRONG: dict[str, tuple[DemoStaff, dict[str, str]]] = {
    "wrong pin": (RINA, {"pin": "000000"}),
    "another's pin": (RINA, {"pin": BUDI.pin}),
    "unknown name": (RINA, {"username": "nobody.here"}),
    "unknown badge": (RINA, {"username": "", "badge": "x" * 32}),
    "disabled, wrong pin": (LEFT, {"pin": "000000"}),
}


@pytest.mark.parametrize("case", WRONG)
def test_whatever_is_wrong_is_one_word(door: Door, case: str) -> None:
    who, changes = WRONG[case]
    assert door.ask("sign_in", door.given(who, **changes)) is StaffRefusal.WRONG
    known = None if "unknown" in case else who.username
    assert door.history() == [(known, None, "sign_in", "wrong")]
    assert door.central.one("SELECT count(*) FROM store.staff_session") == 0
    assert door.central.one("SELECT sum(failures) FROM store.staff") == (0 if known is None else 1)


def test_a_wrong_code_is_the_same_word_and_counts(door: Door) -> None:
    good = door.given()
    assert door.ask("sign_in", door.given(totp=good.totp.translate(NEXT_DIGIT))) is StaffRefusal.WRONG
    assert door.central.one("SELECT failures FROM store.staff WHERE username = 'rina.contoh'") == 1


def test_a_code_that_was_used_signs_nobody_in_again(door: Door) -> None:
    given = door.given()
    assert isinstance(door.ask("sign_in", given), dict)
    assert door.ask("sign_in", given) is StaffRefusal.REPLAYED
    assert door.history()[1] == ("rina.contoh", None, "sign_in", "replayed")
    assert "staff_replayed" in door.central.alarms()


def test_a_used_code_tells_nothing_to_whoever_has_not_the_pin(door: Door) -> None:
    given = door.given()
    door.ask("sign_in", given)
    assert door.ask("sign_in", credentials_with(given, pin="111111")) is StaffRefusal.WRONG


def credentials_with(given: StaffCredentials, pin: str) -> StaffCredentials:
    return StaffCredentials(pin, given.totp, username=given.username)


def test_five_wrong_tries_lock_also_the_right_person_and_an_admin_unlocks(door: Door) -> None:
    for _ in range(5):
        assert door.ask("sign_in", door.given(pin="000000")) is StaffRefusal.WRONG
    assert door.ask("sign_in", door.given()) is StaffRefusal.LOCKED
    assert door.history()[-1] == ("rina.contoh", None, "sign_in", "locked")
    with door.central.admin() as conn:
        unlock_staff(conn, RINA.username)
    assert isinstance(door.ask("sign_in", door.given()), dict)
    assert door.central.one("SELECT failures FROM store.staff WHERE username = 'rina.contoh'") == 0


def test_the_pause_ends_by_itself_and_the_lock_does_not(door: Door) -> None:
    for _ in range(2):
        for _ in range(5):
            door.ask("sign_in", door.given(pin="000000"))
        door.central.run("UPDATE store.staff SET locked_until = locked_until - interval '15 minutes'")
    assert door.ask("sign_in", door.given()) is StaffRefusal.LOCKED
    assert door.central.one("SELECT failures FROM store.staff WHERE username = 'rina.contoh'") == 10


def test_disabled_is_told_to_the_right_person_only_and_rings(door: Door) -> None:
    assert door.ask("sign_in", door.given(LEFT)) is StaffRefusal.DISABLED
    assert door.history() == [("wati.pensiun", None, "sign_in", "disabled")]
    assert "staff_disabled" in door.central.alarms()


def test_somebody_unknown_costs_the_same_argon2_work(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    from db.central import staff_check

    worked: list[str] = []
    real = staff_check.pin_fits

    def counted(pin: str, verifier: object, keys: object) -> bool:
        worked.append(pin)
        return real(pin, verifier, keys)  # type: ignore[arg-type]

    monkeypatch.setattr(staff_check, "pin_fits", counted)
    door.ask("sign_in", door.given(username="nobody.here"))
    door.ask("sign_in", door.given())
    assert len(worked) == 2


# ---- who asks


def test_a_stolen_login_without_the_signing_key_can_neither_guess_nor_lock(door: Door) -> None:
    thief = Ed25519PrivateKey.generate()
    for _ in range(6):
        assert door.ask("sign_in", door.given(), signer=thief) is StaffRefusal.NOT_TRUSTED
        assert door.ask("sign_in", door.given(pin="000000"), signer=thief) is StaffRefusal.NOT_TRUSTED
    assert door.central.one("SELECT sum(failures) FROM store.staff") == 0
    assert door.central.one("SELECT count(*) FROM store.staff_session") == 0
    assert set(door.history()) == {(None, None, "sign_in", "not_trusted")}
    assert "staff_not_trusted" in door.central.alarms()


@pytest.mark.parametrize("lie", [{"signed_as": "kiosk-other"}, {"signed_kind": "sign_out"}])
def test_a_signature_for_another_kiosk_or_kind_is_none(door: Door, lie: dict[str, str]) -> None:
    assert door.ask("sign_in", door.given(), **lie) is StaffRefusal.NOT_TRUSTED


def test_another_kiosks_signed_request_cannot_be_sent_on(door: Door) -> None:
    """Its signature names the other kiosk; asking with the other's key under one's own login is no use."""
    other = Door(door.central, door.central.kiosk("kiosk-other"))
    assert door.ask("sign_in", door.given(), signer=other.kiosk.signer) is StaffRefusal.NOT_TRUSTED


def test_an_events_signature_does_not_pass_for_a_requests(door: Door) -> None:
    given = door.given()
    sent = door.send("sign_in", given)
    door.central.run("UPDATE store.staff_request SET signature = %s", door.kiosk.signer.sign(b"\x01" * 32))
    door.central.staff_once()
    assert door.hear(sent) is StaffRefusal.NOT_TRUSTED


def test_a_kiosk_that_was_switched_off_meanwhile_gets_nothing(door: Door) -> None:
    sent = door.send("sign_in", door.given())
    with door.central.admin() as conn:
        disable_kiosk(conn, door.kiosk.kiosk_id)
    door.central.staff_once()
    assert door.central.one("SELECT reason FROM store.staff_request") == "not_trusted"
    assert door.central.one("SELECT count(*) FROM store.staff_session") == 0
    assert sent.request_id


def test_a_request_that_nobody_waits_for_any_more_is_not_judged(door: Door) -> None:
    sent = door.send("sign_in", door.given(pin="000000"))
    door.central.run("UPDATE store.staff_request SET asked_at = asked_at - interval '31 seconds'")
    door.central.staff_once()
    assert door.hear(sent) is StaffRefusal.NOT_TRUSTED
    assert door.central.one("SELECT sum(failures) FROM store.staff") == 0
    assert door.history() == [(None, None, "sign_in", "stale")]
    assert door.central.alarms() == set()


ODD = (
    b"5", b"[]", b"\xff", b"{}", b"[" * 3000,
    b'{"pin": "704182", "totp": "123456", "username": "rina.contoh"}',
    b'{"pin": "704182", "totp": "123456", "username": "", "badge": ""}',
    b'{"pin": "704182", "totp": "123456", "username": "rina.contoh", "badge": "xxxxxxxxxxxxxxxxxxxx"}',
    b'{"pin": 704182, "totp": "123456", "username": "rina.contoh", "badge": ""}',
    b'{"pin": "70418", "totp": "123456", "username": "rina.contoh", "badge": ""}',
    b'{"pin": "704182", "totp": "12345\xd9\xa3", "username": "rina.contoh", "badge": ""}',
    b'{"pin": "704182", "totp": "123456", "username": "Rina", "badge": ""}',
    b'{"pin": "704182", "totp": "123456", "username": ["rina.contoh"], "badge": ""}',
)  # fmt: skip


@pytest.mark.parametrize("text", ODD)
def test_what_no_kiosk_of_ours_would_say_is_malformed_and_recorded(door: Door, text: bytes) -> None:
    assert door.ask("sign_in", text) is StaffRefusal.MALFORMED
    assert door.history() == [(None, None, "sign_in", "malformed")]


@pytest.mark.parametrize(
    "text", [b"{}", b'{"session": 5}', b'{"session": "x"}', b'{"session": "%s", "x": 1}' % (b"5f" * 16)]
)
def test_a_session_of_another_shape_is_malformed(door: Door, text: bytes) -> None:
    for kind in ("keep_alive", "sign_out"):
        assert door.ask(kind, text) is StaffRefusal.MALFORMED


def test_what_is_not_sealed_to_the_centre_is_malformed(door: Door) -> None:
    sent = door.send("sign_in", door.given())
    door.central.run("UPDATE store.staff_request SET sealed = decode(repeat('ab', 90), 'hex')")
    door.central.staff_once()
    assert door.hear(sent) is StaffRefusal.NOT_TRUSTED  # the signature covers the sealed bytes


# ---- what goes over the wire


def test_the_same_request_again_is_one_request(door: Door) -> None:
    nonce, key = secrets.token_hex(16), bytes(PrivateKey.generate().public_key)
    ask = "SELECT api.staff_ask('sign_in', %s, %s, %s, %s)"
    first = door.call(ask, nonce, b"s" * 60, key, b"g" * 64)
    assert door.call(ask, nonce, b"s" * 60, key, b"g" * 64) == first
    assert door.call(ask, nonce, b"s" * 60, key, b"h" * 64) == {"refused": "malformed"}
    assert "staff_nonce_reused" in door.central.alarms()


ODD_CALLS: dict[str, tuple[object, ...]] = {
    "kind": ("steal", "0" * 32, b"s" * 60, b"k" * 32, b"g" * 64),
    "nonce": ("sign_in", "0" * 31, b"s" * 60, b"k" * 32, b"g" * 64),
    "nonce in capitals": ("sign_in", "A" * 32, b"s" * 60, b"k" * 32, b"g" * 64),
    "sealed too short": ("sign_in", "0" * 32, b"s" * 48, b"k" * 32, b"g" * 64),
    "sealed too long": ("sign_in", "0" * 32, b"s" * 4097, b"k" * 32, b"g" * 64),
    "answer key": ("sign_in", "0" * 32, b"s" * 60, b"k" * 31, b"g" * 64),
    "signature": ("sign_in", "0" * 32, b"s" * 60, b"k" * 32, b"g" * 63),
    "nothing": (None, None, None, None, None),
}


@pytest.mark.parametrize("case", ODD_CALLS)
def test_a_call_of_another_shape_is_refused_with_an_alarm(door: Door, case: str) -> None:
    told = door.call("SELECT api.staff_ask(%s, %s, %s, %s, %s)", *ODD_CALLS[case])
    assert told == {"refused": "malformed"}
    assert "staff_malformed" in door.central.alarms()


def test_a_kiosk_cannot_fill_the_jobs_queue(door: Door) -> None:
    asks = [
        door.call("SELECT api.staff_ask('sign_in', %s, %s, %s, %s)", f"{n:032}", b"s" * 60, b"k" * 32, b"g" * 64)
        for n in range(10)
    ]
    assert [ask.get("refused") for ask in asks] == [None] * 8 + ["busy"] * 2
    assert "staff_flood" in door.central.alarms()


def test_another_kiosk_can_neither_fetch_nor_open_an_answer(door: Door) -> None:
    other = Door(door.central, door.central.kiosk("kiosk-other"))
    sent = door.send("sign_in", door.given())
    door.central.staff_once()
    for request_id in (sent.request_id, str(uuid.uuid4()), "x"):
        told = other.call("SELECT api.staff_fetch(%s)", request_id)
        assert told == {"state": "unknown", "result": None}


def test_a_rolled_back_question_was_never_asked(door: Door) -> None:
    """Nothing can be read before the job has committed, so there is nothing that a rollback could steal."""
    given = door.given()
    with door.kiosk.connect() as conn:
        told = conn.execute(
            "SELECT api.staff_fetch((api.staff_ask('sign_in', %s, %s, %s, %s) ->> 'request_id'))",
            ("0" * 32, b"s" * 60, b"k" * 32, b"g" * 64),
        ).fetchone()
        assert told is not None
        assert told[0]["result"] is None
        door.central.staff_once()
        conn.rollback()
    assert door.central.one("SELECT count(*) FROM store.staff_request") == 0
    assert door.history() == []
    assert isinstance(door.ask("sign_in", given), dict)


def test_a_key_that_is_none_does_not_break_the_job(door: Door) -> None:
    key, nonce = bytes(32), secrets.token_hex(16)
    door.call("SELECT api.staff_ask('sign_in', %s, %s, %s, %s)", nonce, b"s" * 60, key, b"g" * 64)
    assert isinstance(door.ask("sign_in", door.given()), dict)
    assert door.central.one("SELECT count(*) FROM store.staff_request WHERE state = 'waiting'") == 0


def test_a_request_that_breaks_the_job_is_undone_and_holds_up_nobody(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    from db.central import staff_check

    real = staff_check.judge_sign_in

    def breaks_for_tono(account: Account | None, proof: Proof, now: datetime) -> SignInVerdict:
        if account is not None and account.username == TONO.username:
            raise RuntimeError
        return real(account, proof, now)

    broken = door.send("sign_in", door.given(TONO))
    monkeypatch.setattr(staff_check, "judge_sign_in", breaks_for_tono)
    assert isinstance(door.ask("sign_in", door.given()), dict)
    assert door.hear(broken) is None
    assert "staff_desk_fault" in door.central.alarms()
    monkeypatch.undo()
    door.central.staff_once()
    assert isinstance(door.hear(broken), dict)


# ---- what stays


def test_no_pin_code_badge_or_secret_is_kept_or_logged(door: Door, caplog: pytest.LogCaptureFixture) -> None:
    """Nor does a dump sign anybody in: the pepper and the box key are not in it."""
    caplog.set_level(logging.DEBUG)
    given = door.given(by_badge=True)
    door.ask("sign_in", given)
    door.ask("sign_in", door.given(pin="111222"))
    with psycopg.connect(door.central.admin_dsn) as conn:
        tables = conn.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'store'::regnamespace AND relkind = 'r'"
        )
        dump = "".join(
            str(row) for (table,) in tables.fetchall() for row in conn.execute(f"SELECT t::text FROM store.{table} t")
        )
    for secret in (given.pin, f'"{given.totp}"', given.badge, RINA.totp_secret, RINA.totp_secret.encode().hex()):
        assert secret not in dump
        assert secret not in caplog.text
    assert door.central.one("SELECT count(*) FROM store.staff_request WHERE sealed IS NOT NULL") == 0


def test_answers_are_erased_after_a_while(door: Door) -> None:
    sent = door.send("sign_in", door.given())
    door.central.staff_once()
    door.central.run("UPDATE store.staff_request SET decided_at = decided_at - interval '11 minutes'")
    door.central.staff_once()
    assert door.call("SELECT api.staff_fetch(%s)", sent.request_id) == {"state": "done", "result": None}


def test_no_other_job_reads_staff_and_the_staff_job_reads_no_phone_or_photo(central: CentralForTest) -> None:
    with psycopg.connect(central.centre.staff_dsn, autocommit=True) as conn:
        for query in ("SELECT phone FROM store.participant", "SELECT photo_sealed FROM store.participant",
                      "TABLE store.pin_verifier", "UPDATE store.account SET status = 'TERVERIFIKASI'",
                      "UPDATE store.staff SET enabled = true", "DELETE FROM store.staff_history",
                      "UPDATE store.staff_decision SET ticket = NULL"):  # fmt: skip
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                conn.execute(query)
    for dsn in (central.centre.connector_dsn, central.centre.settle_dsn):
        with psycopg.connect(dsn, autocommit=True) as conn:
            conn.execute("TABLE store.staff_decision")
            for table in ("staff", "staff_session", "staff_request", "staff_history"):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    conn.execute(f"TABLE store.{table}")
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                conn.execute("DELETE FROM store.staff_decision")


# ---- sessions


def over(door: Door, kind: str, session: str) -> bool:
    return door.ask(kind, SessionNamed(session)) is StaffRefusal.SESSION_OVER


def test_a_session_in_use_lives_and_an_idle_one_ends(door: Door) -> None:
    session = door.sign_in()
    for _ in range(3):
        door.central.run("UPDATE store.staff_session SET last_used_at = last_used_at - interval '4 minutes'")
        assert door.ask("keep_alive", SessionNamed(session)) == {}
    door.central.run("UPDATE store.staff_session SET last_used_at = last_used_at - interval '5 minutes'")
    assert over(door, "keep_alive", session)
    assert door.history()[-1] == ("rina.contoh", None, "keep_alive", "session_over")
    assert door.central.one("SELECT end_reason FROM store.staff_session") == "idle"


def test_the_idle_limit_is_the_sites(door: Door) -> None:
    session = door.sign_in()
    sent = door.send("keep_alive", SessionNamed(session))
    door.central.run("UPDATE store.staff_session SET last_used_at = last_used_at - interval '61 seconds'")
    door.central.staff_once(idle_seconds=60.0)
    assert door.hear(sent) is StaffRefusal.SESSION_OVER


def test_signed_out_is_over_and_on_record(door: Door) -> None:
    session = door.sign_in()
    assert door.ask("sign_out", SessionNamed(session)) == {}
    assert over(door, "keep_alive", session)
    assert over(door, "sign_out", session)
    assert [row[2:] for row in door.history()] == [
        ("sign_in", "ok"), ("sign_out", "ok"), ("keep_alive", "session_over"), ("sign_out", "session_over"),
    ]  # fmt: skip


def test_whoever_is_disabled_is_out_at_once(door: Door) -> None:
    session = door.sign_in()
    with door.central.admin() as conn:
        disable_staff(conn, RINA.username)
    assert over(door, "keep_alive", session)
    assert door.central.one("SELECT end_reason FROM store.staff_session") == "disabled"


def test_a_session_of_another_kiosk_is_none_here(door: Door) -> None:
    other = Door(door.central, door.central.kiosk("kiosk-other"))
    session = other.sign_in()
    assert over(door, "keep_alive", session)
    assert over(door, "sign_out", session)
    assert other.ask("keep_alive", SessionNamed(session)) == {}


def test_who_signs_in_takes_the_place_of_who_was_signed_in(door: Door) -> None:
    first, elsewhere = door.sign_in(), Door(door.central, door.central.kiosk("kiosk-other")).sign_in(BUDI)
    second = door.sign_in(TONO)
    assert over(door, "keep_alive", first)
    assert door.ask("keep_alive", SessionNamed(second)) == {}
    assert door.central.one("SELECT ended_at FROM store.staff_session WHERE session = %s", elsewhere) is None


def test_the_client_goes_the_whole_way(central: CentralForTest) -> None:
    kiosk: KioskForTest = central.kiosk()
    with central.jobs():
        session = kiosk.desk.sign_in(credentials(RINA, by_badge=True))
        assert session.member.role.value == "supervisor"
        kiosk.desk.keep_alive(session.session)
        kiosk.desk.sign_out(session.session)
