"""Turns a notice of the visit into the sentence, the kind and the icon a screen shows."""

from __future__ import annotations

from kiosk.config import Settings
from kiosk.journey.reasons import Notice
from kiosk.journey.state import Stage, VisitState
from ui.words import Words, one_line

INFORMING = frozenset({Notice.CODE_SENT_AGAIN, Notice.RESTARTED, Notice.IDENTITY_DENIED})
"""These tell; all others ask the person to look or do something."""

INFO, LOOK = "info", "look"


def notice_text(words: Words, state: VisitState, settings: Settings) -> str:
    if state.notice is None:
        return ""
    values: dict[str, object] = {
        "digits": settings.pin.digits,
        "seconds": round(settings.ikd.token_seconds),
        "number": "",
        "left": "",
    }
    values.update((name, one_line(value)) for name, value in state.notice_values)
    key = f"notice.{state.notice.value}"
    if state.notice is Notice.NOT_FOUND and not values["number"]:
        key += "_plain"
    if state.notice is Notice.CODE_UNKNOWN and state.stage is Stage.IKD_CODE:
        key += "_ikd"
    return words.fill(key, **values)


def notice_kind(state: VisitState) -> str:
    return INFO if state.notice in INFORMING else LOOK
