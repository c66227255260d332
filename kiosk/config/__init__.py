"""One typed settings tree. Every limit has a name, a unit and the rule or measurement that set it.

Read from, in rising order: defaults, ``kiosk.toml`` beside the data folder, environment variables
``BPJS_KIOSK__SECTION__NAME``. ``main.py settings`` prints the tree with these descriptions.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, Field, model_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from kiosk.config.devices import CameraSettings, PrinterSettings, ScannerSettings, ScreenSettings
from kiosk.config.face import CueMode, CueSettings, FaceSettings
from kiosk.config.identity import IkdSettings, IssuerSettings, KtpSettings
from kiosk.config.messages import SmsSettings
from kiosk.config.section import Section
from kiosk.config.store import StoreSettings
from kiosk.config.visit import OtpSettings, PinSettings, StaffSettings, VisitSettings

__all__ = [
    "PRODUCT_ROOT", "CameraSettings", "CentreSettings", "CueMode", "CueSettings", "FaceSettings", "IkdSettings",
    "IssuerSettings", "KtpSettings", "OtpSettings", "PinSettings", "PrinterSettings", "ScannerSettings",
    "ScreenSettings", "Section", "Settings", "SiteSettings", "SmsSettings", "StaffSettings", "StoreSettings",
    "VisitSettings", "describe",
]  # fmt: skip

PRODUCT_ROOT = Path(__file__).resolve().parents[2]
"""Relative defaults start here, wherever the program was called from."""

ONLY_A_REAL_CAMERA = "camera.kind: only a real camera may stand before a real centre"


class SiteSettings(Section):
    kiosk_id: str = Field(
        "kiosk-demo-01", pattern=r"^[a-z0-9-]{3,40}$", description="Name of this kiosk at the centre."
    )
    branch: str = Field("Kantor Cabang Contoh", description="Branch name on receipts.")
    language: Literal["id", "en"] = Field("id", description="Language of the start screen.")
    timezone: str = Field("Asia/Jakarta", description="Zone of dates shown to people.")


class CentreSettings(Section):
    dsn: str = Field("", repr=False, description="libpq DSN of the centre; empty: embedded PostgreSQL (DEMO).")
    demo_dir: Path = Field(
        PRODUCT_ROOT / "build/centre", description="Embedded PostgreSQL and keys of the demo's centre."
    )
    call_seconds: float = Field(4.0, description="Time-out of one call, s.")
    sync_batch: int = Field(200, ge=1, le=1000, description="Events a batch.")
    backoff_max_seconds: float = Field(30.0, description="Longest pause between tries, s.")
    overdue_days: int = Field(7, description="Unsent for this long is an alarm.")
    lookups_per_kiosk_day: int = Field(600, description="Lookup allowance of a kiosk a day.")


class Settings(BaseSettings):
    model_config = SettingsConfigDict(
        env_prefix="BPJS_KIOSK__", env_nested_delimiter="__", frozen=True, extra="forbid", hide_input_in_errors=True
    )

    data_dir: Path = Field(PRODUCT_ROOT / "build/data", description="Store, keys, logs of this kiosk.")
    weights_dir: Path = Field(PRODUCT_ROOT / "build/weights", description="Models, extracted and verified.")
    weights_manifest: Path = Field(
        PRODUCT_ROOT / "resources/weights.toml",
        description="Which model serves in which slot; a site may name its own.",
    )
    fonts_dir: Path = Field(PRODUCT_ROOT / "build/fonts", description="Fonts of the screens, extracted and verified.")
    site: SiteSettings = SiteSettings()
    camera: CameraSettings = CameraSettings()
    scanner: ScannerSettings = ScannerSettings()
    printer: PrinterSettings = PrinterSettings()
    ktp: KtpSettings = KtpSettings()
    ikd: IkdSettings = IkdSettings()
    ikd_issuer: IssuerSettings = IssuerSettings()
    sms: SmsSettings = SmsSettings()
    face: FaceSettings = FaceSettings()
    otp: OtpSettings = OtpSettings()
    pin: PinSettings = PinSettings()
    visit: VisitSettings = VisitSettings()
    staff: StaffSettings = StaffSettings()
    centre: CentreSettings = CentreSettings()
    screen: ScreenSettings = ScreenSettings()
    store: StoreSettings = StoreSettings()

    @property
    def demo(self) -> bool:
        """No real centre is named: invented participants, and simulated devices where no real one is found."""
        return not self.centre.dsn

    def with_simulated_devices(self) -> Self:
        """For scenarios, which drive the simulated ones also where real ones hang. DEMO only: ValueError."""
        if not self.demo:
            raise ValueError(ONLY_A_REAL_CAMERA)
        simulated = {"kind": "simulated"}
        changed = {
            "camera": self.camera.model_copy(update=simulated),
            "scanner": self.scanner.model_copy(update=simulated),
        }
        return self.model_copy(update=changed)

    @model_validator(mode="after")
    def _no_simulated_people_at_a_real_centre(self) -> Self:
        if self.centre.dsn and self.camera.kind in ("simulated", "video"):
            raise ValueError(ONLY_A_REAL_CAMERA)
        if self.centre.dsn and self.scanner.kind == "simulated":
            raise ValueError("scanner.kind: only a real scanner may stand before a real centre")
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, PRODUCT_ROOT / "kiosk.toml")


def describe(settings: BaseModel, prefix: str = "") -> list[str]:
    """One line a setting: name, value, what it is for. The documentation of the settings is this."""
    lines: list[str] = []
    for name, field in type(settings).model_fields.items():
        value = getattr(settings, name)
        if isinstance(value, BaseModel):
            lines += describe(value, f"{prefix}{name}.")
        else:
            shown = "(set)" if name == "dsn" and value else value
            lines.append(f"{prefix}{name} = {shown}  # {field.description}")
    return lines
