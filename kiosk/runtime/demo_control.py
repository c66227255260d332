"""All levers of a demonstration behind one port, and a helping hand.

``cooperate`` makes the simulated person follow the screen as a visitor would, so that someone who tries
the demo by hand need not play both parts. Levers of parts that have not come yet do nothing.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import Protocol

from kiosk.face.light_plan import from_hex
from kiosk.face.types import FaceProgress
from kiosk.ports import (
    CodeSymbology,
    DemoStaff,
    KtpCard,
    Mailbox,
    Movement,
    PhoneMessage,
    SimulatedPart,
    SimulatedPerson,
)
from kiosk.runtime.demo_link import CentreLink, LinkLever

REACTION_SECONDS = 0.6
"""Reading a hint and beginning to move takes a person about this long."""
IDLE_SECONDS = 0.5


class Pluggable(Protocol):
    def plug(self) -> None: ...

    def unplug(self) -> None: ...

    def slow(self, slow: bool) -> None: ...


class CameraLevers(Pluggable, Protocol):
    def choose_person(self, person: SimulatedPerson) -> None: ...

    def perform(self, movement: Movement) -> None: ...

    def light(self, colour: tuple[float, float, float] | None) -> None: ...

    def present_card(self, text: str | None, symbology: CodeSymbology = CodeSymbology.QR) -> None: ...

    def present_ktp(self, card: KtpCard | None) -> None: ...


class IkdLevers(Protocol):
    def approve_newest(self, nik: str, approve: bool = True) -> bool: ...

    def token(self, nik: str, expired: bool = False) -> str: ...


class ScannerLevers(Pluggable, Protocol):
    def scan(self, text: str) -> None: ...


class MovableClock(Protocol):
    def advance(self, seconds: float) -> None: ...


class DemoControl:
    """Implements ``kiosk.ports.SimulationControl``."""

    def __init__(self) -> None:
        self._camera: CameraLevers | None = None
        self._scanner: ScannerLevers | None = None
        self._ikd: IkdLevers | None = None
        self._clock: MovableClock | None = None
        self._link = LinkLever()
        self._staff: Sequence[DemoStaff] = ()
        self._messages: Callable[[], Sequence[PhoneMessage]] = tuple

    # ---- what comes when it is there

    def attach_devices(self, camera: CameraLevers | None, scanner: ScannerLevers | None) -> None:
        """None where a real device hangs."""
        self._camera, self._scanner = camera, scanner

    def attach_clock(self, clock: MovableClock) -> None:
        self._clock = clock

    def attach_centre(self, link: CentreLink) -> None:
        self._link.attach(link)

    def attach_staff(self, staff: Sequence[DemoStaff]) -> None:
        self._staff = staff

    def attach_phone(self, messages: Callable[[], Sequence[PhoneMessage]]) -> None:
        self._messages = messages

    def attach_ikd(self, levers: IkdLevers) -> None:
        self._ikd = levers

    # ---- levers

    def choose_person(self, person: SimulatedPerson) -> None:
        if self._camera is not None:
            self._camera.choose_person(person)

    def perform(self, movement: Movement) -> None:
        if self._camera is not None:
            self._camera.perform(movement)

    def light(self, colour: tuple[float, float, float] | None) -> None:
        if self._camera is not None:
            self._camera.light(colour)

    def present_card(self, text: str | None, symbology: CodeSymbology = CodeSymbology.QR) -> None:
        if self._camera is not None:
            self._camera.present_card(text, symbology)

    def present_ktp(self, card: KtpCard | None) -> None:
        if self._camera is not None:
            self._camera.present_ktp(card)

    def approve_login(self, nik: str, approve: bool = True) -> None:
        if self._ikd is not None:
            self._ikd.approve_newest(nik, approve)

    def ikd_token(self, nik: str, expired: bool = False) -> str:
        return self._ikd.token(nik, expired) if self._ikd is not None else ""

    def scan(self, text: str) -> None:
        if self._scanner is not None:
            self._scanner.scan(text)

    def plug(self, part: SimulatedPart, plugged: bool) -> None:
        if part is SimulatedPart.CENTRE:
            self._link.plug(plugged)
        elif (device := self._device(part)) is not None:
            device.plug() if plugged else device.unplug()

    def slow(self, part: SimulatedPart, slow: bool) -> None:
        if part is SimulatedPart.CENTRE:
            self._link.slow(slow)
        elif (device := self._device(part)) is not None:
            device.slow(slow)

    def advance_clock(self, seconds: float) -> None:
        if self._clock is not None:
            self._clock.advance(seconds)

    def phone_messages(self) -> Sequence[PhoneMessage]:
        return self._messages()

    def staff(self) -> Sequence[DemoStaff]:
        return self._staff

    def reset(self) -> None:
        """The right person, no card, everything plugged in and quick. The clock stays where it is."""
        self.choose_person(SimulatedPerson.PARTICIPANT)
        self.light(None)
        self.present_card(None)
        self.present_ktp(None)
        for part in SimulatedPart:
            self.slow(part, False)
            self.plug(part, True)

    def cooperate(self, progress: Mailbox[FaceProgress]) -> None:
        """Follow the asked movements, lit by the screen, for as long as the program runs, on a thread of its own."""
        threading.Thread(target=self._follow, args=(progress,), name="demo-visitor", daemon=True).start()

    def _device(self, part: SimulatedPart) -> Pluggable | None:
        return self._camera if part is SimulatedPart.CAMERA else self._scanner

    def _follow(self, progress: Mailbox[FaceProgress]) -> None:
        version, answered, light = 0, None, None
        pending: Movement | None = None
        due = 0.0
        while True:
            wait = IDLE_SECONDS if pending is None else max(0.0, min(IDLE_SECONDS, due - time.monotonic()))
            version, seen = progress.wait_newer(version, wait)
            shown = seen.light if seen else None
            if shown != light:
                light = shown
                self.light(from_hex(shown) if shown else None)
            asked = (seen.movement, seen.done_movements) if seen and seen.movement else None
            if asked is not None and asked != answered:
                pending, due = asked[0], time.monotonic() + REACTION_SECONDS
            answered = asked
            if pending is not None and time.monotonic() >= due:
                self.perform(pending)
                pending = None
