"""Only the kiosk's own camera is opened: never a software one, never another in its place."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hardware.camera import assemble
from hardware.camera.simulated import SimulatedCamera
from hardware.camera.v4l2 import CAPABILITY, VIDIOC_QUERYCAP, V4l2Camera, queried_capability, read_capability
from hardware.camera.v4l2_devices import V4l2Device, find_devices, real_devices
from hardware.camera.v4l2_trust import Capability
from kiosk.config import CameraSettings, Settings
from kiosk.ports import LastingFault, PassingFault

Add = Callable[..., tuple[Path, Path]]


class Grabber:
    """Stands for OpenCV's capture: there is no camera on the machine that runs the tests."""

    def __init__(self, device: V4l2Device) -> None:
        self.device = device
        self.answer: tuple[bool, Any] = (True, np.zeros((720, 1280, 3), np.uint8))
        self.released = False

    def isOpened(self) -> bool:  # noqa: N802 - OpenCV's name
        return True

    def read(self) -> tuple[bool, Any]:
        return self.answer

    def release(self) -> None:
        self.released = True


def camera(
    sysfs: Path, dev: Path, driver: str = "uvcvideo", device: str = "", bus_info: str = "usb-0000:00:14.0-2"
) -> tuple[V4l2Camera, list[Grabber]]:
    made: list[Grabber] = []

    def grab(found: V4l2Device, width: int, height: int, fps: int) -> Any:
        made.append(Grabber(found))
        return made[-1]

    answer = Capability(driver, "HD Webcam", bus_info)
    return V4l2Camera(device, sysfs=sysfs, dev=dev, capability_of=lambda node: answer, grabber=grab), made


def test_a_usb_camera_is_known_by_its_place_and_its_id(fake_sysfs: Add) -> None:
    sysfs, dev = fake_sysfs(0, "HD Webcam")
    (device,) = find_devices(sysfs, dev)
    assert (device.node, device.name, device.bus_path) == (dev / "video0", "HD Webcam", "1-2:1.0")
    assert (device.vid_pid, device.driver, device.virtual) == ("046d:0825", "uvcvideo", False)


def test_the_metadata_node_of_a_camera_is_no_camera(fake_sysfs: Add) -> None:
    fake_sysfs(0, "HD Webcam")
    sysfs, dev = fake_sysfs(1, "HD Webcam", index=1)
    assert [d.node.name for d in find_devices(sysfs, dev)] == ["video0"]


def test_nodes_come_in_the_order_of_their_numbers(fake_sysfs: Add) -> None:
    fake_sysfs(10, "late", port="1-3")
    sysfs, dev = fake_sysfs(2, "early")
    assert [d.name for d in find_devices(sysfs, dev)] == ["early", "late"]


def test_a_machine_without_cameras_has_none(tmp_path: Path) -> None:
    assert find_devices(tmp_path / "none") == []


def test_a_loopback_is_never_taken_for_a_camera(fake_sysfs: Add) -> None:
    sysfs, dev = fake_sysfs(0, "Integrated Camera", usb=None)
    assert find_devices(sysfs, dev)[0].virtual
    assert real_devices(sysfs, dev) == []
    chosen, made = camera(sysfs, dev)
    with pytest.raises(PassingFault, match="unplugged"):
        chosen.open()
    asked_for, made = camera(sysfs, dev, device=str(dev / "video0"))
    with pytest.raises(LastingFault, match="virtual_camera"):
        asked_for.open()
    assert made == []


@pytest.mark.parametrize("driver", ["v4l2loopback", "v4l2 loopback", "V4L2 loopback", "vivid"])
def test_a_driver_that_calls_itself_virtual_is_refused_whatever_sysfs_says(fake_sysfs: Add, driver: str) -> None:
    sysfs, dev = fake_sysfs(0, "HD Webcam")
    source, made = camera(sysfs, dev, driver=driver)
    with pytest.raises(LastingFault, match="virtual_camera"):
        source.open()
    assert made == []


def test_after_a_replug_the_same_camera_is_found_under_another_number(fake_sysfs: Add) -> None:
    sysfs, dev = fake_sysfs(0, "HD Webcam")
    source, made = camera(sysfs, dev)
    source.open()
    made[0].answer = (False, None)
    (dev / "video0").unlink()
    with pytest.raises(PassingFault, match="unplugged"):
        source.read()
    source.close()
    assert made[0].released
    (sysfs / "video0").unlink()
    with pytest.raises(PassingFault, match="unplugged"):
        source.open()
    fake_sysfs(3, "HD Webcam")
    source.open()
    assert made[1].device.node == dev / "video3"
    assert source.identity.path == "1-2:1.0"


def test_another_camera_in_its_place_is_refused(fake_sysfs: Add) -> None:
    sysfs, dev = fake_sysfs(0, "HD Webcam", port="1-2")
    source, _ = camera(sysfs, dev)
    source.open()
    usb = (sysfs / "video0" / "device").resolve().parent
    (usb / "idProduct").write_text("ffff\n")
    with pytest.raises(LastingFault, match="camera_changed"):
        source.open()


def test_another_camera_elsewhere_does_not_step_in(fake_sysfs: Add) -> None:
    sysfs, dev = fake_sysfs(0, "HD Webcam", port="1-2")
    source, _ = camera(sysfs, dev)
    source.open()
    (sysfs / "video0").unlink()
    fake_sysfs(1, "Guest camera", usb=("dead", "beef"), port="1-4")
    with pytest.raises(PassingFault, match="unplugged"):
        source.open()


@pytest.mark.parametrize("answer", [(True, None), (True, np.zeros((4, 4), np.uint8)), (True, np.zeros((4, 4, 3)))])
def test_a_frame_of_another_shape_is_a_fault_not_a_picture(fake_sysfs: Add, answer: Any) -> None:
    sysfs, dev = fake_sysfs(0, "HD Webcam")
    source, made = camera(sysfs, dev)
    source.open()
    made[0].answer = answer
    with pytest.raises(PassingFault):
        source.read()


def test_reading_a_closed_camera_is_a_typed_fault(fake_sysfs: Add) -> None:
    sysfs, dev = fake_sysfs(0, "HD Webcam")
    with pytest.raises(PassingFault, match="unplugged"):
        camera(sysfs, dev)[0].read()


def test_the_drivers_answer_is_read_where_the_kernel_writes_it() -> None:
    answer = b"".join((
        b"uvcvideo".ljust(16, b"\0"), b"HD Webcam: HD Webcam".ljust(32, b"\0"),
        b"usb-0000:00:14.0-1.2".ljust(32, b"\0"), bytes(24),
    ))  # fmt: skip
    assert read_capability(answer) == Capability("uvcvideo", "HD Webcam: HD Webcam", "usb-0000:00:14.0-1.2")
    assert (VIDIOC_QUERYCAP >> 16) & 0x3FFF == CAPABILITY.size == 104


def test_a_file_that_is_no_camera_does_not_answer_the_driver_question(tmp_path: Path) -> None:
    (tmp_path / "video0").touch()
    with pytest.raises(PassingFault, match="unplugged"):
        queried_capability(tmp_path / "video0")
    with pytest.raises(PassingFault, match="unplugged"):
        queried_capability(tmp_path / "video1")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may open every file")
def test_a_camera_the_kiosk_may_not_open_needs_a_technician(tmp_path: Path) -> None:
    (tmp_path / "video0").touch(mode=0)
    with pytest.raises(LastingFault, match="no_permission"):
        queried_capability(tmp_path / "video0")


def test_auto_takes_the_real_camera_where_there_is_one(fake_sysfs: Add, tmp_path: Path) -> None:
    settings = Settings()
    source, simulation = assemble(settings, tmp_path / "none", tmp_path)
    assert isinstance(source, SimulatedCamera) and simulation is not None
    fake_sysfs(0, "Integrated Camera", usb=None)
    sysfs, dev = tmp_path / "class", tmp_path / "dev"
    assert isinstance(assemble(settings, sysfs, dev)[0], SimulatedCamera), "a loopback is no real camera"
    fake_sysfs(1, "HD Webcam")
    source, simulation = assemble(settings, sysfs, dev)
    assert isinstance(source, V4l2Camera) and simulation is None


def test_a_kiosk_told_to_use_its_camera_never_falls_back_to_the_simulation(tmp_path: Path) -> None:
    settings = Settings(camera=CameraSettings(kind="v4l2"))
    source, simulation = assemble(settings, tmp_path / "none", tmp_path)
    assert simulation is None
    with pytest.raises(PassingFault, match="unplugged"):
        source.open()
