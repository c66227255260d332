"""Cameras: the real one, a recording, the simulated participant; one capture service for all."""

from hardware.camera.assemble import assemble
from hardware.camera.capture import CaptureService

__all__ = ["CaptureService", "assemble"]
