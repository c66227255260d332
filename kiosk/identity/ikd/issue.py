"""``main.py ikd ...``: test tokens of an issuer of one's own, and the key that makes them.

For setting a site up and trying it by hand: what is made here is taken by kiosks that pin this key, and by no
other. Only invented people.
"""

from __future__ import annotations

import argparse
import io
import sys
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.identity.nik import check_nik
from kiosk.ports import FactSource, PersonFacts

if TYPE_CHECKING:
    from kiosk.identity.ikd.making import SigningKey

KINDS = (".png", ".svg")
SCALE = 8
"""Pixels a module: the largest token here, 85 modules, is 5.5 cm wide at 300 dpi."""
KEY_DAYS = 365


def add_arguments(place: argparse.ArgumentParser) -> None:
    which = place.add_subparsers(dest="what", required=True, metavar="WHAT")
    key = which.add_parser("key", help="make a private key and show the table that pins it on a kiosk")
    key.add_argument("--key", type=Path, required=True, help="write the private JWK to this new file")
    key.add_argument("--issuer", required=True)
    key.add_argument("--alg", choices=["ES256", "EdDSA"], default="ES256")
    issue = which.add_parser("issue", help="make a token and print it, or write its QR code")
    issue.add_argument("--nik", required=True)
    issue.add_argument("--key", type=Path, required=True, help="private JWK of the issuer")
    issue.add_argument("--issuer", required=True)
    issue.add_argument("--audience", default="bpjs-kiosk")
    issue.add_argument("--seconds", type=float, default=90.0, help="life of the token")
    issue.add_argument("--name", default="")
    issue.add_argument("--birth-date", type=date.fromisoformat, help="YYYY-MM-DD")
    issue.add_argument("--address", default="")
    issue.add_argument("--marital-status", default="")
    issue.add_argument("--cwt", action="store_true", help="a CWT instead of a JWS")
    issue.add_argument("--deflate", action="store_true", help="with --cwt: compressed")
    issue.add_argument("--out", type=Path, help="write the QR code to this .png or .svg")


def run(args: argparse.Namespace) -> int:
    """0 when done; 2 and one sentence when not."""
    acts: dict[str, Callable[[argparse.Namespace], None]] = {"key": _key, "issue": _issue}
    try:
        acts[args.what](args)
    except OSError as fault:
        return _fail(f"{args.key}: {fault.strerror}")
    except ValueError as fault:
        return _fail(str(fault))
    return 0


def _key(args: argparse.Namespace) -> None:
    import json  # noqa: PLC0415

    from kiosk.identity.ikd import making  # noqa: PLC0415 - 0.2 s that no kiosk needs
    from kiosk.identity.ikd.keys import Alg  # noqa: PLC0415

    key = making.new_key(Alg(args.alg))
    args.key.touch(mode=0o600, exist_ok=False)
    args.key.write_text(json.dumps(dict(key.jwk)), encoding="utf-8")
    today = making.utc_now().replace(microsecond=0)
    jwk = ", ".join(f'{name} = "{value}"' for name, value in key.public_jwk.items())
    sys.stdout.write(
        f'[[key]]\nissuer = "{args.issuer}"\nkid = "{key.kid}"\nalg = "{key.alg}"\n'
        f"not_before = {today.isoformat()}\nnot_after = {(today + timedelta(days=KEY_DAYS)).isoformat()}\n"
        f"jwk = {{ {jwk} }}\n"
    )


def _issue(args: argparse.Namespace) -> None:
    from kiosk.identity.ikd import making  # noqa: PLC0415

    if args.out is not None and args.out.suffix.lower() not in KINDS:
        raise ValueError(f"--out must end in {' or '.join(KINDS)}")
    now = making.utc_now()
    if not check_nik(args.nik, now.date()).acceptable:
        raise ValueError("--nik: no NIK has this structure")
    key: SigningKey = making.signing_key(args.key.read_text(encoding="utf-8"))
    facts = PersonFacts(
        FactSource.IKD, args.nik, args.name, args.birth_date, address=args.address, marital_status=args.marital_status
    )
    claims = making.claims_for(facts, args.issuer, args.audience, now, args.seconds)
    token = making.cwt_token(key, claims, deflate=args.deflate) if args.cwt else making.jws_token(key, claims)
    if args.out is None:
        sys.stdout.write(token + "\n")
        return
    args.out.write_bytes(qr_picture(token, args.out.suffix.lower().removeprefix(".")))


def qr_picture(token: str, kind: str) -> bytes:
    """``kind``: png or svg. Error correction L: a code on a screen is not torn, and larger modules read better."""
    import segno  # noqa: PLC0415

    picture = io.BytesIO()
    segno.make_qr(token, error="l", boost_error=False).save(picture, kind=kind, scale=SCALE, border=4)
    return picture.getvalue()


def _fail(why: str) -> int:
    sys.stderr.write(why + "\n")
    return 2
