"""Tokens nobody would make, in numbers: ``python -m tests.identity.ikd.fuzz --n 100000 --seed 1``.

Four sources: honest tokens that are bent, cut and glued; headers and COSE parts of hostile values; bombs; and
the hardest, claims of hostile values under a good signature. Each token must end in a typed refusal, or be taken
with exactly the facts that were signed; none may take long.
"""

from __future__ import annotations

import argparse
import json
import random
import time
import zlib
from base64 import urlsafe_b64encode
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import cbor2

from kiosk.identity.ikd import base45
from kiosk.identity.ikd.claims import CheckedToken
from kiosk.identity.ikd.cwt import PREFIX
from kiosk.identity.ikd.keys import Alg
from kiosk.identity.ikd.making import cose_sign1, cwt_token, jws_token
from kiosk.ports import DigitalIdRefusal
from tests.identity.ikd.support import FACTS, NOW, claims, cwt, jws, key, outcome

SLOW_SECONDS = 0.1
"""CPU time. An honest token takes half a millisecond; a person does not notice this."""

HONEST = [jws(), jws(Alg.EDDSA), cwt(), cwt(Alg.EDDSA), cwt(deflate=True)]
LETTERS = "ABCXYZabcxyz0189-_.:=+/$% *\x00\n\xe9\u0663\U0001f600"


@dataclass
class Found:
    """``taken``: honest or harmlessly bent ones. ``wrong``: seeds of tokens that broke the rule above."""

    outcomes: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0
    wrong: list[str] = field(default_factory=list)


def odd(rng: random.Random, depth: int = 0) -> Any:
    """A value no claim should have."""
    kinds = ["none", "truth", "int", "float", "text", "list", "map"] if depth < 4 else ["none", "int", "text"]
    match rng.choice(kinds):
        case "none":
            return None
        case "truth":
            return rng.random() < 0.5
        case "int":
            return rng.choice([0, -1, 2**31, 2**53, 2**63, 10**18, int(NOW.timestamp()) + rng.randint(-200, 200)])
        case "float":
            return rng.choice([0.5, -0.0, 1e300, 1e-300, NOW.timestamp() + rng.uniform(-100, 100)])
        case "text":
            return "".join(rng.choice(LETTERS) for _ in range(rng.choice([0, 1, 16, 60])))
        case "list":
            return [odd(rng, depth + 1) for _ in range(rng.randint(0, 4))]
        case _:
            return {rng.choice(["", "a", "iss", "formatted"]): odd(rng, depth + 1) for _ in range(rng.randint(0, 3))}


def bent(rng: random.Random) -> str:
    text = list(rng.choice(HONEST))
    for _ in range(rng.choice([1, 1, 1, 2, 5, 30])):
        at = rng.randrange(len(text) + 1)
        match rng.randrange(6):
            case 0:
                text[at : at + 1] = rng.choice(LETTERS)
            case 1:
                del text[at : at + rng.choice([1, 1, 4, 100])]
            case 2:
                text[at:at] = rng.choice(LETTERS) * rng.choice([1, 1, 3, 200])
            case 3:
                text[at:at] = text[at : at + rng.choice([2, 50])]
            case 4:
                text = text[:at]
            case _:
                text[at:] = rng.choice(HONEST)[at:]
        if not text:
            break
    return "".join(text)


def hostile_header(rng: random.Random) -> str:
    header: dict[Any, Any] = {"alg": "ES256", "kid": key().kid, "typ": "JWT"}
    for _ in range(rng.randint(1, 3)):
        name = rng.choice(["alg", "kid", "typ", "crit", "jwk", "jku", "b64", "zip", "x5c"])
        header[name] = rng.choice([odd(rng), "none", "HS256", "EdDSA", key(Alg.EDDSA).kid])
    parts = [json.dumps(header), json.dumps(claims()), "s" * rng.choice([0, 1, 63, 64, 65])]
    if rng.random() < 0.2:
        parts[rng.randrange(2)] = rng.choice(["[" * 700, '{"a":' * 200, "9" * 900, '{"a":1,"a":2}', "\ud800", "{}"])
    return ".".join(_b64(part.encode("utf-8", "surrogatepass")) for part in parts)


def hostile_cose(rng: random.Random) -> str:
    header = {
        rng.choice([1, 2, 4, 33, -1, "x"]): rng.choice([odd(rng), -7, -8, b"k"]) for _ in range(rng.randint(0, 3))
    }
    parts: list[Any] = [cbor2.dumps(header), {4: key().kid.encode()}, cbor2.dumps({1: "x"}), b"s" * 64]
    if rng.random() < 0.5:
        parts[rng.randrange(4)] = odd(rng)
    message = bytearray(rng.choice([b"\xd2", b"", b"\xd8\x3d\xd2", b"\xd8\x62"]) + cbor2.dumps(parts))
    for _ in range(rng.choice([0, 0, 1, 4])):
        message[rng.randrange(len(message))] = rng.randrange(256)
    if rng.random() < 0.1:
        message[:] = rng.randbytes(rng.randint(0, 400))
    return _packed(rng, bytes(message))


def bomb(rng: random.Random) -> str:
    match rng.randrange(4):
        case 0:
            return PREFIX + base45.encode(zlib.compress(bytes([rng.randrange(256)]) * rng.randint(2_000, 1_200_000), 9))
        case 1:
            nested = rng.choice([b"\x81", b"\xa1\x00", b"\xd8\x1c", b"\x9f", b"\xc2\x41"]) * rng.randint(10, 1000)
            return _packed(rng, b"\xd2" + nested)
        case 2:
            head = rng.choice([0x5A, 0x7A, 0x9A, 0xBA, 0x5B, 0x7B, 0x9B, 0xBB])
            return _packed(rng, b"\xd2\x84" + bytes([head]) + rng.randbytes(rng.choice([4, 8, 30])))
        case _:
            return rng.choice(["", PREFIX, "eyJ"]) + rng.choice(LETTERS) * rng.choice([2000, 2049, 5000, 60_000])


def hostile_claims(rng: random.Random) -> str:
    """Signed by the right key."""
    changed = claims(**({"seconds": rng.choice([-5, 0, 30, 90, 91])} if rng.random() < 0.3 else {}))
    for _ in range(rng.randint(1, 3)):
        changed[rng.choice([*changed, "nbf", "active"])] = odd(rng)
    signer = key(rng.choice(list(Alg)))
    if rng.random() < 0.5:
        return jws_token(signer, changed)
    try:
        return cwt_token(signer, changed, deflate=rng.random() < 0.5)
    except (ValueError, TypeError, AttributeError):  # a jti that is no hex
        payload = bytearray(cbor2.dumps({1: changed.get("iss"), 169: odd(rng), 4: odd(rng), 6: odd(rng), 3: odd(rng)}))
        payload[rng.randrange(len(payload))] = rng.randrange(256)
        return _packed(rng, cose_sign1(signer, bytes(payload)))


SOURCES = {bent: 40, hostile_header: 15, hostile_cose: 15, bomb: 5, hostile_claims: 25}


def run(number: int, seed: int) -> Found:
    found = Found()
    for text in HONEST:
        outcome(text)  # libraries are loaded with the first of each kind
    sources, weights = list(SOURCES), list(SOURCES.values())
    for index in range(number):
        rng = random.Random(f"{seed}:{index}")
        source = rng.choices(sources, weights)[0]
        text = source(rng)
        began = time.thread_time()
        try:
            told = outcome(text)
        except Exception as fault:  # what this looks for
            found.wrong.append(f"{seed}:{index} {source.__name__} {type(fault).__name__}")
            continue
        took = time.thread_time() - began
        found.slowest = max(found.slowest, took)
        found.outcomes[told.value if isinstance(told, DigitalIdRefusal) else "taken"] += 1
        if took > SLOW_SECONDS or (
            isinstance(told, CheckedToken) and not _may_be_taken(told, source is hostile_claims)
        ):
            found.wrong.append(f"{seed}:{index} {source.__name__} {took:.3f} s")
    return found


def _may_be_taken(token: CheckedToken, signed: bool) -> bool:
    """Signed ones may say other names; nobody but the signer says another NIK or anything else."""
    return token.facts.nik == FACTS.nik if signed else token.facts == FACTS


def _packed(rng: random.Random, message: bytes) -> str:
    return PREFIX + base45.encode(zlib.compress(message) if rng.random() < 0.3 else message)


def _b64(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def main() -> None:
    place = argparse.ArgumentParser(description=__doc__)
    place.add_argument("--n", type=int, default=100_000)
    place.add_argument("--seed", type=int, default=1)
    args = place.parse_args()
    began, cpu = time.monotonic(), time.process_time()
    found = run(args.n, args.seed)
    print(f"{args.n} tokens, seed {args.seed}: {time.monotonic() - began:.0f} s, {time.process_time() - cpu:.0f} s CPU")
    print(f"slowest check {found.slowest * 1000:.1f} ms of CPU; wrong: {len(found.wrong)} {found.wrong[:10]}")
    for told, times in found.outcomes.most_common():
        print(f"{times:8} {told}")


if __name__ == "__main__":
    main()
