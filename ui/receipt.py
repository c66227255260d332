"""The words of the printed receipt: no name, no number of a person, nothing to be careful with."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from kiosk.config import Settings
from kiosk.events import VisitStatus
from kiosk.journey.effects import PrintReceipt
from ui.catalogue import fill, spell_date

REFERENCE_CHARACTERS = 8


def receipt_text(
    effect: PrintReceipt, settings: Settings, today: date, prove: Callable[[str, str], str] = lambda *_: ""
) -> tuple[list[str], str]:
    """Lines from top to bottom, and the text of the QR code below them. ``prove``: of visit and printed number, what
    the kiosk signs (``kiosk.receipt``); empty when it cannot, and the code is the bare reference then."""

    def say(key: str, **values: object) -> str:
        return fill(effect.language, f"receipt.{key}", **values)

    reference = effect.visit_id[:REFERENCE_CHARACTERS].upper()
    lines = [
        say("heading"),
        say("branch", branch=settings.site.branch),
        say("date", date=spell_date(effect.language, today)),
        say("case", case=effect.case_number) if effect.case_number else say("reference", reference=reference),
        say("status", status=fill(effect.language, f"status.{effect.status.value}")),
    ]
    if effect.due is not None:
        lines.append(say("due", date=spell_date(effect.language, effect.due)))
    if effect.status is VisitStatus.DITUNDA:
        lines.append(say("deferred"))
    code = prove(effect.visit_id, effect.case_number or reference) or f"BPJSK:{effect.visit_id}"
    return [*lines, say("secret"), say("free")], code
