"""What is counted and what is said of it."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from hardware.camera.simulated.presentations import Presentation
from kiosk.face.types import FaceOutcome, FaceResult
from kiosk.ports import Movement
from tests.liveness import campaign
from tests.liveness.attempts import PATIENCE_SECONDS, REACTION_SECONDS, Reacting, Trial, denials, trial_of
from tests.liveness.report import attack_row, document_of, live_row, summary_of


def presented(name: str, species: str) -> Presentation:
    def nobody(width: int, height: int, seed: int) -> None:
        raise AssertionError("not rendered here")

    return Presentation(name, species, True, nobody)  # type: ignore[arg-type]


MATCHED = Trial("matched", True)
SUSPECTED = Trial("attack_suspected", True, ["moire", "banding"])
FAILED = Trial("liveness_failed", False, ["planarity"])


def test_every_attempt_counts_and_cues_are_told_apart_by_whether_the_challenge_was_passed() -> None:
    row = attack_row([SUSPECTED] * 7 + [FAILED] * 2 + [MATCHED])
    assert (row["n"], row["passed"], row["challenge_passed"]) == (10, 1, 8)
    assert row["apcer"] == 0.1 and row["low"] < 0.1 < row["high"]
    assert row["denied_with_challenge_passed"] == {"moire": 7, "banding": 7}
    recorded = Trial("matched", True, ["screen_light"])
    assert attack_row([recorded, MATCHED])["passed_were_all_enforced"] == 1
    assert row["denied"] == {"moire": 7, "banding": 7, "planarity": 2}
    assert row["outcomes"] == {"attack_suspected": 7, "liveness_failed": 2, "matched": 1}


def test_a_person_may_try_twice_and_both_attempts_are_told() -> None:
    row = live_row([[MATCHED], [FAILED, Trial("matched", True, seconds=9.0)], [FAILED, FAILED]])
    assert (row["n"], row["passed"], row["passed_at_once"]) == (3, 2, 1)
    assert row["bpcer"] == pytest.approx(1 / 3)
    assert row["median_seconds"] == 4.5
    assert row["outcomes"] == {"liveness_failed": 3, "matched": 2}


def test_the_document_puts_the_worst_first_says_none_plainly_and_calls_it_rendered() -> None:
    groups = [
        (presented("a", "clean"), [[FAILED]] * 60),
        (presented("b", "leaky"), [[MATCHED]] * 2 + [[Trial("no_match", True)]] * 58),
        (presented("c", "caught"), [[SUSPECTED]] * 60),
    ]
    summary = summary_of(groups, [(presented("d", "live"), [[MATCHED]] * 60)], 60, "code")
    assert list(summary["species"]) == ["leaky", "caught", "clean"]
    text = document_of(summary)
    lines = {line.split("|")[1].strip(): line for line in text.splitlines() if line.startswith("|")}
    assert lines["leaky"].endswith("| 60 | none | no_match 58, matched 2 |")
    assert lines["clean"] == "| clean | 60 | 0 | 0.0 % | 6.0 % | 0 | 0 | challenge never passed | liveness_failed 60 |"
    assert "| moire 60 of 60, (banding 60 of 60) |" in lines["caught"], "a recorded cue stops nobody"
    assert "**rendered**" in text
    assert max(map(len, (line for line in text.splitlines() if not line.startswith("|")))) <= 120


def test_rows_of_other_code_and_half_written_ones_are_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = tmp_path / "rows.jsonl"
    monkeypatch.setattr(campaign, "ROWS", rows)
    assert campaign.known_rows("now") == {}
    good = {"code": "now", "run": "print/0", "attempts": [SUSPECTED.as_dict()]}
    rows.write_text(
        json.dumps(good) + "\n" + json.dumps({**good, "code": "old", "run": "print/1"}) + '\n{"code": "now"'
    )
    assert campaign.known_rows("now") == {"print/0": [SUSPECTED]}


def test_a_name_that_is_neither_species_nor_presentation_ends_the_run() -> None:
    assert campaign.chosen("") == list(campaign.presentations().values())
    with pytest.raises(SystemExit, match="no such"):
        campaign.chosen("phone_replay,hologram")


def test_whoever_reacts_does_so_late_and_again_when_it_did_not_count() -> None:
    hands = Reacting(random.Random(1))
    hands.read(Movement.BLINK, 0, 10.0)
    hands.read(Movement.BLINK, 0, 10.1)
    assert hands.begun(10.0 + REACTION_SECONDS[0] - 0.01) == []
    assert [one.movement for one in hands.begun(10.0 + REACTION_SECONDS[1])] == [Movement.BLINK]
    hands.read(Movement.BLINK, 0, 10.0 + REACTION_SECONDS[1] + PATIENCE_SECONDS + 1.0)
    hands.read(Movement.TURN_LEFT, 1, 14.0)
    hands.read(None, 1, 14.5)
    hands.read(Movement.TURN_LEFT, 1, 15.0)  # asked again after a slip
    assert [one.movement for one in hands._begun] == [Movement.BLINK] * 2 + [Movement.TURN_LEFT] * 2


def test_a_challenge_counts_as_passed_only_when_all_of_it_was_done() -> None:
    def trial(asked: list[str], done: list[str]) -> Trial:
        evidence = {"movements": asked, "movements_done": done, "cues": {"moire": "deny", "glare": "abstain"}}
        return trial_of(FaceResult(FaceOutcome.ATTACK_SUSPECTED, evidence), 8.0)

    assert trial(["blink", "nod"], ["blink", "nod"]).challenge_passed
    assert not trial(["blink", "nod"], ["blink"]).challenge_passed
    assert not trial([], []).challenge_passed, "an attempt that never reached the challenge"
    assert trial([], []).denied == ["moire"]
    assert denials({}) == []
