"""One whole attempt of a rendered presentation: the real session and models on a clock of its own.

Somebody who reacts does what is asked after a human delay, and again when it did not count; a film or a mask on a
stream goes on as it is. Every draw comes from the seed, so a run can be repeated to the frame.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from hardware.camera.simulated.finish import Finish
from hardware.camera.simulated.motion import Begun, duration
from hardware.camera.simulated.panel_light import PanelLight
from hardware.camera.simulated.presentations import Presentation
from hardware.camera.simulated.reference import reference_photo
from kiosk.config import FaceSettings, Settings
from kiosk.face.attempt import Attempt
from kiosk.face.engine import FaceEngine, open_engine
from kiosk.face.light_plan import from_hex
from kiosk.face.seal import one_off_sealer
from kiosk.face.session import FaceSession
from kiosk.face.types import FaceOutcome, FaceResult
from kiosk.ports import CameraIdentity, Frame, Movement

WIDTH, HEIGHT, FPS = 1280, 720, 10  # a busy two-core machine; 15 in the demo
REACTION_SECONDS = (0.35, 0.9)  # from a prompt on a screen to the first movement; drawn evenly
PATIENCE_SECONDS = 1.0  # after a movement that did not count, before it is done again
START_SECONDS = (100.0, 1000.0)  # where in its film or sway the presentation is met
LONGEST_MOVEMENT = 3.0  # s; whoever is slow at it is done by then
GIVE_UP_SECONDS = 180.0  # a session without an end would be a fault of its own
CAMERA = CameraIdentity("simulated", "", "simulated", simulated=True)


@dataclass(frozen=True, slots=True)
class Trial:
    outcome: str
    challenge_passed: bool  # every movement of the challenge counted
    denied: list[str] = field(default_factory=list)  # cues that deny, recorded ones too
    seconds: float = 0.0  # of the attempt's own clock

    @property
    def matched(self) -> bool:
        return self.outcome == FaceOutcome.MATCHED.value

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


class Booth:
    """Engine, settings as they ship and the photo on record; one a process."""

    def __init__(self, engine: FaceEngine | None = None) -> None:
        self.settings = FaceSettings()
        self.engine = engine or open_engine(Settings(face=self.settings))
        self.engine.load()
        self.reference = self.engine.embed_reference(reference_photo())
        self.sealer = one_off_sealer("liveness-campaign")

    def open_session(self, nonce: bytes, seed: bytes) -> FaceSession:
        """The one place that knows how a session is made."""
        about = Attempt(self.reference, nonce, seed, CAMERA, self.sealer, "liveness campaign")
        return FaceSession(self.engine, self.settings, about)

    def attempt(self, presentation: Presentation, seed: str, *, fps: int = FPS) -> Trial:
        """``seed`` decides challenge, reaction, noise and where the presentation begins."""
        draw = random.Random(seed)
        person = presentation.make(WIDTH, HEIGHT, draw.randrange(2**31))
        finish = None if getattr(person, "injected", False) else Finish(WIDTH, HEIGHT, draw.randrange(2**31))
        session = self.open_session(b"campaign:1" + draw.randbytes(16), draw.randbytes(16))
        hands = Reacting(draw) if presentation.obedient else None
        begin = draw.uniform(*START_SECONDS)
        number = 0
        light: PanelLight | None = None
        while session.result is None:
            at = begin + number / fps
            number += 1
            assert at - begin < GIVE_UP_SECONDS, f"{presentation.name}, seed {seed}: the attempt does not end"
            picture = person.render(at, hands.begun(at) if hands else (), light)
            if finish is not None:
                picture = finish.apply(picture)
            shown = session.observe(Frame(picture, number, at, "simulated-1", simulated=True))
            light = PanelLight(from_hex(shown.light)) if shown.light else None
            if hands:
                hands.read(shown.movement, shown.done_movements, at)
        return trial_of(session.result, (number - 1) / fps)


class Reacting:
    """Starts each movement a moment after the prompt, and again while it is still asked for."""

    def __init__(self, draw: random.Random) -> None:
        self._draw = draw
        self._asked: tuple[Movement, int] | None = None
        self._begun: list[Begun] = []

    def begun(self, at: float) -> list[Begun]:
        return [one for one in self._begun if one.at <= at < one.at + LONGEST_MOVEMENT]

    def read(self, wanted: Movement | None, done: int, at: float) -> None:
        if wanted is None:  # a movement that is asked again is answered again
            self._asked = None
            return
        last = self._begun[-1] if self._begun else None
        again = last is not None and at > last.at + duration(last.movement) + PATIENCE_SECONDS
        if self._asked != (wanted, done) or again:
            self._asked = (wanted, done)
            self._begun.append(Begun(wanted, at + self._draw.uniform(*REACTION_SECONDS)))


def trial_of(result: FaceResult, seconds: float) -> Trial:
    evidence = result.evidence
    asked, done = evidence.get("movements") or [], evidence.get("movements_done") or []
    return Trial(result.outcome.value, bool(asked) and list(asked) == list(done), denials(evidence), seconds)


def denials(evidence: Mapping[str, Any]) -> list[str]:
    """Names of the cues that deny, whether their answer stands alone or with its number."""
    cues = evidence.get("cues", {})
    return sorted(n for n, c in cues.items() if (c.get("answer") if isinstance(c, Mapping) else c) == "deny")
