"""What one face attempt is about, and what is written down of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from kiosk.config import CueMode, FaceSettings
from kiosk.face.challenge import ChallengeState
from kiosk.face.cues import Cue, CueReading
from kiosk.face.evidence import AttemptRecord, ChallengeRecord
from kiosk.face.kept import Kept
from kiosk.face.light_plan import plan_of
from kiosk.face.light_show import LightShow
from kiosk.face.reference import Reference
from kiosk.face.seal import Sealer
from kiosk.face.types import FaceOutcome
from kiosk.ports import CameraIdentity, Movement


@dataclass(frozen=True, slots=True)
class Attempt:
    """What one attempt is about. ``reference`` None: a live face is captured and compared with nobody. ``card`` is the
    portrait of a card in the visitor's hand: it only advises. ``light`` False: the person wants no changing colours."""

    reference: Reference | None = field(repr=False)
    nonce: bytes = field(repr=False)
    seed: bytes = field(repr=False)
    camera: CameraIdentity
    sealer: Sealer
    software: str
    card: Reference | None = field(default=None, repr=False)
    light: bool = True


def light_of(attempt: Attempt, settings: FaceSettings) -> LightShow | None:
    """The colours of this attempt; None when the person or the site wants none."""
    wanted = attempt.light and settings.cues.screen_light is not CueMode.OFF
    return LightShow(plan_of(attempt.nonce, attempt.seed)) if wanted else None


def modes_of(settings: FaceSettings) -> dict[str, CueMode]:
    """Mode of every passive cue; a cue that is not named here is always enforced."""
    return dict(settings.cues)


def denying(readings: Mapping[str, CueReading], modes: Mapping[str, CueMode]) -> list[str]:
    """The enforced cues that refuse the attempt."""
    return [name for name, reading in _enforced(readings, modes) if reading.answer is Cue.DENY]


def doubting(readings: Mapping[str, CueReading], modes: Mapping[str, CueMode]) -> list[str]:
    """The enforced cues that neither refuse the attempt nor let it pass."""
    return [name for name, reading in _enforced(readings, modes) if reading.doubt]


def _enforced(
    readings: Mapping[str, CueReading], modes: Mapping[str, CueMode]
) -> Iterator[tuple[str, CueReading]]:  # fmt: skip
    return ((n, r) for n, r in readings.items() if modes.get(n, CueMode.ENFORCED) is CueMode.ENFORCED)


def record_of(
    attempt: Attempt,
    settings: FaceSettings,
    outcome: FaceOutcome,
    *,
    challenge: ChallengeState | None,
    kept: Kept,
    cues: Mapping[str, CueReading],
    source: str,
    simulated: bool,
    models: Mapping[str, str],
) -> AttemptRecord:
    asked = challenge_record(challenge)
    return AttemptRecord(
        outcome=outcome,
        nonce=attempt.nonce,
        seed=attempt.seed,
        challenge=asked,
        frames=kept.frames,
        cues={
            **cues,
            "planarity": planarity_reading(challenge),
            "blink": CueReading(Cue.CONFIRM if Movement.BLINK in asked.done else Cue.ABSTAIN),
            "continuity": kept.continuity,
        },
        modes={name: mode.value for name, mode in modes_of(settings).items()},
        continuity=kept.continuity.value,
        similarity=kept.similarity,
        zone=kept.zone,
        threshold=settings.threshold,
        review_threshold=settings.review_threshold,
        models=models,
        reference=attempt.reference,
        camera=attempt.camera,
        source=source,
        simulated=simulated,
        software=attempt.software,
        portrait=kept.portrait,
        quality=kept.quality,
        capture_sha256=kept.capture_sha256,
    )


def challenge_record(challenge: ChallengeState | None) -> ChallengeRecord:
    if challenge is None:
        return ChallengeRecord()
    return ChallengeRecord(
        movements=challenge.movements,
        done=challenge.done,
        declined=challenge.declined,
        prompted_at=challenge.prompted_at,
        done_at=challenge.done_at,
        slips=challenge.slips,
        turn_yaw=challenge.turn_yaw,
        turn_residual=challenge.turn_residual,
        planarity_percent=challenge.rules.planarity_percent,
    )


def planarity_reading(challenge: ChallengeState | None) -> CueReading:
    if challenge is None:
        return CueReading()
    return CueReading(challenge.planarity, challenge.turn_residual, challenge.rules.planarity_percent)
