"""The short form of ``tests.identity.ikd.fuzz``: its long form runs 100,000."""

from __future__ import annotations

from kiosk.ports import DigitalIdRefusal
from tests.identity.ikd import fuzz

ABOUT_THE_TOKEN = set(DigitalIdRefusal) - {
    DigitalIdRefusal.REPLAYED, DigitalIdRefusal.CLOCK_UNKNOWN, DigitalIdRefusal.CENTRE_UNREACHABLE,
    DigitalIdRefusal.LOGIN_EXPIRED, DigitalIdRefusal.LOGIN_DENIED, DigitalIdRefusal.ISSUER_UNREACHABLE,
    DigitalIdRefusal.ISSUER_FAULT,
}  # fmt: skip


def test_two_thousand_hostile_tokens_end_in_a_typed_refusal_and_soon() -> None:
    found = fuzz.run(2000, seed=7)
    assert found.wrong == []
    assert sum(found.outcomes.values()) == 2000
    reasons = set(found.outcomes) - {"taken"}
    assert reasons <= {reason.value for reason in ABOUT_THE_TOKEN}
    assert len(reasons) >= 10  # it reaches every part, not only the first check
