"""How often attacks pass and living people do not: the core of ``main.py eval liveness``.

``DIR/live/*`` and ``DIR/attack/SPECIES/*`` hold films, folders of pictures (15 a second) and single pictures. Films
and folders are judged by the passive cues and by the movements that happen in them; one picture by the passive cues
alone. An item is

* **denied** when an enforced cue denies,
* **abstained** when an enforced cue is in doubt or nothing could be judged: it is unreadable, shows no face to follow,
  or no cue confirms anything,
* **passed** otherwise.

``apcer`` is passed / n. ``bpcer`` is (n - passed) / n: a living person who could not be judged is not let through.
Unreadable items stay in n, so leaving hard ones out cannot raise a figure. ``low`` and ``high`` are the 95 % bounds
of Clopper and Pearson. No film answers a challenge or is compared with a photo, so these are figures of the cues and
not of a visit.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol

from kiosk.config import CueMode, FaceSettings
from kiosk.face.analysis import FrameAnalysis, TrackedFace
from kiosk.face.attempt import modes_of as passive_modes
from kiosk.face.cues import NOT_MEASURED, Cue, CueReading
from kiosk.face.free_movement import MOVEMENT_CUES, FreeMovement
from kiosk.face.intervals import clopper_pearson
from kiosk.face.liveness_items import frames_of, is_one_picture, items_of
from kiosk.face.passive.watch import PassiveWatch
from kiosk.labels import BadLabels
from kiosk.ports import Frame

LIVE, ATTACK = "live", "attack"
UNSORTED = "unsorted"  # attacks that lie in no folder of a species
OF_THE_CAMERA = "timing"  # says nothing of a file, whose times are worked out from its rate


class LivenessEngine(Protocol):
    """What an evaluation needs of ``FaceEngine``."""

    def reset(self) -> None: ...
    def analyse(self, frame: Frame) -> FrameAnalysis: ...
    def planarity(self, neutral: TrackedFace, turned: TrackedFace) -> float: ...
    def new_watch(self) -> PassiveWatch: ...


class Verdict(StrEnum):
    PASSED = "passed"
    ABSTAINED = "abstained"
    DENIED = "denied"


@dataclass(slots=True)
class Group:
    """Counts of one label: the living, or one species of attack."""

    verdicts: Counter[Verdict] = field(default_factory=Counter)
    answers: dict[str, Counter[Cue]] = field(default_factory=dict)

    def add(self, verdict: Verdict, answers: dict[str, Cue]) -> None:
        self.verdicts[verdict] += 1
        for name, answer in answers.items():
            self.answers.setdefault(name, Counter())[answer] += 1

    @property
    def n(self) -> int:
        return self.verdicts.total()


def run_eval_liveness(
    folder: Path, json_out: Path | None, engine: LivenessEngine, settings: FaceSettings
) -> dict[str, Any]:
    """Judge every item and write the report to ``json_out``, if given.

    ``live`` (``n``, ``passed``, ``abstained``, ``bpcer``, ``low``, ``high``); ``attack`` by species, the worst first
    (``apcer`` in the place of ``bpcer``); ``cues`` by ``live`` or species, then by cue: how many items it confirmed,
    abstained on and denied; ``settings`` the mode of every cue. A rate of no items is null.
    Raises BadLabels when neither folder is there.
    """
    live, attacks = folder / LIVE, folder / ATTACK
    if not live.is_dir() and not attacks.is_dir():
        raise BadLabels(f"{folder} needs the folders {LIVE}/ and {ATTACK}/SPECIES/ with films or pictures")
    modes = modes_of(settings)

    def judged(items: Sequence[Path]) -> Group:
        group = Group()
        for item in items:
            seen, readings = look_at(item, engine, settings)
            answers = {
                name: readings.get(name, NOT_MEASURED).answer for name in modes if modes[name] is not CueMode.OFF
            }
            doubts = [name for name, reading in readings.items() if reading.doubt]
            group.add(verdict_of(seen, answers, modes, doubts), answers)
        return group

    living = judged(items_of(live))
    species = {name: judged(items) for name, items in _species(attacks).items()}
    report = report_of(living, species, modes)
    if json_out is not None:
        json_out.parent.mkdir(parents=True, exist_ok=True)
        json_out.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    return report


def look_at(item: Path, engine: LivenessEngine, settings: FaceSettings) -> tuple[bool, dict[str, CueReading]]:
    """Whether any frame showed one face to follow, and what every cue says of the item."""
    engine.reset()
    passive, movement = engine.new_watch(), FreeMovement(settings, engine.planarity)
    moving = not is_one_picture(item)
    seen = False
    for frame in frames_of(item):
        analysis = engine.analyse(frame)
        seen = seen or (analysis.face is not None and not analysis.others)
        passive.watch(frame, analysis)
        if moving:
            movement.watch(analysis)
    readings = {**passive.readings(), **movement.readings()}
    readings.pop(OF_THE_CAMERA, None)
    return seen, readings


def verdict_of(
    seen: bool, answers: dict[str, Cue], modes: dict[str, CueMode], doubts: Collection[str] = ()
) -> Verdict:  # fmt: skip
    """A recorded cue may confirm, which lets an attack pass, but neither deny nor be in doubt."""
    if any(answer is Cue.DENY and modes[name] is CueMode.ENFORCED for name, answer in answers.items()):
        return Verdict.DENIED
    if any(modes.get(name, CueMode.ENFORCED) is CueMode.ENFORCED for name in doubts):
        return Verdict.ABSTAINED  # as in an attempt: tried again, never passed
    return Verdict.PASSED if seen and Cue.CONFIRM in answers.values() else Verdict.ABSTAINED


def modes_of(settings: FaceSettings) -> dict[str, CueMode]:
    """Of every cue; movements have no switch."""
    return {**dict.fromkeys(MOVEMENT_CUES, CueMode.ENFORCED), **passive_modes(settings)}


def report_of(living: Group, species: dict[str, Group], modes: dict[str, CueMode]) -> dict[str, Any]:
    attack = {name: _figures(group, "apcer", group.verdicts[Verdict.PASSED]) for name, group in species.items()}
    order = sorted(
        attack, key=lambda name: (not attack[name]["n"], -(attack[name]["apcer"] or 0), -attack[name]["high"])
    )
    return {
        LIVE: _figures(living, "bpcer", living.n - living.verdicts[Verdict.PASSED]),
        ATTACK: {name: attack[name] for name in order},
        "cues": {name: _answers(group, modes) for name, group in ((LIVE, living), *((o, species[o]) for o in order))},
        "settings": {name: mode.value for name, mode in modes.items()},
    }


def _figures(group: Group, rate: str, errors: int) -> dict[str, Any]:
    low, high = clopper_pearson(errors, group.n)
    return {
        "n": group.n,
        "passed": group.verdicts[Verdict.PASSED],
        "abstained": group.verdicts[Verdict.ABSTAINED],
        rate: errors / group.n if group.n else None,
        "low": low,
        "high": high,
    }


def _answers(group: Group, modes: dict[str, CueMode]) -> dict[str, dict[str, int]]:
    running = [name for name, mode in modes.items() if mode is not CueMode.OFF]
    return {name: {cue.value: group.answers.get(name, Counter())[cue] for cue in Cue} for name in running}


def _species(attacks: Path) -> dict[str, list[Path]]:
    found: dict[str, list[Path]] = {}
    for path in items_of(attacks):
        if path.is_dir():
            found[path.name] = items_of(path)
        else:
            found.setdefault(UNSORTED, []).append(path)
    return found
