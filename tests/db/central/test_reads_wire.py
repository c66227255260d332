"""Family and history on their way: both sides know the same words, and the kiosk takes no other shape."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from db.central.reads import READS
from db.central.reads_wire import MAX_ANSWER_BYTES, read_family, read_history
from db.central.wire import RequestKind
from kiosk.ports import (
    AccountStatus,
    CentreRefused,
    FamilyRelation,
    LoginChannel,
    LoginOutcome,
    VerificationOutcome,
)
from tests.db.support import CentralForTest

WORDS: list[tuple[str, Any]] = [
    ("family_link.relation", FamilyRelation),
    ("login.channel", LoginChannel),
    ("login.outcome", LoginOutcome),
    ("verification.outcome", VerificationOutcome),
    ("account.status", AccountStatus),
    ("request.kind", RequestKind),
]


@pytest.mark.parametrize(("column", "words"), WORDS, ids=lambda value: str(value) if isinstance(value, str) else "")
def test_the_words_of_the_tables_are_those_of_the_kiosk(central: CentralForTest, column: str, words: Any) -> None:
    """A word that the connector does not know would end it."""
    table, _, name = column.partition(".")
    check = central.one(
        "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = %s::regclass AND conname = %s",
        f"store.{table}", f"{table}_{name}_check",
    )  # fmt: skip
    assert set(re.findall(r"'([^']+)'::text", check)) == {word.value for word in words}


def test_every_read_after_the_match_is_one_that_a_kiosk_may_queue(central: CentralForTest) -> None:
    assert set(READS) == {RequestKind.PROFILE, RequestKind.FAMILY, RequestKind.HISTORY}
    for kind in READS:
        assert central.one("SELECT store.request_fault(%s, '{}')", kind.value) is False


MEMBER = (
    '{"reference":"a","name":"X","relation":"ANAK","birth_date":"2014-06-09","membership":"AKTIF",'
    '"account":"TERVERIFIKASI"}'
)
PAST = '{"status":"TERVERIFIKASI","since":null,"logins":[],"verifications":[],"contact_changes":[]}'
SEEN = '{"at":"2026-11-02T00:00:00Z","channel":"web","outcome":"ok","device":"","place":""}'


def past(*logins: str) -> str:
    return PAST.replace("[]", f"[{','.join(logins)}]", 1)


def test_what_the_kiosk_reads_it_reads_whole_and_shows_no_name_in_a_log() -> None:
    (member,) = read_family(f"[{MEMBER}]".encode())
    assert (member.birth_date, member.relation) == (date(2014, 6, 9), FamilyRelation.CHILD)
    assert "X" not in repr(member) and "2014" not in repr(member)
    assert len(read_history(past(SEEN, SEEN).encode()).logins) == 2


FAMILIES = [
    "", "{}", "null", "[7]", "[{}]", f"[{MEMBER},", MEMBER, f"[{','.join([MEMBER] * 21)}]",
    *(f"[{MEMBER.replace(part, other)}]" for part, other in (
        ("ANAK", "SEPUPU"), ("2014-06-09", "2014"), ("2014-06-09", "2014-06-31"), ("TERVERIFIKASI", ""), ('"X"', "7"),
        ('"name":"X",', ""), ("X", "X" * MAX_ANSWER_BYTES), ("X", "\\ud800"),
    )),
]  # fmt: skip
PASTS = [
    "", "[]", "null", "{}", past(*[SEEN] * 21), past(SEEN.replace("Z", "")), past(SEEN.replace("web", "telex")),
    past(SEEN.replace('"2026-11-02T00:00:00Z"', "1793577600")), PAST.replace("null", "true"),
    PAST.replace("null", '"2026-11-02T00:00:00"'), PAST.replace("TERVERIFIKASI", "DITOLAK"),
]  # fmt: skip


@pytest.mark.parametrize(("read", "text"), [*((read_family, t) for t in FAMILIES), *((read_history, t) for t in PASTS)])
def test_an_answer_of_another_shape_is_a_typed_refusal_that_quotes_nothing(
    read: Callable[[bytes], object], text: str
) -> None:
    with pytest.raises(CentreRefused) as caught:
        read(text.encode())
    assert caught.value.reason == "answer_not_readable"
    assert caught.value.__context__ is None or caught.value.__suppress_context__
