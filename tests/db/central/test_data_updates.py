"""What is newer than the register. The risk: it is lost, or kept of a visit that was not settled."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from db.central import demo
from kiosk import events as ev
from tests.db.support import CentralForTest, KioskForTest


def settled(central: CentralForTest, kiosk: KioskForTest, *offered: Any, visit_id: str = "v") -> str:
    """A visit that the settle job takes, with these events before its PIN; its ticket."""
    ticket = str(kiosk.lookup(visit_id).ticket)
    events = kiosk.visit_events(ticket)
    kiosk.record(visit_id, *events[:6], *(make(ticket) for make in offered))
    with central.jobs():
        kiosk.client.reference_face(ticket)
        kiosk.client.send_code(ticket, 1, "482916")
    kiosk.record(visit_id, *events[6:])
    central.settle_once()
    return ticket


def offer(source: str = "ikd", **changed: Any) -> Any:
    """Makes the event when the ticket is known."""

    def made(ticket: str) -> ev.DataUpdateOffered:
        told = {
            "ticket": ticket,
            "fields": ("address", "marital_status"),
            "sealed_values": "c2VhbGVk",
            "sealed_to": "k",
        }
        return ev.DataUpdateOffered(source=source, **(told | changed))

    return made


def kept(central: CentralForTest) -> list[Any]:
    with psycopg.connect(central.admin_dsn) as conn:
        return conn.execute(
            "SELECT p.nik, d.source, d.fields, d.sealed_values, d.sealed_to FROM store.data_update d"
            " JOIN store.participant p USING (participant_id) ORDER BY source"
        ).fetchall()


def test_card_and_digital_identity_each_leave_what_is_newer_as_it_was_sealed(central: CentralForTest) -> None:
    settled(central, central.kiosk(), offer(), offer("ktp", fields=("name",)))
    fields = ["address", "marital_status"]
    assert kept(central) == [
        (demo.MAIN.nik, "ikd", fields, "c2VhbGVk", "k"),
        (demo.MAIN.nik, "ktp", ["name"], "c2VhbGVk", "k"),
    ]


def test_a_visit_that_is_not_settled_leaves_nothing(central: CentralForTest) -> None:
    central.evidence_refusal = "forged"
    settled(central, central.kiosk(), offer())
    assert central.account_status() == "BELUM_TERVERIFIKASI"
    assert kept(central) == []


@pytest.mark.parametrize(
    "strange",
    [offer("elsewhere"), offer(fields=()), offer(fields=("f",) * 9), offer(sealed_values=""), offer(sealed_to="k" * 65),
     offer(sealed_values="x" * 8193), offer(ticket="00000000-0000-0000-0000-000000000000")],
)  # fmt: skip
def test_a_strange_offer_is_left_out_and_the_visit_is_settled_all_the_same(
    central: CentralForTest, strange: Any
) -> None:
    settled(central, central.kiosk(), strange)
    assert central.account_status() == "TERVERIFIKASI"
    assert kept(central) == []


def test_the_profile_says_what_the_register_has_of_address_and_status(central: CentralForTest) -> None:
    kiosk = central.kiosk()
    for visit_id, nik, told in (
        ("v1", demo.MAIN.nik, (demo.MAIN.address, demo.MAIN.marital_status)),
        ("v2", demo.IN_ARREARS.nik, ("", "")),
    ):
        ticket = kiosk.lookup(visit_id, nik).ticket
        kiosk.record(visit_id, *kiosk.visit_events(ticket)[:6])
        with central.jobs():
            profile = kiosk.client.profile(ticket)
        assert (profile.address, profile.marital_status) == told


def test_a_centre_seeded_before_there_were_addresses_gets_them_and_keeps_newer_ones(central: CentralForTest) -> None:
    central.run("UPDATE store.participant SET address = NULL, marital_status = NULL")
    with central.admin() as conn:
        demo.give_addresses(conn)
        conn.execute("UPDATE store.participant SET address = 'JL. LAIN' WHERE nik = %s", (demo.MAIN.nik,))
        demo.give_addresses(conn)
    assert central.one("SELECT address FROM store.participant WHERE nik = %s", demo.MAIN.nik) == "JL. LAIN"
    assert central.one("SELECT marital_status FROM store.participant WHERE nik = %s", demo.MAIN.nik) == "BELUM KAWIN"
