"""Receipts as the printer gets them, over a real socket and a real file; faults typed and at once."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import zxingcpp

from hardware.printer.escpos import QR_DOTS, SimulatedPrinter, assemble, qr_raster
from kiosk.config import CentreSettings, PrinterSettings, Settings
from kiosk.ports import LastingFault, PartState, PassingFault

LINES = ("BUKTI VERIFIKASI (CONTOH)", "Kantor Cabang Contoh", "Status: TERVERIFIKASI")
QR = "jkn-demo:case-0042"
CUT, RASTER, ASK_PAPER = b"\x1dV", b"\x1dv0", b"\x10\x04\x04"


class PrinterOnTheNetwork:
    """Receives ESC/POS over TCP; answers a paper question with ``status``, or not at all."""

    def __init__(self, status: bytes | None) -> None:
        self._status = status
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._server.getsockname()[1])
        self.receipts: list[bytes] = []
        self.done = threading.Condition()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._server.accept()
            except OSError:
                return
            with connection:
                got = b""
                while data := connection.recv(65536):
                    got += data
                    if self._status is not None and data.startswith(ASK_PAPER):
                        connection.sendall(self._status)
            with self.done:
                self.receipts.append(got)
                self.done.notify_all()

    def next_receipt(self, count: int = 1) -> bytes:
        with self.done:
            assert self.done.wait_for(lambda: len(self.receipts) >= count, timeout=20)
            return self.receipts[count - 1]

    def close(self) -> None:
        self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        self._thread.join()


@pytest.fixture(params=[b"\x12"])
def network_printer(request: pytest.FixtureRequest) -> Iterator[PrinterOnTheNetwork]:
    printer = PrinterOnTheNetwork(request.param)
    yield printer
    printer.close()


def network(port: int, timeout: float = 5.0) -> Settings:
    return Settings(printer=PrinterSettings(kind="network", host="127.0.0.1", port=port, timeout_seconds=timeout))


def test_a_receipt_arrives_whole_with_its_code_and_a_cut(network_printer: PrinterOnTheNetwork) -> None:
    assemble(network(network_printer.port)).print_receipt(LINES, QR)
    receipt = network_printer.next_receipt()
    positions = [receipt.find(line.encode()) for line in LINES]
    assert -1 not in positions and positions == sorted(positions)
    assert positions[-1] < receipt.find(RASTER) < receipt.find(CUT)


def test_without_a_code_only_text_is_printed(network_printer: PrinterOnTheNetwork) -> None:
    assemble(network(network_printer.port)).print_receipt(LINES, "")
    assert RASTER not in network_printer.next_receipt()


@pytest.mark.parametrize("network_printer", [b"\x7e"], indirect=True)
def test_a_printer_without_paper_says_so_and_prints_nothing(network_printer: PrinterOnTheNetwork) -> None:
    with pytest.raises(PassingFault, match="no_paper"):
        assemble(network(network_printer.port)).print_receipt(LINES, QR)
    assert LINES[0].encode() not in network_printer.next_receipt()


@pytest.mark.parametrize("network_printer", [None], indirect=True)
def test_a_printer_that_answers_no_question_prints_and_is_not_asked_again(
    network_printer: PrinterOnTheNetwork,
) -> None:
    printer = assemble(network(network_printer.port, timeout=0.2))
    printer.print_receipt(LINES, QR)
    printer.print_receipt(LINES, QR)
    assert LINES[0].encode() in network_printer.next_receipt(1)
    assert ASK_PAPER in network_printer.next_receipt(1)
    assert ASK_PAPER not in network_printer.next_receipt(2)


def test_a_printer_that_is_off_is_a_passing_fault_and_shows_in_its_health() -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = int(gone.getsockname()[1])
    printer = assemble(network(port))
    with pytest.raises(PassingFault, match="offline"):
        printer.print_receipt(LINES, QR)
    health = printer.health()
    assert (health.state, health.last_fault) == (PartState.FAULT, "offline")


def test_health_connects_and_says_ready(network_printer: PrinterOnTheNetwork) -> None:
    assert assemble(network(network_printer.port)).health().state is PartState.READY


def test_a_usb_printer_is_a_device_file(tmp_path: Path) -> None:
    device = tmp_path / "lp0"
    printer = assemble(Settings(printer=PrinterSettings(kind="usb", device=device)))
    device.touch()
    printer.print_receipt(LINES, QR)
    assert all(line.encode() in device.read_bytes() for line in LINES)


def test_an_unplugged_usb_printer_is_a_passing_fault(tmp_path: Path) -> None:
    printer = assemble(Settings(printer=PrinterSettings(kind="usb", device=tmp_path / "usb" / "lp0")))
    with pytest.raises(PassingFault, match="offline"):
        printer.print_receipt(LINES, QR)


def test_the_simulated_printer_keeps_the_last_receipt_until_it_is_taken() -> None:
    printer = assemble(Settings())
    assert isinstance(printer, SimulatedPrinter)
    printer.print_receipt(LINES, QR)
    assert printer.last_receipt == (LINES, QR)
    assert RASTER in printer.last_bytes and CUT in printer.last_bytes
    printer.forget()
    assert printer.last_receipt == ((), "") and printer.last_bytes == b""


def test_a_kiosk_at_a_real_centre_prints_on_nothing_it_was_not_given() -> None:
    printer = assemble(Settings(centre=CentreSettings(dsn="host=centre")))
    assert printer.health().state is PartState.ABSENT
    with pytest.raises(PassingFault, match="absent"):
        printer.print_receipt(LINES, QR)


@pytest.mark.parametrize("text", [QR, "x" * 300])
def test_the_printed_code_can_be_read_back(text: str) -> None:
    picture = np.array(qr_raster(text).convert("L"))
    assert picture.shape[0] <= QR_DOTS
    assert [found.text for found in zxingcpp.read_barcodes(picture)] == [text]


def test_a_receipt_nobody_can_print_is_a_typed_fault_without_its_text() -> None:
    with pytest.raises(LastingFault) as caught:
        assemble(Settings()).print_receipt(LINES, "x" * 5000)
    assert caught.value.reason == "receipt_unprintable"
    assert caught.value.__cause__ is None
