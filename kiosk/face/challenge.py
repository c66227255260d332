"""The active challenge: two movements in a random order, each after a pause and before a deadline.

Pure: observations in, next state out; no frame, no clock, no model. Frames are judged unmirrored: left is the
person's own left.

What counts: the movement asked for, begun from the middle after the prompt, by one continuously followed face. What
denies: a turn, either way, that reads flat. A turn nobody asked for does not count and is a slip: people confuse
left and right once, a film turns as it likes. Nods and blinks that nobody asked for are everyday life.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum

from kiosk.face.blink import BlinkState, watch_blink
from kiosk.face.cues import Cue
from kiosk.face.nod import NodState, watch_nod
from kiosk.face.prompts import TURNS, movements_of, pauses_of
from kiosk.ports import Movement

CENTRE_YAW = 8.0  # degrees from the own neutral; sway of a standing person reads 2-3
CENTRE_PITCH = 10.0  # reading a line on the screen lowers or lifts the head by less
MAX_TURN = 60.0  # beyond it half the landmarks are guesses
JUMP_DEGREES = 20.0  # between two frames: a fast turn of 120 degrees a second at 10 frames a second reads 12
LONGEST_GAP = 1.0  # s without a frame: whatever happened in it was not seen
SOLID_FRAMES = 2  # frames in a row that read like a head
FLAT_FRAMES = 3  # frames in a row that read flat before it is an attack: one bad mesh must not be
QUICKEST = 0.2  # s from prompt to the beginning of an answer; simple reaction to a picture takes people 0.2-0.3
SLIPS = 1  # turns that nobody asked for, an attempt: one confusion of left and right is human


class ChallengeOutcome(StrEnum):
    RUNNING = "running"
    DONE = "done"
    TIMED_OUT = "timed_out"
    WRONG_MOVEMENTS = "wrong_movements"
    DENIED = "denied"


class Step(StrEnum):
    """Where the person is within one movement."""

    RETURN = "return"  # the head is to come back to the middle
    PAUSE = "pause"  # looking straight, nothing asked yet
    ASKED = "asked"


@dataclass(frozen=True, slots=True)
class ChallengeRules:
    turn_degrees: float
    nod_degrees: float
    planarity_percent: float
    movement_seconds: float
    total_seconds: float


@dataclass(frozen=True, slots=True)
class Observation:
    """One frame, relative to the person's own neutral. ``usable``: exactly one face is followed."""

    at: float  # seconds
    usable: bool
    track: int = 0
    yaw: float = 0.0  # degrees, > 0 to the own left
    pitch: float = 0.0  # > 0 down
    ear_ratio: float = 1.0
    blink: float = 0.0
    residual: float | None = None  # homography residual, %; None: not measured

    @property
    def in_middle(self) -> bool:
        return abs(self.yaw) <= CENTRE_YAW and abs(self.pitch) <= CENTRE_PITCH


@dataclass(frozen=True, slots=True)
class ChallengeState:
    movements: tuple[Movement, ...]
    pauses: tuple[float, ...]
    rules: ChallengeRules
    started_at: float
    outcome: ChallengeOutcome = ChallengeOutcome.RUNNING
    done: tuple[Movement, ...] = ()
    declined: tuple[Movement, ...] = ()
    slips: int = 0
    slipped_at: float | None = None
    planarity: Cue = Cue.ABSTAIN
    last: Observation | None = field(default=None, repr=False)
    step: Step = Step.PAUSE
    since: float = 0.0  # when the step began
    deadline: float = 0.0  # of the movement asked for
    prompted_at: tuple[float, ...] = ()
    done_at: tuple[float, ...] = ()
    centred: bool = False  # the present movement was begun from the middle, late enough to be an answer
    blink: BlinkState = field(default_factory=BlinkState)
    nod: NodState = field(default_factory=NodState)
    solid: int = 0
    flat: int = 0
    turn_residual: float = 0.0  # of the frame that completed a turn, for the evidence
    turn_yaw: float = 0.0

    @property
    def wanted(self) -> Movement | None:
        """The movement to do now; None while nothing is asked."""
        asked = self.outcome is ChallengeOutcome.RUNNING and self.step is Step.ASKED
        return self.movements[len(self.done)] if asked else None

    @property
    def may_decline(self) -> bool:
        """Once an attempt: whoever declined twice would be choosing what is asked."""
        return self.wanted is not None and not self.declined


def begin(nonce: bytes, seed: bytes, rules: ChallengeRules, at: float) -> ChallengeState:
    """Starts in the middle, with the frame that ended the neutral look."""
    return ChallengeState(movements_of(nonce, seed), pauses_of(nonce, seed), rules, at, since=at)


def decline(state: ChallengeState, nonce: bytes, seed: bytes) -> ChallengeState:
    """Begin anew without the movement asked for now, on the same clock; unchanged when that is not allowed."""
    wanted = state.wanted
    if wanted is None or not state.may_decline:
        return state
    at = state.last.at if state.last else state.started_at
    declined = (wanted,)
    anew = ChallengeState(
        movements_of(nonce, seed, declined), state.pauses, state.rules, state.started_at, declined=declined,
        slips=state.slips, planarity=state.planarity, last=state.last, step=Step.RETURN, since=at,
    )  # fmt: skip
    return replace(anew, flat=state.flat)


def advance(state: ChallengeState, seen: Observation) -> ChallengeState:
    """One frame further. A finished challenge never changes again."""
    if state.outcome is not ChallengeOutcome.RUNNING:
        return state
    last = state.last
    passed = max(seen.at - (last.at if last else state.started_at), 0.0)
    if seen.at - state.started_at > state.rules.total_seconds:
        return replace(state, last=seen, outcome=ChallengeOutcome.TIMED_OUT)
    if not seen.usable:  # somebody stepped in or out: the movement's clock waits, the attempt's does not
        return _from_the_middle(replace(state, last=seen, deadline=state.deadline + passed, since=state.since + passed))
    if state.step is Step.ASKED and seen.at > state.deadline:
        return replace(state, last=seen, outcome=ChallengeOutcome.TIMED_OUT)
    if last is not None and last.usable and _is_broken(last, seen, passed):
        state = _from_the_middle(state)
    state = _judge_turn(replace(state, last=seen), seen)
    if state.outcome is not ChallengeOutcome.RUNNING:
        return state
    match state.step:
        case Step.RETURN:
            return replace(state, step=Step.PAUSE, since=seen.at) if seen.in_middle else state
        case Step.PAUSE:
            return _pausing(state, seen)
        case Step.ASKED:
            return _answering(state, seen)


def _is_broken(last: Observation, seen: Observation, passed: float) -> bool:
    """Whether this frame cannot be the same face an instant later."""
    return last.track != seen.track or abs(last.yaw - seen.yaw) > JUMP_DEGREES or passed > LONGEST_GAP


def _pausing(state: ChallengeState, seen: Observation) -> ChallengeState:
    if abs(seen.yaw) >= state.rules.turn_degrees:
        return _slip(state, seen)
    if not seen.in_middle or seen.at - state.since < state.pauses[len(state.done)]:
        return state
    deadline = seen.at + state.rules.movement_seconds
    # Eyes that are shut at the prompt have to open before they can answer; see watch_blink.
    asked = replace(state, step=Step.ASKED, since=seen.at, deadline=deadline, prompted_at=(*state.prompted_at, seen.at))
    return _from_the_middle(asked)


def _answering(state: ChallengeState, seen: Observation) -> ChallengeState:
    wanted = state.movements[len(state.done)]
    too_early = seen.at - state.since < QUICKEST
    if wanted not in TURNS and abs(seen.yaw) >= state.rules.turn_degrees:
        return _slip(state, seen)
    if wanted is Movement.BLINK:
        fresh = too_early or not seen.in_middle
        blink = BlinkState() if fresh else watch_blink(state.blink, seen.at, seen.ear_ratio, seen.blink)
        state = replace(state, blink=blink)
        return _complete(state, wanted, seen) if blink.done else state
    if wanted is Movement.NOD:
        fresh = too_early or abs(seen.yaw) > CENTRE_YAW
        nod = NodState() if fresh else watch_nod(state.nod, seen.at, seen.pitch, state.rules.nod_degrees)
        state = replace(state, nod=nod)
        return _complete(state, wanted, seen) if nod.done else state
    if seen.in_middle:
        return replace(state, centred=not too_early)
    signed = seen.yaw if wanted is Movement.TURN_LEFT else -seen.yaw
    if signed <= -state.rules.turn_degrees:
        return _slip(state, seen)
    if too_early:
        return replace(state, centred=False)
    if state.centred and state.solid >= SOLID_FRAMES and signed >= state.rules.turn_degrees:
        state = replace(state, planarity=Cue.CONFIRM, turn_residual=seen.residual or 0.0, turn_yaw=seen.yaw)
        return _complete(state, wanted, seen)
    return state


def _judge_turn(state: ChallengeState, seen: Observation) -> ChallengeState:
    """Count frames far out that read like a head or flat; denies after enough flat ones."""
    if seen.residual is None or not state.rules.turn_degrees <= abs(seen.yaw) <= MAX_TURN:
        return replace(state, solid=0, flat=0)
    if seen.residual > state.rules.planarity_percent:
        return replace(state, solid=state.solid + 1, flat=0)
    state = replace(state, solid=0, flat=state.flat + 1)
    if state.flat >= FLAT_FRAMES:
        return replace(state, planarity=Cue.DENY, outcome=ChallengeOutcome.DENIED)
    return state


def _slip(state: ChallengeState, seen: Observation) -> ChallengeState:
    """A turn nobody asked for; the same prompt comes again after a new pause, or the attempt is over."""
    slips = state.slips + 1
    outcome = ChallengeOutcome.WRONG_MOVEMENTS if slips > SLIPS else ChallengeOutcome.RUNNING
    unasked = state.prompted_at[: len(state.done)]
    again = replace(
        state, outcome=outcome, slips=slips, slipped_at=seen.at, step=Step.RETURN, since=seen.at, prompted_at=unasked
    )
    return _from_the_middle(again, solid=state.solid, flat=state.flat)


def _complete(state: ChallengeState, movement: Movement, seen: Observation) -> ChallengeState:
    done = (*state.done, movement)
    outcome = ChallengeOutcome.DONE if len(done) == len(state.movements) else ChallengeOutcome.RUNNING
    state = replace(state, done=done, done_at=(*state.done_at, seen.at), outcome=outcome, slipped_at=None)
    return _from_the_middle(replace(state, step=Step.RETURN, since=seen.at))


def _from_the_middle(state: ChallengeState, solid: int = 0, flat: int = 0) -> ChallengeState:
    return replace(state, centred=False, blink=BlinkState(), nod=NodState(), solid=solid, flat=flat)
