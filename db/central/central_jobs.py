"""The jobs of a centre as a program: a real one's until it is told to stop, a demo's until stdin closes."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import psycopg
from psycopg.conninfo import conninfo_to_dict

from db.central.admin_access import keys_in
from db.central.commands import centre_at, start_jobs
from db.central.connector import Messages, SendSms
from db.central.deferred_job import DeferredParts
from db.central.ikd_job import CallBacks
from db.central.verdict import VerifyEvidence
from kiosk.config import Settings
from kiosk.ports.issuer import DigitalIdIssuer

_log = logging.getLogger(__name__)

JOB_STOP_SECONDS = 10.0
"""A job may be in a call to a gateway, whose own limits lie below."""

Deliver = Callable[[str, str], bool]


@dataclass(frozen=True, slots=True)
class Collaborators:
    """What the jobs need of other rooms. ``photo``: of the demo's participant. ``edge``: the call-back edge, for as
    long as its context lasts; None where no issuer or no call-back is set."""

    photo: Callable[[], bytes]
    send_sms: SendSms
    messages: Messages
    verify_evidence: VerifyEvidence
    issuer: DigitalIdIssuer | None = None
    edge: Callable[[Deliver], AbstractContextManager[object]] | None = None
    deferred: DeferredParts | None = None


Collaborate = Callable[[Settings, bool], AbstractContextManager[Collaborators]]
"""(settings, demo); raises LastingFault, ValueError for settings that cannot be used."""


def run_demo(settings: Settings, collaborate: Collaborate) -> int:
    """The demo's centre with invented participants, until stdin closes."""
    from db.central.demo_centre import DemoCollaborators, serve  # noqa: PLC0415 - never part of a real centre

    with collaborate(settings, True) as parts:
        return serve(
            settings,
            DemoCollaborators(
                photo=parts.photo,
                send_sms=parts.send_sms,
                messages=parts.messages,
                verify_evidence=parts.verify_evidence,
                issuer=parts.issuer,
                deferred=parts.deferred,
            ),
        )


def run_until_stopped(
    dsn: str, keys_folder: Path, digests: Path | None, settings: Settings, parts: Collaborators
) -> None:
    """The jobs of a real centre, until SIGTERM or SIGINT. Over TCP they log in by certificate, over a socket by
    password. Raises Impossible; psycopg.Error when the first login fails."""
    keys = keys_in(keys_folder)
    centre = centre_at(dsn, keys, keys_folder / "jobs" if over_tcp(dsn) else None)
    with psycopg.connect(centre.settle_dsn, connect_timeout=5):
        pass  # a wrong address or login is said now, not in a log
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    edge = parts.edge(CallBacks(centre.connector_dsn, keys).deliver) if parts.edge else contextlib.nullcontext()
    with edge:
        threads = start_jobs(
            centre,
            parts.send_sms,
            parts.messages,
            parts.verify_evidence,
            stop,
            codes_per_visit=settings.otp.codes_per_visit,
            codes_per_phone_day=settings.otp.codes_per_phone_day,
            issuer=parts.issuer,
            digests=digests,
            deferred=parts.deferred,
        )
        sys.stdout.write("jobs run: " + ", ".join(thread.name for thread in threads) + "\n")
        sys.stdout.flush()
        stop.wait()
    for thread in threads:
        thread.join(JOB_STOP_SECONDS)
    if late := [thread.name for thread in threads if thread.is_alive()]:
        _log.warning("ended with jobs still at work: %s", ", ".join(late))
        leave()


def leave(code: int = 0) -> NoReturn:
    """End the process here, with everything closed. A thread that meets the interpreter's end inside a C library aborts
    it, and tokio's workers behind SMPP, which nobody can join, did so at 2 stops of 38."""
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def over_tcp(dsn: str) -> bool:
    """By certificate; over a socket by password."""
    host = str(conninfo_to_dict(dsn).get("host") or "")
    return bool(host) and not host.startswith("/")
