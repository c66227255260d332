"""Consent: the purposes as shown, and the hash of exactly that text."""

from __future__ import annotations

import hashlib
from typing import NamedTuple

from PySide6.QtCore import Property, Signal, Slot

from kiosk.journey.identity_steps import CONSENT_PURPOSES
from kiosk.journey.inputs import AnswerConsent
from kiosk.journey.state import Language, Stage
from ui import catalogue
from ui.viewmodels.base import ScreenVm

ICONS = {"identity_check": "id", "face_match": "face", "contact_code": "sms"}


class ShownConsent(NamedTuple):
    text: str
    version: str
    sha256: str


def shown_consent(language: Language) -> ShownConsent:
    """The consent as the screen shows it, one line a sentence, with its version and SHA-256 (hex)."""
    lines = [catalogue.fill(language, "consent.title"), catalogue.fill(language, "consent.intro")]
    for purpose in CONSENT_PURPOSES:
        lines.append(catalogue.fill(language, f"consent.purpose.{purpose}.title"))
        lines.append(catalogue.fill(language, f"consent.purpose.{purpose}.text"))
    lines += [catalogue.fill(language, key) for key in ("consent.closing", "consent.yes", "consent.no")]
    text = "\n".join(lines)
    return ShownConsent(text, catalogue.fill(language, "consent.version"), hashlib.sha256(text.encode()).hexdigest())


class ConsentVm(ScreenVm):
    consent_shown = Signal()
    stages = frozenset({Stage.CONSENT})

    @Property(list, notify=consent_shown)
    def purposes(self) -> list[dict[str, str]]:
        return [
            {
                "icon": ICONS[purpose],
                "title": self.fill(f"consent.purpose.{purpose}.title"),
                "text": self.fill(f"consent.purpose.{purpose}.text"),
            }
            for purpose in CONSENT_PURPOSES
        ]

    @Slot()
    def agree(self) -> None:
        shown = shown_consent(self.desk.words.language)
        self.post_once(AnswerConsent(given=True, text_version=shown.version, text_sha256=shown.sha256))

    @Slot()
    def decline(self) -> None:
        shown = shown_consent(self.desk.words.language)
        self.post_once(AnswerConsent(given=False, text_version=shown.version, text_sha256=shown.sha256))
