"""Reads a card in one picture: the number first, and whatever else it says when there is time.

The number takes one detection, the fast recogniser on every line (their labels say where the card lies) and the
better recogniser on the number strip. The fields are read by the better recogniser, strip by strip, and what it
cannot read is left to the fast one. Nothing is kept between two calls.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from kiosk.config import Settings
from kiosk.face.weights import WeightsStore, load_manifest
from kiosk.identity.ktp.background import background_of
from kiosk.identity.ktp.fields import CardFields
from kiosk.identity.ktp.guide import Guide
from kiosk.identity.ktp.labels import Label, labelled
from kiosk.identity.ktp.lines import TextLine
from kiosk.identity.ktp.place import CardPlace, find_card, number_strips
from kiosk.identity.ktp.reading import KtpFrame, NikReading
from kiosk.identity.ktp.rows import Row, fields_of, missing_row, rows_of, strip_of, value_in
from kiosk.identity.ktp.values import birth_of, number_of, sex_of, with_blanks
from kiosk.identity.nik import Sex
from kiosk.ports import LastingFault
from kiosk.vision import cv2

if TYPE_CHECKING:
    from kiosk.identity.ktp.ocr import LineFinder, LineReader

Picture = NDArray[np.uint8]

SLOTS = ("ktp_detector", "ktp_recogniser", "ktp_recogniser_keys", "ktp_second", "ktp_second_keys")
MARGIN = 0.12
"""Around the guide, of its width: cards held a little outside are still whole."""
PAPER = 200.0
"""Grey level that paper is brought to. With this, and number and header as landmarks beside the labels, 2 of 200
pictures show no card, without both 10."""
MOST_GAIN = 4.0
SURE = 0.93
"""Score of a date or sex that only one recogniser could read. Of eighteen such pictures the ten below had 2 to 10 of 12
fields right, the eight above 8 to 12."""
READ_LATER = tuple(label for label in Label if label not in (Label.NIK, Label.BERLAKU_HINGGA))


@dataclass(slots=True)
class _Models:
    finder: LineFinder
    fast: LineReader
    second: LineReader


class KtpEngine:
    """Thread-safe by one lock."""

    def __init__(self, weights: WeightsStore) -> None:
        self._weights = weights
        self._lock = threading.Lock()
        self._models: _Models | None = None

    def load(self) -> None:
        """Load every model once, 1 s. Raises LastingFault "ocr_missing:<slot>", "ocr_damaged:<slot>" or
        "ocr_runtime"."""
        with self._lock:
            if self._models is None:
                self._models = self._load()

    def read_nik(self, picture: Picture, guide: Guide) -> NikReading:
        """``picture`` uint8 (h, w, 3) BGR. Raises LastingFault as ``load``."""
        began = time.perf_counter()
        models = self._ready()
        with self._lock:
            lines = _lines(models, picture, guide)
            place = find_card(lines)
            if place is None:
                return NikReading(full=_lone_number(lines), seconds=time.perf_counter() - began)
            rows = rows_of(place, lines)
            texts = {label: row.text for label, row in rows.items()}
            full = number_of(texts.get(Label.NIK, ""))
            strip = _strip_number(models, picture, place)
            born = birth_of(texts.get(Label.TEMPAT_TGL_LAHIR, ""))[1]
            sex = sex_of(texts.get(Label.JENIS_KELAMIN, ""))
            unread = _unread(born, sex)
            if unread and full and full == strip:  # what was read stands, agreeing or not
                better = _values(models, picture, place, rows, unread, sure=SURE)
                born = born or birth_of(better.get(Label.TEMPAT_TGL_LAHIR, ""))[1]
                sex = sex or sex_of(better.get(Label.JENIS_KELAMIN, ""))
        return NikReading(
            full=full,
            strip=strip,
            birth_date=born,
            sex=sex,
            seconds=time.perf_counter() - began,
            place=place,
            rows=rows,
        )

    def read_fields(self, picture: Picture, guide: Guide, begun: NikReading | None = None) -> CardFields:
        """Every field; ``begun`` is what ``read_nik`` said of the same picture. Empty where no card was found."""
        begun = begun or self.read_nik(picture, guide)
        if begun.place is None:
            return CardFields(nik=begun.full)
        models = self._ready()
        with self._lock:
            better = _values(models, picture, begun.place, begun.rows, READ_LATER)
        fast = {label: row.text for label, row in begun.rows.items()}
        spaced = {label: with_blanks(text, fast.get(label, "")) for label, text in better.items()}
        fields = fields_of(spaced).merged(fields_of(fast))
        # The number was held against these: what is shown and kept must not be another reading of them.
        born, sex = begun.birth_date or fields.tanggal_lahir, begun.sex or fields.jenis_kelamin
        return replace(fields, nik=begun.full, tanggal_lahir=born, jenis_kelamin=sex)

    def read(self, picture: Picture, guide: Guide) -> KtpFrame:
        """Number and fields, with the seconds of each."""
        reading = self.read_nik(picture, guide)
        began = time.perf_counter()
        fields = self.read_fields(picture, guide, reading)
        background = background_of(picture, reading.place)
        return KtpFrame(reading, fields, background, time.perf_counter() - began)

    def _ready(self) -> _Models:
        self.load()
        assert self._models is not None  # noqa: S101  load() raised otherwise
        return self._models

    def _load(self) -> _Models:
        try:
            finder, fast, fast_keys, second, second_keys = (self._weights.path(slot) for slot in SLOTS)
        except LastingFault as fault:
            raise LastingFault(fault.reason.replace("weights_", "ocr_", 1)) from None
        from kiosk.identity.ktp.ocr import LineFinder, LineReader  # noqa: PLC0415  onnxruntime and rapidocr, 1 s

        return _Models(LineFinder(finder), LineReader(fast, fast_keys), LineReader(second, second_keys))


def open_ktp_engine(settings: Settings) -> KtpEngine:
    """Cheap; ``load`` is not. Raises LastingFault("weights_manifest") when the manifest cannot be read."""
    return KtpEngine(WeightsStore(load_manifest(settings.weights_manifest), settings.weights_dir))


def _lines(models: _Models, picture: Picture, guide: Guide) -> list[TextLine]:
    from kiosk.identity.ktp.ocr import cut  # noqa: PLC0415

    left, top, right, bottom = guide.pixels(picture.shape[1], picture.shape[0], MARGIN)
    crop = _lightened(picture[top:bottom, left:right])
    boxes = models.finder.find(crop)
    texts = models.fast.read([cut(crop, box) for box in boxes])
    corner = np.array([left, top], np.float32)
    return [TextLine(box + corner, text, score) for box, (text, score) in zip(boxes, texts, strict=True)]


def _lightened(crop: Picture) -> Picture:
    """Paper brought to the light it has in good pictures: the detector passes over grey print on grey paper."""
    middle = crop[crop.shape[0] // 4 : -crop.shape[0] // 4 : 4, crop.shape[1] // 4 : -crop.shape[1] // 4 : 4]
    paper = float(np.percentile(middle, 70)) if middle.size else PAPER
    return np.asarray(cv2.convertScaleAbs(crop, alpha=min(max(PAPER / max(paper, 1.0), 1.0), MOST_GAIN)), np.uint8)


def _strip_number(models: _Models, picture: Picture, place: CardPlace) -> str:
    """The first of the strips that holds sixteen digits; never the one that suits."""
    from kiosk.identity.ktp.ocr import cut  # noqa: PLC0415

    for strip in number_strips(place):
        if number := number_of(models.second.read([cut(picture, strip)])[0][0]):
            return number
    return ""


def _lone_number(lines: list[TextLine]) -> str:
    """Without a card around it: the one number that there is, behind its label or alone."""
    texts = ((found.rest if (found := labelled(line.text)) else line.text) for line in lines)
    numbers = {number for text in texts if (number := number_of(text))}
    return numbers.pop() if len(numbers) == 1 else ""


def _unread(born: date | None, sex: Sex | None) -> list[Label]:
    return [*([] if born else [Label.TEMPAT_TGL_LAHIR]), *([] if sex else [Label.JENIS_KELAMIN])]


def _values(
    models: _Models,
    picture: Picture,
    place: CardPlace,
    rows: Mapping[Label, Row],
    labels: Sequence[Label],
    *,
    sure: float = 0.0,
) -> dict[Label, str]:
    """By the better recogniser, each in its strip; those that it is as ``sure`` of."""
    from kiosk.identity.ktp.ocr import cut  # noqa: PLC0415

    wanted = {label: rows.get(label) or missing_row(label) for label in labels}
    strips = {label: strip_of(place, label, row) for label, row in wanted.items() if row is not None}
    read = models.second.read([cut(picture, strip) for strip in strips.values()])
    return {label: value_in(label, text) for label, (text, score) in zip(strips, read, strict=True) if score >= sure}
