"""The receipt printer: ESC/POS over network or USB, simulated, or none."""

from hardware.printer.escpos import SimulatedPrinter, assemble

__all__ = ["SimulatedPrinter", "assemble"]
