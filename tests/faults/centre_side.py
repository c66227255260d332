"""The centre's jobs of a run, each in a process of its own."""

from __future__ import annotations

import logging
import random
import threading
import time
from typing import Any

import psycopg

from db.central import notice_tries
from db.central.connector import Connector, Messages
from db.central.settle import Settle
from kiosk.ports.messages import MessageNotTaken
from tests.faults import mutants
from tests.faults.orders import MESSAGES, JobOrder, Report, evidence_refusal

LONGEST_GATEWAY_SECONDS = 0.03
"""A gateway takes its time, so that some deaths fall between handing a message over and recording it."""
PATIENCE_SECONDS = 0.5
NOT_TAKEN = 0.3
"""So many notices the gateway does not take: they are tried again, here after moments."""
VERIFIED_TEXT = "Terverifikasi"


def _slow_database(longest: float) -> None:
    """A statement takes up to ``longest`` seconds to begin, so that deaths fall between two of them as well."""
    chance = random.Random()
    real = psycopg.Connection.execute

    def execute(self: Any, *statement: Any, **options: Any) -> Any:
        time.sleep(chance.uniform(0, longest))
        return real(self, *statement, **options)

    psycopg.Connection.execute = execute  # type: ignore[method-assign]


def run_settle(order: JobOrder) -> None:
    logging.disable(logging.CRITICAL)  # faults are what it is here for
    mutants.install(order.mutant)
    _slow_database(0.03)  # 12 statements a visit
    Settle(order.dsn, order.keys, evidence_refusal).run(threading.Event())


def run_connector(order: JobOrder) -> None:
    logging.disable(logging.CRITICAL)  # faults are what it is here for
    mutants.install(order.mutant)
    report, chance = Report(order.folder / MESSAGES), random.Random()
    _slow_database(0.006)  # a person waits for these

    notice_tries.FIRST_PAUSES_SECONDS = (0.05, 0.1, 0.2)
    notice_tries.LATER_PAUSE_SECONDS = 0.2  # one notice in a hundred is refused four times
    notice_tries.REST_SECONDS = 0.05

    def send(to: str, text: str) -> None:
        if text == VERIFIED_TEXT and chance.random() < NOT_TAKEN:
            raise MessageNotTaken
        time.sleep(chance.uniform(0, LONGEST_GATEWAY_SECONDS))
        report.say(to, text)
        time.sleep(chance.uniform(0, LONGEST_GATEWAY_SECONDS))

    messages = Messages(code=lambda code: f"Kode:{code}", verified=lambda: VERIFIED_TEXT)
    Connector(order.dsn, order.keys, send, messages, patience_seconds=PATIENCE_SECONDS).run(threading.Event())
