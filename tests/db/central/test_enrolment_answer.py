"""The centre's answer at the kiosk: one from elsewhere, for another, or with a weaker way is not taken in."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from psycopg.conninfo import conninfo_to_dict

from db.central import enrolment_wire as wire
from db.central import pki
from db.central.enrolment import (
    rotate,
)
from db.central.kiosks import role_of
from db.local.tls_identity import AnswerFault, AnswerRefused
from tests.db.central.enrolment_support import ADDRESS, KIOSK, Desk, desk_at
from tests.db.support import CentralForTest


@pytest.fixture
def desk(central: CentralForTest, tmp_path: Path) -> Desk:
    return desk_at(central, tmp_path)


def answer_fault(desk: Desk, text: str, kiosk_id: str = KIOSK) -> AnswerFault:
    with pytest.raises(AnswerRefused) as told:
        desk.identity.install(kiosk_id, text)
    return told.value.fault


def test_an_answer_from_another_centre_is_refused(desk: Desk, tmp_path: Path) -> None:
    """One who swaps the file knows neither the code nor what the centre keeps of it."""
    request = desk.ask(desk.code())
    good = wire.read_answer_text(desk.enrol(request))
    rogue = pki.load_or_create_authority(tmp_path / "rogue")
    key = pki.read_request(wire.read_request_text(request).csr, role_of(KIOSK))
    made = pki.sign_login(rogue, key, role_of(KIOSK), 1).public_bytes(pki.Encoding.PEM).decode()
    swapped = replace(good, certificate=made, ca_certificate=rogue.pem.decode())
    for answer in (swapped, replace(good, dsn=good.dsn.replace("contoh", "rogue")), replace(good, proof=b"")):
        assert answer_fault(desk, wire.answer_text(answer)) is AnswerFault.NOT_FROM_THE_CENTRE
    assert not desk.identity.enrolled
    assert desk.identity.install(KIOSK, wire.answer_text(good))


def test_an_answer_for_another_request_kiosk_or_never_asked_for_is_refused(desk: Desk) -> None:
    answer = desk.enrol(desk.ask(desk.code()))
    assert answer_fault(desk, answer, "kiosk-other") is AnswerFault.OTHER_KIOSK
    assert answer_fault(desk, "{}") is AnswerFault.MALFORMED
    assert desk.identity.install(KIOSK, answer)
    assert answer_fault(desk, answer) is AnswerFault.NOT_ASKED
    desk.ask(None)  # a renewal is under way: the old certificate is not its answer
    assert answer_fault(desk, answer) is AnswerFault.OTHER_KEY


def test_a_renewal_cannot_bring_another_authority_or_a_weaker_connection(desk: Desk, tmp_path: Path) -> None:
    desk.enrolled()
    good = wire.read_answer_text(rotate(desk.conn, desk.authority, KIOSK, desk.ask(None), ADDRESS))
    rogue = pki.load_or_create_authority(tmp_path / "rogue")
    swapped = replace(good, ca_certificate=rogue.pem.decode())
    assert answer_fault(desk, wire.answer_text(swapped)) is AnswerFault.NOT_FROM_THE_CENTRE
    role = role_of(KIOSK)
    odd_ones = (
        "user=postgres host=x dbname=central", good.dsn + " sslkey=/etc/passwd", good.dsn + " options='-c x=y'",
        # no TLS there
        f"user={role} dbname=central", f"user={role} host=/tmp dbname=central", f"user={role} host=@x dbname=central",
        f"user={role} host=x,/tmp dbname=central", f"user={role} host=x, dbname=central",
    )  # fmt: skip
    for odd in odd_ones:
        assert answer_fault(desk, wire.answer_text(replace(good, dsn=odd))) is AnswerFault.ODD_ADDRESS
    weaker = replace(good, dsn=good.dsn.replace("verify-full", "disable"))
    assert conninfo_to_dict(desk.identity.install(KIOSK, wire.answer_text(weaker)))["sslmode"] == "verify-full"
