"""Whatever JSON the centre answers, the readers end in a value or in a typed refusal. Nothing else may come out."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from db.central import answers, staff_wire
from db.central.ikd_wire import read_facts, read_offer
from db.central.reads_wire import read_family, read_history, read_profile
from kiosk.ports import CentreRefused, StaffDenied
from tests.db.central.hostile_support import (
    ASKED,
    DONE,
    FACTS,
    GRANT,
    HEAD,
    HISTORY,
    KEPT,
    OFFER,
    PROFILE,
    SESSION,
    TYPED,
)
from tests.db.central.liar import ID

SQL = Path(answers.__file__).parent / "sql"

leaves = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text()
    | st.sampled_from(["found", "accepted", "kept", "done", "refused", "busy", "sent", ID, "a" * 64, "\ud800", 2**63])
)  # fmt: skip
values = st.recursive(leaves, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8)


def text_of(value: Any) -> bytes:
    return json.dumps(value).encode()


CONFIG = {"box_public_key": "a" * 64, "box_key_id": "a" * 16, "server_time": "2026-11-23T03:00:00+00:00",
          "lookups_per_day": 600, "lookups_left": 600}  # fmt: skip
FOUND = {"ticket": ID, "status": "found", "initials": "S. R."}

READERS: dict[str, tuple[Callable[[Any], object], dict[str, Any]]] = {
    "object": (answers.read_object, {"refused": "busy"}),
    "id": (lambda told: answers.read_id(answers.read_object(told), "ticket"), FOUND),
    "lookup": (lambda told: answers.read_lookup(answers.read_object(told), ID), FOUND),
    "served": (answers.read_served, DONE),
    "send_status": (lambda told: answers.read_send_status(answers.read_object(told)), DONE),
    "visit_status": (answers.read_visit_status, {}),
    "append": (lambda told: answers.read_append(told, 1), KEPT),
    "capture": (lambda told: answers.read_capture(answers.read_object(told)), {"status": "kept"}),
    "head": (answers.read_head, HEAD),
    "config": (answers.read_config, CONFIG),
    "beat": (answers.read_beat, {}),
    "profile": (lambda told: read_profile(text_of(told)), PROFILE),
    "family": (lambda told: read_family(text_of([told])), {}),
    "history": (lambda told: read_history(text_of(told)), HISTORY),
    "offer": (lambda told: read_offer(ID, text_of(told)), OFFER),
    "facts": (lambda told: read_facts(text_of(told)), FACTS),
    "session": (lambda told: staff_wire.session_heard(staff_wire.parse_answer(text_of(told)), TYPED), SESSION),
    "grant": (lambda told: staff_wire.grant_heard(staff_wire.parse_answer(text_of(told)), ASKED), GRANT),
}


@pytest.mark.parametrize("name", READERS)
@settings(deadline=None)
@given(data=st.data())
def test_any_json_is_a_value_or_a_typed_refusal(name: str, data: st.DataObject) -> None:
    read, honest = READERS[name]
    told = data.draw(values)
    if honest and data.draw(st.booleans()):
        told = honest | {data.draw(st.sampled_from(sorted(honest))): told}
    try:
        read(told)
    except CentreRefused as refused:
        assert refused.reason in answers.REFUSALS | {answers.NOT_READABLE}
        assert refused.__suppress_context__ or refused.__context__ is None
    except (StaffDenied, staff_wire.Malformed):
        assert name in {"session", "grant"}


@settings(deadline=None)
@given(told=values, last_seq=st.integers(0, 5))
def test_nothing_but_a_number_that_covers_the_batch_acknowledges(told: Any, last_seq: int) -> None:
    try:
        answer = answers.read_append(KEPT | {"accepted_seq": told}, last_seq)
    except CentreRefused:
        return
    assert type(answer.accepted_seq) is int
    assert answer.accepted_seq >= last_seq


@settings(deadline=None)
@given(text=st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_bytes_that_open_are_a_value_or_a_typed_refusal(text: bytes) -> None:
    for read in (read_profile, read_family, read_history, read_facts, lambda told: read_offer(ID, told)):
        with pytest.raises(CentreRefused) as refused:
            read(text + b"x")  # no JSON ends so
        assert refused.value.reason == answers.NOT_READABLE


def test_every_refusal_that_the_functions_give_is_known_to_the_kiosk() -> None:
    """A word of the centre that the kiosk does not know would be told as "not readable"."""
    given_words = {
        word
        for path in SQL.glob("*.sql")
        if not path.name.startswith(("feed", "ledger"))  # what feeds and reports hear
        for word in re.findall(r"jsonb_build_object\('refused', '([a-z_]+)'", path.read_text())
    }
    assert {"not_enrolled", "busy"} <= given_words <= answers.REFUSALS
