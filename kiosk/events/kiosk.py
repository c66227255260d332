"""Facts about the kiosk itself: starts, parts, tests. No person is in them."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from kiosk.events.base import BaseEvent


class KioskStarted(BaseEvent):
    doc: ClassVar[str] = "The program started; tells how the last run ended."
    type: Literal["kiosk_started"] = "kiosk_started"
    software: str
    previous_run: Literal["clean", "died", "first"]


class StoreQuarantined(BaseEvent):
    doc: ClassVar[str] = "The store was damaged and set aside whole; this is the first link of the chain after it."
    type: Literal["store_quarantined"] = "store_quarantined"
    reason: str  # of the fault that opening it raised
    folder: str  # UTC time, names the folder below quarantine/


class PartChanged(BaseEvent):
    doc: ClassVar[str] = "A device or service changed its state."
    type: Literal["part_changed"] = "part_changed"
    part: str
    state: str
    fault: str = ""


class SelfTested(BaseEvent):
    doc: ClassVar[str] = "The self-test at the start: the state of every part, and what the start screen offers."
    type: Literal["self_tested"] = "self_tested"
    parts: dict[str, str]  # name -> PartState
    offered: tuple[str, ...]


class PartTested(BaseEvent):
    doc: ClassVar[str] = "A technician's guided test of one part, with what was measured."
    type: Literal["part_tested"] = "part_tested"
    part: str
    passed: bool
    reason: str = ""  # why it did not pass
    by: str  # username
    measured: dict[str, str] = Field(default_factory=dict)
