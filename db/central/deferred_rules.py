"""The rules of a deferral, before anything is compared: signed events and an opened capture in, a reason out. Pure."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import dataclass, field
from typing import Any

from db.central.deferred_wire import CaseReason
from db.central.trust import TrustedVisit
from kiosk.events import ConsentGiven, IdentityRead, LookupAnswered, VisitDeferred, VisitEnded
from kiosk.ports import MAX_PROBE_BYTES, IdentifierKind

UNREACHABLE = "unreachable"
"""Outcome of a lookup that the centre did not answer (``LookupAnswered``)."""
VERSION = 1
_DIGITS = {IdentifierKind.NIK: re.compile(r"[0-9]{16}", re.ASCII), IdentifierKind.JKN_CARD: re.compile(r"[0-9]{13}")}
_PHONE = re.compile(r"\+62[0-9]{8,13}", re.ASCII)


class Unfit(Exception):
    """The case is not decided by comparing. ``detail`` names no person."""

    def __init__(self, reason: CaseReason, detail: str = "") -> None:
        super().__init__(reason.value)
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Capture:
    kind: IdentifierKind
    digits: str = field(repr=False)
    phone: str = field(repr=False)  # E.164, or empty
    evidence: dict[str, Any] = field(repr=False)
    probe: bytes = field(repr=False)  # JPEG


def deferral_of(visit: TrustedVisit, sealed_sha256: str) -> VisitDeferred:
    """The one signed event that names this capture. Raises Unfit."""
    named = list(visit.of(VisitDeferred))
    if len(named) != 1:
        raise Unfit(CaseReason.OUT_OF_ORDER, "deferred")
    at, event = named[0]
    if event.sealed_sha256 != sealed_sha256:
        raise Unfit(CaseReason.CAPTURE_EXCHANGED)
    consent = next((seq for seq, _ in visit.of(ConsentGiven)), None)
    read = next((seq for seq, _ in visit.of(IdentityRead)), None)
    lookups = [(seq, answered.outcome) for seq, answered in visit.of(LookupAnswered) if seq < at]
    if consent is None or read is None or not lookups:
        raise Unfit(CaseReason.OUT_OF_ORDER, "missing")
    if not consent < read < lookups[-1][0] < at or lookups[-1][1] != UNREACHABLE:
        raise Unfit(CaseReason.OUT_OF_ORDER, "order")
    if any(seq < at for seq, _ in visit.of(VisitEnded)):
        raise Unfit(CaseReason.OUT_OF_ORDER, "ended")
    return event


def read_capture(plain: bytes, visit_id: str, case_number: str) -> Capture:
    """Raises Unfit for anything that is not the document of this visit."""
    try:
        told = json.loads(plain)
        if (told["version"], told["visit_id"], told["case_number"]) != (VERSION, visit_id, case_number):
            raise Unfit(CaseReason.NOT_READABLE, "other_visit")
        kind, digits = IdentifierKind(told["identifier"]["kind"]), told["identifier"]["digits"]
        phone, evidence = told["phone"], told["evidence"]
        probe = base64.b64decode(told["probe"], validate=True)
        well_formed = (
            bool(_DIGITS[kind].fullmatch(digits))
            and (phone == "" or bool(_PHONE.fullmatch(phone)))
            and isinstance(evidence, dict)
            and 0 < len(probe) <= MAX_PROBE_BYTES
        )
    except (ValueError, KeyError, TypeError, RecursionError):
        raise Unfit(CaseReason.NOT_READABLE) from None
    if not well_formed:
        raise Unfit(CaseReason.NOT_READABLE)
    return Capture(kind, digits, phone, evidence, probe)
