"""One typed settings tree. Every limit has a name, a unit and the rule or measurement that set it.

Read from, in rising order: defaults, ``kiosk.toml`` beside the data folder, environment variables
``BPJS_KIOSK__SECTION__NAME``. ``main.py settings`` prints the tree with these descriptions.
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

PRODUCT_ROOT = Path(__file__).resolve().parents[1]
"""Relative defaults start here, wherever the program was called from."""

ONLY_A_REAL_CAMERA = "camera.kind: only a real camera may stand before a real centre"


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SiteSettings(_Section):
    kiosk_id: str = Field(
        "kiosk-demo-01", pattern=r"^[a-z0-9-]{3,40}$", description="Name of this kiosk at the centre."
    )
    branch: str = Field("Kantor Cabang Contoh", description="Branch name on receipts.")
    language: Literal["id", "en"] = Field("id", description="Language of the start screen.")
    timezone: str = Field("Asia/Jakarta", description="Zone of dates shown to people.")


class CameraSettings(_Section):
    kind: Literal["auto", "v4l2", "video", "simulated"] = Field(
        "auto", description="auto: the real camera where one is found, else the simulated person (DEMO)."
    )
    device: str = Field("", description="V4L2 device path or video file; empty: first found. Not read with a pin.")
    bus_path: str = Field(
        "",
        pattern=r"^([0-9A-Za-z][0-9A-Za-z._:-]{0,63})?$",
        description="Only the camera at this place of the bus, e.g. 1-2:1.0; empty: not pinned.",
    )
    vid_pid: str = Field(
        "",
        pattern=r"^([0-9a-f]{4}:[0-9a-f]{4})?$",
        description="Only the camera of this USB id, e.g. 046d:0825; empty: not pinned.",
    )
    width: int = Field(1280, ge=320, le=3840, description="Picture width, px.")
    height: int = Field(720, ge=240, le=2160, description="Picture height, px.")
    fps: int = Field(30, ge=5, le=60, description="Frames a second asked of the camera.")
    simulated_fps: int = Field(
        15, ge=5, le=30, description="Frames a second of the simulated person (12 to 17 ms of CPU a frame at 1280x720)."
    )


class ScannerSettings(_Section):
    kind: Literal["auto", "none", "serial", "simulated"] = Field(
        "auto", description="auto: serial where a device is named, simulated with the demo's centre, none otherwise."
    )
    device: str = Field("", description="Serial device of the code scanner, e.g. /dev/ttyACM0.")
    baud: int = Field(9600, ge=1200, le=921600, description="Speed of the serial line, bit/s.")


class PrinterSettings(_Section):
    kind: Literal["auto", "none", "network", "usb", "simulated"] = Field(
        "auto",
        description="auto: simulated with the demo centre, none otherwise. Receipts are a help, never a condition.",
    )
    host: str = Field("", description="Host or address of a network printer.")
    port: int = Field(9100, ge=1, le=65535, description="Raw printing port (JetDirect).")
    device: Path = Field(Path("/dev/usb/lp0"), description="Device file of a USB printer (kernel usblp).")
    timeout_seconds: float = Field(2.0, gt=0, le=10, description="Limit of connecting and of one answer, s.")


class CueMode(StrEnum):
    """What a liveness cue may do: nothing, be written into the evidence, or refuse the attempt."""

    OFF = "off"
    RECORDED = "recorded"
    ENFORCED = "enforced"


class CueSettings(_Section):
    """Modes of the passive cues. Planarity, continuity and timing are always enforced: the centre asks for them."""

    screen_edges: CueMode = Field(
        CueMode.ENFORCED, description="Straight edges of a phone, tablet or sheet before the body."
    )
    moire: CueMode = Field(
        CueMode.ENFORCED, description="Pixel grid of a screen, folded down by the camera's own grid."
    )
    banding: CueMode = Field(CueMode.RECORDED, description="Bright and dark bands that roll over a filmed screen.")
    glare: CueMode = Field(
        CueMode.RECORDED, description="A mirror image of a lamp that stays on glass while the face moves."
    )
    repetition: CueMode = Field(CueMode.ENFORCED, description="Frozen pictures and films that begin again.")
    blink_shape: CueMode = Field(
        CueMode.RECORDED, description="Lids that close together, while the rest of the face is still."
    )
    pad_net: CueMode = Field(
        CueMode.RECORDED, description="The site's own attack detection net, when its file is there."
    )
    screen_light: CueMode = Field(
        CueMode.RECORDED, description="The face answers slow colours of the kiosk's own screen."
    )


class FaceSettings(_Section):
    threshold: float = Field(
        0.42,
        description="Pooled cosine at and above which SFace matches. Greatest of 23,264 impostor pairs: 0.394 single,"
        " 0.39 pooled with the mirror image; the greatest of as many others scatters by 0.03.",
    )
    review_threshold: float = Field(
        0.28, description="From here to the threshold staff compare; below it is no match (impostor mean + 2 sd)."
    )
    attempts: int = Field(3, ge=1, description="Face attempts a visit, then staff.")
    nod_degrees: float = Field(
        12.0,
        description="Pitch below the own neutral that counts as a nod: a rendered one of 18 degrees reads 14.7-18.5, a"
        " bent print tilted by hand 9.0-11.4, sway and reading the screen below 6.",
    )
    attempt_seconds: float = Field(25.0, description="Limit of one attempt's challenge, s.")
    find_seconds: float = Field(30.0, description="Limit for finding a usable face before the challenge, s.")
    movement_seconds: float = Field(8.0, description="Deadline of one movement, s.")
    turn_degrees: float = Field(
        16.0, description="Yaw from the own neutral that counts as a turn; flat prints stay below 3."
    )
    planarity_percent: float = Field(
        4.0, description="Homography residual, % of outer-eye distance: live head >= 4.5, worst bent print 3.4."
    )
    probe_frames: int = Field(3, ge=1, description="Best frames pooled for the match, each with its mirror image.")
    reference_min_face_px: int = Field(
        64, description="Smaller reference faces abstain (TAR 96 % at 64 px, 44 % at 32 px)."
    )
    cues: CueSettings = CueSettings()


class OtpSettings(_Section):
    digits: int = Field(6, description="Digits of a code (ASVS 5.0 6.5).")
    valid_seconds: float = Field(300.0, ge=60, le=600, description="Life of a code, s, monotonic.")
    wrong_entries: int = Field(3, description="Wrong entries a visit; a new code does not reset them.")
    resend_seconds: float = Field(60.0, description="Wait before another code, s.")
    codes_per_visit: int = Field(3, description="Codes a visit.")
    codes_per_phone_day: int = Field(5, description="Codes a phone a day, counted at the centre.")


class PinSettings(_Section):
    digits: int = Field(6, ge=6, le=8, description="Length of the PIN.")
    refusals: int = Field(5, description="Refused choices before staff are called.")
    argon2_memory_kib: int = Field(65536, description="argon2id memory, KiB (64 MiB).")
    argon2_time: int = Field(3, description="argon2id passes.")
    argon2_lanes: int = Field(1, description="argon2id lanes.")


class VisitSettings(_Section):
    idle_warning_seconds: float = Field(45.0, description="Without a touch for this long: warning.")
    idle_end_seconds: float = Field(60.0, description="Without a touch for this long: wiped.")
    idle_end_seconds_large_text: float = Field(120.0, description="The same with large text.")
    whole_visit_seconds: float = Field(600.0, description="Whole visit, s.")
    identifiers: int = Field(3, description="Different identifiers a visit.")
    identity_refusals: int = Field(6, description="Structurally refused entries a visit before staff.")
    card_hint_seconds: float = Field(20.0, description="Without a read code for this long: typing is suggested.")
    camera_losses: int = Field(3, description="Camera losses during the face step before a technician is called.")
    face_no_matches: int = Field(
        2, description="Clear or doubtful non-matches a visit, then staff (journey: stop after two)."
    )
    face_suspicions: int = Field(2, description="Suspected attacks a visit, then staff.")
    waiting_seconds: float = Field(30.0, description="An answer that takes longer counts as none.")
    lookup_retries: int = Field(3, description="Tries to reach the centre before the visit is handed over.")
    settle_wait_seconds: float = Field(
        12.0, description="Wait for the centre to settle before the visit ends as waiting."
    )
    staff_wait_seconds: float = Field(
        180.0, description="Wait for staff at the kiosk after a step failed for good; then the counter, by case number."
    )
    parked_seconds: float = Field(1800.0, description="Longest time staff may keep a visit parked, s.")
    done_seconds: float = Field(90.0, description="How long the last screen stays without a touch.")


class StaffSettings(_Section):
    idle_seconds: float = Field(300.0, ge=60, le=300, description="Without a touch for this long a session ends, s.")
    idle_warning_seconds: float = Field(270.0, description="Without a touch for this long: warning, s.")
    sign_in_seconds: float = Field(60.0, description="An unfinished sign-in closes after this long without a touch, s.")
    keep_alive_seconds: float = Field(20.0, description="The centre hears of a session in use this often, s.")
    queue_days: int = Field(1, ge=1, le=7, description="Visits of so many days are in the help queue.")


class CentreSettings(_Section):
    dsn: str = Field("", repr=False, description="libpq DSN of the centre; empty: embedded PostgreSQL (DEMO).")
    demo_dir: Path = Field(
        PRODUCT_ROOT / "build/centre", description="Embedded PostgreSQL and keys of the demo's centre."
    )
    call_seconds: float = Field(4.0, description="Time-out of one call, s.")
    sync_batch: int = Field(200, ge=1, le=1000, description="Events a batch.")
    backoff_max_seconds: float = Field(30.0, description="Longest pause between tries, s.")
    overdue_days: int = Field(7, description="Unsent for this long is an alarm.")
    lookups_per_kiosk_day: int = Field(600, description="Lookup allowance of a kiosk a day.")


class ScreenSettings(_Section):
    width: int = Field(1080, description="Panel width, px.")
    height: int = Field(1920, description="Panel height, px.")
    diagonal_inch: float = Field(24.0, description="Panel diagonal; touch targets are >= 20 mm.")
    full_screen: bool = Field(True, description="Fill the panel; off: a window with a dock (demo).")


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
    face: FaceSettings = FaceSettings()
    otp: OtpSettings = OtpSettings()
    pin: PinSettings = PinSettings()
    visit: VisitSettings = VisitSettings()
    staff: StaffSettings = StaffSettings()
    centre: CentreSettings = CentreSettings()
    screen: ScreenSettings = ScreenSettings()

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
