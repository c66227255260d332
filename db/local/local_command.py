"""``main.py kiosk protect|rekey|wipe``: what a technician does to this kiosk's keys and data."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping

from db.local.assembly import KEYS_FOLDER, key_folder
from db.local.lock import STORE_FILE, StoreLock
from db.local.protection import ProtectionKind
from db.local.rekey import rekey, settle
from db.local.wipe import unsent, wipe
from kiosk.config import Settings
from kiosk.ports import Clock, LastingFault

REVOKE = """At the centre, now: main.py central revoke {kiosk} --dsn ... --keys ... --reason decommissioned
Where keys were sealed to a TPM, clear it in the firmware's menu; then no copy of their files opens anywhere."""


def run_local(args: argparse.Namespace, settings: Settings, clock: Clock) -> int:
    """0 when done; 2 and one sentence when not."""
    try:
        return _ACTS[args.what](args, settings, clock)
    except LastingFault as fault:
        return _fail(f"not done: {fault.reason}")


def _protect(args: argparse.Namespace, settings: Settings, _clock: Clock) -> int:
    keys, folder = key_folder(settings), settings.data_dir
    if not (folder / KEYS_FOLDER).is_dir():
        return _fail("there are no keys yet; the first start makes them, as store.key_protection says")
    settle(folder, keys, keys.open(store_exists=True))
    lock = StoreLock(folder)
    lock.acquire()
    try:
        now = keys.migrate(None if args.how == "auto" else ProtectionKind(args.how))
    finally:
        lock.release()
    _say(f"keys: {now.kind}" + (f" ({now.warning})" if now.warning else ""))
    return 0


def _rekey(_args: argparse.Namespace, settings: Settings, _clock: Clock) -> int:
    rekey(settings.data_dir, key_folder(settings), lambda step: _say(step.replace("_", " ")))
    _say("the store has a new key; the old one is overwritten")
    return 0


def _wipe(args: argparse.Namespace, settings: Settings, clock: Clock) -> int:
    folder, kiosk_id = settings.data_dir, settings.site.kiosk_id
    keys, keys_folder = key_folder(settings), folder / KEYS_FOLDER
    if not (folder / STORE_FILE).exists() and not keys_folder.exists():
        return _fail(f"nothing of a kiosk is in {folder}")
    left = unsent(folder, kiosk_id, keys, keys_folder, clock)
    if not left.nothing and not args.lose_unsent:
        what = "how much is not known" if left.events is None else f"events {left.events}, captures {left.payloads}"
        return _fail(f"not everything is at the centre ({what}): let it synchronise, or add --lose-unsent")
    if not args.yes:
        _say(f"This ends {kiosk_id}: its keys, records and logs in {folder} are destroyed. Type its name to go on:")
        if sys.stdin.readline().strip() != kiosk_id:
            return _fail("not done: another name was typed")
    stayed = wipe(folder, keys, keys_folder)
    _say(f"{kiosk_id} is wiped." + (f" Not ours, still in {folder}: {', '.join(stayed)}" if stayed else ""))
    _say(REVOKE.format(kiosk=kiosk_id))
    return 0


_ACTS: Mapping[str, Callable[[argparse.Namespace, Settings, Clock], int]] = {
    "protect": _protect,
    "rekey": _rekey,
    "wipe": _wipe,
}
LOCAL_ACTS = frozenset(_ACTS)


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")


def _fail(why: str) -> int:
    sys.stderr.write(why + "\n")
    return 2
