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
    ktp_tries: int
    ikd_login: bool  # the centre can open logins of the digital identity
    language: Language

    @classmethod
    def of(cls, settings: Settings) -> Limits:
        return cls(
            visit=settings.visit,
            otp=settings.otp,
            pin=settings.pin,
            face_attempts=settings.face.attempts,
            ktp_tries=settings.ktp.tries,
            ikd_login=settings.ikd.login or settings.demo,
            language=Language(settings.site.language),
        )
