"""The identity step's screens by name: ways to say who one is, cards and phones before the camera, IKD."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from kiosk.journey.reasons import Notice
from kiosk.journey.state import Stage, Waiting
from kiosk.ports import Identifier, IdentifierKind, KtpHint, KtpProgress, LoginOffer
from ui.gallery_pictures import CARD_CODE, PHONE_CODE, drawn_card, drawn_ktp, drawn_phone
from ui.gallery_scene import NOW, PERSON, Scene, at, waiting_at
from ui.still_door import drawn_frame

LOGIN = LoginOffer(
    login_id="login-contoh-1",
    uri="https://ikd.contoh.example/masuk?user_code=WDJB-MJHT&kios=kiosk-demo-01",
    user_code="WDJB-MJHT",
    valid_seconds=120.0,
)
_NIK = Identifier(IdentifierKind.NIK, PERSON.nik)
_NUMBER = (("number", "3174 0755 0895 0001"),)
_IKD = at(Stage.IKD, login=LOGIN, login_ends_at=NOW + 102)
_KTP = at(Stage.KTP)
_PHONE = at(Stage.IKD_CODE)

IDENTITY_SCENES: Mapping[str, Scene] = {
    "identity": Scene(at(Stage.IDENTITY)),
    "identity-denied": Scene(at(Stage.IDENTITY, notice=Notice.IDENTITY_DENIED)),
    "identity-not-found": Scene(at(Stage.IDENTITY, notice=Notice.NOT_FOUND, notice_values=_NUMBER)),
    "nik-empty": Scene(at(Stage.NIK)),
    "nik-province": Scene(at(Stage.NIK), typed="317"),
    "nik-typing": Scene(at(Stage.NIK), typed="317407550"),
    "nik-complete": Scene(at(Stage.NIK), typed=PERSON.nik),
    "nik-long-region": Scene(at(Stage.NIK), typed="3101015508"),
    "nik-refused": Scene(
        at(
            Stage.NIK,
            notice=Notice.NIK_DATE,
            may_force_nik=True,
            identifier=Identifier(IdentifierKind.NIK, "3174079908950001"),
        )
    ),
    "nik-not-found": Scene(at(Stage.NIK, notice=Notice.NOT_FOUND, notice_values=_NUMBER)),
    "nik-instead-of-card": Scene(at(Stage.NIK, notice=Notice.KTP_TYPE_INSTEAD), typed="3174"),
    "ktp-no-card": Scene(_KTP, camera=drawn_frame, ktp=KtpProgress(KtpHint.NO_CARD)),
    "ktp-glare": Scene(_KTP, camera=drawn_ktp, ktp=KtpProgress(KtpHint.GLARE)),
    "ktp-reading": Scene(_KTP, camera=drawn_ktp, ktp=KtpProgress(KtpHint.READING, frames_read=2)),
    "ktp-another": Scene(_KTP, camera=drawn_ktp, ktp=KtpProgress(KtpHint.ANOTHER, frames_read=2)),
    "ktp-unreadable": Scene(
        replace(_KTP, notice=Notice.KTP_UNREADABLE, ktp_tries=1),
        camera=drawn_ktp,
        ktp=KtpProgress(KtpHint.BLURRED),
    ),
    "ktp-camera-lost": Scene(replace(_KTP, notice=Notice.CAMERA_LOST)),
    "ktp-check": Scene(at(Stage.KTP_CHECK, identifier=_NIK)),
    "ikd-opening": Scene(waiting_at(Stage.IKD, Waiting.OPENING_LOGIN)),
    "ikd": Scene(_IKD),
    "ikd-expired": Scene(at(Stage.IKD, notice=Notice.IKD_LOGIN_EXPIRED)),
    "ikd-unavailable": Scene(at(Stage.IKD, notice=Notice.IKD_UNAVAILABLE)),
    "ikd-code": Scene(_PHONE, camera=drawn_frame),
    "ikd-code-seen": Scene(_PHONE, camera=drawn_phone, box=replace(PHONE_CODE, read=False)),
    "ikd-code-checking": Scene(waiting_at(Stage.IKD_CODE, Waiting.CHECKING_IKD), camera=drawn_phone, box=PHONE_CODE),
    "ikd-code-expired": Scene(replace(_PHONE, notice=Notice.IKD_EXPIRED), camera=drawn_phone, box=PHONE_CODE),
    "card": Scene(at(Stage.CARD), camera=drawn_frame),
    "card-seen": Scene(at(Stage.CARD), camera=drawn_card, box=replace(CARD_CODE, read=False)),
    "card-read": Scene(at(Stage.CARD), camera=drawn_card, box=CARD_CODE),
    "card-unknown": Scene(at(Stage.CARD, notice=Notice.CODE_UNKNOWN), camera=drawn_card, box=CARD_CODE),
    "card-number": Scene(at(Stage.CARD_NUMBER), typed="00012345"),
    "lookup": Scene(waiting_at(Stage.LOOKUP, Waiting.LOOKING_UP)),
    "lookup-slow": Scene(waiting_at(Stage.LOOKUP, Waiting.LOOKING_UP, seconds=17)),
    "lookup-choice": Scene(
        at(Stage.LOOKUP, notice=Notice.CENTRE_BUSY, may_defer=True, identifier=_NIK, lookup_tries=1)
    ),
    "lookup-choice-last": Scene(
        at(Stage.LOOKUP, notice=Notice.CENTRE_BUSY, may_defer=True, identifier=_NIK, lookup_tries=3)
    ),
    "case-empty": Scene(at(Stage.CASE)),
    "case-complete": Scene(at(Stage.CASE), typed="4821093755628"),
    "case-mistyped": Scene(at(Stage.CASE, notice=Notice.CASE_DIGITS), typed="48210937"),
    "case-not-usable": Scene(at(Stage.CASE, notice=Notice.CASE_NOT_USABLE)),
    "defer-phone": Scene(at(Stage.DEFER_PHONE)),
    "defer-phone-typed": Scene(at(Stage.DEFER_PHONE), typed="081200000890"),
    "defer-phone-refused": Scene(at(Stage.DEFER_PHONE, notice=Notice.PHONE_LANDLINE), typed="0215"),
    "lookup-busy": Scene(at(Stage.LOOKUP, notice=Notice.CENTRE_BUSY)),
    "confirm": Scene(at(Stage.CONFIRM, initials="S. R.")),
}
