"""One view-model for each of the participant's screens."""

from __future__ import annotations

from collections.abc import Callable

from ui.viewmodels.attract import AttractVm
from ui.viewmodels.base import Desk, ScreenVm
from ui.viewmodels.code import CodeVm
from ui.viewmodels.consent import ConsentVm
from ui.viewmodels.face import FaceVm
from ui.viewmodels.identity import ConfirmVm, IdentityVm
from ui.viewmodels.ikd import IkdVm
from ui.viewmodels.ktp import KtpCheckVm, KtpVm
from ui.viewmodels.last import DoneVm, EndedVm
from ui.viewmodels.number import NumberVm
from ui.viewmodels.pin import PinVm
from ui.viewmodels.scan import CardVm, IkdCodeVm
from ui.viewmodels.waiting import WaitingVm
from ui.viewmodels.with_staff import WithStaffVm

SCREEN_VMS: dict[str, Callable[[Desk], ScreenVm]] = {
    "attract": AttractVm,
    "consent": ConsentVm,
    "identity": IdentityVm,
    "number": NumberVm,
    "card": CardVm,
    "ktp": KtpVm,
    "ktpCheck": KtpCheckVm,
    "ikd": IkdVm,
    "ikdCode": IkdCodeVm,
    "confirm": ConfirmVm,
    "face": FaceVm,
    "code": CodeVm,
    "pin": PinVm,
    "waiting": WaitingVm,
    "done": DoneVm,
    "ended": EndedVm,
    "withStaff": WithStaffVm,
}
"""By the name that QML knows them by, as ``Kiosk.<name>``."""
