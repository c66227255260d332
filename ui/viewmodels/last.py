"""The last screens: done (verified or waiting for the centre) and every other way a visit ends."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from PySide6.QtCore import Property, Signal, Slot

from kiosk.events import VisitStatus
from kiosk.identity.nik import mask
from kiosk.journey.inputs import Finish
from kiosk.journey.reasons import ENDINGS, EndReason, Handoff
from kiosk.journey.state import Stage
from kiosk.participants.masking import short_name
from ui.qr_item import visit_content
from ui.viewmodels.base import ScreenVm

HANDOFF_ICONS = {
    Handoff.NONE: "check",
    Handoff.SUPERVISOR: "staff",
    Handoff.COUNTER: "counter",
    Handoff.TECHNICIAN: "technician",
    Handoff.CARE_CENTRE: "care",
    Handoff.GUARDIAN: "guardian",
}
REFERENCE_LENGTH = 8
ACTIVE = "AKTIF"


class DoneVm(ScreenVm):
    done_shown = Signal()
    stages = frozenset({Stage.DONE})

    def _verified(self) -> bool:
        return self.state is not None and self.state.status is VisitStatus.TERVERIFIKASI

    def _membership(self) -> str:
        return self.state.profile.membership if self.state and self.state.profile else ""

    def _name(self) -> str:
        return short_name(self.state.profile.name) if self.state and self.state.profile else ""

    @Property(bool, notify=done_shown)
    def verified(self) -> bool:
        return self._verified()

    @Property(str, notify=done_shown)
    def status(self) -> str:
        return self.fill("done.verified" if self._verified() else "done.waiting")

    @Property(str, notify=done_shown)
    def title(self) -> str:
        text = self.fill("done.verified_title" if self._verified() else "done.waiting_title", name=self._name())
        return text if self._name() else text.partition(",")[0]

    @Property(str, notify=done_shown)
    def text(self) -> str:
        if self.state is None:
            return ""
        since = self.state.profile.verified_since if self.state.profile else None
        if self.state.reason is EndReason.ALREADY_VERIFIED and since is not None:
            return self.fill("done.already_text", date=self.desk.words.spell(since))
        if self._verified():
            return self.fill("done.verified_text")
        due = self.desk.words.spell(self.state.due) if self.state.due else ""
        return self.fill("done.waiting_text", date=due)

    @Property(str, notify=done_shown)
    def unlocks(self) -> str:
        """From when on. A verified account opens nothing while the membership is not active; what hangs on both is not
        promised at all (empty)."""
        if self._membership() not in ("", ACTIVE):
            return self.fill("done.unlocks_inactive") if self._verified() else ""
        return self.fill("done.unlocks" if self._verified() else "done.unlocks_later")

    @Property(str, notify=done_shown)
    def membership(self) -> str:
        """Only when it needs attention; an active membership is what everybody expects."""
        key = f"membership.{self._membership()}"
        return self.fill(key) if self._membership() != ACTIVE and self.desk.words.has(key) else ""

    @Property(str, notify=done_shown)
    def updates(self) -> str:
        """Which data of card or digital identity differ from the register: never what they are, others look on."""
        if self.state is None or not self.state.updates:
            return ""
        fields = ", ".join(self.fill(f"fact.{update.which.value}") for update in self.state.updates)
        return self.fill(f"done.updates_{self.state.updates[0].source.value}", fields=fields)

    @Property(str, notify=done_shown)
    def name(self) -> str:
        return self._name()

    @Property(str, notify=done_shown)
    def qr(self) -> str:
        """Signed by the kiosk (``kiosk.receipt``); until that is there, or when it cannot, the bare reference."""
        if self.state is None or not self.state.visit_id:
            return ""
        return self.state.receipt or visit_content(self.state.visit_id)

    @Property(list, notify=done_shown)
    def lines(self) -> list[dict[str, str]]:
        """Label and value of the digital card and the proof of visit; identifiers are masked."""
        if self.state is None:
            return []
        reference = self.state.case_number or self.state.visit_id[:REFERENCE_LENGTH].upper()
        rows = [("done.reference", reference)]
        profile = self.state.profile
        if profile is not None and profile.nik:
            rows.append(("done.nik", mask(profile.nik)))
        if profile is not None and profile.card_number:
            rows.append(("done.card_number", mask(profile.card_number)))
        today = datetime.now(ZoneInfo(self.desk.settings.site.timezone)).date()
        rows += [
            ("done.date_label", self.desk.words.spell(today)),
            ("done.place_label", self.desk.settings.site.branch),
        ]
        return [{"label": self.fill(key), "value": value} for key, value in rows]

    @Slot()
    def finish(self) -> None:
        self.post_once(Finish())


class EndedVm(ScreenVm):
    ended_shown = Signal()
    stages = frozenset({Stage.ENDED})

    def _reason(self) -> EndReason:
        return (self.state.reason if self.state else None) or EndReason.CANCELLED

    @Property(str, notify=ended_shown)
    def title(self) -> str:
        return self.fill(f"end.{self._reason().value}.title")

    @Property(str, notify=ended_shown)
    def text(self) -> str:
        due = self.state.due if self.state else None
        return self.fill(f"end.{self._reason().value}.text", date=self.desk.words.spell(due) if due else "")

    @Property(str, notify=ended_shown)
    def left(self) -> str:
        """What is left of the person on this kiosk."""
        return self.fill("ended.sealed" if self._reason() is EndReason.DEFERRED else "ended.wiped")

    @Property(str, notify=ended_shown)
    def caseNumber(self) -> str:  # noqa: N802 - QML's own naming
        return self.state.case_number if self.state else ""

    @Property(str, notify=ended_shown)
    def next(self) -> str:
        if self._reason() is EndReason.DEFERRED:
            return self.fill("end.deferred.next")
        return self.fill(f"handoff.{ENDINGS[self._reason()].handoff.value}")

    @Property(str, notify=ended_shown)
    def icon(self) -> str:
        return HANDOFF_ICONS[ENDINGS[self._reason()].handoff]

    @Slot()
    def finish(self) -> None:
        self.post_once(Finish())
