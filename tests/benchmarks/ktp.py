"""e-KTPs: ours, rapidocr as shipped and tesseract where it is installed, on the same pictures in one run.

One picture a card out of the report set, each through every reader in turn, so that what else the machine does falls on
all of them. CARDS sets how many (default 20). The accuracy of votes over five frames is ``main.py eval ktp``'s.
"""

from __future__ import annotations

import logging
import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable
from statistics import median

import numpy as np
from numpy.typing import NDArray

from kiosk.config import Settings
from kiosk.identity.evaluate_ktp import FIELDS, decide, printed_fields
from kiosk.identity.ktp.engine import open_ktp_engine
from kiosk.identity.ktp.guide import WHOLE
from kiosk.vision import cv2
from tests.benchmarks.visit import percentile
from tests.identity.ktp_sets import REPORT, cards, labels

NIK_GOAL, FIELDS_GOAL = "goal <= 0.6", "goal <= 1.2"
"""Seconds, from the issue that asked for the figures."""
NUMBER = re.compile(r"(?<![0-9])[0-9]{16}(?![0-9])")

Picture = NDArray[np.uint8]
Reader = Callable[[Picture], str]


def numbers_in(text: str) -> list[str]:
    """Runs of exactly sixteen digits, blanks within a line not counted."""
    return [found for line in text.splitlines() for found in NUMBER.findall(re.sub(r"\s", "", line))]


def rapidocr_reader() -> Reader:
    """Its own defaults and the models of its wheel."""
    logging.getLogger("RapidOCR").disabled = True
    from rapidocr import RapidOCR

    engine = RapidOCR()
    return lambda picture: "\n".join(engine(picture).txts or ())


def tesseract_reader() -> Reader | None:
    """Indonesian where that language is installed, English otherwise. None without the program."""
    program = shutil.which("tesseract")
    if program is None:
        return None
    known = subprocess.run([program, "--list-langs"], capture_output=True, text=True, check=True).stdout.split()
    language = "ind" if "ind" in known else "eng"

    def read(picture: Picture) -> str:
        _, png = cv2.imencode(".png", picture)
        done = subprocess.run(
            [program, "stdin", "stdout", "-l", language], input=png.tobytes(), capture_output=True, check=True
        )
        return done.stdout.decode("utf-8", "replace")

    return read


def row(name: str, seconds: list[float], exact: int, goal: str = "") -> str:
    said = f"{name:<44}{median(seconds):>9.2f}{percentile(seconds, 0.95):>9.2f}{100 * exact / len(seconds):>8.0f} %"
    return f"{said}  {goal}".rstrip()


def main() -> None:
    count = int(os.environ.get("CARDS", "20"))
    settings, load = Settings(), os.getloadavg()[0]
    ours = open_ktp_engine(settings)
    ours.load()
    beside: dict[str, Reader] = {"rapidocr as shipped": rapidocr_reader()}
    if (tesseract := tesseract_reader()) is not None:
        beside["tesseract"] = tesseract
    blank = np.full((720, 1280, 3), 128, np.uint8)
    ours.read(blank, WHOLE)
    for read in beside.values():  # what the first picture costs is no matter of the card on it
        read(blank)

    spent: dict[str, list[float]] = {name: [] for name in ("ours: number", "ours: all fields", *beside)}
    exact = dict.fromkeys(spent, 0)
    right = 0
    for specimen in cards(REPORT, count, frames=1):
        picture, nik = specimen.shots[0].picture, specimen.person.nik
        frame = ours.read(picture, WHOLE)
        spent["ours: number"].append(frame.nik.seconds)
        spent["ours: all fields"].append(frame.nik.seconds + frame.fields_seconds)
        read_nik = decide([frame], settings.ktp).nik == nik
        exact["ours: number"] += read_nik
        exact["ours: all fields"] += read_nik
        printed = labels(specimen.person)
        fields = printed_fields(frame.fields)
        right += sum(fields.get(name) == printed[name] for name in FIELDS)
        for name, read in beside.items():
            began = time.perf_counter()
            text = read(picture)
            spent[name].append(time.perf_counter() - began)
            exact[name] += nik in numbers_in(text)

    print(f"e-KTP, {count} drawn cards of the report set, one picture each, {os.cpu_count()} cores, s")
    print(f"load before the run {load:.1f}: above 0.5 the machine was busy, and only the ratios hold")
    print(f"{'':<44}{'median':>9}{'p95':>9}{'NIK':>10}")
    goals = {"ours: number": NIK_GOAL, "ours: all fields": FIELDS_GOAL}
    for name, seconds in spent.items():
        print(row(name, seconds, exact[name], goals.get(name, "")))
    print(f"ours: fields exact on the single picture {100 * right / (count * len(FIELDS)):.1f} %")
    if "tesseract" not in beside:
        print("tesseract is not installed: left out")


if __name__ == "__main__":
    main()
