"""``eval qr`` is read by machines: names and meanings of its fields are pinned here."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kiosk.identity import evaluate
from kiosk.identity.codes import MachineCodeReader
from kiosk.identity.evaluate import BadLabels, run_eval_qr
from kiosk.vision import cv2
from tests.identity.pictures import bars, qr, scene

CARD = "0001234567890"


def folder_with(tmp_path: Path, labels: str) -> Path:
    cv2.imwrite(str(tmp_path / "qr.png"), scene(qr(CARD)))
    cv2.imwrite(str(tmp_path / "bars.png"), scene(bars(CARD), angle=-20))
    cv2.imwrite(str(tmp_path / "wall.png"), scene(None))
    cv2.imwrite(str(tmp_path / "wall.jpg"), scene(None))
    (tmp_path / "broken.png").write_bytes(b"\x89PNG no picture")
    (tmp_path / "empty.png").write_bytes(b"")
    (tmp_path / "labels.csv").write_text(labels, encoding="utf-8")
    return tmp_path


def test_every_kind_of_picture_is_counted_once(tmp_path: Path) -> None:
    labels = (
        "file,text\n"
        f"qr.png,{CARD}\n"
        f"bars.png,{CARD}\n"
        "qr.png,9999999999999\n"  # another text is read: wrong
        f"wall.png,{CARD}\n"  # nothing is read
        "wall.jpg,\n"
        "wall.png\n"  # a short row is an empty text
        "qr.png,\n"  # a text where there should be none
        f"broken.png,{CARD}\n"
        "empty.png,\n"
        f"missing.png,{CARD}\n"
        f".,{CARD}\n"
    )
    out = tmp_path / "out" / "report.json"
    report = run_eval_qr(folder_with(tmp_path, labels), out)
    counts = {name: report[name] for name in ("n", "with_code", "unreadable", "read", "wrong", "false_hits")}
    assert counts == {"n": 11, "with_code": 7, "unreadable": 4, "read": 2, "wrong": 1, "false_hits": 1}
    assert report["median_ms"] > 0
    assert report["empty_median_ms"] > 0
    assert report["empty_mean_ms"] > 0
    assert json.loads(out.read_text()) == report
    assert not {"items", "items_read"} & report.keys(), "the labels know of no items"


def test_without_any_picture_of_a_kind_its_median_is_null(tmp_path: Path) -> None:
    report = run_eval_qr(folder_with(tmp_path, "file,text\n"), None)
    assert report["n"] == 0
    assert report["median_ms"] is None
    assert report["empty_median_ms"] is None
    assert report["empty_mean_ms"] is None


def test_frames_of_one_item_are_shown_in_turn_and_five_are_enough(tmp_path: Path) -> None:
    walls = f"wall.png,{CARD},late\n" * 4
    labels = (
        "file,text,item\n"
        f"qr.png,{CARD},first\n"
        f"{walls}qr.png,{CARD},late\n"
        + f"wall.png,{CARD},too late\n" * 5
        + f"qr.png,{CARD},too late\n"  # the sixth frame
        + f"broken.png,{CARD},gone\nmissing.png,{CARD},gone\n"
        + f"bars.png,{CARD},bars\n" * 5  # bars have their turn later than codes
        + f"qr.png,{CARD},\n"  # a picture of its own
        "wall.jpg,,\nwall.jpg,,nothing to read\n"
    )
    report = run_eval_qr(folder_with(tmp_path, labels), None)
    assert (report["items"], report["items_read"], report["wrong"]) == (5, 3, 0)
    assert (report["n"], report["with_code"], report["read"], report["false_hits"]) == (22, 20, 9, 0)


def test_a_wrong_text_of_an_item_is_wrong_and_no_later_frame_makes_it_right(tmp_path: Path) -> None:
    labels = f"file,text,item\nqr.png,9999999999999,a\nwall.png,{CARD},b\nqr.png,{CARD},b\n"
    report = run_eval_qr(folder_with(tmp_path, labels), None)
    assert (report["items"], report["items_read"]) == (2, 1)
    assert report["wrong"] == 2, "once as a picture and once as an item"


def test_a_reader_of_one_item_knows_nothing_of_the_item_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whose turn it is would depend on the order of the labels."""
    made = []

    class Counted(MachineCodeReader):
        def __init__(self) -> None:
            super().__init__()
            made.append(self)

    monkeypatch.setattr(evaluate, "MachineCodeReader", Counted)
    labels = f"file,text,item\nwall.png,{CARD},a\nwall.png,{CARD},a\nwall.png,{CARD},b\n"
    run_eval_qr(folder_with(tmp_path, labels), None)
    assert [reader._misses for reader in made[-2:]] == [2, 1]


def test_a_byte_order_mark_and_quoted_text_are_fine(tmp_path: Path) -> None:
    text = 'satu, "dua" – tiga'
    folder = folder_with(tmp_path, '\ufefffile,text\nquoted.png,"satu, ""dua"" – tiga"\n')
    cv2.imwrite(str(folder / "quoted.png"), scene(qr(text)))
    assert run_eval_qr(folder, None)["read"] == 1


@pytest.mark.parametrize("labels", ["", "name,text\nqr.png,1\n", "file;text\nqr.png;1\n"])
def test_labels_without_the_two_columns_are_refused_in_a_sentence(tmp_path: Path, labels: str) -> None:
    with pytest.raises(BadLabels, match="needs the columns file and text"):
        run_eval_qr(folder_with(tmp_path, labels), None)


def test_a_folder_without_labels_is_refused_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(BadLabels, match="is missing"):
        run_eval_qr(tmp_path, None)
    (tmp_path / "labels.csv").write_bytes(b"file,text\n\xff\xfe,1\n")
    with pytest.raises(BadLabels, match="UTF-8"):
        run_eval_qr(tmp_path, None)
