"""The demo's message centre, spoken to by hand: it refuses what a real one refuses.

The client's library is not used on this side, so that both are held to the standard and not to each other.
"""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import smpp34

from kiosk.gateways.demo_smsc import MAX_OPEN_TEXTS, DemoSmsc

LOGIN = ("kiosk", "rahasia1")
BIND_RX, BIND_TX, BIND_TRX = 0x1, 0x2, 0x9
SUBMIT, UNBIND, ENQUIRE, NACK = 0x4, 0x6, 0x15, 0x80000000


@pytest.fixture
def smsc() -> Iterator[DemoSmsc]:
    centre = DemoSmsc("kiosk", "rahasia1")
    yield centre
    centre.stop()


class Link:
    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), 5)

    def raw(self, pdu: bytes) -> tuple[int, int, int, bytes] | None:
        """(command, status, sequence, body) of the answer, None when the centre hangs up."""
        self.socket.sendall(pdu)
        head = self.socket.recv(16, socket.MSG_WAITALL)
        if len(head) < 16:
            return None
        length, command, status, sequence = struct.unpack(">IIII", head)
        body = self.socket.recv(length - 16, socket.MSG_WAITALL) if length > 16 else b""
        return command, status, sequence, body

    def ask(self, command: int, body: bytes = b"", sequence: int = 1) -> tuple[int, int, int, bytes] | None:
        return self.raw(struct.pack(">IIII", 16 + len(body), command, 0, sequence) + body)

    def status(self, command: int, body: bytes = b"") -> int:
        answer = self.ask(command, body)
        assert answer is not None
        return answer[1]

    def bind(self, command: int = BIND_TRX, system_id: str = LOGIN[0], password: str = LOGIN[1]) -> int:
        return self.status(command, f"{system_id}\0{password}\0\0".encode() + bytes([0x34, 0, 0, 0]))

    def submit(
        self, text: bytes, to: str = "628121234890", tlvs: tuple[tuple[int, bytes], ...] = (), **how: int
    ) -> int:
        pdu = smpp34.SubmitSm("BPJS", to, text, tlvs=[smpp34.Tlv(*tlv) for tlv in tlvs], sequence_number=9, **how)
        answer = self.raw(pdu.encode())
        assert answer is not None
        assert answer[0] == SUBMIT | 0x80000000
        assert answer[2] == 9
        return answer[1]


@contextmanager
def link_to(smsc: DemoSmsc, bind: int | None = BIND_TRX) -> Iterator[Link]:
    link = Link(smsc.start())
    try:
        if bind is not None:
            assert link.bind(bind) == 0
        yield link
    finally:
        link.socket.close()


@pytest.mark.parametrize(
    ("system_id", "password"),
    [("kiosk", "salah"), ("lain", "rahasia1"), ("", ""), ("kiosk", ""), ("KIOSK", "rahasia1")],
)
def test_a_wrong_login_is_refused_and_the_line_cut(smsc: DemoSmsc, system_id: str, password: str) -> None:
    with link_to(smsc, bind=None) as link:
        assert link.bind(system_id=system_id, password=password) == 0x0E
        assert link.socket.recv(1) == b""


def test_a_bind_cut_short_is_refused(smsc: DemoSmsc) -> None:
    with link_to(smsc, bind=None) as link:
        assert link.status(BIND_TRX, b"kiosk") == 0x0E


def test_the_bind_tells_the_version(smsc: DemoSmsc) -> None:
    with link_to(smsc, bind=None) as link:
        answer = link.ask(BIND_TRX, b"kiosk\0rahasia1\0\0\x34\0\0\0", 77)
        assert answer is not None
        assert answer[:3] == (BIND_TRX | 0x80000000, 0, 77)
        assert answer[3].endswith(b"\x02\x10\x00\x01\x34")


def test_nothing_is_taken_before_a_login_nor_from_a_receiver(smsc: DemoSmsc) -> None:
    with link_to(smsc, bind=None) as link:
        assert link.submit(b"satu") == 0x04
        assert link.bind(BIND_RX) == 0
        assert link.submit(b"satu") == 0x04
        assert link.bind() == 0x05
    assert smsc.messages() == ()


@pytest.mark.parametrize("bind", [BIND_TX, BIND_TRX])
def test_a_transmitter_may_submit(smsc: DemoSmsc, bind: int) -> None:
    with link_to(smsc, bind) as link:
        assert link.submit(b"satu") == 0
    assert [message.text for message in smsc.messages()] == ["satu"]


def test_a_heartbeat_is_answered_and_an_unbind_ends_the_session(smsc: DemoSmsc) -> None:
    with link_to(smsc) as link:
        assert link.ask(ENQUIRE, b"", 5) == (ENQUIRE | 0x80000000, 0, 5, b"")
        assert link.status(UNBIND) == 0
        assert link.socket.recv(1) == b""


def test_an_unknown_command_is_refused_and_the_session_goes_on(smsc: DemoSmsc) -> None:
    with link_to(smsc) as link:
        assert link.ask(0x77, b"abc", 6) == (NACK, 0x03, 6, b"")
        assert link.status(ENQUIRE) == 0


@pytest.mark.parametrize("length", [0, 15, 70_001, 0xFFFFFFFF])
def test_an_impossible_length_is_refused_and_the_line_cut(smsc: DemoSmsc, length: int) -> None:
    with link_to(smsc) as link:
        assert link.raw(struct.pack(">IIII", length, SUBMIT, 0, 3)) == (NACK, 0x02, 3, b"")
        assert link.socket.recv(1) == b""


@pytest.mark.parametrize(
    "body", [b"", b"\0", b"\xff" * 40, b"\0\0\0BPJS\0\0\0628121234890\0\0\0\0\0\0\0\0\0\0\xffshort"]
)
def test_a_broken_message_is_refused_and_the_session_goes_on(smsc: DemoSmsc, body: bytes) -> None:
    with link_to(smsc) as link:
        assert link.status(SUBMIT, body) != 0
        assert link.status(ENQUIRE) == 0
    assert smsc.messages() == ()


@pytest.mark.parametrize("to", ["", "abc", "+628121234890"])
def test_a_destination_that_is_no_number_is_refused(smsc: DemoSmsc, to: str) -> None:
    with link_to(smsc) as link:
        assert link.submit(b"satu", to) == 0x0B


@pytest.mark.parametrize(("text", "coding"), [(b"\x00\x41\x00", 8), (b"\xff", 0), (b"\x01", 4), (b"\xff", 1)])
def test_a_text_that_cannot_be_read_is_refused(smsc: DemoSmsc, text: bytes, coding: int) -> None:
    with link_to(smsc) as link:
        assert link.submit(text, data_coding=coding) == 0x45
    assert smsc.messages() == ()


def test_a_long_body_in_the_payload_parameter_is_read(smsc: DemoSmsc) -> None:
    with link_to(smsc) as link:
        assert link.submit(b"", tlvs=((0x424, b"x" * 900),)) == 0
    assert [message.text for message in smsc.messages()] == ["x" * 900]


def test_parts_by_parameters_join_in_any_order(smsc: DemoSmsc) -> None:
    with link_to(smsc) as link:
        for number, text in ((2, b"dua"), (1, b"satu ")):
            tlvs = ((0x20C, b"\x00\x07"), (0x20E, b"\x02"), (0x20F, bytes([number])))
            assert link.submit(text, tlvs=tlvs) == 0
    assert [message.text for message in smsc.messages()] == ["satu dua"]


def test_a_part_sent_twice_does_not_make_a_text_whole(smsc: DemoSmsc) -> None:
    with link_to(smsc) as link:
        for _ in range(2):
            assert link.submit(bytes([5, 0, 3, 9, 2, 1]) + b"satu", esm_class=0x40) == 0
    assert smsc.messages() == ()


def test_texts_that_never_become_whole_do_not_pile_up(smsc: DemoSmsc) -> None:
    with link_to(smsc) as link:
        for number in range(MAX_OPEN_TEXTS + 20):
            tlvs = ((0x20C, number.to_bytes(2, "big")), (0x20E, b"\x02"), (0x20F, b"\x01"))
            assert link.submit(b"satu", tlvs=tlvs) == 0
    assert len(smsc._parts) == MAX_OPEN_TEXTS


def test_only_the_newest_texts_are_kept() -> None:
    smsc = DemoSmsc("kiosk", "rahasia1", keep=2)
    try:
        with link_to(smsc) as link:
            for text in (b"satu", b"dua", b"tiga"):
                link.submit(text)
        assert [message.text for message in smsc.messages()] == ["dua", "tiga"]
        smsc.clear()
        assert smsc.messages() == ()
    finally:
        smsc.stop()


def test_a_restart_takes_the_same_port_and_a_stop_cuts_every_session(smsc: DemoSmsc) -> None:
    port = smsc.start()
    link = Link(port)
    assert link.bind() == 0
    smsc.stop()
    assert link.socket.recv(1) == b""
    link.socket.close()
    smsc.stop()
    assert smsc.start() == port
    with pytest.raises(RuntimeError, match="already"):
        smsc.start()
