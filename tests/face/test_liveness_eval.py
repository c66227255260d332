"""Figures on labelled films: what counts as passed, and that nothing odd in a set stops the run or flatters it."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest

from hardware.camera.simulated.motion import Begun
from hardware.camera.simulated.people import People
from kiosk.command_line import parser
from kiosk.config import CueMode, CueSettings, FaceSettings, Settings
from kiosk.evaluation import run_eval
from kiosk.face.analysis import FrameAnalysis
from kiosk.face.cues import NOT_MEASURED, Cue, CueReading
from kiosk.face.engine import FaceEngine
from kiosk.face.free_movement import FreeMovement
from kiosk.face.intervals import clopper_pearson
from kiosk.face.liveness_eval import Group, Verdict, modes_of, report_of, run_eval_liveness, verdict_of
from kiosk.face.liveness_items import FPS, LONGEST_SECONDS, frames_of
from kiosk.face.passive.watch import PassiveWatch
from kiosk.labels import BadLabels
from kiosk.ports import Frame, Movement, SimulatedPerson
from kiosk.vision import cv2

SIZE = (960, 540)


# ---- intervals


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    [(0, 60, 0.0, 0.0596), (0, 20, 0.0, 0.1684), (20, 20, 0.8316, 1.0), (5, 50, 0.0333, 0.2181), (0, 0, 0.0, 1.0)],
)
def test_no_error_in_a_few_tries_still_leaves_room_for_some(hits: int, n: int, low: float, high: float) -> None:
    assert clopper_pearson(hits, n) == pytest.approx((low, high), abs=5e-5)


@settings(deadline=None)
@given(st.integers(0, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_bounds_hold_the_rate_between_them(counts: tuple[int, int]) -> None:
    hits, n = counts
    low, high = clopper_pearson(hits, n)
    assert 0 <= low <= (hits / n if n else 0) <= high <= 1
    if n:
        exact = binomtest(hits, n).proportion_ci(method="exact")
        assert (low, high) == pytest.approx((exact.low, exact.high), abs=1e-6)


@pytest.mark.parametrize(("hits", "n", "confidence"), [(2, 1, 0.95), (-1, 5, 0.95), (1, 5, 1.0)])
def test_counts_that_are_none_are_refused(hits: int, n: int, confidence: float) -> None:
    with pytest.raises(ValueError, match=f"{hits} of {n}"):
        clopper_pearson(hits, n, confidence)


# ---- verdicts and the report


MODES = {"edges": CueMode.ENFORCED, "net": CueMode.RECORDED, "light": CueMode.OFF}


@pytest.mark.parametrize(
    ("seen", "edges", "net", "verdict"),
    [
        (True, Cue.DENY, Cue.CONFIRM, Verdict.DENIED),
        (False, Cue.DENY, Cue.ABSTAIN, Verdict.DENIED),
        (True, Cue.CONFIRM, Cue.DENY, Verdict.PASSED),  # a recorded cue refuses nobody
        (True, Cue.ABSTAIN, Cue.ABSTAIN, Verdict.ABSTAINED),
        (True, Cue.ABSTAIN, Cue.DENY, Verdict.ABSTAINED),
        (False, Cue.CONFIRM, Cue.ABSTAIN, Verdict.ABSTAINED),
    ],
)
def test_one_enforced_denial_decides_and_silence_passes_nobody(
    seen: bool, edges: Cue, net: Cue, verdict: Verdict
) -> None:
    assert verdict_of(seen, {"edges": edges, "net": net}, MODES) is verdict


def test_a_doubt_of_an_enforced_cue_passes_nobody_and_of_a_recorded_one_says_nothing() -> None:
    clear = {"edges": Cue.CONFIRM, "net": Cue.CONFIRM}
    assert verdict_of(True, clear, MODES, ["edges"]) is Verdict.ABSTAINED
    assert verdict_of(True, clear, MODES, ["net"]) is Verdict.PASSED
    assert verdict_of(True, {**clear, "edges": Cue.DENY}, MODES, ["edges"]) is Verdict.DENIED


def group(passed: int, abstained: int, denied: int) -> Group:
    made = Group()
    for verdict, times in zip(
        (Verdict.PASSED, Verdict.ABSTAINED, Verdict.DENIED), (passed, abstained, denied), strict=True
    ):
        for _ in range(times):
            made.add(verdict, {"edges": Cue.DENY if verdict is Verdict.DENIED else Cue.ABSTAIN, "net": Cue.CONFIRM})
    return made


def test_the_worst_species_comes_first_and_fewer_tries_are_worse() -> None:
    species = {
        "none": group(0, 0, 0),
        "many-clean": group(0, 0, 60),
        "few-clean": group(0, 5, 15),
        "leaks": group(1, 0, 99),
        "leaks-more": group(1, 0, 9),
    }
    report = report_of(group(8, 1, 1), species, MODES)
    assert list(report["attack"]) == ["leaks-more", "leaks", "few-clean", "many-clean", "none"]
    assert report["attack"]["none"]["apcer"] is None
    assert report["attack"]["few-clean"] == {
        "n": 20, "passed": 0, "abstained": 5, "apcer": 0.0, "low": 0.0, "high": pytest.approx(0.1684, abs=1e-4),
    }  # fmt: skip
    assert report["live"]["bpcer"] == pytest.approx(0.2), "who could not be judged is not let through"
    assert report["cues"]["leaks-more"] == {
        "edges": {"confirm": 0, "abstain": 1, "deny": 9},
        "net": {"confirm": 10, "abstain": 0, "deny": 0},
    }
    assert report["settings"] == {"edges": "enforced", "net": "recorded", "light": "off"}


counts = st.integers(0, 40)


@settings(deadline=None)
@given(st.tuples(counts, counts, counts), st.dictionaries(st.text(max_size=5), st.tuples(counts, counts, counts)))
def test_every_figure_stays_between_its_bounds(living: Any, attacks: Any) -> None:
    report = report_of(group(*living), {name: group(*k) for name, k in attacks.items()}, MODES)
    rows = [(report["live"], "bpcer"), *((row, "apcer") for row in report["attack"].values())]
    for row, rate in rows:
        assert row["passed"] + row["abstained"] <= row["n"]
        assert 0 <= row["low"] <= (row[rate] or 0.0) <= row["high"] <= 1
    rates = [row["apcer"] for row in report["attack"].values() if row["n"]]
    assert rates == sorted(rates, reverse=True)
    json.dumps(report)


# ---- items


class Blind:
    """An engine that sees nobody, and how many frames it was shown."""

    def __init__(self) -> None:
        self.shapes: list[tuple[int, ...]] = []
        self.times: list[float] = []

    def reset(self) -> None:
        return

    def analyse(self, frame: Frame) -> FrameAnalysis:
        self.shapes.append(frame.pixels.shape)
        self.times.append(frame.captured_at)
        height, width = frame.pixels.shape[:2]
        return FrameAnalysis(frame.sequence, frame.captured_at, frame.source, width, height, None)

    def planarity(self, neutral: object, turned: object) -> float:
        raise AssertionError("nobody was there")

    def new_watch(self) -> PassiveWatch:
        return PassiveWatch([Sure()])


class Sure:
    """A passive cue that confirms whatever it is shown."""

    name = "screen_edges"

    def __init__(self) -> None:
        self.reading = NOT_MEASURED

    def watch(self, frame: Frame, analysis: FrameAnalysis) -> None:
        assert frame.pixels.dtype == np.uint8 and frame.pixels.ndim == 3
        self.reading = CueReading(Cue.CONFIRM, 0.1, 1.0)


def evaluate(folder: Path, engine: Any, out: Path | None = None) -> dict[str, Any]:
    return run_eval_liveness(folder, out, engine, FaceSettings())


def odd_set(folder: Path) -> int:
    """Everything a set may hold that is no good film; how many items."""
    folder.mkdir(parents=True)
    picture = np.full((90, 120, 3), 127, np.uint8)
    pictures = {
        "tiny.png": picture[:1, :1],
        "line.png": np.zeros((1, 3000, 3), np.uint8),
        "huge.jpg": np.zeros((5000, 7000, 3), np.uint8),
        "grey.png": picture[..., 0],
        "deep.png": picture.astype(np.uint16) * 257,
        "alpha.png": np.dstack([picture, picture[..., :1]]),
        "turned.bmp": np.rot90(picture).copy(),
    }
    for name, pixels in pictures.items():
        assert cv2.imwrite(str(folder / name), pixels)
    (folder / "text.png").write_text("not a picture")
    (folder / "0001.avi").write_bytes(b"RIFF" + bytes(200))  # numbered: another reader would look for 0002
    (folder / "empty.mp4").write_bytes(b"")
    (folder / "no suffix").write_bytes(b"\x00\xff" * 50)
    (folder / "nothing inside").mkdir()
    (folder / "mixed").mkdir()
    for number in range(3):
        cv2.imwrite(str(folder / "mixed" / f"{number}.png"), picture)
    (folder / "mixed" / "1.png").write_bytes(b"broken")
    (folder / "mixed" / "notes.txt").write_text("not a frame")
    (folder / "pictures.png").mkdir()  # a folder that looks like a picture
    (folder / "missing.mp4").symlink_to(folder / "never there")
    os.mkfifo(folder / "pipe.mp4")  # opening it would wait for ever
    for hidden in (".DS_Store", ".hidden.png", ".folder"):
        (folder / hidden).write_bytes(b"")
    return len([p for p in folder.iterdir() if not p.name.startswith(".")])


def test_nothing_odd_stops_the_run_and_every_item_stays_in_the_count(tmp_path: Path) -> None:
    n = odd_set(tmp_path / "set/attack/odd")
    odd_set(tmp_path / "set/live")
    cv2.imwrite(str(tmp_path / "set/attack/loose.png"), np.zeros((9, 9, 3), np.uint8))
    (tmp_path / "set/attack/empty").mkdir()
    report = evaluate(tmp_path / "set", Blind(), tmp_path / "out/report.json")
    assert json.loads((tmp_path / "out/report.json").read_text()) == report
    assert report["live"] == {
        "n": n, "passed": 0, "abstained": n, "bpcer": 1.0, "low": pytest.approx(0.8, abs=0.1), "high": 1.0,
    }  # fmt: skip
    assert {name: row["n"] for name, row in report["attack"].items()} == {"odd": n, "unsorted": 1, "empty": 0}
    assert report["attack"]["odd"]["abstained"] == n, "a cue that confirms without a face passes nobody"
    shown = report["cues"]["odd"]["screen_edges"]
    assert sum(shown.values()) == n
    assert shown["confirm"] == 8, "the seven pictures and the folder with two whole frames were looked at"


def test_the_unreadable_item_counts_against_the_living_and_not_for_an_attack(tmp_path: Path) -> None:
    (tmp_path / "live").mkdir()
    (tmp_path / "live" / "broken.mp4").write_bytes(b"no film")
    report = evaluate(tmp_path, Blind())
    assert report["live"]["bpcer"] == 1.0
    assert report["attack"] == {}


@pytest.mark.parametrize("make", [lambda p: None, lambda p: p.mkdir(), lambda p: p.write_text("a file")])
def test_a_folder_without_labels_is_refused_in_one_sentence(tmp_path: Path, make: Any) -> None:
    make(tmp_path / "set")
    with pytest.raises(BadLabels, match=r"live/ and attack/") as refused:
        evaluate(tmp_path / "set", Blind())
    assert "\n" not in str(refused.value)


def film(path: Path, frames: int, fps: float) -> None:
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"MJPG"), fps, (64, 48))
    for number in range(frames):
        writer.write(np.full((48, 64, 3), number % 255, np.uint8))
    writer.release()


@pytest.mark.parametrize(("fps", "every"), [(10.0, 1), (15.0, 1), (30.0, 2), (60.0, 4)])
def test_a_films_own_times_are_kept_and_no_more_than_15_frames_a_second_looked_at(
    tmp_path: Path, fps: float, every: int
) -> None:
    film(tmp_path / "film.avi", 40, fps)
    frames = list(frames_of(tmp_path / "film.avi"))
    assert [f.captured_at for f in frames] == pytest.approx([n / fps for n in range(0, 40, every)])
    assert [int(f.pixels[24, 32, 0]) for f in frames] == pytest.approx(list(range(0, 40, every)), abs=3)
    assert [f.sequence for f in frames] == list(range(1, len(frames) + 1))
    assert all(f.simulated and f.source == "film.avi" for f in frames)


def test_thousands_of_frames_are_not_thousands_of_tries(tmp_path: Path) -> None:
    film(tmp_path / "long.avi", 2500, 30.0)
    engine = Blind()
    (tmp_path / "attack/replay/frames").mkdir(parents=True)
    (tmp_path / "long.avi").rename(tmp_path / "attack/replay/long.avi")
    for number in range(400):
        cv2.imwrite(str(tmp_path / f"attack/replay/frames/{number:04}.bmp"), np.zeros((4, 4, 3), np.uint8))
    evaluate(tmp_path, engine)
    assert len(engine.times) == 2 * int(LONGEST_SECONDS * FPS)
    assert max(engine.times) < LONGEST_SECONDS


def test_an_unreadable_frame_leaves_a_gap_in_time_and_does_not_shift_the_rest(tmp_path: Path) -> None:
    for number in (0, 1, 2):
        cv2.imwrite(str(tmp_path / f"{number}.png"), np.zeros((4, 4, 3), np.uint8))
    (tmp_path / "1.png").write_bytes(b"")
    assert [f.captured_at for f in frames_of(tmp_path)] == pytest.approx([0, 2 / FPS])


# ---- the real models on rendered people


def render(folder: Path, person: SimulatedPerson, seconds: float, *begun: Begun) -> list[np.ndarray]:
    folder.mkdir(parents=True)
    renderer = People(*SIZE, 20).get(person)
    pictures = [renderer.render(number / FPS, begun) for number in range(int(seconds * FPS))]
    for number, picture in enumerate(pictures):
        cv2.imwrite(str(folder / f"{number:03}.jpg"), picture, [cv2.IMWRITE_JPEG_QUALITY, 95])
    return pictures


class MovementsOnly:
    """The real engine without passive cues."""

    def __init__(self, engine: FaceEngine) -> None:
        self.reset, self.analyse, self.planarity = engine.reset, engine.analyse, engine.planarity

    def new_watch(self) -> PassiveWatch:
        return PassiveWatch([])


TURN, BLINK = Begun(Movement.TURN_LEFT, 1.4), Begun(Movement.BLINK, 0.9)


def test_a_rendered_person_passes_and_a_rendered_print_does_not(tmp_path: Path, engine: FaceEngine) -> None:
    pictures = render(tmp_path / "live/turns and blinks", SimulatedPerson.PARTICIPANT, 3.4, TURN, BLINK)
    cv2.imwrite(str(tmp_path / "live/one picture.png"), pictures[0])
    render(tmp_path / "live/stands still", SimulatedPerson.PARTICIPANT, 1.2)
    render(tmp_path / "attack/print/tilted", SimulatedPerson.PRINT, 3.4, TURN, BLINK)
    report = evaluate(tmp_path, MovementsOnly(engine))
    live = report["live"]
    assert (live["n"], live["passed"], live["abstained"]) == (3, 1, 2), "a picture and a still film prove nothing"
    assert report["cues"]["live"]["planarity"] == {"confirm": 1, "abstain": 2, "deny": 0}
    assert report["cues"]["live"]["blink"] == {"confirm": 1, "abstain": 2, "deny": 0}
    assert (report["attack"]["print"]["n"], report["attack"]["print"]["passed"]) == (1, 0)
    assert report["settings"]["planarity"] == report["settings"]["blink"] == "enforced"


def test_the_command_judges_with_every_cue_the_settings_name(tmp_path: Path, capsys: Any) -> None:
    render(tmp_path / "live/turns", SimulatedPerson.PARTICIPANT, 3.0, TURN)
    words = ["eval", "liveness", str(tmp_path), "--json", str(tmp_path / "out.json")]
    assert run_eval(parser([cmd_eval]).parse_args(words), Settings()) == 0
    report = json.loads((tmp_path / "out.json").read_text())
    assert json.loads(capsys.readouterr().out) == report
    assert (report["live"]["passed"], report["attack"]) == (1, {})
    named = {"planarity", "blink", *CueSettings.model_fields}
    assert set(report["settings"]) == set(report["cues"]["live"]) == named
    assert run_eval(parser([cmd_eval]).parse_args(["eval", "liveness", str(tmp_path / "none")]), Settings()) == 2
    assert capsys.readouterr().err.count("\n") == 1


def cmd_eval(args: Any) -> int:
    """figures"""
    return 0


def test_a_film_that_turns_flat_is_denied_for_good(engine: FaceEngine) -> None:
    """The same rendered head, measured as if it were flat in one turn and a head in the next."""
    residuals: list[float] = []

    def planarity(neutral: Any, turned: Any) -> float:
        residuals.append(1.0 if len(residuals) < 4 else 9.0)
        return residuals[-1]

    movement = FreeMovement(FaceSettings(), planarity)
    renderer = People(*SIZE, 20).get(SimulatedPerson.PARTICIPANT)
    answers = []
    for number in range(int(2.4 * FPS)):
        pixels = renderer.render(number / FPS, (Begun(Movement.TURN_LEFT, 0.8),))
        movement.watch(engine.analyse(Frame(pixels, number + 1, number / FPS, "film")))
        answers.append(movement.readings()["planarity"].answer)
    assert max(residuals) == 9.0, "the head was seen as well"
    assert answers.count(Cue.CONFIRM) == 0
    assert answers[-1] is Cue.DENY


def test_a_cue_that_is_off_is_neither_counted_nor_asked() -> None:
    modes = modes_of(FaceSettings(cues=CueSettings(moire=CueMode.OFF)))
    assert modes["moire"] is CueMode.OFF
    assert "moire" not in report_of(group(1, 0, 0), {}, modes)["cues"]["live"]
