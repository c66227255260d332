"""Everything that can happen to a visit: taps, answers of devices and centre, the passing of time."""

from __future__ import annotations

from kiosk.journey.inputs.outside import (
    CameraChanged,
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
    Finish,
    ForceNik,
    GoToCounter,
    OpenHelp,
    ResendCode,
    Retry,
    SetLanguage,
    SetLargeText,
    Start,
    SubmitCode,
    SubmitNumber,
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
    "CentreFailed",
    "ChooseMethod",
    "CloseHelp",
    "CodeChecked",
    "CodeSeen",
    "CodeSendDone",
    "ConfirmIdentity",
    "ConfirmReading",
    "DeclineMovement",
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
    "ResendCode",
    "Restarted",
    "Retry",
    "SetLanguage",
    "SetLargeText",
    "SettlementSeen",
    "StaffRejected",
    "StaffVouched",
    "Start",
    "StoreBack",
    "StoreFailed",
    "SubmitCode",
    "SubmitNumber",
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
    | SettlementSeen
    | CentreFailed
    | CameraChanged
    | StoreFailed
    | StoreBack
    | Restarted
)
