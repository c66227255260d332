"""Family and history: what the owner sees after the match, without a NIK or a whole number."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

import psycopg
import pytest

from db.central.reads_wire import MAX_ANSWER_BYTES, MAX_ROWS, read_family
from kiosk.ports import (
    AccountHistory,
    AccountStatus,
    ContactChange,
    FamilyRelation,
    LoginChannel,
    LoginOutcome,
    LoginRecord,
    VerificationOutcome,
    VerificationRecord,
)
from tests.db.central.reads_support import (
    CHILD,
    HEAD,
    KINDS,
    LOGIN,
    SPOUSE,
    STRANGER,
    at_another_visit,
    family_of,
    history_of,
    logged_in,
    opened,
    settled,
    visit_with_family,
)
from tests.db.central.test_connector import Visit
from tests.db.support import CentralForTest


@pytest.fixture
def visit(central: CentralForTest) -> Visit:
    return visit_with_family(central)


@pytest.fixture
def matched(visit: Visit) -> Visit:
    visit.match()
    return visit


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
