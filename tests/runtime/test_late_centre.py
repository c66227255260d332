"""A centre that is not connected yet. The risk: a call that hangs, passes or is taken for an answer."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kiosk.ports import CentreUnreachable, Identifier, IdentifierKind
from kiosk.runtime.late_centre import LateCentre
from tests.identity.ikd.support import FACTS, NOW
from tests.journey.support import NIK, PROFILE
from tests.runtime.support import FOUND, KEY, FakeCentre
from tests.runtime.test_digital_id import OFFER, IkdCentre

CALLS: dict[str, Callable[[LateCentre], object]] = {
    "lookup": lambda c: c.lookup("v", Identifier(IdentifierKind.NIK, NIK)),
    "reference_face": lambda c: c.reference_face("t"),
    "profile": lambda c: c.profile("t"),
    "family": lambda c: c.family("t"),
    "history": lambda c: c.history("t"),
    "send_code": lambda c: c.send_code("t", 1, "123456"),
    "visit_status": lambda c: c.visit_status("v"),
    "use_token": lambda c: c.use_token("v", "issuer", "token-id", NOW),
    "begin_login": lambda c: c.begin_login("v"),
    "login_result": lambda c: c.login_result("v", "login-1"),
    "public_key": lambda c: c.public_key(),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS.keys())
def test_every_call_before_the_connection_is_an_unreachable_centre(call: Callable[[LateCentre], object]) -> None:
    with pytest.raises(CentreUnreachable):
        call(LateCentre())


def test_forgetting_before_the_connection_is_fine_and_later_reaches_the_centre() -> None:
    late, centre = LateCentre(), FakeCentre()
    late.forget_visit()
    late.connect(centre, lambda: KEY)
    late.forget_visit()
    assert late.connected
    assert centre.forgotten == 1


def test_calls_pass_to_the_centre_as_they_are() -> None:
    late, centre = LateCentre(), FakeCentre()
    late.connect(centre, lambda: KEY)
    assert late.lookup("v", Identifier(IdentifierKind.NIK, NIK)) == FOUND
    assert late.profile("ticket-1") == PROFILE
    late.send_code("ticket-1", 2, "123456")
    assert centre.codes == [("ticket-1", 2, "123456")]


def test_calls_of_the_digital_identity_pass_as_they_are() -> None:
    late, centre = LateCentre(), IkdCentre(result=FACTS)
    late.connect(centre, lambda: KEY)
    assert late.use_token("v", "issuer", "token-id", NOW)
    assert centre.used == [("v", "issuer", "token-id", NOW)]
    assert late.begin_login("v") == OFFER
    assert late.login_result("v", "login-1") == FACTS


def test_the_box_key_is_asked_until_it_answers_once_and_is_then_remembered() -> None:
    asked = []

    def fetch() -> bytes:
        asked.append(1)
        if len(asked) < 3:
            raise CentreUnreachable
        return KEY

    late = LateCentre()
    late.connect(FakeCentre(), fetch)
    for _ in range(2):
        with pytest.raises(CentreUnreachable):
            late.public_key()
    assert [late.public_key(), late.public_key()] == [KEY, KEY]
    assert len(asked) == 3
