"""The words of text messages; the centre's connector is given them, for it knows no catalogue.

A message is in the language of the site: the centre does not know which one the visitor chose.
"""

from __future__ import annotations

from kiosk.config import Settings
from kiosk.journey.state import Language
from ui.catalogue import fill

SECONDS_A_MINUTE = 60


def code_text(settings: Settings, code: str) -> str:
    minutes = int(settings.otp.valid_seconds // SECONDS_A_MINUTE)  # never longer than it really lives
    return fill(Language(settings.site.language), "sms.code", code=code, minutes=minutes)


def verified_text(settings: Settings) -> str:
    site = settings.site
    return fill(Language(site.language), "sms.verified", branch=site.branch)
