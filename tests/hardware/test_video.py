"""Films and folders of pictures as cameras. The risk: an evaluation that quietly ran on other pictures than it says."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from hardware.camera.video import VideoSource
from kiosk.ports import LastingFault, PassingFault
from kiosk.vision import cv2
from tests.hardware.conftest import FakeClock

SHADES = [40, 120, 200]


def source(path: Path, *, loop: bool = False, fps: float = 0.0) -> tuple[VideoSource, FakeClock]:
    clock = FakeClock()
    return VideoSource(path, loop=loop, fps=fps, monotonic=clock.monotonic, sleep=clock.sleep), clock


def film(path: Path) -> Path:
    pictures = [np.full((48, 64, 3), shade, np.uint8) for shade in SHADES]
    if path.suffix == ".mjpg":
        path.write_bytes(b"".join(cv2.imencode(".jpg", picture)[1].tobytes() for picture in pictures))
        return path
    codec = "mp4v" if path.suffix == ".mp4" else "MJPG"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*codec), 10.0, (64, 48))
    for picture in pictures:
        writer.write(picture)
    writer.release()
    return path


def picture_file(folder: Path, name: str, pixels: NDArray[np.generic]) -> None:
    assert cv2.imwrite(str(folder / name), pixels)


@pytest.mark.parametrize(("name", "period"), [("a.mp4", 0.1), ("a.avi", 0.1), ("a.mkv", 0.1), ("a.mjpg", 0.04)])
def test_every_kind_of_film_gives_all_its_pictures_at_its_pace(tmp_path: Path, name: str, period: float) -> None:
    video, clock = source(film(tmp_path / name))
    video.open()
    pictures = [video.read() for _ in SHADES]
    assert [int(p.mean()) for p in pictures] == pytest.approx(SHADES, abs=5)
    assert all(p.shape == (48, 64, 3) and p.dtype == np.uint8 for p in pictures)
    assert clock.now == pytest.approx(100.0 + 2 * period)
    with pytest.raises(PassingFault, match="ended"):
        video.read()


@pytest.mark.parametrize("name", ["a.mp4", "a.avi", "a.mjpg"])
def test_every_kind_of_film_can_be_looped(tmp_path: Path, name: str) -> None:
    video, _ = source(film(tmp_path / name), loop=True)
    video.open()
    assert [int(video.read().mean()) for _ in range(7)] == pytest.approx([*SHADES, *SHADES, SHADES[0]], abs=5)


def test_a_rate_of_ones_own_replaces_the_films(tmp_path: Path) -> None:
    video, clock = source(film(tmp_path / "a.avi"), fps=50)
    video.open()
    for _ in SHADES:
        video.read()
    assert clock.now == pytest.approx(100.04)


def test_an_opened_film_can_be_opened_again_from_its_start(tmp_path: Path) -> None:
    video, _ = source(film(tmp_path / "a.avi"))
    for _ in range(2):
        video.open()
        assert int(video.read().mean()) == pytest.approx(SHADES[0], abs=5)
        video.close()
    with pytest.raises(PassingFault, match="unplugged"):
        video.read()


def test_grey_sixteen_bit_and_transparent_pictures_come_as_eight_bit_colour(tmp_path: Path) -> None:
    picture_file(tmp_path, "a_grey.png", np.full((8, 8), 100, np.uint8))
    picture_file(tmp_path, "b_grey16.png", np.full((8, 8), 100 * 256, np.uint16))
    picture_file(tmp_path, "c_colour16.png", np.full((8, 8, 3), 100 * 256, np.uint16))
    picture_file(tmp_path, "d_alpha.png", np.full((8, 8, 4), 100, np.uint8))
    video, _ = source(tmp_path)
    video.open()
    for _ in range(4):
        picture = video.read()
        assert (picture.shape, picture.dtype) == ((8, 8, 3), np.uint8)
        assert np.unique(picture).tolist() == pytest.approx([100], abs=1)


def test_a_folder_of_mixed_sizes_is_refused_for_no_camera_changes_its_picture(tmp_path: Path) -> None:
    picture_file(tmp_path, "a.png", np.zeros((8, 8, 3), np.uint8))
    picture_file(tmp_path, "b.png", np.zeros((8, 10, 3), np.uint8))
    video, _ = source(tmp_path)
    video.open()
    video.read()
    with pytest.raises(LastingFault, match="mixed_sizes"):
        video.read()


@pytest.mark.parametrize("content", [b"", b"no picture"])
def test_a_damaged_picture_in_a_folder_is_named_not_skipped(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.png").write_bytes(content)
    video, _ = source(tmp_path)
    video.open()
    with pytest.raises(LastingFault, match="video_unreadable"):
        video.read()


def test_a_folder_without_pictures_is_no_camera(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no picture")
    with pytest.raises(LastingFault, match="video_unreadable"):
        source(tmp_path)[0].open()
