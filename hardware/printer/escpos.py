"""Receipts on an ESC/POS thermal printer, over the network or a USB device file.

A receipt is a help, never a condition of a visit: every fault is typed and raised at once, nothing is
retried or queued here. A printer that does not answer status questions is believed to have paper.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any

import segno
from escpos.escpos import Escpos
from escpos.exceptions import DeviceNotFoundError, Error
from escpos.printer import Dummy, File, Network
from PIL import Image

from kiosk.config import Settings
from kiosk.ports import LastingFault, PartHealth, PartState, PassingFault, ReceiptPrinter

NAME = "printer"
NO_PAPER = 0  # Escpos.paper_status
PAPER_DOTS = 384
"""Printable width of the narrowest paper, 58 mm at 203 dots an inch."""
QR_DOTS = 320  # 40 mm at 8 dots/mm: read by a phone at arm's length, fits 58 mm paper
QR_LEVEL = "m"
QUIET_MODULES = 4


def qr_raster(text: str) -> Image.Image:
    """The code as a black and white picture of at most ``QR_DOTS`` with whole dots a module."""
    code = segno.make(text, error=QR_LEVEL, micro=False)
    modules = [[not dark for dark in row] for row in code.matrix_iter(scale=1, border=QUIET_MODULES)]
    picture = Image.new("1", (len(modules), len(modules)))
    picture.putdata([255 * light for row in modules for light in row])
    scale = max(1, QR_DOTS // len(modules))
    return picture.resize((len(modules) * scale,) * 2, Image.Resampling.NEAREST)


def write_receipt(printer: Escpos, lines: Sequence[str], qr_text: str) -> None:
    """First line as title; then the others; the code, if any; cut."""
    printer.hw("INIT")
    # The library's default profile knows no paper and says so on stdout at every picture.
    printer.profile.profile_data["media"]["width"]["pixels"] = PAPER_DOTS
    for number, line in enumerate(lines):
        printer.set(align="center" if number == 0 else "left", bold=number == 0)
        printer.textln(line)
    if qr_text:
        printer.ln()
        printer.set(align="center")
        printer.image(qr_raster(qr_text), impl="bitImageRaster")
    printer.cut()


class EscposPrinter:
    """``kiosk.ports.ReceiptPrinter`` over a device opened anew for every receipt: a printer that was
    switched off and on again needs no restart of the kiosk."""

    def __init__(self, device: Callable[[], Escpos], detail: str, answers_status: bool) -> None:
        self._device = device
        self._detail = detail
        self._answers = answers_status
        self._last_fault = ""
        self._lock = threading.Lock()

    def health(self) -> PartHealth:
        """Connects and closes again: up to the time-out; not for the GUI thread."""
        with self._lock:
            try:
                self._opened().close()
            except (PassingFault, LastingFault) as fault:
                self._last_fault = fault.reason
                state = PartState.FAULT
            else:
                state = PartState.READY
            return PartHealth(NAME, state, last_fault=self._last_fault, detail={"at": self._detail})

    def print_receipt(self, lines: Sequence[str], qr_text: str) -> None:
        """PassingFault("offline" | "no_paper"), LastingFault("no_permission" | "receipt_unprintable")."""
        with self._lock:
            try:
                printer = self._opened()
                try:
                    self._check_paper(printer)
                    write_receipt(printer, lines, qr_text)
                finally:
                    printer.close()
            except OSError:
                self._last_fault = "offline"
                raise PassingFault("offline") from None
            except (Error, ValueError):
                self._last_fault = "receipt_unprintable"
                raise LastingFault("receipt_unprintable") from None  # the message could quote the receipt
            except (PassingFault, LastingFault) as fault:
                self._last_fault = fault.reason
                raise

    def _opened(self) -> Escpos:
        printer = self._device()
        try:
            printer.open()
        except DeviceNotFoundError as error:
            if isinstance(error.__context__, PermissionError):
                raise LastingFault("no_permission") from None
            raise PassingFault("offline") from None
        return printer

    def _check_paper(self, printer: Escpos) -> None:
        if not self._answers:
            return
        try:
            paper = printer.paper_status()
        except TimeoutError:
            self._answers = False  # asked once; the next receipt does not wait again
            return
        if paper == NO_PAPER:
            raise PassingFault("no_paper")


class SimulatedPrinter:
    """Keeps the last receipt in memory for the dock; the same ESC/POS bytes as a real one."""

    def __init__(self) -> None:
        self._last: tuple[tuple[str, ...], str] = ((), "")
        self._bytes = b""

    def health(self) -> PartHealth:
        return PartHealth(NAME, PartState.READY, detail={"at": "simulated"})

    def print_receipt(self, lines: Sequence[str], qr_text: str) -> None:
        printer = Dummy()
        try:
            write_receipt(printer, lines, qr_text)
        except (Error, ValueError):
            raise LastingFault("receipt_unprintable") from None
        self._bytes, self._last = printer.output, (tuple(lines), qr_text)

    @property
    def last_receipt(self) -> tuple[tuple[str, ...], str]:
        """(lines, text of the code); empty before the first."""
        return self._last

    @property
    def last_bytes(self) -> bytes:
        return self._bytes

    def forget(self) -> None:
        """Take the receipt away, as the participant does."""
        self._last, self._bytes = ((), ""), b""


class AbsentPrinter:
    def health(self) -> PartHealth:
        return PartHealth(NAME, PartState.ABSENT)

    def print_receipt(self, lines: Sequence[str], qr_text: str) -> None:
        raise PassingFault("absent")


def assemble(settings: Settings) -> ReceiptPrinter:
    """The printer by the settings. A kiosk with the demo's own centre is a DEMO and prints into memory."""
    printer = settings.printer
    kind = printer.kind
    if kind == "auto":
        kind = "simulated" if not settings.centre.dsn else "none"
    if kind == "network":
        at: dict[str, Any] = {"host": printer.host, "port": printer.port, "timeout": printer.timeout_seconds}
        return EscposPrinter(lambda: Network(**at), f"{printer.host}:{printer.port}", answers_status=True)
    if kind == "usb":
        return EscposPrinter(lambda: File(str(printer.device)), str(printer.device), answers_status=False)
    if kind == "simulated":
        return SimulatedPrinter()
    return AbsentPrinter()
