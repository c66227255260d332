"""Sealed answers of a centre that was taken over: they open, or not, and hold what no honest one does."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from nacl.public import PrivateKey

from db.central import staff_client
from kiosk.ports import CentreUnreachable, StaffDenied, StaffRefusal
from tests.db.central.hostile_support import (
    ASKED,
    BUDI,
    DONE,
    FACTS,
    GRANT,
    HISTORY,
    METHODS,
    OFFER,
    PROFILE,
    RINA,
    SESSION,
    TYPED,
    Table,
    is_refused,
    outcome,
    table,
)
from tests.db.central.liar import ID, NAME, bent, sealed

__all__ = ["table"]


NO_SEALS = [None, "", "x", "é", "=" * 80, "QQ==" * 40, 5, [], {}, True]
PLAIN: dict[str, tuple[Any, list[Any]]] = {
    "profile": (PROFILE, bent(PROFILE)),
    "family": ([], [[{}], [HISTORY], {}, None, "x"]),
    "history": (HISTORY, bent(HISTORY)),
    "begin_login": (OFFER, bent(OFFER)),
    "login_result": (FACTS, bent(FACTS)),
}
NO_PLAIN = [b"", b"x", b"null", b"7", b"NaN", b"[]", b"{}", b"\xff\xfe", b"[" * 50_000, b'{"a": 1' + b"0" * 5000 + b"}",
            b"x" * 100_000]  # fmt: skip


def _seal_into(table: Table, name: str, text: str | object) -> None:
    if name in {"begin_login", "login_result"}:
        state = "offered" if name == "begin_login" else "done"
        table.say("login_fetch", {"state": state, "reason": "", "sealed": text})
    else:
        table.say("request_fetch", DONE | {"result": text})


@pytest.mark.parametrize("name", [*PLAIN, "reference_face"])
def test_what_does_not_open_is_not_readable(table: Table, name: str) -> None:
    METHODS[name].sets(table)
    for text in [*NO_SEALS, sealed(PrivateKey.generate(), json.dumps(PROFILE))]:
        _seal_into(table, name, text)
        assert is_refused(outcome(METHODS[name].call, table)), text


@pytest.mark.parametrize("name", PLAIN)
def test_what_opens_and_holds_something_else_is_not_readable(table: Table, name: str) -> None:
    METHODS[name].sets(table)
    honest, others = PLAIN[name]
    for plain in NO_PLAIN:
        if plain != b"[]" or name != "family":
            _seal_into(table, name, table.sealed(plain))
            assert is_refused(outcome(METHODS[name].call, table)), plain
    for other in others:
        _seal_into(table, name, table.sealed(other))
        end = outcome(METHODS[name].call, table)
        assert is_refused(end) or type(end) is type(value_of(table, name, honest)), (other, end)


def value_of(table: Table, name: str, honest: Any) -> object:
    _seal_into(table, name, table.sealed(honest))
    return METHODS[name].call(table)


@pytest.mark.parametrize("changes", [
    {"valid_seconds": float("nan")}, {"valid_seconds": float("inf")}, {"valid_seconds": 0}, {"valid_seconds": 1e9},
    {"valid_seconds": True}, {"valid_seconds": "60"}, {"uri": ""}, {"uri": "x" * 3000}, {"user_code": None},
])  # fmt: skip
def test_a_login_without_end_or_address_is_not_offered(table: Table, changes: dict[str, Any]) -> None:
    table.log_in("offered", OFFER | changes)
    assert is_refused(outcome(METHODS["begin_login"].call, table))


@pytest.mark.parametrize("changes", [
    {"nik": "317407550895000"}, {"nik": "٣" * 16}, {"nik": 3174075508950001}, {"source": "ktp"}, {"source": []},
    {"birth_date": "1995"}, {"birth_date": 1}, {"name": None}, {"name": "x" * 10_000},
])  # fmt: skip
def test_facts_that_no_login_brings_are_not_taken(table: Table, changes: dict[str, Any]) -> None:
    table.log_in("done", FACTS | changes)
    assert is_refused(outcome(METHODS["login_result"].call, table))


# ---- the staff door: its answer is sealed to a key of the call's own, which the test gives it


@pytest.fixture
def staff_says(table: Table, monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], None]:
    key = PrivateKey.generate()
    monkeypatch.setattr(staff_client.PrivateKey, "generate", lambda: key)
    table.say("staff_ask", {"request_id": ID})

    def says(told: Any) -> None:
        text = sealed(key, told if isinstance(told, bytes) else json.dumps(told))
        table.say("staff_fetch", {"state": "done", "result": text})

    return says


DESK: dict[str, tuple[Callable[[Table], object], Any]] = {
    "sign_in": (lambda t: t.desk.sign_in(TYPED), SESSION),
    "compare": (lambda t: t.desk.compare(ASKED), GRANT),
    "keep_alive": (lambda t: t.desk.keep_alive(ID), {}),
    "sign_out": (lambda t: t.desk.sign_out(ID), {}),
}
Says = Callable[[Any], None]


@pytest.mark.parametrize("name", DESK)
def test_the_staff_door_hears_an_answer_a_denial_or_nothing(table: Table, staff_says: Says, name: str) -> None:
    call, honest = DESK[name]
    staff_says(honest)
    assert not isinstance(outcome(call, table), Exception)
    staff_says({"denied": "locked"})
    with pytest.raises(StaffDenied) as denied:
        call(table)
    assert denied.value.refusal is StaffRefusal.LOCKED
    for lie in [*NO_PLAIN, {"denied": "no"}, {"denied": 5}, {"denied": None}, {"denied": [NAME]}]:
        if lie != b"{}" or honest:
            staff_says(lie)
            assert is_refused(outcome(call, table)), lie


@pytest.mark.parametrize("name", ["sign_in", "compare"])
def test_staff_of_another_shape_are_nobody(table: Table, staff_says: Says, name: str) -> None:
    call, honest = DESK[name]
    lies = bent(honest)
    for key in {"member", "first", "second"} & honest.keys():
        lies += [honest | {key: member} for member in bent(honest[key])]
    for lie in lies:
        staff_says(lie)
        end = outcome(call, table)
        assert is_refused(end) or not isinstance(end, Exception), (lie, end)


@pytest.mark.parametrize(("name", "lie"), [
    ("sign_in", {"session": ID, "member": BUDI}), ("compare", GRANT | {"second": BUDI}),
    ("sign_in", {"session": 5, "member": RINA}), ("sign_in", {"session": ID, "member": RINA | {"role": "root"}}),
    ("sign_in", {"session": ID, "member": RINA | {"name": "x" * 101}}), ("compare", GRANT | {"decision": NAME}),
    ("sign_in", {"session": ID, "member": RINA | {"name": "\ud800"}}), ("compare", GRANT | {"first": None}),
])  # fmt: skip
def test_another_than_who_typed_is_not_signed_in(table: Table, staff_says: Says, name: str, lie: Any) -> None:
    staff_says(lie)
    with pytest.raises(CentreUnreachable, match="answer_not_readable"):
        DESK[name][0](table)
