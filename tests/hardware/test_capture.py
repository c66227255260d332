"""One path for every camera: stamped frames, an empty mailbox after a fault, a new instance after a re-plug."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from hardware.camera.capture import CaptureService
from hardware.camera.video import VideoSource
from kiosk.ports import CameraIdentity, CameraSource, Frame, LastingFault, Mailbox, PassingFault, SimulatedPerson
from kiosk.vision import cv2
from tests.hardware.conftest import FakeClock, Stage


def service(source: CameraSource, clock: FakeClock) -> tuple[CaptureService, Mailbox[Frame]]:
    mailbox: Mailbox[Frame] = Mailbox()
    return CaptureService(source, mailbox, clock.monotonic), mailbox


def frame_in(mailbox: Mailbox[Frame]) -> Frame:
    frame = mailbox.peek()[1]
    assert frame is not None
    return frame


def film(folder: Path, shades: list[int]) -> Path:
    path = folder / "film.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 10.0, (64, 48))
    for shade in shades:
        writer.write(np.full((48, 64, 3), shade, np.uint8))
    writer.release()
    return path


def test_frames_are_numbered_timed_and_named_without_a_gap() -> None:
    stage = Stage()
    capture, mailbox = service(stage.camera, stage.clock)
    stage.simulation.choose_person(SimulatedPerson.NOBODY)
    capture.set_up()
    frames = []
    for _ in range(5):
        capture.work()
        frames.append(frame_in(mailbox))
    assert [f.sequence for f in frames] == [1, 2, 3, 4, 5]
    assert all(b.captured_at > a.captured_at for a, b in itertools.pairwise(frames))
    assert {f.source for f in frames} == {"simulated#1"}
    assert all(f.simulated for f in frames)


def test_published_pixels_cannot_be_written_to() -> None:
    stage = Stage()
    stage.simulation.choose_person(SimulatedPerson.NOBODY)
    capture, mailbox = service(stage.camera, stage.clock)
    capture.set_up()
    capture.work()
    with pytest.raises(ValueError, match="read-only"):
        frame_in(mailbox).pixels[0, 0] = 0


def test_unplugging_empties_the_mailbox_and_a_replug_is_a_new_instance() -> None:
    stage = Stage()
    stage.simulation.choose_person(SimulatedPerson.NOBODY)
    capture, mailbox = service(stage.camera, stage.clock)
    capture.set_up()
    capture.work()
    stage.simulation.unplug()
    with pytest.raises(PassingFault, match="unplugged"):
        capture.work()
    assert mailbox.peek()[1] is None, "nobody may go on looking at the last picture"
    with pytest.raises(PassingFault, match="unplugged"):
        capture.set_up()
    stage.simulation.plug()
    capture.set_up()
    capture.work()
    again = frame_in(mailbox)
    assert (again.source, again.sequence) == ("simulated#2", 2)


def test_tearing_down_twice_or_before_set_up_harms_nothing() -> None:
    stage = Stage()
    capture, mailbox = service(stage.camera, stage.clock)
    capture.tear_down()
    capture.set_up()
    capture.tear_down()
    capture.tear_down()
    assert mailbox.peek()[1] is None


class Broken:
    identity = CameraIdentity("broken", "", "", simulated=False)

    def __init__(self) -> None:
        self.closed = 0

    def open(self) -> None: ...

    def read(self) -> NDArray[np.uint8]:
        raise RuntimeError("driver bug")

    def close(self) -> None:
        self.closed += 1


def test_a_fault_nobody_foresaw_also_leaves_no_stale_picture() -> None:
    source = Broken()
    capture, mailbox = service(source, FakeClock())
    capture.set_up()
    version = mailbox.peek()[0]
    with pytest.raises(RuntimeError):
        capture.work()
    assert mailbox.peek() == (version + 1, None)
    assert source.closed == 1


def test_a_video_file_passes_through_the_same_service_at_its_own_pace(tmp_path: Path) -> None:
    clock = FakeClock()
    source = VideoSource(film(tmp_path, [40, 120, 200]), monotonic=clock.monotonic, sleep=clock.sleep)
    capture, mailbox = service(source, clock)
    capture.set_up()
    shades = []
    for _ in range(3):
        capture.work()
        shades.append(int(frame_in(mailbox).pixels.mean()))
    assert shades == pytest.approx([40, 120, 200], abs=4)
    assert clock.now == pytest.approx(100.2)
    assert frame_in(mailbox).simulated, "a recording is never a live camera"
    with pytest.raises(PassingFault, match="ended"):
        capture.work()


def test_a_looped_film_starts_again(tmp_path: Path) -> None:
    clock = FakeClock()
    source = VideoSource(film(tmp_path, [40, 200]), loop=True, monotonic=clock.monotonic, sleep=clock.sleep)
    source.open()
    assert [int(source.read().mean()) > 100 for _ in range(5)] == [False, True, False, True, False]


def test_a_folder_of_pictures_is_read_in_the_order_of_names(tmp_path: Path) -> None:
    for name, shade in (("b.png", 200), ("a.png", 40)):
        cv2.imwrite(str(tmp_path / name), np.full((8, 8, 3), shade, np.uint8))
    (tmp_path / "notes.txt").write_text("no picture")
    clock = FakeClock()
    source = VideoSource(tmp_path, monotonic=clock.monotonic, sleep=clock.sleep)
    source.open()
    assert [int(source.read()[0, 0, 0]) for _ in range(2)] == [40, 200]
    with pytest.raises(PassingFault, match="ended"):
        source.read()


@pytest.mark.parametrize(("name", "content", "reason"), [
    ("gone.avi", None, "video_missing"), ("text.avi", b"no film", "video_unreadable"),
])  # fmt: skip
def test_a_recording_that_cannot_be_played_needs_a_person(
    tmp_path: Path, name: str, content: bytes | None, reason: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(LastingFault, match=reason):
        VideoSource(tmp_path / name).open()
