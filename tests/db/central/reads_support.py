"""A visit whose participant has a family and a past, for the reads after the match."""

from __future__ import annotations

import base64

from nacl.public import PrivateKey, SealedBox

from db.central import demo
from kiosk.ports import (
    AccountHistory,
    FamilyMember,
)
from tests.db.central.test_connector import Visit
from tests.db.support import CentralForTest

KINDS = ("family", "history")
HEAD, SPOUSE, CHILD, STRANGER = demo.MAIN, demo.VERIFIED, demo.MINOR, demo.IN_ARREARS


def link(central: CentralForTest, head: str, member: str, relation: str) -> None:
    central.run(
        "INSERT INTO store.family_link SELECT h.participant_id, m.participant_id, %s"
        " FROM store.participant h, store.participant m WHERE h.nik = %s AND m.nik = %s",
        relation, head, member,
    )  # fmt: skip


LOGIN = (
    "INSERT INTO store.login (feed_id, participant_id, at, channel, outcome, device, place)"
    " SELECT {feed_id}, participant_id, {at}, 'web', 'ok', {device}, 'Depok' FROM store.participant{more}"
    " WHERE nik = %s"
)


def logged_in(central: CentralForTest, at: str, nik: str = HEAD.nik) -> None:
    central.run(LOGIN.format(feed_id="gen_random_uuid()", at="%s::timestamptz", device="'Ponsel CONTOH'", more=""),
                at, nik)  # fmt: skip


def settled(central: CentralForTest, visit_id: str, at: str, outcome: str, nik: str = HEAD.nik) -> None:
    central.run(
        "INSERT INTO store.verification (kiosk_id, visit_id, participant_id, outcome, reason, decided_at)"
        " SELECT 'kiosk-demo-01', %s, participant_id, %s, 'evidence_refused', %s FROM store.participant WHERE nik = %s",
        visit_id, outcome, at, nik,
    )  # fmt: skip


def at_another_visit(visit: Visit, nik: str, name: str) -> Visit:
    """Matched, at the same kiosk."""
    other = Visit(visit.central, visit.kiosk, name, visit.kiosk.lookup(name, nik).ticket)
    other.consent()
    other.match()
    return other


def family_of(visit: Visit) -> tuple[FamilyMember, ...]:
    with visit.central.jobs(patience_seconds=0.0):
        return visit.kiosk.client.family(visit.ticket)


def history_of(visit: Visit) -> AccountHistory:
    with visit.central.jobs(patience_seconds=0.0):
        return visit.kiosk.client.history(visit.ticket)


def opened(visit: Visit, kind: str) -> str:
    """The answer's own text, as only the visit's key opens it."""
    asked = visit.ask(kind)
    assert visit.answer(asked) == ("done", "")
    key: PrivateKey = visit.kiosk.client._memory.ticket_keys[visit.ticket]
    return SealedBox(key).decrypt(base64.b64decode(visit.fetch(asked)["result"])).decode()


def visit_with_family(central: CentralForTest) -> Visit:
    """Consented to, not matched yet."""
    kiosk = central.kiosk()
    visit = Visit(central, kiosk, "v", kiosk.lookup("v").ticket)
    visit.consent()
    link(central, HEAD.nik, SPOUSE.nik, "SUAMI")
    link(central, HEAD.nik, CHILD.nik, "ANAK")
    link(central, STRANGER.nik, demo.NO_PHONE.nik, "ISTRI")
    return visit
