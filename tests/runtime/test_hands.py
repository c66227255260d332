"""Carrying out effects. The risk: an effect that ends in silence, a code that outlives its visit."""

from __future__ import annotations

import base64
import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import date

import pytest
from argon2 import PasswordHasher
from nacl.public import SealedBox

from kiosk.config import OtpSettings, PinSettings
from kiosk.events import VisitEnded, VisitStatus
from kiosk.journey import effects as e
from kiosk.journey import inputs as i
from kiosk.journey.state import Language
from kiosk.ports import (
    CentreRefused,
    CentreUnreachable,
    CentreVisitStatus,
    Identifier,
    IdentifierKind,
    LastingFault,
    PartHealth,
    PartState,
    PassingFault,
    SendStatus,
)
from kiosk.runtime.hands import POOL_THREADS, KioskHands
from kiosk.runtime.visit_loop import Answer
from tests.journey.support import NIK, PIN, PROFILE
from tests.runtime.support import BOX, FOUND, KEY, WAIT_SECONDS, FakeCentre, Inbox

LOOKUP = e.Lookup("visit-1", Identifier(IdentifierKind.NIK, NIK))
SEND = e.SendCode("visit-1", "ticket-1", 1)
RECEIPT = e.PrintReceipt("visit-1", "7K2Q-9XMD", VisitStatus.PERLU_PETUGAS, date(2026, 11, 23), Language.INDONESIAN)
CENTRE_EFFECTS = [LOOKUP, e.LoadProfile("ticket-1"), SEND]


class Device:
    """Stands for card reading and face runner: what was asked of it, in order."""

    def __init__(self) -> None:
        self.calls: list[str] = []

    def start(self, *_given: object) -> None:
        self.calls.append("start")

    def stop(self) -> None:
        self.calls.append("stop")

    def decline(self) -> None:
        self.calls.append("decline")

    def start_login(self, *_given: object) -> None:
        self.calls.append("start_login")

    def stop_login(self) -> None:
        self.calls.append("stop_login")

    def check(self, *_given: object) -> None:
        self.calls.append("check")

    def forget(self) -> None:
        self.calls.append("forget")


class Printer:
    def __init__(self) -> None:
        self.fault: Exception | None = None
        self.printed: list[tuple[Sequence[str], str]] = []
        self.done = threading.Semaphore(0)

    def health(self) -> PartHealth:
        return PartHealth("printer", PartState.READY)

    def print_receipt(self, lines: Sequence[str], qr_text: str) -> None:
        try:
            if self.fault is not None:
                raise self.fault
            self.printed.append((lines, qr_text))
        finally:
            self.done.release()


class Rig:
    def __init__(self) -> None:
        self.centre, self.printer, self.card, self.face = FakeCentre(), Printer(), Device(), Device()
        self.ktp, self.ikd = Device(), Device()
        self.key: bytes | Exception = KEY
        self.rung: list[str] = []
        self.heard = Inbox()
        self.hands = self.make()

    def make(self, otp: OtpSettings | None = None) -> KioskHands:
        return KioskHands(
            centre=self.centre,
            centre_public_key=self.public_key,
            card=self.card,  # type: ignore[arg-type]
            ktp=self.ktp,  # type: ignore[arg-type]
            ikd=self.ikd,  # type: ignore[arg-type]
            face=self.face,  # type: ignore[arg-type]
            otp=otp or OtpSettings(),
            pin=PinSettings(argon2_memory_kib=64, argon2_time=1),
            printer=self.printer,
            receipt_text=lambda effect: ([effect.case_number], effect.visit_id),
            ring=self.rung.append,
        )

    def public_key(self) -> bytes:
        if isinstance(self.key, Exception):
            raise self.key
        return self.key

    def do(self, effect: e.VisitEffect, heard: Answer | None = None) -> None:
        self.hands.carry_out(effect, heard or self.heard)

    def answer(self, effect: e.VisitEffect) -> i.VisitInput:
        self.do(effect)
        answer: i.VisitInput = self.heard.next()
        return answer

    def check(self, code: str) -> i.CodeChecked:
        answer = self.answer(e.CheckCode(code))
        assert isinstance(answer, i.CodeChecked)
        return answer

    @property
    def last_code(self) -> str:
        return self.centre.codes[-1][2]


@pytest.fixture
def rig() -> Iterator[Rig]:
    rig = Rig()
    yield rig
    rig.hands.close()


def test_each_call_gives_the_centres_own_answer(rig: Rig) -> None:
    assert rig.answer(LOOKUP) == i.LookupDone(FOUND)
    assert rig.answer(e.LoadProfile("ticket-1")) == i.ProfileLoaded(PROFILE)
    assert rig.answer(SEND) == i.CodeSendDone(1, SendStatus.SENT)


@pytest.mark.parametrize("effect", CENTRE_EFFECTS, ids=lambda effect: type(effect).__name__)
@pytest.mark.parametrize(
    ("fault", "answer"),
    [
        (CentreUnreachable(), i.CentreFailed()),
        (CentreRefused("match_not_seen"), i.CentreFailed("match_not_seen")),
        (RuntimeError(f"{NIK}"), i.CentreFailed("kiosk_fault")),
    ],
)
def test_no_fault_of_a_call_ends_in_silence_or_tells_what_it_was_about(
    rig: Rig, effect: e.VisitEffect, fault: Exception, answer: i.VisitInput, caplog: pytest.LogCaptureFixture
) -> None:
    rig.centre.answer = rig.centre.known = rig.centre.sent = fault
    assert rig.answer(effect) == answer
    assert all(NIK not in str(record.__dict__) for record in caplog.records)


def test_a_sent_code_is_good_once(rig: Rig) -> None:
    rig.answer(SEND)
    code = rig.last_code
    wrong = f"{(int(code) + 1) % 1_000_000:06}"
    assert rig.check(wrong) == i.CodeChecked(0, matched=False)
    assert rig.check(code) == i.CodeChecked(1, matched=True)
    assert rig.check(code) == i.CodeChecked(0, matched=False)


def test_before_any_code_none_is_right(rig: Rig) -> None:
    assert rig.check("000000") == i.CodeChecked(0, matched=False)


@pytest.mark.parametrize(
    "failure", [SendStatus.FAILED, SendStatus.ALLOWANCE_SPENT, CentreUnreachable(), CentreRefused("busy"), OSError()]
)
def test_a_code_that_was_not_sent_is_withdrawn_and_the_one_on_the_phone_stays_good(
    rig: Rig, failure: SendStatus | Exception
) -> None:
    rig.answer(SEND)
    on_the_phone = rig.last_code
    rig.centre.sent = failure
    rig.answer(e.SendCode("visit-1", "ticket-1", 2))
    assert rig.check(rig.last_code) == i.CodeChecked(0, matched=False)
    assert rig.check(on_the_phone) == i.CodeChecked(1, matched=True)


def test_a_send_asked_again_is_the_same_code(rig: Rig) -> None:
    rig.centre.sent = CentreUnreachable()
    rig.answer(SEND)
    rig.centre.sent = SendStatus.SENT
    rig.answer(SEND)
    (_, _, first), (_, _, second) = rig.centre.codes
    assert first == second
    assert rig.check(second).matched


def test_the_codes_end_with_the_visit(rig: Rig) -> None:
    rig.answer(SEND)
    code = rig.last_code
    rig.do(e.WipeVisit())
    assert rig.check(code) == i.CodeChecked(0, matched=False)
    rig.answer(e.SendCode("visit-2", "ticket-2", 1))
    if rig.last_code != code:  # one in a million
        assert not rig.check(code).matched
    assert rig.check(rig.last_code).matched


def test_a_call_that_waited_longer_than_its_visit_is_not_made(rig: Rig) -> None:
    """Without this the next visit would get the vault, and so the codes, of the one before."""
    begun, go_on = threading.Semaphore(0), threading.Event()

    def slow(_call: str) -> None:
        begun.release()
        assert go_on.wait(WAIT_SECONDS)

    rig.centre.before = slow
    late = Inbox()
    for _ in range(POOL_THREADS):
        rig.do(LOOKUP, late)
    for _ in range(POOL_THREADS):
        assert begun.acquire(timeout=WAIT_SECONDS)
    rig.do(SEND, late)  # no thread is free
    rig.do(e.WipeVisit())
    rig.centre.before = lambda _: None
    go_on.set()
    for _ in range(POOL_THREADS):
        assert late.next() == i.LookupDone(FOUND)
    rig.answer(e.SendCode("visit-2", "ticket-2", 1))
    assert [ticket for ticket, _, _ in rig.centre.codes] == ["ticket-2"]
    assert late.empty


def test_a_code_has_the_length_of_the_settings(rig: Rig) -> None:
    rig.hands.close()
    rig.hands = rig.make(OtpSettings(digits=8))
    rig.answer(SEND)
    assert len(rig.last_code) == 8


def test_a_pin_is_sealed_to_the_centre_and_only_there_readable(rig: Rig) -> None:
    sealed = rig.answer(e.SealPin(PIN))
    assert isinstance(sealed, i.PinSealed)
    verifier = SealedBox(BOX).decrypt(base64.b64decode(sealed.sealed_verifier)).decode()
    assert PasswordHasher().verify(verifier, PIN)
    assert PIN not in repr(sealed)


@pytest.mark.parametrize("key", [CentreUnreachable(), b"short"])
def test_without_the_centres_key_no_pin_is_accepted(rig: Rig, key: bytes | Exception) -> None:
    rig.key = key
    assert isinstance(rig.answer(e.SealPin(PIN)), i.CentreFailed)


@pytest.mark.parametrize("fault", [None, PassingFault("no_paper"), LastingFault("no_device"), RuntimeError("bug")])
def test_a_receipt_is_a_help_and_its_fault_holds_nothing(rig: Rig, fault: Exception | None) -> None:
    rig.printer.fault = fault
    rig.do(RECEIPT)
    assert rig.printer.done.acquire(timeout=WAIT_SECONDS)
    assert rig.printer.printed == ([] if fault else [(["7K2Q-9XMD"], "visit-1")])
    assert rig.heard.next() == i.ReceiptSigned("visit-1"), "for the last screen, whatever the printer does"
    assert rig.answer(LOOKUP) == i.LookupDone(FOUND)


def test_a_kiosk_without_a_printer_goes_on(rig: Rig) -> None:
    rig.hands._printer = None
    assert rig.answer(RECEIPT) == i.ReceiptSigned("visit-1")
    assert rig.answer(LOOKUP) == i.LookupDone(FOUND)


def test_devices_staff_and_settlement_are_reached(rig: Rig) -> None:
    rig.do(e.StartReading())
    rig.do(e.StopReading())
    rig.do(e.StartFace("visit-1", "ticket-1", 1))
    rig.do(e.AskAnotherMovement())
    rig.do(e.StopFace())
    rig.do(e.RingStaff("7K2Q-9XMD"))
    assert (rig.card.calls, rig.face.calls, rig.rung) == (
        ["start", "stop"],
        ["start", "decline", "stop"],
        ["7K2Q-9XMD"],
    )
    rig.centre.statuses = [CentreVisitStatus.SETTLED]
    assert rig.answer(e.WatchSettlement("visit-1")) == i.SettlementSeen(CentreVisitStatus.SETTLED)


@pytest.mark.parametrize("wipe", [lambda rig: rig.do(e.WipeVisit()), lambda rig: rig.hands.close()])
def test_a_wipe_stops_the_devices_and_forgets_at_the_centres_client_too(rig: Rig, wipe: Callable[[Rig], None]) -> None:
    wipe(rig)
    assert rig.card.calls == ["stop"]
    assert rig.face.calls == ["forget"]
    assert rig.centre.forgotten == 1


def test_recording_is_never_the_hands_matter(rig: Rig) -> None:
    with pytest.raises(AssertionError):
        rig.do(e.Record(VisitEnded(status=VisitStatus.DITINGGALKAN, reason="cancelled")))


FACTS = e.SealFacts((("address", "JL. CONTOH NO 2"),))


def test_what_is_newer_leaves_sealed_so_that_the_centre_alone_can_read_it(rig: Rig) -> None:
    sealed = rig.answer(FACTS)
    assert isinstance(sealed, i.FactsSealed)
    assert SealedBox(BOX).decrypt(base64.b64decode(sealed.sealed_values)) == b'{"address": "JL. CONTOH NO 2"}'


@pytest.mark.parametrize("fault", [CentreUnreachable(), CentreRefused("not_enrolled"), ValueError("bad key")])
def test_newer_data_that_cannot_be_sealed_fails_no_step_that_runs_beside_it(rig: Rig, fault: Exception) -> None:
    rig.key = fault
    rig.do(FACTS)
    rig.heard.silent(0.3)
