"""A scanner that is a keyboard. The risk: it writes past the kiosk, or a keyboard in its place types like a scanner."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import time
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from hardware.scanner import ScanService, assemble, hid_scanner
from hardware.scanner.hid_scanner import DOWN, LOST, REPEATED, UP, EvdevKeys, HidScanner, KeyPress
from hardware.scanner.us_layout import ENDS, PLAIN, SHIFTED
from kiosk.config import ScannerSettings, Settings
from kiosk.ports import LastingFault, PartState, PassingFault, Scan
from kiosk.runtime.worker import BackOff, ResilientWorker

CARD = "0001234567890"
TOKEN = "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJjb250b2gifQ.aZ-_09"
SHIFT, CAPITALS = 42, set('~!@#$%^&*()_+{}|:"<>?ABCDEFGHIJKLMNOPQRSTUVWXYZ')
GAP = 0.004
WAIT_SECONDS = 5.0


KEYS = {letter: key for layer in (SHIFTED, PLAIN, ENDS) for key, letter in layer.items()}


def key_of(letter: str) -> int:
    return KEYS[letter]


def keys_of(text: str, begin: float = 10.0, gap: float = GAP) -> list[KeyPress]:
    """As a scanner sends them: shift down and up round every capital."""
    presses: list[KeyPress] = []
    for number, letter in enumerate(text):
        at = begin + number * gap
        strokes = [(key_of(letter), DOWN), (key_of(letter), UP)]
        if letter in CAPITALS:
            strokes = [(SHIFT, DOWN), *strokes, (SHIFT, UP)]
        presses += [KeyPress(key, value, at) for key, value in strokes]
    return presses


class FakeKeys:
    """``KeyDevice`` for machines without ``/dev/input``."""

    path = "/dev/input/by-id/usb-contoh-event-kbd"

    def __init__(self, *batches: Sequence[KeyPress]) -> None:
        self.batches = deque(batches)
        self.plugged = True
        self.opened = 0

    def open(self) -> None:
        if not self.plugged:
            raise PassingFault("unplugged")
        self.opened += 1

    def presses(self, seconds: float) -> Sequence[KeyPress]:
        if not self.plugged:
            raise PassingFault("unplugged")
        if self.batches:
            return self.batches.popleft()
        time.sleep(0.005)
        return []

    def close(self) -> None: ...


def read_all(*batches: Sequence[KeyPress]) -> list[str]:
    scanner = HidScanner(FakeKeys(*batches))
    scanner.open()
    texts = [scanner.read() for _ in range(len(batches) + 2)]
    return [text for text in texts if text is not None]


@pytest.mark.parametrize("text", [CARD, "BPJS-STAFF:q8Zt3-demo-token-0001", TOKEN, "IKD1:6BF$+%QC*HI.P A/B"])
def test_every_kind_of_code_comes_out_as_it_was_scanned(text: str) -> None:
    assert read_all(keys_of(text + "\n")) == [text]


def test_a_code_may_come_in_pieces_and_several_at_once() -> None:
    keys = keys_of(f"{CARD}\nBBBBBB\n")
    assert read_all(keys[:7], keys[7:]) == [CARD, "BBBBBB"]


def test_a_keyboard_in_the_scanners_place_is_only_somebody_typing() -> None:
    assert read_all(keys_of(f"{CARD}\n", gap=0.09)) == []


def test_a_key_that_is_held_down_repeats_fast_enough_and_is_no_scan() -> None:
    held = [KeyPress(key_of("1"), DOWN, 1.0)] + [KeyPress(key_of("1"), REPEATED, 1.0 + n * 0.03) for n in range(1, 20)]
    assert read_all([*held, KeyPress(key_of("\n"), DOWN, 1.61)]) == []


def test_keys_that_the_kernel_lost_leave_no_shorter_number_behind() -> None:
    keys = keys_of(f"{CARD}\n")
    lost = KeyPress(LOST, UP, keys[8].at)
    assert read_all([*keys[:8], lost, *keys[12:]]) == []
    assert read_all([*keys[:8], lost, *keys[12:]], keys_of(f"{CARD}\n", begin=12.0)) == [CARD]


def test_a_function_key_within_a_code_is_no_part_of_any() -> None:
    keys = keys_of(f"{CARD}\n")
    assert read_all([*keys[:8], KeyPress(59, DOWN, keys[8].at), *keys[8:]]) == []


def test_half_a_code_from_before_a_re_opening_is_no_part_of_the_next() -> None:
    device = FakeKeys(keys_of("999999"))
    scanner = HidScanner(device)
    scanner.open()
    assert scanner.read() is None
    scanner.close()
    scanner.open()
    device.batches.append(keys_of(f"{CARD}\n", begin=10.03))
    assert scanner.read() == CARD


def test_it_comes_back_by_itself_when_it_is_plugged_in_again() -> None:
    device, scans = FakeKeys(keys_of(f"{CARD}\n")), list[Scan]()
    worker = ResilientWorker(ScanService(HidScanner(device), scans.append), back_off=BackOff(first=0.01, longest=0.02))

    def until_scans(count: int) -> None:
        until = time.monotonic() + WAIT_SECONDS
        while len(scans) < count:
            assert time.monotonic() < until, worker.glance()
            time.sleep(0.005)

    worker.start()
    until_scans(1)
    device.plugged = False
    while worker.glance().state is not PartState.DEGRADED:
        time.sleep(0.005)
    assert worker.glance().last_fault == "unplugged"
    device.plugged = True
    device.batches.append(keys_of("BBBBBB\n"))
    until_scans(2)
    assert worker.stop()
    assert [(scan.text, scan.source, scan.simulated) for scan in scans] == [
        (CARD, f"{device.path}#1", False),
        ("BBBBBB", f"{device.path}#2", False),
    ]


# ---- the real device


def test_a_keyboard_without_a_name_needs_a_technician() -> None:
    with pytest.raises(LastingFault, match="no_device"):
        HidScanner(EvdevKeys("")).open()


def test_a_scanner_that_is_not_there_is_waited_for() -> None:
    scanner = HidScanner(EvdevKeys("/dev/input/by-id/none"))
    with pytest.raises(PassingFault, match="unplugged"):
        scanner.open()
    with pytest.raises(PassingFault, match="unplugged"):
        scanner.read()
    scanner.close()


def test_a_file_that_is_no_input_device_is_no_scanner(tmp_path: Path) -> None:
    (tmp_path / "event0").write_bytes(b"")
    with pytest.raises(PassingFault, match="unplugged"):
        EvdevKeys(str(tmp_path / "event0")).open()


class Input:
    """What the kernel's device would do, where there is none."""

    keys: Sequence[int] = (2, 28)
    grab_error: int = 0
    fd = 0

    def __init__(self, path: str) -> None:
        self.closed = False
        Input.last = self

    def capabilities(self) -> dict[int, Sequence[int]]:
        return {1: self.keys}

    def grab(self) -> None:
        if self.grab_error:
            raise OSError(self.grab_error, "grab")

    def close(self) -> None:
        self.closed = True


@pytest.mark.parametrize(
    ("keys", "error", "fault", "reason"),
    [
        ((272, 273), 0, LastingFault, "no_keyboard"),  # a mouse
        ((2, 28), errno.EBUSY, PassingFault, "busy"),
        ((2, 28), errno.ENODEV, PassingFault, "unplugged"),
        ((2, 28), errno.EACCES, LastingFault, "no_permission"),
    ],
)
def test_what_cannot_be_taken_alone_is_let_go_with_its_reason(
    monkeypatch: pytest.MonkeyPatch, keys: Sequence[int], error: int, fault: type[Exception], reason: str
) -> None:
    monkeypatch.setattr("evdev.InputDevice", type("Other", (Input,), {"keys": keys, "grab_error": error}))
    monkeypatch.setattr(hid_scanner.fcntl, "ioctl", lambda *_: 0)
    with pytest.raises(fault, match=reason):
        EvdevKeys("/dev/input/event0").open()
    assert Input.last.closed, "another program could never have it"


class Piped(Input):
    """Ready to be read as long as something lies in a pipe."""

    events: Sequence[tuple[int, int, int]] | OSError = ()  # type, code, value

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.fd, self._write = os.pipe()
        os.write(self._write, b"x")

    def read(self) -> list[Any]:
        from evdev import InputEvent

        os.read(self.fd, 1)
        if isinstance(self.events, OSError):
            raise self.events
        return [InputEvent(7, 250_000, *event) for event in self.events]

    def close(self) -> None:
        for end in (self.fd, self._write):
            os.close(end)


def opened(monkeypatch: pytest.MonkeyPatch, events: Sequence[tuple[int, int, int]] | OSError) -> EvdevKeys:
    monkeypatch.setattr("evdev.InputDevice", type("Other", (Piped,), {"events": events}))
    monkeypatch.setattr(hid_scanner.fcntl, "ioctl", lambda *_: 0)
    keys = EvdevKeys("/dev/input/event0")
    keys.open()
    return keys


def test_key_strokes_and_losses_come_in_their_order_and_nothing_else_does(monkeypatch: pytest.MonkeyPatch) -> None:
    scan_code, key, sync, dropped = (4, 4, 458756), (1, 30, 1), (0, 0, 0), (0, 3, 0)
    device = opened(monkeypatch, [scan_code, key, sync, dropped])
    assert device.presses(0.01) == [KeyPress(30, DOWN, 7.25), KeyPress(LOST, UP, 7.25)]
    assert device.presses(0.01) == []
    device.close()
    with pytest.raises(PassingFault, match="unplugged"):
        device.presses(0.01)


def test_a_scanner_that_is_pulled_is_a_passing_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    device = opened(monkeypatch, OSError(errno.ENODEV, "gone"))
    with pytest.raises(PassingFault, match="unplugged"):
        device.presses(0.01)
    device.close()


def test_evdev_is_loaded_only_where_there_is_such_a_scanner() -> None:
    program = (
        "import sys\nimport hardware.scanner\nfrom kiosk.config import ScannerSettings, Settings\n"
        "hardware.scanner.assemble(Settings(scanner=ScannerSettings(kind='keyboard', device='/dev/input/x')))\n"
        "assert 'evdev' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


@pytest.mark.skipif(not Path("/dev/uinput").exists(), reason="no /dev/uinput: the kernel can make no keyboard here")
def test_a_real_keyboard_of_the_kernel_is_read_alone() -> None:
    from evdev import InputDevice, UInput, ecodes

    keys: dict[int, Any] = {ecodes.EV_KEY: [*PLAIN, *ENDS, SHIFT]}
    with UInput(keys, name="contoh-scanner") as keyboard:
        path = keyboard.device.path
        scanner = HidScanner(EvdevKeys(path))
        scanner.open()
        with pytest.raises(PassingFault, match="busy"):
            EvdevKeys(path).open()
        for press in keys_of(f"{TOKEN}\n"):
            keyboard.write(ecodes.EV_KEY, press.key, press.value)
            keyboard.syn()
        until, text = time.monotonic() + WAIT_SECONDS, None
        while text is None and time.monotonic() < until:
            text = scanner.read()
        scanner.close()
        InputDevice(path).grab()  # it was let go
    assert text == TOKEN


# ---- which one


@pytest.mark.parametrize(
    "settings",
    [
        ScannerSettings(device="/dev/input/by-id/usb-contoh-event-kbd"),
        ScannerSettings(kind="keyboard", device="/dev/hidraw-named-otherwise"),
        ScannerSettings(kind="keyboard"),
    ],
)
def test_a_keyboard_is_chosen_by_its_place_or_by_name(settings: ScannerSettings) -> None:
    source, levers = assemble(Settings(scanner=settings))
    assert isinstance(source, HidScanner)
    assert source.path == settings.device
    assert levers is None
