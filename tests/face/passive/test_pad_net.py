"""The site's own net: read as the manifest says, unable to end an attempt, absent unless its file is the right one."""

from __future__ import annotations

import hashlib
import logging
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx import TensorProto, helper

from kiosk.face.cues import Cue
from kiosk.face.passive.pad_net import ENOUGH_SCORES, PadModel, PadNet, judge, pad_model, square_crop
from kiosk.face.weights import AttackRules, Manifest, WeightsStore
from kiosk.ports import Frame
from tests.face.looks import STRAIGHT, analysis_of

RULES = AttackRules(crop_factor=1.5, live_output=1, confirm_from=0.8, deny_below=0.2, every_frames=1)


def tiny_net(classes: int = 2, *, size: int = 8, layout: str = "NCHW", bias: float = 0.0) -> bytes:
    """Its row is [1 - m, m] (or the first of it), m the mean of what comes in."""
    shape = [1, 3, size, size] if layout == "NCHW" else [1, size, size, 3]
    nodes = [
        helper.make_node("ReduceMean", ["in"], ["m"], axes=[1, 2, 3], keepdims=0),
        helper.make_node("Reshape", ["m", "row"], ["r"]),
        helper.make_node("Mul", ["r", "sign"], ["s"]),
        helper.make_node("Add", ["s", "shift"], ["out"]),
    ]
    floats = {"sign": [-1.0, 1.0][:classes], "shift": [1.0, bias][:classes]}
    constants = [helper.make_tensor(name, TensorProto.FLOAT, [1, classes], values) for name, values in floats.items()]
    constants.append(helper.make_tensor("row", TensorProto.INT64, [2], [1, 1]))
    graph = helper.make_graph(
        nodes,
        "tiny",
        [helper.make_tensor_value_info("in", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("out", TensorProto.FLOAT, [1, classes])],
        constants,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString())


def store(folder: Path, content: bytes | None, promised: bytes | None = None, **changes: Any) -> WeightsStore:
    """A weights folder with ``content`` in the slot whose manifest names ``promised``."""
    named = content if promised is None else promised
    slot: dict[str, Any] = {
        "model": "tiny",
        "file": "pad.onnx",
        "licence": "MIT",
        "optional": True,
        "ready_sha256": hashlib.sha256(named or b"").hexdigest(),
        "input": {"layout": "NCHW", "width": 8, "height": 8, "colour": "BGR", "mean": 0.0, "std": 255.0},
        "attack": RULES.model_dump(),
    }
    slot.update(changes)
    if content is not None:
        (folder / "pad.onnx").write_bytes(content)
    return WeightsStore(Manifest.model_validate({"slots": {"pad": slot}}), folder)


def loaded(folder: Path, content: bytes | None = None, **changes: Any) -> PadModel:
    model = pad_model(store(folder, content or tiny_net(), **changes))
    assert model is not None
    return model


def watched(cue: PadNet, level: int, frames: int, start: int = 0) -> Cue:
    for number in range(start, start + frames):
        pixels = np.full((720, 1280, 3), level, np.uint8)
        cue.watch(Frame(pixels, number, number / 15, "c"), analysis_of(STRAIGHT, number, number / 15))
    return cue.reading.answer


@pytest.mark.parametrize(("level", "answer"), [(230, Cue.CONFIRM), (25, Cue.DENY), (128, Cue.ABSTAIN)])
def test_the_median_score_decides_by_the_sites_two_limits(tmp_path: Path, level: int, answer: Cue) -> None:
    cue = PadNet(loaded(tmp_path))
    assert watched(cue, level, ENOUGH_SCORES - 1) is Cue.ABSTAIN
    assert watched(cue, level, 1, ENOUGH_SCORES) is answer
    assert cue.reading.value == pytest.approx(level / 255, abs=0.01)


def test_a_denial_stays_when_a_living_face_follows(tmp_path: Path) -> None:
    cue = PadNet(loaded(tmp_path))
    watched(cue, 10, ENOUGH_SCORES)
    assert watched(cue, 250, 30, 100) is Cue.DENY


def test_it_looks_at_every_nth_frame_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = loaded(tmp_path, attack={**RULES.model_dump(), "every_frames": 5})
    seen: list[int] = []
    monkeypatch.setattr(model, "score", lambda pixels, box: seen.append(1) or 0.5)
    watched(PadNet(model), 100, 21)
    assert len(seen) == 5


def test_colour_order_layout_and_class_are_the_manifests(tmp_path: Path) -> None:
    """A net that looks at the first channel only tells BGR from RGB and NCHW from NHWC."""

    def first_channel(layout: str) -> bytes:
        shape, axis = ([1, 3, 8, 8], 1) if layout == "NCHW" else ([1, 8, 8, 3], 3)
        nodes = [
            helper.make_node("Gather", ["in", "zero"], ["c"], axis=axis),
            helper.make_node("ReduceMean", ["c"], ["m"], axes=[1, 2], keepdims=0),
            helper.make_node("Reshape", ["m", "row"], ["out"]),
        ]
        constants = [
            helper.make_tensor("zero", TensorProto.INT64, [], [0]),
            helper.make_tensor("row", TensorProto.INT64, [2], [1, 1]),
        ]
        take = [helper.make_tensor_value_info("in", TensorProto.FLOAT, shape)]
        give = [helper.make_tensor_value_info("out", TensorProto.FLOAT, [1, 1])]
        graph = helper.make_graph(nodes, "first", take, give, constants)
        made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
        return bytes(made.SerializeToString())

    blue = np.zeros((100, 100, 3), np.uint8)
    blue[..., 0] = 255
    rules = {**RULES.model_dump(), "live_output": 0}
    for layout in ("NCHW", "NHWC"):
        for colour, score in (("BGR", 1.0), ("RGB", 0.0)):
            given = {"layout": layout, "width": 8, "height": 8, "colour": colour, "mean": 0.0, "std": 255.0}
            model = loaded(tmp_path, first_channel(layout), input=given, attack=rules)
            assert model.score(blue, (10, 10, 60, 60)) == pytest.approx(score)


def test_logits_become_scores(tmp_path: Path) -> None:
    model = loaded(tmp_path, tiny_net(bias=3.0), attack={**RULES.model_dump(), "softmax": True})
    grey = np.full((50, 50, 3), 0, np.uint8)
    assert model.score(grey, (0, 0, 50, 50)) == pytest.approx(1 / (1 + np.exp(1.0 - 3.0)))


def test_the_crop_is_square_round_the_face_and_repeats_the_pictures_edge() -> None:
    pixels = np.zeros((100, 100, 3), np.uint8)
    pixels[:, 90:] = 200
    crop = square_crop(pixels, (80, 40, 100, 60), 2.0, 10, 10)
    assert crop.shape == (10, 10, 3)
    assert (crop[:, -4:] > 150).all()  # 10 px of picture and 10 px beyond it
    assert (crop[:, :3] == 0).all()


# ------------------------------------------------------------------ when it is not there


def test_an_empty_slot_and_an_absent_file_are_off_without_an_error(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    absent = store(tmp_path, None, promised=tiny_net())
    with caplog.at_level(logging.INFO):
        assert pad_model(WeightsStore(Manifest(slots={}), tmp_path)) is None
        assert pad_model(absent) is None
    assert not caplog.records
    assert (absent.absent(), absent.faults(), absent.hashes()) == (("pad",), {}, {})


@pytest.mark.parametrize(
    ("content", "changes", "reason"),
    [
        (tiny_net() + b"x", {"promised": tiny_net()}, "weights_damaged:pad"),
        (b"no model", {}, "face_runtime"),
        (tiny_net(), {"attack": None}, "weights_manifest"),
        (tiny_net(), {"input": None}, "weights_manifest"),
        (tiny_net(1), {}, "face_runtime"),  # there is no second output
        (tiny_net(size=16), {}, "face_runtime"),  # another input than declared
        (tiny_net(bias=-5.0), {}, "face_runtime"),  # scores that are none
    ],
)
def test_a_file_that_cannot_serve_is_logged_and_the_cue_absent(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, content: bytes, changes: dict[str, Any], reason: str
) -> None:
    with caplog.at_level(logging.ERROR):
        assert pad_model(store(tmp_path, content, **changes)) is None
    assert [record.reason for record in caplog.records] == [reason]  # type: ignore[attr-defined]


def test_a_net_that_fails_on_the_way_says_nothing_more(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = loaded(tmp_path)
    cue = PadNet(model)
    watched(cue, 250, ENOUGH_SCORES)

    def broken(*args: object) -> float:
        raise RuntimeError("out of memory")

    monkeypatch.setattr(model, "score", broken)
    with caplog.at_level(logging.ERROR):
        assert watched(cue, 10, 20, 50) is Cue.ABSTAIN
    assert len(caplog.records) == 1


@pytest.mark.parametrize("value", [np.nan, np.inf, -1e30, 0.0])
def test_no_picture_and_no_box_makes_it_raise(tmp_path: Path, value: float) -> None:
    cue = PadNet(loaded(tmp_path))
    analysis = analysis_of(STRAIGHT)
    assert analysis.face is not None
    for pixels in (np.zeros((0, 0, 3), np.uint8), np.zeros((1, 1, 3), np.uint8)):
        face = replace(analysis.face, points=np.full((478, 3), value, np.float32))
        cue.watch(Frame(pixels, 1, 1.0, "c"), replace(analysis, face=face))
        cue.watch(Frame(pixels, 1, 1.0, "c"), replace(analysis, face=None))
    assert cue.reading.answer is not Cue.DENY


@given(st.lists(st.floats(0, 1)))
@settings(deadline=None)
def test_no_scores_between_the_limits_decide(scores: list[float]) -> None:
    reading = judge(scores, RULES)
    if len(scores) < ENOUGH_SCORES:
        assert reading.answer is Cue.ABSTAIN
    elif reading.answer is Cue.DENY:
        assert sum(score < RULES.deny_below for score in scores) >= len(scores) / 2
    elif reading.answer is Cue.CONFIRM:
        assert sum(score >= RULES.confirm_from for score in scores) >= len(scores) / 2
