"""The simulated participant: a person before the camera for demo and tests, never on a real kiosk."""

from hardware.camera.simulated.camera import SimulatedCamera
from hardware.camera.simulated.control import Simulation
from hardware.camera.simulated.reference import reference_photo

__all__ = ["SimulatedCamera", "Simulation", "reference_photo"]
