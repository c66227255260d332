"""The words of the command line: commands, options, and how results are written. What they do is main.py's."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from pydantic import BaseModel

from kiosk.config import describe
from kiosk.identity.ikd.issue import add_arguments

Command = Callable[[argparse.Namespace], int]
SCENARIOS = (
    "happy", "impostor", "photo-attack", "otp-wrong", "pin-weak", "walk-away", "centre-down", "camera-unplugged",
    "staff-compares", "ikd", "ikd-expired", "ktp", "ktp-unreadable", "jkn-card", "nik-not-found",
)  # fmt: skip
"""As in ui.scenarios, which would load Qt (a test holds them together)."""

STAFF_ROLES = ("supervisor", "branch_head", "technician")
_STAFF_ACTS = {
    "add": "somebody new; shows their TOTP secret and badge once",
    "reset": "new PIN, TOTP secret and badge, enabled and unlocked",
    "list": "who there is, and who is locked or disabled",
    "disable": "out at once, everywhere",
    "unlock": "forget the wrong tries",
}
PREFIX = "cmd_"


def parser(commands: Iterable[Command]) -> argparse.ArgumentParser:
    """A command is named after its function (``cmd_run`` -> ``run``) and explained by its docstring."""
    top = argparse.ArgumentParser(prog="main.py", description="BPJS branch kiosk")
    places = top.add_subparsers(required=True, metavar="COMMAND")
    for command in commands:
        name = command.__name__.removeprefix(PREFIX)
        place = places.add_parser(name, help=command.__doc__, description=command.__doc__)
        place.set_defaults(command=command)
        if name in _OPTIONS:
            _OPTIONS[name](place)
    return top


def write_json(path: Path | None, result: object) -> None:
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


def print_settings(settings: BaseModel) -> int:
    sys.stdout.write("\n".join(describe(settings)) + "\n")
    return 0


def fail(why: str) -> int:
    sys.stderr.write(why + "\n")
    return 2


def _visit(place: argparse.ArgumentParser) -> None:
    which = place.add_mutually_exclusive_group(required=True)
    which.add_argument("--scenario", choices=SCENARIOS)
    which.add_argument("--all", action="store_true", help="every scenario in turn, a line each")
    place.add_argument("--headless", action="store_true", help="no display is needed")
    place.add_argument("--json", type=Path, help="write the result here")
    place.add_argument("--shots", type=Path, help="write a PNG of each screen into this folder (DEMO only)")
    place.add_argument("--timings", type=Path, help="write start-up and GUI-thread timings here")


def _eval(place: argparse.ArgumentParser) -> None:
    place.add_argument("what", choices=["match", "qr", "ktp", "liveness"])
    place.add_argument(
        "path",
        type=Path,
        help="match: PAIRS.csv; qr, ktp: folder with labels.csv; liveness: folder with live/ and attack/",
    )
    place.add_argument("--json", type=Path)


def _doctor(place: argparse.ArgumentParser) -> None:
    place.add_argument("--json", type=Path)


def _central(place: argparse.ArgumentParser) -> None:
    place.add_argument("what", choices=["demo"])


def _weights(place: argparse.ArgumentParser) -> None:
    place.add_argument("--check", action="store_true", help="only say whether every file is there and whole")


def _screens(place: argparse.ArgumentParser) -> None:
    place.add_argument("--out", type=Path, help="folder for the pictures (default build/screens)")


def _staff(place: argparse.ArgumentParser) -> None:
    """Roles as in kiosk.ports.StaffRole (a test holds them together)."""
    which = place.add_subparsers(dest="what", required=True, metavar="WHAT")
    for name, says in _STAFF_ACTS.items():
        act = which.add_parser(name, help=says, description=says)
        act.add_argument("--dsn", help="the centre's database, as its admin (default: the demo's centre)")
        act.add_argument("--keys", type=Path, help="folder of the centre's keys, with --dsn")
        if name == "add":
            act.add_argument("--username", required=True)
            act.add_argument("--name", required=True, help="as shown to colleagues and kept in events")
            act.add_argument("--role", required=True, choices=STAFF_ROLES)
            act.add_argument("--nik", help="16 digits: nobody decides on their own record")
            act.add_argument("--kk", help="16 digits: nor on their family's")
        elif name != "list":
            act.add_argument("username", metavar="USERNAME")
        if name in ("add", "reset"):
            act.add_argument("--pin-stdin", action="store_true", help="read the PIN from stdin instead of asking")
            act.add_argument("--badge", type=Path, help="write the badge's QR code to this .png or .svg")


_OPTIONS: dict[str, Callable[[argparse.ArgumentParser], None]] = {
    "visit": _visit,
    "eval": _eval,
    "doctor": _doctor,
    "central": _central,
    "weights": _weights,
    "screens": _screens,
    "staff": _staff,
    "ikd": add_arguments,
}
