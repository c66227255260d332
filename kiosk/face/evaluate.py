"""How well the matcher separates people: the core of ``main.py eval match``.

A pair of pictures goes through the same decoding, detection, alignment and network as a visit; only the
rules on photo size and on a second face are left out, because they ask for another photo and this measures
the matcher. A picture without a usable face is a failure to match, never a skipped pair: its pair counts
in ``n_genuine`` or ``n_impostor`` with similarity -1, so leaving hard pictures out cannot raise a figure.
"""

from __future__ import annotations

import csv
import json
import math
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from kiosk.face.reference import Reference, ReferenceRefused
from kiosk.labels import BadLabels

NO_FACE = -1.0
TARGET_FAR = 1e-3
MAX_FILE_BYTES = 256 * 1024 * 1024
COLUMNS = ("reference", "probe", "same")


class PictureEngine(Protocol):
    """What an evaluation needs of ``FaceEngine``."""

    @property
    def threshold(self) -> float: ...

    def embed_picture(self, image_bytes: bytes) -> Reference: ...


@dataclass(frozen=True, slots=True)
class Pair:
    reference: Path
    probe: Path
    same: bool


@dataclass(frozen=True, slots=True)
class _Embedded:
    embedding: NDArray[np.float32] | None
    milliseconds: float


def run_eval_match(csv_path: Path, json_out: Path | None, engine: PictureEngine) -> dict[str, Any]:
    """Evaluate the pairs of ``csv_path`` and write the report to ``json_out``, if given.

    Counts: ``n_genuine``, ``n_impostor`` (all pairs of the list) and ``no_face`` (pairs with at least one picture
    without a usable face). Fractions: ``tar_at_threshold``, ``far_at_threshold``, ``tar_at_far_1e3`` (at the lowest
    threshold that accepts at most one impostor pair in a thousand), ``eer``; null where there are no such pairs.
    ``median_ms`` is for one pair: decoding, finding, aligning and embedding both pictures. Raises BadLabels.
    """
    pairs = read_pairs(csv_path)
    known: dict[Path, _Embedded] = {}
    scores, times, no_face = [], [], 0
    for pair in pairs:
        for path in (pair.reference, pair.probe):
            if path not in known:
                known[path] = _embed(path, engine)
        a, b = known[pair.reference], known[pair.probe]
        times.append(a.milliseconds + b.milliseconds)
        if a.embedding is None or b.embedding is None:
            no_face += 1
            scores.append(NO_FACE)
        else:
            scores.append(float(a.embedding @ b.embedding))
    report = {
        **figures([s for s, p in zip(scores, pairs, strict=True) if p.same],
                  [s for s, p in zip(scores, pairs, strict=True) if not p.same], engine.threshold),
        "no_face": no_face,
        "median_ms": round(median(times), 2) if times else None,
    }  # fmt: skip
    if json_out is not None:
        json_out.parent.mkdir(parents=True, exist_ok=True)
        json_out.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    return report


def figures(genuine: Sequence[float], impostor: Sequence[float], threshold: float) -> dict[str, Any]:
    """Rates of two sets of similarities."""
    return {
        "n_genuine": len(genuine),
        "n_impostor": len(impostor),
        "tar_at_threshold": _share(s >= threshold for s in genuine),
        "far_at_threshold": _share(s >= threshold for s in impostor),
        "tar_at_far_1e3": _tar_at_far(genuine, impostor, TARGET_FAR),
        "eer": _eer(genuine, impostor),
        "threshold": threshold,
    }


def read_pairs(csv_path: Path) -> list[Pair]:
    """Paths are absolute or relative to the list's folder. Raises BadLabels."""
    try:
        text = csv_path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise BadLabels(f"{csv_path.name} cannot be read as UTF-8 text") from error
    rows = csv.DictReader(text.splitlines(), skipinitialspace=True)
    header = [name.strip() for name in rows.fieldnames or ()]
    if any(column not in header for column in COLUMNS):
        raise BadLabels(f"{csv_path.name} needs the columns {', '.join(COLUMNS)}")
    rows.fieldnames = header
    pairs = []
    for row in rows:
        reference, probe, same = ((row.get(column) or "").strip() for column in COLUMNS)
        if same not in ("0", "1") or not reference or not probe:
            raise BadLabels(f"{csv_path.name} line {rows.line_num}: needs two paths and 1 or 0")
        pairs.append(Pair(csv_path.parent / reference, csv_path.parent / probe, same == "1"))
    return pairs


def _embed(path: Path, engine: PictureEngine) -> _Embedded:
    began = time.perf_counter()
    embedding = None
    try:
        if path.stat().st_size <= MAX_FILE_BYTES:
            embedding = engine.embed_picture(path.read_bytes()).embedding
    except (OSError, ValueError, ReferenceRefused):  # ValueError: a path with a null byte
        embedding = None
    return _Embedded(embedding, (time.perf_counter() - began) * 1000)


def _share(answers: Iterable[bool]) -> float | None:
    taken = list(answers)
    return sum(taken) / len(taken) if taken else None


def _tar_at_far(genuine: Sequence[float], impostor: Sequence[float], far: float) -> float | None:
    if not genuine or not impostor:
        return None
    allowed = math.floor(far * len(impostor))
    bar = sorted(impostor, reverse=True)[allowed] if allowed < len(impostor) else NO_FACE
    return sum(s > max(bar, NO_FACE) for s in genuine) / len(genuine)


def _eer(genuine: Sequence[float], impostor: Sequence[float]) -> float | None:
    """Where both error rates meet; half their sum at the nearest threshold."""
    if not genuine or not impostor:
        return None
    g, i = np.sort(genuine), np.sort(impostor)
    thresholds = np.unique(np.r_[g, i, 2.0])
    false_reject = np.searchsorted(g, thresholds, side="left") / len(g)
    false_accept = 1 - np.searchsorted(i, thresholds, side="left") / len(i)
    # A missed face is rejected at every threshold a site could set.
    usable = thresholds > NO_FACE
    nearest = int(np.argmin(np.where(usable, np.abs(false_reject - false_accept), np.inf)))
    return float((false_reject[nearest] + false_accept[nearest]) / 2)
