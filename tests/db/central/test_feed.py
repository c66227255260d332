"""What the membership and account systems tell: taken once, in order of its time, by one login that reads nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb

from db.central import demo
from db.central.feed import BATCH_ROWS, FeedKind, bring
from db.central.roles import FEED
from kiosk.command_line import FEED_KINDS
from tests.db.central.test_hostile_login import TABLES
from tests.db.support import CentralForTest

MAIN, SPOUSE, CHILD = demo.MAIN.nik, demo.VERIFIED.nik, demo.MINOR.nik
UNKNOWN = "9999999999999999"


@pytest.fixture
def feed(central: CentralForTest) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(central.admin_dsn, autocommit=True) as conn:
        conn.execute(f"SET ROLE {FEED}")
        yield conn


def told(conn: psycopg.Connection[Any], kind: str, *rows: Any) -> Any:
    return conn.execute(f"SELECT feed.{kind}(%s)", (Jsonb(list(rows)),)).fetchall()[0][0]


def taken(count: int = 1, known: int = 0, refused: Any = ()) -> dict[str, Any]:
    return {"status": "done", "taken": count, "known": known, "refused": list(refused)}


def rows_of(central: CentralForTest, query: str) -> list[Any]:
    with psycopg.connect(central.admin_dsn) as conn:
        return conn.execute(query.encode()).fetchall()


# ---- the login


def test_the_feed_login_brings_batches_and_reads_changes_and_calls_nothing_else(
    feed: psycopg.Connection[Any], central: CentralForTest
) -> None:
    assert told(feed, "family") == taken(0)
    for attack in (
        *(f"TABLE store.{table}" for table in TABLES),
        "TABLE report.fleet", "UPDATE store.pin_verifier SET failures = 0", "DELETE FROM store.consent",
        "SELECT store.take_feed('family', '[]')", "SELECT store.feed_pin_try('{}')", "SELECT api.my_head()",
        "SELECT store.import_logins('[]')", "SELECT store.raise_alarm('x')", "CREATE TABLE feed.t (x int)",
        "CREATE FUNCTION feed.f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    ):  # fmt: skip
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            feed.execute(attack.encode())
            pytest.fail(f"was allowed: {attack}")
    functions = rows_of(central, "SELECT proname, prosecdef, proconfig, proowner::regrole::text FROM pg_proc"
                                 " WHERE pronamespace = 'feed'::regnamespace ORDER BY 1")  # fmt: skip
    assert {row[1:] == (True, ["search_path=pg_catalog, pg_temp"], "bpjs_owner") for row in functions} == {True}
    assert [row[0] for row in functions] == sorted(FeedKind)


@pytest.mark.parametrize("role", ["bpjs_kiosk", "bpjs_connector", "bpjs_settle", "bpjs_staff", "bpjs_keeper",
                                  "bpjs_reporter", "bpjs_pooler"])  # fmt: skip
def test_no_other_role_may_bring_a_batch(central: CentralForTest, role: str) -> None:
    with psycopg.connect(central.admin_dsn, autocommit=True) as conn:
        conn.execute(f"SET ROLE {role}".encode())
        for kind in FeedKind:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                conn.execute(f"SELECT feed.{kind}('[]')".encode())


def test_every_batch_leaves_a_row_of_who_brought_how_much_and_nothing_of_whom(
    feed: psycopg.Connection[Any], central: CentralForTest
) -> None:
    told(feed, "family", {"nik": MAIN, "at": "2026-11-01T00:00:00Z", "members": []}, {"nik": UNKNOWN})
    assert feed.execute("SELECT feed.family('{}') ->> 'status'").fetchone() == ("malformed",)
    assert feed.execute("SELECT feed.logins(NULL) ->> 'status'").fetchone() == ("malformed",)
    many = [{}] * 1001
    assert told(feed, "withdrawals", *many)["status"] == "oversize"
    rows = rows_of(central, "SELECT kind, by_login, status, taken, known, refused FROM store.feed_batch"
                            " ORDER BY feed_batch_id")  # fmt: skip
    assert rows == [
        ("family", "postgres", "done", 1, 0, 1),
        ("family", "postgres", "malformed", 0, 0, 0),
        ("logins", "postgres", "malformed", 0, 0, 0),
        ("withdrawals", "postgres", "oversize", 0, 0, 0),
    ]
    assert MAIN not in str(rows_of(central, "SELECT b::text FROM store.feed_batch b"))
    assert central.alarms() == {"feed_refused"}


BAD_TIMES = ("", "yesterday", "2026-11-01", "2026-11-01T00:00:00", "2026-13-01T00:00:00Z", "2999-01-01T00:00:00Z",
             "infinity", None, 7)  # fmt: skip


@pytest.mark.parametrize("kind", ["family", "pin_tries", "withdrawals"])
def test_a_row_without_a_time_of_its_own_or_with_one_to_come_is_refused(
    feed: psycopg.Connection[Any], kind: str
) -> None:
    good = {"nik": MAIN, "members": [], "outcome": "wrong_pin", "purposes": ["face_match"]}
    rows = [good | {"at": at} for at in BAD_TIMES]
    assert told(feed, kind, *rows, good, "x", None, 7, [], {}) == taken(
        0, 0, [[n, "malformed"] for n in range(len(rows) + 6)]
    )


# ---- family


def family(at: str, *members: tuple[str, str], nik: str = MAIN) -> dict[str, Any]:
    return {"nik": nik, "at": at, "members": [{"nik": member, "relation": relation} for member, relation in members]}


def links(central: CentralForTest) -> list[Any]:
    return rows_of(
        central,
        "SELECT h.nik, m.nik, relation FROM store.family_link l JOIN store.participant h USING (participant_id)"
        " JOIN store.participant m ON m.participant_id = l.member_id ORDER BY relation",
    )


def test_a_family_is_replaced_whole_and_the_same_or_an_older_one_changes_nothing(
    feed: psycopg.Connection[Any], central: CentralForTest
) -> None:
    first = family("2026-11-01T08:00:00+07:00", (SPOUSE, "ISTRI"), (CHILD, "ANAK"))
    second = family("2026-11-02T08:00:00+07:00", (SPOUSE, "ISTRI"))
    assert told(feed, "family", first) == taken()
    assert links(central) == [(MAIN, CHILD, "ANAK"), (MAIN, SPOUSE, "ISTRI")]
    assert told(feed, "family", second, first, second) == taken(1, known=2)
    assert links(central) == [(MAIN, SPOUSE, "ISTRI")]
    assert central.one("SELECT since = '2026-11-01T01:00:00Z' FROM store.family_link"), "since when stays"


def test_a_family_with_a_fault_is_refused_whole_and_spoils_no_other(
    feed: psycopg.Connection[Any], central: CentralForTest
) -> None:
    at = "2026-11-01T08:00:00+07:00"
    bad = [
        (family(at, (UNKNOWN, "ANAK")), "unknown_participant"),
        (family(at, nik=UNKNOWN), "unknown_participant"),
        (family(at, (MAIN, "ANAK")), "malformed"),
        (family(at, (CHILD, "SEPUPU")), "malformed"),
        (family(at, (CHILD, "ANAK"), (CHILD, "ANAK")), "malformed"),
        (family(at, *[(CHILD, "ANAK")] * 21), "malformed"),
        ({"nik": MAIN, "at": at, "members": "x"}, "malformed"),
        ({"nik": MAIN, "at": at, "members": [{"nik": CHILD}]}, "malformed"),
    ]
    good = family(at, (CHILD, "ANAK"))
    answer = told(feed, "family", *(row for row, _ in bad), good)
    assert answer == taken(1, 0, [[n, reason] for n, (_, reason) in enumerate(bad)])
    assert links(central) == [(MAIN, CHILD, "ANAK")]


# ---- tries of the PIN


@pytest.fixture
def pin(central: CentralForTest) -> CentralForTest:
    central.run("INSERT INTO store.pin_verifier (participant_id, parameters, salt, mac, pepper_id, set_at)"
                " SELECT participant_id, '', '', '', '', '2026-11-01T00:00:00Z' FROM store.participant WHERE nik = %s",
                MAIN)  # fmt: skip
    return central


def tried(minute: float, outcome: str = "wrong_pin", nik: str = MAIN) -> dict[str, Any]:
    return {"nik": nik, "at": f"2026-11-02T{int(minute) // 60:02}:{int(minute) % 60:02}:00Z", "outcome": outcome}


def lock(central: CentralForTest) -> tuple[int, str]:
    rows = rows_of(central, "SELECT failures, COALESCE(to_char(locked_until AT TIME ZONE 'UTC', 'HH24:MI'), '')"
                            " FROM store.pin_verifier WHERE locked_until IS DISTINCT FROM 'infinity'"
                            " UNION ALL SELECT failures, 'for good' FROM store.pin_verifier"
                            " WHERE locked_until = 'infinity'")  # fmt: skip
    assert len(rows) == 1
    found: tuple[int, str] = rows[0]
    return found


def test_five_wrong_pins_at_another_door_lock_for_15_minutes_and_ten_for_good(
    feed: psycopg.Connection[Any], pin: CentralForTest
) -> None:
    five = [tried(n) for n in range(5)]
    assert told(feed, "pin_tries", *five) == taken(5)
    assert lock(pin) == (5, "00:19")
    assert told(feed, "pin_tries", *five) == taken(0, known=5)
    assert told(feed, "pin_tries", tried(10), tried(11, "right_pin")) == taken(0, 0, [[0, "locked"], [1, "locked"]])
    assert lock(pin) == (5, "00:19")
    assert told(feed, "pin_tries", *(tried(n) for n in range(20, 25))) == taken(5)
    assert lock(pin) == (10, "for good")
    assert told(feed, "pin_tries", tried(600, "right_pin")) == taken(0, 0, [[0, "locked"]])


def test_a_right_pin_ends_the_count_and_one_of_an_earlier_pin_counts_nothing(
    feed: psycopg.Connection[Any], pin: CentralForTest
) -> None:
    told(feed, "pin_tries", *(tried(n) for n in range(4)))
    assert lock(pin) == (4, "")
    assert told(feed, "pin_tries", tried(5, "right_pin"), tried(3)) == taken(1, known=1)
    assert lock(pin) == (0, "")
    before = tried(1) | {"at": "2026-10-31T23:59:00Z"}
    assert told(feed, "pin_tries", before) == taken(0, known=1)
    assert lock(pin) == (0, "")


def test_a_try_of_nobodys_pin_is_refused(feed: psycopg.Connection[Any], pin: CentralForTest) -> None:
    answer = told(feed, "pin_tries", tried(1, nik=UNKNOWN), tried(1, nik=SPOUSE), tried(1, "maybe"))
    assert answer == taken(0, 0, [[0, "unknown_participant"], [1, "no_pin"], [2, "malformed"]])


# ---- logins


def test_logins_come_through_the_same_door(feed: psycopg.Connection[Any], central: CentralForTest) -> None:
    row = {"feed_id": "a-1", "nik": MAIN, "at": "2026-11-20T06:05:00+07:00", "channel": "web", "outcome": "ok"}
    assert told(feed, "logins", row, row, row | {"nik": UNKNOWN, "feed_id": "a-2"}) == taken(1, 1, [[2, "left_out"]])
    assert central.one("SELECT count(*) FROM store.login") == 1


@pytest.mark.parametrize("at", ["infinity", "20260-01-01T00:00:00Z", "yesterday noon"])
def test_a_login_of_no_time_is_refused_because_one_of_them_would_hide_the_owners_history(
    feed: psycopg.Connection[Any], at: str
) -> None:
    row = {"feed_id": "a-1", "nik": MAIN, "at": at, "channel": "web", "outcome": "ok"}
    assert told(feed, "logins", row) == taken(0, 0, [[0, "malformed"]])


# ---- the file


def test_a_file_is_brought_in_batches_and_its_refused_lines_are_named_by_number(central: CentralForTest) -> None:
    rows = [f'{{"nik": "{MAIN}", "at": "2026-11-02T00:00:00.{n:06}Z", "members": []}}\n' for n in range(BATCH_ROWS + 3)]
    rows[1] = "not json\n"
    rows[2] = "\n"
    rows[4] = '{"nik": "\\u0000"}\n'
    rows[5] = '{"nik": "\\ud800", "at": NaN}\n'
    rows[7] = rows[7].replace(MAIN, UNKNOWN)
    with psycopg.connect(central.admin_dsn, autocommit=True) as conn:
        brought = bring(conn, FeedKind.FAMILY, iter(rows))
        again = bring(conn, FeedKind.FAMILY, iter(rows))
    refused = [(2, "malformed"), (5, "malformed"), (6, "malformed"), (8, "unknown_participant")]
    assert (brought.taken, brought.known, brought.refused) == (len(rows) - 5, 0, refused)
    assert (again.taken, again.known, again.refused) == (0, len(rows) - 5, refused)


def test_the_command_line_knows_the_kinds() -> None:
    assert sorted(FEED_KINDS) == sorted(FeedKind)
