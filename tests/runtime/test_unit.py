"""A kiosk from start to end. The risk: a part that is missing takes the screen with it, or a stop that hangs."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from kiosk.config import Settings
from kiosk.ports import LastingFault
from kiosk.runtime.clock import SystemClock
from kiosk.runtime.demo_control import DemoControl
from kiosk.runtime.unit import KioskUnit


class Power:
    def __init__(self) -> None:
        self.calls: list[str] = []

    def ready(self, offered: Any) -> bool:
        return True

    def off(self) -> None:
        self.calls.append("off")

    def centre_report(self, visit_id: str) -> dict[str, Any]:
        return {"visit": visit_id}

    def reset_centre(self) -> None:
        self.calls.append("reset")


@pytest.fixture(autouse=True)
def own_logging() -> Iterator[None]:
    handlers = logging.root.handlers[:]
    yield
    logging.root.handlers[:] = handlers


def unit(tmp_path: Path, build: Any) -> KioskUnit:
    return KioskUnit(Settings(data_dir=tmp_path), SystemClock(), DemoControl(), build)


def test_what_was_put_together_is_asked_reset_and_switched_off(tmp_path: Path) -> None:
    power = Power()
    kiosk = unit(tmp_path, lambda kiosk: (power, {"store": lambda: None}))
    assert not kiosk.ready
    assert kiosk.centre_report() == {}
    kiosk.start()
    assert list(kiosk.probes()) == ["store"]
    assert kiosk.ready
    kiosk.report = SimpleNamespace(visit_id="v")  # type: ignore[assignment]
    assert kiosk.centre_report() == {"visit": "v"}
    kiosk.reset()
    kiosk.stop()
    assert power.calls == ["reset", "off"]


def test_a_kiosk_that_cannot_be_put_together_says_why_and_still_stops(tmp_path: Path) -> None:
    def build(kiosk: KioskUnit) -> Any:
        raise LastingFault("store_in_use")

    kiosk = unit(tmp_path, build)
    kiosk.start()
    assert kiosk.probes() == {}
    assert kiosk.door.fault == "store"
    kiosk.reset()
    kiosk.stop()
    assert not kiosk.ready
