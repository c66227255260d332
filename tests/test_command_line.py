"""Commands that others rely on: names, options, how results and failures are written."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from hardware.camera.simulated import reference_photo
from kiosk.command_line import SCENARIOS, fail, parser, write_json
from kiosk.config import Settings
from kiosk.evaluation import run_eval

ROOT = Path(__file__).parents[1]


def cmd_visit(args: argparse.Namespace) -> int:
    """one visit"""
    return 7


def cmd_eval(args: argparse.Namespace) -> int:
    """figures"""
    return 0


def test_a_command_is_its_functions_name_and_docstring(capsys: pytest.CaptureFixture[str]) -> None:
    args = parser([cmd_visit]).parse_args(["visit", "--scenario", "happy", "--headless", "--json", "r", "--shots", "s"])
    assert args.command(args) == 7
    assert (args.scenario, args.headless, args.json, args.shots) == ("happy", True, Path("r"), Path("s"))
    with pytest.raises(SystemExit):
        parser([cmd_visit]).parse_args(["--help"])
    assert "one visit" in capsys.readouterr().out


def test_every_scenario_that_can_be_asked_for_has_its_expected_end() -> None:
    from ui.scenarios import EXPECTED, Scenario

    assert tuple(Scenario) == SCENARIOS
    assert set(EXPECTED) == set(Scenario)


def test_one_scenario_or_all_of_them_is_asked_for_never_both() -> None:
    with pytest.raises(SystemExit):
        parser([cmd_visit]).parse_args(["visit", "--all", "--scenario", "happy"])
    assert parser([cmd_visit]).parse_args(["visit", "--all"]).all


@pytest.mark.parametrize("words", [[], ["visit"], ["visit", "--scenario", "other"], ["nothing"]])
def test_words_that_are_no_command_end_with_2(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        parser([cmd_visit]).parse_args(words)
    assert ended.value.code == 2
    assert "main.py" in capsys.readouterr().err


def test_results_are_json_in_a_folder_that_is_made(tmp_path: Path) -> None:
    write_json(tmp_path / "a" / "b" / "result.json", {"status": "TERVERIFIKASI"})
    text = (tmp_path / "a" / "b" / "result.json").read_text()
    assert json.loads(text) == {"status": "TERVERIFIKASI"}
    assert text.endswith("\n")
    write_json(None, {"status": "nowhere"})


def test_a_failure_is_one_sentence_and_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert fail("no labels here") == 2
    assert capsys.readouterr().err == "no labels here\n"


def evaluation(what: str, path: Path, out: Path | None = None) -> argparse.Namespace:
    return parser([cmd_eval]).parse_args(["eval", what, str(path), *(["--json", str(out)] if out else [])])


@pytest.mark.parametrize("what", ["match", "qr", "ktp"])
def test_labels_that_are_not_there_are_one_sentence(
    what: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_eval(evaluation(what, tmp_path / "none.csv"), Settings()) == 2
    told = capsys.readouterr()
    assert told.err.count("\n") == 1
    assert told.out == ""


def test_missing_weights_name_the_command_that_mends_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("a.png", "b.png"):
        (tmp_path / name).write_bytes(reference_photo())
    (tmp_path / "pairs.csv").write_text("reference,probe,same\na.png,b.png,1\n")
    settings = Settings(weights_dir=tmp_path / "none")
    code = run_eval(evaluation("match", tmp_path / "pairs.csv"), settings)
    told = capsys.readouterr()
    assert code == 2
    assert "make setup" in told.err


def test_the_figures_are_printed_and_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "labels.csv").write_text("file,text\nmissing.png,0001234567890\n")
    out = tmp_path / "out" / "qr.json"
    assert run_eval(evaluation("qr", tmp_path, out), Settings()) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed == json.loads(out.read_text())
    assert (printed["n"], printed["read"], printed["wrong"], printed["false_hits"]) == (1, 0, 0, 0)


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["visit", "--scenario", "happy", "--headless"], 2, "DEMO only"),
        (["settings"], 0, "centre.dsn = (set)"),
    ],
)
def test_a_kiosk_with_a_real_centre_plays_no_scenario_and_tells_no_dsn(
    words: list[str], code: int, told: str, tmp_path: Path
) -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "main.py"), *words],
        env=os.environ | {"BPJS_KIOSK__CENTRE__DSN": "host=db password=hunter2", "BPJS_KIOSK__DATA_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    output = done.stdout + done.stderr
    assert done.returncode == code, output
    assert told in output
    assert "hunter2" not in output
