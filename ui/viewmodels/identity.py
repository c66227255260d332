# ruff: noqa: N802 - QML names its properties and slots this way
"""Choosing how to identify, and the confirmation by initials."""

from __future__ import annotations

from PySide6.QtCore import Property, Signal, Slot

from kiosk.journey.inputs import ChooseMethod, ConfirmIdentity
from kiosk.journey.state import IdentityMethod, Stage
from ui.viewmodels.base import ScreenVm


class IdentityVm(ScreenVm):
    stages = frozenset({Stage.IDENTITY})

    @Slot()
    def chooseIkd(self) -> None:
        self.post_once(ChooseMethod(IdentityMethod.IKD_LOGIN))

    @Slot()
    def chooseKtp(self) -> None:
        self.post_once(ChooseMethod(IdentityMethod.KTP_CAMERA))

    @Slot()
    def chooseNik(self) -> None:
        self.post_once(ChooseMethod(IdentityMethod.NIK_TYPED))

    @Slot()
    def chooseCard(self) -> None:
        self.post_once(ChooseMethod(IdentityMethod.JKN_CODE))

    @Slot()
    def chooseCase(self) -> None:
        self.post_once(ChooseMethod(IdentityMethod.CASE_NUMBER))


class ConfirmVm(ScreenVm):
    confirm_shown = Signal()
    stages = frozenset({Stage.CONFIRM})

    @Property(str, notify=confirm_shown)
    def initials(self) -> str:
        return self.state.initials if self.state else ""

    @Property(str, notify=confirm_shown)
    def spoken(self) -> str:
        return self.fill("confirm.spoken", initials=self.state.initials if self.state else "")

    @Slot()
    def yes(self) -> None:
        self.post_once(ConfirmIdentity(mine=True))

    @Slot()
    def no(self) -> None:
        self.post_once(ConfirmIdentity(mine=False))
