"""The printed receipt. The risk: something on the paper that belongs to the person, or a status nobody can act on."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from kiosk.config import Settings, SiteSettings
from kiosk.events import VisitStatus
from kiosk.journey.effects import PrintReceipt
from kiosk.journey.state import Language
from tests.journey.support import NIK, PROFILE, VISIT_ID
from ui.receipt import receipt_text

SETTINGS = Settings(site=SiteSettings(branch="Kantor Cabang Uji"))
TODAY = date(2026, 11, 20)
WAITING = PrintReceipt(
    VISIT_ID, "7K2Q-9XMD", VisitStatus.MENUNGGU_SINKRONISASI, date(2026, 11, 23), Language.INDONESIAN
)


def test_a_waiting_visit_says_until_when_and_under_which_number() -> None:
    lines, code = receipt_text(WAITING, SETTINGS, TODAY)
    assert "Kantor: Kantor Cabang Uji" in lines
    assert "Tanggal: Jumat, 20 Nov 2026" in lines
    assert "Nomor kasus: 7K2Q-9XMD" in lines
    assert "Status: Menunggu sinkronisasi" in lines
    assert "Hasil paling lambat Senin, 23 Nov 2026." in lines
    assert code == f"BPJSK:{VISIT_ID}"


def test_the_code_carries_what_the_kiosk_signs_for_the_number_on_the_paper() -> None:
    for receipt, number in ((WAITING, "7K2Q-9XMD"), (replace(WAITING, case_number=""), VISIT_ID[:8].upper())):
        lines, code = receipt_text(receipt, SETTINGS, TODAY, lambda visit, printed: f"{visit}|{printed}")
        assert code == f"{VISIT_ID}|{number}"
        assert any(line.endswith(number) for line in lines)


def test_a_verified_visit_needs_no_case_and_no_date() -> None:
    done = replace(WAITING, case_number="", status=VisitStatus.TERVERIFIKASI, due=None)
    lines, _ = receipt_text(done, SETTINGS, TODAY)
    assert f"Nomor kunjungan: {VISIT_ID[:8].upper()}" in lines
    assert not [line for line in lines if "kasus" in line or "paling lambat" in line]


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("status", VisitStatus)
def test_every_receipt_is_whole_short_and_without_a_persons_data(language: Language, status: VisitStatus) -> None:
    lines, code = receipt_text(replace(WAITING, language=language, status=status), SETTINGS, TODAY)
    paper = "\n".join([*lines, code])
    assert "{" not in paper
    assert status.value not in paper, "words, not codes"
    assert all(lines)
    for private in (NIK, PROFILE.name, PROFILE.card_number, PROFILE.masked_phone):
        assert private not in paper
    assert "OTP" in paper
