# ruff: noqa: N802 - QML names its properties and slots this way
"""IKD: a code on the screen that the phone scans, for a while; then another one, or another way."""

from __future__ import annotations

import math

from PySide6.QtCore import Property, Signal, Slot

from kiosk.identity.nik import group_digits
from kiosk.journey.inputs import ChooseMethod, Retry
from kiosk.journey.reasons import Notice
from kiosk.journey.state import IdentityMethod, Stage
from ui.viewmodels.base import ScreenVm
from ui.words import one_line

_E_KTP_INSTEAD = frozenset({Notice.IKD_NOT_ACTIVE, Notice.IKD_NOT_ACCEPTED, Notice.IKD_UNAVAILABLE})
"""Where another code would end the same way; their sentences name the e-KTP."""


class IkdVm(ScreenVm):
    ikd_shown = Signal()
    clock_shown = Signal()  # also every second, alone
    stages = frozenset({Stage.IKD})
    _shown_left = -1

    def tick(self) -> None:
        if self._seconds_left() != self._shown_left:
            self._shown_left = self._seconds_left()
            self.clock_shown.emit()

    def _seconds_left(self) -> int:
        if self.state is None or self.state.login_ends_at is None:
            return 0
        return max(0, math.ceil(self.state.login_ends_at - self.desk.monotonic()))

    @Property(bool, notify=ikd_shown)
    def offered(self) -> bool:
        """There is a code to scan."""
        return self.state is not None and self.state.login is not None

    @Property(bool, notify=ikd_shown)
    def opening(self) -> bool:
        return self.state is not None and self.state.waiting is not None

    @Property(bool, notify=ikd_shown)
    def over(self) -> bool:
        """The code is spent, or there is none to be had."""
        return self.state is not None and self.state.login is None and self.state.waiting is None

    @Property(bool, notify=ikd_shown)
    def ktpInstead(self) -> bool:
        return self.state is not None and self.state.notice in _E_KTP_INSTEAD

    @Property(str, notify=ikd_shown)
    def qr(self) -> str:
        return self.state.login.uri if self.state and self.state.login else ""

    @Property(str, notify=ikd_shown)
    def userCode(self) -> str:
        code = self.state.login.user_code if self.state and self.state.login else ""
        return self.fill("ikd.user_code", code=one_line(code if "-" in code else group_digits(code))) if code else ""

    @Property(str, notify=clock_shown)
    def countdown(self) -> str:
        left = self._seconds_left()
        return self.fill("ikd.countdown", clock=f"{left // 60:02d}:{left % 60:02d}")

    @Slot()
    def newLogin(self) -> None:
        self.post_once(Retry())

    @Slot()
    def showPhone(self) -> None:
        self.post_once(ChooseMethod(IdentityMethod.IKD_CODE))

    @Slot()
    def useKtp(self) -> None:
        self.post_once(ChooseMethod(IdentityMethod.KTP_CAMERA))
