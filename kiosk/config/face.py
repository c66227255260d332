"""The face step: limits, and what each liveness cue may do."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from kiosk.config.section import Section


class CueMode(StrEnum):
    """What a liveness cue may do: nothing, be written into the evidence, or refuse the attempt."""

    OFF = "off"
    RECORDED = "recorded"
    ENFORCED = "enforced"


class CueSettings(Section):
    """Modes of the passive cues. Planarity, continuity and timing are always enforced: the centre asks for them."""

    screen_edges: CueMode = Field(
        CueMode.ENFORCED, description="Straight edges of a phone, tablet or sheet before the body."
    )
    moire: CueMode = Field(
        CueMode.ENFORCED, description="Pixel grid of a screen, folded down by the camera's own grid."
    )
    banding: CueMode = Field(CueMode.RECORDED, description="Bright and dark bands that roll over a filmed screen.")
    glare: CueMode = Field(
        CueMode.RECORDED, description="A mirror image of a lamp that stays on glass while the face moves."
    )
    repetition: CueMode = Field(CueMode.ENFORCED, description="Frozen pictures and films that begin again.")
    blink_shape: CueMode = Field(
        CueMode.RECORDED, description="Lids that close together, while the rest of the face is still."
    )
    pad_net: CueMode = Field(
        CueMode.RECORDED, description="The site's own attack detection net, when its file is there."
    )
    screen_light: CueMode = Field(
        CueMode.RECORDED, description="The face answers slow colours of the kiosk's own screen."
    )


class FaceSettings(Section):
    threshold: float = Field(
        0.42,
        description="Pooled cosine at and above which SFace matches. Greatest of 23,264 impostor pairs: 0.394 single,"
        " 0.39 pooled with the mirror image; the greatest of as many others scatters by 0.03.",
    )
    review_threshold: float = Field(
        0.28, description="From here to the threshold staff compare; below it is no match (impostor mean + 2 sd)."
    )
    attempts: int = Field(3, ge=1, description="Face attempts a visit, then staff.")
    nod_degrees: float = Field(
        12.0,
        description="Pitch below the own neutral that counts as a nod: a rendered one of 18 degrees reads 14.7-18.5, a"
        " bent print tilted by hand 9.0-11.4, sway and reading the screen below 6.",
    )
    attempt_seconds: float = Field(25.0, description="Limit of one attempt's challenge, s.")
    find_seconds: float = Field(30.0, description="Limit for finding a usable face before the challenge, s.")
    movement_seconds: float = Field(8.0, description="Deadline of one movement, s.")
    turn_degrees: float = Field(
        16.0, description="Yaw from the own neutral that counts as a turn; flat prints stay below 3."
    )
    planarity_percent: float = Field(
        4.0, description="Homography residual, % of outer-eye distance: live head >= 4.5, worst bent print 3.4."
    )
    probe_frames: int = Field(3, ge=1, description="Best frames pooled for the match, each with its mirror image.")
    reference_min_face_px: int = Field(
        64, description="Smaller reference faces abstain (TAR 96 % at 64 px, 44 % at 32 px)."
    )
    cues: CueSettings = CueSettings()
