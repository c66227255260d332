"""A part of the kiosk in a technician's words: state with its icon, versions, faults, the last test."""

from __future__ import annotations

from datetime import datetime

from kiosk.health.diagnostics import LastTest, PictureNumbers
from kiosk.health.readiness import Offer
from kiosk.ports import PartHealth, PartState
from ui.viewmodels.moments import spell_day, spell_when
from ui.words import Words

STATE_ICONS = {
    PartState.STARTING: "clock",
    PartState.READY: "check",
    PartState.DEGRADED: "look",
    PartState.FAULT: "close",
    PartState.STOPPED: "pause",
    PartState.ABSENT: "minus",
}
STATE_KINDS = {PartState.READY: "good", PartState.FAULT: "stop", PartState.DEGRADED: "look"}
"""Colours that stand beside icon and word; every other state is plain."""
_DAYS = frozenset({"certificate_ends"})
"""Details that are a moment in ISO 8601, of which the day matters."""


def known(words: Words, prefix: str, value: str) -> str:
    """Words for what a device or record says; a word of its own that nobody translated is shown as it is."""
    key = f"{prefix}.{value}"
    return words.fill(key) if words.has(key) else value


def part_card(words: Words, part: PartHealth, test: LastTest | None, timezone: str) -> dict[str, str]:
    lines = [part.version]
    if part.last_fault:
        lines.append(words.fill("staff.part.last_fault", fault=known(words, "staff.fault", part.last_fault)))
    details = [pair for key, value in part.detail.items() if (pair := _detail(words, key, value, timezone))]
    return {
        "name": part.name,
        "title": known(words, "staff.part.name", part.name),
        "state": words.fill(f"staff.part.state.{part.state.value}"),
        "icon": STATE_ICONS[part.state],
        "kind": STATE_KINDS.get(part.state, "plain"),
        "text": "\n".join(line for line in (*lines, " · ".join(details)) if line),
        "test": test_line(words, test, timezone) if test else "",
        "test_kind": "good" if test is None or test.passed else "look",
    }


def test_line(words: Words, test: LastTest, timezone: str) -> str:
    when = spell_when(words, test.at, timezone)
    if test.passed:
        return words.fill("staff.part.test_passed", when=when, by=test.by)
    return words.fill(
        "staff.part.test_failed", when=when, by=test.by, reason=known(words, "staff.test.reason", test.reason)
    )


def service_line(words: Words, offer: Offer) -> str:
    """``Verifikasi akun: tersedia``, or which parts it waits for."""
    service = words.fill(f"staff.service.{offer.service.value}")
    if offer.offered:
        return words.fill("staff.service.offered", service=service)
    missing = ", ".join(
        words.fill(
            "staff.service.missing",
            part=words.fill(f"staff.part.name.{part.part.value}"),
            state=words.fill(f"staff.part.state.{part.state.value}").lower(),
        )
        for part in offer.missing
    )
    return words.fill("staff.service.not_offered", service=service, missing=missing)


def measured_rows(words: Words, measured: tuple[tuple[str, str], ...]) -> list[dict[str, str]]:
    """Label and value; what was not there (no face, so no eyes) is a dash."""
    return [{"label": known(words, "staff.measure", key), "value": value or "-"} for key, value in measured]


def picture_pairs(numbers: PictureNumbers) -> tuple[tuple[str, str], ...]:
    """Live numbers of the camera's picture, in the order in which a technician sets a camera up."""
    return (
        ("size", f"{numbers.width}x{numbers.height}"),
        ("fps", f"{numbers.fps:.1f}"),
        ("brightness", f"{numbers.brightness:.0f}"),
        ("sharpness", f"{numbers.sharpness:.3f}"),
        ("eye_px", "" if numbers.eye_px is None else f"{numbers.eye_px:.0f}"),
    )


def _detail(words: Words, key: str, value: str, timezone: str) -> str:
    if not value:
        return ""
    if key in _DAYS:
        value = spell_day(words, datetime.fromisoformat(value), timezone)
    return f"{known(words, 'staff.detail', key)} {known(words, 'staff.detail_value', value)}"
