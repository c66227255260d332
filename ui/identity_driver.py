"""Says who the visitor is, in every way the kiosk knows, through real clicks and simulated devices."""

from __future__ import annotations

from collections.abc import Callable

from kiosk.journey.reasons import Notice
from kiosk.journey.state import Stage
from kiosk.ports import DemoPerson, KtpCard, SimulationControl
from ui.autopilot import Autopilot
from ui.scenarios import Scenario

IDENTIFYING = frozenset(
    {
        Stage.IDENTITY,
        Stage.NIK,
        Stage.CARD,
        Stage.CARD_NUMBER,
        Stage.KTP,
        Stage.KTP_CHECK,
        Stage.IKD,
        Stage.IKD_CODE,
        Stage.LOOKUP,
    }
)
STEP_SECONDS = 45.0
"""As for every step; two unreadable cards take twice 20 s, each with a wait of its own."""
UNKNOWN_NIKS = ("3174071302950002", "3174071302950003", "3174071302950004")


class IdentityDriver:
    def __init__(
        self,
        autopilot: Autopilot,
        simulation: SimulationControl,
        visitor: DemoPerson,
        picture: Callable[[str], None],
    ) -> None:
        self._pilot = autopilot
        self._simulation = simulation
        self._visitor = visitor
        self._show = picture

    def identify(self, scenario: Scenario) -> None:
        """From the choice of ways until the lookup, or until the visit ended."""
        match scenario:
            case Scenario.IKD:
                self._log_in_on_the_phone()
            case Scenario.IKD_EXPIRED:
                self._show_an_old_code_then_a_fresh_one()
            case Scenario.KTP:
                self._hold_the_card()
            case Scenario.KTP_UNREADABLE:
                self._hold_a_card_that_cannot_be_read()
            case Scenario.JKN_CARD:
                self._hold_the_jkn_card()
            case Scenario.NIK_NOT_FOUND:
                self._type_unknown_numbers()
            case _:
                self._tap("chooseNik", Stage.NIK)
                self._type(self._visitor.nik)

    def _type(self, nik: str) -> None:
        self._pilot.type_digits(nik)
        self._show("nik")
        self._pilot.click("submitNumber")

    def _log_in_on_the_phone(self) -> None:
        self._tap("chooseIkd", Stage.IKD)
        self._until(lambda: self._pilot.state.login is not None)
        self._show("ikd-kode")
        self._simulation.approve_login(self._visitor.nik)
        self._until(lambda: self._stage is not Stage.IKD)

    def _show_an_old_code_then_a_fresh_one(self) -> None:
        self._tap("chooseIkd", Stage.IKD)
        self._tap("showPhone", Stage.IKD_CODE)
        self._simulation.present_card(self._simulation.ikd_token(self._visitor.nik, expired=True))
        self._until(lambda: self._pilot.state.notice is Notice.IKD_EXPIRED)
        self._show("ikd-kedaluwarsa")
        self._simulation.present_card(self._simulation.ikd_token(self._visitor.nik))
        self._until(lambda: self._stage is not Stage.IKD_CODE)
        self._simulation.present_card(None)

    def _hold_the_card(self) -> None:
        self._tap("chooseKtp", Stage.KTP)
        self._simulation.present_ktp(self._card())
        self._until(lambda: self._stage is not Stage.KTP)
        self._show("ktp-terbaca")
        self._simulation.present_ktp(None)
        if self._stage is Stage.KTP_CHECK:
            self._pilot.click("readingRight")

    def _hold_a_card_that_cannot_be_read(self) -> None:
        self._tap("chooseKtp", Stage.KTP)
        self._simulation.present_ktp(self._card(readable=False))
        self._until(lambda: self._pilot.state.notice is Notice.KTP_UNREADABLE)
        self._show("ktp-tidak-terbaca")
        self._until(lambda: self._stage is Stage.NIK)
        self._simulation.present_ktp(None)
        self._show("ketik-saja")
        self._type(self._visitor.nik)

    def _hold_the_jkn_card(self) -> None:
        self._tap("chooseCard", Stage.CARD)
        self._simulation.present_card(self._visitor.card_number)
        self._until(lambda: self._stage is not Stage.CARD)
        self._simulation.present_card(None)

    def _type_unknown_numbers(self) -> None:
        self._tap("chooseNik", Stage.NIK)
        for tried, nik in enumerate(UNKNOWN_NIKS, 1):
            self._type(nik)
            self._until(lambda count=tried: self._refused(count))  # type: ignore[misc]
            self._show(f"tidak-ditemukan-{tried}")

    def _refused(self, tried: int) -> bool:
        again = self._stage is Stage.NIK and len(self._pilot.state.tried) >= tried
        return again or self._stage is Stage.ENDED

    def _card(self, readable: bool = True) -> KtpCard:
        person = self._visitor
        return KtpCard(
            person.nik, person.name, person.birth_date, person.address, person.marital_status, readable=readable
        )

    @property
    def _stage(self) -> Stage:
        return self._pilot.state.stage

    def _tap(self, name: str, leads_to: Stage) -> None:
        self._pilot.click(name)
        self._pilot.wait_stage(leads_to, STEP_SECONDS)
        self._show(leads_to.value)

    def _until(self, condition: Callable[[], bool]) -> None:
        self._pilot.wait_until(condition, STEP_SECONDS)
