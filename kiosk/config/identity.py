"""What participants bring: e-KTP and IKD."""

from __future__ import annotations

from pydantic import Field

from kiosk.config.section import Section


class KtpSettings(Section):
    """The e-KTP before the camera."""

    frames: int = Field(5, ge=1, le=10, description="Frames of a card that are read before the person is asked.")
    tries: int = Field(2, ge=1, description="Unreadable cards a visit, then typing (journey).")


class IkdSettings(Section):
    """Digital identity: signed tokens read by the kiosk, and the login that the centre's connector runs."""

    login: bool = Field(False, description="The centre's connector has an issuer to log in with; DEMO: it has.")
    token_seconds: float = Field(90.0, gt=0, le=600, description="Longest life of a token, s (IKD: 90).")
    skew_seconds: float = Field(10.0, ge=0, le=60, description="Clock difference to the issuer that is forgiven, s.")
