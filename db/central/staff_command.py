"""``main.py staff ...``: the centre's admin adds, lists, resets, disables and unlocks staff.

What a person carries (TOTP secret, badge) is shown once, here, and can never be shown again: the centre keeps
it sealed or hashed. A PIN is typed, or read from stdin; it is no argument, because those stand in the list of
processes.
"""

from __future__ import annotations

import argparse
import getpass
import io
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from db.central import staff_admin
from db.central.admin_access import Impossible, keys_of
from db.central.commands import init_centre
from db.central.demo_centre import DATABASE
from db.central.embedded import EmbeddedFault, EmbeddedPostgres
from db.central.keys import CentreKeys
from db.central.secret_files import write_private
from db.central.staff_admin import NewStaff, StaffKnown, StaffSecrets, StaffUnknown
from kiosk.config import Settings
from kiosk.ports import StaffRole

PinFault = Callable[[str], str | None]
"""The rule that a PIN breaks, None for a good one (from the composition root)."""

BADGE_KINDS = (".png", ".svg")
BADGE_SCALE = 10
"""Pixels a module: 3 cm wide at 300 dpi."""

Connection = psycopg.Connection[Any]


def run_staff(args: argparse.Namespace, settings: Settings, pin_fault: PinFault) -> int:
    """0 when done; 2 and one sentence when not."""
    try:
        _check_badge_file(getattr(args, "badge", None))
        pin = _pin(args.pin_stdin, pin_fault) if args.what in ("add", "reset") else ""
        with _centre(args.dsn, args.keys, settings) as (conn, keys):
            _run(args, conn, keys, pin)
    except StaffUnknown as unknown:
        return _fail(f"nobody is called {unknown}")
    except StaffKnown as known:
        return _fail(f"somebody is called {known} already")
    except (Impossible, ValueError, EmbeddedFault) as fault:
        return _fail(str(fault))
    except psycopg.Error as error:  # its text may quote a row
        return _fail(f"the centre's database refused: {type(error).__name__}")
    return 0


def _run(args: argparse.Namespace, conn: Connection, keys: CentreKeys, pin: str) -> None:
    match args.what:
        case "add":
            person = NewStaff(args.username, args.name, StaffRole(args.role), args.nik, args.kk)
            _hand_out(args, staff_admin.add_staff(conn, keys, person, pin))
        case "reset":
            _hand_out(args, staff_admin.reset_staff(conn, keys, args.username, pin))
        case "disable":
            staff_admin.disable_staff(conn, args.username)
            _say(f"{args.username} is disabled; open sessions are ended")
        case "unlock":
            staff_admin.unlock_staff(conn, args.username)
            _say(f"{args.username} is unlocked")
        case _:
            for line in staff_admin.list_staff(conn):
                state = "disabled" if not line.enabled else f"locked {line.locked}" if line.locked else "enabled"
                last = f"{line.last_sign_in.astimezone():%Y-%m-%d %H:%M}" if line.last_sign_in else "never"
                _say(f"{line.username}\t{line.name}\t{line.role.value}\t{state}\tlast sign-in {last}")


# ---- the centre


@contextmanager
def _centre(dsn: str | None, keys_folder: Path | None, settings: Settings) -> Iterator[tuple[Connection, CentreKeys]]:
    """A named centre, or the demo's: that one is started if it does not run, and left as it was found."""
    if dsn:
        with psycopg.connect(dsn, autocommit=True) as conn:
            yield conn, keys_of(conn, keys_folder)
        return
    if not settings.demo:
        raise Impossible("name the centre's database with --dsn and its keys with --keys")
    folder = settings.centre.demo_dir
    server = EmbeddedPostgres(folder)
    server.start()
    try:
        centre = init_centre(server.ensure_database(DATABASE), folder / "keys")
        with psycopg.connect(centre.admin_dsn, autocommit=True) as conn:
            yield conn, centre.keys
    finally:
        server.stop()


# ---- what is typed


def _pin(from_stdin: bool, pin_fault: PinFault) -> str:
    if from_stdin:
        pin = sys.stdin.readline().strip()
    else:
        pin = getpass.getpass("PIN (6 digits): ")
        if getpass.getpass("PIN again: ") != pin:
            raise Impossible("the two PINs differ")
    fault = pin_fault(pin)
    if fault is not None:
        raise Impossible(f"this PIN is too easy to guess or not 6 digits: {fault}")
    return pin


def _check_badge_file(path: Path | None) -> None:
    """Before anything is changed: a badge is made once."""
    if path is None:
        return
    if path.suffix not in BADGE_KINDS:
        raise Impossible("--badge: a file ending in .png or .svg")
    if path.exists() or not path.parent.is_dir():
        raise Impossible("--badge: a new file in a folder that is there")


# ---- what is shown, once


def _hand_out(args: argparse.Namespace, given: StaffSecrets) -> None:
    uri = given.provisioning_uri(args.username)
    _say(f"{args.username}: shown once, never again.\n\nFor the authenticator app:\n{uri}")
    _show_code(uri)
    if args.badge is not None and _wrote_badge(args.badge, given.badge):
        _say(f"Badge: {args.badge}")
    else:
        _say(f"Badge, to be printed:\n{given.badge}")
        _show_code(given.badge)


def _wrote_badge(path: Path, text: str) -> bool:
    import segno  # noqa: PLC0415 - for badges only

    picture = io.BytesIO()
    segno.make(text, error="m", micro=False).save(picture, kind=path.suffix[1:], scale=BADGE_SCALE)
    try:
        write_private(path, picture.getvalue())
    except OSError:
        _say(f"{path} could not be written")
        return False
    return True


def _show_code(text: str) -> None:
    import segno  # noqa: PLC0415 - for badges only

    segno.make(text, error="m", micro=False).terminal(out=sys.stdout, compact=True)


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")


def _fail(why: str) -> int:
    sys.stderr.write(why + "\n")
    return 2
