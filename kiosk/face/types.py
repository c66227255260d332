"""Values of the face step. No heavy import: screens and journey use these without loading a model."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from kiosk.ports import Movement


class FacePhase(StrEnum):
    FIND = "find"  # looking for one usable face
    NEUTRAL = "neutral"  # looking straight: the person's own neutral is measured
    CHALLENGE = "challenge"
    MATCH = "match"
    DONE = "done"


class FaceHint(StrEnum):
    """One short sentence and one action each; words are under ``face.hint.<value>``."""

    NO_FACE = "no_face"
    SECOND_FACE = "second_face"
    TOO_CLOSE = "too_close"
    TOO_FAR = "too_far"
    CENTRE_FACE = "centre_face"
    TOO_DARK = "too_dark"
    UNEVEN_LIGHT = "uneven_light"
    TOO_BRIGHT = "too_bright"
    NOT_SHARP = "not_sharp"
    LOOK_STRAIGHT = "look_straight"
    EYES_OPEN = "eyes_open"
    MOUTH_CLOSED = "mouth_closed"
    UNCOVER_FACE = "uncover_face"
    HOLD_STILL = "hold_still"
    DO_BLINK = "do_blink"
    DO_TURN_LEFT = "do_turn_left"
    DO_TURN_RIGHT = "do_turn_right"
    DO_NOD = "do_nod"
    WRONG_MOVEMENT = "wrong_movement"  # another movement than the one asked for
    WAIT_FOR_PROMPT = "wait_for_prompt"  # looking straight until the next movement is asked
    BACK_TO_CENTRE = "back_to_centre"
    CHECKING = "checking"


class FaceOutcome(StrEnum):
    """How an attempt ended. Only MATCHED lets the visit go on."""

    MATCHED = "matched"
    STAFF_ZONE = "staff_zone"  # similarity between the two thresholds
    NO_MATCH = "no_match"
    LIVENESS_FAILED = "liveness_failed"  # a movement was not done in time
    ATTACK_SUSPECTED = "attack_suspected"  # a cue denied; said neutrally to the person
    FACE_CHANGED = "face_changed"  # another face between challenge and match
    NO_USABLE_FACE = "no_usable_face"  # quality never sufficed in time
    CAPTURED = "captured"  # live and usable, of an attempt that was to match nobody
    REFERENCE_UNUSABLE = "reference_unusable"
    CAMERA_LOST = "camera_lost"
    ENGINE_UNAVAILABLE = "engine_unavailable"  # weights missing or broken: staff, never a pass
    REFERENCE_UNAVAILABLE = "reference_unavailable"  # the centre did not give the photo


@dataclass(frozen=True, slots=True)
class FaceBox:
    """In fractions of the picture, 0..1."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class FaceProgress:
    """What the screen shows of a running attempt. Never a score."""

    phase: FacePhase
    hint: FaceHint | None = None
    movement: Movement | None = None
    done_movements: int = 0
    all_movements: int = 0
    box: FaceBox | None = None
    may_decline: bool = False  # the person may ask for another movement
    light: str | None = None  # "#rrggbb", the colour the screen is to show now; None: its own


@dataclass(frozen=True, slots=True)
class FaceResult:
    outcome: FaceOutcome
    evidence: dict[str, Any] = field(default_factory=dict, repr=False)
    probe: bytes = field(default=b"", repr=False)  # JPEG of the face, of CAPTURED alone
