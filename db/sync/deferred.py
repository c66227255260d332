"""Brings sealed captures of deferred visits to the centre, after the events that name them, and forgets them then."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Protocol

from db.central.deferred_wire import CaptureStatus
from db.local.payloads import Payload
from kiosk.ports import CAPTURE, Clock

log = logging.getLogger(__name__)

BATCH = 8
LOOK_SECONDS = 60.0
"""A payload is recorded together with an event, which wakes the worker; looking without being woken is for what was
left by an earlier run or an earlier refusal."""
EXPIRE_SECONDS = 3600.0
SPENT_SECONDS = 3600.0
"""The day's allowance at the centre is spent."""


class Shelf(Protocol):
    """``db.local.store.LocalStore`` as seen from here; raises StoreUnavailable."""

    def unsent_payloads(self, limit: int) -> Sequence[Payload]: ...

    def payload_sent(self, visit_id: str, kind: str) -> None: ...

    def expire_payloads(self) -> int: ...


class CaptureTaker(Protocol):
    """Raises CentreUnreachable or CentreRefused."""

    def put_capture(self, visit_id: str, sealed: bytes) -> CaptureStatus: ...


class CaptureSender:
    def __init__(self, shelf: Shelf, centre: CaptureTaker, clock: Clock) -> None:
        self._shelf = shelf
        self._centre = centre
        self._clock = clock
        self._look_at = self._expired_at = float("-inf")

    def send(self, woken: bool) -> None:
        """With an empty outbox: what waits on the shelf. ``woken``: something was recorded since."""
        now = self._clock.monotonic()
        if not woken and now < self._look_at:
            return
        self._look_at = now + LOOK_SECONDS
        for payload in self._shelf.unsent_payloads(BATCH):
            if payload.kind == CAPTURE and not self._put(payload, now):
                return

    def expire(self) -> None:
        """Once an hour: erase what is too old, sent or not."""
        now = self._clock.monotonic()
        if now - self._expired_at < EXPIRE_SECONDS:
            return
        self._expired_at = now
        gone = self._shelf.expire_payloads()
        if gone:
            log.error("captures expired unsent", extra={"captures": gone})

    def _put(self, payload: Payload, now: float) -> bool:
        """False when the others would fare no better now."""
        status = self._centre.put_capture(payload.visit_id, payload.sealed)
        match status:
            case CaptureStatus.KEPT:
                self._shelf.payload_sent(payload.visit_id, payload.kind)
            case CaptureStatus.MALFORMED:  # it never will be taken; the centre has the alarm
                log.error("capture refused for good", extra={"visit": payload.visit_id})
                self._shelf.payload_sent(payload.visit_id, payload.kind)
            case CaptureStatus.EVENT_NOT_SEEN:
                log.warning("capture came before its event", extra={"visit": payload.visit_id})
                return False
            case CaptureStatus.ALLOWANCE_SPENT:
                log.warning("captures of the day are spent")
                self._look_at = now + SPENT_SECONDS
                return False
        return True
