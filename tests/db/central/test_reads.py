"""Family and history: the owner's alone, after the match of this visit, without a NIK or a whole number."""

from __future__ import annotations

import base64
import re
from datetime import UTC, date, datetime

import psycopg
import pytest
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, SealedBox

from db.central import demo
from db.central.reads_wire import MAX_ANSWER_BYTES, MAX_ROWS, read_family
from kiosk import events as ev
from kiosk.ports import (
    AccountHistory,
    AccountStatus,
    CentreRefused,
    ContactChange,
    FamilyMember,
    FamilyRelation,
    LoginChannel,
    LoginOutcome,
    LoginRecord,
    VerificationOutcome,
    VerificationRecord,
)
from tests.db.central.deferred_support import Deferral
from tests.db.central.staff_support import FailedVisit
from tests.db.central.test_case_finish import Finish
from tests.db.central.test_connector import Visit
from tests.db.central.test_withdrawals import withdraw
from tests.db.support import CentralForTest, Chain

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


@pytest.fixture
def visit(central: CentralForTest) -> Visit:
    kiosk = central.kiosk()
    visit = Visit(central, kiosk, "v", kiosk.lookup("v").ticket)
    visit.consent()
    link(central, HEAD.nik, SPOUSE.nik, "SUAMI")
    link(central, HEAD.nik, CHILD.nik, "ANAK")
    link(central, STRANGER.nik, demo.NO_PHONE.nik, "ISTRI")
    return visit


@pytest.fixture
def matched(visit: Visit) -> Visit:
    visit.match()
    return visit


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


# ---- what is shown


def test_the_family_is_shown_to_whoever_is_responsible_for_it(matched: Visit) -> None:
    spouse, child = family_of(matched)
    assert (spouse.name, spouse.relation, spouse.birth_date) == (SPOUSE.name, FamilyRelation.HUSBAND, SPOUSE.birth_date)
    assert (spouse.membership, spouse.account) == ("AKTIF", AccountStatus.VERIFIED)
    assert (child.name, child.relation, child.birth_date) == (CHILD.name, FamilyRelation.CHILD, date(2014, 6, 9))
    assert child.account is AccountStatus.UNVERIFIED


def test_a_member_without_an_account_is_unverified_and_no_family_is_an_empty_answer(matched: Visit) -> None:
    matched.central.run("DELETE FROM store.account")
    assert [member.account for member in family_of(matched)] == [AccountStatus.UNVERIFIED] * 2
    assert family_of(at_another_visit(matched, SPOUSE.nik, "alone")) == ()


def test_the_history_is_the_accounts_own_and_newest_first(matched: Visit) -> None:
    central = matched.central
    for day in (2, 9, 5):
        logged_in(central, f"2026-11-0{day}T01:00:00Z")
    logged_in(central, "2026-11-08T01:00:00Z", STRANGER.nik)
    settled(central, "older", "2026-10-01T02:00:00Z", "DITOLAK")
    settled(central, "newer", "2026-10-02T02:00:00Z", "TERVERIFIKASI")
    settled(central, "strangers", "2026-10-03T02:00:00Z", "DITOLAK", STRANGER.nik)
    central.run("UPDATE store.account a SET status = 'TERVERIFIKASI', verified_at = '2026-10-02T02:00:00Z'"
                " FROM store.participant p WHERE p.participant_id = a.participant_id AND p.nik = %s",
                HEAD.nik)  # fmt: skip
    for nik in (HEAD.nik, STRANGER.nik):
        central.run("UPDATE store.participant SET phone = '+6281277700055' WHERE nik = %s", nik)
    central.run("UPDATE store.contact_change SET at = '2026-10-05T00:00:00Z'")
    told = history_of(matched)
    assert (told.status, told.since) == (AccountStatus.VERIFIED, datetime(2026, 10, 2, 2, tzinfo=UTC))
    assert told.logins == tuple(
        LoginRecord(datetime(2026, 11, day, 1, tzinfo=UTC), LoginChannel.WEB, LoginOutcome.OK, "Ponsel CONTOH", "Depok")
        for day in (9, 5, 2)
    )
    assert told.verifications == (
        VerificationRecord(datetime(2026, 10, 2, 2, tzinfo=UTC), "kiosk-demo-01", VerificationOutcome.VERIFIED),
        VerificationRecord(datetime(2026, 10, 1, 2, tzinfo=UTC), "kiosk-demo-01", VerificationOutcome.REFUSED),
    )
    changed = ContactChange(datetime(2026, 10, 5, tzinfo=UTC), "0812-xxxx-890", "0812-xxxx-055")
    assert told.contact_changes == (changed,)


def test_an_account_with_no_past_is_an_answer_too(matched: Visit) -> None:
    matched.central.run("DELETE FROM store.account")
    assert history_of(matched) == AccountHistory(AccountStatus.UNVERIFIED, None, (), (), ())


# ---- who is refused


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_before_the_match(visit: Visit, kind: str) -> None:
    asked = visit.ask(kind)
    assert visit.answer(asked) == ("refused", "match_not_seen")
    assert visit.fetch(asked)["result"] is None
    visit.match()
    assert visit.ask(kind) == asked
    assert visit.answer(asked) == ("done", "")


@pytest.mark.parametrize("kind", KINDS)
def test_a_match_under_another_ticket_or_in_another_visit_opens_nothing(visit: Visit, kind: str) -> None:
    other = at_another_visit(visit, STRANGER.nik, "other")
    visit.match(ticket=other.ticket)
    visit.kiosk.record(other.visit_id, ev.FaceMatched(attempt=1, ticket=visit.ticket, evidence={}))
    assert visit.answer(visit.ask(kind)) == ("refused", "match_not_seen")


@pytest.mark.parametrize("kind", KINDS)
def test_another_kiosks_ticket_is_refused(matched: Visit, kind: str) -> None:
    other = matched.central.kiosk("kiosk-other")
    assert matched.ask(kind, kiosk=other) == {"refused": "ticket_not_usable"}
    asked = matched.ask(kind)
    assert matched.answer(asked) == ("done", "")
    assert matched.fetch(asked, kiosk=other) == {"state": "refused", "reason": "ticket_not_usable"}
    assert "request_without_ticket" in matched.central.alarms()


@pytest.mark.parametrize("kind", KINDS)
def test_another_visits_key_cannot_open_the_answer(matched: Visit, kind: str) -> None:
    asked = matched.ask(kind)
    assert matched.answer(asked) == ("done", "")
    kept = bytes(matched.central.one("SELECT result FROM store.request"))
    assert b"RATNA" not in kept and b"TERVERIFIKASI" not in kept
    at_another_visit(matched, STRANGER.nik, "other")
    keys = matched.kiosk.client._memory.visit_keys
    assert set(keys) == {"v", "other"}
    with pytest.raises(CryptoError):
        SealedBox(keys["other"]).decrypt(kept)
    SealedBox(keys["v"]).decrypt(kept)
    matched.kiosk.client.forget_visit()
    with pytest.raises(CentreRefused, match="ticket_not_usable"):
        getattr(matched.kiosk.client, kind)(matched.ticket)


@pytest.mark.parametrize("kind", KINDS)
def test_a_stolen_login_without_the_signing_key_gets_nothing(central: CentralForTest, kind: str) -> None:
    kiosk = central.kiosk()
    visit = Visit(central, kiosk, "v", kiosk.lookup("v").ticket)
    thief = Chain(kiosk.kiosk_id, signer=None)
    links = [thief.add("v", event) for event in kiosk.visit_events(visit.ticket)]
    assert kiosk.client.append(links).status == "accepted"
    asked = visit.ask(kind)
    assert visit.answer(asked) == ("refused", "chain_not_trusted")
    assert visit.fetch(asked)["result"] is None
    assert "bad_signature" in central.alarms()


@pytest.mark.parametrize("kind", KINDS)
def test_a_request_that_is_rolled_back_gets_nothing_and_one_that_is_served_has_left_its_row(
    matched: Visit, kind: str
) -> None:
    central = matched.central
    ask, fetch = "SELECT api.request_queue(%s, %s)", "SELECT api.request_fetch(%s)"
    with matched.kiosk.connect() as conn:
        asked = conn.execute(ask, (matched.ticket, kind)).fetchall()[0][0]["request_id"]
        central.connect_once()  # nothing is there for it yet
        told = conn.execute(fetch, (asked,)).fetchall()[0][0]
        assert (told["state"], told["result"]) == ("waiting", None)
        conn.rollback()
        told = conn.execute(fetch, (asked,)).fetchall()[0][0]
        assert (told["state"], told["reason"]) == ("refused", "ticket_not_usable")
        conn.rollback()
    assert central.one("SELECT count(*) FROM store.request") == 0
    served = matched.ask(kind)
    central.connect_once()
    with matched.kiosk.connect() as conn:
        assert conn.execute(fetch, (served["request_id"],)).fetchall()[0][0]["result"]
        conn.rollback()
    assert central.one("SELECT state FROM store.request WHERE kind = %s", kind) == "done"


def test_a_member_sees_nothing_of_whoever_names_them(matched: Visit) -> None:
    """Neither the head nor the others of that family, only a family of their own."""
    spouse = at_another_visit(matched, SPOUSE.nik, "spouse")
    assert opened(spouse, "family") == "[]"
    link(matched.central, SPOUSE.nik, demo.NO_PHONE.nik, "TAMBAHAN")
    again = at_another_visit(matched, SPOUSE.nik, "again")
    assert [member.name for member in family_of(again)] == [demo.NO_PHONE.name]
    assert HEAD.name not in opened(again, "history")


@pytest.mark.parametrize("kind", KINDS)
def test_a_withdrawn_consent_ends_it(matched: Visit, kind: str) -> None:
    assert withdraw(matched.central, "identity_check")["taken"] == 1
    with matched.central.jobs(patience_seconds=0.0), pytest.raises(CentreRefused, match="consent_withdrawn"):
        getattr(matched.kiosk.client, kind)(matched.ticket)
    assert matched.central.one("SELECT count(result) FROM store.request") == 0


def test_a_kiosk_cannot_say_whose_family_or_how_much_of_it(matched: Visit) -> None:
    for kind in KINDS:
        for payload in ({"nik": STRANGER.nik}, {"participant_id": 1}, {"limit": 1000}, {"send_no": 1}):
            assert matched.ask(kind, payload) == {"refused": "malformed"}, payload
    for kind in ("famil", "FAMILY", "family ", "notice", "login", ""):
        assert matched.ask(kind) == {"refused": "malformed"}, kind
    assert matched.central.one("SELECT count(*) FROM store.request") == 0


# ---- what else opens it, as for the profile


def test_a_comparison_in_person_opens_it_when_two_of_the_staff_granted_it(central: CentralForTest) -> None:
    visit = FailedVisit.at(central, central.kiosk())
    link(central, HEAD.nik, CHILD.nik, "ANAK")
    with central.jobs(patience_seconds=0.0):
        for ask in (visit.kiosk.client.family, visit.kiosk.client.history):
            with pytest.raises(CentreRefused, match="match_not_seen"):
                ask(visit.ticket)
    visit.kiosk.record(visit.visit_id, visit.compared(visit.granted()))
    with central.jobs(patience_seconds=0.0):
        assert [member.name for member in visit.kiosk.client.family(visit.ticket)] == [CHILD.name]
        assert visit.kiosk.client.history(visit.ticket).status is AccountStatus.UNVERIFIED


def test_a_deferred_match_opens_it_at_the_visit_that_finishes_the_case(central: CentralForTest) -> None:
    deferral = Deferral(central, central.kiosk())
    deferral.send()
    deferral.decide()
    other = central.kiosk("kiosk-other")
    finish = Finish(central, other, deferral.number)
    finish.look_up()
    with central.jobs(patience_seconds=0.0):
        with pytest.raises(CentreRefused, match="match_not_seen"):
            other.client.family(finish.ticket)
        other.record(finish.visit_id, *finish.events()[:6])
        assert other.client.family(finish.ticket) == ()
        assert other.client.history(finish.ticket).logins == ()


# ---- what never leaves the centre


def test_no_nik_no_card_and_no_whole_number_is_in_an_answer(matched: Visit) -> None:
    central = matched.central
    central.run("UPDATE store.participant SET phone = '+6281277700055' WHERE nik = %s", HEAD.nik)
    settled(central, "w", "2026-10-01T02:00:00Z", "DITOLAK")
    texts = {kind: opened(matched, kind) for kind in KINDS}
    assert SPOUSE.name in texts["family"] and "0812-xxxx-055" in texts["history"]
    for text in texts.values():
        for person in (HEAD, SPOUSE, CHILD):
            for secret in (person.nik, person.nik[-8:], person.card_number, person.phone, (person.phone or "")[3:]):
                assert not secret or secret not in text
            assert f'"{person.nik[-4:]}"' not in text, "with the birth date beside it this leaves the district only"
        assert not re.search(r"[0-9]{8}", re.sub(r'"reference":"[0-9a-f]{32}"', "", text))
        assert "evidence_refused" not in text and "postgres" not in text


def test_a_reference_is_the_same_again_in_its_visit_and_another_in_the_next(matched: Visit) -> None:
    first, again = family_of(matched), family_of(matched)
    matched.central.run("UPDATE store.request SET state = 'waiting', result = NULL")
    anew = family_of(matched)
    assert first == again == anew
    later = family_of(at_another_visit(matched, HEAD.nik, "later"))
    assert [m.name for m in later] == [m.name for m in first]
    references = [m.reference for m in (*first, *later)]
    assert len(set(references)) == 4
    assert all(re.fullmatch(r"[0-9a-f]{32}", reference) for reference in references)


def test_the_connector_may_read_of_a_verification_what_it_shows(central: CentralForTest) -> None:
    with psycopg.connect(central.centre.connector_dsn, autocommit=True) as conn:
        for column in ("reason", "visit_id", "ticket"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                conn.execute(f"SELECT {column} FROM store.verification".encode())


# ---- how much, how long


def test_the_last_twenty_of_each_list_and_no_more(matched: Visit) -> None:
    central = matched.central
    central.run("INSERT INTO store.participant (nik, name, birth_date, membership) SELECT (9000000000000000 + n)::text,"
                " 'X', '2020-01-01', 'AKTIF' FROM generate_series(1, 30) n")  # fmt: skip
    central.run("INSERT INTO store.family_link SELECT h.participant_id, m.participant_id, 'TAMBAHAN'"
                " FROM store.participant h, store.participant m WHERE h.nik = %s AND m.name = 'X'",
                HEAD.nik)  # fmt: skip
    central.run(LOGIN.format(feed_id="n::text", at="'2026-11-01T00:00:00Z'::timestamptz + n * interval '1 hour'",
                             device="n::text", more=", generate_series(1, 30) n"), HEAD.nik)  # fmt: skip
    for n in range(1, 31):
        settled(central, f"w{n}", f"2026-10-01T00:{n:02}:00Z", "DITOLAK")
        central.run("UPDATE store.participant SET phone = %s WHERE nik = %s", f"+62812777000{n:02}", HEAD.nik)
    told = history_of(matched)
    assert [login.device for login in told.logins] == [str(n) for n in range(30, 10, -1)]
    assert [row.at.minute for row in told.verifications] == list(range(30, 10, -1))
    assert [row.new_masked[-2:] for row in told.contact_changes] == [f"{n:02}" for n in range(30, 10, -1)]
    assert len(family_of(matched)) == MAX_ROWS == 20


def test_the_longest_answers_are_far_below_what_a_kiosk_takes(matched: Visit) -> None:
    """Characters that JSON writes in six bytes, in every place that a feed fills."""
    central = matched.central
    central.run("INSERT INTO store.participant (nik, name, birth_date, membership) SELECT (9000000000000000 + n)::text,"
                " repeat(E'\\x01', 100000), '2020-01-01', 'AKTIF' FROM generate_series(1, 20) n")  # fmt: skip
    central.run("INSERT INTO store.family_link SELECT h.participant_id, m.participant_id, 'TAMBAHAN'"
                " FROM store.participant h, store.participant m WHERE h.nik = %s AND length(m.name) > 999",
                HEAD.nik)  # fmt: skip
    central.run("INSERT INTO store.login (feed_id, participant_id, at, channel, outcome, device, place)"
                " SELECT n::text, participant_id, '2026-11-01T00:00:00.123456Z', 'mobile_jkn', 'wrong_pin',"
                " repeat(E'\\x01', 60), repeat(E'\\x01', 60) FROM store.participant, generate_series(1, 30) n"
                " WHERE nik = %s", HEAD.nik)  # fmt: skip
    for n in range(20):
        settled(central, f"w{n}", f"2026-10-01T00:{n:02}:00.123456Z", "TERVERIFIKASI")
        central.run("UPDATE store.participant SET phone = %s WHERE nik = %s", f"+62812777000{n:02}", HEAD.nik)
    sizes = [len(opened(matched, kind).encode()) for kind in KINDS]
    assert len(read_family(opened(matched, "family").encode())) == MAX_ROWS
    assert max(sizes) < MAX_ANSWER_BYTES / 2, sizes


@pytest.mark.parametrize("kind", KINDS)
def test_a_second_call_gets_the_same_answer_and_after_ten_minutes_none(matched: Visit, kind: str) -> None:
    asked = matched.ask(kind)
    assert matched.answer(asked) == ("done", "")
    first = matched.fetch(asked)["result"]
    assert matched.ask(kind) == asked
    matched.central.connect_once()
    assert matched.fetch(asked)["result"] == first
    matched.central.run("UPDATE store.request SET decided_at = decided_at - interval '11 minutes'")
    assert matched.answer(asked) == ("refused", "already_served")
    assert matched.central.one("SELECT count(*) FROM store.request") == 1


def test_a_login_of_no_calendar_or_of_tomorrow_neither_ends_the_job_nor_stands_first(matched: Visit) -> None:
    for at in ("infinity", "-infinity", "0044-03-15 BC", "20260-01-01", "2999-01-01", "2026-11-02T00:00:00Z"):
        logged_in(matched.central, at)
    assert [login.at for login in history_of(matched).logins] == [datetime(2026, 11, 2, tzinfo=UTC)]
