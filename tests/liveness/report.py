"""From attempts to figures, and from figures to docs/liveness.md."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from hardware.camera.simulated.presentations import Presentation
from kiosk.config import CueMode, FaceSettings
from kiosk.face.intervals import clopper_pearson
from tests.liveness.attempts import FPS, HEIGHT, REACTION_SECONDS, WIDTH, Trial

OWN_FILMS = """\
## Films of one's own

`main.py eval liveness DIR --json FILE` judges `DIR/live/*` and `DIR/attack/SPECIES/*`: films, folders of pictures (png,
jpg or bmp by name, 15 a second) and single pictures, which only the passive cues can judge. Of a film the first 20 s
are looked at, at most 15 frames a second.

An item is *denied* when an enforced cue denies; *abstained* when an enforced cue is in doubt or nothing could be
judged: it is unreadable, shows no face to follow, or no cue confirms anything; otherwise *passed*. APCER is passed / n.
BPCER is (n - passed) / n: a living person who could not be judged is not let through. Unreadable items stay in n, so
leaving hard ones out cannot raise a figure. Nobody answers a challenge in such a film and nobody is compared with a
photo, so these are figures of the cues, not of a visit.
""".splitlines()

Group = tuple[Presentation, Sequence[Sequence[Trial]]]


def attack_row(attempts: Sequence[Trial]) -> dict[str, Any]:
    """An attack passes when its attempt ends in a match."""
    passed = sum(a.matched for a in attempts)
    through = [a for a in attempts if a.challenge_passed]
    low, high = clopper_pearson(passed, len(attempts))
    return {
        "n": len(attempts),
        "passed": passed,
        "passed_were_all_enforced": sum(a.matched and not a.denied for a in attempts),
        "apcer": passed / len(attempts),
        "low": low,
        "high": high,
        "challenge_passed": len(through),
        "denied_with_challenge_passed": _denials(through),
        "denied": _denials(attempts),
        "outcomes": dict(Counter(a.outcome for a in attempts).most_common()),
    }


def live_row(runs: Sequence[Sequence[Trial]]) -> dict[str, Any]:
    """A living person passes when one of up to two attempts ends in a match."""
    passed = sum(run[-1].matched for run in runs)
    every = [attempt for run in runs for attempt in run]
    low, high = clopper_pearson(len(runs) - passed, len(runs))
    matched = [a.seconds for a in every if a.matched]
    return {
        "n": len(runs),
        "passed": passed,
        "passed_at_once": sum(run[0].matched for run in runs),
        "bpcer": 1 - passed / len(runs),
        "low": low,
        "high": high,
        "median_seconds": round(median(matched), 1) if matched else None,
        "denied": _denials(every),
        "outcomes": dict(Counter(a.outcome for a in every).most_common()),
    }


def summary_of(attacks: Iterable[Group], live: Iterable[Group], runs: int, code: str) -> dict[str, Any]:
    """Species and presentations, the worst first; living presentations likewise."""
    attacks = list(attacks)
    species: dict[str, list[Trial]] = {}
    for presentation, own in attacks:
        species.setdefault(presentation.species, []).extend(a for run in own for a in run)
    return {
        "runs": runs,
        "code": code,
        "modes": {name: CueMode(mode).value for name, mode in FaceSettings().cues.model_dump().items()},
        "species": _worst_first({name: attack_row(own) for name, own in species.items()}, "apcer"),
        "presentations": _worst_first(
            {p.name: {"species": p.species, **attack_row([a for run in own for a in run])} for p, own in attacks},
            "apcer",
        ),
        "live": _worst_first({p.name: live_row(own) for p, own in live}, "bpcer"),
    }


def write_document(path: Path, summary: dict[str, Any]) -> None:
    path.write_text(document_of(summary), encoding="utf-8")


def document_of(summary: dict[str, Any]) -> str:
    low, high = REACTION_SECONDS
    lines = [
        "# Liveness, on rendered presentations",
        "",
        "Written by `make liveness`; do not edit. Everything here was **rendered**: no living person, print, phone or",
        "mask stood before a camera. The figures say what the attack renderer gets past, not what an attacker would.",
        "",
        "Each row is whole attempts of the real session with its models and the settings as they ship, at",
        f"{WIDTH}x{HEIGHT} and {FPS} frames a second on a clock of its own. Whoever reacts does so {low} to {high} s",
        "after a prompt and tries again when it did not count. Challenge, reaction, noise and beginning are drawn from",
        f"the seed `campaign-2/PRESENTATION/RUN/ATTEMPT`, runs 0 to {summary['runs'] - 1}; code `{summary['code']}`.",
        "",
        "An attack passes when the attempt ends in a match. Bounds are those of Clopper and Pearson, 95 %. A cue in",
        "brackets is only recorded: it denied and did not stop the attempt. *Were all enforced* counts the attacks",
        "that would still have passed if every recorded cue could stop one, too.",
        "",
        "## Attacks, the worst species first",
        "",
        "| species | n | passed | APCER | at most | were all enforced | challenge passed "
        "| cue that denies with the challenge passed | outcomes |",
        "|---|---|---|---|---|---|---|---|---|",
        *(_attack_line(name, row, summary["modes"]) for name, row in summary["species"].items()),
        "",
        "### By presentation",
        "",
        "| presentation | species | n | passed | challenge passed | cues that denied, in all | outcomes |",
        "|---|---|---|---|---|---|---|",
        *(_presentation_line(name, row, summary["modes"]) for name, row in summary["presentations"].items()),
        "",
        "## Rendered living people, up to two attempts a run",
        "",
        "| presentation | n | passed | at once | BPCER | at most | median s of a match | cues that denied | outcomes |",
        "|---|---|---|---|---|---|---|---|---|",
        *(_live_line(name, row, summary["modes"]) for name, row in summary["live"].items()),
        "",
        *OWN_FILMS,
    ]
    return "\n".join(lines) + "\n"


def _attack_line(name: str, row: dict[str, Any], modes: dict[str, str]) -> str:
    through = row["challenge_passed"]
    cues = _cues(row["denied_with_challenge_passed"], through, modes) if through else "challenge never passed"
    return (
        f"| {name} | {row['n']} | {row['passed']} | {_percent(row['apcer'])} | {_percent(row['high'])} "
        f"| {row['passed_were_all_enforced']} | {through} | {cues} | {_outcomes(row)} |"
    )


def _presentation_line(name: str, row: dict[str, Any], modes: dict[str, str]) -> str:
    return (
        f"| {name} | {row['species']} | {row['n']} | {row['passed']} | {row['challenge_passed']} "
        f"| {_cues(row['denied'], row['n'], modes)} | {_outcomes(row)} |"
    )


def _live_line(name: str, row: dict[str, Any], modes: dict[str, str]) -> str:
    attempts = sum(row["outcomes"].values())
    return (
        f"| {name} | {row['n']} | {row['passed']} | {row['passed_at_once']} | {_percent(row['bpcer'])} "
        f"| {_percent(row['high'])} | {row['median_seconds'] or '-'} | {_cues(row['denied'], attempts, modes)} "
        f"| {_outcomes(row)} |"
    )


def _cues(denied: dict[str, int], of: int, modes: dict[str, str]) -> str:
    def one(name: str) -> str:
        said = f"{name} {denied[name]} of {of}"
        return f"({said})" if modes.get(name) == CueMode.RECORDED else said

    return ", ".join(one(name) for name in denied) or "none"


def _outcomes(row: dict[str, Any]) -> str:
    return ", ".join(f"{name} {times}" for name, times in row["outcomes"].items())


def _denials(attempts: Sequence[Trial]) -> dict[str, int]:
    return dict(Counter(name for attempt in attempts for name in attempt.denied).most_common())


def _worst_first(rows: dict[str, dict[str, Any]], rate: str) -> dict[str, dict[str, Any]]:
    return dict(sorted(rows.items(), key=lambda item: (-item[1][rate], -item[1]["high"], item[0])))


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"
