"""Code scanners: serial, keyboard, simulated, or none; one scan service for all."""

from hardware.scanner.assemble import assemble
from hardware.scanner.service import ScanService

__all__ = ["ScanService", "assemble"]
