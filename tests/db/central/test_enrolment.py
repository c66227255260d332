"""Enrolment by one-time code: who gets a certificate, and every way not to."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from db.central import enrolment_wire as wire
from db.central import pki
from db.central.enrolment import (
    CODE_TRIES,
    EnrolmentRefusal,
    checked_address,
)
from db.central.enrolment_wire import Request
from db.central.kiosks import role_of
from db.central.pki import CsrFault
from db.local.keys import TLS_KEY, KioskSigner
from db.local.tls_identity import AUTHORITY, IDENTITY
from tests.db.central.enrolment_support import KIOSK, Desk, desk_at
from tests.db.support import CentralForTest


@pytest.fixture
def desk(central: CentralForTest, tmp_path: Path) -> Desk:
    return desk_at(central, tmp_path)


def resigned(desk: Desk, code: str, **changes: Any) -> str:
    """The request changed and vouched for anew by a holder of the code and the signing key."""
    asked = wire.read_request_text(desk.ask(code))
    changed = replace(asked, **changes)
    return wire.request_text(
        replace(changed, signature=desk.signer.sign(changed.body),
                code_proof=wire.prove_code(wire.code_keys(code, KIOSK), changed.body))
    )  # fmt: skip


def test_a_code_a_request_and_an_answer_make_a_kiosk(desk: Desk, central: CentralForTest) -> None:
    told = conninfo_to_dict(desk.enrolled())
    assert told["user"] == role_of(KIOSK)
    assert told["sslmode"] == "verify-full"
    assert "password" not in told
    file = desk.identity.folder / IDENTITY
    assert (told["sslcert"], told["sslkey"]) == (str(file), str(file))
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert desk.identity.enrolled
    assert {left.name for left in desk.identity.folder.iterdir()} == {IDENTITY, AUTHORITY, TLS_KEY}
    assert central.one("SELECT signing_key FROM store.kiosk WHERE kiosk_id = %s", KIOSK) == desk.signer.public_key
    assert central.one("SELECT serial FROM store.kiosk_certificate") == pki.serial_text(desk.certificate())
    assert central.one("SELECT rolpassword FROM pg_authid WHERE rolname = %s", role_of(KIOSK)) is None
    assert central.alarms() == set()


def test_neither_files_nor_database_hold_the_code_or_what_a_request_could_be_made_with(
    desk: Desk, central: CentralForTest
) -> None:
    code = desk.code()
    keys = wire.code_keys(code, KIOSK)
    row = central.one("SELECT row_to_json(c)::text FROM store.enrolment_code c")
    request = desk.ask(code)
    answer = desk.enrol(request)
    for secret in (code, code.replace("-", ""), keys.client.hex()):
        assert secret not in row
        assert secret not in request + answer
    assert desk.identity.install(KIOSK, answer)
    assert central.one("SELECT stored_key IS NULL AND server_key IS NULL FROM store.enrolment_code")
    shut = (desk.identity.folder / IDENTITY).read_bytes()
    password = desk.identity.keys.tls_secret().hex()
    in_the_clear = pki.key_pem(pki.key_of(shut, password.encode()))
    for secret in (*(pem.decode().split("-----")[2].strip() for pem in (shut, in_the_clear)), password):
        assert secret not in request + answer


def test_a_code_may_be_typed_in_any_way_people_type(desk: Desk) -> None:
    code = desk.code()
    typed = " " + code.lower().replace("-", " ").replace("o", "0").replace("i", "1") + " "
    assert desk.identity.install(KIOSK, desk.enrol(desk.ask(typed)))


def test_a_wrong_code_costs_a_try_and_five_of_them_the_code(desk: Desk, central: CentralForTest) -> None:
    code = desk.code()
    for left in reversed(range(CODE_TRIES)):
        assert desk.refusal(desk.ask("AAAA-BBBB-CCCC-DDDD")) is EnrolmentRefusal.WRONG_CODE
        assert central.one("SELECT tries_left FROM store.enrolment_code") == left
    assert desk.refusal(desk.ask(code)) is EnrolmentRefusal.NO_TRIES_LEFT
    assert central.alarms() == {"enrolment_wrong_code"}
    assert central.one("SELECT times FROM store.alarm") == CODE_TRIES
    assert central.one("SELECT count(*) FROM store.kiosk") == 0


def test_a_code_works_once(desk: Desk) -> None:
    code = desk.code()
    desk.enrol(desk.ask(code))
    assert desk.refusal(desk.ask(code)) is EnrolmentRefusal.CODE_USED


def test_a_code_lives_a_day_and_a_new_one_ends_the_one_before(desk: Desk, central: CentralForTest) -> None:
    first, second = desk.code(), desk.code()
    assert desk.refusal(desk.ask(first)) is EnrolmentRefusal.WRONG_CODE
    central.run("UPDATE store.enrolment_code SET expires_at = expires_at - interval '24 hours'")
    assert desk.refusal(desk.ask(second)) is EnrolmentRefusal.CODE_EXPIRED


def test_without_a_code_for_this_kiosk_nothing_is_signed(desk: Desk) -> None:
    code = desk.code("kiosk-other")
    assert desk.refusal(desk.ask(code)) is EnrolmentRefusal.NO_CODE
    assert desk.refusal(desk.ask(code), "kiosk-other") is EnrolmentRefusal.OTHER_KIOSK
    desk.code()
    assert desk.refusal(desk.ask(code)) is EnrolmentRefusal.WRONG_CODE  # another kiosk's code


def test_a_renewal_request_is_no_enrolment(desk: Desk) -> None:
    desk.code()
    assert desk.refusal(desk.ask(None)) is EnrolmentRefusal.WRONG_CODE


def test_a_known_kiosk_with_another_signing_key_is_refused(desk: Desk, central: CentralForTest) -> None:
    desk.enrolled()
    desk.signer = KioskSigner(b"t" * 32)
    assert desk.refusal(desk.ask(desk.code())) is EnrolmentRefusal.ANOTHER_SIGNING_KEY
    assert central.one("SELECT count(*) FROM store.kiosk_certificate") == 1


def test_a_request_that_its_signing_key_did_not_sign_is_refused(desk: Desk) -> None:
    code = desk.code()
    stranger = KioskSigner(b"t" * 32).public_key
    assert desk.refusal(resigned(desk, code, signing_key=stranger)) is EnrolmentRefusal.NOT_SIGNED
    assert desk.refusal(resigned(desk, code, signing_key=b"short")) is EnrolmentRefusal.NOT_SIGNED


def test_a_request_for_another_name_is_refused_even_with_the_right_code(desk: Desk) -> None:
    code = desk.code()
    for role in ("kiosk_kiosk-other", "postgres"):
        other = pki.make_request(pki.new_key(), role)
        assert desk.refusal(resigned(desk, code, csr=other)) is CsrFault.OTHER_NAME
    assert desk.refusal(resigned(desk, code, csr="nothing")) is CsrFault.MALFORMED


def test_a_tls_key_gets_one_certificate_in_its_life(desk: Desk) -> None:
    code = desk.code()
    request = wire.read_request_text(desk.ask(code))
    desk.enrol(wire.request_text(request))
    again = desk.code()
    assert desk.refusal(resigned(desk, again, csr=request.csr)) is EnrolmentRefusal.TLS_KEY_USED_BEFORE


CHANGED: list[tuple[str, Callable[[dict[str, Any]], Any]]] = [
    ("v", lambda _: 2), ("csr", lambda _: 7), ("signing_key", lambda _: "zz"), ("more", lambda _: ""),
    ("csr", lambda told: told["csr"] + "x" * wire.MAX_FILE_BYTES),
]  # fmt: skip


def test_a_file_that_is_no_request_is_malformed_and_costs_a_try(desk: Desk, central: CentralForTest) -> None:
    told = json.loads(desk.ask(desk.code()))
    bad = ["", "[]", "{", "[" * 10_000, *(json.dumps(told | {name: change(told)}) for name, change in CHANGED)]
    for number, text in enumerate(bad):
        desk.code()
        assert desk.refusal(text) is EnrolmentRefusal.MALFORMED, number
        assert central.one("SELECT tries_left FROM store.enrolment_code") == CODE_TRIES - 1


def test_one_changed_letter_anywhere_in_a_request_is_a_wrong_code(desk: Desk) -> None:
    code = desk.code()
    asked = wire.read_request_text(desk.ask(code))
    for changed in (replace(asked, csr=asked.csr + "\n"), replace(asked, signing_key=b"t" * 32)):
        assert desk.refusal(wire.request_text(changed)) is EnrolmentRefusal.WRONG_CODE


@pytest.mark.parametrize("field", ["csr", "kiosk_id"])
def test_half_a_surrogate_in_a_request_is_malformed(desk: Desk, field: str) -> None:
    request = json.loads(desk.ask(desk.code()))
    assert desk.refusal(json.dumps(request | {field: "\ud800"})) is EnrolmentRefusal.MALFORMED


@pytest.mark.parametrize(
    "address", ["", "dbname=central", "host=x", "host=x dbname=c password=p", "host=x dbname=c user=u"]
)
def test_an_address_for_kiosks_names_servers_and_no_secret(address: str) -> None:
    with pytest.raises(ValueError, match="address"):
        checked_address(address)
    assert checked_address("host=a,b port=5432,5433 dbname=central target_session_attrs=read-write")


def test_a_function_for_kiosks_could_not_reach_codes_or_certificates(desk: Desk, central: CentralForTest) -> None:
    desk.enrolled()
    desk.code()
    with psycopg.connect(central.admin_dsn) as conn:
        conn.execute("SET ROLE bpjs_owner")
        conn.execute(
            "CREATE FUNCTION api.leak() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS 'SELECT"
            " (SELECT count(*) FROM store.enrolment_code) + (SELECT count(*) FROM store.kiosk_certificate)'"
        )
        conn.execute("GRANT EXECUTE ON FUNCTION api.leak() TO bpjs_kiosk")
    with central.kiosk("kiosk-other").connect() as conn:
        assert conn.execute("SELECT api.leak()").fetchone() == (0,)


def test_the_request_of_one_kiosk_is_not_another_ones(desk: Desk) -> None:
    body = Request("kiosk-a", "csr", b"k" * 32).body
    keys, others = (wire.code_keys("AAAA-BBBB-CCCC-DDDD", kiosk_id) for kiosk_id in ("kiosk-a", "kiosk-b"))
    assert wire.proves_code(keys.stored, wire.prove_code(keys, body), body)
    assert not wire.proves_code(others.stored, wire.prove_code(keys, body), body)
