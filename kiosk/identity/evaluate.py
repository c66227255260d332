"""``eval qr``: how well codes are read from a folder of labelled pictures.

One picture is one frame, so each gets the whole ladder of rescues at once. Live, the rescues are spread over frames
and a code is held for several of them: frames of one ``item`` are shown in turn as the camera would show them.
Pictures that cannot be opened count as not read.
"""

from __future__ import annotations

import csv
import json
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kiosk.identity.codes import TURNS, MachineCodeReader
from kiosk.labels import BadLabels
from kiosk.vision import cv2

LABELS = "labels.csv"
ITEM_FRAMES = 5
"""A third of a second before the camera: nobody should have to hold still for longer."""

_Picture = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class _Label:
    file: str
    text: str = field(repr=False)  # empty: no code
    item: str | None  # None: the labels have no such column


def run_eval_qr(directory: Path, json_out: Path | None) -> dict[str, Any]:
    """Read every picture that ``directory/labels.csv`` (columns ``file,text``, may be ``item``; empty text: no code)
    names.

    The report: counts ``n`` (pictures), ``with_code``, ``unreadable`` (cannot be opened), ``read`` (the
    labelled text was found), ``wrong`` (only another one was, also of items), ``false_hits`` (a text where there is
    none); ``median_ms`` over the pictures read, ``empty_median_ms`` over those without a code, ``empty_mean_ms`` over
    the same as they cost live, None when there are none. With a column ``item`` also ``items`` (those with a code) and
    ``items_read`` (live, within ``ITEM_FRAMES`` frames). Times are of the reading alone, not of opening the file.
    Raises BadLabels.
    """
    labels = _labels(directory / LABELS)
    reader = MachineCodeReader()
    reader.read_thoroughly(np.zeros((64, 64), np.uint8))  # loads the libraries outside the clock
    counts = {"n": len(labels), "with_code": 0, "unreadable": 0, "read": 0, "wrong": 0, "false_hits": 0}
    hit_ms: list[float] = []
    empty_ms: list[float] = []
    live_ms: list[float] = []
    live = MachineCodeReader()
    for label in labels:
        counts["with_code"] += bool(label.text)
        picture = open_picture(directory / label.file)
        if picture is None:
            counts["unreadable"] += 1
            continue
        found, took = _timed(reader.read_thoroughly, picture)
        if not label.text:
            looks = [_timed(live.read, picture) for _ in TURNS]
            empty_ms.append(took)
            live_ms += [spent for _, spent in looks]
            counts["false_hits"] += bool(found) or any(texts for texts, _ in looks)
        elif label.text in found:
            counts["read"] += 1
            hit_ms.append(took)
        else:
            counts["wrong"] += bool(found)
    report = {
        **counts,
        "median_ms": _rounded(statistics.median, hit_ms),
        "empty_median_ms": _rounded(statistics.median, empty_ms),
        "empty_mean_ms": _rounded(statistics.fmean, live_ms),
    }
    if labels and labels[0].item is not None:
        report |= _shown_in_turn(directory, labels, counts["wrong"])
    if json_out is not None:
        json_out.parent.mkdir(parents=True, exist_ok=True)
        json_out.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    return report


def _shown_in_turn(directory: Path, labels: Sequence[_Label], wrong: int) -> dict[str, int]:
    """``items``, ``items_read`` and ``wrong`` with what the items add to it."""
    items: dict[str, list[_Label]] = {}
    for label in labels:
        if label.item and label.text:
            items.setdefault(label.item, []).append(label)
    read = 0
    for frames in items.values():
        reader = MachineCodeReader()
        for label in frames[:ITEM_FRAMES]:
            picture = open_picture(directory / label.file)
            found = [] if picture is None else reader.read(picture)
            if found:
                read += label.text in found
                wrong += label.text not in found
                break
    return {"items": len(items), "items_read": read, "wrong": wrong}


def _timed(read: Callable[[_Picture], Sequence[str]], picture: _Picture) -> tuple[Sequence[str], float]:
    """Texts and milliseconds."""
    began = time.perf_counter()
    found = read(picture)
    return found, (time.perf_counter() - began) * 1000


def _labels(path: Path) -> list[_Label]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as handle:
            table = csv.DictReader(handle)
            columns = set(table.fieldnames or ())
            if not {"file", "text"} <= columns:
                raise BadLabels(f"{path} needs the columns file and text.")
            with_items = "item" in columns
            return [
                _Label(row["file"], row["text"] or "", (row["item"] or "") if with_items else None)
                for row in table
                if row["file"]
            ]
    except FileNotFoundError:
        raise BadLabels(f"{path} is missing: it lists the pictures as file,text.") from None
    except (OSError, UnicodeDecodeError, csv.Error) as fault:
        raise BadLabels(f"{path} cannot be read as a CSV file in UTF-8 ({type(fault).__name__}).") from fault


def open_picture(path: Path) -> _Picture | None:
    """BGR pixels, or None when the file is missing, empty or no picture."""
    try:
        raw = np.frombuffer(path.read_bytes(), np.uint8)
        picture = cv2.imdecode(raw, cv2.IMREAD_COLOR) if raw.size else None
    except (OSError, ValueError, cv2.error):  # ValueError: a NUL in the name
        return None
    return None if picture is None or picture.size == 0 else np.asarray(picture, dtype=np.uint8)


def _rounded(average: Callable[[list[float]], float], values: list[float]) -> float | None:
    return round(average(values), 2) if values else None
