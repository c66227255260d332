"""Delay and response of the screen-light cue on rendered people and rendered attacks.

``python -m tests.liveness.light`` prints the table of ``docs/screen-light.md``. All of it is rendered, by the formula
of ``panel_light``: it says what the cue makes of such pictures, not what a panel does to a face.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from hardware.camera.simulated.finish import Finish
from hardware.camera.simulated.motion import Begun
from hardware.camera.simulated.panel_light import AMBIENT_LUX, PanelLight
from hardware.camera.simulated.people import Person
from hardware.camera.simulated.presentations import ATTACKS, LIVE
from kiosk.config import Settings
from kiosk.face.cues import Cue, CueReading
from kiosk.face.engine import FaceEngine, open_engine
from kiosk.face.light_plan import plan_of
from kiosk.face.light_show import LightShow
from kiosk.face.passive.light_answer import Answer
from kiosk.face.passive.screen_light import ScreenLight
from kiosk.ports import Frame, Movement

WIDTH, HEIGHT, FPS = 1280, 720, 15
SECONDS = 9.0  # two movements with their pauses
MOVES = ((1.5, Movement.TURN_LEFT), (4.2, Movement.BLINK), (6.0, Movement.NOD))
REACHES_SCREEN = 0.05  # s from a frame to its colour on the panel, for this run
SEEDS = 5
AMBIENTS = (150.0, 300.0, 500.0, 1000.0, 3000.0)


@dataclass(frozen=True, slots=True)
class Seen:
    reading: CueReading
    face: Answer
    elsewhere: Answer


def shown_to(
    engine: FaceEngine,
    name: str,
    seed: int,
    *,
    ambient: float = AMBIENT_LUX,
    reaches_screen: float = REACHES_SCREEN,
    lit: bool = True,
    seconds: float = SECONDS,
) -> Seen:
    """One run of the colours; ``lit`` False: the colours are played, but no light arrives."""
    one = next(one for one in (*LIVE, *ATTACKS) if one.name == name)
    return watched(engine, one.make(WIDTH, HEIGHT, seed), seed, ambient, reaches_screen, lit, seconds)


def watched(  # noqa: PLR0917
    engine: FaceEngine, person: Person, seed: int, ambient: float, reaches_screen: float, lit: bool, seconds: float
) -> Seen:  # fmt: skip
    finish = None if getattr(person, "injected", False) else Finish(WIDTH, HEIGHT, seed)
    plan = plan_of(b"light", seed.to_bytes(4))
    show = LightShow(plan)
    cue = ScreenLight(show)
    engine.reset()
    start = 100.0 + seed
    begun = [Begun(movement, start + at) for at, movement in MOVES]
    show.begin(start)
    late = int(reaches_screen * FPS) + 1  # frames
    for number in range(int(seconds * FPS)):
        at = start + number / FPS
        asked = [b for b in begun if b.at <= at < b.at + 3.0]
        colour = plan.colour_at((number - late) / FPS) if number >= late and lit else None
        picture = person.render(at, asked, PanelLight(colour, ambient) if colour else None)
        if finish is not None:
            picture = finish.apply(picture)
        frame = Frame(picture, number, at, "simulated-1", simulated=True)
        cue.watch(frame, engine.analyse(frame))
    reading = cue.reading
    return Seen(reading, cue.face, cue.elsewhere)


def row(label: str, runs: Sequence[Seen]) -> str:
    gains, delays = [r.face.gain for r in runs], [r.face.delay for r in runs]
    answers = [r.reading.answer for r in runs]
    counts = " / ".join(str(answers.count(cue)) for cue in (Cue.CONFIRM, Cue.ABSTAIN, Cue.DENY))
    correlations = [r.face.correlation for r in runs]
    answered = any(cue is Cue.CONFIRM for cue in answers)
    delay = f"{min(delays):.2f}-{max(delays):.2f}" if answered else "-"
    return (
        f"| {label} | {median(gains):.3f} ({min(gains):.3f} to {max(gains):.3f}) | "
        f"{median(r.face.noise for r in runs):.4f} | {median(correlations):.2f} ({min(correlations):.2f} to "
        f"{max(correlations):.2f}) | {delay} | {median(r.elsewhere.gain for r in runs):.3f} | {counts} |"
    )


HEAD = (
    "| shown | gain of the face | noise | correlation | delay s | gain elsewhere | confirm / abstain / deny |\n"
    "|---|---|---|---|---|---|---|"
)


def rows(engine: FaceEngine, seeds: int, names: Iterable[str] = ()) -> Iterable[str]:
    wanted = tuple(names)
    for name in ("plain", "skin_darker"):
        for ambient in AMBIENTS:
            if not wanted or name in wanted:
                runs = [shown_to(engine, name, s, ambient=ambient) for s in range(1, seeds + 1)]
                yield row(f"{name}, {ambient:.0f} lx", runs)
    others = ("side_light", "dim_light", "far", "restless", "glasses", "print_flat_obedient", "print_bent_obedient",
              "print_eyes", "phone_replay_obedient", "phone_replay_blind", "tablet_replay_obedient",
              "screen_replay_obedient", "film_on_demand", "film_loop", "frozen_frame")  # fmt: skip
    for name in others:
        if not wanted or name in wanted:
            yield row(f"{name}, {AMBIENT_LUX:.0f} lx", [shown_to(engine, name, s) for s in range(1, seeds + 1)])
    if not wanted or "unlit" in wanted:
        yield row("plain, no light arrives", [shown_to(engine, "plain", s, lit=False) for s in range(1, seeds + 1)])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument("names", nargs="*")
    args = parser.parse_args()
    engine = open_engine(Settings())
    engine.load()
    print(HEAD)
    for line in rows(engine, args.seeds, args.names):
        print(line)
        sys.stdout.flush()


if __name__ == "__main__":
    main()
