"""The real camera, through Video4Linux and OpenCV.

Only the camera that the settings pin is opened. Where they pin none, the first opened one is bound: after a
re-plug only the same USB id at the same place of the bus is opened again. The driver is asked for its name and
its bus before every opening, because sysfs names what was loaded and the ioctl names what answers.
"""

from __future__ import annotations

import errno
import fcntl
import os
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hardware.camera.v4l2_devices import (
    DEV,
    SYSFS,
    CameraPin,
    V4l2Device,
    find_devices,
    pinned_device,
    unpinned_device,
)
from hardware.camera.v4l2_trust import Capability, answers_virtually, bus_agrees
from kiosk.ports import CameraIdentity, LastingFault, PassingFault
from kiosk.vision import cv2

VIDIOC_QUERYCAP = 0x80685600  # _IOR('V', 0, struct v4l2_capability)
CAPABILITY = struct.Struct("16s32s32s24x")  # driver, card, bus_info; version, capabilities and reserve are not read
READ_TIMEOUT_MS = 1000.0  # a piece of work lasts at most about a second

Grabber = Callable[[V4l2Device, int, int, int], "cv2.VideoCapture"]


def queried_capability(node: Path) -> Capability:
    """The driver's answer to VIDIOC_QUERYCAP. PassingFault("unplugged" | "busy"), LastingFault("no_permission")."""
    try:
        handle = os.open(node, os.O_RDWR | os.O_NONBLOCK)
    except OSError as error:
        raise _typed(error) from None
    try:
        answer = fcntl.ioctl(handle, VIDIOC_QUERYCAP, bytes(CAPABILITY.size))
    except OSError as error:
        raise _typed(error) from None
    finally:
        os.close(handle)
    return read_capability(answer)


def read_capability(answer: bytes) -> Capability:
    """``struct v4l2_capability`` as it comes from the kernel, 104 bytes."""
    texts = (field.split(b"\0", 1)[0].decode("ascii", "replace") for field in CAPABILITY.unpack(answer))
    return Capability(*texts)


def _typed(error: OSError) -> PassingFault | LastingFault:
    if error.errno in (errno.EACCES, errno.EPERM):
        return LastingFault("no_permission")
    return PassingFault("busy" if error.errno == errno.EBUSY else "unplugged")


def opencv_grabber(device: V4l2Device, width: int, height: int, fps: int) -> cv2.VideoCapture:
    """MJPG, because uncompressed 1280x720 does not fit USB 2 at 30 fps; one buffer, because old frames
    are worth nothing."""
    grabber = cv2.VideoCapture(str(device.node), cv2.CAP_V4L2)
    grabber.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
    grabber.set(cv2.CAP_PROP_FRAME_WIDTH, width)
    grabber.set(cv2.CAP_PROP_FRAME_HEIGHT, height)
    grabber.set(cv2.CAP_PROP_FPS, fps)
    grabber.set(cv2.CAP_PROP_BUFFERSIZE, 1)
    grabber.set(cv2.CAP_PROP_READ_TIMEOUT_MSEC, READ_TIMEOUT_MS)
    return grabber


class V4l2Camera:
    """``kiosk.ports.CameraSource``. ``device`` is a node such as ``/dev/video0``; empty: the first real camera.
    With a ``pin`` the node is not asked for: its number is whatever came first.

    ``capability_of`` and ``grabber`` stand for the kernel and OpenCV.
    """

    def __init__(
        self,
        device: str = "",
        *,
        width: int = 1280,
        height: int = 720,
        fps: int = 30,
        pin: CameraPin | None = None,
        sysfs: Path = SYSFS,
        dev: Path = DEV,
        capability_of: Callable[[Path], Capability] = queried_capability,
        grabber: Grabber = opencv_grabber,
    ) -> None:
        self._node = device
        self._pin = pin or CameraPin()
        self._mode = (width, height, fps)
        self._sysfs, self._dev = sysfs, dev
        self._capability_of = capability_of
        self._make_grabber = grabber
        self._bound: V4l2Device | None = None
        self._grabber: cv2.VideoCapture | None = None

    @property
    def identity(self) -> CameraIdentity:
        """Of the bound camera; empty before the first opening."""
        if self._bound is None:
            return CameraIdentity("v4l2", "", "", simulated=False)
        return CameraIdentity(self._bound.bus_path, self._bound.vid_pid, self._bound.driver, simulated=False)

    def open(self) -> None:
        """PassingFault("unplugged" | "busy"), LastingFault("no_permission" | "virtual_camera" |
        "capture_stick" | "camera_changed")."""
        device = self._choose()
        if device.virtual:
            raise LastingFault("virtual_camera")
        if device.capture_stick and device.vid_pid != self._pin.vid_pid:
            raise LastingFault("capture_stick")
        capability = self._capability_of(device.node)
        if answers_virtually(capability):
            raise LastingFault("virtual_camera")
        if not bus_agrees(capability.bus_info, device.bus_path, usb=bool(device.vid_pid)):
            raise LastingFault("virtual_camera")
        grabber = self._make_grabber(device, *self._mode)
        if not grabber.isOpened():
            grabber.release()
            raise PassingFault("busy")
        self._bound = device
        self._grabber = grabber

    def _choose(self) -> V4l2Device:
        found = find_devices(self._sysfs, self._dev)
        if self._bound is not None:
            return pinned_device(found, CameraPin(self._bound.bus_path, self._bound.vid_pid))
        return pinned_device(found, self._pin) if self._pin else unpinned_device(found, self._node)

    def read(self) -> NDArray[np.uint8]:
        """Uint8 (h, w, 3) BGR. PassingFault("unplugged" | "no_frames" | "bad_frame")."""
        if self._grabber is None or self._bound is None:
            raise PassingFault("unplugged")
        got, picture = self._grabber.read()
        if not got or picture is None:
            raise PassingFault("no_frames" if self._bound.node.exists() else "unplugged")
        if picture.ndim != 3 or picture.shape[2] != 3 or picture.dtype != np.uint8:
            raise PassingFault("bad_frame")
        return np.asarray(picture, np.uint8)

    def close(self) -> None:
        if self._grabber is not None:
            self._grabber.release()
            self._grabber = None
