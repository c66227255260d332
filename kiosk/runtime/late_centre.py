"""A centre that may come later: the screens stand before the first connection does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from kiosk.ports import (
    AccountHistory,
    Centre,
    CentreUnreachable,
    CentreVisitStatus,
    FamilyMember,
    Identifier,
    LoginOffer,
    LookupAnswer,
    PersonFacts,
    Profile,
    SendStatus,
)
from kiosk.runtime.deferred_key import RememberedKey


class LateCentre:
    """Passes every call on to the centre; until it is connected, the centre is unreachable."""

    def __init__(self, memory: RememberedKey | None = None) -> None:
        """``memory``: of the box key over restarts."""
        self._memory = memory
        self._remembered = memory.load() if memory is not None else None
        self._target: Centre | None = None
        self._fetch_key: Callable[[], bytes] | None = None
        self._key: bytes | None = None

    @property
    def connected(self) -> bool:
        return self._target is not None

    def connect(self, target: Centre, fetch_key: Callable[[], bytes]) -> None:
        """``fetch_key`` asks the centre for its box key (32 bytes); it is asked until it answers once."""
        self._target, self._fetch_key = target, fetch_key

    def public_key(self) -> bytes:
        """The centre's box key, remembered so that a PIN can be sealed while the centre is away."""
        if self._key is None:
            if self._fetch_key is None:
                raise CentreUnreachable
            self._key = self._fetch_key()
            if self._memory is not None:
                self._memory.save(self._key)
        return self._key

    @property
    def heard_key(self) -> bool:
        """In this run."""
        return self._key is not None

    @property
    def capture_key(self) -> bytes | None:
        """The box key of the last contact, this run's or an earlier one's. Asks nobody."""
        return self._key or self._remembered

    def learn_key(self) -> None:
        """While the centre is there, for the time when it is not. Raises CentreUnreachable, CentreRefused."""
        self.public_key()

    def lookup(self, visit_id: str, identifier: Identifier) -> LookupAnswer:
        return self._centre().lookup(visit_id, identifier)

    def reference_face(self, ticket: str) -> bytes:
        return self._centre().reference_face(ticket)

    def profile(self, ticket: str) -> Profile:
        return self._centre().profile(ticket)

    def family(self, ticket: str) -> tuple[FamilyMember, ...]:
        return self._centre().family(ticket)

    def history(self, ticket: str) -> AccountHistory:
        return self._centre().history(ticket)

    def send_code(self, ticket: str, send_no: int, code: str) -> SendStatus:
        return self._centre().send_code(ticket, send_no, code)

    def visit_status(self, visit_id: str) -> CentreVisitStatus:
        return self._centre().visit_status(visit_id)

    def use_token(self, visit_id: str, issuer: str, token_id: str, expires_at: datetime) -> bool:
        return self._centre().use_token(visit_id, issuer, token_id, expires_at)

    def begin_login(self, visit_id: str) -> LoginOffer:
        return self._centre().begin_login(visit_id)

    def login_result(self, visit_id: str, login_id: str) -> PersonFacts | None:
        return self._centre().login_result(visit_id, login_id)

    def forget_visit(self) -> None:
        if self._target is not None:
            self._target.forget_visit()

    def _centre(self) -> Centre:
        if self._target is None:
            raise CentreUnreachable
        return self._target
