"""Whether what answers at a node is a camera on a real bus, told by names that the kernel gives.

No name proves a lens: a capture stick and a microcontroller that speaks USB Video Class use the same
``uvcvideo`` driver as a webcam. Known sticks are refused unless the site pins one; the rest is for the
pin, the sealed case and the liveness cues.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

# As VIDIOC_QUERYCAP or sysfs spells them. Out of tree: v4l2loopback ("v4l2 loopback", bus "platform:v4l2loopback-000"),
# DroidCam's copy of it ("Droidcam", "platform:v4l2loopback_dc-000"), akvcam ("platform:akvcam-0"), vcam.
# In tree, media/test-drivers: vivid, vimc, vicodec, vim2m, visl.
VIRTUAL_DRIVERS = frozenset({
    "v4l2loopback", "v4l2loopback_dc", "v4l2 loopback", "droidcam", "akvcam", "vcam",
    "vivid", "vimc", "vicodec", "vim2m", "visl",
})  # fmt: skip

# USB controllers made of software: under them a real uvcvideo drives a camera that is a program.
# vhci_hcd is usbip (a device from the network, WSL too), dummy_hcd the loop to a gadget of the same machine.
VIRTUAL_CONTROLLERS = ("vhci_hcd", "dummy_hcd")

# HDMI on one side, a webcam on the other: any film can be played into them. Ids as lsusb and Openterface name them.
CAPTURE_STICKS = {
    "534d:2109": "MacroSilicon MS2109",
    "345f:2109": "MacroSilicon MS2109S",
    "345f:2130": "UltraSemi MS2130",
    "0fd9:0066": "Elgato Cam Link 4K",
}

BUS_INFO_CHARACTERS = 31
"""``v4l2_capability.bus_info`` has 32 bytes with the closing zero; a longer place arrives cut off."""

_FIRST_NAME = re.compile(r"(?:platform:)?([a-z0-9_ ]*)")


@dataclass(frozen=True, slots=True)
class Capability:
    """What the driver says of itself to VIDIOC_QUERYCAP; ``bus_info`` like ``usb-0000:00:14.0-1.2``."""

    driver: str
    card: str
    bus_info: str


def is_virtual_driver(driver: str) -> bool:
    """Name as the driver reports itself to VIDIOC_QUERYCAP or as sysfs names it."""
    return driver.strip().lower() in VIRTUAL_DRIVERS


def on_virtual_controller(places: Iterable[str]) -> bool:
    """Whether one of the folders above a device in sysfs (``vhci_hcd.0``) is a software USB controller."""
    return any(place.startswith(VIRTUAL_CONTROLLERS) for place in places)


def answers_virtually(capability: Capability) -> bool:
    """A software camera by the driver's own answer: its name, or the name of its bus."""
    bus = capability.bus_info.lower()
    named = _FIRST_NAME.match(bus)
    return (
        is_virtual_driver(capability.driver)
        or (named is not None and is_virtual_driver(named[1]))
        or on_virtual_controller([bus.removeprefix("usb-")])
    )


def bus_agrees(bus_info: str, bus_path: str, *, usb: bool) -> bool:
    """Whether the driver names the same bus, and on USB the same port, as sysfs does for this node.

    ``bus_path`` is sysfs' name of the interface (``1-2.3:1.0``). USB drivers fill ``bus_info`` by
    ``usb_make_path``: ``usb-<controller>-<port>``. On other buses only the kind is compared.
    """
    if not usb:
        return not bus_info.startswith("usb-")
    if not bus_info.startswith("usb-"):
        return False
    if len(bus_info) >= BUS_INFO_CHARACTERS:
        return True
    port = bus_path.partition(":")[0].partition("-")[2]
    return bus_info.rpartition("-")[2] == port
