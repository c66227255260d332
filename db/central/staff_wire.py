"""What a kiosk's staff door and the centre's staff job say to each other: sealed JSON, signed by the kiosk.

Shared by both sides; no connection, no SQL.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeVar

from kiosk.ports import (
    BADGE_TOKEN,
    USERNAME,
    ComparisonAsked,
    ComparisonGranted,
    ComparisonReason,
    Json,
    StaffCredentials,
    StaffDenied,
    StaffMember,
    StaffRefusal,
    StaffRole,
    StaffSession,
)

_DOMAIN = b"bpjs staff request 1\0"
"""The kiosk signs its events with the same key: an event's signature must never pass for a request's."""

_SIX_DIGITS = re.compile(r"[0-9]{6}", re.ASCII)
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
_VISIT = re.compile(r".{1,64}")
_NAME = re.compile(r"[^\ud800-\udfff]{1,100}")  # no halves of characters


W = TypeVar("W", bound=StrEnum)


class StaffRequestKind(StrEnum):
    SIGN_IN = "sign_in"
    KEEP_ALIVE = "keep_alive"
    COMPARE = "compare"
    SIGN_OUT = "sign_out"


class Malformed(Exception):
    """Not what a kiosk of ours would say; names no content."""


@dataclass(frozen=True, slots=True)
class SessionNamed:
    """keep_alive and sign_out."""

    session: str


Asked = StaffCredentials | SessionNamed | ComparisonAsked


def signed_message(kiosk_id: str, kind: StaffRequestKind, nonce: str, sealed: bytes, answer_key: bytes) -> bytes:
    """What the kiosk signs. Every field comes after its length: no two requests make the same bytes."""
    fields = (kiosk_id.encode(), kind.value.encode(), nonce.encode(), hashlib.sha256(sealed).digest(), answer_key)
    return _DOMAIN + b"".join(len(part).to_bytes(4, "big") + part for part in fields)


# ---- the kiosk asks


def ask_text(asked: Asked) -> bytes:
    """JSON to seal."""
    match asked:
        case StaffCredentials():
            told: Json = _credentials_told(asked)
        case SessionNamed(session=session):
            told = {"session": session}
        case ComparisonAsked():
            told = {
                "visit_id": asked.visit_id,
                "ticket": asked.ticket,
                "reason_code": asked.reason_code.value,
                "session": asked.session,
                "second": _credentials_told(asked.second),
            }
    return json.dumps(told).encode()


def parse_ask(kind: StaffRequestKind, text: bytes) -> Asked:
    """Raises Malformed."""
    told = _object(text)
    match kind:
        case StaffRequestKind.SIGN_IN:
            return _credentials(told)
        case StaffRequestKind.COMPARE:
            _need_keys(told, {"visit_id", "ticket", "reason_code", "session", "second"})
            reason = _text(told, "reason_code", re.compile("|".join(ComparisonReason)))
            return ComparisonAsked(
                visit_id=_text(told, "visit_id", _VISIT),
                ticket=_text(told, "ticket", _UUID),
                reason_code=ComparisonReason(reason),
                session=_text(told, "session", _UUID),
                second=_credentials(told["second"]),
            )
        case _:
            _need_keys(told, {"session"})
            return SessionNamed(_text(told, "session", _UUID))


def _credentials_told(credentials: StaffCredentials) -> Json:
    return {name: getattr(credentials, name) for name in ("pin", "totp", "username", "badge")}


def _credentials(told: Any) -> StaffCredentials:
    """Badge or username, never both and never neither."""
    _need_keys(told, {"pin", "totp", "username", "badge"})
    username, badge = told["username"], told["badge"]
    if (username == "") == (badge == ""):
        raise Malformed
    return StaffCredentials(
        pin=_text(told, "pin", _SIX_DIGITS),
        totp=_text(told, "totp", _SIX_DIGITS),
        username=_text(told, "username", USERNAME) if username != "" else "",
        badge=_text(told, "badge", BADGE_TOKEN) if badge != "" else "",
    )


# ---- the centre answers


@dataclass(frozen=True, slots=True)
class Answer:
    """``data`` of a request that was granted, or the refusal."""

    data: Json = field(default_factory=dict)
    denied: StaffRefusal | None = None


def answer_text(answer: Answer) -> bytes:
    return json.dumps({"denied": answer.denied.value} if answer.denied else answer.data).encode()


def parse_answer(text: bytes) -> Json:
    """The data. Raises StaffDenied, Malformed."""
    told = _object(text)
    if "denied" in told:
        raise StaffDenied(_word(told, "denied", StaffRefusal))
    return told


def member_told(member: StaffMember) -> Json:
    return {"username": member.username, "name": member.name, "role": member.role.value}


def session_heard(told: Json, asked: StaffCredentials) -> StaffSession:
    """Raises Malformed."""
    return StaffSession(_text(told, "session", _UUID), _member(told.get("member"), asked.username))


def grant_heard(told: Json, asked: ComparisonAsked) -> ComparisonGranted:
    """Raises Malformed."""
    first, second = _member(told.get("first")), _member(told.get("second"), asked.second.username)
    return ComparisonGranted(_text(told, "decision", _UUID), first, second)


def _member(told: Any, username: str = "") -> StaffMember:
    """``username``: of whom it must be, empty where a badge said who."""
    if not isinstance(told, dict) or (username and told.get("username") != username):
        raise Malformed
    return StaffMember(_text(told, "username", USERNAME), _text(told, "name", _NAME), _word(told, "role", StaffRole))


# ---- shapes


def _object(text: bytes) -> dict[str, Any]:
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        raise Malformed from None
    if not isinstance(told, dict):
        raise Malformed
    return told


def _need_keys(told: Any, keys: set[str]) -> None:
    if not isinstance(told, dict) or told.keys() != keys:
        raise Malformed


def _text(told: dict[str, Any], key: str, shape: re.Pattern[str]) -> str:
    value = told.get(key)
    if not isinstance(value, str) or not shape.fullmatch(value):
        raise Malformed
    return value


def _word(told: dict[str, Any], key: str, words: type[W]) -> W:
    try:
        return words(str(told.get(key)))
    except ValueError:
        raise Malformed from None
