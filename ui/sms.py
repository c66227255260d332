"""The words of text messages; the centre's connector is given them, for it knows no catalogue.

A message is in the language of the site: the centre does not know which one the visitor chose.
"""

from __future__ import annotations

from collections.abc import Callable

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


def deferred_texts(settings: Settings) -> tuple[Callable[[bool], str], Callable[[bool], str]]:
    """What became of a deferred visit, by whether it was matched: to the contact on record, and to a typed number.
    Neither holds the case number: whoever finds a phone must not have everything that finishes the case."""
    language = Language(settings.site.language)

    def record(matched: bool) -> str:
        return fill(language, "sms.deferred_matched" if matched else "sms.deferred_branch")

    def typed(matched: bool) -> str:
        return fill(language, "sms.deferred_status_ready" if matched else "sms.deferred_status_branch")

    return record, typed


def expired_text(settings: Settings) -> str:
    """A deferred visit that the centre could not decide in time: the person is to come again."""
    return fill(Language(settings.site.language), "sms.deferred_expired")
