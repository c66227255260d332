"""Commands that need no other room than this one. Imports are lazy: main.py loads this module at every start."""

# ruff: noqa: PLC0415

from __future__ import annotations

import argparse

from kiosk.command_line import print_settings
from kiosk.config import Settings


def cmd_eval(args: argparse.Namespace) -> int:
    """figures on labelled pictures, as JSON"""
    from kiosk.evaluation import run_eval

    return run_eval(args, Settings())


def cmd_weights(args: argparse.Namespace) -> int:
    """fetch, check and repair the model weights named in the manifest"""
    from kiosk.face.weights_setup import run_weights

    return run_weights(args)


def cmd_settings(_args: argparse.Namespace) -> int:
    """the settings tree with values, units and reasons"""
    return print_settings(Settings())


def cmd_receipt(args: argparse.Namespace) -> int:
    """is a receipt's code genuine"""
    from kiosk.receipt_command import run_receipt

    return run_receipt(args)


def cmd_ikd(args: argparse.Namespace) -> int:
    """test tokens of a digital identity, and the key that makes them"""
    from kiosk.identity.ikd.issue import run

    return run(args)
