"""Carries out what the journey asks for: centre calls and hashing on a small pool, camera work on
threads of their own. Every answer goes back to the visit loop; nothing here decides anything.
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from kiosk.config import OtpSettings, PinSettings
from kiosk.credentials.centre_seal import seal_to_centre
from kiosk.credentials.otp import OtpVault
from kiosk.credentials.pin_seal import seal_pin
from kiosk.journey import effects as e
from kiosk.journey import inputs as i
from kiosk.ports import (
    Centre,
    CentreRefused,
    CentreUnreachable,
    LastingFault,
    PassingFault,
    ReceiptPrinter,
    SendStatus,
)
from kiosk.runtime.card_reading import CardReading
from kiosk.runtime.deferred_seal import seal_capture
from kiosk.runtime.face_runner import FaceRunner
from kiosk.runtime.ikd_runner import IkdRunner
from kiosk.runtime.ktp_runner import KtpRunner
from kiosk.runtime.settlement_watch import SettlementWatch
from kiosk.runtime.visit_loop import Answer

log = logging.getLogger(__name__)

OTP_PURPOSE = "verify_account"

POOL_THREADS = 3
"""At most one call is under way for the person; the others leave room for a late one to time out."""

ReceiptText = Callable[[e.PrintReceipt], tuple[Sequence[str], str]]


class KioskHands:
    def __init__(
        self,
        *,
        centre: Centre,
        centre_public_key: Callable[[], bytes],
        card: CardReading,
        ktp: KtpRunner,
        ikd: IkdRunner,
        face: FaceRunner,
        otp: OtpSettings,
        pin: PinSettings,
        printer: ReceiptPrinter | None,
        receipt_text: ReceiptText,
        ring: Callable[[str], None],
        capture_key: Callable[[], bytes | None] = lambda: None,
    ) -> None:
        """``capture_key``: the centre's box key of the last contact, so that a capture can wait for the centre."""
        self._centre = centre
        self._centre_public_key = centre_public_key
        self._card = card
        self._ktp = ktp
        self._ikd = ikd
        self._face = face
        self._otp = otp
        self._pin = pin
        self._printer = printer
        self._receipt_text = receipt_text
        self._ring = ring
        self._capture_key = capture_key
        self._settlement = SettlementWatch(centre)
        self._vault: OtpVault | None = None
        self._vault_lock = threading.Lock()
        self._wiped = threading.Event()  # one a visit; set when it is wiped
        self._pool = ThreadPoolExecutor(POOL_THREADS, thread_name_prefix="hands")

    def carry_out(self, effect: e.VisitEffect, answer: Answer) -> None:
        match effect:
            case e.StartFace() | e.StartCapture():
                self._face.start(effect, answer)
            case e.AskAnotherMovement():
                self._face.decline()
            case e.StopFace():
                self._face.stop()
            case e.WatchSettlement(visit_id=visit_id):
                self._settlement.start(visit_id, answer)
            case e.RingStaff(case_number=case_number):
                self._ring(case_number)
            case e.WipeVisit():
                self._wipe()
            case e.Record() | e.KeepSealed():
                raise AssertionError("recorded by the visit loop")
            case e.SealFacts():  # beside the step under way, whose failure a missing key must not become
                self._pool.submit(self._seal_facts, effect, answer)
            case e.PrintReceipt():  # comes with the wipe and outlives it
                self._pool.submit(self._print, effect, answer)
            case _:
                if not self._identify(effect, answer):
                    self._pool.submit(self._guarded, effect, answer, self._wiped)

    def _identify(self, effect: e.VisitEffect, answer: Answer) -> bool:
        """Carry out what reads cards, codes and phones; False when it is something else."""
        match effect:
            case e.StartReading():
                self._card.start(answer)
            case e.StopReading():
                self._card.stop()
            case e.StartKtp():
                self._ktp.start(answer)
            case e.StopKtp():
                self._ktp.stop()
            case e.StartLogin():
                self._ikd.start_login(effect, answer)
            case e.StopLogin():
                self._ikd.stop_login()
            case e.CheckToken():
                self._ikd.check(effect, answer)
            case _:
                return False
        return True

    def close(self) -> None:
        self._wipe()
        self._settlement.stop()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _wipe(self) -> None:
        self._card.stop()
        self._ktp.forget()
        self._ikd.forget()
        self._face.forget()
        with self._vault_lock:
            self._wiped.set()
            self._wiped = threading.Event()
            if self._vault is not None:
                self._vault.forget()
            self._vault = None
        self._centre.forget_visit()

    def _guarded(self, effect: e.VisitEffect, answer: Answer, wiped: threading.Event) -> None:
        if wiped.is_set():
            return  # it waited for a free thread longer than its visit lasted
        try:
            self._call(effect, answer, wiped)
        except CentreUnreachable:
            answer(i.CentreFailed(may_defer=isinstance(effect, e.Lookup) and self._capture_key() is not None))
        except CentreRefused as refusal:
            log.warning("centre refused", extra={"effect": type(effect).__name__, "reason": refusal.reason})
            answer(i.CentreFailed(refused=refusal.reason))
        except Exception as fault:
            log.error("effect failed", extra={"effect": type(effect).__name__, "fault": type(fault).__name__})
            answer(i.CentreFailed(refused="kiosk_fault"))

    def _call(self, effect: e.VisitEffect, answer: Answer, wiped: threading.Event) -> None:
        match effect:
            case e.Lookup(visit_id=visit_id, identifier=identifier):
                answer(i.LookupDone(self._centre.lookup(visit_id, identifier)))
            case e.LoadProfile(ticket=ticket):
                answer(i.ProfileLoaded(self._centre.profile(ticket)))
            case e.SendCode():
                answer(i.CodeSendDone(effect.send_no, self._send_code(effect, wiped)))
            case e.CheckCode(code=code):
                with self._vault_lock:
                    number = self._vault.check(code) if self._vault is not None else None
                answer(i.CodeChecked(send_no=number or 0, matched=number is not None))
            case e.SealPin(pin=pin):
                sealed = seal_pin(pin, self._pin, self._centre_public_key())
                answer(i.PinSealed(sealed.text, sealed.sealed_to))
            case e.SealCapture():
                answer(seal_capture(effect, self._capture_key() or self._centre_public_key()))

    def _send_code(self, effect: e.SendCode, wiped: threading.Event) -> SendStatus:
        with self._vault_lock:
            if wiped.is_set():
                raise CentreUnreachable  # nobody listens any more; no vault for a visit that is over
            if self._vault is None:
                self._vault = OtpVault(effect.visit_id, OTP_PURPOSE, self._otp.digits)
            vault = self._vault
            code = vault.issue(effect.send_no)
        status = SendStatus.FAILED
        try:
            status = self._centre.send_code(effect.ticket, effect.send_no, code)
        finally:
            if status is not SendStatus.SENT:
                with self._vault_lock:
                    vault.withdraw(effect.send_no)  # the code already on the phone stays good
        return status

    def _seal_facts(self, effect: e.SealFacts, answer: Answer) -> None:
        try:
            sealed = seal_to_centre(json.dumps(dict(effect.values)).encode(), self._centre_public_key())
        except Exception as fault:  # a help, never a condition
            log.warning("newer data not offered", extra={"fault": type(fault).__name__})
            return
        answer(i.FactsSealed(sealed.text, sealed.sealed_to))

    def _print(self, effect: e.PrintReceipt, answer: Answer) -> None:
        try:
            lines, code = self._receipt_text(effect)
            answer(i.ReceiptSigned(code))
            if self._printer is not None:
                self._printer.print_receipt(lines, code)
        except (PassingFault, LastingFault) as fault:
            log.warning("receipt not printed", extra={"reason": fault.reason})
        except Exception as fault:  # a help, never a condition
            log.error("receipt not printed", extra={"fault": type(fault).__name__})
