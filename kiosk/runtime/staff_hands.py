"""Carries out what the staff door asks for. Calls to the centre wait on a small pool; nothing here decides."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

from kiosk.journey import inputs as visit
from kiosk.ports import CentreUnreachable, EventStore, StaffDenied, StaffDesk, StaffRefusal, StoreUnavailable
from kiosk.runtime.code_watch import CodeWatch
from kiosk.staff import effects as e
from kiosk.staff import inputs as i
from kiosk.staff.badge import badge_token
from kiosk.staff.queue import QUEUE_EVENTS, help_queue
from kiosk.staff.state import GuidedPart, PartTest

log = logging.getLogger(__name__)

POOL_THREADS = 2
"""One call that somebody waits for, and one that nobody does (keep alive, sign out)."""

Answer = Callable[[i.StaffInput], None]


class PartsWatch(Protocol):
    def start(self) -> None: ...

    def stop(self) -> None: ...


class PartTests(Protocol):
    def start(self, part: GuidedPart, done: Callable[[PartTest], None]) -> None: ...

    def stop(self) -> None: ...


class StaffHands:
    def __init__(
        self,
        *,
        desk: StaffDesk,
        store: EventStore,
        queue_days: float,
        badges: CodeWatch,
        parts: PartsWatch,
        tests: PartTests,
        tell_visit: Callable[[visit.VisitInput], None],
    ) -> None:
        self._desk = desk
        self._store = store
        self._queue_days = queue_days
        self._badges = badges
        self._parts = parts
        self._tests = tests
        self._tell_visit = tell_visit
        self._pool = ThreadPoolExecutor(POOL_THREADS, thread_name_prefix="staff-hands")

    def carry_out(self, effect: e.StaffEffect, answer: Answer) -> None:
        match effect:
            case e.ParkVisit():
                self._tell_visit(visit.Park())
            case e.ResumeVisit():
                self._tell_visit(visit.Unpark())
            case e.TellVisit(decision=decision):
                self._tell_visit(decision)
            case e.WatchForBadge():
                self._badges.start(lambda text: _on_code(text, answer))
            case e.StopWatching():
                self._badges.stop()
            case e.WatchParts():
                self._parts.start()
            case e.StopParts():
                self._parts.stop()
            case e.RunTest(part=part):
                self._tests.start(part, lambda result: answer(i.TestDone(result)))
            case e.StopTest():
                self._tests.stop()
            case e.Record():
                raise AssertionError("recorded by the staff loop")
            case _:
                self._pool.submit(self._guarded, effect, answer)

    def close(self) -> None:
        self._badges.stop()
        self._parts.stop()
        self._tests.stop()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _guarded(self, effect: e.StaffEffect, answer: Answer) -> None:
        try:
            self._call(effect, answer)
        except StaffDenied as denied:
            log.warning("staff denied", extra={"effect": type(effect).__name__, "reason": denied.refusal.value})
            self._refused(effect, answer, denied.refusal)
        except (CentreUnreachable, StoreUnavailable):
            self._unanswered(effect, answer)
        except Exception as fault:
            log.error("staff effect failed", extra={"effect": type(effect).__name__, "fault": type(fault).__name__})
            self._unanswered(effect, answer)

    def _call(self, effect: e.StaffEffect, answer: Answer) -> None:
        match effect:
            case e.SignIn(credentials=credentials):
                answer(i.SignedIn(self._desk.sign_in(credentials)))
            case e.Compare(asked=asked):
                answer(i.Granted(self._desk.compare(asked)))
            case e.KeepAlive(session=session):
                self._desk.keep_alive(session)
            case e.EndSession(session=session):
                self._desk.sign_out(session)
            case e.LoadQueue():
                answer(i.QueueLoaded(help_queue(self._store.recent(QUEUE_EVENTS, self._queue_days))))

    @staticmethod
    def _refused(effect: e.StaffEffect, answer: Answer, refusal: StaffRefusal) -> None:
        if not isinstance(effect, e.EndSession):  # ended already: nobody needs to hear of it
            answer(i.Denied(refusal))

    @staticmethod
    def _unanswered(effect: e.StaffEffect, answer: Answer) -> None:
        if isinstance(effect, e.SignIn | e.Compare):
            answer(i.CentreAway())


def _on_code(text: str, answer: Answer) -> None:
    token = badge_token(text)
    if token is not None:
        answer(i.BadgeSeen(token))
