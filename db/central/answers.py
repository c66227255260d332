"""What the centre answers, as the kiosk takes it: another shape is a typed refusal that quotes nothing of it.

Plain checks without models, for each batch of events passes here. What comes sealed is opened here and read by
``reads_wire``, ``ikd_wire`` and ``staff_wire``. Everything raises CentreRefused.
"""

from __future__ import annotations

import base64
import re
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar

from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, SealedBox

from db.central.deferred_wire import CaptureStatus
from db.central.keys import key_id, seal_to
from db.central.wire import AppendAnswer, AppendStatus, CentreConfig, Head, RequestRefusal, RequestState
from kiosk.ports import CentreRefused, CentreVisitStatus, Json, LookupAnswer, LookupStatus, SendStatus

NOT_READABLE = "answer_not_readable"

REFUSALS = frozenset({*(word.value for word in RequestRefusal), "not_enrolled", "allowance_spent", "busy"})
"""The only words that are passed on: they reach logs and the kiosk's own events."""

MAX_SEALED_CHARS = 64 * 1024 * 1024
"""Base64 of a photo on record of at most 48 MiB."""

MAX_INITIALS_CHARS = 1000
"""Two a word, and a blank; the register's names have no limit of their own."""

YEARS = range(1970, 9000)
"""Near the calendar's ends a sum of a date and an offset is no date any more."""

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
_HASH = re.compile(r"[0-9a-f]{64}", re.ASCII)  # and a public key
_KEY_ID = re.compile(r"[0-9a-f]{16}", re.ASCII)
_TIME = re.compile(r"[ -~]{10,40}")
_REASON = re.compile(r"[ -~]{0,200}")
_BIGINT, _INTEGER = 2**63 - 1, 2**31 - 1
_WAITING = frozenset({RequestState.WAITING, RequestState.WORKING, RequestState.SENDING})

W = TypeVar("W", bound=StrEnum)


def not_readable() -> CentreRefused:
    return CentreRefused(NOT_READABLE)


# ---- shapes


def read_object(told: object) -> Json:
    """An object that is no refusal."""
    found = _object(told)
    if "refused" in found:
        raise _refusal(found["refused"])
    return found


def read_word(words: type[W], value: object) -> W:
    if not isinstance(value, str):
        raise not_readable()
    try:
        return words(value)
    except ValueError:
        raise not_readable() from None


def read_id(told: Json, name: str) -> str:
    return _text(told, name, _UUID)


def is_text(value: object, at_most: int) -> bool:
    """JSON may hold halves of characters, which nothing can show or keep."""
    return isinstance(value, str) and len(value) <= at_most and value.encode(errors="ignore").decode() == value


def unseal(key: PrivateKey, text: object, at_most: int = MAX_SEALED_CHARS) -> bytes:
    """``text``: base64 of what was sealed to ``key``, not longer than ``at_most`` characters."""
    if not isinstance(text, str) or len(text) > at_most:
        raise not_readable()
    try:
        return SealedBox(key).decrypt(base64.b64decode(text, validate=True))
    except (CryptoError, ValueError):
        raise not_readable() from None


# ---- the visit


def read_lookup(told: Json, ticket: str) -> LookupAnswer:
    """``ticket``: the one that was asked for."""
    status, initials = read_word(LookupStatus, told.get("status")), told.get("initials")
    initials = "" if initials is None else initials
    if told.get("ticket") != ticket or not is_text(initials, MAX_INITIALS_CHARS):
        raise not_readable()
    return LookupAnswer(status, ticket, initials if status is LookupStatus.FOUND else "")


def read_served(told: object) -> Json | None:
    """A request that is done; None while it is under way."""
    found = _object(told)
    state = read_word(RequestState, found.get("state"))
    if state is RequestState.REFUSED:
        raise _refusal(found.get("reason"))
    return None if state in _WAITING else found


def read_send_status(told: Json) -> SendStatus:
    return read_word(SendStatus, told.get("send_status"))


def read_visit_status(told: object) -> CentreVisitStatus:
    return read_word(CentreVisitStatus, told)


# ---- the chain and the kiosk


def read_append(told: object, last_seq: int) -> AppendAnswer:
    """``last_seq``: of the batch, 0 for an empty one. It is taken as a whole or not accepted."""
    found = _object(told)
    status = read_word(AppendStatus, found.get("status"))
    accepted = _whole(found, "accepted_seq", _BIGINT)
    if status is AppendStatus.ACCEPTED and accepted < last_seq:
        raise not_readable()
    return AppendAnswer(status, accepted, _text(found, "reason", _REASON) if found.get("reason") is not None else "")


def read_capture(told: Json) -> CaptureStatus:
    return read_word(CaptureStatus, told.get("status"))


def read_head(told: object) -> Head:
    found = _enrolled(told)
    return Head(_whole(found, "seq", _BIGINT), _text(found, "hash", _HASH), _whole(found, "epoch", _INTEGER))


def read_config(told: object) -> CentreConfig:
    found = _enrolled(told)
    public_key = bytes.fromhex(_text(found, "box_public_key", _HASH))
    if _text(found, "box_key_id", _KEY_ID) != key_id(public_key):
        raise not_readable()
    try:
        seal_to(public_key, b"")  # nothing can be sealed to e.g. 32 zeros
    except CryptoError:
        raise not_readable() from None
    return CentreConfig(
        box_public_key=public_key,
        box_key_id=found["box_key_id"],
        server_time=_time(found, "server_time"),
        lookups_per_day=_whole(found, "lookups_per_day", _INTEGER),
        lookups_left=_whole(found, "lookups_left", _INTEGER),
    )


def read_beat(told: object) -> None:
    if told is False:
        raise CentreRefused("not_enrolled")
    if told is not True:
        raise not_readable()


# ---- parts


def _object(told: object) -> Json:
    if not isinstance(told, dict):
        raise not_readable()
    return told


def _enrolled(told: object) -> Json:
    if told is None:
        raise CentreRefused("not_enrolled")
    return _object(told)


def _refusal(reason: Any) -> CentreRefused:
    return CentreRefused(reason) if isinstance(reason, str) and reason in REFUSALS else not_readable()


def _text(told: Json, name: str, shape: re.Pattern[str]) -> str:
    value = told.get(name)
    if not isinstance(value, str) or not shape.fullmatch(value):
        raise not_readable()
    return value


def _whole(told: Json, name: str, at_most: int) -> int:
    value = told.get(name)
    if type(value) is not int or not 0 <= value <= at_most:  # true is an int, too
        raise not_readable()
    return value


def _time(told: Json, name: str) -> str:
    """ISO 8601 with its offset."""
    value = _text(told, name, _TIME)
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        raise not_readable() from None
    if at.utcoffset() is None or at.year not in YEARS:
        raise not_readable()
    return value
