"""``eval ktp`` is read by machines: names and meanings of its fields are pinned here."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from hardware.camera.simulated.ektp import draw_card, invent
from kiosk.config import KtpSettings, Settings
from kiosk.identity.evaluate_ktp import decide, evaluate, read_labels, run_eval_ktp
from kiosk.identity.ktp.fields import CardFields
from kiosk.identity.ktp.guide import WHOLE, Guide
from kiosk.identity.ktp.reading import KtpFrame, NikReading
from kiosk.identity.ktp.rule import KtpVerdict
from kiosk.identity.nik import Sex
from kiosk.labels import BadLabels
from kiosk.vision import cv2
from tests.identity.ktp_sets import COLUMNS, REPORT, TUNING, cards, labels, main, write_set

SITI, OTHER = "3174075508950001", "3174075508950007"
FIELDS = CardFields(
    nik=SITI, nama="SITI RAHMAWATI", tempat_lahir="JAKARTA", tanggal_lahir=date(1995, 8, 15),
    jenis_kelamin=Sex.FEMALE, alamat="JL. MELATI NO. 8", rt_rw="003/007", kel_desa="SUKAMAJU",
    kecamatan="PASAR MINGGU", agama="ISLAM", status_perkawinan="KAWIN", pekerjaan="GURU", kewarganegaraan="WNI",
)  # fmt: skip
HEAD = ",".join(COLUMNS)
PRINTED = (
    "SITI RAHMAWATI,jakarta,15-08-1995,PEREMPUAN,JL.  MELATI NO. 8,003/007,Sukamaju,PASAR MINGGU,ISLAM,KAWIN,GURU,WNI"
)


def frame(full: str = SITI, strip: str | None = None, fields: CardFields = FIELDS, seconds: float = 0.5) -> KtpFrame:
    reading = NikReading(full, full if strip is None else strip, date(1995, 8, 15), Sex.FEMALE, seconds)
    return KtpFrame(reading, replace(fields, nik=full), fields_seconds=0.25)


NOTHING = KtpFrame(NikReading(seconds=0.1), fields_seconds=0.1)


class Engine:
    """Knows a picture by its grey level."""

    def __init__(self, frames: dict[int, KtpFrame]) -> None:
        self.frames = frames
        self.guides: list[Guide] = []

    def read(self, picture: NDArray[np.uint8], guide: Guide) -> KtpFrame:
        self.guides.append(guide)
        return self.frames[int(picture[0, 0, 0])]


def figures(folder: Path, rows: list[str], frames: dict[int, KtpFrame]) -> dict[str, Any]:
    """``rows``: "grey,card,nik"; a grey of "-" names a file that is no picture."""
    lines = [HEAD]
    for row in rows:
        grey, card, nik = row.split(",")
        file = folder / f"{grey}.png"
        if grey == "-":
            file.write_bytes(b"no picture")
        else:
            cv2.imwrite(str(file), np.full((20, 30, 3), int(grey), np.uint8))
        lines.append(f"{file.name},{card},{nik},{PRINTED}")
    (folder / "labels.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    engine = Engine(frames)
    report = evaluate(folder, read_labels(folder / "labels.csv"), engine, lambda _: [], KtpSettings())
    assert set(engine.guides) <= {WHOLE}
    return report


def test_pictures_of_a_card_are_voted_on_together(tmp_path: Path) -> None:
    report = figures(tmp_path, [f"1,a,{SITI}", f"2,a,{SITI}", f"-,a,{SITI}"], {1: NOTHING, 2: frame()})
    assert (report["n"], report["unreadable"], report["cards"]) == (3, 1, 1)
    assert (report["nik_exact"], report["nik_accepted"]) == (1, 1)
    assert (report["cards_accepted"], report["cards_nik_exact"]) == (1, 1)
    assert report["nik_wrong_accepted"] == 0
    assert report["fields_exact"] == 1.0
    assert report["portrait_found"] == 0


def test_a_wrong_number_that_is_accepted_is_told(tmp_path: Path) -> None:
    report = figures(tmp_path, [f"1,,{SITI}", f"2,,{SITI}"], {1: frame(OTHER), 2: frame()})
    assert (report["cards"], report["nik_accepted"], report["nik_wrong_accepted"]) == (2, 2, 1)
    assert (report["nik_exact"], report["cards_nik_exact"]) == (1, 1)
    together = figures(tmp_path, [f"1,a,{SITI}", f"2,a,{SITI}"], {1: frame(OTHER), 2: frame()})
    assert together["nik_wrong_accepted"] == 2, "the picture alone, and the vote that began with it"


def test_what_nobody_could_read_counts_against_the_fields(tmp_path: Path) -> None:
    report = figures(tmp_path, [f"1,,{SITI}", f"2,,{SITI}", f"-,,{SITI}"], {1: frame(), 2: NOTHING})
    assert report["fields_exact"] == pytest.approx(1 / 3, abs=1e-3)
    assert (report["cards"], report["cards_nik_exact"]) == (3, 1)


def test_fields_are_compared_but_for_case_and_blanks(tmp_path: Path) -> None:
    wrong = replace(FIELDS, nama="SITI RAHMAWATl", tanggal_lahir=date(1995, 8, 16), jenis_kelamin=Sex.MALE)
    report = figures(tmp_path, [f"1,,{SITI}"], {1: frame(fields=wrong)})
    assert report["fields_exact"] == pytest.approx(9 / 12)


def test_seconds_are_those_of_reading(tmp_path: Path) -> None:
    report = figures(tmp_path, [f"1,,{SITI}", f"2,,{SITI}"], {1: frame(seconds=0.5), 2: frame(seconds=0.7)})
    assert report["nik_median_s"] == pytest.approx(0.6)
    assert report["fields_median_s"] == pytest.approx(0.85)
    assert report["p95_s"] == pytest.approx(0.94)


def test_without_pictures_shares_and_seconds_are_null(tmp_path: Path) -> None:
    report = figures(tmp_path, [], {})
    assert (report["n"], report["cards"]) == (0, 0)
    assert {report[name] for name in ("fields_exact", "nik_median_s", "fields_median_s", "p95_s")} == {None}


def test_a_vote_ends_with_its_last_picture() -> None:
    assert decide([frame()], KtpSettings()).verdict is KtpVerdict.ACCEPTED
    doubtful = decide([frame(strip=OTHER), frame(strip="")], KtpSettings())
    assert (doubtful.verdict, doubtful.nik) == (KtpVerdict.ASK, SITI)
    assert decide([NOTHING], KtpSettings()).verdict is KtpVerdict.UNREADABLE
    assert decide([NOTHING] * 5 + [frame()], KtpSettings()).verdict is KtpVerdict.UNREADABLE


@pytest.mark.parametrize("head", ["", "name,nik", "file;nik"])
def test_labels_without_file_and_number_are_refused_in_a_sentence(tmp_path: Path, head: str) -> None:
    (tmp_path / "labels.csv").write_text(head + "\n")
    with pytest.raises(BadLabels, match="needs the columns file and nik"):
        run_eval_ktp(tmp_path, None, Settings())


def test_a_folder_without_labels_is_refused_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(BadLabels, match="is missing"):
        run_eval_ktp(tmp_path, None, Settings())
    (tmp_path / "labels.csv").write_bytes(b"file,nik\n\xff\xfe,1\n")
    with pytest.raises(BadLabels, match="UTF-8"):
        run_eval_ktp(tmp_path, None, Settings())


def test_only_columns_that_are_there_are_compared(tmp_path: Path) -> None:
    (tmp_path / "labels.csv").write_text(
        f"\ufefffile,nik,nama,agama\na.png,{SITI}, siti  rahmawati ,\nb.png\n", "utf-8"
    )
    first, short = read_labels(tmp_path / "labels.csv")
    assert first.printed == {"nama": "SITI RAHMAWATI"}
    assert (first.nik, short.nik, short.printed) == (SITI, "", {})
    assert first.card != short.card
    assert SITI not in repr(first)


def test_sets_for_tuning_and_for_reporting_never_meet() -> None:
    assert not TUNING.startswith(REPORT) and not REPORT.startswith(TUNING)
    numbers = [{invent(f"{prefix}/{number:04d}").nik for number in range(300)} for prefix in (TUNING, REPORT)]
    assert not numbers[0] & numbers[1]


def test_a_card_of_a_set_is_the_same_however_many_are_asked_for() -> None:
    (alone,) = cards(TUNING, 1, frames=1, first=1)
    last = list(cards(TUNING, 2, frames=1))[-1]
    assert last.name == alone.name
    assert last.person == alone.person
    assert np.array_equal(last.shots[0].picture, alone.shots[0].picture)
    # As it was when the generator was frozen: figures from before a change would not be these cards'.
    assert alone.person.nik == "1371035106560005"
    assert alone.shots[0].corners[2] == pytest.approx([1462.5, 892.4], abs=0.1)
    assert alone.shots[0].picture.mean() == pytest.approx(169.53, abs=0.1)
    assert alone.shots[0].picture.std() == pytest.approx(39.37, abs=0.1)


def test_a_written_set_is_what_the_evaluation_reads(tmp_path: Path) -> None:
    main([str(tmp_path / "set"), "--set", "tuning", "--cards", "1", "--frames", "2"])
    read = read_labels(tmp_path / "set" / "labels.csv")
    (specimen,) = cards(TUNING, 1, frames=1)
    assert len(read) == 2
    assert {label.card for label in read} == {specimen.name}
    assert read[0].printed == {name: value for name, value in labels(specimen.person).items() if name != "nik"}
    assert np.array_equal(cv2.imread(str(tmp_path / "set" / read[0].file)), specimen.shots[0].picture)


def test_a_bare_card_and_a_card_in_a_hand_are_read_by_the_real_reader(tmp_path: Path) -> None:
    folder = write_set(tmp_path, TUNING, 1, frames=1)
    person = invent("bare")
    bare = cv2.resize(draw_card(person, "bare"), (1000, 631), interpolation=cv2.INTER_AREA)
    cv2.imwrite(str(folder / "bare.png"), bare)
    with (folder / "labels.csv").open("a", encoding="utf-8", newline="") as handle:
        csv.DictWriter(handle, COLUMNS).writerow({"file": "bare.png", **labels(person)})
    out = tmp_path / "out" / "report.json"
    report = run_eval_ktp(folder, out, Settings())
    assert json.loads(out.read_text()) == report
    assert (report["n"], report["cards"]) == (2, 2)
    assert report["nik_exact"] == report["cards_nik_exact"] == report["nik_accepted"] == 2
    assert report["nik_wrong_accepted"] == 0
    assert report["fields_exact"] >= 0.8
    assert report["portrait_found"] == 2
    assert report["cards_wide"] == report["portrait_wide"] == 1
    assert 0 < report["nik_median_s"] < report["fields_median_s"]
