"""Each kind is forgotten after its time and not before; what something still leans on stays."""

from __future__ import annotations

import psycopg
import pytest

from db.central import demo
from db.central.retention import RetentionJob
from tests.db.support import CentralForTest

_CAPTURE = (
    "WITH c AS (INSERT INTO store.capture (kiosk_id, visit_id, sealed_sha256, bytes, erased_at)"
    " VALUES ('kiosk-one', 'c{n}', sha256(''), 60, now()))"
)

_ONE = {
    "busy": "INSERT INTO store.busy VALUES ({n}, 'kiosk-one', 'v{n}', {at})",
    "token_use": "INSERT INTO store.token_use (token_sha256, use_id, kiosk_id, visit_id, expires_at, xid) VALUES"
    " (sha256('{n}'), gen_random_uuid(), 'kiosk-one', 'v', {at}, '1')",
    "contact_allowance": "INSERT INTO store.contact_allowance VALUES ('+62812000000{n}',"
    " ({at} AT TIME ZONE 'Asia/Jakarta')::date, 1)",
    "failed_visit": "INSERT INTO store.failed_visit VALUES ({n}, ({at} AT TIME ZONE 'Asia/Jakarta')::date, 'k', 'v')",
    "ikd_login": "INSERT INTO store.ikd_login (kiosk_id, visit_id, visit_public_key, state, asked_at) VALUES"
    " ('kiosk-one', 'v', decode(repeat('00', 32), 'hex'), 'refused', {at})",
    "allowance": "INSERT INTO store.allowance VALUES ('kiosk-one', ({at} AT TIME ZONE 'Asia/Jakarta')::date, 1)",
    "request": "INSERT INTO store.request (ticket, kiosk_id, visit_id, kind, send_no, state, asked_at) VALUES"
    " ({ticket}, 'kiosk-one', 'v', 'send_code', {n}, 'done', {at})",
    "data_update": "INSERT INTO store.data_update (participant_id, kiosk_id, visit_id, source, fields, sealed_values,"
    " sealed_to, at) VALUES (1, 'kiosk-one', 'v{n}', 'ktp', '{{name}}', 'x', '', {at})",
    "ticket": "INSERT INTO store.ticket (kiosk_id, visit_id, kind, status, visit_public_key, xid, requested_at) VALUES"
    " ('kiosk-one', 'w{n}', 'nik', 'found', decode(repeat('00', 32), 'hex'), '1', {at})",
    "staff_request": "INSERT INTO store.staff_request (kiosk_id, kind, nonce, answer_key, signature, state, asked_at)"
    " VALUES ('kiosk-one', 'sign_in', 'n{n}', decode(repeat('00', 32), 'hex'), decode(repeat('00', 64), 'hex'),"
    " 'done', {at})",
    "staff_session": "INSERT INTO store.staff_session (staff_id, kiosk_id, ended_at) VALUES (1, 'kiosk-one', {at})",
    "alarm": "INSERT INTO store.alarm (login, kind, day, last_at) VALUES ('x', 'a{n}', store.today(), {at})",
    "login": "INSERT INTO store.login (feed_id, participant_id, at, channel, outcome) VALUES"
    " ('f{n}', 1, {at}, 'web', 'ok')",
    "health_change": "INSERT INTO store.health_change VALUES ('kiosk-one', 'camera', '', 'ready', {at})",
    "staff_history": "INSERT INTO store.staff_history (step, outcome, at) VALUES ('', '', {at})",
    "staff_decision": "INSERT INTO store.staff_decision (kiosk_id, visit_id, ticket, participant_id, kind, reason_code,"
    " first_id, second_id, first_username, second_username, decided_at) VALUES ('kiosk-one', 'v{n}', {ticket}, 1,"
    " 'in_person_comparison', '', 1, 2, '', '', {at})",
    "verification": "INSERT INTO store.verification (kiosk_id, visit_id, outcome, decided_at) VALUES"
    " ('kiosk-one', 'v{n}', 'DITOLAK', {at})",
    "contact_change": "INSERT INTO store.contact_change (participant_id, old_masked, new_masked, at) VALUES"
    " (1, '', '', {at})",
    "consent": "INSERT INTO store.consent (kiosk_id, visit_id, seq, participant_id, purposes, text_version, language,"
    " text_sha256, given_at) VALUES ('kiosk-one', 'v', {n}, 1, '{{verify}}', '1', 'id', '', {at})",
    "deferred_allowance": "INSERT INTO store.deferred_allowance VALUES"
    " ('kiosk-one', ({at} AT TIME ZONE 'Asia/Jakarta')::date, 1, 1)",
    "deferred_notice": "INSERT INTO store.deferred_notice (kiosk_id, visit_id, addressee, matched, state, decided_at)"
    " VALUES ('kiosk-one', 'told', (ARRAY['record', 'typed'])[{n}], true, 'done', {at})",
    "deferred_case": _CAPTURE + " INSERT INTO store.deferred_case (kiosk_id, visit_id, state, decided_at) VALUES"
    " ('kiosk-one', 'c{n}', 'not_found', {at})",
    "enrolment_code": "INSERT INTO store.enrolment_code VALUES ('kiosk-{n}', NULL, NULL, {at}, {at}, 0, NULL)",
    "feed_batch": "INSERT INTO store.feed_batch (kind, status, at) VALUES ('family', 'done', {at})",
    "consent_withdrawal": "INSERT INTO store.consent_withdrawal VALUES ({n}, 'face_match', {at})",
    "kiosk_certificate": "INSERT INTO store.kiosk_certificate (serial, kiosk_id, key_sha256, not_before, not_after)"
    " VALUES ('{n}', 'kiosk-one', sha256('{n}'), {at}, {at})",
}
"""kind -> a row that is {at} old; {n}: 1 or 2."""

WIPED = {
    "request_result": ("request", "INSERT INTO store.request (ticket, kiosk_id, visit_id, kind, send_no, state, result,"
     " decided_at) VALUES ({ticket}, 'kiosk-one', 'v', 'profile', {n}, 'done', 'x', {at})", "result"),
    "ikd_login_result": ("ikd_login", "INSERT INTO store.ikd_login (kiosk_id, visit_id, visit_public_key, state,"
     " result, decided_at) VALUES ('kiosk-one', 'v', decode(repeat('00', 32), 'hex'), 'done', 'x', {at})", "result"),
    "staff_request_result": ("staff_request", "INSERT INTO store.staff_request (kiosk_id, kind, nonce, answer_key,"
     " signature, state, result, decided_at) VALUES ('kiosk-one', 'sign_in', 'n{n}', decode(repeat('00', 32), 'hex'),"
     " decode(repeat('00', 64), 'hex'), 'done', 'x', {at})", "result"),
    "capture": ("capture", "INSERT INTO store.capture (kiosk_id, visit_id, sealed, sealed_sha256, bytes, received_at)"
     " VALUES ('kiosk-one', 'v{n}', decode(repeat('00', 60), 'hex'), decode(repeat('00', 32), 'hex'), 60, {at})",
     "sealed"),
}  # fmt: skip
"""kind -> (table, row, the column that is wiped while the row stays)."""

DAYS = ("contact_allowance", "failed_visit", "allowance", "deferred_allowance")
"""Counted by Jakarta's day: the border is a midnight."""


@pytest.fixture
def site(central: CentralForTest) -> CentralForTest:
    central.kiosk("kiosk-one")
    central.run(
        "INSERT INTO store.ticket (kiosk_id, visit_id, kind, status, visit_public_key, xid) VALUES"
        " ('kiosk-one', 'v', 'nik', 'found', decode(repeat('00', 32), 'hex'), '1')"
    )
    central.run(
        "WITH c AS (INSERT INTO store.capture (kiosk_id, visit_id, sealed, sealed_sha256, bytes)"
        " VALUES ('kiosk-one', 'told', decode(repeat('00', 60), 'hex'), sha256(''), 60))"
        " INSERT INTO store.deferred_case (kiosk_id, visit_id, state, decided_at)"
        " VALUES ('kiosk-one', 'told', 'not_found', now())"
    )
    return central


def put(site: CentralForTest, row: str, number: int, at: str) -> None:
    site.run(row.format(n=number, at=at, ticket="(SELECT ticket FROM store.ticket WHERE visit_id = 'v')"))


def just(site: CentralForTest, kind: str, row: str, *, over: bool) -> None:
    """One row just over its time (n = 1) or just under it (n = 2)."""
    further = ("1 day" if over else "0 s") if kind in DAYS else ("1 minute" if over else "-1 minute")
    kept = f"(SELECT keep FROM store.retention WHERE what = '{kind}')"
    put(site, row, 1 if over else 2, f"(now() - {kept} - interval '{further}')")


def one_round(site: CentralForTest, **options: int) -> float:
    with psycopg.connect(site.centre.keeper_dsn, autocommit=True) as conn:
        return RetentionJob(site.centre.keeper_dsn, **options).work(conn)


def test_every_kind_of_the_table_is_tried_here(site: CentralForTest) -> None:
    with site.admin() as conn:
        kinds = {row[0] for row in conn.execute("SELECT what FROM store.retention").fetchall()}
    assert kinds == {*_ONE, *WIPED, "event", "ticket_asked"}


def counts(site: CentralForTest) -> dict[str, int]:
    return {kind: site.one(f"SELECT count(*) FROM store.{kind}") for kind in _ONE}


def test_rows_over_their_time_go_and_rows_under_it_stay(site: CentralForTest) -> None:
    for kind, row in _ONE.items():
        just(site, kind, row, over=False)
    held = counts(site)
    one_round(site)
    assert counts(site) == held
    for kind, row in _ONE.items():
        just(site, kind, row, over=True)
    assert counts(site) == {kind: count + 1 for kind, count in held.items()}
    one_round(site)
    assert counts(site) == held
    assert site.alarms() == {"a2"}


def test_sealed_answers_are_wiped_after_their_time_and_their_rows_stay(site: CentralForTest) -> None:
    for over, wiped in ((False, 0), (True, 1)):
        for kind, (_, row, _) in WIPED.items():
            just(site, kind, row, over=over)
        one_round(site)
        for kind, (table, _, column) in WIPED.items():
            assert site.one(f"SELECT count(*) - count({column}) FROM store.{table}") == wiped, kind


def test_a_number_whose_answer_nobody_took_goes_and_whose_record_it_was_stays(site: CentralForTest) -> None:
    person, card = site.one("SELECT participant_id FROM store.participant WHERE nik = %s", demo.MAIN.nik), demo.MAIN
    asked = (("nik", card.nik), ("jkn_card", card.card_number), ("nik", "3174075508950002"), ("case", "4821093755628"))
    for number, (kind, digits) in enumerate(asked):
        site.run(
            "INSERT INTO store.ticket (kiosk_id, visit_id, kind, status, asked, visit_public_key, xid, requested_at)"
            " SELECT 'kiosk-one', %s, %s, 'asked', %s, decode(repeat('00', 32), 'hex'), '1', now() - ago"
            " FROM unnest('{59 min, 61 min}'::interval[]) ago",
            f"n{number}", kind, digits,
        )  # fmt: skip
    one_round(site)
    rows = "SELECT asked, participant_id FROM store.ticket WHERE status = 'asked' ORDER BY visit_id, requested_at"
    kept = site.admin().execute(rows).fetchall()
    assert kept[::2] == [(None, person), (None, person), (None, None), (None, None)]
    assert kept[1::2] == [(digits, None) for _, digits in asked]


def test_what_a_visit_still_to_be_settled_needs_is_not_forgotten(site: CentralForTest) -> None:
    site.run("INSERT INTO store.settle_queue (kiosk_id, visit_id) VALUES ('kiosk-one', 'v'), ('kiosk-one', 'v1')")
    put(site, _ONE["request"], 1, "now() - interval '10 years'")
    put(site, _ONE["verification"], 1, "now() - interval '10 years'")
    site.run("UPDATE store.ticket SET requested_at = now() - interval '10 years'")
    one_round(site)
    assert [site.one(f"SELECT count(*) FROM store.{t}") for t in ("request", "verification", "ticket")] == [1, 1, 1]
    site.run("DELETE FROM store.settle_queue")
    one_round(site)
    one_round(site)  # the request first, then the ticket that it leaned on
    assert [site.one(f"SELECT count(*) FROM store.{t}") for t in ("request", "verification", "ticket")] == [0, 0, 0]
    assert site.alarms() == set()


def test_a_ticket_under_a_decision_of_staff_stays_as_long_as_it(site: CentralForTest) -> None:
    put(site, _ONE["staff_decision"], 1, "now()")
    site.run("UPDATE store.ticket SET requested_at = now() - interval '3 years'")
    one_round(site)
    assert site.one("SELECT count(*) FROM store.ticket") == 1
    assert site.alarms() == set()


def test_waiting_requests_are_not_forgotten(site: CentralForTest) -> None:
    for kind in ("request", "ikd_login"):
        put(site, _ONE[kind], 1, "now() - interval '10 years'")
        site.run(f"UPDATE store.{kind} SET state = 'waiting'")
    one_round(site)
    assert site.one("SELECT count(*) FROM store.request") == site.one("SELECT count(*) FROM store.ikd_login") == 1


def test_events_are_never_forgotten_by_the_job_even_if_the_site_says_a_minute(site: CentralForTest) -> None:
    site.run(
        "INSERT INTO store.event (kiosk_id, epoch, seq, hash, prev_hash, signature, payload, visit_id, type,"
        " received_at) VALUES ('kiosk-one', 1, 1, '', '', '', '{}', '', 't', now() - interval '9 years')"
    )
    site.run("UPDATE store.retention SET keep = '1 minute' WHERE what = 'event'")
    one_round(site)
    assert site.one("SELECT count(*) FROM store.event") == 1
    with psycopg.connect(site.centre.keeper_dsn) as conn:
        for what in ("event", "head", "participant", "nothing", "rows'; DROP TABLE store.event --"):
            assert conn.execute("SELECT store.apply_retention(%s)", (what,)).fetchone() == (-1,)


def test_a_large_round_goes_in_batches_and_comes_back_soon_for_the_rest(site: CentralForTest) -> None:
    site.run(
        "INSERT INTO store.alarm (login, kind, day, last_at)"
        " SELECT 'x', 'a' || n, store.today(), now() - interval '2 years' FROM generate_series(1, 50) n"
    )
    assert one_round(site, batch_rows=2) < 60  # 20 batches of two, ten rows are left
    assert site.one("SELECT count(*) FROM store.alarm") == 10
    assert one_round(site, batch_rows=2) > 600
    assert site.one("SELECT count(*) FROM store.alarm") == 0


def test_a_kind_that_cannot_be_forgotten_raises_an_alarm_and_does_not_keep_the_others(site: CentralForTest) -> None:
    site.run("CREATE TABLE store.leaning (ticket uuid REFERENCES store.ticket)")
    site.run("INSERT INTO store.leaning SELECT ticket FROM store.ticket")
    site.run("UPDATE store.ticket SET requested_at = now() - interval '3 years'")
    put(site, _ONE["token_use"], 1, "now() - interval '3 years'")
    one_round(site)
    assert site.alarms() == {"retention_fault"}
    assert site.one("SELECT count(*) FROM store.token_use") == 0


def test_a_site_cannot_set_a_time_of_nothing(site: CentralForTest) -> None:
    with pytest.raises(psycopg.errors.CheckViolation):
        site.run("UPDATE store.retention SET keep = '0 s' WHERE what = 'verification'")


def test_a_case_takes_its_ticket_and_capture_along_but_waits_until_it_is_told(site: CentralForTest) -> None:
    put(site, _ONE["deferred_case"], 1, "now() - interval '2 years'")
    put(site, _ONE["deferred_notice"], 1, "now()")
    site.run("UPDATE store.deferred_notice SET visit_id = 'c1'")
    site.run("INSERT INTO store.case_ticket SELECT ticket, 'kiosk-one', 'kiosk-one', 'c1' FROM store.ticket")
    one_round(site)
    assert site.one("SELECT count(*) FROM store.deferred_case WHERE visit_id = 'c1'") == 1
    site.run("DELETE FROM store.deferred_notice")
    one_round(site)
    for table in ("deferred_case", "capture"):
        assert site.one(f"SELECT count(*) FROM store.{table} WHERE visit_id = 'c1'") == 0, table
    assert site.one("SELECT count(*) FROM store.case_ticket") == 0
    assert site.alarms() == set()
