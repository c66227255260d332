"""Figures on labelled pictures: which evaluation runs, and what they share."""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING, Any

from kiosk.command_line import fail
from kiosk.config import Settings
from kiosk.labels import BadLabels
from kiosk.ports import LastingFault

if TYPE_CHECKING:
    from kiosk.face.engine import FaceEngine


def run_eval(args: argparse.Namespace, settings: Settings) -> int:
    """``main.py eval match|qr|ktp|liveness PATH --json FILE``; prints the figures as well."""
    try:
        if args.what == "qr":
            from kiosk.identity.evaluate import run_eval_qr  # noqa: PLC0415 - each loads its own engine

            result = run_eval_qr(args.path, args.json)
        elif args.what == "ktp":
            from kiosk.identity.evaluate_ktp import run_eval_ktp  # noqa: PLC0415

            result = run_eval_ktp(args.path, args.json, settings)
        else:
            from kiosk.face.engine import open_engine  # noqa: PLC0415

            engine = open_engine(settings)
            engine.load()  # the figures are those of pictures, not of loading
            result = _liveness(args, settings, engine) if args.what == "liveness" else _match(args, engine)
    except BadLabels as trouble:
        return fail(str(trouble))
    except LastingFault as fault:
        return fail(f"the models cannot be loaded ({fault.reason}): run make setup")
    sys.stdout.write(json.dumps(result, indent=2) + "\n")
    return 0


def _match(args: argparse.Namespace, engine: FaceEngine) -> dict[str, Any]:
    from kiosk.face.evaluate import run_eval_match  # noqa: PLC0415

    return run_eval_match(args.path, args.json, engine)


def _liveness(args: argparse.Namespace, settings: Settings, engine: FaceEngine) -> dict[str, Any]:
    from kiosk.face.liveness_eval import run_eval_liveness  # noqa: PLC0415

    return run_eval_liveness(args.path, args.json, engine, settings.face)
