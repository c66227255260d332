"""``eval ktp``: how well e-KTPs are read from a folder of labelled pictures.

A picture is one frame, read whole: it may show a hand with a card or nothing but the card. Frames of one ``card`` are
voted on in their order, as in a visit. What cannot be opened or read is counted, never skipped.
"""

from __future__ import annotations

import csv
import json
import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from kiosk.config import KtpSettings, Settings
from kiosk.identity.evaluate import open_picture
from kiosk.identity.ktp.engine import open_ktp_engine
from kiosk.identity.ktp.fields import CardFields
from kiosk.identity.ktp.guide import WHOLE, Guide
from kiosk.identity.ktp.portrait import Finder, portrait_of
from kiosk.identity.ktp.reading import KtpFrame
from kiosk.identity.ktp.rule import CardVote, KtpDecision, KtpVerdict
from kiosk.identity.nik import Sex
from kiosk.labels import BadLabels

LABELS = "labels.csv"
FIELDS = (
    "nama", "tempat_lahir", "tanggal_lahir", "jenis_kelamin", "alamat", "rt_rw", "kel_desa", "kecamatan", "agama",
    "status_perkawinan", "pekerjaan", "kewarganegaraan",
)  # fmt: skip
"""Columns that a reading is compared with, where they are there and filled."""

WIDE_CARD, FACE_PX = 800, 64
"""px: from this width of the card on its portrait must show a face of at least that width."""

_SEXES = {Sex.MALE: "LAKI-LAKI", Sex.FEMALE: "PEREMPUAN"}
Picture = NDArray[np.uint8]


class Engine(Protocol):
    def read(self, picture: Picture, guide: Guide) -> KtpFrame: ...


@dataclass(frozen=True, slots=True)
class Label:
    file: str = field(repr=False)
    card: str = field(repr=False)
    nik: str = field(repr=False)
    printed: Mapping[str, str] = field(repr=False)  # of FIELDS, only those that are labelled


def run_eval_ktp(directory: Path, json_out: Path | None, settings: Settings) -> dict[str, Any]:
    """Read every picture that ``directory/labels.csv`` names; see ``evaluate`` for the report. Raises BadLabels, and
    LastingFault when the models cannot be loaded."""
    labels = read_labels(directory / LABELS)
    engine = open_ktp_engine(settings)
    engine.load()  # the figures are those of pictures, not of loading
    report = evaluate(directory, labels, engine, _face_finder(settings), settings.ktp)
    if json_out is not None:
        json_out.parent.mkdir(parents=True, exist_ok=True)
        json_out.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    return report


def evaluate(
    directory: Path, labels: Sequence[Label], engine: Engine, find_face: Finder, settings: KtpSettings
) -> dict[str, Any]:
    """The report.

    Counts of pictures: ``n``, ``unreadable`` (cannot be opened), ``nik_exact`` (the number read is the label's),
    ``nik_accepted`` (the rule accepts it on this picture alone). Counts of cards: ``cards``, ``cards_accepted``,
    ``cards_nik_exact`` (what the vote accepts or offers for confirmation is the label's), ``portrait_found`` (a face on
    the portrait of one of its pictures), ``cards_wide`` and ``portrait_wide`` (800 px and wider as seen, and those of
    them with a face of 64 px). ``nik_wrong_accepted``: accepted and not the label's, pictures alone and votes over
    several. ``fields_exact``: share of the labelled fields that the vote's card has exactly, but for case and blanks.
    Seconds a picture, None without any: ``nik_median_s``, ``fields_median_s`` (number and all fields), ``p95_s`` (of
    the same), of reading alone.
    """
    tally = _Tally()
    for frames in _cards(labels):
        tally.card(directory, frames, engine, find_face, settings)
    return tally.report()


class _Tally:
    def __init__(self) -> None:
        self._counts = dict.fromkeys(
            ("n", "unreadable", "nik_exact", "nik_accepted", "nik_wrong_accepted", "cards", "cards_accepted",
             "cards_nik_exact", "portrait_found", "cards_wide", "portrait_wide"), 0,
        )  # fmt: skip
        self._right = self._labelled = 0
        self._nik_s: list[float] = []
        self._all_s: list[float] = []

    def card(
        self, directory: Path, labels: Sequence[Label], engine: Engine, find_face: Finder, settings: KtpSettings
    ) -> None:
        """One card: ``labels`` of its pictures in order."""
        frames = []
        faces, width = [0.0], 0.0
        for label in labels:
            self._counts["n"] += 1
            picture = open_picture(directory / label.file)
            if picture is None:
                self._counts["unreadable"] += 1
                continue
            frame = engine.read(picture, WHOLE)
            frames.append(frame)
            self._frame(label, frame, settings)
            width = max(width, frame.place.width if frame.place is not None else 0.0)
            if (portrait := portrait_of(picture, frame.place, find_face)) is not None:
                faces.append(portrait.face_px)
        counts = self._counts
        counts["portrait_found"] += max(faces) > 0
        counts["cards_wide"] += width >= WIDE_CARD
        counts["portrait_wide"] += width >= WIDE_CARD and max(faces) >= FACE_PX
        self._voted(labels[0], frames, len(labels) > 1, settings)

    def _frame(self, label: Label, frame: KtpFrame, settings: KtpSettings) -> None:
        alone = decide([frame], settings)
        self._counts["nik_exact"] += (alone.nik or frame.nik.full or frame.nik.strip) == label.nik
        self._count_accepted(alone, label, "nik_accepted", wrong=True)
        self._nik_s.append(frame.nik.seconds)
        self._all_s.append(frame.nik.seconds + frame.fields_seconds)

    def _voted(self, label: Label, frames: Sequence[KtpFrame], several: bool, settings: KtpSettings) -> None:
        decision = decide(frames, settings) if frames else None
        self._counts["cards"] += 1
        if decision is not None:
            self._counts["cards_nik_exact"] += decision.nik == label.nik
            self._count_accepted(decision, label, "cards_accepted", wrong=several)
        read = printed_fields(decision.fields) if decision is not None else {}
        self._labelled += len(label.printed)
        self._right += sum(read.get(name) == value for name, value in label.printed.items())

    def _count_accepted(self, decision: KtpDecision, label: Label, where: str, wrong: bool) -> None:
        if decision.verdict is KtpVerdict.ACCEPTED:
            self._counts[where] += 1
            self._counts["nik_wrong_accepted"] += wrong and decision.nik != label.nik

    def report(self) -> dict[str, Any]:
        shares = {"fields_exact": round(self._right / self._labelled, 4) if self._labelled else None}
        return {
            **self._counts,
            **shares,
            "nik_median_s": _median(self._nik_s),
            "fields_median_s": _median(self._all_s),
            "p95_s": round(float(np.percentile(self._all_s, 95)), 3) if self._all_s else None,
        }


def decide(frames: Sequence[KtpFrame], settings: KtpSettings) -> KtpDecision:
    """What the rule makes of these frames, one at least, when no other follows: it stops at the first acceptance, and
    at the last frame it says what it would ask."""
    vote = CardVote(settings.model_copy(update={"frames": min(len(frames), settings.frames)}))
    for frame in frames[: settings.frames]:
        decision = vote.add(frame)
        if decision.verdict is not KtpVerdict.ANOTHER:
            break
    return decision


def printed_fields(fields: CardFields) -> dict[str, str]:
    """What was read, as labels have it: dates dd-mm-yyyy, sex in words; only what was read."""
    read = {name: getattr(fields, name) for name in FIELDS}
    born, sex = fields.tanggal_lahir, fields.jenis_kelamin
    read["tanggal_lahir"] = born.strftime("%d-%m-%Y") if born is not None else ""
    read["jenis_kelamin"] = _SEXES[sex] if sex is not None else ""
    return {name: _plain(value) for name, value in read.items() if value}


def read_labels(path: Path) -> list[Label]:
    """Columns ``file`` and ``nik``, ``card`` that groups frames (each picture its own card without it), and any of
    FIELDS. Raises BadLabels."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as handle:
            table = csv.DictReader(handle)
            if not {"file", "nik"} <= set(table.fieldnames or ()):
                raise BadLabels(f"{path} needs the columns file and nik.")
            return [_label(row) for row in table if row["file"]]
    except FileNotFoundError:
        raise BadLabels(f"{path} is missing: it lists the pictures and what is printed on each card.") from None
    except (OSError, UnicodeDecodeError, csv.Error) as fault:
        raise BadLabels(f"{path} cannot be read as a CSV file in UTF-8 ({type(fault).__name__}).") from fault


def _label(row: Mapping[str, str | None]) -> Label:
    said = {name: _plain(row.get(name) or "") for name in FIELDS}
    file = row["file"] or ""
    return Label(
        file=file,
        card=row.get("card") or f"file {file}",
        nik=(row.get("nik") or "").strip(),
        printed={name: value for name, value in said.items() if value},
    )


def _cards(labels: Sequence[Label]) -> Iterator[list[Label]]:
    """Pictures of one card together, cards in the order they first appear."""
    grouped: dict[str, list[Label]] = {}
    for label in labels:
        grouped.setdefault(label.card, []).append(label)
    yield from grouped.values()


def _face_finder(settings: Settings) -> Finder:
    from kiosk.face.detector import FaceDetector  # noqa: PLC0415 - only with its weights
    from kiosk.face.weights import WeightsStore, load_manifest  # noqa: PLC0415

    store = WeightsStore(load_manifest(settings.weights_manifest), settings.weights_dir)
    return FaceDetector(store.path("detector")).find_in_photo


def _plain(text: str) -> str:
    return " ".join(text.upper().split())


def _median(values: Sequence[float]) -> float | None:
    return round(statistics.median(values), 3) if values else None
