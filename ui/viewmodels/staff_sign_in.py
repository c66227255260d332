# ruff: noqa: N802, N815 - QML names its properties and slots this way
"""Who are you, PIN, code of the app: one question a screen, for the first and the second person alike."""

from __future__ import annotations

from PySide6.QtCore import Property, Signal, Slot

from kiosk.ports import USERNAME
from kiosk.staff import inputs as i
from kiosk.staff.limits import PIN_DIGITS
from kiosk.staff.state import Field, StaffScreen, StaffState
from ui.viewmodels.base import LATCH_SECONDS, Desk
from ui.viewmodels.entry import PLAIN_ORDER, DigitEntry
from ui.viewmodels.staff_base import StaffScreenVm

LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789._-")
LONGEST_NAME = 40


class StaffSignInVm(StaffScreenVm):
    """PIN and code have the same length, so one entry serves both; it is wiped with every question."""

    sign_in_shown = Signal()
    orderChanged = Signal()
    screens = frozenset({StaffScreen.SIGN_IN, StaffScreen.SECOND})

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._username = ""
        self._too_short = False
        self._entry = DigitEntry(PIN_DIGITS)
        self._sent_at: float | None = None

    def updated(self, before: StaffState | None, state: StaffState) -> None:
        self._sent_at = None
        if before is None or (before.asked, before.screen) != (state.asked, state.screen):
            self._forget_typed()

    def forgotten(self) -> None:
        self._sent_at = None
        self._forget_typed()

    def tick(self) -> None:
        if self._sent_at is not None and self.desk.monotonic() - self._sent_at >= LATCH_SECONDS:
            self._sent_at = None  # nobody took it: the keys work again
            self.changed.emit()

    def _forget_typed(self) -> None:
        self._username, self._too_short, self._entry.typed = "", False, ""
        if self._entry.order != PLAIN_ORDER:
            self._entry.order = PLAIN_ORDER
            self.orderChanged.emit()

    def _asked(self) -> Field:
        return self.state.asked if self.state else Field.WHO

    def _second(self) -> bool:
        return self.state is not None and self.state.screen is StaffScreen.SECOND

    # ---- what is asked

    @Property(bool, notify=sign_in_shown)
    def second(self) -> bool:
        return self._second()

    @Property(str, notify=sign_in_shown)
    def title(self) -> str:
        return self.fill(f"staff.{'second' if self._second() else 'sign_in'}.{self._asked().value}_title")

    @Property(str, notify=sign_in_shown)
    def subtitle(self) -> str:
        asked = self._asked()
        if asked is Field.PIN and self.state and not self.state.username:
            return self.fill("staff.sign_in.badge_read")
        return self.fill(f"staff.sign_in.{asked.value}_text", name=self.state.username if self.state else "")

    @Property(str, notify=sign_in_shown)
    def signs(self) -> str:
        """What the second person puts a name to, and with whom; empty for the first."""
        state = self.state
        if not self._second() or state is None or state.session is None or state.reason_code is None:
            return ""
        return self.fill(
            "staff.second.signs",
            name=state.session.member.name,
            case=state.visit.case_number if state.visit else "",
            reason=self.fill(f"staff.reason.{state.reason_code.value}"),
        )

    # ---- the name

    @Property(str, notify=sign_in_shown)
    def username(self) -> str:
        return self._username

    @Property(str, notify=sign_in_shown)
    def usernameSpoken(self) -> str:
        return self.fill("staff.sign_in.name_spoken", name=self._username)

    @Property(str, notify=sign_in_shown)
    def hint(self) -> str:
        return self.fill("staff.sign_in.too_short") if self._too_short else ""

    @Slot(str)
    def typeLetter(self, letter: str) -> None:
        if letter in LETTERS and len(self._username) < LONGEST_NAME:
            self._username += letter
            self._too_short = False
            self.changed.emit()

    @Slot()
    def eraseLetter(self) -> None:
        self._username, self._too_short = self._username[:-1], False
        self.changed.emit()

    @Slot()
    def submitUsername(self) -> None:
        if USERNAME.fullmatch(self._username):
            self.post_once(i.SubmitUsername(self._username))
        else:
            self._too_short = True
            self.changed.emit()

    # ---- PIN and code; named as SecretFrame.qml reads them

    @Property(bool, notify=sign_in_shown)
    def busy(self) -> bool:
        return self._waits()

    @Property(str, notify=sign_in_shown)
    def busyText(self) -> str:
        return self.fill("staff.sign_in.checking")

    @Property(int, constant=True)
    def length(self) -> int:
        return self._entry.length

    @Property(int, notify=sign_in_shown)
    def count(self) -> int:
        return len(self._entry.typed)

    @Property(str, notify=sign_in_shown)
    def digits(self) -> str:
        """The code may be seen: it is worth nothing half a minute later. The PIN never."""
        return self._entry.typed if self._asked() is Field.TOTP else ""

    @Property(str, notify=sign_in_shown)
    def boxesName(self) -> str:
        return self.fill("staff.sign_in.pin_spoken" if self._asked() is Field.PIN else "staff.sign_in.totp_spoken")

    @Property(str, notify=sign_in_shown)
    def spoken(self) -> str:
        return self.fill("common.hidden_entry", count=len(self._entry.typed), all=self._entry.length)

    @Property(str, notify=sign_in_shown)
    def caution(self) -> str:
        return self.fill("staff.sign_in.caution")

    @Property(list, notify=orderChanged)
    def order(self) -> list[str]:
        return list(self._entry.order)

    def _waits(self) -> bool:
        return self._sent_at is not None or (self.state is not None and self.state.waiting)

    @Slot(str)
    def press(self, digit: str) -> None:
        asked = self._asked()
        if self.state is None or self._waits() or asked is Field.WHO:
            return
        secret = self._entry.press(digit)
        if secret:
            self._sent_at = self.desk.monotonic()
            self.desk.door.staff.post(i.SubmitPin(secret) if asked is Field.PIN else i.SubmitTotp(secret))
        self.changed.emit()

    @Slot()
    def erase(self) -> None:
        self._entry.erase()
        self.changed.emit()

    @Slot()
    def shuffle(self) -> None:
        self._entry.shuffle()
        self.orderChanged.emit()
