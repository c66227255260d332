"""Which QML file shows a stage, how far along it is, and where one may go back. Free of Qt."""

from __future__ import annotations

from kiosk.journey.state import PinPhase, Stage, VisitState

SCREENS = {
    Stage.ATTRACT: "Attract",
    Stage.CONSENT: "Consent",
    Stage.IDENTITY: "Identity",
    Stage.NIK: "Number",
    Stage.CARD: "Card",
    Stage.CARD_NUMBER: "Number",
    Stage.KTP: "Ktp",
    Stage.KTP_CHECK: "KtpCheck",
    Stage.IKD: "Ikd",
    Stage.IKD_CODE: "IkdCode",
    Stage.CASE: "Number",
    Stage.LOOKUP: "Wait",
    Stage.CONFIRM: "Confirm",
    Stage.FACE: "Face",
    Stage.DEFER_PHONE: "Number",
    Stage.DEFER_FACE: "Face",
    Stage.OTP: "Code",
    Stage.PIN: "Pin",
    Stage.WITH_STAFF: "WithStaff",
    Stage.SETTLING: "Wait",
    Stage.DONE: "Done",
    Stage.ENDED: "Ended",
    Stage.OUT_OF_SERVICE: "OutOfService",
}
PROGRESS = {
    Stage.CONSENT: 0,
    Stage.IDENTITY: 0,
    Stage.NIK: 0,
    Stage.CARD: 0,
    Stage.CARD_NUMBER: 0,
    Stage.KTP: 0,
    Stage.KTP_CHECK: 0,
    Stage.IKD: 0,
    Stage.IKD_CODE: 0,
    Stage.CASE: 0,
    Stage.LOOKUP: 0,
    Stage.DEFER_PHONE: 0,
    Stage.CONFIRM: 0,
    Stage.FACE: 1,
    Stage.DEFER_FACE: 1,
    Stage.WITH_STAFF: 1,
    Stage.OTP: 2,
    Stage.PIN: 3,
    Stage.SETTLING: 4,
}
BACK_STAGES = frozenset(
    {
        Stage.CONSENT,
        Stage.NIK,
        Stage.CARD,
        Stage.CARD_NUMBER,
        Stage.KTP,
        Stage.KTP_CHECK,
        Stage.IKD,
        Stage.IKD_CODE,
        Stage.CASE,
        Stage.DEFER_PHONE,
        Stage.CONFIRM,
    }
)


def may_go_back(state: VisitState) -> bool:
    if state.stage is Stage.LOOKUP:
        return state.waiting is None
    if state.stage is Stage.PIN:
        return state.pin_phase is PinPhase.REPEAT and state.waiting is None
    return state.stage in BACK_STAGES
