"""What a code is by its look. The risk: a token looked up as somebody's number, or a number taken for a token."""

from __future__ import annotations

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.identity.card import MAX_CODE_CHARS, identifier_from_code
from kiosk.identity.code_kinds import (
    CWT_PREFIX,
    MAX_HEADER_CHARS,
    MAX_TOKEN_CHARS,
    looks_like_token,
)
from kiosk.identity.ikd import cwt
from kiosk.journey.inputs import CodeSeen, TokenSeen
from kiosk.ports import BADGE_PREFIX, Identifier, IdentifierKind
from kiosk.runtime.card_reading import as_input
from tests.identity.qr_carriers import BASE45, Payload, draw_text
from tests.identity.qr_frames import _rng

CARD, NIK = "0001234567890", "3174075508950001"


def part(value: object) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


HEADER = part({"alg": "ES256", "kid": "contoh-1"})
JWS = f"{HEADER}.{part({'sub': NIK})}.{part(b'signature')}"


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        (BADGE_PREFIX + "short", CodeSeen(None)),
        (JWS, TokenSeen(JWS)),
        (CWT_PREFIX + "6BF$+%QC*", TokenSeen(CWT_PREFIX + "6BF$+%QC*")),
        (CARD, CodeSeen(Identifier(IdentifierKind.JKN_CARD, CARD))),
        (f"https://contoh.test/k?no={CARD}", CodeSeen(Identifier(IdentifierKind.JKN_CARD, CARD))),
        ("https://contoh.test/menu", CodeSeen(None)),
        ("www.contoh.test", CodeSeen(None)),
        (f"{CARD}.{NIK}.1", CodeSeen(None)),  # two numbers between dots
        ("", CodeSeen(None)),
    ],
)
def test_every_code_means_one_thing_to_the_visit(text: str, meaning: CodeSeen | TokenSeen) -> None:
    assert as_input(text) == meaning


@pytest.mark.parametrize("payload", [Payload.JWS, Payload.CWT])
def test_tokens_of_every_size_we_issue_are_tokens(payload: Payload) -> None:
    assert all(looks_like_token(draw_text(payload, _rng(f"kinds/{n}"))) for n in range(50))


@pytest.mark.parametrize(
    "text",
    [
        HEADER,
        f"{HEADER}.",
        f"{HEADER}..{HEADER}",
        f"{HEADER}.{HEADER}",
        f"{JWS}.{HEADER}",
        f" {JWS}",
        JWS.replace(".", ". "),
        f"{part({'kid': 'contoh-1'})}.{HEADER}.{HEADER}",  # no algorithm
        f"{part({'alg': 7})}.{HEADER}.{HEADER}",
        f"{part(['alg'])}.{HEADER}.{HEADER}",
        f"{part(b'{')}.{HEADER}.{HEADER}",
        f"{part(b'{' + bytes([255]))}.{HEADER}.{HEADER}",
        f"{part(b'[' * 700)}.{HEADER}.{HEADER}",
        f"A.{HEADER}.{HEADER}",  # no whole byte
        f"{part({'alg': 'ES256', 'x': 'y' * MAX_HEADER_CHARS})}.{HEADER}.{HEADER}",
        CWT_PREFIX,
        CWT_PREFIX.lower() + "6BF",
        "x" + CWT_PREFIX + "6BF",
    ],
)
def test_what_only_resembles_a_token_is_none(text: str) -> None:
    assert not looks_like_token(text)


def test_a_huge_code_is_not_looked_into_and_a_large_token_is() -> None:
    assert looks_like_token(JWS + "A" * (MAX_TOKEN_CHARS - len(JWS)))
    assert not looks_like_token(JWS + "A" * (MAX_TOKEN_CHARS - len(JWS) + 1))
    assert not looks_like_token(CWT_PREFIX + "A" * MAX_TOKEN_CHARS)
    assert MAX_TOKEN_CHARS > MAX_CODE_CHARS


def test_the_prefix_is_the_one_that_the_check_reads() -> None:
    assert CWT_PREFIX == cwt.PREFIX


@given(st.text(max_size=200) | st.text("0123456789 .;|-", max_size=60))
def test_a_text_with_one_number_to_look_up_is_never_a_token_and_keeps_its_number(text: str) -> None:
    number = identifier_from_code(text)
    meant = as_input(text)
    assert number is None or meant == CodeSeen(number)
    assert isinstance(meant, TokenSeen) == looks_like_token(text)


@given(st.text(BASE45, min_size=1, max_size=200))
def test_a_number_inside_a_token_is_never_looked_up(body: str) -> None:
    text = f"{CWT_PREFIX}{body} {NIK} "
    assert as_input(text) == TokenSeen(text)
