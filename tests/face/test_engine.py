"""The real models on public-domain pictures and views made from them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from kiosk.config import FaceSettings
from kiosk.face.analysis import FrameAnalysis
from kiosk.face.detector import FaceDetector
from kiosk.face.embedder import FaceEmbedder
from kiosk.face.engine import FaceEngine, ReferenceRefused
from kiosk.face.landmarks import LandmarkNet, rect_of_box
from kiosk.face.mesh import FACE_POINTS, read_canonical, rigid_points, skull_points
from kiosk.face.pose import angles
from kiosk.face.quality import hint_for
from kiosk.face.types import FaceHint
from kiosk.face.weights import WeightsStore
from kiosk.ports import Frame, LastingFault
from kiosk.vision import cv2
from tests.face.conftest import ROOT

Pixels = NDArray[np.uint8]


@pytest.fixture(scope="module")
def portrait(astronaut: bytes) -> Pixels:
    """The astronaut before a 1280x720 camera, eyes about 95 px apart."""
    image = cv2.imdecode(np.frombuffer(astronaut, np.uint8), cv2.IMREAD_COLOR)
    zoom = 2.2
    matrix = np.array([[zoom, 0, 640 - 223 * zoom], [0, zoom, 330 - 118 * zoom]])
    return np.asarray(cv2.warpAffine(image, matrix, (1280, 720), borderMode=cv2.BORDER_REPLICATE), np.uint8)


def looked_at(engine: FaceEngine, *pictures: Pixels) -> FrameAnalysis:
    engine.reset()
    analysis = None
    for number, picture in enumerate(pictures):
        analysis = engine.analyse(Frame(picture, number, number / 15, "test"))
    assert analysis is not None
    return analysis


def similarity(engine: FaceEngine, picture: Pixels, reference: NDArray[np.float32]) -> float:
    analysis = looked_at(engine, picture)
    assert analysis.face is not None
    crop = engine.aligned_face(Frame(picture, 1, 1.0, "test"), analysis.face)
    assert crop is not None
    return float(engine.embed([crop])[0] @ reference)


def test_the_embedding_equals_opencvs_own_for_the_same_crop(weights: WeightsStore, astronaut: bytes) -> None:
    embedder = FaceEmbedder(weights)
    image = np.asarray(cv2.imdecode(np.frombuffer(astronaut, np.uint8), cv2.IMREAD_COLOR), np.uint8)
    face = FaceDetector(weights.path("detector")).find(image)[0]
    crop = embedder.align(image, face.points)
    level = cv2.utils.logging.getLogLevel()
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_ERROR)
    theirs = cv2.FaceRecognizerSF.create(str(weights.path("embedder")), "").feature(crop).ravel()
    cv2.utils.logging.setLogLevel(level)
    ours = embedder.embed([crop])[0]
    assert ours.shape == (128,)
    assert float(ours @ theirs / np.linalg.norm(theirs)) >= 0.9999


def test_a_straight_portrait_is_usable(engine: FaceEngine, portrait: Pixels) -> None:
    analysis = looked_at(engine, portrait, portrait)
    assert analysis.face is not None
    assert hint_for(analysis) is None
    assert abs(analysis.face.pose.yaw) < 5
    assert analysis.face.ear > 0.25 and analysis.face.blink < 0.2
    assert analysis.others == 0


@pytest.mark.parametrize(
    ("view", "hint"),
    [
        (lambda p: (p * 0.1).astype(np.uint8), FaceHint.TOO_DARK),
        (lambda p: np.clip(p * 2.0, 0, 255).astype(np.uint8), FaceHint.TOO_BRIGHT),
        (lambda p: cv2.GaussianBlur(p, (0, 0), 6), FaceHint.NOT_SHARP),
        (lambda p: cv2.warpAffine(p, np.float64([[0.4, 0, 384], [0, 0.4, 198]]), (1280, 720)), FaceHint.TOO_FAR),
        (lambda p: np.roll(p, 400, 1), FaceHint.CENTRE_FACE),
        (np.zeros_like, FaceHint.NO_FACE),
        (lambda p: cv2.warpAffine(p, cv2.getRotationMatrix2D((640, 330), 30, 1), (1280, 720)), FaceHint.LOOK_STRAIGHT),
    ],
    ids=["dark", "bright", "blurred", "far", "aside", "empty", "tilted"],
)  # fmt: skip
def test_a_bad_view_is_named(engine: FaceEngine, portrait: Pixels, view: object, hint: FaceHint) -> None:
    picture = np.asarray(view(portrait), np.uint8)  # type: ignore[operator]
    assert hint_for(looked_at(engine, picture, picture)) is hint


def test_a_group_before_the_camera_is_seen_as_such(engine: FaceEngine, group: bytes) -> None:
    picture = np.asarray(cv2.imdecode(np.frombuffer(group, np.uint8), cv2.IMREAD_COLOR), np.uint8)
    assert looked_at(engine, picture).others >= 2


def test_other_views_of_the_same_photo_stay_similar_and_other_people_do_not(
    engine: FaceEngine, portrait: Pixels, astronaut: bytes, group: bytes
) -> None:
    reference = engine.embed_reference(astronaut).embedding
    darker = (portrait * 0.4).astype(np.uint8)
    tilted = np.asarray(cv2.warpAffine(portrait, cv2.getRotationMatrix2D((640, 330), 12, 0.8), (1280, 720)), np.uint8)
    for view in (portrait, darker, tilted):
        assert similarity(engine, view, reference) > 0.75
    assert float(engine.embed_picture(group).embedding @ reference) < 0.3


def test_a_turned_print_reads_flat_and_hardly_turned(engine: FaceEngine, portrait: Pixels) -> None:
    neutral = looked_at(engine, portrait, portrait).face
    assert neutral is not None
    angle, focal = np.radians(35), 1200.0
    camera = np.array([[focal, 0, 640], [0, focal, 360], [0, 0, 1]])
    plane = np.array([[np.cos(angle), 0, 0], [0, 1, 0], [-np.sin(angle), 0, focal]])
    homography = camera @ plane @ np.array([[1, 0, -640], [0, 1, -360], [0, 0, 1]])
    turned_print = np.asarray(cv2.warpPerspective(portrait, homography, (1280, 720)), np.uint8)
    turned = looked_at(engine, turned_print, turned_print).face
    assert turned is not None
    assert abs(turned.pose.yaw - neutral.pose.yaw) < 6
    assert engine.planarity(neutral, turned) < 2.0


def test_angles_follow_the_documented_signs() -> None:
    def about(x: float, y: float, z: float) -> NDArray[np.float64]:
        rx, ry, rz = np.radians([x, y, z])
        pitch = np.array([[1, 0, 0], [0, np.cos(rx), -np.sin(rx)], [0, np.sin(rx), np.cos(rx)]])
        yaw = np.array([[np.cos(ry), 0, -np.sin(ry)], [0, 1, 0], [np.sin(ry), 0, np.cos(ry)]])
        roll = np.array([[np.cos(rz), -np.sin(rz), 0], [np.sin(rz), np.cos(rz), 0], [0, 0, 1]])
        return np.asarray(roll @ yaw @ pitch)

    pose = angles(about(10, 20, 5))
    assert (pose.pitch, pose.yaw, pose.roll) == pytest.approx((10, 20, 5))
    nose = about(0, 20, 0) @ np.array([0.0, 0.0, -1.0])
    assert nose[0] > 0  # to the right of the picture: the person's own left


def test_a_crop_without_a_face_has_no_presence(weights: WeightsStore) -> None:
    net = LandmarkNet(weights.path("landmarks"), weights.path("blendshapes"))
    noise = np.random.default_rng(1).integers(0, 255, (480, 640, 3), np.uint8)
    assert net.mesh(noise, rect_of_box(200, 150, 120, 120, 0.0)).presence < 0.01


def test_the_canonical_face_is_read_whole(weights: WeightsStore) -> None:
    canonical = read_canonical(weights.path("face_geometry"))
    assert canonical.shape == (FACE_POINTS, 3)
    assert canonical[33, 0] < 0 < canonical[263, 0]
    assert canonical[10, 1] > canonical[152, 1]
    assert len(rigid_points(canonical)) == 304
    assert len(skull_points(canonical)) == 230


@pytest.mark.parametrize("content", [b"", b"\x0a", b"\x0a\x05abcde", bytes(5000), b"\x0a\xff" + b"\x1d" * 900])
def test_a_damaged_canonical_face_is_a_lasting_fault(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "geometry"
    path.write_bytes(content)
    with pytest.raises(LastingFault):
        read_canonical(path)


def test_models_that_are_no_models_are_a_lasting_fault(tmp_path: Path) -> None:
    path = tmp_path / "model"
    path.write_bytes(b"nothing of the kind")
    with pytest.raises(LastingFault):
        LandmarkNet(path, path)
    with pytest.raises(LastingFault):
        FaceDetector(path)


def test_missing_weights_are_a_lasting_fault(weights: WeightsStore, tmp_path: Path) -> None:
    with pytest.raises(LastingFault, match="weights_missing"):
        FaceEngine(WeightsStore(weights.manifest, tmp_path), FaceSettings()).load()


def test_the_reference_is_refused_with_a_reason(engine: FaceEngine, astronaut: bytes, group: bytes) -> None:
    image = cv2.imdecode(np.frombuffer(astronaut, np.uint8), cv2.IMREAD_COLOR)
    _, small = cv2.imencode(".png", cv2.resize(image, None, fx=0.4, fy=0.4, interpolation=cv2.INTER_AREA))
    _, empty = cv2.imencode(".png", np.full((300, 200, 3), 180, np.uint8))
    cases = {b"": "unreadable", b"no picture": "unreadable", astronaut[:5000]: "no_face", group: "several_faces"}
    for data, problem in {**cases, small.tobytes(): "face_too_small", empty.tobytes(): "no_face"}.items():
        with pytest.raises(ReferenceRefused) as refused:
            engine.embed_reference(data)
        assert refused.value.problem in (problem, "unreadable")


def test_the_reference_hides_its_numbers_from_logs(engine: FaceEngine, astronaut: bytes) -> None:
    reference = engine.embed_reference(astronaut)
    assert repr(reference) == f"Reference(face_px={reference.face_px}, kind={reference.kind!r})"


def test_importing_the_session_loads_no_model_runtime() -> None:
    script = (
        "import sys, kiosk.face.session, kiosk.face.evaluate, kiosk.face.evidence\n"
        "heavy = {'onnxruntime', 'insightface', 'ai_edge_litert', 'skimage', 'onnx', 'cv2'} & set(sys.modules)\n"
        "sys.exit(', '.join(heavy) or 0)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
