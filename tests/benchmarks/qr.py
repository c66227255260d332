"""QR codes: ours, zxing-cpp alone, pyzbar and OpenCV, on the same frames of the report set in one run.

Every frame goes through all of them in turn, so that what else the machine does falls on each. Ours twice: thoroughly,
as a still is read, and live, where an item's frames come one after the other and the rescues take turns. CODES sets how
many items of five frames (default: the whole set).
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import fmean, median

import numpy as np
import zxingcpp
from numpy.typing import NDArray

from kiosk.identity.codes import MachineCodeReader
from kiosk.vision import cv2
from tests.identity.qr_frames import EMPTIES, FRAMES, ITEMS, PREFIXES, draw_empties, draw_item, held_frames

GOALS = "goals: >= 90 % of frames, >= 99 % of items, 0 wrong, hits <= 3.0 ms in the median, empty frames <= 8.0 ms live"
Picture = NDArray[np.uint8]
Read = Callable[[Picture], Sequence[str]]


@dataclass
class Score:
    """Of one decoder."""

    frames: int = 0
    items: int = 0
    wrong: int = 0
    hit_ms: list[float] = field(default_factory=list)
    empty_ms: list[float] = field(default_factory=list)
    empty_cpu_ms: list[float] = field(default_factory=list)
    false_hits: int = 0

    def shown(self, read: Read, picture: Picture, text: str) -> bool:
        """Whether a frame with a code was read."""
        found, spent, _ = timed(read, picture)
        hit = text in found
        self.frames += hit
        self.wrong += bool(found) and not hit
        if hit:
            self.hit_ms.append(spent)
        return hit

    def nothing_shown(self, read: Read, picture: Picture) -> None:
        found, spent, cpu = timed(read, picture)
        self.false_hits += bool(found)
        self.empty_ms.append(spent)
        self.empty_cpu_ms.append(cpu)

    def row(self, name: str, frames: int | None, items: int) -> str:
        share = f"{100 * self.frames / frames:>9.1f} %" if frames else f"{'':>11}"
        times = f"{median(self.hit_ms):>10.1f}{fmean(self.empty_ms):>10.1f}{fmean(self.empty_cpu_ms):>10.1f}"
        held = f"{100 * self.items / items:>8.1f} %"
        return f"{name:<26}{share}{held}{self.wrong:>7}{self.false_hits:>7}{times}"


def timed(read: Read, picture: Picture) -> tuple[Sequence[str], float, float]:
    """Texts, milliseconds, and milliseconds of this program's own."""
    began, cpu = time.perf_counter(), time.process_time()
    found = read(picture)
    return found, (time.perf_counter() - began) * 1000, (time.process_time() - cpu) * 1000


def zxing_alone(picture: Picture) -> Sequence[str]:
    return [code.text for code in zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormat.QRCode)]


def pyzbar_alone(picture: Picture) -> Sequence[str]:
    from pyzbar import pyzbar

    found = pyzbar.decode(picture, symbols=[pyzbar.ZBarSymbol.QRCODE])
    return [code.data.decode("utf-8", "replace") for code in found]


def opencv_alone() -> Read:
    detector = cv2.QRCodeDetector()

    def read(picture: Picture) -> Sequence[str]:
        try:
            text, _, _ = detector.detectAndDecode(picture)
        except cv2.error:  # it trips over a handful of frames
            return []
        return [text] if text else []

    return read


def main() -> None:
    items = int(os.environ.get("CODES", str(ITEMS)))
    prefix, load = PREFIXES["report"], os.getloadavg()[0]
    thorough = MachineCodeReader()
    alone: dict[str, Read] = {
        "ours, one picture": thorough.read_thoroughly,
        "zxing-cpp alone": zxing_alone,
        "pyzbar": pyzbar_alone,
        "OpenCV QRCodeDetector": opencv_alone(),
    }
    blank = np.full((720, 1280, 3), 128, np.uint8)
    for read in alone.values():  # what loading costs is no matter of the first code
        read(blank)
    scores = {name: Score() for name in alone}
    live = Score()
    for number in range(items):
        text, reader, by = draw_item(prefix, number).text, MachineCodeReader(), set()
        for picture in held_frames(prefix, number):
            if "live" not in by and live.shown(reader.read, picture, text):
                by.add("live")
            by |= {name for name, read in alone.items() if scores[name].shown(read, picture, text)}
        live.items += "live" in by
        for name in alone:
            scores[name].items += name in by
    reader = MachineCodeReader()
    for _, picture in draw_empties(prefix, EMPTIES):
        live.nothing_shown(reader.read, picture)
        for name, read in alone.items():
            scores[name].nothing_shown(read, picture)

    print(f"QR, {items} drawn items of {FRAMES} frames and {EMPTIES} empty ones, 1280x720, {os.cpu_count()} cores, ms")
    print(f"load before the run {load:.1f}: above 0.5 the machine was busy, and only the ratios hold")
    print(f"{'':<26}{'frames':>11}{'items':>10}{'wrong':>7}{'false':>7}{'hit':>10}{'empty':>10}{'its CPU':>10}")
    print(live.row("ours, live", None, items))
    for name, score in scores.items():
        print(score.row(name, items * FRAMES, items))
    print(GOALS)


if __name__ == "__main__":
    main()
