"""The printer's library is loaded by the first receipt, not by the start."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from hardware.printer.late import LatePrinter
from kiosk.config import Settings
from kiosk.ports import PartState

ROOT = Path(__file__).parents[2]


def test_assembling_a_kiosk_does_not_load_the_printer_library() -> None:
    program = (
        "import sys; from hardware.printer.late import LatePrinter; from kiosk.config import Settings\n"
        "LatePrinter(Settings()); print('escpos' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_the_first_receipt_reaches_the_printer_that_the_settings_name() -> None:
    printer = LatePrinter(Settings())  # DEMO: the simulated one
    printer.print_receipt(["BUKTI KUNJUNGAN"], "BPJSK:x")
    assert printer.health().state is PartState.READY
