"""Code scanners over a real serial line. The risk: half a code taken for a whole one, or a scanner that stays away."""

from __future__ import annotations

import contextlib
import itertools
import os
import subprocess
import sys
import threading
import time
import tty
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.scanner import ScanService, assemble
from hardware.scanner.lines import MAX_BYTES, CodeLines
from hardware.scanner.serial_scanner import STALE_SECONDS, SerialScanner
from hardware.scanner.service import REPEAT_SECONDS
from hardware.scanner.simulated import ScannerLevers, SimulatedScanner
from kiosk.config import CentreSettings, ScannerSettings, Settings
from kiosk.ports import LastingFault, PartState, PassingFault, Scan, ScannerSource
from kiosk.runtime.worker import BackOff, ResilientWorker

CODE = "0001234567890"
WAIT_SECONDS = 5.0


# ---- lines


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n"])
def test_every_way_a_scanner_ends_a_code_is_understood(end: str) -> None:
    assert CodeLines().feed(f"{CODE}{end}".encode()) == [CODE]


def test_several_codes_in_one_burst_come_in_order() -> None:
    assert CodeLines().feed(b"A1\r\nB2\r\nC3\r") == ["A1", "B2", "C3"]


def test_half_a_code_of_an_earlier_scan_is_never_joined_to_the_next() -> None:
    lines = CodeLines()
    assert lines.feed(b"00012345") == []
    lines.silence()
    assert lines.feed(b"0001234567890\r") == [CODE]


def test_a_code_in_pieces_is_put_together_while_it_comes() -> None:
    lines = CodeLines()
    assert lines.feed(b"000123") == []
    assert lines.feed(b"4567890\r") == [CODE]
    assert lines.feed(b"\n") == [], "the other half of its CRLF"


def test_a_code_with_a_damaged_byte_is_dropped_whole() -> None:
    """Without the byte it would be somebody else's number."""
    assert CodeLines().feed(b"00012345\xff67890\r" + CODE.encode() + b"\r") == [CODE]


def test_the_longest_code_is_read_and_one_that_is_longer_is_dropped_to_its_end() -> None:
    lines = CodeLines()
    assert lines.feed(b"x" * MAX_BYTES + b"\r") == ["x" * MAX_BYTES]
    assert lines.feed(b"x" * (MAX_BYTES + 1) + b"\r") == []
    for _ in range(3):
        assert lines.feed(b"x" * MAX_BYTES) == []
        assert len(lines._begun) <= MAX_BYTES, "noise must not fill the memory"
    lines.silence()
    assert lines.feed(b"tail\r" + CODE.encode() + b"\r") == [CODE]


@given(st.lists(st.one_of(st.binary(max_size=40), st.none()), max_size=30))
def test_whatever_comes_over_the_line_never_raises_and_never_grows(pieces: list[bytes | None]) -> None:
    lines = CodeLines()
    for received in pieces:
        if received is None:
            lines.silence()
            continue
        for text in lines.feed(received):
            assert text
            assert "\r" not in text
            assert "\n" not in text
        assert len(lines._begun) <= MAX_BYTES


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), min_size=1).map(str.strip)), st.data())
def test_it_does_not_matter_where_a_stream_is_cut(codes: list[str], data: st.DataObject) -> None:
    stream = "".join(code + "\r\n" for code in codes).encode()
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=8)))
    lines, texts = CodeLines(), []
    for start, end in itertools.pairwise([0, *cuts, len(stream)]):
        texts += lines.feed(stream[start:end])
    assert texts == [code for code in codes if code]


# ---- serial


class Line:
    """A pseudo terminal: the scanner's cable."""

    def __init__(self) -> None:
        self.master, self._slave = os.openpty()
        tty.setraw(self._slave)
        self.path = os.ttyname(self._slave)

    def send(self, text: str) -> None:
        os.write(self.master, text.encode())

    def pull(self) -> None:
        for handle in (self.master, self._slave):
            os.close(handle)


@pytest.fixture
def line() -> Iterator[Line]:
    line = Line()
    yield line
    with contextlib.suppress(OSError):  # a test may have pulled it
        line.pull()


def next_code(scanner: ScannerSource) -> str:
    until = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < until:
        text = scanner.read()
        if text is not None:
            return text
    raise AssertionError("nothing was read")


def test_codes_come_over_a_real_line_whole_and_in_order(line: Line) -> None:
    scanner = SerialScanner(line.path, 9600)
    scanner.open()
    line.send(f"{CODE}\r\nBPJS-STAFF:q8Zt3-demo-token-0001\r")
    assert next_code(scanner) == CODE
    assert next_code(scanner) == "BPJS-STAFF:q8Zt3-demo-token-0001"
    assert scanner.read() is None
    scanner.close()


def test_a_scan_that_broke_off_is_forgotten_and_the_next_one_is_whole(line: Line) -> None:
    scanner = SerialScanner(line.path, 9600)
    scanner.open()
    line.send("99999")
    until = time.monotonic() + 3 * STALE_SECONDS
    while time.monotonic() < until:
        assert scanner.read() is None
    line.send(f"{CODE}\r")
    assert next_code(scanner) == CODE
    scanner.close()


def test_half_a_code_from_before_a_re_opening_is_no_part_of_the_next(line: Line) -> None:
    scanner = SerialScanner(line.path, 9600)
    scanner.open()
    line.send("A\rB\r99999")
    assert next_code(scanner) == "A"
    scanner.close()
    scanner.open()
    line.send(f"{CODE}\r")
    assert next_code(scanner) == CODE
    scanner.close()


def test_a_busy_kiosk_does_not_make_the_end_of_a_code_into_a_whole_one(line: Line) -> None:
    """The bytes came without a pause; only this thread got no processor between them."""
    scanner = SerialScanner(line.path, 9600)
    scanner.open()
    line.send(CODE[:8])
    assert scanner.read() is None
    line.send(f"{CODE[8:]}\r")
    time.sleep(2 * STALE_SECONDS)
    assert next_code(scanner) == CODE
    scanner.close()


def test_what_was_scanned_while_nobody_listened_belongs_to_no_visit(line: Line) -> None:
    line.send(f"{CODE}\r")
    scanner = SerialScanner(line.path, 9600)
    scanner.open()
    line.send("now\r")
    assert next_code(scanner) == "now"
    scanner.close()


def test_a_line_that_another_program_reads_is_busy_and_free_again_after_it(line: Line) -> None:
    first, second = SerialScanner(line.path, 9600), SerialScanner(line.path, 9600)
    first.open()
    with pytest.raises(PassingFault, match="busy"):
        second.open()
    first.close()
    second.open()
    second.close()


def test_a_cable_that_is_pulled_is_a_passing_fault(line: Line) -> None:
    scanner = SerialScanner(line.path, 9600)
    scanner.open()
    line.pull()
    with pytest.raises(PassingFault, match="unplugged"):
        for _ in range(20):
            scanner.read()
    scanner.close()
    with pytest.raises(PassingFault, match="unplugged"):
        scanner.read()


def test_a_scanner_that_is_not_there_is_waited_for() -> None:
    with pytest.raises(PassingFault, match="unplugged"):
        SerialScanner("/dev/ttyACM-none", 9600).open()


def test_a_line_without_permission_needs_a_technician(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_arguments: object, **_options: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("os.open", refused)
    with pytest.raises(LastingFault, match="no_permission"):
        SerialScanner("/dev/ttyS0", 9600).open()


def test_the_serial_library_is_loaded_only_where_there_is_a_line() -> None:
    program = (
        "import sys\nimport hardware.scanner\nfrom kiosk.config import Settings\n"
        "hardware.scanner.assemble(Settings())\nassert 'serial' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


# ---- the service


class Rig:
    def __init__(self, source: ScannerSource, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.scans: list[Scan] = []
        self.came = threading.Condition()
        self.worker = ResilientWorker(
            ScanService(source, self._take, monotonic), back_off=BackOff(first=0.02, longest=0.05, lasting=0.05)
        )

    def _take(self, scan: Scan) -> None:
        with self.came:
            self.scans.append(scan)
            self.came.notify_all()

    def until_state(self, state: PartState) -> None:
        until = time.monotonic() + WAIT_SECONDS
        while self.worker.glance().state is not state:
            assert time.monotonic() < until, self.worker.glance()
            time.sleep(0.005)

    def until(self, count: int) -> None:
        with self.came:
            assert self.came.wait_for(lambda: len(self.scans) >= count, WAIT_SECONDS), self.scans


def test_a_real_line_comes_back_by_itself_as_another_instance(line: Line, tmp_path: Path) -> None:
    node, other = tmp_path / "ttyACM0", Line()
    node.symlink_to(line.path)
    rig = Rig(SerialScanner(str(node), 9600))
    rig.worker.start()
    rig.until_state(PartState.READY)
    line.send("A\r")
    rig.until(1)
    line.pull()
    rig.until_state(PartState.DEGRADED)
    assert rig.worker.glance().last_fault == "unplugged"
    node.unlink()
    node.symlink_to(other.path)
    rig.until_state(PartState.READY)
    other.send("B\r")
    rig.until(2)
    assert rig.worker.stop()
    after = SerialScanner(str(node), 9600)
    after.open()  # the stopped worker holds no line
    after.close()
    other.pull()
    assert [scan.text for scan in rig.scans] == ["A", "B"]
    assert rig.scans[0].source == f"{node}#1"
    assert rig.scans[1].source != rig.scans[0].source
    assert not any(scan.simulated for scan in rig.scans)


def test_a_scanner_that_is_plugged_in_again_is_another_instance_and_goes_on_by_itself() -> None:
    levers = ScannerLevers()
    rig = Rig(SimulatedScanner(levers))
    rig.worker.start()
    levers.scan("A")
    rig.until(1)
    levers.unplug()
    levers.scan("lost")
    while not rig.worker.glance().last_fault:
        time.sleep(0.01)
    levers.plug()
    levers.scan("B")
    rig.until(2)
    rig.worker.stop()
    assert [(scan.text, scan.source, scan.simulated) for scan in rig.scans] == [
        ("A", "simulated#1", True),
        ("B", "simulated#2", True),
    ]


def test_a_code_that_stays_before_the_scanner_counts_once_and_again_after_a_while() -> None:
    now = [10.0]
    levers = ScannerLevers()
    service = ScanService(SimulatedScanner(levers), (scans := []).append, lambda: now[0])
    service.set_up()
    for pause in (0.0, 0.3, 2.0, 3.0):
        now[0] += pause
        levers.scan(CODE)
        service.work()
    assert [scan.read_at for scan in scans] == [10.0, 15.3]


def test_two_codes_on_one_card_count_once_each_however_they_alternate() -> None:
    now, scans = [10.0], list[Scan]()
    levers = ScannerLevers()
    service = ScanService(SimulatedScanner(levers), scans.append, lambda: now[0])
    service.set_up()
    for text in ("A", "B") * 4:
        levers.scan(text)
        service.work()
        now[0] += 0.2
    assert [scan.text for scan in scans] == ["A", "B"]


def test_a_number_is_not_kept_once_it_can_no_longer_repeat() -> None:
    now = [10.0]
    levers = ScannerLevers()
    service = ScanService(SimulatedScanner(levers), lambda scan: None, lambda: now[0])
    service.set_up()
    levers.scan(CODE)
    service.work()
    assert CODE in repr(vars(service)), "else this test would prove nothing"
    now[0] += REPEAT_SECONDS
    service.work()  # nobody scans
    assert CODE not in repr(vars(service))


def test_the_simulated_scanner_sends_nothing_a_real_one_could_not() -> None:
    levers = ScannerLevers()
    for text in ("", " ", "A\r\nB", "x" * (MAX_BYTES + 1)):
        levers.scan(text)
    scanner = SimulatedScanner(levers)
    assert [scanner.read() for _ in range(3)] == ["A", "B", None]


def test_what_was_on_its_way_goes_with_the_cable() -> None:
    levers = ScannerLevers()
    levers.scan(CODE)
    levers.unplug()
    levers.plug()
    assert SimulatedScanner(levers).read() is None
    levers.slow(True)
    levers.scan(CODE)
    with pytest.raises(PassingFault, match="unplugged"):
        SimulatedScanner(levers, lambda seconds: levers.unplug()).read()


def test_a_slow_scanner_still_reads() -> None:
    slept: list[float] = []
    levers = ScannerLevers()
    levers.slow(True)
    levers.scan(CODE)
    assert SimulatedScanner(levers, slept.append).read() == CODE
    assert slept == [1.0]


def test_a_code_is_in_no_text_of_a_scan() -> None:
    assert CODE not in repr(Scan(CODE, 1.0, "serial#1"))


# ---- which one


@pytest.mark.parametrize(
    ("settings", "kind"),
    [
        (Settings(), SimulatedScanner),
        (Settings(scanner=ScannerSettings(device="/dev/ttyACM0")), SerialScanner),
        (Settings(scanner=ScannerSettings(kind="none")), type(None)),
        (Settings(centre=CentreSettings(dsn="host=x")), type(None)),
    ],
)
def test_a_real_kiosk_without_a_named_scanner_has_none_and_never_a_simulated_one(
    settings: Settings, kind: type
) -> None:
    source, levers = assemble(settings)
    assert isinstance(source, kind)
    assert (levers is not None) is (kind is SimulatedScanner)


def test_a_simulated_scanner_before_a_real_centre_is_refused() -> None:
    with pytest.raises(ValueError, match="real scanner"):
        Settings(centre=CentreSettings(dsn="host=x"), scanner=ScannerSettings(kind="simulated"))
