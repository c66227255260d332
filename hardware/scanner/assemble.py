"""Which code scanner this kiosk has."""

from __future__ import annotations

from hardware.scanner.hid_scanner import EvdevKeys, HidScanner
from hardware.scanner.serial_scanner import SerialScanner
from hardware.scanner.simulated import ScannerLevers, SimulatedScanner
from kiosk.config import ScannerSettings, Settings
from kiosk.ports import ScannerSource

KEYBOARDS = "/dev/input/"


def assemble(settings: Settings) -> tuple[ScannerSource | None, ScannerLevers | None]:
    """The scanner by the settings (None: there is none), and the levers of the simulated one."""
    scanner = settings.scanner
    match _kind(scanner, settings.demo):
        case "serial":
            return SerialScanner(scanner.device, scanner.baud), None
        case "keyboard":
            return HidScanner(EvdevKeys(scanner.device)), None
        case "simulated":
            levers = ScannerLevers()
            return SimulatedScanner(levers), levers
        case _:
            return None, None


def _kind(scanner: ScannerSettings, demo: bool) -> str:
    if scanner.kind != "auto":
        return scanner.kind
    if scanner.device:
        return "keyboard" if scanner.device.startswith(KEYBOARDS) else "serial"
    return "simulated" if demo else "none"
