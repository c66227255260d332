"""Wrong codes are counted with the account, and only what a kiosk has signed counts."""

from __future__ import annotations

from db.central import demo
from db.central.code_failures import WRONG_CODES_PER_DAY
from kiosk import events as ev
from kiosk.ports import SendStatus
from tests.db.support import CentralForTest, KioskForTest

WRONG = ev.CodeRefused(reason="wrong", failures=1)
LATE = ev.CodeRefused(reason="expired", failures=0)


def visit_with(central: CentralForTest, kiosk: KioskForTest, visit_id: str, *refused: ev.CodeRefused) -> str:
    """A visit up to its code, with these refusals; its ticket."""
    ticket = kiosk.lookup(visit_id).ticket
    kiosk.record(visit_id, *kiosk.visit_events(ticket)[:7], *refused)
    central.run("DELETE FROM store.busy")  # the person walks on to the next kiosk
    return ticket


def code_at(central: CentralForTest, kiosk: KioskForTest, visit_id: str) -> SendStatus:
    ticket = visit_with(central, kiosk, visit_id)
    with central.jobs():
        return kiosk.client.send_code(ticket, 1, "482916")


def test_tries_used_up_at_two_kiosks_leave_no_code_at_the_third(central: CentralForTest) -> None:
    for number in (1, 2):
        visit_with(central, central.kiosk(f"kiosk-{number}"), f"v{number}", *[WRONG] * (WRONG_CODES_PER_DAY // 2))
    assert code_at(central, central.kiosk("kiosk-3"), "v3") is SendStatus.ALLOWANCE_SPENT
    assert central.sent == []


def test_one_try_less_still_gets_a_code_and_late_ones_do_not_count(central: CentralForTest) -> None:
    refused = [*[WRONG] * (WRONG_CODES_PER_DAY - 1), LATE, LATE]
    visit_with(central, central.kiosk("kiosk-1"), "v1", *refused)
    assert code_at(central, central.kiosk("kiosk-3"), "v3") is SendStatus.SENT


def test_the_day_before_is_forgotten(central: CentralForTest) -> None:
    visit_with(central, central.kiosk("kiosk-1"), "v1", *[WRONG] * WRONG_CODES_PER_DAY)
    central.run("UPDATE store.ticket SET requested_at = now() - interval '25 hours'")
    assert code_at(central, central.kiosk("kiosk-3"), "v3") is SendStatus.SENT


def test_a_demonstration_begins_anew_without_the_wrong_codes_of_the_last_one(central: CentralForTest) -> None:
    visit_with(central, central.kiosk("kiosk-1"), "v1", *[WRONG] * WRONG_CODES_PER_DAY)
    with central.admin() as conn:
        demo.reset_participant(conn, demo.MAIN.nik)
    assert code_at(central, central.kiosk("kiosk-3"), "v3") is SendStatus.SENT


def test_a_stolen_login_cannot_lock_a_person_out_with_refusals_it_made_up(central: CentralForTest) -> None:
    thief = central.kiosk("kiosk-1")
    thief.chain.signer = None
    visit_with(central, thief, "v1", *[WRONG] * WRONG_CODES_PER_DAY)
    assert code_at(central, central.kiosk("kiosk-3"), "v3") is SendStatus.SENT


def test_an_unsigned_event_appended_to_the_visit_makes_no_wrong_code_uncounted(central: CentralForTest) -> None:
    """Else whoever guesses at the screen would have the login's thief wipe the count."""
    kiosk = central.kiosk("kiosk-1")
    visit_with(central, kiosk, "v1", *[WRONG] * WRONG_CODES_PER_DAY)
    kiosk.chain.signer = None
    kiosk.record("v1", WRONG, ev.HelpAsked(stage="code"))
    assert code_at(central, central.kiosk("kiosk-3"), "v3") is SendStatus.ALLOWANCE_SPENT
