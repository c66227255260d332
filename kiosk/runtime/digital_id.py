"""The digital identity as the visit sees it: tokens checked here and used up at the centre, logins run there."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

from kiosk.config import IkdSettings
from kiosk.identity.ikd.claims import TokenPolicy
from kiosk.identity.ikd.keys import KeysUnusable, PinnedKeys, load_keys
from kiosk.identity.ikd.token import check_token
from kiosk.ports import (
    Centre,
    CentreRefused,
    CentreUnreachable,
    Clock,
    DigitalIdRefusal,
    DigitalIdRefused,
    LoginOffer,
    PersonFacts,
)

log = logging.getLogger(__name__)
T = TypeVar("T")

TrustedNow = Callable[[], datetime | None]
"""The centre's time, aware; None while it is not known."""


class DigitalIdDesk:
    """``kiosk.ports.DigitalId``."""

    def __init__(self, keys: PinnedKeys, policy: TokenPolicy, centre: Centre, trusted_now: TrustedNow) -> None:
        self._keys = keys
        self._policy = policy
        self._centre = centre
        self._trusted_now = trusted_now

    def begin_login(self, visit_id: str) -> LoginOffer:
        return _asked(lambda: self._centre.begin_login(visit_id))

    def login_result(self, visit_id: str, login_id: str) -> PersonFacts | None:
        return _asked(lambda: self._centre.login_result(visit_id, login_id))

    def read_token(self, visit_id: str, text: str) -> PersonFacts:
        token = check_token(text, self._keys, self._policy, self._trusted_now())
        if not _asked(lambda: self._centre.use_token(visit_id, token.issuer, token.token_id, token.expires_at)):
            raise DigitalIdRefused(DigitalIdRefusal.REPLAYED)
        return token.facts


def token_policy(settings: IkdSettings) -> TokenPolicy:
    return TokenPolicy(settings.audience, settings.token_seconds, settings.skew_seconds, settings.max_token_bytes)


def pinned_keys(settings: IkdSettings) -> PinnedKeys:
    """Of ``settings.keys_file``. With none, or one that cannot be used, no token is taken; the rest of the kiosk
    goes on."""
    if settings.keys_file is None:
        return PinnedKeys()
    try:
        return load_keys(settings.keys_file)
    except KeysUnusable as fault:
        log.error("no token of a digital identity can be checked", extra={"reason": fault.reason})
        return PinnedKeys()


def centre_time(clock: Clock, offset: Callable[[], float | None]) -> TrustedNow:
    """``offset``: the centre's clock minus this one, seconds (``Power.offset``)."""

    def now() -> datetime | None:
        ahead = offset()
        return None if ahead is None else clock.now() + timedelta(seconds=ahead)

    return now


def _asked(ask: Callable[[], T]) -> T:
    try:
        return ask()
    except CentreUnreachable:
        raise DigitalIdRefused(DigitalIdRefusal.CENTRE_UNREACHABLE) from None
    except CentreRefused as refusal:
        log.warning("the centre refused a digital identity", extra={"reason": refusal.reason})
        raise DigitalIdRefused(DigitalIdRefusal.CENTRE_UNREACHABLE) from None
