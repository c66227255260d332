"""Which camera may be opened. The risk: a film played in as if through the lens, by software or by a swapped device."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from hardware.camera import assemble
from hardware.camera.simulated import SimulatedCamera
from hardware.camera.v4l2 import V4l2Camera
from hardware.camera.v4l2_devices import CameraPin, V4l2Device, find_devices, real_devices
from hardware.camera.v4l2_trust import BUS_INFO_CHARACTERS, Capability, answers_virtually, bus_agrees
from kiosk.config import CameraSettings, Settings
from kiosk.ports import LastingFault, PassingFault

Add = Callable[..., tuple[Path, Path]]
STICK = ("534d", "2109")
OWN = CameraPin("1-2:1.0", "046d:0825")


class OpenGrabber:
    def isOpened(self) -> bool:  # noqa: N802 - OpenCV's name
        return True

    def release(self) -> None: ...


def camera(sysfs: Path, dev: Path, pin: CameraPin | None = None, answer: Capability | None = None) -> V4l2Camera:
    """Answers for the port that sysfs names, unless told otherwise."""

    def ask(node: Path) -> Capability:
        place = next(d.bus_path for d in find_devices(sysfs, dev) if d.node == node)
        return answer or Capability("uvcvideo", "HD Webcam", f"usb-0000:00:14.0-{place.split(':')[0].split('-')[1]}")

    def grab(found: V4l2Device, width: int, height: int, fps: int) -> Any:
        return OpenGrabber()

    return V4l2Camera(sysfs=sysfs, dev=dev, pin=pin, capability_of=ask, grabber=grab)


def test_of_two_cameras_only_the_pinned_one_is_opened(fake_sysfs: Add) -> None:
    fake_sysfs(0, "Guest camera", usb=("dead", "beef"), port="1-1")
    sysfs, dev = fake_sysfs(1, "HD Webcam", port="1-2")
    source = camera(sysfs, dev, OWN)
    source.open()
    assert (source.identity.path, source.identity.vid_pid) == ("1-2:1.0", "046d:0825")


def test_another_camera_at_the_pinned_place_is_refused_from_the_first_opening(fake_sysfs: Add) -> None:
    sysfs, dev = fake_sysfs(0, "Guest camera", usb=("dead", "beef"), port="1-2")
    with pytest.raises(LastingFault, match="camera_changed"):
        camera(sysfs, dev, OWN).open()


@pytest.mark.parametrize("port", [None, "1-3"])
def test_the_pinned_camera_away_or_at_another_place_is_waited_for(fake_sysfs: Add, port: str | None) -> None:
    fake_sysfs(0, "Guest camera", usb=("dead", "beef"), port="1-1")
    sysfs, dev = fake_sysfs(1, "HD Webcam", port=port or "1-9")
    if port is None:
        (sysfs / "video1").unlink()
    with pytest.raises(PassingFault, match="unplugged"):
        camera(sysfs, dev, OWN).open()


def test_a_place_alone_is_bound_to_the_first_camera_found_there(fake_sysfs: Add) -> None:
    sysfs, dev = fake_sysfs(0, "HD Webcam", port="1-2")
    source = camera(sysfs, dev, CameraPin(bus_path="1-2:1.0"))
    source.open()
    ((sysfs / "video0" / "device").resolve().parent / "idProduct").write_text("ffff\n")
    with pytest.raises(LastingFault, match="camera_changed"):
        source.open()


def test_an_id_alone_is_found_at_any_place(fake_sysfs: Add) -> None:
    fake_sysfs(0, "Guest camera", usb=("dead", "beef"), port="1-1")
    sysfs, dev = fake_sysfs(1, "HD Webcam", port="1-4")
    source = camera(sysfs, dev, CameraPin(vid_pid="046d:0825"))
    source.open()
    assert source.identity.path == "1-4:1.0"


def test_a_pinned_camera_may_still_not_be_a_virtual_one(fake_sysfs: Add) -> None:
    sysfs, dev = fake_sysfs(0, "HD Webcam", port="1-2")
    with pytest.raises(LastingFault, match="virtual_camera"):
        camera(sysfs, dev, OWN, Capability("v4l2 loopback", "HD Webcam", "platform:v4l2loopback-000")).open()


@pytest.mark.parametrize("answer", [
    Capability("uvcvideo", "HD Webcam", "platform:v4l2loopback-000"),
    Capability("Droidcam", "Droidcam", "platform:v4l2loopback_dc-000"),
    Capability("akvcam", "HD Webcam", "platform:akvcam-0"),
    Capability("uvcvideo", "HD Webcam", "platform:akvcam-0"),
    Capability("vivid", "vivid", "platform:vivid-000"),
    Capability("uvcvideo", "HD Webcam", "usb-vhci_hcd.0-1"),
    Capability("uvcvideo", "HD Webcam", "usb-dummy_hcd.0-1"),
])  # fmt: skip
def test_a_software_camera_that_lies_in_one_name_is_told_by_another(answer: Capability) -> None:
    assert answers_virtually(answer)


@pytest.mark.parametrize("answer", [
    Capability("uvcvideo", "HD Webcam: HD Webcam", "usb-0000:00:14.0-1.2"),
    Capability("uvcvideo", "v4l2loopback", "usb-xhci-hcd.1.auto-1"),  # the card's name is free text
    Capability("unicam", "unicam", "platform:fe801000.csi"),
    Capability("bttv", "BT878", "PCI:0000:03:00.0"),
])  # fmt: skip
def test_cameras_on_real_buses_are_none(answer: Capability) -> None:
    assert not answers_virtually(answer)


@pytest.mark.parametrize("bus_info", ["platform:camera-0", "", "PCI:0000:03:00.0", "usb-0000:00:14.0-3"])
def test_a_node_that_answers_for_another_bus_than_sysfs_names_is_refused(fake_sysfs: Add, bus_info: str) -> None:
    sysfs, dev = fake_sysfs(0, "HD Webcam", port="1-2")
    with pytest.raises(LastingFault, match="virtual_camera"):
        camera(sysfs, dev, answer=Capability("uvcvideo", "HD Webcam", bus_info)).open()


PORTS = st.lists(st.integers(1, 15), min_size=1, max_size=6).map(lambda hops: ".".join(map(str, hops)))
CONTROLLERS = st.sampled_from(["0000:00:14.0", "xhci-hcd.1.auto", "fe9c0000.xhci", "3f980000.usb"])


@settings(deadline=None)
@given(bus=st.integers(1, 12), port=PORTS, other=PORTS, controller=CONTROLLERS)
def test_the_same_port_always_agrees_and_another_never_unless_the_kernel_cut_it_off(
    bus: int, port: str, other: str, controller: str
) -> None:
    def as_told(one: str) -> str:
        return f"usb-{controller}-{one}"[:BUS_INFO_CHARACTERS]

    place = f"{bus}-{port}:1.0"
    assert bus_agrees(as_told(port), place, usb=True)
    told = as_told(other)
    assert bus_agrees(told, place, usb=True) == (other == port or len(told) == BUS_INFO_CHARACTERS)
    assert not bus_agrees(told, "fe801000.csi", usb=False)


@pytest.mark.parametrize("controller", ["vhci_hcd.0", "dummy_hcd.0"])
def test_a_webcam_on_a_software_usb_controller_is_virtual(fake_sysfs: Add, tmp_path: Path, controller: str) -> None:
    """usbip brings a camera from the network, a gadget brings one from a program: both with the real driver."""
    sysfs, dev = fake_sysfs(0, "HD Webcam", port="1-2")
    usb = tmp_path / "devices/platform" / controller
    usb.mkdir(parents=True)
    shutil.move(tmp_path / "devices/pci0000:00/usb1", usb / "usb1")
    place = usb / "usb1/1-2/1-2:1.0/video4linux/video0"
    (sysfs / "video0").unlink()
    (sysfs / "video0").symlink_to(place)
    (place / "device").unlink()
    (place / "device").symlink_to(usb / "usb1/1-2/1-2:1.0")
    (device,) = find_devices(sysfs, dev)
    assert (device.driver, device.vid_pid, device.virtual) == ("uvcvideo", "046d:0825", True)
    with pytest.raises(LastingFault, match="virtual_camera"):
        camera(sysfs, dev, OWN).open()


def test_an_hdmi_capture_stick_is_no_camera_unless_the_site_pins_it(fake_sysfs: Add) -> None:
    sysfs, dev = fake_sysfs(0, "USB Video", usb=STICK, port="1-2")
    assert real_devices(sysfs, dev) == []
    for pin in (None, CameraPin(bus_path="1-2:1.0")):
        with pytest.raises(LastingFault, match="capture_stick"):
            camera(sysfs, dev, pin).open()
    camera(sysfs, dev, CameraPin("1-2:1.0", "534d:2109")).open()


def test_a_stick_plugged_in_beside_the_camera_does_not_come_first(fake_sysfs: Add) -> None:
    fake_sysfs(0, "USB Video", usb=STICK, port="1-1")
    sysfs, dev = fake_sysfs(1, "HD Webcam", port="1-2")
    source = camera(sysfs, dev)
    source.open()
    assert source.identity.vid_pid == "046d:0825"


def test_a_pin_in_the_settings_reaches_the_camera_and_rules_out_the_simulation(fake_sysfs: Add, tmp_path: Path) -> None:
    pinned = Settings(camera=CameraSettings(bus_path="1-2:1.0", vid_pid="046d:0825"))
    source, simulation = assemble(pinned, tmp_path / "none", tmp_path)
    assert isinstance(source, V4l2Camera) and simulation is None
    sysfs, dev = fake_sysfs(0, "Guest camera", usb=("dead", "beef"), port="1-2")
    with pytest.raises(LastingFault, match="camera_changed"):
        assemble(pinned, sysfs, dev)[0].open()


def test_a_demo_with_nothing_but_a_stick_shows_the_simulated_person(fake_sysfs: Add) -> None:
    sysfs, dev = fake_sysfs(0, "USB Video", usb=STICK)
    assert isinstance(assemble(Settings(), sysfs, dev)[0], SimulatedCamera)


@pytest.mark.parametrize("given_pin", [
    {"vid_pid": "046D:0825"}, {"vid_pid": "046d"}, {"vid_pid": "046d:0825 "}, {"vid_pid": "046d:0825\n"},
    {"bus_path": "../../1-2"}, {"bus_path": "1-2 1.0"}, {"bus_path": "1" * 65}, {"bus_path": ":1.0"},
])  # fmt: skip
def test_a_misspelt_pin_is_refused_at_the_start_rather_than_never_found(given_pin: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        CameraSettings.model_validate(given_pin)


@pytest.mark.parametrize("bus_path", ["1-2:1.0", "2-1.4.1:1.2", "fe801000.csi", "0000:03:00.0"])
def test_every_place_the_kernel_names_can_be_pinned(bus_path: str) -> None:
    assert CameraSettings(bus_path=bus_path).bus_path == bus_path
