"""Words of the command line about this kiosk's own keys and data, and about receipts. What they do is db.local's and
kiosk.receipt's."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

PROTECTIONS = ("auto", "tpm", "systemd", "file")
"""As in the setting store.key_protection (a test holds them together)."""


def add_local_acts(which: Any) -> None:
    """``which``: the sub-parsers of ``main.py kiosk``."""
    protect = which.add_parser("protect", help="protect the keys of this kiosk in another way")
    protect.add_argument("how", choices=PROTECTIONS, nargs="?", default="auto", help="auto: the best that works here")
    which.add_parser("rekey", help="a new key for the store; the kiosk must not be running")
    wipe = which.add_parser("wipe", help="take this kiosk out of service: destroy keys, records and logs")
    wipe.add_argument("--lose-unsent", action="store_true", help="although the centre does not have everything")
    wipe.add_argument("--yes", action="store_true", help="do not ask for the kiosk's name")


def add_receipt(place: argparse.ArgumentParser) -> None:
    act = place.add_subparsers(dest="what", required=True, metavar="WHAT").add_parser(
        "verify", help="check a receipt's code, without the centre"
    )
    act.add_argument("text", metavar="TEXT", help="what the code says; - reads it from stdin")
    act.add_argument("--keys", type=Path, required=True, help="TOML or JSON: kiosk id = public key (hex)")
