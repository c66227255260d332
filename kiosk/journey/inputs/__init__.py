"""Everything that can happen to a visit: taps, answers of devices and centre, the passing of time."""

from __future__ import annotations

from kiosk.journey.inputs.outside import (
    CameraChanged,
    CaptureSealed,
    CentreFailed,
    CodeChecked,
    CodeSeen,
    CodeSendDone,
    DigitalIdAnswered,
    FaceFinished,
    FaceReady,
    FactsRead,
    FactsSealed,
    KtpRead,
    LoginOffered,
    LookupDone,
    PinSealed,
    ProfileLoaded,
    ReceiptSigned,
    Restarted,
    SettlementSeen,
    StoreBack,
    StoreFailed,
    Tick,
    TokenSeen,
)
from kiosk.journey.inputs.person import (
    AnswerCancel,
    AnswerConsent,
    AskCancel,
    Back,
    BeginFace,
    CallStaff,
    ChooseMethod,
    CloseHelp,
    ConfirmIdentity,
    ConfirmReading,
    DeclineMovement,
    Defer,
    Finish,
    ForceNik,
    GoToCounter,
    OpenHelp,
    ResendCode,
    Retry,
    SetLanguage,
    SetLargeText,
    SkipPhone,
    Start,
    SubmitCode,
    SubmitNumber,
    SubmitPhone,
    SubmitPin,
    Touched,
)
from kiosk.journey.inputs.staff import (
    Park,
    StaffRejected,
    StaffVouched,
    Unpark,
)

__all__ = [
    "AnswerCancel",
    "AnswerConsent",
    "AskCancel",
    "Back",
    "BeginFace",
    "CallStaff",
    "CameraChanged",
    "CaptureSealed",
    "CentreFailed",
    "ChooseMethod",
    "CloseHelp",
    "CodeChecked",
    "CodeSeen",
    "CodeSendDone",
    "ConfirmIdentity",
    "ConfirmReading",
    "DeclineMovement",
    "Defer",
    "DigitalIdAnswered",
    "FaceFinished",
    "FaceReady",
    "FactsRead",
    "FactsSealed",
    "Finish",
    "ForceNik",
    "GoToCounter",
    "KtpRead",
    "LoginOffered",
    "LookupDone",
    "OpenHelp",
    "Park",
    "PersonInput",
    "PinSealed",
    "ProfileLoaded",
    "ReceiptSigned",
    "ResendCode",
    "Restarted",
    "Retry",
    "SetLanguage",
    "SetLargeText",
    "SettlementSeen",
    "SkipPhone",
    "StaffRejected",
    "StaffVouched",
    "Start",
    "StoreBack",
    "StoreFailed",
    "SubmitCode",
    "SubmitNumber",
    "SubmitPhone",
    "SubmitPin",
    "Tick",
    "TokenSeen",
    "Touched",
    "Unpark",
    "VisitInput",
]

PersonInput = (
    Start
    | SetLanguage
    | SetLargeText
    | Touched
    | AnswerConsent
    | ChooseMethod
    | SubmitNumber
    | ForceNik
    | ConfirmReading
    | ConfirmIdentity
    | BeginFace
    | DeclineMovement
    | ResendCode
    | SubmitCode
    | SubmitPin
    | Retry
    | Defer
    | SubmitPhone
    | SkipPhone
    | Back
    | OpenHelp
    | CloseHelp
    | CallStaff
    | GoToCounter
    | AskCancel
    | AnswerCancel
    | Finish
)

VisitInput = (
    PersonInput
    | Park
    | Unpark
    | StaffVouched
    | StaffRejected
    | Tick
    | CodeSeen
    | TokenSeen
    | KtpRead
    | FactsRead
    | FactsSealed
    | LoginOffered
    | DigitalIdAnswered
    | LookupDone
    | FaceReady
    | FaceFinished
    | ProfileLoaded
    | CodeSendDone
    | CodeChecked
    | PinSealed
    | CaptureSealed
    | SettlementSeen
    | ReceiptSigned
    | CentreFailed
    | CameraChanged
    | StoreFailed
    | StoreBack
    | Restarted
)
