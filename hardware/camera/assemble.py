"""Which camera this kiosk has."""

from __future__ import annotations

from pathlib import Path

from hardware.camera.simulated import SimulatedCamera, Simulation
from hardware.camera.v4l2 import V4l2Camera
from hardware.camera.v4l2_devices import DEV, SYSFS, CameraPin, real_devices
from hardware.camera.video import VideoSource
from kiosk.config import Settings
from kiosk.ports import CameraSource


def assemble(settings: Settings, sysfs: Path = SYSFS, dev: Path = DEV) -> tuple[CameraSource, Simulation | None]:
    """The camera by the settings, and the levers of the simulated one (None for every other).

    ``auto`` is decided once, at the start: a kiosk that loses its real camera waits for it and never
    goes on with a simulated person. Before a real centre, or with a pinned one, it waits from the start.
    """
    camera = settings.camera
    pin = CameraPin(camera.bus_path, camera.vid_pid)
    kind = camera.kind
    if kind == "auto":
        kind = "simulated" if settings.demo and not pin and not real_devices(sysfs, dev) else "v4l2"
    if kind == "v4l2":
        return V4l2Camera(
            camera.device, width=camera.width, height=camera.height, fps=camera.fps, pin=pin, sysfs=sysfs, dev=dev
        ), None
    if kind == "video":
        return VideoSource(Path(camera.device), loop=True), None
    simulation = Simulation()
    source = SimulatedCamera(simulation, width=camera.width, height=camera.height, fps=camera.simulated_fps)
    return source, simulation
