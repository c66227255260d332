"""Signs what a receipt proves, at the moment the visit's last event is recorded."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from kiosk.ports import Signer, StoreUnavailable
from kiosk.receipt import VisitProof, receipt_code

log = logging.getLogger(__name__)


class LastLink(Protocol):
    """Of one visit; ``hash`` in hex, ``at`` UTC."""

    @property
    def seq(self) -> int: ...

    @property
    def hash(self) -> str: ...

    @property
    def at(self) -> datetime: ...


@dataclass(frozen=True, slots=True)
class ReceiptProof:
    kiosk_id: str
    signer: Signer
    last_link: Callable[[str], LastLink | None]  # of a visit; raises StoreUnavailable

    def code(self, visit_id: str, number: str) -> str:
        """The signed text for the receipt's QR code; empty when it cannot be made: a receipt is a help, never a
        condition."""
        try:
            link = self.last_link(visit_id)
            if link is None:
                return ""
            proof = VisitProof(self.kiosk_id, number, link.at, link.seq, link.hash)
            return receipt_code(proof, self.signer.sign)
        except (StoreUnavailable, ValueError) as fault:
            log.warning("receipt not signed", extra={"fault": type(fault).__name__})
            return ""
