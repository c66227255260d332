"""The levers of the simulated camera, and what they stand at.

Pulled from the GUI thread, read by the camera thread once a frame: every change goes through one lock
and the camera takes a whole snapshot. The phone of ``SimulationControl`` is not a camera's matter.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import segno
import zxingcpp
from numpy.typing import NDArray

from hardware.camera.simulated.motion import Begun, duration
from hardware.camera.simulated.panel_light import PanelLight
from kiosk.ports import CodeSymbology, KtpCard, Movement, SimulatedPerson

NIK = re.compile(r"[0-9]{16}")


@dataclass(frozen=True, slots=True)
class HeldCard:
    text: str
    symbology: CodeSymbology

    def modules(self) -> NDArray[np.uint8]:
        """The code at one pixel a module with its quiet zone: uint8 (h, w), 0 ink, 255 paper."""
        if self.symbology is CodeSymbology.QR:
            try:
                modules = np.array(segno.make(self.text, error="m", micro=False).matrix, np.uint8)
            except segno.DataOverflowError:
                raise ValueError("does not fit a QR code") from None
            return np.pad(255 * (1 - modules), 4, constant_values=255).astype(np.uint8)
        if not self.text or not self.text.isascii():
            raise ValueError("Code 128 carries ASCII only")
        bars = np.array(zxingcpp.create_barcode(self.text, zxingcpp.BarcodeFormat.Code128).to_image(scale=1))
        row = bars[bars.shape[0] // 2]
        return np.pad(np.repeat(row[None], max(12, len(row) // 5), 0), ((0, 0), (10, 10)), constant_values=255)


@dataclass(frozen=True, slots=True)
class Stage:
    """One consistent state of the levers."""

    person: SimulatedPerson = SimulatedPerson.PARTICIPANT
    begun: tuple[Begun, ...] = ()
    card: HeldCard | None = None
    ktp: KtpCard | None = None
    plugged: bool = True
    slow: bool = False
    light: PanelLight | None = None


class Simulation:
    """The camera's part of ``kiosk.ports.SimulationControl``, plus the camera's plug."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._stage = Stage()

    def stage(self) -> Stage:
        with self._lock:
            return self._stage

    def choose_person(self, person: SimulatedPerson) -> None:
        """Another person stands there at once; movements of the one before are dropped."""
        with self._lock:
            self._stage = replace(self._stage, person=person, begun=())

    def perform(self, movement: Movement) -> None:
        """The person starts now; someone who cannot do it (a print, nobody) does what they can."""
        now = self._monotonic()
        with self._lock:
            running = tuple(b for b in self._stage.begun if now - b.at < duration(b.movement))
            self._stage = replace(self._stage, begun=(*running, Begun(movement, now)))

    def present_card(self, text: str | None, symbology: CodeSymbology = CodeSymbology.QR) -> None:
        """Hold a card with this code before the camera; None takes it away. Raise ValueError for a text
        the symbology cannot carry."""
        card = HeldCard(text, symbology) if text is not None else None
        if card is not None:
            card.modules()  # a text that fits no code is the caller's mistake, not the camera thread's
        with self._lock:
            self._stage = replace(self._stage, card=card)

    def present_ktp(self, card: KtpCard | None) -> None:
        """Hold this e-KTP within the guide, before whatever else is held; None takes it away. Raise ValueError for a
        NIK that is not sixteen digits."""
        if card is not None and not NIK.fullmatch(card.nik):
            raise ValueError("a NIK has 16 digits")
        with self._lock:
            self._stage = replace(self._stage, ktp=card)

    def light(self, colour: tuple[float, float, float] | None) -> None:
        """The kiosk's screen shows ``colour``, linear RGB 0..1, round the picture; None: its usual white."""
        light = None if colour is None else PanelLight(colour)
        with self._lock:
            self._stage = replace(self._stage, light=light)

    def slow(self, slow: bool) -> None:
        """A camera in trouble: a few frames a second."""
        with self._lock:
            self._stage = replace(self._stage, slow=slow)

    def unplug(self) -> None:
        with self._lock:
            self._stage = replace(self._stage, plugged=False)

    def plug(self) -> None:
        with self._lock:
            self._stage = replace(self._stage, plugged=True)
