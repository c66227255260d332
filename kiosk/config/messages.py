"""Text messages: the operator's or aggregator's message centre, for the centre's connector."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from kiosk.config.section import Section


class SmsSettings(Section):
    """SMPP 3.4. A kiosk needs none of it."""

    host: str = Field("", description="Message centre (SMSC); empty: none.")
    port: int = Field(2775, ge=1, le=65535, description="Its port (2775: SMPP; 3550: with TLS).")
    system_id: str = Field("", max_length=15, description="Login there; the protocol allows 15 characters.")
    password_file: Path | None = Field(None, description="File with its password; the protocol allows 8 characters.")
    source: str = Field("BPJS", max_length=20, description="Sender as shown on phones.")
    tls: bool = Field(False, description="The message centre speaks TLS.")
