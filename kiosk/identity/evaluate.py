"""``eval qr``: how well codes are read from a folder of labelled pictures.

One picture is one frame, so each gets the whole ladder of rescues at once; live, the rescues are spread
over frames and a card is held for several of them. Pictures that cannot be opened count as not read.
"""

from __future__ import annotations

import csv
import json
import statistics
import time
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kiosk.identity.codes import MachineCodeReader
from kiosk.labels import BadLabels
from kiosk.vision import cv2

LABELS = "labels.csv"


def run_eval_qr(directory: Path, json_out: Path | None) -> dict[str, Any]:
    """Read every picture that ``directory/labels.csv`` (columns ``file,text``; empty text: no code) names.

    The report: counts ``n`` (pictures), ``with_code``, ``unreadable`` (cannot be opened), ``read`` (the
    labelled text was found), ``wrong`` (only another one was), ``false_hits`` (a text where there is none);
    ``median_ms`` over the pictures read, ``empty_median_ms`` over those without a code, None when there are none.
    Times are of the reading alone, not of opening the file. Raises BadLabels.
    """
    labels = _labels(directory / LABELS)
    reader = MachineCodeReader()
    reader.read_thoroughly(np.zeros((64, 64), np.uint8))  # loads the libraries outside the clock
    counts = {"n": len(labels), "with_code": 0, "unreadable": 0, "read": 0, "wrong": 0, "false_hits": 0}
    hit_ms: list[float] = []
    empty_ms: list[float] = []
    for name, text in labels:
        counts["with_code"] += bool(text)
        picture = _open(directory / name)
        if picture is None:
            counts["unreadable"] += 1
            continue
        began = time.perf_counter()
        found = reader.read_thoroughly(picture)
        took = (time.perf_counter() - began) * 1000
        if not text:
            empty_ms.append(took)
            counts["false_hits"] += bool(found)
        elif text in found:
            counts["read"] += 1
            hit_ms.append(took)
        else:
            counts["wrong"] += bool(found)
    report = {**counts, "median_ms": _median(hit_ms), "empty_median_ms": _median(empty_ms)}
    if json_out is not None:
        json_out.parent.mkdir(parents=True, exist_ok=True)
        json_out.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    return report


def _labels(path: Path) -> list[tuple[str, str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as handle:
            table = csv.DictReader(handle)
            if not {"file", "text"} <= set(table.fieldnames or ()):
                raise BadLabels(f"{path} needs the columns file and text.")
            return [(row["file"], row["text"] or "") for row in table if row["file"]]
    except FileNotFoundError:
        raise BadLabels(f"{path} is missing: it lists the pictures as file,text.") from None
    except (OSError, UnicodeDecodeError, csv.Error) as fault:
        raise BadLabels(f"{path} cannot be read as a CSV file in UTF-8 ({type(fault).__name__}).") from fault


def _open(path: Path) -> NDArray[np.uint8] | None:
    """BGR pixels, or None when the file is missing, empty or no picture."""
    try:
        raw = np.frombuffer(path.read_bytes(), np.uint8)
        picture = cv2.imdecode(raw, cv2.IMREAD_COLOR) if raw.size else None
    except (OSError, ValueError, cv2.error):  # ValueError: a NUL in the name
        return None
    return None if picture is None or picture.size == 0 else np.asarray(picture, dtype=np.uint8)


def _median(values: list[float]) -> float | None:
    return round(statistics.median(values), 2) if values else None
