"""The challenge as it runs: frames against the person's neutral, the pure rules, what is kept, what is said."""

from __future__ import annotations

from kiosk.config import FaceSettings
from kiosk.face.analysis import FrameAnalysis
from kiosk.face.attempt import Attempt
from kiosk.face.challenge import CENTRE_YAW, ChallengeRules, ChallengeState, Step, advance, begin, decline
from kiosk.face.kept import Engine, Kept
from kiosk.face.neutral import Neutral
from kiosk.face.prompts import TURNS
from kiosk.face.types import FaceHint
from kiosk.ports import Frame, Movement

SLIP_SECONDS = 2.0  # how long "that was another movement" stays: a sentence of six words, read slowly
_DO = {
    Movement.BLINK: FaceHint.DO_BLINK,
    Movement.TURN_LEFT: FaceHint.DO_TURN_LEFT,
    Movement.TURN_RIGHT: FaceHint.DO_TURN_RIGHT,
    Movement.NOD: FaceHint.DO_NOD,
}


class MovementPhase:
    def __init__(  # noqa: PLR0917  the session names them all
        self, engine: Engine, settings: FaceSettings, attempt: Attempt, kept: Kept, neutral: Neutral, at: float
    ) -> None:
        """``at``: time of the frame that ended the neutral look."""
        self._engine = engine
        self._attempt = attempt
        self._kept = kept
        self._neutral: Neutral | None = neutral
        self.owed = 0  # movements done whose frame is still to be kept
        rules = ChallengeRules(
            turn_degrees=settings.turn_degrees,
            nod_degrees=settings.nod_degrees,
            planarity_percent=settings.planarity_percent,
            movement_seconds=settings.movement_seconds,
            total_seconds=settings.attempt_seconds,
        )
        self.state: ChallengeState = begin(attempt.nonce, attempt.seed, rules, at)

    def watch(self, frame: Frame, analysis: FrameAnalysis, declining: bool) -> None:
        """One frame further; ``declining``: the person asks for another movement."""
        if self._neutral is None:
            return
        face, residual = analysis.face, None
        if face is not None and abs(face.pose.yaw - self._neutral.yaw) >= self.state.rules.turn_degrees:
            residual = self._engine.planarity(self._neutral.face, face)
        before = len(self.state.done)
        self.state = advance(self.state, self._neutral.observe(analysis, residual))
        self.owed += len(self.state.done) - before
        self.pay_owed(frame, analysis)
        if declining:
            anew = decline(self.state, self._attempt.nonce, self._attempt.seed)
            if anew is not self.state:
                self.state, self.owed = anew, 0
                self._kept.forget_movements()

    def pay_owed(self, frame: Frame, analysis: FrameAnalysis) -> None:
        """Keep one frame for each movement done: the one that ended it, or the next the detector sees."""
        if self.owed and analysis.face is not None and not analysis.others:
            self.owed -= self._kept.keep(frame, analysis.face, "movement")

    def hint(self, analysis: FrameAnalysis) -> FaceHint | None:
        if self._neutral is None:
            return None
        if analysis.face is None:
            return FaceHint.NO_FACE
        if analysis.others:
            return FaceHint.SECOND_FACE
        state, wanted = self.state, self.state.wanted
        if wanted is None:
            if state.slipped_at is not None and analysis.captured_at - state.slipped_at < SLIP_SECONDS:
                return FaceHint.WRONG_MOVEMENT
            return FaceHint.BACK_TO_CENTRE if state.step is Step.RETURN else FaceHint.WAIT_FOR_PROMPT
        off = abs(analysis.face.pose.yaw - self._neutral.yaw) > CENTRE_YAW
        if off and (wanted not in TURNS or not state.centred):
            return FaceHint.BACK_TO_CENTRE
        return _DO[wanted]

    def forget(self) -> None:
        """Drop the person's measures; what was asked and done stays for the evidence."""
        self._neutral = None
