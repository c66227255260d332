"""What a face is held against, and where it came from.

The photo or the template of the register decides. The portrait printed on the card in the visitor's hand is of
kind CARD: a forged card would show the visitor's own face, so it can support and never decide.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

TEMPLATE_MAGIC = b"BPJSFACE1"
"""A template of the register: magic, 32 bytes SHA-256 of the embedder it was made with, float32 little-endian."""
_HEAD = len(TEMPLATE_MAGIC) + 32
_LENGTH_SLACK = 0.01


class ReferenceKind(StrEnum):
    PHOTO = "photo"  # of the register or Dukcapil
    TEMPLATE = "template"  # the register's embedding
    CARD = "card"  # the portrait on a card: advisory


class ReferenceProblem(StrEnum):
    """Why a reference cannot serve, beside what ``PictureProblem`` says of pictures."""

    OTHER_EMBEDDER = "other_embedder"  # the template belongs to another network: numbers would mean nothing
    TEMPLATE_BROKEN = "template_broken"


@dataclass(frozen=True, slots=True)
class Reference:
    """Lives in memory until the visit is wiped."""

    embedding: NDArray[np.float32] = field(repr=False)  # (d,), length 1 or less; see ``match``
    face_px: int  # width of the face in the photo; 0 for a template
    sha256: str = field(repr=False)  # of the bytes it was made from
    kind: ReferenceKind = ReferenceKind.PHOTO


class ReferenceRefused(Exception):
    """The reference cannot serve. ``problem`` is a ``PictureProblem``, ``ReferenceProblem`` or quality component."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


def is_template(data: bytes) -> bool:
    return data.startswith(TEMPLATE_MAGIC)


def read_template(data: bytes, embedder_sha256: str) -> Reference:
    """Raises ReferenceRefused: another network's template, a wrong size, or no vector of length 1."""
    made_with, vector = data[len(TEMPLATE_MAGIC) : _HEAD], data[_HEAD:]
    if made_with.hex() != embedder_sha256:
        raise ReferenceRefused(ReferenceProblem.OTHER_EMBEDDER)
    if not vector or len(vector) % 4:
        raise ReferenceRefused(ReferenceProblem.TEMPLATE_BROKEN)
    embedding = np.frombuffer(vector, "<f4").astype(np.float32)
    length = float(np.linalg.norm(embedding))
    if not 0.5 <= length <= 1 + _LENGTH_SLACK:  # a NaN is in no range
        raise ReferenceRefused(ReferenceProblem.TEMPLATE_BROKEN)
    return Reference(embedding, 0, hashlib.sha256(data).hexdigest(), ReferenceKind.TEMPLATE)


def write_template(embedding: NDArray[np.float32], embedder_sha256: str) -> bytes:
    """What a register keeps instead of a photo; personal data like the photo."""
    return TEMPLATE_MAGIC + bytes.fromhex(embedder_sha256) + embedding.astype("<f4").tobytes()
