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
    CodeKind,
    kind_of,
    looks_like_token,
)
from kiosk.identity.ikd import cwt
from kiosk.ports import BADGE_PREFIX
from tests.identity.qr_carriers import BASE45, Payload, draw_text
from tests.identity.qr_frames import _rng

CARD, NIK = "0001234567890", "3174075508950001"


def part(value: object) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


HEADER = part({"alg": "ES256", "kid": "contoh-1"})
JWS = f"{HEADER}.{part({'sub': NIK})}.{part(b'signature')}"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (BADGE_PREFIX + "q8Zt3-demo-token-0001", CodeKind.BADGE),
        (BADGE_PREFIX + "short", CodeKind.UNKNOWN),
        (JWS, CodeKind.TOKEN),
        (CWT_PREFIX + "6BF$+%QC*", CodeKind.TOKEN),
        (CARD, CodeKind.IDENTIFIER),
        (f"https://contoh.test/k?no={CARD}", CodeKind.IDENTIFIER),
        ("https://contoh.test/menu", CodeKind.UNKNOWN),
        ("www.contoh.test", CodeKind.UNKNOWN),
        (f"{CARD}.{NIK}.1", CodeKind.UNKNOWN),  # two numbers between dots
        ("", CodeKind.UNKNOWN),
    ],
)
def test_every_code_has_one_kind(text: str, kind: CodeKind) -> None:
    assert kind_of(text) is kind


@pytest.mark.parametrize("payload", [Payload.JWS, Payload.CWT])
def test_tokens_of_every_size_we_issue_are_tokens(payload: Payload) -> None:
    assert all(kind_of(draw_text(payload, _rng(f"kinds/{n}"))) is CodeKind.TOKEN for n in range(50))


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
def test_any_text_has_a_kind_and_a_number_to_look_up_is_never_a_token(text: str) -> None:
    kind = kind_of(text)
    assert (kind is CodeKind.IDENTIFIER) == (identifier_from_code(text) is not None)
    assert looks_like_token(text) == (kind is CodeKind.TOKEN)


@given(st.text(BASE45, min_size=1, max_size=200))
def test_a_number_inside_a_token_is_never_looked_up(body: str) -> None:
    assert kind_of(f"{CWT_PREFIX}{body} {NIK} ") is CodeKind.TOKEN
