"""The staff door's screens by name, with invented staff and an invented kiosk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from kiosk.health.diagnostics import Diagnostics, LastTest, PictureNumbers
from kiosk.health.readiness import Part, offers
from kiosk.identity.nik import mask
from kiosk.journey.reasons import EndReason
from kiosk.journey.state import Stage
from kiosk.ports import (
    ComparisonGranted,
    ComparisonReason,
    Identifier,
    IdentifierKind,
    PartHealth,
    PartState,
    StaffMember,
    StaffRole,
    StaffSession,
)
from kiosk.staff.state import (
    Field,
    GuidedPart,
    HelpEntry,
    PartTest,
    Shortcoming,
    StaffNotice,
    StaffScreen,
    StaffState,
    VisitBrief,
)
from ui.gallery_scene import CASE, NOW, PERSON, Scene, at
from ui.still_door import drawn_frame

TODAY = datetime.now(ZoneInfo("Asia/Jakarta")).replace(hour=9, minute=42, second=0, microsecond=0).astimezone(UTC)
RINA = StaffMember("rina.contoh", "Rina Contoh", StaffRole.SUPERVISOR)
BUDI = StaffMember("budi.contoh", "Budi Contoh", StaffRole.BRANCH_HEAD)
TEGUH = StaffMember("teguh.contoh", "Teguh Contoh", StaffRole.TECHNICIAN)
HER_VISIT = at(
    Stage.WITH_STAFF,
    reason=EndReason.FACE_NO_MATCH,
    case_number=CASE,
    initials="S. R.",
    identifier=Identifier(IdentifierKind.NIK, PERSON.nik),
    ticket="t-1",
    face_failures=2,
    parked_at=NOW,
)
CALLED = VisitBrief("v-1", "otp", EndReason.WISH_FOR_STAFF.value, CASE, "S. R.", mask(PERSON.nik))
WAITING_VISIT = replace(HER_VISIT, parked_at=None)
BRIEF = VisitBrief("v-1", "face", EndReason.FACE_NO_MATCH.value, CASE, "S. R.", mask(PERSON.nik), "t-1", decidable=True)
ENTRIES = (
    HelpEntry("3FQ8-01TZ", TODAY - timedelta(minutes=9), "face", EndReason.FACE_STAFF_ZONE.value),
    HelpEntry("K7M2-44XA", TODAY - timedelta(minutes=31), "nik", EndReason.RECORD_NEEDS_STAFF.value),
    HelpEntry("9D0R-VB3N", TODAY - timedelta(hours=1), "otp", EndReason.WISH_FOR_STAFF.value, "budi.contoh"),
    HelpEntry("P5CE-2W8H", TODAY - timedelta(hours=1, minutes=20), "", EndReason.CODE_LIMIT.value, "rina.contoh"),
)
LOOKED = PictureNumbers(1280, 720, 29.8, 131.0, 0.01, 0.412, 96.0)
_ROOM = StaffState(screen=StaffScreen.SIGN_IN, last_touch=NOW, visit=BRIEF)
_QUEUE = replace(_ROOM, screen=StaffScreen.QUEUE, session=StaffSession("s-1", RINA), kept_alive_at=NOW)
_COMPARE = replace(_QUEUE, screen=StaffScreen.COMPARE)
_CHOSEN = replace(_COMPARE, reason_code=ComparisonReason.OLD_PHOTO)
_SECOND = replace(_CHOSEN, screen=StaffScreen.SECOND)
_PARTS = replace(_QUEUE, screen=StaffScreen.DIAGNOSTICS, session=StaffSession("s-2", TEGUH), visit=None)
_CAMERA_TEST = replace(_PARTS, screen=StaffScreen.TEST, test=PartTest(GuidedPart.CAMERA))
_MEASURED = (("size", "1280x720"), ("fps", "29.8"), ("brightness", "131"), ("burnt", "0.01"), ("sharpness", "0.4120"))

WELL = (
    PartHealth(Part.CAMERA, PartState.READY, "UVC 1280x720, 30/s"),
    PartHealth(Part.WEIGHTS, PartState.READY, "SFace int8"),
    PartHealth(Part.STORE, PartState.READY, "sqlcipher3 on SQLite 3.46.1", "", {"keys": "tpm", "events": "1204"}),
    PartHealth(Part.CENTRE, PartState.READY, "schema 14", "", {"backlog": "0", "overdue": "no"}),
    PartHealth(Part.CODES, PartState.READY, "zxing-cpp 2.2.1", "", {"zbar": "pyzbar 0.1.9"}),
    PartHealth(Part.FONTS, PartState.READY, "", "", {"files": "6"}),
    PartHealth(Part.CLOCK, PartState.READY, "", "", {"offset_s": "0.2"}),
    PartHealth(Part.DISK, PartState.READY, "", "", {"free_mb": "81234"}),
    PartHealth(Part.SCANNER, PartState.READY, "serial, 9600", "", {"at": "/dev/ttyACM0"}),
    PartHealth(Part.PRINTER, PartState.READY, "", "", {"at": "usb"}),
    PartHealth(Part.QUEUE, PartState.READY, "", "", {"unsent": "0", "oldest_s": "0"}),
    PartHealth(Part.PYTHON, PartState.READY, "3.11.13"),
    PartHealth(Part.QT, PartState.READY, "6.11.3"),
)
_ILL = {
    Part.CAMERA: PartHealth(Part.CAMERA, PartState.FAULT, "UVC 1280x720, 30/s", "unplugged"),
    Part.WEIGHTS: PartHealth(Part.WEIGHTS, PartState.STARTING),
    Part.CENTRE: PartHealth(
        Part.CENTRE, PartState.DEGRADED, "schema 14", "centre_unreachable", {"backlog": "37", "oldest_unsent_s": "5400"}
    ),
    Part.SCANNER: PartHealth(Part.SCANNER, PartState.ABSENT),
    Part.PRINTER: PartHealth(Part.PRINTER, PartState.FAULT, "", "no_paper", {"at": "usb"}),
    Part.CODES: PartHealth(
        Part.CODES, PartState.DEGRADED, "zxing-cpp 2.2.1", "zbar_missing", {"zbar": "missing, apt install libzbar0"}
    ),
}
FAULTY = tuple(_ILL.get(Part(part.name), part) for part in WELL)


def _staff(state: StaffState, **more: object) -> Scene:
    return Scene(HER_VISIT, staff=state, **more)  # type: ignore[arg-type]


def _kiosk(parts: tuple[PartHealth, ...], passed: bool) -> Diagnostics:
    camera = LastTest(TODAY, passed, "" if passed else Shortcoming.TOO_DARK.value, "teguh.contoh")
    return Diagnostics(TODAY, parts, offers(parts), {"camera": camera})


STAFF_SCENES: Mapping[str, Scene] = {
    "staff-who": _staff(_ROOM),
    "staff-who-typed": _staff(_ROOM, typed="rina.contoh"),
    "staff-who-refused": _staff(replace(_ROOM, notice=StaffNotice.WRONG)),
    "staff-who-centre-away": _staff(replace(_ROOM, notice=StaffNotice.CENTRE_AWAY)),
    "staff-pin": _staff(replace(_ROOM, asked=Field.PIN, username="rina.contoh"), typed="482"),
    "staff-pin-badge": _staff(replace(_ROOM, asked=Field.PIN)),
    "staff-totp": _staff(replace(_ROOM, asked=Field.TOTP, username="rina.contoh"), typed="4071"),
    "staff-checking": _staff(replace(_ROOM, asked=Field.TOTP, username="rina.contoh", waiting=True)),
    "staff-queue-empty": _staff(replace(_QUEUE, visit=None)),
    "staff-queue-visit": _staff(_QUEUE),
    "staff-queue-entries": _staff(replace(_QUEUE, queue=ENTRIES, notice=StaffNotice.HANDLED)),
    "staff-queue-not-decidable": _staff(replace(_QUEUE, queue=ENTRIES, visit=CALLED)),
    "staff-compare": _staff(_COMPARE),
    "staff-compare-chosen": _staff(_CHOSEN),
    "staff-reject": _staff(replace(_COMPARE, confirm_reject=True)),
    "staff-second-who": _staff(_SECOND),
    "staff-second-same": _staff(replace(_SECOND, notice=StaffNotice.SAME_PERSON)),
    "staff-second-pin": _staff(replace(_SECOND, asked=Field.PIN, username="budi.contoh")),
    "staff-second-totp": _staff(replace(_SECOND, asked=Field.TOTP, username="budi.contoh"), typed="40"),
    "staff-decided": _staff(replace(_CHOSEN, screen=StaffScreen.DECIDED, granted=ComparisonGranted("d-1", RINA, BUDI))),
    "staff-rejected": _staff(replace(_COMPARE, screen=StaffScreen.DECIDED, rejected=True)),
    "staff-idle": _staff(replace(_QUEUE, queue=ENTRIES, idle_seconds_left=28)),
    "parts-looking": _staff(_PARTS, camera=drawn_frame),
    "parts-well": _staff(_PARTS, camera=drawn_frame, diagnostics=_kiosk(WELL, True), picture=LOOKED),
    "parts-faulty": _staff(_PARTS, diagnostics=_kiosk(FAULTY, False)),
    "test-camera-running": _staff(_CAMERA_TEST, camera=drawn_frame),
    "test-camera-passed": _staff(
        replace(_CAMERA_TEST, test=PartTest(GuidedPart.CAMERA, running=False, passed=True, measured=_MEASURED)),
        camera=drawn_frame,
    ),
    "test-camera-failed": _staff(
        replace(
            _CAMERA_TEST,
            test=PartTest(GuidedPart.CAMERA, running=False, reason=Shortcoming.TOO_SLOW, measured=_MEASURED),
        ),
        camera=drawn_frame,
    ),
    "test-scanner-running": _staff(replace(_CAMERA_TEST, test=PartTest(GuidedPart.SCANNER))),
    "test-scanner-passed": _staff(
        replace(
            _CAMERA_TEST,
            test=PartTest(GuidedPart.SCANNER, running=False, passed=True, measured=(("characters", "44"),)),
        )
    ),
    "test-scanner-failed": _staff(
        replace(_CAMERA_TEST, test=PartTest(GuidedPart.SCANNER, running=False, reason=Shortcoming.NO_SCAN))
    ),
}
