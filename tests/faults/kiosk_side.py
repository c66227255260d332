"""The kiosk of a run in a process of its own: the real store, client and sync, and somebody who makes visits."""

from __future__ import annotations

import base64
import contextlib
import logging
import random
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from argon2 import PasswordHasher

from db.central.client import CentreClient
from db.central.keys import seal_to
from db.local.store import LocalStore
from db.sync.worker import WAIT_SECONDS, SyncService
from kiosk import events as ev
from kiosk.config import CentreSettings
from kiosk.ports import (
    CentreRefused,
    CentreUnreachable,
    Clock,
    Identifier,
    IdentifierKind,
    LastingFault,
    LookupStatus,
    SendStatus,
    StoreUnavailable,
)
from kiosk.runtime.clock import SystemClock
from kiosk.runtime.worker import BackOff, ResilientWorker
from tests.faults import mutants
from tests.faults.orders import FINISH, REPORTED, KioskOrder, PlannedVisit, Report, Role, lines
from tests.faults.plan import VisitKind
from tests.faults.site import KIOSK, PHOTO, SIGNER

KEY = bytes(range(32))
CALL_SECONDS = 0.5
PATIENCE_SECONDS = 4.0
"""How long one visit tries the centre: longer than any fault lasts, as a person would."""
PAUSE_SECONDS = 0.02
AGREE_SECONDS = 0.3
"""The minute of a branch is longer than a run is waited for."""
STORE_FAULT = 3
"""Exit code: the store could not be opened; the parent starts the next process."""

T = TypeVar("T")


class WildClock:
    """The wall jumps by years, back and forth, every few readings; the monotonic clock is honest."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)
        self._jump = timedelta(0)

    def monotonic(self) -> float:
        return time.monotonic()

    def now(self) -> datetime:
        if self._chance.random() < 0.15:
            self._jump = timedelta(days=self._chance.choice((0, -9000, -1, -0.01, 0.01, 1, 40, 9000)))
        return datetime.now(UTC) + self._jump


class GiveUp(Exception):
    """This visit ends here; nothing is wrong with the kiosk."""


def run_kiosk(order: KioskOrder) -> None:
    logging.disable(logging.CRITICAL)  # faults are what it is here for
    mutants.install(order.mutant)
    report = Report(order.folder / order.report)
    clock: Clock = SystemClock() if order.clock_seed is None else WildClock(order.clock_seed + order.life)
    try:
        store = LocalStore(order.data, KIOSK, KEY, SIGNER, clock)
    except LastingFault as fault:
        report.say("fault", fault.reason)
        time.sleep(PAUSE_SECONDS)
        sys.exit(STORE_FAULT)
    _Kiosk(order, report, store, clock).live()


class _Kiosk:
    def __init__(self, order: KioskOrder, report: Report, store: LocalStore, clock: Clock) -> None:
        self._order, self._report, self._store = order, report, store
        settings = CentreSettings(call_seconds=CALL_SECONDS, sync_batch=order.batch)
        self._client = CentreClient(order.dsn, settings)
        self._service = SyncService(
            store, CentreClient(order.dsn, settings), settings, clock, agree_seconds=AGREE_SECONDS
        )
        # The pauses of a branch (0.5 to 30 s) would only make a run longer.
        self._worker = ResilientWorker(
            self._service, back_off=BackOff(first=0.02, longest=0.1, lasting=0.1, settled=0.05)
        )

    def live(self) -> None:
        self._patient(lambda: self._store.begin_run("faults"))
        self._committed()
        left = self._patient(self._store.open_visit)
        if left is not None:
            self._record(left.visit_id, ev.VisitEnded(status=ev.VisitStatus.DITINGGALKAN, reason="restart"))
        if self._order.role is not Role.WRITE:
            self._worker.start()
        if self._order.role is not Role.SEND:
            begun = {int(line[1]) for line in lines(self._order.folder / REPORTED) if line[0] == "begin"}
            for planned in self._order.visits:
                if planned.number not in begun and not self._finishing():
                    self._report.say("begin", planned.number)
                    self._visit(planned)
        self._end()

    def _end(self) -> None:
        while not self._finishing():
            time.sleep(60 if self._order.role is Role.WRITE else PAUSE_SECONDS)  # a writer waits to be killed
        # A kiosk stays on for the day: it compares once more what the centre has, also after its last visit.
        compared_by = time.monotonic() + AGREE_SECONDS + 2 * WAIT_SECONDS
        while time.monotonic() < compared_by or self._patient(self._store.backlog):
            time.sleep(PAUSE_SECONDS)
        self._worker.stop(timeout=0)
        self._service.wake()  # it waits for up to 1 s for something to send
        self._worker.stop()
        self._patient(self._store.end_run)
        self._store.close()
        self._report.say("done")

    def _finishing(self) -> bool:
        return (self._order.folder / FINISH).exists()

    # ---- visits

    def _visit(self, planned: PlannedVisit) -> None:
        visit_id = f"visit-{planned.number}"
        self._record(visit_id, ev.VisitStarted(service="verify_account", language="id"))
        try:
            ended = self._steps(planned, visit_id)
        except GiveUp:
            ended = ev.VisitEnded(status=ev.VisitStatus.DITINGGALKAN, reason="cancelled")
        self._record(visit_id, ended)
        self._client.forget_visit()

    def _steps(self, planned: PlannedVisit, visit_id: str) -> ev.VisitEnded:
        if planned.kind is VisitKind.OFFLINE or self._order.role is not Role.BOTH:
            for number in range(5):
                self._record(visit_id, *[ev.HelpAsked(stage=f"{planned.number}.{number}.{n}") for n in range(3)])
            return ev.VisitEnded(status=ev.VisitStatus.DITINGGALKAN, reason="cancelled")
        if planned.kind is VisitKind.OTHERS_TICKET:
            ticket = "00000000-0000-4000-8000-000000000000"
            self._record(visit_id, _consent(), *_confirmed(ticket), _matched(ticket), *self._pin(ticket, 1))
            return _ended()
        if planned.kind is not VisitKind.NO_CONSENT:
            self._record(visit_id, _consent(), ev.IdentityRead(method="nik_typed"))
        identifier = Identifier(IdentifierKind.NIK, planned.nik)
        found = self._asked(lambda: self._client.lookup(visit_id, identifier))
        if found.status is not LookupStatus.FOUND:
            self._report.say("lookup", found.status.value)
            raise GiveUp
        self._record(visit_id, *_confirmed(found.ticket))
        cosine = 0.1 if planned.kind is VisitKind.BAD_EVIDENCE else 0.7
        if planned.kind in {VisitKind.HONEST, VisitKind.BAD_EVIDENCE}:
            photo = self._asked(lambda: self._client.reference_face(found.ticket))
            if photo != PHOTO:
                self._report.say("wrong_photo")
        self._record(visit_id, _matched(found.ticket, cosine))
        send_no = 1 if planned.kind is VisitKind.NO_CODE else self._send_code(planned, found.ticket)
        self._record(visit_id, *self._pin(found.ticket, send_no))
        return _ended()

    def _send_code(self, planned: PlannedVisit, ticket: str) -> int:
        if planned.kind is VisitKind.NO_CONSENT:
            return 1
        for send_no in (1, 2, 3):
            code = f"{planned.number:02}{send_no}{random.Random(ticket).randrange(1000):03}"
            sent = self._asked(lambda: self._client.send_code(ticket, send_no, code))  # noqa: B023 - called at once
            if sent is SendStatus.SENT:
                return send_no
        raise GiveUp

    def _pin(self, ticket: str, send_no: int) -> list[Any]:
        # weak on purpose: the strength is another test's matter
        text = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("837261")
        sealed = base64.b64encode(seal_to(self._asked(self._client.box_public_key), text.encode())).decode()
        return [
            ev.CodeSent(send_no=send_no, channel="sms", ticket=ticket),
            ev.CodeVerified(send_no=send_no, ticket=ticket),
            ev.PinAccepted(ticket=ticket, sealed_verifier=sealed, sealed_to="faults"),
        ]

    # ---- store and centre, for as long as a fault may last

    def _record(self, visit_id: str, *events: Any) -> None:
        """A refused record was not made (kiosk.ports.EventStore): the same events are tried again."""
        self._patient(lambda: self._store.record(visit_id, events))
        self._committed()

    def _committed(self) -> None:
        head = self._patient(self._store.head)
        self._report.say("commit", head.seq, head.hash)

    def _patient(self, work: Callable[[], T]) -> T:
        while True:
            try:
                return work()
            except StoreUnavailable as fault:
                self._report.say("fault", fault.reason)
                time.sleep(PAUSE_SECONDS)

    def _asked(self, call: Callable[[], T]) -> T:
        until = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                return call()
            except CentreUnreachable:
                if time.monotonic() > until or self._finishing():
                    raise GiveUp from None
                time.sleep(PAUSE_SECONDS)
            except CentreRefused as refusal:
                self._report.say("refused", refusal.reason)
                raise GiveUp from None


def run_clone(order: KioskOrder) -> None:
    """A second kiosk from a copy of the folder: makes a visit and tries to send it until it is told off."""
    logging.disable(logging.CRITICAL)  # faults are what it is here for
    mutants.install(order.mutant)
    report = Report(order.folder / order.report)
    clock = SystemClock()
    store = LocalStore(order.data, KIOSK, KEY, SIGNER, clock)
    store.begin_run("clone")
    store.record("visit-of-the-clone", [ev.VisitStarted(service="verify_account", language="id")])
    settings = CentreSettings(call_seconds=CALL_SECONDS, sync_batch=order.batch)
    service = SyncService(store, CentreClient(order.dsn, settings), settings, clock)
    try:
        service.set_up()
        while store.backlog():
            service.work()
        report.say("accepted")
    except LastingFault as fault:
        report.say("refused", fault.reason, store.backlog())
    finally:
        with contextlib.suppress(StoreUnavailable):
            store.close()


def _consent() -> Any:
    return ev.ConsentGiven(purposes=("verify",), text_version="1", language="id", text_sha256="0" * 64)


def _confirmed(ticket: str) -> list[Any]:
    return [ev.LookupAnswered(outcome="found", ticket=ticket), ev.IdentityConfirmed(ticket=ticket)]


def _matched(ticket: str, cosine: float = 0.7) -> Any:
    return ev.FaceMatched(attempt=1, ticket=ticket, evidence={"cosine": cosine})


def _ended() -> ev.VisitEnded:
    return ev.VisitEnded(status=ev.VisitStatus.MENUNGGU_SINKRONISASI, reason="")
