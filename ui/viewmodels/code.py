"""The code from the SMS: where it went, when another may be sent, how many tries are left."""

from __future__ import annotations

import math

from PySide6.QtCore import Property, Signal, Slot

from kiosk.journey.inputs import ResendCode, SubmitCode
from kiosk.journey.state import Stage, Waiting
from ui.viewmodels.base import Desk
from ui.viewmodels.secret import SecretVm


class CodeVm(SecretVm):
    code_shown = Signal()
    stages = frozenset({Stage.OTP})
    _shown_left = -1

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, desk.settings.otp.digits)

    def submit(self, secret: str) -> None:
        self.post_once(SubmitCode(secret))

    def accepts(self) -> bool:
        return super().accepts() and self.state is not None and self.state.code_expires_at is not None

    def tick(self) -> None:
        if self._seconds_left() != self._shown_left:
            self._shown_left = self._seconds_left()
            self.changed.emit()

    def _seconds_left(self) -> int:
        if self.state is None or self.state.resend_at is None:
            return 0
        return max(0, math.ceil(self.state.resend_at - self.desk.monotonic()))

    def _phone(self) -> str:
        return self.state.profile.masked_phone if self.state and self.state.profile else ""

    @Property(str, notify=code_shown)
    def subtitle(self) -> str:
        phone = self._phone()
        return self.fill("otp.subtitle", phone=phone) if phone else self.fill("otp.subtitle_wait")

    @Property(str, notify=code_shown)
    def notReceived(self) -> str:  # noqa: N802 - QML's own naming
        return self.fill("otp.not_received", phone=self._phone())

    @Property(bool, notify=code_shown)
    def busy(self) -> bool:
        return self.state is not None and self.state.waiting is not None

    @Property(bool, notify=code_shown)
    def sending(self) -> bool:
        return self.state is not None and self.state.waiting is Waiting.SENDING_CODE

    @Property(bool, notify=code_shown)
    def mayResend(self) -> bool:  # noqa: N802
        return self.state is not None and self.state.waiting is None and self._seconds_left() == 0

    @Property(str, notify=code_shown)
    def resendText(self) -> str:  # noqa: N802
        left = self._seconds_left()
        if left == 0:
            return self.fill("otp.resend")
        return self.fill("otp.resend_in", clock=f"{left // 60:02d}:{left % 60:02d}")

    @Slot()
    def resend(self) -> None:
        self.post_once(ResendCode())
