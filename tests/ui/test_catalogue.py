"""No sentence is missing in either language, and none is asked for that does not exist."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from string import Formatter

import pytest

from kiosk.events import VisitStatus
from kiosk.face.types import FaceHint
from kiosk.health.readiness import OfferNotice, Part
from kiosk.journey.identity_steps import CONSENT_PURPOSES
from kiosk.journey.reasons import EndReason, Handoff, Notice
from kiosk.journey.state import STEP_OF_STAGE, Language, Service, Stage, Waiting
from kiosk.participants.updates import FactField
from kiosk.ports import (
    ComparisonReason,
    FactSource,
    KtpHint,
    Movement,
    PartState,
    SimulatedPart,
    SimulatedPerson,
    StaffRefusal,
    StaffRole,
)
from kiosk.staff.state import Field, GuidedPart, Shortcoming, StaffNotice
from ui import catalogue
from ui.dock import PAGES
from ui.viewmodels.dock_cards import Held
from ui.viewmodels.scan import Sight

UI = Path(__file__).resolve().parents[2] / "ui"


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_both_languages_hold_the_same_keys() -> None:
    assert set(catalogue.load(Language.INDONESIAN)) == set(catalogue.load(Language.ENGLISH))


def test_both_languages_fill_the_same_places() -> None:
    english = catalogue.load(Language.ENGLISH)
    for key, text in catalogue.load(Language.INDONESIAN).items():
        assert places(text) == places(english[key]), key


def test_no_sentence_is_empty() -> None:
    for language in Language:
        assert all(text.strip() for text in catalogue.load(language).values())


@pytest.mark.parametrize(
    ("prefix", "values"),
    [
        ("notice.{}", Notice),
        ("end.{}.title", EndReason),
        ("end.{}.text", EndReason),
        ("handoff.{}", Handoff),
        ("waiting.{}.title", Waiting),
        ("waiting.{}.text", Waiting),
        ("face.hint.{}", FaceHint),
        ("face.movement.{}", Movement),
        ("ktp.hint.{}", KtpHint),
        ("card.{}", Sight),
        ("ikd_code.{}", Sight),
        ("fact.{}", FactField),
        ("done.updates_{}", FactSource),
        ("help.tip.{}", Stage),
        ("status.{}", VisitStatus),
        ("dock.person_{}", SimulatedPerson),
        ("dock.part_{}", SimulatedPart),
        ("dock.hold_{}", Held),
        ("dock.tab_{}", PAGES),
        ("offer_notice.{}", OfferNotice),
        ("staff.notice.{}", StaffNotice),
        ("staff.role.{}", StaffRole),
        ("staff.reason.{}", ComparisonReason),
        ("staff.why.{}", EndReason),
        ("staff.step.{}", [*Stage, *STEP_OF_STAGE.values()]),
        ("staff.part.name.{}", Part),
        ("staff.part.state.{}", PartState),
        ("staff.service.{}", Service),
        ("staff.test.reason.{}", [reason for reason in Shortcoming if reason]),
        ("staff.test.{}_title", GuidedPart),
        ("staff.test.{}_text", GuidedPart),
        ("staff.sign_in.{}_title", Field),
        ("staff.sign_in.{}_text", Field),
        ("staff.second.{}_title", Field),
        ("consent.purpose.{}.title", CONSENT_PURPOSES),
        ("consent.purpose.{}.text", CONSENT_PURPOSES),
    ],
)
def test_whatever_the_visit_can_say_has_words(prefix: str, values: Iterable[str]) -> None:
    missing = [prefix.format(value) for value in values if not catalogue.has(Language.INDONESIAN, prefix.format(value))]
    assert not missing


def test_every_refusal_of_the_centre_is_told_to_staff() -> None:
    assert {StaffNotice.of(refusal).value for refusal in StaffRefusal} <= set(StaffNotice)


def test_screens_ask_for_words_that_exist() -> None:
    known = set(catalogue.load(Language.INDONESIAN))
    asked = {
        key
        for path in UI.rglob("*.qml")
        for key in re.findall(r'Words\.t\["([a-z0-9_.]+)"\](?!\s*\+)', path.read_text())
    }
    assert len(asked) > 60
    assert asked <= known


def test_view_models_ask_for_words_that_exist() -> None:
    known = set(catalogue.load(Language.INDONESIAN))
    asked = {
        key
        for path in (UI / "viewmodels").glob("*.py")
        for key in re.findall(r'fill\(\s*"([a-z0-9_.]+)"', path.read_text())
    }
    assert len(asked) > 20
    assert asked <= known


def test_a_missing_word_names_its_key_and_never_a_value() -> None:
    with pytest.raises(catalogue.MissingWord, match=r"no\.such\.key"):
        catalogue.fill(Language.INDONESIAN, "no.such.key", digits="3174075508950001")
    with pytest.raises(catalogue.MissingWord) as missing:
        catalogue.fill(Language.INDONESIAN, "notice.code_wrong", right="123456")
    assert "123456" not in str(missing.value)


@pytest.mark.parametrize(
    ("language", "spelled"),
    [(Language.INDONESIAN, "Senin, 23 Nov 2026"), (Language.ENGLISH, "Monday, 23 Nov 2026")],
)
def test_a_date_is_spelled_as_people_read_it(language: Language, spelled: str) -> None:
    assert catalogue.spell_date(language, date(2026, 11, 23)) == spelled


def test_the_warning_against_fraud_is_word_for_word() -> None:
    words = catalogue.load(Language.INDONESIAN)
    warning = "Petugas BPJS tidak pernah meminta OTP atau PIN. Tutupi layar saat mengetik. Layanan ini gratis."
    assert words["otp.warning"] == words["pin.warning"] == warning
