"""Loads the slow parts before the first person needs them, and tells how far they are."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from kiosk.face.engine import FaceEngine
from kiosk.health.readiness import Part
from kiosk.identity import nik
from kiosk.ports import LastingFault, PartHealth, PartState

log = logging.getLogger(__name__)


class EngineWarmUp:
    """Checks the model files, offers the service, and loads the models while the first person reads.

    Loading takes about 1.5 s and a person needs ten to reach the camera; a face attempt that comes
    sooner waits for it. A missing or broken model closes the service, with its reason; one of the
    card reader (``load_card_reader``, the last, 0.8 s) closes nothing, its own step tells of it.
    """

    def __init__(self, engine: FaceEngine, load_card_reader: Callable[[], None] = lambda: None) -> None:
        self.engine = engine
        self._load_card_reader = load_card_reader
        self._health = PartHealth(Part.WEIGHTS, PartState.STARTING)

    def start(self) -> None:
        threading.Thread(target=self.run, name="warm-up", daemon=True).start()

    def health(self) -> PartHealth:
        return self._health

    def run(self) -> None:
        """The thread's body."""
        try:
            self.engine.verify()
            self._health = PartHealth(Part.WEIGHTS, PartState.READY)
            nik.warm_up()
            self.engine.load()
        except LastingFault as fault:
            log.error("face engine does not load", extra={"reason": fault.reason})
            self._health = PartHealth(Part.WEIGHTS, PartState.FAULT, last_fault=fault.reason)
        except Exception as fault:
            log.error("face engine does not load", extra={"fault": type(fault).__name__}, exc_info=True)
            self._health = PartHealth(Part.WEIGHTS, PartState.FAULT, last_fault="engine_broken")
        self._warm_card_reader()

    def _warm_card_reader(self) -> None:
        try:
            self._load_card_reader()
        except LastingFault as fault:
            log.error("card reader does not load", extra={"reason": fault.reason})
        except Exception as fault:
            log.error("card reader does not load", extra={"fault": type(fault).__name__})
