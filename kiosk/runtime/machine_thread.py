"""The thread that owns one state machine: one item at a time, a tick between them, never two at once."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

log = logging.getLogger(__name__)

T = TypeVar("T")

TICK_SECONDS = 0.25
"""Countdowns show whole seconds; four looks a second keep them even."""


class MachineThread(Generic[T]):
    def __init__(
        self,
        name: str,
        handle: Callable[[T], None],
        tick: Callable[[], None],
        on_bug: Callable[[], None] | None = None,
    ) -> None:
        """``on_bug`` ends the program after an unforeseen exception: a kiosk that lost its visit thread
        must restart (the store closes the visit), never stand there with a frozen screen."""
        self._handle = handle
        self._tick = tick
        self._on_bug = on_bug
        self._inbox: queue.SimpleQueue[tuple[T] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def put(self, item: T) -> None:
        self._inbox.put((item,))

    def start(self) -> None:
        self._thread.start()

    def stop(self, timeout: float = 5.0) -> None:
        self._inbox.put(None)
        self._thread.join(timeout)

    def _run(self) -> None:
        next_tick = time.monotonic() + TICK_SECONDS
        while True:
            try:
                item = self._inbox.get(timeout=max(0.0, next_tick - time.monotonic()))
            except queue.Empty:
                next_tick = time.monotonic() + TICK_SECONDS
                self._guarded(self._tick)
                continue
            if item is None:
                return
            self._guarded(lambda item=item[0]: self._handle(item), type(item[0]).__name__)  # type: ignore[misc]

    def _guarded(self, work: Callable[[], None], what: str = "tick") -> None:
        try:
            work()
        except Exception:
            log.exception("input failed", extra={"input": what})
            if self._on_bug is None:
                raise
            self._on_bug()
