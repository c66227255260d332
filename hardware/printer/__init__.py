"""The receipt printer: ESC/POS over network or USB, simulated, or none."""
