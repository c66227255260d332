"""One face attempt from the first frame to its result: find, neutral, challenge, match.

Time is ``frame.captured_at``; nothing sleeps and nothing is opened here. The attempt ends in exactly one
outcome and MATCHED is reached only when the evidence it would leave passes the centre's own check.
Frames are held by hash, faces as aligned crops and embeddings in memory, and both go with the result.
"""

from __future__ import annotations

import logging

import numpy as np

from kiosk.config import FaceSettings
from kiosk.face.analysis import FrameAnalysis
from kiosk.face.challenge import CENTRE_YAW, ChallengeOutcome, ChallengeRules, ChallengeState, advance, begin
from kiosk.face.cues import Cue
from kiosk.face.engine import FaceEngine, Reference, ReferenceRefused
from kiosk.face.evidence import AttemptRecord, verify_evidence, write_evidence
from kiosk.face.hints import HintKeeper
from kiosk.face.kept import Engine, Kept
from kiosk.face.match import Zone
from kiosk.face.neutral import Neutral, NeutralWindow
from kiosk.face.quality import hint_for, is_still
from kiosk.face.types import FaceBox, FaceHint, FaceOutcome, FacePhase, FaceProgress, FaceResult
from kiosk.ports import CameraIdentity, Frame, LastingFault, Movement

__all__ = ["FaceEngine", "FaceSession", "Reference", "ReferenceRefused"]

log = logging.getLogger(__name__)

_DO = {
    Movement.BLINK: FaceHint.DO_BLINK,
    Movement.TURN_LEFT: FaceHint.DO_TURN_LEFT,
    Movement.TURN_RIGHT: FaceHint.DO_TURN_RIGHT,
}
_ZONES = {
    Zone.MATCH: FaceOutcome.MATCHED,
    Zone.STAFF: FaceOutcome.STAFF_ZONE,
    Zone.NO_MATCH: FaceOutcome.NO_MATCH,
}


class FaceSession:
    """Confined to one thread. Takes the engine's tracker over: one session at a time."""

    def __init__(  # noqa: PLR0917  the runtime names them all
        self,
        engine: Engine,
        settings: FaceSettings,
        reference: Reference,
        nonce: bytes,
        seed: bytes,
        camera: CameraIdentity,
        software: str,
    ) -> None:
        self._engine = engine
        self._settings = settings
        self._reference = reference
        self._nonce, self._seed = nonce, seed
        self._camera = camera
        self._software = software
        self._result: FaceResult | None = None
        self._phase = FacePhase.FIND
        self._hints = HintKeeper()
        self._progress = FaceProgress(FacePhase.FIND)
        self._first: Frame | None = None
        self._last: tuple[int, float] = (0, 0.0)
        self._window = NeutralWindow()
        self._neutral: Neutral | None = None
        self._challenge: ChallengeState | None = None
        self._owed = 0  # movements done whose frame is still to be kept
        self._match_since = 0.0
        self._before: FrameAnalysis | None = None
        self._order = Cue.ABSTAIN
        self._simulated = camera.simulated
        self._kept = Kept(engine, settings)
        engine.reset()

    @property
    def result(self) -> FaceResult | None:
        return self._result

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
            self._order = Cue.DENY
            return self._finish(FaceOutcome.CAMERA_LOST)
        else:
            self._order = Cue.CONFIRM
        self._last = (frame.sequence, at)
        self._simulated = self._simulated or frame.simulated
        try:
            analysis = self._engine.analyse(frame)
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
        hint = hint_for(analysis)
        if hint is not None or analysis.face is None:
            self._phase = FacePhase.FIND
            self._window.clear()
            return hint
        self._phase = FacePhase.NEUTRAL
        neutral = self._window.add(analysis)
        if neutral is None or not self._kept.keep(frame, analysis.face, "neutral"):
            return FaceHint.HOLD_STILL
        self._neutral = neutral
        rules = ChallengeRules(
            turn_degrees=self._settings.turn_degrees,
            planarity_percent=self._settings.planarity_percent,
            movement_seconds=self._settings.movement_seconds,
            total_seconds=self._settings.attempt_seconds,
        )
        self._challenge = begin(self._nonce, self._seed, rules, at)
        self._phase = FacePhase.CHALLENGE
        return self._movement_hint(analysis)

    # ---- challenge

    def _watch_movement(self, frame: Frame, analysis: FrameAnalysis) -> FaceHint | None:
        assert self._challenge is not None and self._neutral is not None  # noqa: S101  set with the phase
        face, residual = analysis.face, None
        if face is not None and abs(face.pose.yaw - self._neutral.yaw) >= self._settings.turn_degrees:
            residual = self._engine.planarity(self._neutral.face, face)
        before = len(self._challenge.done)
        self._challenge = advance(self._challenge, self._neutral.observe(analysis, residual))
        self._owed += len(self._challenge.done) - before
        self._pay_owed(frame, analysis)
        match self._challenge.outcome:
            case ChallengeOutcome.DENIED:
                self._finish(FaceOutcome.ATTACK_SUSPECTED)
            case ChallengeOutcome.TIMED_OUT:
                self._finish(FaceOutcome.LIVENESS_FAILED)
            case ChallengeOutcome.DONE:
                self._phase = FacePhase.MATCH
                self._match_since = frame.captured_at
                return FaceHint.BACK_TO_CENTRE
            case ChallengeOutcome.RUNNING:
                return self._movement_hint(analysis)
        return None

    def _movement_hint(self, analysis: FrameAnalysis) -> FaceHint | None:
        assert self._challenge is not None and self._neutral is not None  # noqa: S101
        wanted = self._challenge.wanted
        if analysis.face is None:
            return FaceHint.NO_FACE
        if analysis.others:
            return FaceHint.SECOND_FACE
        if wanted is None:
            return FaceHint.BACK_TO_CENTRE
        off = abs(analysis.face.pose.yaw - self._neutral.yaw) > CENTRE_YAW
        if off and (wanted is Movement.BLINK or not self._challenge.centred):
            return FaceHint.BACK_TO_CENTRE
        return _DO[wanted]

    # ---- match

    def _gather(self, frame: Frame, analysis: FrameAnalysis) -> FaceHint | None:
        if frame.captured_at - self._match_since > self._settings.movement_seconds:
            if not self._kept.enough_at_the_end:
                self._finish(FaceOutcome.NO_USABLE_FACE)
            else:
                self._decide()
            return None
        hint = hint_for(analysis)
        if self._owed:
            self._pay_owed(frame, analysis)
        elif hint is None and analysis.face is not None and self._before is not None:
            if is_still(self._before, analysis):
                self._kept.add_probe(frame, analysis.face)
            if self._kept.enough:
                self._decide()
                return None
        if hint is FaceHint.LOOK_STRAIGHT:
            return FaceHint.BACK_TO_CENTRE
        return hint or FaceHint.CHECKING

    def _decide(self) -> None:
        self._kept.compare(self._reference.embedding)
        same = self._kept.continuity[0] is Cue.CONFIRM
        self._finish(_ZONES[self._kept.zone] if same else FaceOutcome.FACE_CHANGED)

    def _pay_owed(self, frame: Frame, analysis: FrameAnalysis) -> None:
        """Keep one frame for each movement done: the one that ended it, or the next the detector sees."""
        if self._owed and analysis.face is not None and not analysis.others:
            self._owed -= self._kept.keep(frame, analysis.face, "movement")

    # ---- progress and end

    def _show(self, hint: FaceHint | None, analysis: FrameAnalysis) -> None:
        challenge = self._challenge
        box = None
        if analysis.face is not None:
            x0, y0, x1, y1 = analysis.face.box
            w, h = analysis.width, analysis.height
            box = FaceBox(x0 / w, y0 / h, (x1 - x0) / w, (y1 - y0) / h)
        self._progress = FaceProgress(
            phase=self._phase,
            hint=self._hints.show(hint, analysis.captured_at),
            movement=challenge.wanted if challenge else None,
            done_movements=len(challenge.done) if challenge else 0,
            all_movements=len(challenge.movements) if challenge else 0,
            box=box,
        )

    def _finish(self, outcome: FaceOutcome) -> FaceProgress:
        evidence = write_evidence(self._record(outcome))
        if outcome is FaceOutcome.MATCHED:
            refusal = verify_evidence(evidence, allow_simulated=self._camera.simulated)
            if refusal is not None:  # a setting below its floor, or a fault of ours: staff decide, never a pass
                log.error("own evidence does not hold", extra={"reason": refusal})
                outcome = FaceOutcome.STAFF_ZONE
                evidence = write_evidence(self._record(outcome))
        self._result = FaceResult(outcome, evidence)
        self._kept.drop()
        self._engine.reset()
        self._neutral = self._before = None
        self._window.clear()
        self._phase = FacePhase.DONE
        challenge = self._challenge
        self._progress = FaceProgress(
            phase=FacePhase.DONE,
            done_movements=len(challenge.done) if challenge else 0,
            all_movements=len(challenge.movements) if challenge else 0,
        )
        return self._progress

    def _record(self, outcome: FaceOutcome) -> AttemptRecord:
        challenge, kept, settings = self._challenge, self._kept, self._settings
        done = challenge.done if challenge else ()
        cues = {
            "planarity": challenge.planarity if challenge else Cue.ABSTAIN,
            "blink": Cue.CONFIRM if Movement.BLINK in done else Cue.ABSTAIN,
            "continuity": kept.continuity[0],
            "frame_order": self._order,
        }
        return AttemptRecord(
            outcome=outcome,
            nonce=self._nonce,
            seed=self._seed,
            movements=challenge.movements if challenge else (),
            movements_done=done,
            frames=kept.frames,
            cues=cues,
            turn_yaw=challenge.turn_yaw if challenge else 0.0,
            turn_residual=challenge.turn_residual if challenge else 0.0,
            continuity=kept.continuity[1],
            similarity=kept.similarity,
            zone=kept.zone,
            threshold=settings.threshold,
            review_threshold=settings.review_threshold,
            planarity_percent=settings.planarity_percent,
            models=self._engine.model_hashes(),
            reference=self._reference,
            camera=self._camera,
            source=self._first.source if self._first else "",
            simulated=self._simulated,
            software=self._software,
        )
