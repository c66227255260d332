"""The active challenge: two movements in a random order, each with a deadline.

Pure: observations in, next state out; no frame, no clock, no model. The order follows from visit nonce
and seed, so that the centre can derive it again. At least one movement is a turn, because only a turning
head shows whether it is flat. Frames are judged unmirrored: left is the person's own left.

What counts: the right movement, begun from the middle, by one continuously followed face. What denies:
a turn, either way, that reads flat. What merely does not count: the wrong movement, a jump, two faces.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import permutations

from kiosk.face.blink import BlinkState, watch_blink
from kiosk.face.cues import Cue
from kiosk.ports import Movement

CENTRE_YAW = 8.0  # degrees from the own neutral; sway of a standing person reads 2-3
CENTRE_PITCH = 15.0
MAX_TURN = 60.0  # beyond it half the landmarks are guesses
JUMP_DEGREES = 20.0  # between two frames: a fast turn of 120 degrees a second at 10 frames a second reads 12
SOLID_FRAMES = 2  # frames in a row that read like a head
FLAT_FRAMES = 3  # frames in a row that read flat before it is an attack: one bad mesh must not be
_ORDERS = tuple(permutations((Movement.BLINK, Movement.TURN_LEFT, Movement.TURN_RIGHT), 2))


def movements_of(nonce: bytes, seed: bytes) -> tuple[Movement, ...]:
    """The challenge that belongs to this nonce and seed: each of the six orders equally likely."""
    fair = 256 - 256 % len(_ORDERS)
    for counter in range(256):
        message = b"face-challenge-1" + bytes([counter]) + nonce
        for byte in hmac.new(seed, message, hashlib.sha256).digest():
            if byte < fair:
                return _ORDERS[byte % len(_ORDERS)]
    raise AssertionError("8192 bytes of HMAC were all 252 and above")


class ChallengeOutcome(StrEnum):
    RUNNING = "running"
    DONE = "done"
    TIMED_OUT = "timed_out"
    DENIED = "denied"


@dataclass(frozen=True, slots=True)
class ChallengeRules:
    turn_degrees: float
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
    pitch: float = 0.0
    ear_ratio: float = 1.0
    blink: float = 0.0
    residual: float | None = None  # homography residual, %; None: not measured


@dataclass(frozen=True, slots=True)
class ChallengeState:
    movements: tuple[Movement, ...]
    rules: ChallengeRules
    started_at: float
    outcome: ChallengeOutcome = ChallengeOutcome.RUNNING
    done: tuple[Movement, ...] = ()
    planarity: Cue = Cue.ABSTAIN
    deadline: float = 0.0
    last: Observation | None = field(default=None, repr=False)
    prompted: bool = True  # the head came back to the middle, so the person is told the next movement
    centred: bool = False  # the present movement was begun from the middle
    blink: BlinkState = field(default_factory=BlinkState)
    solid: int = 0
    flat: int = 0
    turn_residual: float = 0.0  # of the frame that completed a turn, for the evidence
    turn_yaw: float = 0.0

    @property
    def wanted(self) -> Movement | None:
        """The movement to do now; None between two movements, until the head is back in the middle."""
        if self.outcome is not ChallengeOutcome.RUNNING or not self.prompted:
            return None
        return self.movements[len(self.done)]


def begin(nonce: bytes, seed: bytes, rules: ChallengeRules, at: float) -> ChallengeState:
    """Starts with the frame that ended the neutral look, whose eyes are known to be open: some people blink at once."""
    deadline = at + rules.movement_seconds
    return ChallengeState(movements_of(nonce, seed), rules, at, deadline=deadline, blink=BlinkState(was_open=True))


def advance(state: ChallengeState, seen: Observation) -> ChallengeState:
    """One frame further. A finished challenge never changes again."""
    if state.outcome is not ChallengeOutcome.RUNNING:
        return state
    passed = max(seen.at - (state.last.at if state.last else state.started_at), 0.0)
    if not seen.usable:  # somebody stepped in or out: the movement's clock waits, the attempt's does not
        state = _from_the_middle(replace(state, deadline=state.deadline + passed, last=seen))
        return replace(state, outcome=ChallengeOutcome.TIMED_OUT) if _over(state, seen.at) else state
    if _over(state, seen.at) or (state.prompted and seen.at > state.deadline):
        return replace(state, last=seen, outcome=ChallengeOutcome.TIMED_OUT)
    last = state.last
    if last is not None and last.usable and (last.track != seen.track or abs(last.yaw - seen.yaw) > JUMP_DEGREES):
        state = _from_the_middle(state)
    state = _judge_turn(replace(state, last=seen), seen)
    if state.outcome is not ChallengeOutcome.RUNNING:
        return state
    in_middle = abs(seen.yaw) <= CENTRE_YAW and abs(seen.pitch) <= CENTRE_PITCH
    if not state.prompted and in_middle:
        state = replace(state, prompted=True, deadline=seen.at + state.rules.movement_seconds)
    wanted = state.wanted
    if wanted is None:
        return state
    if wanted is Movement.BLINK:
        blink = watch_blink(state.blink, seen.at, seen.ear_ratio, seen.blink) if in_middle else BlinkState()
        state = replace(state, blink=blink)
        return _complete(state, wanted) if blink.done else state
    if in_middle:
        return replace(state, centred=True)
    signed = seen.yaw if wanted is Movement.TURN_LEFT else -seen.yaw
    if state.centred and state.solid >= SOLID_FRAMES and signed >= state.rules.turn_degrees:
        state = replace(state, planarity=Cue.CONFIRM, turn_residual=seen.residual or 0.0, turn_yaw=seen.yaw)
        return _complete(state, wanted)
    if signed <= -CENTRE_YAW:  # the wrong way: only a new beginning from the middle can count
        return replace(state, centred=False)
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


def _complete(state: ChallengeState, movement: Movement) -> ChallengeState:
    done = (*state.done, movement)
    outcome = ChallengeOutcome.DONE if len(done) == len(state.movements) else ChallengeOutcome.RUNNING
    return _from_the_middle(replace(state, done=done, outcome=outcome, prompted=False))


def _from_the_middle(state: ChallengeState) -> ChallengeState:
    return replace(state, centred=False, blink=BlinkState(), solid=0, flat=0)


def _over(state: ChallengeState, at: float) -> bool:
    return at - state.started_at > state.rules.total_seconds
