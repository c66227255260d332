"""Where a visit stands: one frozen value. Personal fields are hidden from repr and wiped at the end."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from kiosk.events import VisitStatus
from kiosk.journey.reasons import EndReason, Notice
from kiosk.participants.updates import FactUpdate
from kiosk.ports import Identifier, LoginOffer, PersonFacts, Profile


class Stage(StrEnum):
    ATTRACT = "attract"  # Beranda
    CONSENT = "consent"
    IDENTITY = "identity"  # choose how
    NIK = "nik"  # type the NIK
    CARD = "card"  # camera looks for a JKN card's code
    CARD_NUMBER = "card_number"  # type the card number
    KTP = "ktp"  # the e-KTP before the camera
    KTP_CHECK = "ktp_check"  # the person compares the NIK that was read with the card
    IKD = "ikd"  # the phone scans a code from the screen
    IKD_CODE = "ikd_code"  # the camera reads a code from the phone
    CASE = "case"  # type the case number of a deferred visit
    LOOKUP = "lookup"
    CONFIRM = "confirm"
    FACE = "face"
    DEFER_PHONE = "defer_phone"  # the centre is away: a number for status words, or none
    DEFER_FACE = "defer_face"  # the live face without a match
    OTP = "otp"
    PIN = "pin"
    WITH_STAFF = "with_staff"  # the face step failed for good: staff may compare in person, here and now
    SETTLING = "settling"
    DONE = "done"  # TERVERIFIKASI or MENUNGGU_SINKRONISASI
    ENDED = "ended"  # every other way a visit ends, with its words and hand-off
    OUT_OF_SERVICE = "out_of_service"


STEP_OF_STAGE: dict[Stage, str] = {
    Stage.CONSENT: "consent",
    Stage.IDENTITY: "identity",
    Stage.NIK: "identity",
    Stage.CARD: "identity",
    Stage.CARD_NUMBER: "identity",
    Stage.KTP: "identity",
    Stage.KTP_CHECK: "identity",
    Stage.IKD: "identity",
    Stage.IKD_CODE: "identity",
    Stage.CASE: "identity",
    Stage.LOOKUP: "lookup",
    Stage.CONFIRM: "confirm",
    Stage.FACE: "face",
    Stage.WITH_STAFF: "face",
    Stage.DEFER_PHONE: "defer_phone",
    Stage.DEFER_FACE: "face",
    Stage.OTP: "otp",
    Stage.PIN: "pin",
    Stage.SETTLING: "done",
    Stage.DONE: "done",
}
"""The step names that reports and the progress bar use."""


class Service(StrEnum):
    VERIFY_ACCOUNT = "verify_account"


class Language(StrEnum):
    INDONESIAN = "id"
    ENGLISH = "en"


class IdentityMethod(StrEnum):
    NIK_TYPED = "nik_typed"
    JKN_TYPED = "jkn_typed"
    JKN_CODE = "jkn_code"  # QR or barcode, by camera or scanner
    KTP_CAMERA = "ktp_camera"
    IKD_LOGIN = "ikd_login"  # the phone scanned the screen
    IKD_CODE = "ikd_code"  # the kiosk read the phone
    CASE_NUMBER = "case_number"  # of a deferred visit, typed


class Waiting(StrEnum):
    """What the machine is doing while the person waits; words under ``waiting.<value>``."""

    LOOKING_UP = "looking_up"
    OPENING_LOGIN = "opening_login"
    CHECKING_IKD = "checking_ikd"
    PREPARING_FACE = "preparing_face"
    LOADING_PROFILE = "loading_profile"
    SENDING_CODE = "sending_code"
    CHECKING_CODE = "checking_code"
    SEALING_PIN = "sealing_pin"
    SEALING_CAPTURE = "sealing_capture"
    SETTLING = "settling"


class PinPhase(StrEnum):
    CHOOSE = "choose"
    REPEAT = "repeat"


@dataclass(frozen=True, slots=True)
class Moment:
    """Time as an input: monotonic seconds, and the local date that people read."""

    monotonic: float
    today: date


@dataclass(frozen=True, slots=True)
class VisitState:
    stage: Stage = Stage.ATTRACT
    language: Language = Language.INDONESIAN
    large_text: bool = False
    visit_id: str = ""
    service: Service = Service.VERIFY_ACCOUNT
    started_at: float = 0.0
    last_touch: float = 0.0
    stage_since: float = 0.0

    # said on the screen
    notice: Notice | None = None
    notice_values: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    waiting: Waiting | None = None
    waiting_since: float = 0.0
    idle_seconds_left: int | None = None  # the "are you still here?" warning is up
    help_open: bool = False
    cancel_open: bool = False
    staff_called_at: float | None = None  # the participant called staff and keeps the step
    parked_at: float | None = None  # staff have the screen; the visit and its clocks stand still

    # identity
    method: IdentityMethod | None = None
    identifier: Identifier | None = field(default=None, repr=False)
    tried: tuple[str, ...] = field(default=(), repr=False)
    refusals: int = 0
    lookup_tries: int = 0
    may_defer: bool = False  # the centre is away, and its key is known
    phone: str = field(default="", repr=False)  # typed, E.164, for status words of a deferred visit
    may_force_nik: bool = False  # "Tetap cari NIK ini" is offered, once
    forced_nik: bool = False
    may_be_kk: bool = False  # reads as a KK number; said when the lookup finds nothing
    ktp_tries: int = 0  # cards that could not be read
    login: LoginOffer | None = field(default=None, repr=False)
    login_ends_at: float | None = None
    facts: PersonFacts | None = field(default=None, repr=False)  # of card or digital identity
    updates: tuple[FactUpdate, ...] = field(default=(), repr=False)  # newer than the register; shown after the match
    ticket: str = ""
    initials: str = field(default="", repr=False)
    profile: Profile | None = field(default=None, repr=False)

    # face
    face_attempt: int = 0
    face_running: bool = False
    face_matched: bool = False  # by the machine or by two of the staff; recorded, the profile is on its way
    face_failures: int = 0  # failed attempts on record
    face_no_matches: int = 0
    face_suspicions: int = 0
    camera_losses: int = 0

    # code
    sends: int = 0  # codes that were really sent
    send_tries: int = 0
    code_failures: int = 0
    code_expires_at: float | None = None
    resend_at: float | None = None

    # pin
    pin_phase: PinPhase = PinPhase.CHOOSE
    pin_first: str = field(default="", repr=False)
    pin_refusals: int = 0
    settle_by: float | None = None

    # end
    status: VisitStatus | None = None
    reason: EndReason | None = None
    case_number: str = ""
    due: date | None = None
    receipt: str = ""  # text of the signed QR code, once it is there
