"""How the kiosk keeps its own data."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from kiosk.config.section import Section


class StoreSettings(Section):
    key_protection: Literal["auto", "tpm", "systemd", "file"] = Field(
        "auto",
        description="How new keys are protected; auto: the best that works, in DEMO a file, so that its folder may be"
        " moved. An existing folder changes by main.py kiosk protect.",
    )
