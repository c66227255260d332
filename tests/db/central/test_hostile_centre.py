"""The kiosk's real clients against a centre that was taken over, or broke. The risk: its answer ends a visit or the
synchronisation with an exception that nobody expects, is taken for what it is not, or puts a name into a message."""

from __future__ import annotations

from typing import Any

import pytest

from db.central.keys import key_id
from db.central.wire import AppendStatus
from kiosk.ports import LookupStatus
from tests.db.central.hostile_support import (
    HEAD,
    KEPT,
    LINK,
    METHODS,
    NOT_READABLE,
    Table,
    is_refused,
    outcome,
    table,
)
from tests.db.central.liar import ID, NAME, NO_JSON, NO_OBJECTS, NO_REFUSALS, NO_ROW, OTHER_ID, bent

__all__ = ["table"]

FUNCTIONS = [(name, asked) for name, method in METHODS.items() for asked in method.asks]

OBJECTS = [(name, asked) for name, asked in FUNCTIONS if isinstance(METHODS[name].asks[asked], dict)]


@pytest.mark.parametrize("name", sorted(METHODS.keys() - {"sign_in"}))  # that key is the call's own: test_hostile_seals
def test_an_honest_answer_is_taken(table: Table, name: str) -> None:
    METHODS[name].sets(table)
    assert not isinstance(outcome(METHODS[name].call, table), Exception)


@pytest.mark.parametrize(("name", "asked"), FUNCTIONS)
def test_what_is_no_object_at_all_is_not_readable(table: Table, name: str, asked: str) -> None:
    method = METHODS[name]
    method.sets(table)
    lies = [*NO_OBJECTS, {}, *NO_REFUSALS] if name != "heartbeat" else [lie for lie in NO_OBJECTS if lie not in (0, 1)]
    for lie in lies:
        table.say(asked, lie)
        end = outcome(method.call, table)
        assert is_refused(end, str(method.silent) if lie is None and method.silent else NOT_READABLE), (lie, end)


@pytest.mark.parametrize(("name", "asked"), FUNCTIONS)
def test_a_function_of_another_type_is_no_crash(table: Table, name: str, asked: str) -> None:
    method = METHODS[name]
    method.sets(table)
    for returns, expression in NO_JSON:
        if (name, returns) == ("visit_status", "text"):
            continue
        table.liar.runs(asked, returns, expression)
        end, reason = outcome(method.call, table), NOT_READABLE
        if expression == NO_ROW and method.silent:
            reason = str(method.silent)
        elif "infinity" in expression:
            reason = "DataError"
        assert is_refused(end, reason), (returns, expression, end)


@pytest.mark.parametrize(("name", "asked"), OBJECTS)
def test_an_object_with_another_inside_is_a_value_or_a_typed_refusal(table: Table, name: str, asked: str) -> None:
    method = METHODS[name]
    method.sets(table)
    for lie in bent(table.config() if asked == "my_config" else method.asks[asked]):
        table.say(asked, lie)
        outcome(method.call, table)


# ---- what must not be taken

NO_HEADS = [HEAD | {"hash": 5}, HEAD | {"hash": "A" * 64}, HEAD | {"hash": "a" * 63}, HEAD | {"epoch": None},
            HEAD | {"epoch": 2**31}, HEAD | {"seq": True}, HEAD | {"seq": -1}, HEAD | {"seq": 3.0},
            HEAD | {"seq": "3"}, HEAD | {"seq": 2**63}]  # fmt: skip
NO_APPENDS = [KEPT | {"accepted_seq": wrong} for wrong in (True, "1", 1.0, -1, None, 2**63, [1], 0)]
NO_APPENDS += [KEPT | {"status": "ok"}, KEPT | {"status": ["accepted"]}, {"status": "accepted", "reason": ""},
               KEPT | {"reason": 5}, KEPT | {"reason": "x" * 201}]  # fmt: skip


@pytest.mark.parametrize("lie", NO_HEADS)
def test_a_head_that_is_none_is_not_compared_with_the_chain(table: Table, lie: Any) -> None:
    table.say("my_head", lie)
    assert is_refused(outcome(METHODS["my_head"].call, table))


@pytest.mark.parametrize("lie", NO_APPENDS)
def test_an_answer_that_names_no_number_or_less_than_the_batch_acknowledges_nothing(table: Table, lie: Any) -> None:
    table.say("append_events", lie)
    assert is_refused(outcome(METHODS["append"].call, table))


def test_an_honest_no_of_the_chain_keeps_its_number(table: Table) -> None:
    table.say("append_events", {"status": "gap", "accepted_seq": 0, "reason": "seq 1"})
    answer = table.kiosk.client.append([LINK])
    assert (answer.status, answer.accepted_seq, answer.reason) == (AppendStatus.GAP, 0, "seq 1")


@pytest.mark.parametrize("changes", [
    {"server_time": "now"}, {"server_time": "2026-11-23"}, {"server_time": "2026-11-23T03:00:00"},
    {"server_time": "9999-12-31T23:59:59+00:00"}, {"server_time": "0001-01-01T00:00:00+14:00"},
    {"server_time": "1793577600"}, {"server_time": 1793577600}, {"server_time": "2026-11-23T25:00:00+00:00"},
    {"box_public_key": "00" * 32, "box_key_id": key_id(bytes(32))},
    {"box_public_key": "ab" * 31}, {"box_public_key": "zz" * 32}, {"box_public_key": "ab" * 32},
    {"box_key_id": "0" * 16}, {"lookups_left": -1}, {"lookups_per_day": True},
])  # fmt: skip
def test_a_config_that_nothing_can_be_sealed_or_dated_by_is_not_kept(table: Table, changes: dict[str, Any]) -> None:
    before = table.kiosk.client.box_public_key()
    table.say("my_config", table.config() | changes)
    assert is_refused(outcome(METHODS["my_config"].call, table))
    assert table.kiosk.client.box_public_key() == before


@pytest.mark.parametrize("lie", [1, "true", "t", [True], {"ok": True}, None])
def test_a_heartbeat_that_is_merely_truthy_was_not_heard(table: Table, lie: Any) -> None:
    table.say("heartbeat", lie)
    assert is_refused(outcome(METHODS["heartbeat"].call, table))


def test_a_ticket_that_was_not_asked_for_is_not_taken(table: Table) -> None:
    table.found()
    table.say("lookup_fetch", {"ticket": OTHER_ID, "status": "found", "initials": "S."})
    assert is_refused(outcome(METHODS["lookup"].call, table))


def test_a_use_that_was_not_asked_for_is_not_taken_and_first_is_yes_or_no(table: Table) -> None:
    use = METHODS["use_token"]
    use.sets(table)
    for first in (1, "true", None, [True]):
        table.say("token_fetch", {"first": first})
        assert is_refused(outcome(use.call, table))
    table.say("token_fetch", {"first": False})
    assert outcome(use.call, table) is False
    table.say("token_fetch", {"first": True})
    table.say("token_use", {"use_id": OTHER_ID})
    assert is_refused(outcome(use.call, table))


def test_initials_of_somebody_who_was_not_found_are_not_shown(table: Table) -> None:
    table.found()
    table.say("lookup_fetch", {"ticket": ID, "status": "minor", "initials": NAME})
    answer = table.kiosk.lookup("v")
    assert (answer.status, answer.initials) == (LookupStatus.MINOR, "")
    table.liar.runs(
        "lookup_fetch", "json", rf"""'{{"ticket": "{ID}", "status": "found", "initials": "\ud800"}}'::json"""
    )
    assert is_refused(outcome(METHODS["lookup"].call, table))
