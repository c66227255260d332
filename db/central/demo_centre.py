"""The demo's centre, child's side: embedded PostgreSQL, an invented registry, the jobs, and questions.

Everything runs in one process that lives as long as its parent's end of stdin. Collaborators of other
rooms are handed in. Never part of a real centre.
"""

from __future__ import annotations

import json
import logging
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from db.central import demo, demo_staff_seed
from db.central.central_jobs import leave
from db.central.commands import init_centre, kiosk_dsn, start_jobs
from db.central.connector import Messages, SendSms
from db.central.deferred_job import DeferredParts
from db.central.demo_link import DemoLink
from db.central.demo_logins import seed_logins
from db.central.demo_process import Message, serve_questions
from db.central.embedded import EmbeddedPostgres
from db.central.kiosks import enrol_kiosk, role_of
from db.central.verdict import VerifyEvidence
from kiosk.config import Settings
from kiosk.ports.issuer import DigitalIdIssuer

log = logging.getLogger(__name__)

DATABASE = "central"
JOB_STOP_SECONDS = 3.0
SETTLE_SECONDS = 3.0
"""A visit is settled within 20 ms; one that stays queued is waited for no longer."""


@dataclass(frozen=True, slots=True)
class DemoCollaborators:
    photo: Callable[[], bytes]
    send_sms: SendSms
    messages: Messages
    verify_evidence: VerifyEvidence
    issuer: DigitalIdIssuer | None = None  # of the digital identity
    deferred: DeferredParts | None = None


class DemoCentre:
    def __init__(self, settings: Settings, parts: DemoCollaborators) -> None:
        self._settings = settings
        self._parts = parts
        folder = settings.centre.demo_dir
        self._server = EmbeddedPostgres(folder, progress=lambda said: _say({"progress": said}))
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []
        self.late_jobs: list[str] = []  # that did not stop in time
        self._server.start()
        self._centre = init_centre(self._server.ensure_database(DATABASE), folder / "keys")
        with psycopg.connect(self._centre.admin_dsn, autocommit=True) as conn:
            if not _has_photo(conn):
                _say({"progress": "inventing the participants"})
                demo.seed(conn, self._centre.keys, {demo.MAIN.nik: parts.photo()})
            demo.give_addresses(conn)
            seed_logins(conn)
            demo_staff_seed.seed_staff(conn, self._centre.keys)
        self._reset()
        self._link = DemoLink(Path(str(conninfo_to_dict(self._centre.admin_dsn)["host"])))
        self._link.switch(up=True)

    def answer(self, question: Message) -> Message:
        """``{"enrol": key}`` -> ``{"dsn"}``; ``{"report": visit}`` -> ``{"events", "status", "decision"}``;
        ``{"reset": true}`` and ``{"link": {"up", "slow"}}`` -> ``{}``."""
        if "enrol" in question:
            return {"dsn": self._enrol(bytes.fromhex(question["enrol"]))}
        if "reset" in question:
            self._reset()
            return {}
        if "link" in question:
            self._link.switch(up=bool(question["link"]["up"]), slow=bool(question["link"]["slow"]))
            return {}
        return self._report(str(question["report"]))

    def close(self) -> None:
        self._link.close()
        self._stop.set()
        for thread in self._threads:
            thread.join(JOB_STOP_SECONDS)
        self.late_jobs = [thread.name for thread in self._threads if thread.is_alive()]
        self._server.stop()

    def _enrol(self, signing_key: bytes) -> str:
        kiosk_id, otp = self._settings.site.kiosk_id, self._settings.otp
        with psycopg.connect(self._centre.admin_dsn, autocommit=True) as conn:
            allowance = self._settings.centre.lookups_per_kiosk_day
            password = enrol_kiosk(conn, kiosk_id, signing_key, lookups_a_day=allowance)
        self._threads = start_jobs(
            self._centre,
            self._parts.send_sms,
            self._parts.messages,
            self._parts.verify_evidence,
            self._stop,
            codes_per_visit=otp.codes_per_visit,
            codes_per_phone_day=otp.codes_per_phone_day,
            pin_cost=demo_staff_seed.DEMO_COST,
            issuer=self._parts.issuer,
            deferred=self._parts.deferred,
            digests=self._settings.centre.demo_dir / "digests",
        )
        return make_conninfo(
            kiosk_dsn(self._centre.admin_dsn, role_of(kiosk_id), password), host=str(self._link.folder)
        )

    def _reset(self) -> None:
        with psycopg.connect(self._centre.admin_dsn, autocommit=True) as conn:
            until = time.monotonic() + SETTLE_SECONDS
            while self._threads and _unsettled(conn) and time.monotonic() < until:
                time.sleep(0.02)
            demo.reset_participant(conn, demo.MAIN.nik)
            demo_staff_seed.reset_counters(conn)

    def _report(self, visit_id: str) -> Message:
        with psycopg.connect(self._centre.admin_dsn) as conn:
            events = conn.execute("SELECT count(*) FROM store.event WHERE visit_id = %s", (visit_id,)).fetchone()
            account = conn.execute(
                "SELECT a.status FROM store.account a JOIN store.participant p USING (participant_id) WHERE p.nik = %s",
                (demo.MAIN.nik,),
            ).fetchone()
            decided = conn.execute(
                "SELECT first_username, second_username FROM store.staff_decision WHERE visit_id = %s", (visit_id,)
            ).fetchone()
        return {
            "events": events[0] if events else 0,
            "status": account[0] if account else "UNKNOWN",
            "decision": {"first": decided[0], "second": decided[1]} if decided else None,
        }


def serve(settings: Settings, parts: DemoCollaborators) -> int:
    """Make or start the centre and answer questions until stdin closes."""
    centre = DemoCentre(settings, parts)
    try:
        serve_questions(sys.stdin, centre.answer, _write)
    finally:
        centre.close()
        if centre.late_jobs:
            log.warning("ended with jobs still at work: %s", ", ".join(centre.late_jobs))
            leave()
    return 0


def _unsettled(conn: psycopg.Connection[tuple[object, ...]]) -> bool:
    return conn.execute("SELECT FROM store.settle_queue LIMIT 1").fetchone() is not None


def _has_photo(conn: psycopg.Connection[tuple[object, ...]]) -> bool:
    found = conn.execute(
        "SELECT 1 FROM store.participant WHERE nik = %s AND photo_sealed IS NOT NULL", (demo.MAIN.nik,)
    )
    return found.fetchone() is not None


def _say(message: Message) -> None:
    _write(json.dumps(message))


def _write(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
