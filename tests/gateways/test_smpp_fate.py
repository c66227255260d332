"""What the SMPP client says of a text that did not go out: surely not taken, or unknown. The risk: a text twice."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from collections.abc import Iterator

import pytest

from kiosk.gateways.smpp import SmppAccount, SmppSender, SmsFault, SmsNotSent
from kiosk.ports.messages import MessageNotTaken

TO = "+628121234890"
BIND, SUBMIT, RESPONSE = 0x9, 0x4, 0x80000000
OK, QUEUE_FULL, MESSAGE_INVALID, HANG_UP = 0x0, 0x14, 0x45, -1
REPEATS = 20
"""Whether the end of a session or the fault of its message is seen first is a race: once 17 of 40 went wrong."""


class HandMade:
    """Answers binds with 0 and each submit with the next of ``answers``; HANG_UP: takes it and closes unanswered."""

    def __init__(self, *answers: int) -> None:
        self._answers = list(answers)
        self.submitted = 0
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._socket.close()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                link, _ = self._socket.accept()
                with link:
                    self._talk(link)

    def _talk(self, link: socket.socket) -> None:
        while len(head := link.recv(16, socket.MSG_WAITALL)) == 16:
            size, command, _, number = struct.unpack(">IIII", head)
            if size > 16:
                link.recv(size - 16, socket.MSG_WAITALL)
            status, body = OK, b"x\x00" if command in (BIND, SUBMIT) else b""
            if command == SUBMIT:
                self.submitted += 1
                status = self._answers.pop(0) if self._answers else OK
            if status == HANG_UP:
                return
            link.sendall(struct.pack(">IIII", 16 + len(body), command | RESPONSE, status, number) + body)


@contextlib.contextmanager
def sender_to(centre: HandMade) -> Iterator[SmppSender]:
    try:
        with SmppSender(SmppAccount("127.0.0.1", centre.port, "kiosk", "rahasia1")) as sender:
            yield sender
    finally:
        centre.close()


def failure(sender: SmppSender, text: str = "satu") -> SmsNotSent:
    with pytest.raises(SmsNotSent) as told:
        sender.send(TO, text)
    return told.value


def test_a_text_that_was_taken_by_a_centre_that_then_hung_up_is_of_unknown_fate_and_not_sent_again() -> None:
    for _ in range(REPEATS):
        centre = HandMade(OK, HANG_UP)
        with sender_to(centre) as sender:
            sender.send(TO, "satu")
            told = failure(sender, "dua")
        assert told.fault is SmsFault.UNKNOWN_FATE
        assert not isinstance(told, MessageNotTaken)
        assert centre.submitted == 2


def test_a_full_queue_and_a_centre_that_is_away_have_surely_taken_nothing() -> None:
    with sender_to(HandMade(QUEUE_FULL)) as sender:
        told = failure(sender)
    assert (told.fault, isinstance(told, MessageNotTaken)) == (SmsFault.BUSY, True)
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    with SmppSender(SmppAccount("127.0.0.1", port, "kiosk", "rahasia1")) as sender:
        told = failure(sender)
    assert (told.fault, isinstance(told, MessageNotTaken)) == (SmsFault.UNREACHABLE, True)


def test_a_text_of_which_one_part_is_out_is_not_offered_for_another_try() -> None:
    with sender_to(HandMade(OK, QUEUE_FULL)) as sender:
        told = failure(sender, "x" * 200)
    assert (told.fault, isinstance(told, MessageNotTaken)) == (SmsFault.BUSY, False)


def test_what_will_be_refused_again_is_not_offered_for_another_try() -> None:
    with sender_to(HandMade(MESSAGE_INVALID)) as sender:
        assert not isinstance(failure(sender), MessageNotTaken)
        assert not isinstance(failure(sender, ""), MessageNotTaken)
