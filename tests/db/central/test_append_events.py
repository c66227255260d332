"""The chain at the centre: taken once, in order, unchanged; whatever is wrong leaves an alarm that stays."""

from __future__ import annotations

import json
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.types.json import Jsonb

from db.central.wire import MAX_BATCH_EVENTS, MAX_EVENT_BYTES, ORIGIN_HASH, AppendStatus, Head
from kiosk import events as ev
from tests.db.support import CentralForTest, Chain, KioskForTest, sign_link

SOMETHING = ev.PartChanged(part="camera", state="ready")


def some_links(kiosk: KioskForTest, count: int) -> list[ev.ChainedEvent]:
    return [kiosk.chain.add("", ev.PartChanged(part="camera", state=f"s{n}")) for n in range(count)]


def kept(central: CentralForTest, kiosk: KioskForTest) -> list[str]:
    with psycopg.connect(central.admin_dsn) as conn:
        rows = conn.execute(
            "SELECT payload FROM store.event WHERE kiosk_id = %s ORDER BY seq", (kiosk.kiosk_id,)
        ).fetchall()
    return [row[0] for row in rows]


def raw_append(kiosk: KioskForTest, batch: Any) -> dict[str, Any]:
    with kiosk.connect(autocommit=True) as conn:
        row = conn.execute("SELECT api.append_events(%s)", (Jsonb(batch),)).fetchone()
    assert row is not None
    answer: dict[str, Any] = row[0]
    return answer


def test_a_batch_is_kept_byte_for_byte_and_the_head_moves(central: CentralForTest) -> None:
    kiosk = central.kiosk()
    assert kiosk.client.my_head() == Head(0, ORIGIN_HASH, 1)
    links = some_links(kiosk, 3)
    answer = kiosk.client.append(links)
    assert (answer.status, answer.accepted_seq) == (AppendStatus.ACCEPTED, 3)
    assert kept(central, kiosk) == [link.payload for link in links]
    assert kiosk.client.my_head() == Head(3, links[-1].hash, 1)
    assert central.alarms() == set()


def test_a_lost_answer_may_be_asked_again_and_overlaps_are_taken_once(central: CentralForTest) -> None:
    kiosk = central.kiosk()
    links = some_links(kiosk, 5)
    for batch in (links[:3], links[:3], links[1:5], [], links):
        assert kiosk.client.append(batch).status is AppendStatus.ACCEPTED
    assert len(kept(central, kiosk)) == 5
    assert central.alarms() == set()


def test_non_ascii_words_hash_the_same_here_and_there(central: CentralForTest) -> None:
    kiosk = central.kiosk()
    link = kiosk.chain.add("", ev.PartChanged(part="kamera", state="siap – ✓ 日本"))
    assert kiosk.client.append([link]).status is AppendStatus.ACCEPTED


def test_a_gap_is_refused_and_names_where_to_go_on(central: CentralForTest) -> None:
    kiosk = central.kiosk()
    links = some_links(kiosk, 4)
    kiosk.client.append(links[:1])
    answer = kiosk.client.append(links[2:])
    assert (answer.status, answer.accepted_seq) == (AppendStatus.GAP, 1)
    assert central.alarms() == {"append_gap"}
    assert kiosk.client.append(links).accepted_seq == 4


def test_another_event_under_a_taken_number_is_a_fork(central: CentralForTest) -> None:
    kiosk = central.kiosk()
    kiosk.client.append(some_links(kiosk, 2))
    other = sign_link(kiosk.kiosk_id, kiosk.signer, 1, ORIGIN_HASH, "", SOMETHING)
    assert kiosk.client.append([other]).status is AppendStatus.FORK
    assert central.alarms() == {"append_fork"}
    assert len(kept(central, kiosk)) == 2


def test_a_link_to_another_past_is_a_fork(central: CentralForTest) -> None:
    kiosk = central.kiosk()
    kiosk.client.append(some_links(kiosk, 1))
    stranger = sign_link(kiosk.kiosk_id, kiosk.signer, 2, "f" * 64, "", SOMETHING)
    assert kiosk.client.append([stranger]).status is AppendStatus.FORK
    assert central.alarms() == {"append_fork"}


def test_an_edited_payload_is_refused(central: CentralForTest) -> None:
    kiosk = central.kiosk()
    (link,) = some_links(kiosk, 1)
    edited = link.model_copy(update={"payload": link.payload.replace("camera", "screen")})
    assert kiosk.client.append([edited]).status is AppendStatus.EDITED
    assert central.alarms() == {"append_edited"}
    assert kept(central, kiosk) == []


def test_what_was_good_before_the_bad_event_is_kept(central: CentralForTest) -> None:
    kiosk = central.kiosk()
    links = some_links(kiosk, 3)
    links[2] = links[2].model_copy(update={"payload": links[2].payload + " "})
    answer = kiosk.client.append(links)
    assert (answer.status, answer.accepted_seq) == (AppendStatus.EDITED, 2)
    assert kiosk.client.my_head().seq == 2


FOREIGN = {"kiosk_id": "kiosk-other", "seq": 2, "epoch": 2, "visit_id": None, "event": "x"}


def test_a_payload_that_names_another_kiosk_number_or_epoch_is_foreign(central: CentralForTest) -> None:
    kiosk = central.kiosk()
    (link,) = some_links(kiosk, 1)
    for field, value in FOREIGN.items():
        payload = ev.canonical_json(json.loads(link.payload) | {field: value})
        foreign = link.model_copy(update={"payload": payload, "hash": ev.payload_hash(payload)})
        assert kiosk.client.append([foreign]).status is AppendStatus.FOREIGN, field
    assert central.alarms() == {"append_foreign"}


def test_an_oversize_event_and_an_oversize_batch_are_refused(central: CentralForTest) -> None:
    kiosk = central.kiosk()
    huge = kiosk.chain.add("", ev.PartChanged(part="x" * MAX_EVENT_BYTES, state=""))
    assert kiosk.client.append([huge]).status is AppendStatus.OVERSIZE
    small = {"seq": 1, "payload": "{}", "hash": "0" * 64, "signature": "0" * 128}
    assert raw_append(kiosk, {"events": [small] * (MAX_BATCH_EVENTS + 1)})["status"] == "oversize"
    assert raw_append(kiosk, {"events": [], "pad": "x" * (4 * 1024 * 1024)})["status"] == "oversize"
    assert central.alarms() == {"append_oversize"}


NOT_JSON = "no json"
NUL = '{"a":"\\u0000"}'
DEEP = "[" * 20_000
HUGE_NUMBER = '{"a":1e999999}'


def test_a_payload_the_database_cannot_read_is_malformed_not_an_error(central: CentralForTest) -> None:
    kiosk = central.kiosk()
    for payload in (NOT_JSON, NUL, DEEP, HUGE_NUMBER, ""):
        event = {"seq": 1, "payload": payload, "hash": ev.payload_hash(payload), "signature": "0" * 128}
        assert raw_append(kiosk, {"events": [event]})["status"] == "malformed", payload[:20]
    assert central.one("SELECT sum(times) FROM store.alarm WHERE kind = 'append_malformed'") == 5


GOOD = {"seq": 1, "payload": "{}", "hash": "0" * 64, "signature": "0" * 128}


OTHER_SHAPES: list[Any] = [
    None, 7, [], {}, {"events": {}}, {"events": [None]}, {"events": [[]]}, {"events": ["x"]}, {"events": [{}]},
    {"events": [GOOD | {"seq": 0}]}, {"events": [GOOD | {"seq": -1}]}, {"events": [GOOD | {"seq": 1.5}]},
    {"events": [GOOD | {"seq": 10**30}]}, {"events": [GOOD | {"seq": "1"}]}, {"events": [GOOD | {"seq": None}]},
    {"events": [GOOD | {"payload": {}}]}, {"events": [GOOD | {"hash": "G" * 64}]},
    {"events": [GOOD | {"signature": "0" * 127}]}, {"events": [GOOD | {"signature": None}]},

]  # fmt: skip


def test_any_other_shape_is_malformed_not_an_error(central: CentralForTest) -> None:
    kiosk = central.kiosk()
    for batch in OTHER_SHAPES:
        assert raw_append(kiosk, batch)["status"] == "malformed", batch
    assert central.alarms() == {"append_malformed"}


def test_the_same_alarm_counts_up_instead_of_filling_the_disk(central: CentralForTest) -> None:
    kiosk = central.kiosk()
    links = some_links(kiosk, 3)
    for _ in range(5):
        kiosk.client.append(links[2:])
    assert central.one("SELECT times FROM store.alarm") == 5


def test_history_cannot_be_changed_even_by_the_owner(central: CentralForTest) -> None:
    kiosk = central.kiosk()
    kiosk.client.append(some_links(kiosk, 1))
    for change in ("UPDATE store.event SET type = 'x'", "DELETE FROM store.event", "TRUNCATE store.event"):
        with (
            psycopg.connect(central.admin_dsn) as conn,
            pytest.raises(psycopg.errors.InsufficientPrivilege, match="never changed"),
        ):
            conn.execute("SET ROLE bpjs_owner")
            conn.execute(change)


def test_a_kiosk_with_events_stays_on_record(central: CentralForTest) -> None:
    """Events do not refer to their kiosk by constraint: its head does, and heads stay."""
    kiosk = central.kiosk()
    kiosk.client.append(some_links(kiosk, 1))
    for change in ("DELETE FROM store.head", "UPDATE store.head SET kiosk_id = 'kiosk-other'", "TRUNCATE store.head"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="never changed"):
            central.run(change)
    for change in ("DELETE FROM store.kiosk", "UPDATE store.kiosk SET kiosk_id = 'kiosk-other'"):
        with pytest.raises(psycopg.errors.ForeignKeyViolation, match="head_kiosk_id_fkey"):
            central.run(change)


def test_a_poisoned_head_is_re_anchored_and_the_true_chain_goes_on(central: CentralForTest) -> None:
    kiosk = central.kiosk()
    true = some_links(kiosk, 4)
    kiosk.client.append(true[:2])
    thief = Chain(kiosk.kiosk_id, signer=None)
    thief.seq, thief.head = 2, true[1].hash
    assert kiosk.client.append([thief.add("", SOMETHING)]).accepted_seq == 3  # SQL cannot see the signature
    assert kiosk.client.append(true[2:]).status is AppendStatus.FORK
    central.run("SELECT store.reanchor(%s, 2)", kiosk.kiosk_id)
    assert kiosk.client.my_head() == Head(2, true[1].hash, 2)
    assert kiosk.client.append(true).status is AppendStatus.ACCEPTED
    assert kiosk.client.my_head() == Head(4, true[3].hash, 2)
    assert len(kept(central, kiosk)) == 5  # the poison stays on record
    assert kiosk.client.append(true).status is AppendStatus.ACCEPTED


def test_two_kiosks_have_chains_of_their_own(central: CentralForTest) -> None:
    one, two = central.kiosk("kiosk-one"), central.kiosk("kiosk-two")
    one.client.append(some_links(one, 2))
    two.client.append(some_links(two, 1))
    assert (one.client.my_head().seq, two.client.my_head().seq) == (2, 1)
    assert two.client.append(some_links(one, 1)).status is not AppendStatus.ACCEPTED


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_overlapping_batches_in_any_order_end_in_exactly_the_chain(central: CentralForTest, data: Any) -> None:
    number = central.one("SELECT count(*) FROM store.kiosk")
    kiosk = central.kiosk(f"kiosk-h-{number}")
    links = some_links(kiosk, data.draw(st.integers(1, 8)))
    spans = st.tuples(st.integers(0, len(links)), st.integers(0, len(links)))
    for start, stop in data.draw(st.lists(spans, max_size=8)):
        head = kiosk.client.my_head().seq
        answer = kiosk.client.append(links[start:stop])
        expected = AppendStatus.GAP if start > head and start < stop else AppendStatus.ACCEPTED
        assert answer.status is expected
        assert answer.accepted_seq == (max(head, stop) if expected is AppendStatus.ACCEPTED and start < stop else head)
    kiosk.client.append(links)
    assert kept(central, kiosk) == [link.payload for link in links]
    kiosk.close()
