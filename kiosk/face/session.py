"""One face attempt from the first frame to its result: find, neutral, challenge, match.

Time is ``frame.captured_at``; nothing sleeps and nothing is opened here. The attempt ends in exactly one
outcome and MATCHED is reached only when the evidence it would leave passes the centre's own check.
Frames are held by hash, faces as aligned crops and embeddings in memory, and both go with the result.
"""

from __future__ import annotations

import logging
from typing import Any

import numpy as np

from kiosk.config import FaceSettings
from kiosk.face.analysis import FrameAnalysis
from kiosk.face.attempt import Attempt, denying, doubting, light_of, modes_of, record_of
from kiosk.face.challenge import ChallengeOutcome, ChallengeState
from kiosk.face.cues import Cue, CueReading
from kiosk.face.engine import FaceEngine
from kiosk.face.evidence import AttemptRecord, write_evidence
from kiosk.face.hints import HintKeeper
from kiosk.face.kept import Engine, Kept
from kiosk.face.match import Zone
from kiosk.face.movement_phase import MovementPhase
from kiosk.face.neutral import NeutralWindow
from kiosk.face.passive.watch import PassiveWatch
from kiosk.face.progress import progress_of
from kiosk.face.quality import SteadyQuality, is_still
from kiosk.face.reference import Reference, ReferenceRefused
from kiosk.face.types import FaceHint, FaceOutcome, FacePhase, FaceProgress, FaceResult
from kiosk.face.verify import EvidenceRefusal, verify_capture, verify_evidence
from kiosk.ports import Frame, LastingFault

__all__ = ["Attempt", "FaceEngine", "FaceSession", "Reference", "ReferenceRefused"]

TIMING = "timing"
log = logging.getLogger(__name__)

_ZONES = {
    Zone.MATCH: FaceOutcome.MATCHED,
    Zone.STAFF: FaceOutcome.STAFF_ZONE,
    Zone.NO_MATCH: FaceOutcome.NO_MATCH,
}
_ENDED = {
    ChallengeOutcome.DENIED: FaceOutcome.ATTACK_SUSPECTED,
    ChallengeOutcome.TIMED_OUT: FaceOutcome.LIVENESS_FAILED,
    ChallengeOutcome.WRONG_MOVEMENTS: FaceOutcome.LIVENESS_FAILED,
}


class FaceSession:
    """Confined to one thread, but for ``decline_movement``. Takes the engine's tracker over: one session at a time."""

    def __init__(self, engine: Engine, settings: FaceSettings, attempt: Attempt) -> None:
        self._engine = engine
        self._settings = settings
        self._attempt = attempt
        self._result: FaceResult | None = None
        self._phase = FacePhase.FIND
        self._hints = HintKeeper()
        self._quality = SteadyQuality()
        self._progress = FaceProgress(FacePhase.FIND)
        self._first: Frame | None = None
        self._last: tuple[int, float] = (0, 0.0)
        self._window = NeutralWindow()
        self._movements: MovementPhase | None = None
        self._declining = False
        self._match_since = 0.0
        self._before: FrameAnalysis | None = None
        self._order = CueReading()
        self._simulated = attempt.camera.simulated
        self._kept = Kept(engine, settings, capturing=attempt.reference is None)
        self._light = light_of(attempt, settings)
        self._watch = engine.new_watch(self._light)
        engine.reset()

    @property
    def result(self) -> FaceResult | None:
        return self._result

    def decline_movement(self) -> None:
        """The person cannot do what is asked: with the next frame another is asked, once an attempt. Any thread."""
        self._declining = True

    def observe(self, frame: Frame) -> FaceProgress:
        """Take one new frame; call on the analysis thread until ``result`` is there."""
        if self._result is not None or (self._first is not None and frame.sequence == self._last[0]):
            return self._progress
        at = frame.captured_at
        if self._first is None:
            self._first = Frame(np.empty((0, 0, 3), np.uint8), frame.sequence, at, frame.source)
        elif frame.source != self._first.source:
            return self._finish(FaceOutcome.CAMERA_LOST)
        elif frame.sequence < self._last[0] or at <= self._last[1]:
            self._order = CueReading(Cue.DENY)
            return self._finish(FaceOutcome.CAMERA_LOST)
        else:
            self._order = CueReading(Cue.CONFIRM)
        self._last = (frame.sequence, at)
        self._simulated = self._simulated or frame.simulated
        try:
            analysis = self._engine.analyse(frame)
            self._watch.watch(frame, analysis)
            hint = self._step(frame, analysis)
        except LastingFault as fault:
            log.error("face engine failed", extra={"reason": fault.reason})
            return self._finish(FaceOutcome.ENGINE_UNAVAILABLE)
        if self._result is None:
            self._before = analysis
            self._show(hint, analysis)
        return self._progress

    def _step(self, frame: Frame, analysis: FrameAnalysis) -> FaceHint | None:
        match self._phase:
            case FacePhase.FIND | FacePhase.NEUTRAL:
                return self._find(frame, analysis)
            case FacePhase.CHALLENGE:
                return self._watch_movement(frame, analysis)
            case _:
                return self._gather(frame, analysis)

    # ---- find and neutral

    def _find(self, frame: Frame, analysis: FrameAnalysis) -> FaceHint | None:
        assert self._first is not None  # noqa: S101  set by the first frame
        at = frame.captured_at
        if at - self._first.captured_at > self._settings.find_seconds:
            self._finish(FaceOutcome.NO_USABLE_FACE)
            return None
        hint = self._quality.assess(analysis).hint
        if hint is not None or analysis.face is None:
            self._phase = FacePhase.FIND
            self._window.clear()
            return hint
        self._phase = FacePhase.NEUTRAL
        neutral = self._window.add(analysis)
        if neutral is None or not self._kept.keep(frame, analysis.face, "neutral"):
            return FaceHint.HOLD_STILL
        self._movements = MovementPhase(self._engine, self._settings, self._attempt, self._kept, neutral, at)
        self._phase = FacePhase.CHALLENGE
        if self._light is not None:
            self._light.begin(at)
        return self._movements.hint(analysis)

    # ---- challenge

    def _watch_movement(self, frame: Frame, analysis: FrameAnalysis) -> FaceHint | None:
        assert self._movements is not None  # noqa: S101  set with the phase
        declining, self._declining = self._declining, False
        self._movements.watch(frame, analysis, declining)
        outcome = self._movements.state.outcome
        if outcome is ChallengeOutcome.RUNNING:
            return self._movements.hint(analysis)
        if outcome is ChallengeOutcome.DONE:
            self._phase = FacePhase.MATCH
            self._match_since = frame.captured_at
            if self._light is not None:
                self._light.end(frame.captured_at)
            return FaceHint.BACK_TO_CENTRE
        self._finish(_ENDED[outcome])
        return None

    # ---- match

    def _gather(self, frame: Frame, analysis: FrameAnalysis) -> FaceHint | None:
        if frame.captured_at - self._match_since > self._settings.movement_seconds:
            if not self._kept.enough_at_the_end:
                self._finish(FaceOutcome.NO_USABLE_FACE)
            else:
                self._decide()
            return None
        quality = self._quality.assess(analysis)
        hint = quality.hint
        if self._movements is not None and self._movements.owed:
            self._movements.pay_owed(frame, analysis)
        elif hint is None and analysis.face is not None and self._before is not None:
            if is_still(self._before, analysis):
                self._kept.add_probe(frame, analysis.face, quality.components)
            if self._kept.enough:
                self._decide()
                return None
        if hint is FaceHint.LOOK_STRAIGHT:
            return FaceHint.BACK_TO_CENTRE
        return hint or FaceHint.CHECKING

    def _decide(self) -> None:
        """Only here does a passive cue's denial show: whoever is trying things learns nothing from the moment."""
        if self._attempt.reference is None:
            self._kept.pool()
        else:
            self._kept.compare(self._attempt.reference, self._attempt.card)
        readings = self._watch.readings()
        if readings[TIMING].answer is not Cue.CONFIRM:  # not the person's doing, and nothing to build a match on
            self._finish(FaceOutcome.CAMERA_LOST)
        elif denying(readings, modes_of(self._settings)):
            self._finish(FaceOutcome.ATTACK_SUSPECTED)
        elif doubting(readings, modes_of(self._settings)):
            self._finish(FaceOutcome.LIVENESS_FAILED)
        elif self._kept.continuity.answer is not Cue.CONFIRM:
            self._finish(FaceOutcome.FACE_CHANGED)
        elif self._attempt.reference is None:
            self._finish(FaceOutcome.CAPTURED if self._kept.capture else FaceOutcome.NO_USABLE_FACE)
        else:
            self._finish(_ZONES[self._kept.zone])

    # ---- progress and end

    def _show(self, hint: FaceHint | None, analysis: FrameAnalysis) -> None:
        at = analysis.captured_at
        light = self._light.hex_at(at) if self._light else None
        self._progress = progress_of(self._phase, self._challenge, self._hints.show(hint, at), analysis, light)

    def _finish(self, outcome: FaceOutcome) -> FaceProgress:
        evidence = write_evidence(self._record(outcome), self._attempt.sealer)
        refusal = self._own_refusal(outcome, evidence)
        if refusal is not None:  # a setting below its floor, or a fault of ours: staff decide, never a pass
            log.error("own evidence does not hold", extra={"reason": refusal.value})
            outcome = FaceOutcome.STAFF_ZONE
            evidence = write_evidence(self._record(outcome), self._attempt.sealer)
        probe = self._kept.capture if outcome is FaceOutcome.CAPTURED else b""
        self._result = FaceResult(outcome, evidence, probe)
        self._kept.drop()
        self._engine.reset()
        self._watch = PassiveWatch(())
        self._before = None
        if self._movements is not None:
            self._movements.forget()
        self._window.clear()
        self._phase = FacePhase.DONE
        self._progress = progress_of(FacePhase.DONE, self._challenge)
        return self._progress

    def _own_refusal(self, outcome: FaceOutcome, evidence: dict[str, Any]) -> EvidenceRefusal | None:
        """The centre's check, before anything good is said."""
        sealer, simulated = self._attempt.sealer, self._attempt.camera.simulated
        if outcome is FaceOutcome.MATCHED:
            return verify_evidence(
                evidence, public_key=sealer.public_key, device=sealer.device, allow_simulated=simulated
            )
        if outcome is FaceOutcome.CAPTURED:
            return verify_capture(
                evidence,
                probe_sha256=self._kept.capture_sha256,
                public_key=sealer.public_key,
                device=sealer.device,
                allow_simulated=simulated,
            )
        return None

    @property
    def _challenge(self) -> ChallengeState | None:
        return self._movements.state if self._movements else None

    def _record(self, outcome: FaceOutcome) -> AttemptRecord:
        return record_of(
            self._attempt,
            self._settings,
            outcome,
            challenge=self._challenge,
            kept=self._kept,
            cues={**self._watch.readings(), "frame_order": self._order},
            source=self._first.source if self._first else "",
            simulated=self._simulated,
            models=self._engine.model_hashes(),
        )
