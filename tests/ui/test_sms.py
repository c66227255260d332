"""The text messages. The risk: a code that comes in two parts, a name in the clear, a promise that does not hold."""

from __future__ import annotations

import pytest

from kiosk.config import OtpSettings, Settings, SiteSettings
from kiosk.gateways.sms_text import to_messages
from tests.journey.support import NIK, PROFILE
from ui.sms import code_text, expired_text, verified_text

LANGUAGES = ("id", "en")


def settings(language: str, valid_seconds: float = 300.0, **site: str) -> Settings:
    return Settings(
        site=SiteSettings.model_validate({"language": language, **site}), otp=OtpSettings(valid_seconds=valid_seconds)
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_code_fits_one_message_and_warns(language: str) -> None:
    text = code_text(settings(language), "483920")
    assert len(to_messages(text, reference=1)) == 1
    assert "483920" in text
    assert "{" not in text


@pytest.mark.parametrize(("seconds", "minutes"), [(60.0, 1), (119.0, 1), (150.0, 2), (300.0, 5), (600.0, 10)])
def test_a_code_never_claims_to_live_longer_than_it_does(seconds: float, minutes: int) -> None:
    assert f"Berlaku {minutes} menit" in code_text(settings("id", seconds), "483920")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_news_of_a_verified_account_names_the_branch_and_whom_to_call_and_nobody_else(language: str) -> None:
    text = verified_text(settings(language, branch="Kantor Uji"))
    assert "Kantor Uji" in text
    assert "165" in text
    assert "{" not in text
    assert NIK not in text
    assert PROFILE.name not in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_news_of_a_visit_that_was_not_processed_fits_one_message_and_holds_no_number_but_whom_to_call(
    language: str,
) -> None:
    text = expired_text(settings(language))
    assert len(to_messages(text, reference=1)) == 1
    assert "165" in text
    assert not any(char.isdigit() for char in text.replace("165", ""))
