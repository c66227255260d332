"""The page on the phone after a login. The risk: a promise that is wrong, or anything but words."""

from __future__ import annotations

import pytest

from kiosk.config import Settings, SiteSettings
from ui.login_page import login_page


@pytest.mark.parametrize("language", ["id", "en"])
def test_it_says_whether_the_kiosk_waits_and_asks_nothing_of_the_phone(language: str) -> None:
    settings = Settings(site=SiteSettings.model_validate({"language": language}))
    done, over = login_page(settings, True), login_page(settings, False)
    assert done != over
    for page in (done, over):
        assert f'lang="{language}"' in page
        assert not any(word in page for word in ("<script", "href", "src=", "{"))
