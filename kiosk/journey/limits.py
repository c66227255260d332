"""The numbers a visit obeys, gathered from the settings so that the journey depends on nothing else."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.config import OtpSettings, PinSettings, Settings, VisitSettings
from kiosk.journey.state import Language


@dataclass(frozen=True, slots=True)
class Limits:
    visit: VisitSettings
    otp: OtpSettings
    pin: PinSettings
    face_attempts: int
    language: Language

    @classmethod
    def of(cls, settings: Settings) -> Limits:
        return cls(
            visit=settings.visit,
            otp=settings.otp,
            pin=settings.pin,
            face_attempts=settings.face.attempts,
            language=Language(settings.site.language),
        )
