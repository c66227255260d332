"""Which cues watch an attempt: as the site set them, timing always, in one order."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kiosk.config import CueMode, CueSettings
from kiosk.face.cues import Cue
from kiosk.face.light_plan import plan_of
from kiosk.face.light_show import LightShow
from kiosk.face.passive.assemble import passive_watch
from kiosk.face.passive.pad_net import PadModel
from kiosk.ports import Frame
from tests.face.looks import STRAIGHT, Look, analysis_of
from tests.face.passive.test_pad_net import loaded

ORDER = ["screen_edges", "moire", "banding", "glare", "repetition", "blink_shape", "pad_net", "timing"]


@pytest.fixture
def pad(tmp_path: Path) -> PadModel:
    return loaded(tmp_path)


def test_all_that_are_not_off_watch_in_a_fixed_order(pad: PadModel) -> None:
    assert list(passive_watch(CueSettings(), pad).readings()) == ORDER


@pytest.mark.parametrize("name", ORDER[:-1])
def test_a_cue_that_is_off_is_not_made_and_a_recorded_one_is(pad: PadModel, name: str) -> None:
    off = CueSettings.model_validate({name: CueMode.OFF})
    assert list(passive_watch(off, pad).readings()) == [one for one in ORDER if one != name]
    recorded = CueSettings.model_validate({name: CueMode.RECORDED})
    assert list(passive_watch(recorded, pad).readings()) == ORDER


def test_with_everything_off_timing_still_watches() -> None:
    off = CueSettings.model_validate(dict.fromkeys(CueSettings.model_fields, CueMode.OFF))
    assert list(passive_watch(off, None).readings()) == ["timing"]


def test_without_the_sites_net_its_cue_is_absent() -> None:
    enforced = CueSettings(pad_net=CueMode.ENFORCED)
    assert "pad_net" not in passive_watch(enforced, None).readings()


def test_each_attempt_has_cues_of_its_own(pad: PadModel) -> None:
    first, second = (passive_watch(CueSettings(), pad) for _ in range(2))
    pixels = np.zeros((72, 128, 3), np.uint8)
    for number in (5, 4):
        first.watch(Frame(pixels, number, float(number), "c"), analysis_of(STRAIGHT, number, float(number)))
    assert first.readings()["timing"].answer is Cue.DENY
    assert second.readings()["timing"].answer is Cue.ABSTAIN


@pytest.mark.parametrize("shape", [(1, 1, 3), (72, 128, 3)])
@pytest.mark.parametrize("look", [STRAIGHT, Look(face=False), Look(yaw=float("nan"), centre=(1e9, -1e9))])
def test_no_picture_makes_the_watch_raise(pad: PadModel, shape: tuple[int, ...], look: Look) -> None:
    watch = passive_watch(CueSettings(), pad)
    rng = np.random.default_rng(0)
    for number in range(30):
        pixels = rng.integers(0, 255, shape, dtype=np.uint8)
        watch.watch(Frame(pixels, number, number / 15, "c"), analysis_of(look, number, number / 15))
    assert list(watch.readings()) == ORDER


def test_the_screens_light_is_watched_when_colours_are_shown_and_never_when_the_cue_is_off() -> None:
    show = LightShow(plan_of(b"visit:1", b"seed"))
    assert "screen_light" in passive_watch(CueSettings(), None, show).readings()
    off = CueSettings(screen_light=CueMode.OFF)
    assert "screen_light" not in passive_watch(off, None, show).readings()
