"""A centre in memory that checks the chain like ``append_events`` does, and can be made to fail."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from db.central.deferred_wire import CaptureStatus
from db.central.wire import (
    MAX_BATCH_EVENTS,
    MAX_EVENT_BYTES,
    ORIGIN_HASH,
    AppendAnswer,
    AppendStatus,
    CentreConfig,
    Head,
)
from kiosk.events import ChainedEvent, payload_hash
from kiosk.ports import CentreUnreachable
from tests.db.local.support import KIOSK, FakeClock


class MemoryCentre:
    def __init__(self, clock: FakeClock, ahead: float = 0.0) -> None:
        self.clock = clock
        self.ahead = timedelta(seconds=ahead)
        self.kept: list[ChainedEvent] = []
        self.epoch = 1
        self.enabled = True
        self.reachable = True
        self.lose_answers = 0  # take the batch, but let the answer get lost
        self.batches: list[int] = []
        self.captures: dict[str, bytes] = {}
        self.capture_status = CaptureStatus.KEPT
        self.asked: list[str] = []  # visits whose capture was brought

    def head(self) -> Head:
        last = self.kept[-1] if self.kept else None
        return Head(last.seq, last.hash, self.epoch) if last else Head(0, ORIGIN_HASH, self.epoch)

    def _reach(self) -> None:
        if not self.reachable:
            raise CentreUnreachable("down")

    def my_head(self) -> Head:
        self._reach()
        return self.head()

    def my_config(self) -> CentreConfig:
        self._reach()
        told = self.clock.now().astimezone(UTC) + self.ahead
        return CentreConfig(bytes(32), "box-1", datetime.isoformat(told), 600, 600)

    def append(self, events: Sequence[ChainedEvent]) -> AppendAnswer:
        self._reach()
        self.batches.append(len(events))
        assert len(events) <= MAX_BATCH_EVENTS
        status = AppendStatus.ACCEPTED if self.enabled else AppendStatus.NOT_ENROLLED
        for event in events:
            if status is not AppendStatus.ACCEPTED:
                break
            status = self._take(event)
        if self.lose_answers:
            self.lose_answers -= 1
            raise CentreUnreachable("answer lost")
        return AppendAnswer(status, self.head().seq)

    def put_capture(self, visit_id: str, sealed: bytes) -> CaptureStatus:
        self._reach()
        self.asked.append(visit_id)
        if self.capture_status is CaptureStatus.KEPT:
            self.captures[visit_id] = sealed
        if self.lose_answers:
            self.lose_answers -= 1
            raise CentreUnreachable("answer lost")
        return self.capture_status

    def _take(self, event: ChainedEvent) -> AppendStatus:
        if len(event.payload.encode()) > MAX_EVENT_BYTES:
            return AppendStatus.OVERSIZE
        if payload_hash(event.payload) != event.hash:
            return AppendStatus.EDITED
        head = self.head()
        if event.seq <= head.seq:
            same = self.kept[event.seq - 1].hash == event.hash
            return AppendStatus.ACCEPTED if same else AppendStatus.FORK
        if event.seq > head.seq + 1:
            return AppendStatus.GAP
        body = json.loads(event.payload)
        if (body["kiosk_id"], body["seq"]) != (KIOSK, event.seq) or body["epoch"] > self.epoch:
            return AppendStatus.FOREIGN
        if body["prev_hash"] != head.hash:
            return AppendStatus.FORK
        self.kept.append(event)
        return AppendStatus.ACCEPTED
