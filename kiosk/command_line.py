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
from kiosk.local_arguments import add_local_acts, add_receipt

Command = Callable[[argparse.Namespace], int]
SCENARIOS = (
    "happy", "impostor", "photo-attack", "otp-wrong", "pin-weak", "walk-away", "centre-down", "camera-unplugged",
    "staff-compares", "ikd", "ikd-expired", "ktp", "ktp-unreadable", "jkn-card", "nik-not-found", "deferred",
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
_CENTRE_ACTS = {
    "init": "make or migrate the database, the keys, the authority, the server's files",
    "enroll": "a one-time code for a kiosk; with --request its certificate",
    "rotate": "a new certificate for an enrolled kiosk",
    "revoke": "out at once: login, sessions, certificates",
    "reanchor": "let a chain go on after an event that staff trust",
    "report": "kiosks, what is overdue, alarms, certificates near their end",
    "feed": "take what the membership or account system tells (JSON lines)",
    "run": "the jobs of a real centre, until they are told to stop",
    "demo": "a centre of its own with invented participants; ends when stdin closes",
}
FEED_KINDS = ("family", "logins", "pin_tries", "withdrawals")
"""As in db.central.feed.FeedKind (a test holds them together)."""
_LOGIN = {"run": " as the jobs reach it: host, port, dbname", "feed": " as the feed login reaches it"}
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
    which = place.add_subparsers(dest="what", required=True, metavar="WHAT")
    for name, says in _CENTRE_ACTS.items():
        act = which.add_parser(name, help=says, description=says)
        if name == "demo":
            continue
        act.add_argument("--dsn", required=True, help="the centre's database" + _LOGIN.get(name, ", as its admin"))
        act.add_argument("--keys", type=Path, required=True, help="folder of the centre's keys")
        if name in ("enroll", "rotate", "revoke", "reanchor"):
            act.add_argument("kiosk_id", metavar="KIOSK_ID")
        if name in ("enroll", "rotate"):
            act.add_argument("--request", type=Path, required=name == "rotate", help="what the kiosk wrote")
            act.add_argument("--out", type=Path, required=name == "rotate", help="the answer for the kiosk")
        if name in ("init", "enroll", "rotate"):
            act.add_argument("--address", help="host, port and dbname as kiosks reach the centre (init keeps it)")
        if name in ("init", "enroll", "rotate", "revoke"):
            act.add_argument("--crl", type=Path, help="where the server reads its revocation list (ssl_crl_file)")
        if name == "init":
            act.add_argument("--server-name", action="append", default=[], help="host name or address in the"
                             " server's certificate; makes the server's files; may be repeated")  # fmt: skip
        elif name == "revoke":
            act.add_argument("--reason", default="", help="kept with the certificates")
        elif name == "reanchor":
            act.add_argument("seq", type=int, metavar="SEQ", help="number of the last event that staff trust")
        elif name == "feed":
            act.add_argument("kind", metavar="KIND", choices=FEED_KINDS, help=", ".join(FEED_KINDS))
            act.add_argument("file", metavar="FILE", type=Path, help="a row a line")
        elif name == "report":
            act.add_argument("--public-keys", action="store_true", help="instead: the kiosks' signing keys (public)"
                             " as TOML, for receipt verify --keys")  # fmt: skip
        elif name == "run":
            act.add_argument("--digests", type=Path, help="folder for the daily signed heads")


def _kiosk(place: argparse.ArgumentParser) -> None:
    which = place.add_subparsers(dest="what", required=True, metavar="WHAT")
    csr = which.add_parser("csr", help="make this kiosk's keys and a request for the centre")
    csr.add_argument("--out", type=Path, required=True, help="the request")
    csr.add_argument("--renew", action="store_true", help="a new certificate for an enrolled kiosk: no code")
    csr.add_argument("--code-stdin", action="store_true", help="read the code from stdin instead of asking")
    enrol = which.add_parser("enrol", help="install the centre's answer")
    enrol.add_argument("--answer", type=Path, required=True, help="what the centre wrote")
    add_local_acts(which)


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
    "kiosk": _kiosk,
    "receipt": add_receipt,
    "ikd": add_arguments,
}
