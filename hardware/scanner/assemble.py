"""Which code scanner this kiosk has."""

from __future__ import annotations

from hardware.scanner.serial_scanner import SerialScanner
from hardware.scanner.simulated import ScannerLevers, SimulatedScanner
from kiosk.config import Settings
from kiosk.ports import ScannerSource


def assemble(settings: Settings) -> tuple[ScannerSource | None, ScannerLevers | None]:
    """The scanner by the settings (None: there is none), and the levers of the simulated one."""
    scanner = settings.scanner
    kind = scanner.kind
    if kind == "auto":
        kind = "serial" if scanner.device else "simulated" if settings.demo else "none"
    if kind == "serial":
        return SerialScanner(scanner.device, scanner.baud), None
    if kind == "simulated":
        levers = ScannerLevers()
        return SimulatedScanner(levers), levers
    return None, None
