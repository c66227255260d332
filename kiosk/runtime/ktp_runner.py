"""Watches for an e-KTP, reads its number off good pictures, then its other fields: on threads of its own.

One thread looks at every frame and picks; another reads, so that the hints never wait for the reading. Pictures,
texts and fields live in these threads only and go with the visit.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from kiosk.config import KtpSettings
from kiosk.identity.ktp.fields import CardFields, facts_of
from kiosk.identity.ktp.gate import CardGate, GateView
from kiosk.identity.ktp.guide import Guide, guide_for
from kiosk.identity.ktp.reading import KtpFrame, NikReading
from kiosk.identity.ktp.rule import CardVote, KtpDecision, KtpVerdict
from kiosk.journey.inputs import CameraChanged, FactsRead, KtpRead
from kiosk.ports import Frame, KtpHint, KtpOutcome, KtpProgress, KtpResult, LastingFault, Mailbox
from kiosk.runtime.visit_loop import Answer

log = logging.getLogger(__name__)

CAMERA_SILENCE_SECONDS = 3.0
"""As in the face step: a camera that gives nothing for this long is lost."""
PICK_SECONDS = 0.2
"""The reader looks this often whether its capture is over."""

Picture = NDArray[np.uint8]
_OUTCOMES = {
    KtpVerdict.ACCEPTED: KtpOutcome.ACCEPTED,
    KtpVerdict.ASK: KtpOutcome.ASK,
    KtpVerdict.UNREADABLE: KtpOutcome.UNREADABLE,
}


class Gate(Protocol):
    """``kiosk.identity.ktp.gate.CardGate``."""

    def look(self, picture: Picture, at: float) -> GateView: ...


class CardReader(Protocol):
    """``kiosk.identity.ktp.engine.KtpEngine``."""

    def load(self) -> None: ...

    def read_nik(self, picture: Picture, guide: Guide) -> NikReading: ...

    def read_fields(self, picture: Picture, guide: Guide, begun: NikReading | None = None) -> CardFields: ...


@dataclass(frozen=True, slots=True)
class _Capture:
    """One start of the runner, from the first frame to its one answer."""

    answer: Answer
    over: threading.Event  # no more pictures: answered, stopped or forgotten
    forgotten: threading.Event  # nothing may be said any more
    picked: Mailbox[Picture]
    once: threading.Lock

    def end(self, outcome: KtpOutcome, nik: str = "") -> bool:
        """Say it, if nothing has been said or stopped; False when that was so."""
        with self.once:
            if self.over.is_set():
                return False
            self.over.set()
        self.answer(KtpRead(KtpResult(outcome, nik)))
        return True


class KtpRunner:
    def __init__(
        self,
        engine: CardReader,
        frames: Mailbox[Frame],
        progress: Mailbox[KtpProgress],
        settings: KtpSettings,
        *,
        new_gate: Callable[[KtpSettings], Gate] = CardGate,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._engine = engine
        self._frames = frames
        self._progress = progress
        self._settings = settings
        self._new_gate = new_gate
        self._monotonic = monotonic
        self._capture: _Capture | None = None
        self._camera_lost = False

    def start(self, answer: Answer) -> None:
        self.stop()
        capture = _Capture(answer, threading.Event(), threading.Event(), Mailbox(), threading.Lock())
        self._capture = capture
        for work, name in ((self._watch, "ktp-watch"), (self._read, "ktp-read")):
            threading.Thread(target=self._guarded, args=(work, capture), name=name, daemon=True).start()

    def stop(self) -> None:
        """No more pictures. The fields of a card whose number was read may still be answered."""
        capture = self._capture
        if capture is not None:
            with capture.once:
                capture.over.set()

    def forget(self) -> None:
        """The visit is over: what still comes of it is dropped."""
        capture, self._capture = self._capture, None
        if capture is not None:
            capture.forgotten.set()
            with capture.once:
                capture.over.set()
        self._progress.put(None)

    def _guarded(self, work: Callable[[_Capture], None], capture: _Capture) -> None:
        try:
            work(capture)
        except LastingFault as fault:
            log.error("the card reader is unavailable", extra={"reason": fault.reason})
            capture.end(KtpOutcome.ENGINE_UNAVAILABLE)
        except Exception as fault:
            log.error("reading a card failed", extra={"fault": type(fault).__name__})
            capture.end(KtpOutcome.ENGINE_UNAVAILABLE)

    # ---- frames

    def _watch(self, capture: _Capture) -> None:
        try:
            self._pick(capture)
        finally:
            capture.picked.put(None)  # the capture stays until the next one or the visit's end, its picture does not

    def _pick(self, capture: _Capture) -> None:
        gate = self._new_gate(self._settings)
        until = self._monotonic() + self._settings.find_seconds
        version, frame = self._frames.peek()[0], None  # a picture from before says nothing of the card or the camera
        heard = self._monotonic()
        while not capture.over.is_set():
            if frame is not None:
                heard = self._monotonic()
                self._camera_is_back(capture)
                view = gate.look(frame.pixels, frame.captured_at)
                if view.ready:
                    capture.picked.put(frame.pixels)
                self._show(capture, view.hint)
            if self._monotonic() >= until:
                capture.end(KtpOutcome.UNREADABLE)
            newer, frame = self._frames.wait_newer(version, PICK_SECONDS)
            if newer == version:
                frame = None
            version = newer
            if self._monotonic() - heard >= CAMERA_SILENCE_SECONDS:
                self._camera_lost = True
                capture.end(KtpOutcome.CAMERA_LOST)
        if self._capture is capture or self._capture is None:  # else the next capture's hints are on the screen
            self._progress.put(None)

    def _camera_is_back(self, capture: _Capture) -> None:
        if self._camera_lost:
            self._camera_lost = False
            capture.answer(CameraChanged(True))

    def _show(self, capture: _Capture, hint: KtpHint) -> None:
        _, shown = self._progress.peek()
        read = shown.frames_read if shown else 0
        busy = shown is not None and shown.hint is KtpHint.READING
        if not busy and not capture.over.is_set():
            self._progress.put(KtpProgress(hint, read, self._settings.frames))

    # ---- reading

    def _read(self, capture: _Capture) -> None:
        self._engine.load()
        vote = CardVote(self._settings)
        seen, taken = 0, 0
        while not capture.over.is_set():
            newer, picture = capture.picked.wait_newer(seen, PICK_SECONDS)
            if newer == seen or picture is None:
                continue
            taken += 1
            self._tell(capture, KtpHint.READING, taken)
            guide = guide_for(picture.shape[1], picture.shape[0])
            reading = self._engine.read_nik(picture, guide)
            decision = vote.add(KtpFrame(reading))
            if decision.verdict in _OUTCOMES:
                self._decided(capture, decision, picture, guide, reading)
                return
            self._tell(capture, KtpHint.ANOTHER, taken)
            seen = capture.picked.peek()[0]  # pictures from before this reading ended are no other look at the card

    def _decided(
        self, capture: _Capture, decision: KtpDecision, picture: Picture, guide: Guide, reading: NikReading
    ) -> None:
        if not capture.end(_OUTCOMES[decision.verdict], decision.nik) or not decision.nik:
            return
        fields = self._engine.read_fields(picture, guide, reading)
        if not capture.forgotten.is_set():
            capture.answer(FactsRead(facts_of(fields, decision.nik)))

    def _tell(self, capture: _Capture, hint: KtpHint, taken: int) -> None:
        if not capture.over.is_set():
            self._progress.put(KtpProgress(hint, taken, self._settings.frames))
