from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.config import FaceSettings
from kiosk.face.engine import FaceEngine, ReferenceRefused
from kiosk.face.evaluate import figures, read_pairs, run_eval_match
from kiosk.face.pictures import PictureRefused, decode_picture
from kiosk.labels import BadLabels
from kiosk.vision import cv2

scores = st.lists(st.floats(-1, 1, allow_nan=False), min_size=1, max_size=60)


@settings(deadline=None)  # other work shares the machine
@given(scores, scores)
def test_rates_are_fractions_whatever_the_scores(genuine: list[float], impostor: list[float]) -> None:
    report = figures(genuine, impostor, 0.4)
    for name in ("tar_at_threshold", "far_at_threshold", "tar_at_far_1e3", "eer"):
        assert 0.0 <= report[name] <= 1.0
    assert report["n_genuine"], report["n_impostor"] == (len(genuine), len(impostor))


def test_perfect_separation_has_no_errors() -> None:
    report = figures([0.7, 0.8, 0.9], [0.0, 0.1, 0.2], 0.4)
    assert (report["tar_at_threshold"], report["far_at_threshold"]) == (1.0, 0.0)
    assert (report["tar_at_far_1e3"], report["eer"]) == (1.0, 0.0)


def test_scores_that_say_nothing_have_an_equal_error_rate_of_a_half() -> None:
    same = [n / 100 for n in range(100)]
    assert figures(same, same, 0.4)["eer"] == pytest.approx(0.5, abs=0.01)


def test_one_impostor_in_a_thousand_may_lie_above_the_bar() -> None:
    impostor = [0.9, *[0.1] * 1999, 0.85]
    assert figures([0.2, 0.86, 0.95], impostor, 0.4)["tar_at_far_1e3"] == 1.0
    assert figures([0.2, 0.86, 0.95], [0.9, *[0.1] * 500], 0.4)["tar_at_far_1e3"] == pytest.approx(1 / 3)


def test_a_missed_face_is_a_miss_at_every_threshold() -> None:
    report = figures([0.9, -1.0], [-1.0, -1.0], 0.4)
    assert report["tar_at_threshold"] == 0.5
    assert report["tar_at_far_1e3"] == 0.5


def test_without_impostors_the_rates_on_them_are_unknown_not_zero() -> None:
    report = figures([0.9], [], 0.4)
    assert report["far_at_threshold"] is None and report["eer"] is None


@pytest.mark.parametrize(
    "text", ["", "a,b\n1,2\n", "reference,probe,same\nx.png,y.png,maybe\n", "reference,probe,same\nx.png\n"]
)
def test_a_broken_list_is_refused_with_its_line(tmp_path: Path, text: str) -> None:
    path = tmp_path / "pairs.csv"
    path.write_text(text)
    with pytest.raises(BadLabels, match=r"pairs\.csv"):
        read_pairs(path)


def test_paths_are_relative_to_the_list_and_spaces_and_marks_are_forgiven(tmp_path: Path) -> None:
    path = tmp_path / "pairs.csv"
    path.write_text("\ufeffreference, probe, same\na/b.png, /c d.png, 1\n\n", encoding="utf-8")
    (pair,) = read_pairs(path)
    assert (pair.reference, pair.probe, pair.same) == (tmp_path / "a/b.png", Path("/c d.png"), True)


def write(path: Path, image: np.ndarray) -> Path:
    assert cv2.imwrite(str(path), image)
    return path


def exif_rotated(jpeg: bytes) -> bytes:
    """Says "turn me by 90 degrees clockwise" in its EXIF header."""
    tiff = b"MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06\x00\x00\x00\x00\x00\x00"
    segment = b"Exif\x00\x00" + tiff
    return jpeg[:2] + b"\xff\xe1" + (len(segment) + 2).to_bytes(2, "big") + segment + jpeg[2:]


def test_pictures_of_every_kind_are_counted_and_none_stops_the_run(
    tmp_path: Path, engine: FaceEngine, astronaut: bytes, group: bytes
) -> None:
    image = np.asarray(cv2.imdecode(np.frombuffer(astronaut, np.uint8), cv2.IMREAD_COLOR), np.uint8)
    (tmp_path / "base.png").write_bytes(astronaut)
    (tmp_path / "group.jpg").write_bytes(group)
    grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    sideways = cv2.imencode(".jpg", np.rot90(image))[1].tobytes()
    good = [
        write(tmp_path / "grey.png", grey),
        write(tmp_path / "deep.png", image.astype(np.uint16) * 257),
        write(tmp_path / "alpha.png", np.dstack([image, np.full(image.shape[:2], 255, np.uint8)])),
        write(tmp_path / "huge.jpg", cv2.resize(image, (6000, 6000))),
        write(tmp_path / "turned.png", np.ascontiguousarray(np.rot90(image))),
        write(tmp_path / "over.png", np.ascontiguousarray(np.rot90(image, 2))),
        write(tmp_path / "back.png", np.ascontiguousarray(np.rot90(image, 3))),
        tmp_path / "exif.jpg",
    ]
    (tmp_path / "exif.jpg").write_bytes(exif_rotated(sideways))
    bad = [
        write(tmp_path / "tiny.png", np.zeros((1, 1, 3), np.uint8)),
        write(tmp_path / "line.png", np.zeros((1, 4000), np.uint8)),
        write(tmp_path / "plain.png", np.full((400, 300, 3), 127, np.uint8)),
        tmp_path / "missing.png",
        tmp_path / "text.png",
    ]
    (tmp_path / "text.png").write_text("not a picture")
    lines = ["reference,probe,same", "base.png,group.jpg,0"]
    lines += [f"base.png,{path.name},1" for path in good] + [f"{path},base.png,1" for path in bad]
    (tmp_path / "pairs.csv").write_text("\n".join(lines))
    report = run_eval_match(tmp_path / "pairs.csv", tmp_path / "out/report.json", engine)
    assert json.loads((tmp_path / "out/report.json").read_text()) == report
    assert (report["n_genuine"], report["n_impostor"], report["no_face"]) == (len(good) + len(bad), 1, len(bad))
    assert report["tar_at_threshold"] == pytest.approx(len(good) / (len(good) + len(bad)))
    assert report["far_at_threshold"] == 0.0
    assert report["threshold"] == FaceSettings().threshold
    assert report["median_ms"] > 0


def test_a_picture_that_would_fill_the_memory_is_refused_by_its_header(engine: FaceEngine) -> None:
    bomb = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + (60000).to_bytes(4, "big") * 2 + b"\x08\x02\x00\x00\x00" + bytes(4)
    with pytest.raises(PictureRefused):
        decode_picture(bomb)
    with pytest.raises(ReferenceRefused):
        engine.embed_reference(bomb)


@settings(deadline=None)  # other work shares the machine
@given(st.binary(max_size=200))
def test_any_bytes_are_a_picture_or_a_typed_refusal(data: bytes) -> None:
    try:
        assert decode_picture(data).ndim == 3
    except PictureRefused as refusal:
        assert refusal.problem
