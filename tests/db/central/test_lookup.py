"""Two-step lookup: who is told what, and that nobody is told anything without an audit row."""

from __future__ import annotations

import time
import uuid
from typing import Any

import psycopg
import pytest

from db.central import demo
from kiosk import events as ev
from kiosk.ports import CentreRefused, LookupStatus
from tests.db.support import CentralForTest, KioskForTest

REQUEST = "SELECT api.lookup_request(%s, 'nik', %s, %s)"
KEY = b"k" * 32


def a_visit() -> str:
    return str(uuid.uuid4())


def tickets(central: CentralForTest) -> int:
    count: int = central.one("SELECT count(*) FROM store.ticket")
    return count


ANSWERS = [
    (demo.MAIN.nik, "nik", LookupStatus.FOUND, "S. R."),
    (demo.MAIN.card_number, "jkn_card", LookupStatus.FOUND, "S. R."),
    (demo.IN_ARREARS.nik, "nik", LookupStatus.FOUND, "B. U."),
    (demo.VERIFIED.nik, "nik", LookupStatus.FOUND, "R. S."),
    (demo.NO_PHONE.nik, "nik", LookupStatus.FOUND, "E. P."),
    ("3174075508950002", "nik", LookupStatus.NOT_FOUND, ""),
    (demo.NOT_A_MEMBER.nik, "nik", LookupStatus.NOT_FOUND, ""),
    (demo.DECEASED.nik, "nik", LookupStatus.NEEDS_STAFF, ""),
    (demo.DUPLICATE.nik, "nik", LookupStatus.NEEDS_STAFF, ""),
    (demo.MINOR.nik, "nik", LookupStatus.MINOR, ""),
]


def test_everybody_gets_the_status_of_their_record(central: CentralForTest) -> None:
    kiosk = central.kiosk()
    for digits, kind, status, initials in ANSWERS:
        answer = kiosk.lookup(a_visit(), digits, kind)
        assert (answer.status, answer.initials) == (status, initials), digits


def test_blocked_looks_exactly_like_unknown(central: CentralForTest) -> None:
    central.run("UPDATE store.participant SET blocked = true WHERE nik = %s", demo.MAIN.nik)
    answer = central.kiosk().lookup(a_visit())
    assert (answer.status, answer.initials) == (LookupStatus.NOT_FOUND, "")


def test_a_lookup_is_registered_even_when_nothing_is_found(central: CentralForTest) -> None:
    kiosk = central.kiosk()
    kiosk.lookup(a_visit(), "3174075508950002")
    assert central.one("SELECT status FROM store.ticket") == "not_found"
    assert central.one("SELECT lookups FROM store.allowance") == 1


def test_the_allowance_of_a_kiosk_ends_and_says_so(central: CentralForTest) -> None:
    kiosk = central.kiosk(lookups_a_day=2)
    answers = [kiosk.lookup(a_visit(), digits).status for digits in (demo.MAIN.nik, "3174075508950002", demo.MAIN.nik)]
    assert answers == [LookupStatus.FOUND, LookupStatus.NOT_FOUND, LookupStatus.ALLOWANCE_SPENT]
    assert central.alarms() == {"lookup_allowance_spent"}
    assert kiosk.client.my_config().lookups_left == 0


def test_a_second_kiosk_is_told_that_the_participant_is_busy_until_the_visit_ends(central: CentralForTest) -> None:
    one, two = central.kiosk("kiosk-one"), central.kiosk("kiosk-two")
    visit = a_visit()
    one.lookup(visit)
    assert two.lookup(a_visit()).status is LookupStatus.BUSY_ELSEWHERE
    one.record(visit, ev.VisitEnded(status=ev.VisitStatus.DITINGGALKAN, reason="cancelled"))
    assert two.lookup(a_visit()).status is LookupStatus.FOUND


def test_saying_not_me_frees_the_participant(central: CentralForTest) -> None:
    one, two = central.kiosk("kiosk-one"), central.kiosk("kiosk-two")
    visit = a_visit()
    ticket = one.lookup(visit).ticket
    one.record(visit, ev.IdentityDenied(ticket=ticket))
    assert two.lookup(a_visit()).status is LookupStatus.FOUND


def test_another_identifier_in_the_same_visit_frees_the_first_person(central: CentralForTest) -> None:
    one, two = central.kiosk("kiosk-one"), central.kiosk("kiosk-two")
    visit = a_visit()
    one.lookup(visit, demo.MAIN.nik)
    one.lookup(visit, demo.VERIFIED.nik)
    assert two.lookup(a_visit(), demo.MAIN.nik).status is LookupStatus.FOUND
    assert two.lookup(a_visit(), demo.VERIFIED.nik).status is LookupStatus.BUSY_ELSEWHERE


def test_a_forgotten_busy_mark_ends_after_ten_minutes(central: CentralForTest) -> None:
    one, two = central.kiosk("kiosk-one"), central.kiosk("kiosk-two")
    one.lookup(a_visit())
    central.run("UPDATE store.busy SET since = since - interval '10 minutes'")
    assert two.lookup(a_visit()).status is LookupStatus.FOUND


def test_the_same_kiosk_may_start_anew_after_a_crash(central: CentralForTest) -> None:
    kiosk = central.kiosk()
    kiosk.lookup(a_visit())
    assert kiosk.lookup(a_visit()).status is LookupStatus.FOUND


def failed_visit(kiosk: KioskForTest, reason: str, status: str = "PERLU_PETUGAS") -> None:
    visit = a_visit()
    kiosk.lookup(visit)
    kiosk.record(visit, ev.VisitEnded(status=ev.VisitStatus(status), reason=reason))


def test_three_failed_visits_a_day_send_the_participant_to_staff_on_any_kiosk(central: CentralForTest) -> None:
    one, two = central.kiosk("kiosk-one"), central.kiosk("kiosk-two")
    failed_visit(one, "face_limit")
    failed_visit(two, "face_no_match")
    visit = a_visit()
    assert one.lookup(visit).status is LookupStatus.FOUND
    one.record(visit, ev.VisitEnded(status=ev.VisitStatus.PERLU_PETUGAS, reason="face_suspected"))
    assert two.lookup(a_visit()).status is LookupStatus.TOO_MANY_FAILURES
    central.run("UPDATE store.failed_visit SET day = day - 1")
    assert two.lookup(a_visit()).status is LookupStatus.FOUND


def test_only_face_failures_count(central: CentralForTest) -> None:
    kiosk = central.kiosk()
    for reason in ("wish_for_staff", "camera_fault", "code_limit", "no_contact"):
        failed_visit(kiosk, reason)
    assert kiosk.lookup(a_visit()).status is LookupStatus.FOUND


# ---- attacks


def ask(conn: psycopg.Connection[Any], digits: str = demo.MAIN.nik) -> str:
    row = conn.execute(REQUEST, ("visit", digits, KEY)).fetchone()
    assert row is not None
    ticket: str = row[0]["ticket"]
    return ticket


def fetch(conn: psycopg.Connection[Any], ticket: str) -> dict[str, Any]:
    row = conn.execute("SELECT api.lookup_fetch(%s)", (ticket,)).fetchone()
    assert row is not None
    answer: dict[str, Any] = row[0]
    return answer


REFUSED = {"refused": "ticket_not_usable"}


def test_the_request_says_nothing_about_the_answer(central: CentralForTest) -> None:
    with central.kiosk().connect() as conn:
        row = conn.execute(REQUEST, ("visit", demo.MAIN.nik, KEY)).fetchone()
        assert row is not None
        assert list(row[0]) == ["ticket"]


def test_rolling_the_request_back_leaves_nothing_to_fetch(central: CentralForTest) -> None:
    with central.kiosk().connect() as conn:
        ticket = ask(conn)
        conn.rollback()
        assert fetch(conn, ticket) == REFUSED


def test_request_and_fetch_in_one_transaction_serve_nothing(central: CentralForTest) -> None:
    with central.kiosk().connect() as conn:
        assert fetch(conn, ask(conn)) == REFUSED
        conn.rollback()
    assert tickets(central) == 0


def test_a_savepoint_is_no_commit(central: CentralForTest) -> None:
    with central.kiosk().connect() as conn:
        conn.execute("SAVEPOINT a")
        ticket = ask(conn)
        conn.execute("RELEASE a")
        assert fetch(conn, ticket) == REFUSED
        conn.rollback()


def test_one_statement_that_asks_and_fetches_serves_nothing(central: CentralForTest) -> None:
    with central.kiosk().connect(autocommit=True) as conn:
        row = conn.execute(
            "WITH r AS MATERIALIZED (SELECT api.lookup_request('v', 'nik', %s, %s) ->> 'ticket' AS t)"
            " SELECT api.lookup_fetch(t) FROM r",
            (demo.MAIN.nik, KEY),
        ).fetchone()
        assert row is not None
        assert row[0] == REFUSED


def test_flush_without_sync_and_a_dropped_socket_serve_nothing(central: CentralForTest) -> None:
    """Extended protocol: both calls in one implicit transaction that never gets its Sync."""
    wire = central.kiosk().connect().pgconn
    wire.enter_pipeline_mode()

    def call(statement: bytes, *parameters: bytes) -> bytes:
        wire.send_query_params(statement, list(parameters))
        wire.send_flush_request()
        while True:
            wire.flush()
            wire.consume_input()
            if not wire.is_busy() and (result := wire.get_result()) is not None:
                value = result.get_value(0, 0)
                assert value is not None
                return value
            time.sleep(0.001)

    asked = call(b"SELECT api.lookup_request('v', 'nik', $1, $2::bytea) ->> 'ticket'",
                 demo.MAIN.nik.encode(), b"\\x" + KEY.hex().encode())  # fmt: skip
    assert wire.get_result() is None
    answer = call(b"SELECT api.lookup_fetch($1)", asked)
    wire.finish()
    assert b"initials" not in answer
    assert b"ticket_not_usable" in answer
    assert tickets(central) == 0


def test_reading_is_possible_only_after_the_audit_row_is_there_for_good(central: CentralForTest) -> None:
    with central.kiosk().connect() as conn:
        ticket = ask(conn)
        conn.commit()
        assert fetch(conn, ticket)["status"] == "found"
        conn.rollback()
    assert tickets(central) == 1


def test_an_old_ticket_is_not_served(central: CentralForTest) -> None:
    kiosk = central.kiosk()
    with kiosk.connect(autocommit=True) as conn:
        ticket = ask(conn)
        central.run("UPDATE store.ticket SET requested_at = requested_at - interval '31 seconds'")
        assert fetch(conn, ticket) == REFUSED


def test_another_kiosks_ticket_is_not_served(central: CentralForTest) -> None:
    one, two = central.kiosk("kiosk-one"), central.kiosk("kiosk-two")
    with one.connect(autocommit=True) as conn:
        ticket = ask(conn)
    with two.connect(autocommit=True) as conn:
        assert fetch(conn, ticket) == REFUSED
        assert fetch(conn, "nonsense") == REFUSED


def test_what_is_no_number_is_refused_with_an_alarm(central: CentralForTest) -> None:
    kiosk = central.kiosk()
    for digits in ("", "1' OR 1=1", "３１７４０７５５０８９５０００１", "%", "1" * 17):
        with pytest.raises(CentreRefused, match="malformed"):
            kiosk.lookup(a_visit(), digits)
    assert central.alarms() == {"lookup_malformed"}


TOUCHED = (
    "SELECT relname::text FROM pg_stat_xact_user_tables"
    " WHERE n_tup_ins + n_tup_upd + n_tup_del + COALESCE(seq_scan, 0) + COALESCE(idx_scan, 0) > 0"
)
LOCKED = "SELECT relation::regclass::text || mode FROM pg_locks WHERE pid = pg_backend_pid() AND locktype = 'relation'"


def traces(kiosk: KioskForTest, call: str, digits: str) -> tuple[Any, ...]:
    """What a login can see of its own calls, each rolled back."""
    explain = f"EXPLAIN (ANALYZE, WAL, BUFFERS, FORMAT JSON) SELECT {call}".encode()
    costs: list[list[int]] = []
    seen: set[str] = set()
    with kiosk.connect() as conn:
        for _ in range(6):
            row = conn.execute(explain, (digits, KEY)).fetchone()
            assert row is not None
            plan = row[0][0]["Plan"]
            blocks = plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]
            costs.append([plan["WAL Records"], plan["WAL Bytes"], blocks])
            for query in (LOCKED, TOUCHED):
                seen |= {name for (name,) in conn.execute(query.encode()).fetchall()}
            conn.rollback()
    # the least of six: now and then a page is full, or cleaned
    return *(min(values) for values in zip(*costs, strict=True)), frozenset(seen)


@pytest.mark.parametrize("call", ["api.lookup_request('v', 'nik', %s, %s)", "api.case_request('v', %s, %s)"])
def test_a_request_that_is_rolled_back_shows_no_difference_between_a_member_and_nobody(
    central: CentralForTest, call: str
) -> None:
    kiosk = central.kiosk()
    case = "4821093755628"
    central.run("INSERT INTO store.capture (kiosk_id, visit_id, sealed_sha256, bytes, erased_at)"
                " VALUES (%s, 'd', sha256(''), 60, now())", kiosk.kiosk_id)  # fmt: skip
    central.run("INSERT INTO store.deferred_case (kiosk_id, visit_id, case_number, state, participant_id, decided_at)"
                " SELECT %s, 'd', %s, 'matched', participant_id, now() FROM store.participant WHERE nik = %s",
                kiosk.kiosk_id, case, demo.MAIN.nik)  # fmt: skip
    known, unknown = (case, "4821093755629") if "case" in call else (demo.MAIN.nik, "3174075508950002")
    assert traces(kiosk, call, known) == traces(kiosk, call, unknown)
    assert tickets(central) == 0


def test_an_answer_that_is_rolled_back_leaves_who_was_asked_for(central: CentralForTest) -> None:
    kiosk = central.kiosk()
    with kiosk.connect(autocommit=True) as conn:
        ticket = ask(conn)
    with kiosk.connect() as conn:
        row = conn.execute("SELECT api.lookup_fetch(%s)", (ticket,)).fetchone()
        assert row is not None and row[0]["status"] == "found"
        conn.rollback()
    assert central.one("SELECT asked FROM store.ticket") == demo.MAIN.nik
    assert central.one("SELECT lookups FROM store.allowance") == 1
    with pytest.raises(CentreRefused, match="ticket_not_usable"):
        kiosk.client.reference_face(ticket)
    with kiosk.connect(autocommit=True) as conn:
        conn.execute("SELECT api.lookup_fetch(%s)", (ticket,))
    assert central.one("SELECT asked FROM store.ticket") is None
    assert central.one("SELECT status FROM store.ticket") == "found"
