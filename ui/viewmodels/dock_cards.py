# ruff: noqa: N802 - QML names its properties and slots this way
"""What an invented participant holds up: JKN card, e-KTP, a code on the phone; and their answer to a login."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from PySide6.QtCore import Property, QObject, Signal, Slot

from kiosk.ports import KtpCard, SimulationControl
from ui.ports import DemoPerson
from ui.words import Words


class Held(StrEnum):
    """Before the camera; words under ``dock.hold_<value>``."""

    JKN = "jkn"
    KTP = "ktp"
    KTP_BLURRED = "ktp_blurred"
    IKD = "ikd"
    IKD_OLD = "ikd_old"


class DockCardsVm(QObject):
    changed = Signal()

    def __init__(self, simulation: SimulationControl, people: Sequence[DemoPerson], words: Words) -> None:
        super().__init__()
        self._simulation = simulation
        self._people = tuple(people)
        self._words = words
        self._chosen = 0
        self._held: Held | None = None
        words.changed.connect(self.changed)

    @Property(list, constant=True)
    def names(self) -> list[str]:
        return [person.name for person in self._people]

    @Property(list, constant=True)
    def things(self) -> list[str]:
        return [held.value for held in Held]

    @Property(int, notify=changed)
    def chosen(self) -> int:
        return self._chosen

    @Property(str, notify=changed)
    def numbers(self) -> str:
        """NIK and card number of who was chosen, to be typed."""
        if not self._people:
            return ""
        person = self._people[self._chosen]
        return self._words.fill("dock.numbers", nik=person.nik, card=person.card_number)

    @Property(str, notify=changed)
    def held(self) -> str:
        return self._held.value if self._held else ""

    @Slot(int)
    def choose(self, index: int) -> None:
        """Another participant comes with empty hands."""
        self._chosen = index
        self.takeAway()

    @Slot(str)
    def hold(self, thing: str) -> None:
        self.takeAway()
        person, held = self._people[self._chosen], Held(thing)
        match held:
            case Held.JKN:
                self._simulation.present_card(person.card_number)
            case Held.KTP | Held.KTP_BLURRED:
                self._simulation.present_ktp(_card_of(person, readable=held is Held.KTP))
            case Held.IKD | Held.IKD_OLD:
                token = self._simulation.ikd_token(person.nik, expired=held is Held.IKD_OLD)
                self._simulation.present_card(token)
        self._held = held
        self.changed.emit()

    @Slot()
    def takeAway(self) -> None:
        self._simulation.present_card(None)
        self._simulation.present_ktp(None)
        self._held = None
        self.changed.emit()

    @Slot(bool)
    def answerLogin(self, approve: bool) -> None:
        """On the phone: agree to the login that the kiosk shows, or refuse it."""
        self._simulation.approve_login(self._people[self._chosen].nik, approve=approve)


def _card_of(person: DemoPerson, readable: bool) -> KtpCard:
    return KtpCard(person.nik, person.name, person.birth_date, person.address, person.marital_status, readable=readable)
