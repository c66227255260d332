"""The short way of append_events keeps what the long way keeps, and leaves every doubtful batch to it."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from db.central.wire import AppendStatus
from kiosk import events as ev
from tests.db.support import CentralForTest, KioskForTest

LONG_WAY = """
SET ROLE bpjs_owner;
CREATE OR REPLACE FUNCTION store.take_batch(kiosk text, head store.head, events jsonb) RETURNS boolean
LANGUAGE sql AS 'SELECT false'
"""


def a_visit(kiosk: KioskForTest) -> list[ev.ChainedEvent]:
    ticket = kiosk.lookup("v").ticket
    events = [*kiosk.visit_events(ticket), ev.VisitEnded(status="PERLU_PETUGAS", reason="face_limit")]
    return [kiosk.chain.add("v", event) for event in events]


def rows(central: CentralForTest, query: str) -> list[tuple[Any, ...]]:
    return central.admin().execute(query.encode()).fetchall()


def test_both_ways_keep_the_same_rows_and_draw_the_same_consequences(central: CentralForTest) -> None:
    first, second = central.kiosk("kiosk-short"), central.kiosk("kiosk-long")
    assert first.client.append(a_visit(first)).status is AppendStatus.ACCEPTED
    central.run("DELETE FROM store.busy")
    central.run(LONG_WAY)
    assert second.client.append(a_visit(second)).status is AppendStatus.ACCEPTED
    kept = rows(
        central,
        "SELECT seq, epoch, visit_id, type, length(payload), hash = encode(sha256(payload::bytea), 'hex'),"
        " prev_hash = COALESCE(lag(hash) OVER (PARTITION BY kiosk_id ORDER BY seq), repeat('0', 64)), length(signature)"
        " FROM store.event ORDER BY seq, kiosk_id",
    )
    assert len(kept) == 20
    assert [one[:4] + one[5:] for one in kept[::2]] == [one[:4] + one[5:] for one in kept[1::2]]
    assert all(one[5] and one[6] for one in kept)
    for table in ("settle_queue", "failed_visit"):
        assert len(rows(central, f"SELECT DISTINCT kiosk_id FROM store.{table}")) == 2, table


def test_every_type_with_consequences_is_known_to_the_short_way(central: CentralForTest) -> None:
    """A type that is handled link by link alone would have no consequence in an ordinary batch."""
    source = central.one("SELECT prosrc FROM pg_proc WHERE oid = 'store.project_event'::regproc")
    handled = set(re.findall(r"'([a-z_]+)'", " ".join(re.findall(r"WHEN ((?:'[a-z_]+'(?:, )?)+) THEN", source))))
    assert "pin_accepted" in handled
    told = {kind for kind in handled if central.one("SELECT store.is_projected(%s)", kind)}
    assert told == handled
    assert not central.one("SELECT store.is_projected('face_matched')")


@pytest.mark.parametrize(
    ("field", "value", "status"),
    [
        ("signature", "AB" * 64, AppendStatus.MALFORMED),
        ("signature", "xy" * 64, AppendStatus.MALFORMED),
        ("signature", "ab" * 63, AppendStatus.MALFORMED),
        ("signature", 7, AppendStatus.MALFORMED),
        ("seq", 2.0, AppendStatus.MALFORMED),
        ("seq", "2", AppendStatus.MALFORMED),
        ("seq", 3, AppendStatus.GAP),
        ("hash", "0" * 64, AppendStatus.EDITED),
        ("payload", "{", AppendStatus.EDITED),
        ("payload", None, AppendStatus.MALFORMED),
        ("payload", "x" * 65 * 1024, AppendStatus.OVERSIZE),
    ],
)
def test_one_bad_link_is_named_and_what_came_before_it_is_kept(
    central: CentralForTest, field: str, value: object, status: AppendStatus
) -> None:
    kiosk = central.kiosk()
    links = [kiosk.chain.add("v", ev.IdentityRead(method="nik_typed")).model_dump() for _ in range(3)]
    links[1][field] = value
    told = append(kiosk, links)
    assert (told["status"], told["accepted_seq"]) == (status.value, 1)
    assert f"append_{status.value}" in central.alarms()


@pytest.mark.parametrize(
    ("field", "value", "status"),
    [
        ("kiosk_id", "kiosk-other", AppendStatus.FOREIGN),
        ("epoch", 2, AppendStatus.FOREIGN),
        ("epoch", 1.5, AppendStatus.FOREIGN),
        ("epoch", "one", AppendStatus.FOREIGN),
        ("seq", 7, AppendStatus.FOREIGN),
        ("visit_id", "v" * 65, AppendStatus.FOREIGN),
        ("event", {"type": ""}, AppendStatus.FOREIGN),
        ("prev_hash", "1" * 64, AppendStatus.FORK),
    ],
)
def test_a_body_that_tells_another_story_is_refused(
    central: CentralForTest, field: str, value: object, status: AppendStatus
) -> None:
    kiosk = central.kiosk()
    good = kiosk.chain.add("v", ev.IdentityRead(method="nik_typed"))
    payload = ev.canonical_json(json.loads(good.payload) | {field: value})
    digest = ev.payload_hash(payload)
    told = append(kiosk, [good.model_dump() | {"payload": payload, "hash": digest}])
    assert (told["status"], told["accepted_seq"]) == (status.value, 0)


@pytest.mark.parametrize("place", [0, 1])
@pytest.mark.parametrize("field", ["seq", "payload", "hash", "signature"])
def test_a_word_that_reads_alike_in_another_type_is_no_word_of_an_envelope(
    central: CentralForTest, field: str, place: int
) -> None:
    """As text the batch is what it was: only the types differ, and the short way reads texts."""
    kiosk = central.kiosk()
    links = [kiosk.chain.add("v", ev.IdentityRead(method="nik_typed")).model_dump() for _ in range(2)]
    links[place]["signature"] = "1" * 128
    if field == "payload":
        payload = central.one("SELECT (%s::jsonb)::text", links[place]["payload"])
        links[place]["payload"], links[place]["hash"] = json.loads(payload), ev.payload_hash(payload)
    elif field == "hash":
        links[place]["hash"] = 1
    else:
        links[place][field] = str(links[place][field]) if field == "seq" else int(links[place][field])
    told = append(kiosk, links)
    assert (told["status"], told["accepted_seq"]) == (AppendStatus.MALFORMED.value, place)


def test_consequences_of_a_batch_that_is_refused_in_its_middle_are_drawn_for_what_was_kept(
    central: CentralForTest,
) -> None:
    kiosk = central.kiosk()
    links = [link.model_dump() for link in a_visit(kiosk)]
    links[-1]["hash"] = "0" * 64
    assert append(kiosk, links)["accepted_seq"] == len(links) - 1
    assert central.one("SELECT count(*) FROM store.event") == len(links) - 1
    assert central.one("SELECT count(*) FROM store.settle_queue") == 1
    assert central.one("SELECT count(*) FROM store.failed_visit") == 0


def test_a_batch_that_overlaps_what_is_kept_is_taken_from_where_it_is_new(central: CentralForTest) -> None:
    kiosk = central.kiosk()
    links = [kiosk.chain.add("v", ev.IdentityRead(method="nik_typed")).model_dump() for _ in range(6)]
    assert append(kiosk, links[:4])["accepted_seq"] == 4
    assert append(kiosk, links[2:])["accepted_seq"] == 6
    assert append(kiosk, [])["accepted_seq"] == 6
    assert central.one("SELECT count(*) FROM store.event") == 6


def append(kiosk: KioskForTest, links: list[dict[str, Any]]) -> dict[str, Any]:
    with kiosk.connect(autocommit=True) as conn:
        row = conn.execute("SELECT api.append_events(%s::jsonb)", (json.dumps({"events": links}),)).fetchone()
    assert row is not None
    told: dict[str, Any] = row[0]
    return told
