"""Choosing how to identify, the card before the camera, and the confirmation by initials."""

from __future__ import annotations

from PySide6.QtCore import Property, Signal, Slot

from kiosk.journey.inputs import ChooseMethod, ConfirmIdentity
from kiosk.journey.state import IdentityMethod, Stage
from ui.viewmodels.base import ScreenVm


class IdentityVm(ScreenVm):
    stages = frozenset({Stage.IDENTITY})

    @Slot()
    def chooseNik(self) -> None:  # noqa: N802 - QML's own naming
        self.post_once(ChooseMethod(IdentityMethod.NIK_TYPED))

    @Slot()
    def chooseCard(self) -> None:  # noqa: N802
        self.post_once(ChooseMethod(IdentityMethod.JKN_CODE))

    @Slot()
    def chooseCardNumber(self) -> None:  # noqa: N802
        self.post_once(ChooseMethod(IdentityMethod.JKN_TYPED))


class CardVm(ScreenVm):
    stages = frozenset({Stage.CARD})

    @Slot()
    def typeInstead(self) -> None:  # noqa: N802
        self.post_once(ChooseMethod(IdentityMethod.JKN_TYPED))


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
