"""Which cameras the machine has, read from sysfs; nothing is opened here.

A camera is known by its place on the bus and its USB id, because ``/dev/video0`` is whatever came
first. Software cameras (v4l2loopback and the kernel's test drivers) are refused: through them any film
can be played to the kiosk as if it were its own lens.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

SYSFS = Path("/sys/class/video4linux")
DEV = Path("/dev")
VIRTUAL_DRIVERS = frozenset({"v4l2loopback", "v4l2 loopback", "vivid", "vimc", "vicodec", "vim2m", "akvcam"})
_NODE = re.compile(r"video(\d+)")


@dataclass(frozen=True, slots=True)
class V4l2Device:
    """``bus_path`` like ``1-2:1.0``; ``vid_pid`` like ``046d:0825``, empty when not on USB."""

    node: Path
    name: str
    bus_path: str
    vid_pid: str
    driver: str
    virtual: bool


def is_virtual_driver(driver: str) -> bool:
    """Name as the driver reports itself to VIDIOC_QUERYCAP or as sysfs names it."""
    return driver.strip().lower() in VIRTUAL_DRIVERS


def find_devices(sysfs: Path = SYSFS, dev: Path = DEV) -> list[V4l2Device]:
    """Every capture node in order of its number, virtual ones marked; empty without any."""
    try:
        entries = [entry for entry in sysfs.iterdir() if _NODE.fullmatch(entry.name)]
    except OSError:
        return []
    entries.sort(key=lambda entry: int(entry.name.removeprefix("video")))
    # A UVC camera has a second node for metadata (index 1) that gives no pictures.
    return [_describe(entry, dev) for entry in entries if _text(entry / "index") in ("", "0")]


def real_devices(sysfs: Path = SYSFS, dev: Path = DEV) -> list[V4l2Device]:
    return [device for device in find_devices(sysfs, dev) if not device.virtual]


def _describe(entry: Path, dev: Path) -> V4l2Device:
    place = entry.resolve()
    hardware = entry / "device"
    driver_link = hardware / "driver"
    driver = driver_link.resolve().name if driver_link.exists() else ""
    vid_pid = ""
    bus_path = hardware.resolve().name if hardware.exists() else ""
    for folder in (hardware.resolve(), *hardware.resolve().parents) if hardware.exists() else ():
        vendor, product = _text(folder / "idVendor"), _text(folder / "idProduct")
        if vendor and product:
            vid_pid = f"{vendor}:{product}"
            break
    name = _text(entry / "name")
    # v4l2loopback hangs under /sys/devices/virtual and has no driver link at all.
    virtual = "virtual" in place.parts or "virtual" in Path(bus_path).parts or is_virtual_driver(driver) or not driver
    return V4l2Device(dev / entry.name, name, bus_path, vid_pid, driver, virtual)


def _text(path: Path) -> str:
    try:
        return path.read_text(errors="replace").strip()
    except OSError:
        return ""
