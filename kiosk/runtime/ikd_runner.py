"""Carries a visit's digital identity on threads of its own: one token to check, one login to follow."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from kiosk.journey.effects import CheckToken, StartLogin
from kiosk.journey.inputs import DigitalIdAnswered, LoginOffered
from kiosk.ports import DigitalId, DigitalIdRefusal, DigitalIdRefused, PersonFacts
from kiosk.runtime.visit_loop import Answer

log = logging.getLogger(__name__)

POLL_SECONDS = 2.0
"""Consent on the phone takes ten seconds and more; a kiosk that waits asks the centre 60 times in 120 s."""


class IkdRunner:
    def __init__(
        self,
        digital_id: DigitalId,
        poll_seconds: float = POLL_SECONDS,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._digital_id = digital_id
        self._poll_seconds = poll_seconds
        self._monotonic = monotonic
        self._login_over = threading.Event()  # of the running login; set: nobody waits for it
        self._check_over = threading.Event()  # of the running check; likewise

    def check(self, effect: CheckToken, answer: Answer) -> None:
        self._check_over.set()
        self._check_over = over = threading.Event()

        def work() -> None:
            said = _answered(lambda: self._digital_id.read_token(effect.visit_id, effect.token))
            if not over.is_set():
                answer(said)

        threading.Thread(target=work, name="ikd-token", daemon=True).start()

    def start_login(self, effect: StartLogin, answer: Answer) -> None:
        self.stop_login()
        self._check_over.set()  # a late word on a code must not be taken for one on the login
        self._login_over = over = threading.Event()

        def work() -> None:
            said = _answered(lambda: self._follow(effect.visit_id, answer, over))
            if not over.is_set():
                answer(said)

        threading.Thread(target=work, name="ikd-login", daemon=True).start()

    def stop_login(self) -> None:
        self._login_over.set()

    def forget(self) -> None:
        """The visit is over: what still comes for it is dropped."""
        self.stop_login()
        self._check_over.set()

    def _follow(self, visit_id: str, answer: Answer, over: threading.Event) -> PersonFacts:
        """The facts that the login brings. Raises DigitalIdRefused; also, unheard, when the login is stopped."""
        offer = self._digital_id.begin_login(visit_id)
        until = self._monotonic() + offer.valid_seconds
        if not over.is_set():
            answer(LoginOffered(offer))
        refusal = DigitalIdRefusal.LOGIN_EXPIRED
        while not over.wait(self._poll_seconds) and self._monotonic() < until:
            try:
                facts = self._digital_id.login_result(visit_id, offer.login_id)
            except DigitalIdRefused as refused:
                if refused.refusal is not DigitalIdRefusal.CENTRE_UNREACHABLE:
                    raise
                refusal = refused.refusal  # for now: the person on the phone notices nothing of it
                continue
            if facts is not None:
                return facts
            refusal = DigitalIdRefusal.LOGIN_EXPIRED
        raise DigitalIdRefused(refusal)


def _answered(work: Callable[[], PersonFacts]) -> DigitalIdAnswered:
    try:
        return DigitalIdAnswered(facts=work())
    except DigitalIdRefused as refused:
        return DigitalIdAnswered(refusal=refused.refusal)
    except Exception as fault:
        log.error("the digital identity failed", extra={"fault": type(fault).__name__})
        return DigitalIdAnswered(refusal=DigitalIdRefusal.CENTRE_UNREACHABLE)
