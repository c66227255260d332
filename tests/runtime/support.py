"""A centre that answers as it is told, an inbox for answers, and cameras that deliver by hand."""

from __future__ import annotations

import queue
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np
from nacl.public import PrivateKey

from kiosk.journey import inputs as i
from kiosk.ports import (
    CentreVisitStatus,
    ComparisonAsked,
    ComparisonGranted,
    Frame,
    Identifier,
    LookupAnswer,
    LookupStatus,
    Mailbox,
    Profile,
    SendStatus,
    StaffCredentials,
    StaffSession,
)
from tests.journey.support import PROFILE
from tests.staff.support import GRANT, RINA_SESSION

T = TypeVar("T")

BOX = PrivateKey.generate()
KEY = bytes(BOX.public_key)
FOUND = LookupAnswer(LookupStatus.FOUND, "ticket-1", "S. C.")
WAIT_SECONDS = 10.0
"""Only a failing test waits this long."""


@dataclass
class FakeCentre:
    """Answers what the fields say; an exception in a field is raised."""

    answer: LookupAnswer | Exception = FOUND
    photo: bytes | Exception = b""
    known: Profile | Exception = PROFILE
    sent: SendStatus | Exception = SendStatus.SENT
    statuses: list[CentreVisitStatus | Exception] = field(default_factory=list)
    codes: list[tuple[str, int, str]] = field(default_factory=list)
    photos_asked: int = 0
    forgotten: int = 0
    before: Callable[[str], None] = lambda _call: None

    def lookup(self, visit_id: str, identifier: Identifier) -> LookupAnswer:
        self.before("lookup")
        return given(self.answer)

    def reference_face(self, ticket: str) -> bytes:
        self.photos_asked += 1
        self.before("reference_face")
        return given(self.photo)

    def profile(self, ticket: str) -> Profile:
        self.before("profile")
        return given(self.known)

    def send_code(self, ticket: str, send_no: int, code: str) -> SendStatus:
        self.codes.append((ticket, send_no, code))
        self.before("send_code")
        return given(self.sent)

    def visit_status(self, visit_id: str) -> CentreVisitStatus:
        self.before("visit_status")
        return given(self.statuses.pop(0) if self.statuses else CentreVisitStatus.OPEN)

    def forget_visit(self) -> None:
        self.forgotten += 1


def given(value: T | Exception) -> T:
    if isinstance(value, Exception):
        raise value
    return value


@dataclass
class FakeDesk:
    """Staff as the fields say; an exception in a field is raised."""

    session: StaffSession | Exception = RINA_SESSION
    grant: ComparisonGranted | Exception = GRANT
    signed_in: list[StaffCredentials] = field(default_factory=list)
    compared: list[ComparisonAsked] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)
    alive: list[str] = field(default_factory=list)

    def sign_in(self, credentials: StaffCredentials) -> StaffSession:
        self.signed_in.append(credentials)
        return given(self.session)

    def keep_alive(self, session: str) -> None:
        self.alive.append(session)

    def compare(self, asked: ComparisonAsked) -> ComparisonGranted:
        self.compared.append(asked)
        return given(self.grant)

    def sign_out(self, session: str) -> None:
        self.ended.append(session)


class Inbox:
    """Takes answers on whatever thread they come; the test waits for the next."""

    def __init__(self) -> None:
        self._answers: queue.SimpleQueue[i.VisitInput] = queue.SimpleQueue()

    def __call__(self, visit_input: i.VisitInput) -> None:
        self._answers.put(visit_input)

    def next(self) -> Any:
        return self._answers.get(timeout=WAIT_SECONDS)

    def silent(self, seconds: float) -> None:
        """Fails on an answer within so many seconds."""
        try:
            answer = self._answers.get(timeout=seconds)
        except queue.Empty:
            return
        raise AssertionError(f"{type(answer).__name__} came, nothing should")

    @property
    def empty(self) -> bool:
        return self._answers.empty()


class FramesByHand:
    """Publishes a picture at a time; seconds pass only as told."""

    def __init__(self) -> None:
        self.mailbox: Mailbox[Frame] = Mailbox()
        self.number = 0
        self.at = 100.0

    def show(self, pixels: Any = None, seconds: float = 1 / 15) -> None:
        self.number += 1
        self.at += seconds
        picture = np.zeros((72, 128, 3), np.uint8) if pixels is None else pixels
        self.mailbox.put(Frame(picture, self.number, self.at, "test-1", simulated=True))

    def unplug(self) -> None:
        self.mailbox.put(None)
