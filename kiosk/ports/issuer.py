"""The digital identity's issuer as the centre sees it: a login is begun there, and followed until it ends."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from kiosk.ports.identity import PersonFacts


@dataclass(frozen=True, slots=True)
class LoginBegun:
    """What the person's phone needs, and what continues the login. ``handle``: for ``poll``; whoever has it can
    take the login's answer. ``call_back_key``: the OAuth state under which the issuer sends the phone back; empty
    where it is asked instead."""

    uri: str = field(repr=False)
    user_code: str = field(repr=False)
    valid_seconds: float
    poll_seconds: float
    handle: str = field(repr=False)
    call_back_key: str = field(repr=False, default="")


@dataclass(frozen=True, slots=True)
class StillWaiting:
    """The person is still at it; ask again after ``poll_seconds``, with ``handle`` if it is not empty."""

    poll_seconds: float
    handle: str = field(repr=False, default="")


class DigitalIdIssuer(Protocol):
    """Calls block for seconds and raise DigitalIdRefused. Safe to call from several threads."""

    def begin(self) -> LoginBegun: ...

    def poll(self, handle: str, call_back: str) -> PersonFacts | StillWaiting:
        """``call_back``: the query with which the phone came back; empty where none is awaited."""
