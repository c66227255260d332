"""Logins at an issuer that answers as the test says, and what the tests of digital identity share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg
import pytest

from db.central.ikd_job import IkdJob
from kiosk.ports import DigitalIdRefusal, DigitalIdRefused, FactSource, PersonFacts
from kiosk.ports.issuer import LoginBegun, StillWaiting
from tests.db.support import CentralForTest, KioskForTest

FACTS = PersonFacts(
    FactSource.IKD, "3174075508950001", "SITI RAHMAWATI", date(1995, 8, 15), "JL. CONTOH NO. 8", "KAWIN"
)
ISSUER, TOKEN_ID = "https://ikd.contoh.go.id", "token-id-0001"


def in_a_minute() -> datetime:
    return datetime.now(UTC) + timedelta(seconds=60)


def asked(conn: psycopg.Connection[Any], statement: str, *parameters: object) -> Any:
    row = conn.execute(statement, parameters).fetchone()
    assert row is not None
    return row[0]


@dataclass
class FakeIssuer:
    """Each call takes the next answer; an exception is raised."""

    begins: list[LoginBegun | BaseException] = field(default_factory=list)
    polls: list[PersonFacts | StillWaiting | BaseException] = field(default_factory=list)
    asked: list[tuple[str, str]] = field(default_factory=list)  # handle, call-back

    def begin(self) -> LoginBegun:
        return self._next(self.begins)

    def poll(self, handle: str, call_back: str) -> PersonFacts | StillWaiting:
        self.asked.append((handle, call_back))
        return self._next(self.polls)

    @staticmethod
    def _next(answers: list[Any]) -> Any:
        answer = answers.pop(0)
        if isinstance(answer, BaseException):
            raise answer
        return answer


class Killed(BaseException):
    """The process ends here; nothing after it runs."""


def begun(call_back_key: str = "", valid: float = 120.0, poll: float = 0.0) -> LoginBegun:
    return LoginBegun("https://ikd.contoh.go.id/x", "ABCD-EFGH", valid, poll, "secret-handle", call_back_key)


@dataclass
class Login:
    """A visit that asked for a login; the job makes a pass when the test says so."""

    central: CentralForTest
    kiosk: KioskForTest
    issuer: FakeIssuer
    visit_id: str = "v"
    login_id: str = ""

    def ask(self, visit_id: str = "v") -> Any:
        key = self.kiosk.client._visit_key(visit_id)
        with self.kiosk.connect(autocommit=True) as conn:
            told = asked(conn, "SELECT api.login_begin(%s, %s)", visit_id, bytes(key.public_key))
        self.login_id = told.get("login_id", self.login_id)
        return told

    def work(self) -> float:
        with psycopg.connect(self.central.centre.connector_dsn, autocommit=True) as conn:
            return IkdJob(self.central.centre.connector_dsn, self.central.centre.keys, self.issuer).work(conn)

    def result(self) -> PersonFacts | None:
        return self.kiosk.client.login_result(self.visit_id, self.login_id)

    def fetched(self, kiosk: KioskForTest | None = None) -> Any:
        with (kiosk or self.kiosk).connect(autocommit=True) as conn:
            return asked(conn, "SELECT api.login_fetch(%s)", self.login_id)

    def row(self, what: str) -> Any:
        return self.central.one(f"SELECT {what} FROM store.ikd_login WHERE login_id = %s", self.login_id)


def refusal(call: Callable[[], object]) -> DigitalIdRefusal:
    with pytest.raises(DigitalIdRefused) as refused:
        call()
    return refused.value.refusal


def offered(central: CentralForTest, first: LoginBegun | None = None) -> Login:
    """A login that the issuer has begun."""
    login = Login(central, central.kiosk(), FakeIssuer([first or begun()]))
    login.ask()
    login.work()
    return login
