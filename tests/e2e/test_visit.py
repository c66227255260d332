"""Whole visits, from the start screen to the centre, by the command that others rely on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.e2e.support import Kiosk

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

ALL_STEPS = ["consent", "identity", "lookup", "confirm", "face", "otp", "pin", "done"]


@pytest.fixture(scope="module")
def kiosk(tmp_path_factory: pytest.TempPathFactory) -> Kiosk:
    return Kiosk(tmp_path_factory.mktemp("kiosk"))


@pytest.fixture(scope="module")
def happy(kiosk: Kiosk) -> tuple[int, dict[str, Any], str, Path]:
    shots = kiosk.folder / "shots"
    return (*kiosk.visit("happy", shots=shots), shots)


def test_one_command_leads_from_the_start_screen_to_terverifikasi_in_the_centre(
    happy: tuple[int, dict[str, Any], str, Path],
) -> None:
    code, result, printed, _ = happy
    assert code == 0, printed
    assert result["status"] == "TERVERIFIKASI"
    assert result["centre"]["status"] == "TERVERIFIKASI"
    assert result["centre"]["events"] == 10
    assert [step["name"] for step in result["steps"]] == ALL_STEPS
    assert all(step["outcome"] == "ok" and step["machine_ms"] >= 0 for step in result["steps"])


def test_each_screen_leaves_a_picture(happy: tuple[int, dict[str, Any], str, Path]) -> None:
    *_, shots = happy
    names = "".join(sorted(path.name for path in shots.glob("*.png")))
    for screen in ("beranda", "consent", "identity", "nik", "confirm", "face", "otp", "pin", "done"):
        assert screen in names


@pytest.fixture(scope="module")
def tour(kiosk: Kiosk, happy: object) -> tuple[int, list[dict[str, Any]], str]:
    """Every scenario in one run, on the store and the centre that the happy visit left."""
    return kiosk.tour()


@pytest.fixture(scope="module")
def events(kiosk: Kiosk, tour: object) -> list[dict[str, Any]]:
    """Every event of those visits, as the kiosk signed them."""
    return [body["event"] for body in kiosk.chain()]


def test_every_scenario_ends_as_named_in_one_run_with_a_line_each(
    tour: tuple[int, list[dict[str, Any]], str],
) -> None:
    code, results, printed = tour
    assert code == 0, printed
    assert [(result["scenario"], result["statuses"]) for result in results] == [
        ("happy", ["TERVERIFIKASI"]),
        ("impostor", ["PERLU_PETUGAS"]),
        ("photo-attack", ["PERLU_PETUGAS"]),
        ("otp-wrong", ["PERLU_PETUGAS"]),
        ("pin-weak", ["TERVERIFIKASI"]),
        ("walk-away", ["DITINGGALKAN"]),
        ("centre-down", ["MENUNGGU_SINKRONISASI", "TERVERIFIKASI"]),
        ("camera-unplugged", ["TERVERIFIKASI"]),
        ("staff-compares", ["TERVERIFIKASI"]),
        ("ikd", ["TERVERIFIKASI"]),
        ("ikd-expired", ["TERVERIFIKASI"]),
        ("ktp", ["TERVERIFIKASI"]),
        ("ktp-unreadable", ["TERVERIFIKASI"]),
        ("jkn-card", ["TERVERIFIKASI"]),
        ("nik-not-found", ["PERLU_PETUGAS"]),
        ("deferred", ["TERVERIFIKASI"]),
    ]
    lines = [line for line in printed.splitlines() if "the centre holds" in line]
    assert [line.partition(":")[0] for line in lines] == [result["scenario"] for result in results]


@pytest.mark.parametrize("scenario", ["impostor", "photo-attack"])
def test_who_is_not_the_live_right_person_ends_with_staff_and_never_reaches_the_code(
    tour: tuple[int, list[dict[str, Any]], str], scenario: str
) -> None:
    _, results, _ = tour
    (result,) = [one for one in results if one["scenario"] == scenario]
    assert [step["name"] for step in result["steps"]] == ALL_STEPS[:5]
    assert result["steps"][-1]["outcome"].startswith("face_")
    assert result["centre"]["status"] != "TERVERIFIKASI"


def test_both_names_are_in_the_signed_event_and_at_the_centre(
    events: list[dict[str, Any]], tour: tuple[int, list[dict[str, Any]], str]
) -> None:
    _, results, _ = tour
    (vouched,) = [one for one in results if one["scenario"] == "staff-compares"]
    decision = vouched["centre"]["decision"]
    compared = [event for event in events if event["type"] == "staff_compared"]
    assert len(compared) == 1
    assert (compared[0]["first"], compared[0]["second"]) == (decision["first"], decision["second"])
    assert compared[0]["first_name"] != compared[0]["second_name"]
    assert compared[0]["first_name"] and compared[0]["second_name"]


def test_every_way_to_identify_ends_in_the_same_event_with_its_method(events: list[dict[str, Any]]) -> None:
    methods = {event["method"] for event in events if event["type"] == "identity_read"}
    assert methods == {"nik_typed", "ktp_camera", "jkn_code", "ikd_login", "ikd_code", "case_number"}


def test_what_is_newer_on_the_phone_reaches_the_centre_sealed_and_its_code_is_refused_when_old(
    events: list[dict[str, Any]],
) -> None:
    offered = [event for event in events if event["type"] == "data_update_offered"]
    assert {event["source"] for event in offered} == {"ikd"}
    assert all(set(event["fields"]) == {"address", "marital_status"} for event in offered)
    assert "KENANGA" not in str(events) and "KAWIN" not in str(events), "the values are for the centre alone"
    assert "expired" in {event["reason"] for event in events if event["type"] == "identity_refused"}


def test_a_deferred_visit_leaves_its_case_number_and_a_hash_and_the_next_one_uses_it(
    events: list[dict[str, Any]],
) -> None:
    (deferred,) = [event for event in events if event["type"] == "visit_deferred"]
    (used,) = [event for event in events if event["type"] == "deferred_match_used"]
    assert set(deferred) == {"type", "version", "case_number", "sealed_sha256", "sealed_to"}
    assert used["case_number"] == deferred["case_number"]
    assert "081300000777" not in str(events) and "+6281300000777" not in str(events)


def test_pictures_are_refused_outside_demo(kiosk: Kiosk, tmp_path: Path) -> None:
    import subprocess

    from tests.e2e.support import ROOT

    done = subprocess.run(
        kiosk.command("visit", "--scenario", "happy", "--headless", "--shots", str(tmp_path)),
        cwd=ROOT,
        env=kiosk.environment() | {"BPJS_KIOSK__CENTRE__DSN": "host=centre.invalid dbname=central"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode != 0
    assert "DEMO" in done.stderr
    assert not list(tmp_path.iterdir())
