"""``main.py receipt verify``: is this receipt's code genuine? Needs the kiosks' public keys, no network."""

from __future__ import annotations

import argparse
import json
import sys
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from kiosk.receipt import MAX_LETTERS, ReceiptRefusal, ReceiptRefused, check_receipt

_WORDS = {
    ReceiptRefusal.GARBAGE: "this is not a receipt's code, or not all of it",
    ReceiptRefusal.UNKNOWN_KIOSK: "the keys file does not know this kiosk",
    ReceiptRefusal.BAD_SIGNATURE: "the signature does not fit: forged, changed, or the kiosk's key is not in the file",
}


class KeysMalformed(Exception):
    pass


def run_receipt(args: argparse.Namespace) -> int:
    """0: genuine; 1: not; 2: the keys cannot be read."""
    try:
        keys = read_keys(args.keys)
    except (OSError, KeysMalformed) as fault:
        sys.stderr.write(f"keys: {fault}\n")
        return 2
    text = sys.stdin.readline(MAX_LETTERS + 2).rstrip("\r\n") if args.text == "-" else args.text
    try:
        proof = check_receipt(text, keys)
    except ReceiptRefused as refused:
        sys.stderr.write(f"refused: {refused.reason.value}: {_WORDS[refused.reason]}\n")
        return 1
    sys.stdout.write(
        f"genuine\nkiosk   {proof.kiosk_id}\ntime    {proof.at:%Y-%m-%d %H:%M:%S} UTC\nnumber  {proof.number}\n"
        f"link    {proof.seq}, hash {proof.chain_hash}...\n"
    )
    return 0


def read_keys(path: Path) -> Mapping[str, Sequence[bytes]]:
    """TOML or JSON: kiosk id = one public key in hex, or a list of all it has had. Raises OSError, KeysMalformed."""
    content = path.read_text(encoding="utf-8", errors="replace")
    try:
        told: Any = json.loads(content) if path.suffix == ".json" else tomllib.loads(content)
        return {kiosk.lower(): [_key(text) for text in _listed(said)] for kiosk, said in told.items()}
    except (ValueError, AttributeError, TypeError):
        raise KeysMalformed(f"{path} is no list of kiosk id and public key") from None


def _listed(said: Any) -> Sequence[str]:
    return [said] if isinstance(said, str) else list(said)


def _key(text: str) -> bytes:
    key = bytes.fromhex(text)
    Ed25519PublicKey.from_public_bytes(key)  # ValueError for anything that is no key
    return key
