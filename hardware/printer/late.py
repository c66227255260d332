"""The receipt printer, loaded when it is first needed: its library is 0.4 s that the start screen saves."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from kiosk.config import Settings
from kiosk.ports import PartHealth, ReceiptPrinter


class LatePrinter:
    """``kiosk.ports.ReceiptPrinter`` in front of the one that the settings name. Not for the GUI thread."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._printer: ReceiptPrinter | None = None
        self._lock = threading.Lock()

    def health(self) -> PartHealth:
        return self._loaded().health()

    def print_receipt(self, lines: Sequence[str], qr_text: str) -> None:
        self._loaded().print_receipt(lines, qr_text)

    def _loaded(self) -> ReceiptPrinter:
        with self._lock:
            if self._printer is None:
                from hardware.printer.escpos import assemble  # noqa: PLC0415 - see above

                self._printer = assemble(self._settings)
            return self._printer
