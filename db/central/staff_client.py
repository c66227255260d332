"""The kiosk's side of the staff door: ``kiosk.ports.StaffDesk``.

What staff type is sealed to the centre before it leaves this object, and the call is signed with the kiosk's
key; the answer can be opened by this one call only. Several threads may call at once.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from enum import StrEnum
from typing import TypeVar

from nacl.public import PrivateKey

from db.central.answers import NOT_READABLE, read_id, read_object, read_word, unseal
from db.central.client import FIRST_POLL_SECONDS, LONGEST_POLL_SECONDS
from db.central.connections import Connections
from db.central.keys import seal_to
from db.central.staff_wire import (
    Asked,
    Malformed,
    SessionNamed,
    StaffRequestKind,
    ask_text,
    grant_heard,
    parse_answer,
    session_heard,
    signed_message,
)
from kiosk.config import CentreSettings
from kiosk.ports import (
    CentreRefused,
    CentreUnreachable,
    ComparisonAsked,
    ComparisonGranted,
    Json,
    StaffCredentials,
    StaffDenied,
    StaffRefusal,
    StaffSession,
)

ANSWER_SECONDS = 12.0
"""Two argon2 one after the other take 0.3 s, patience for late events 3 s, a slow link three answers of 1.5 s;
below the staff door's own limit (15 s), so that it hears why."""

MAX_ANSWER_CHARS = 16 * 1024
"""The largest, a granted comparison with two names of 100 signs as JSON escapes them, has 3,608."""

NONCE_BYTES = 16
_REFUSALS = {"malformed": StaffRefusal.MALFORMED, "not_enrolled": StaffRefusal.NOT_TRUSTED}

T = TypeVar("T")


class _State(StrEnum):
    WAITING = "waiting"
    DONE = "done"
    UNKNOWN = "unknown"


class StaffClient:
    def __init__(
        self,
        dsn: str,
        settings: CentreSettings,
        kiosk_id: str,
        sign: Callable[[bytes], bytes],
        box_public_key: Callable[[], bytes],
        *,
        answer_seconds: float = ANSWER_SECONDS,
    ) -> None:
        """``sign``: Ed25519 with the kiosk's key. ``box_public_key``: the centre's, asked once a call."""
        self._connections = Connections(dsn, settings.call_seconds)
        self._kiosk_id = kiosk_id
        self._sign = sign
        self._box_public_key = box_public_key
        self._answer_seconds = answer_seconds

    def sign_in(self, credentials: StaffCredentials) -> StaffSession:
        return self._ask(StaffRequestKind.SIGN_IN, credentials, lambda told: session_heard(told, credentials))

    def keep_alive(self, session: str) -> None:
        self._ask(StaffRequestKind.KEEP_ALIVE, SessionNamed(session), _nothing_more)

    def compare(self, asked: ComparisonAsked) -> ComparisonGranted:
        return self._ask(StaffRequestKind.COMPARE, asked, lambda told: grant_heard(told, asked))

    def sign_out(self, session: str) -> None:
        self._ask(StaffRequestKind.SIGN_OUT, SessionNamed(session), _nothing_more)

    def close(self) -> None:
        self._connections.close()

    def _ask(self, kind: StaffRequestKind, asked: Asked, heard: Callable[[Json], T]) -> T:
        """Raises StaffDenied, CentreUnreachable."""
        try:
            return heard(parse_answer(self._asked(kind, asked)))
        except CentreRefused as refused:
            raise _refused(refused.reason) from None
        except Malformed:
            raise CentreUnreachable(NOT_READABLE) from None

    def _asked(self, kind: StaffRequestKind, asked: Asked) -> bytes:
        """The answer, opened. Raises CentreUnreachable, CentreRefused."""
        until = time.monotonic() + self._answer_seconds
        key, nonce = PrivateKey.generate(), secrets.token_hex(NONCE_BYTES)
        sealed, answer_key = seal_to(self._box_public_key(), ask_text(asked)), bytes(key.public_key)
        signature = self._sign(signed_message(self._kiosk_id, kind, nonce, sealed, answer_key))
        queued = self._connections.call(
            "SELECT api.staff_ask(%s, %s, %s, %s, %s)", (kind.value, nonce, sealed, answer_key, signature)
        )
        return unseal(key, self._wait(read_id(read_object(queued), "request_id"), until), MAX_ANSWER_CHARS)

    def _wait(self, request_id: str, until: float) -> object:
        pause = FIRST_POLL_SECONDS
        while True:
            told = read_object(self._connections.call("SELECT api.staff_fetch(%s)", (request_id,)))
            if read_word(_State, told.get("state")) is not _State.WAITING:
                return told.get("result")
            if time.monotonic() + pause > until:
                raise CentreUnreachable("no answer in time")
            time.sleep(pause)
            pause = min(LONGEST_POLL_SECONDS, 1.5 * pause)


def _refused(reason: str) -> StaffDenied | CentreUnreachable:
    refusal = _REFUSALS.get(reason)
    return StaffDenied(refusal) if refusal else CentreUnreachable(reason)


def _nothing_more(_told: Json) -> None:
    """That the centre did not deny it is the answer."""
