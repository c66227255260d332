"""Which cameras the machine has, read from sysfs; nothing is opened here.

A camera is known by its place on the bus and its USB id, because ``/dev/video0`` is whatever came
first. Software cameras (v4l2loopback, the kernel's test drivers, cameras on a software USB controller) are
marked and later refused: through them any film can be played to the kiosk as if it were its own lens.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from hardware.camera.v4l2_trust import CAPTURE_STICKS, is_virtual_driver, on_virtual_controller
from kiosk.ports import LastingFault, PassingFault

SYSFS = Path("/sys/class/video4linux")
DEV = Path("/dev")
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

    @property
    def capture_stick(self) -> bool:
        return self.vid_pid in CAPTURE_STICKS


@dataclass(frozen=True, slots=True)
class CameraPin:
    """The one camera that a site's settings name; an empty part is not pinned."""

    bus_path: str = ""
    vid_pid: str = ""

    def __bool__(self) -> bool:
        return bool(self.bus_path or self.vid_pid)


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
    """What may be opened without being pinned."""
    return [device for device in find_devices(sysfs, dev) if not device.virtual and not device.capture_stick]


def pinned_device(found: Sequence[V4l2Device], pin: CameraPin) -> V4l2Device:
    """Exactly the pinned camera. LastingFault("camera_changed"): another one is at its place;
    PassingFault("unplugged"): nothing is."""
    here = [device for device in found if pin.bus_path in ("", device.bus_path)]
    same = [device for device in here if pin.vid_pid in ("", device.vid_pid)]
    if pin.bus_path and here and not same:
        raise LastingFault("camera_changed")
    if not same:
        raise PassingFault("unplugged")
    return same[0]


def unpinned_device(found: Sequence[V4l2Device], node: str = "") -> V4l2Device:
    """The camera at ``node``, or the first real one, a capture stick last. PassingFault("unplugged")."""
    wanted = [device for device in found if (str(device.node) == node if node else not device.virtual)]
    if not wanted:
        raise PassingFault("unplugged")
    return next((device for device in wanted if not device.capture_stick), wanted[0])


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
    above = (*place.parts, *hardware.resolve().parts)
    virtual = "virtual" in above or on_virtual_controller(above) or is_virtual_driver(driver) or not driver
    return V4l2Device(dev / entry.name, name, bus_path, vid_pid, driver, virtual)


def _text(path: Path) -> str:
    try:
        return path.read_text(errors="replace").strip()
    except OSError:
        return ""
