"""An SMPP 3.4 message centre on the loopback, for the demo and the tests: what it takes arrives at the
demo phone.

The protocol is real (logins are checked, wrong PDUs are refused by their status), only the radio network
is missing. ``smpp34`` brings a server too, but hands no password to check and reports no port that it
drew, so the sockets are served here and its codec reads the messages. Left out: delivery receipts, TLS,
replace, cancel and query.
"""

from __future__ import annotations

import hmac
import logging
import socket
import socketserver
import struct
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import NamedTuple

import smpp34

from kiosk.gateways.sms_text import Part, split_header, to_text
from kiosk.ports import PhoneMessage

log = logging.getLogger(__name__)

_BIND_RECEIVER, _BIND_TRANSMITTER, _SUBMIT_SM, _UNBIND = 0x1, 0x2, 0x4, 0x6
_BIND_TRANSCEIVER, _ENQUIRE_LINK = 0x9, 0x15
_GENERIC_NACK, _RESPONSE = 0x80000000, 0x80000000
_OK, _INVALID_COMMAND_LENGTH, _INVALID_COMMAND, _WRONG_STATE, _ALREADY_BOUND = 0x0, 0x2, 0x3, 0x4, 0x5
_INVALID_DESTINATION, _INVALID_PASSWORD, _SUBMIT_FAILED = 0xB, 0xE, 0x45
_SAR_MSG_REF_NUM, _SAR_TOTAL_SEGMENTS, _SAR_SEGMENT_SEQNUM, _MESSAGE_PAYLOAD = 0x20C, 0x20E, 0x20F, 0x424
_INTERFACE_VERSION = bytes([0x02, 0x10, 0, 1, 0x34])  # optional parameter sc_interface_version = 3.4

MAX_PDU = 70_000
"""The largest legal submit_sm carries 64 KiB in message_payload."""
MAX_OPEN_TEXTS = 100
"""Texts whose parts have not all come; the oldest is dropped, as a real centre does after a while."""


class DemoSmsc:
    def __init__(
        self,
        system_id: str,
        password: str,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        keep: int = 200,
        listener: Callable[[PhoneMessage], None] | None = None,
    ) -> None:
        """``port`` 0: a free one is drawn. ``listener`` is called for each text, in a server thread."""
        self._login = (system_id, password)
        self._address = (host, port)
        self._keep = keep
        self._listener = listener
        self._lock = threading.Lock()
        self._messages: list[PhoneMessage] = []
        self._parts: dict[tuple[str, str, int, int], dict[int, bytes]] = {}
        self._accepted = 0
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> int:
        """Listen and return the port. After a stop the same port is taken again. Raises OSError."""
        if self._server is not None:
            raise RuntimeError("already running")
        self._server = _Server(self._address, self)
        host, port = self._server.server_address[:2]
        self._address = (str(host), port)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), name="demo-smsc", daemon=True)
        self._thread.start()
        return port

    def stop(self) -> None:
        """Drop every session and stop listening; what arrived stays. Harmless when not running."""
        server, self._server = self._server, None
        if server is not None and self._thread is not None:
            server.shutdown()
            server.drop_sessions()
            server.server_close()
            self._thread.join()

    def messages(self) -> tuple[PhoneMessage, ...]:
        """Texts in the order they became whole, the oldest dropped beyond ``keep``."""
        with self._lock:
            return tuple(self._messages)

    def clear(self) -> None:
        with self._lock:
            self._messages.clear()
            self._parts.clear()

    # ---- called by sessions

    def login_status(self, system_id: str, password: str) -> int:
        right = hmac.compare_digest(f"{system_id}\x00{password}".encode(), "\x00".join(self._login).encode())
        return _OK if right else _INVALID_PASSWORD

    def take(self, pdu: bytes) -> tuple[int, str]:
        """(command_status, message_id) for one submit_sm PDU."""
        try:
            message = smpp34.decode(pdu)
        except smpp34.SmppError:
            return _SUBMIT_FAILED, ""
        if not isinstance(message, smpp34.SubmitSm):
            return _SUBMIT_FAILED, ""
        to = message.destination_addr
        if not (to.isascii() and to.isdigit() and len(to) <= 20):
            return _INVALID_DESTINATION, ""
        try:
            part = _part_of(message)
            text = self._join(message.source_addr, to, part, message.data_coding)
        except ValueError:
            return _SUBMIT_FAILED, ""
        if text is not None:
            self._arrive(PhoneMessage(to, text, datetime.now(UTC)))
        with self._lock:
            self._accepted += 1
            return _OK, f"demo-{self._accepted}"

    def _join(self, source: str, to: str, part: Part, coding: int) -> str | None:
        if part.total == 1:
            return to_text(part.text_octets, coding)
        with self._lock:
            key = (source, to, part.reference, part.total)
            parts = self._parts.setdefault(key, {})
            parts[part.number] = part.text_octets
            if len(parts) < part.total:
                while len(self._parts) > MAX_OPEN_TEXTS:
                    del self._parts[next(iter(self._parts))]
                return None
            del self._parts[key]
        return to_text(b"".join(octets for _, octets in sorted(parts.items())), coding)

    def _arrive(self, message: PhoneMessage) -> None:
        with self._lock:
            self._messages.append(message)
            del self._messages[: -self._keep]
        if self._listener is not None:
            try:
                self._listener(message)
            except Exception:
                log.exception("the listener of the demo phone failed")


def _part_of(message: smpp34.SubmitSm) -> Part:
    """The octets and their place, from short_message or message_payload, user data header or sar_ parameters."""
    optional = {tlv.tag: tlv for tlv in message.tlvs}
    payload = optional.get(_MESSAGE_PAYLOAD)
    part = split_header(payload.value if payload else message.short_message, message.esm_class)
    sar = [optional.get(tag) for tag in (_SAR_MSG_REF_NUM, _SAR_TOTAL_SEGMENTS, _SAR_SEGMENT_SEQNUM)]
    if part.total == 1 and all(sar):
        reference, total, number = (int.from_bytes(tlv.value, "big") for tlv in sar if tlv)
        if not 1 <= number <= total:
            raise ValueError("a part number out of range")
        return Part(part.text_octets, reference, total, number)
    return part


class _Pdu(NamedTuple):
    command: int
    sequence: int
    raw: bytes

    @property
    def body(self) -> bytes:
        return self.raw[16:]


class _Session(socketserver.BaseRequestHandler):
    """One connection: strictly one PDU after the other, as the client's window allows."""

    server: _Server

    def setup(self) -> None:
        self.server.opened(self.request)

    def finish(self) -> None:
        self.server.closed(self.request)

    def handle(self) -> None:
        bound = 0
        try:
            while True:
                pdu = self._receive()
                if pdu is None:
                    return
                if pdu.command in (_BIND_RECEIVER, _BIND_TRANSMITTER, _BIND_TRANSCEIVER):
                    status = _ALREADY_BOUND if bound else self._login_status(pdu.body)
                    self._answer(pdu, status, b"DemoSMSC\x00" + _INTERFACE_VERSION if status == _OK else b"")
                    if status == _OK:
                        bound = pdu.command
                    elif not bound:
                        return
                elif pdu.command == _SUBMIT_SM:
                    may_submit = bound in (_BIND_TRANSMITTER, _BIND_TRANSCEIVER)
                    status, message_id = self.server.smsc.take(pdu.raw) if may_submit else (_WRONG_STATE, "")
                    self._answer(pdu, status, message_id.encode() + b"\x00" if status == _OK else b"")
                elif pdu.command == _ENQUIRE_LINK:
                    self._answer(pdu, _OK)
                elif pdu.command == _UNBIND:
                    self._answer(pdu, _OK if bound else _WRONG_STATE)
                    return
                elif not pdu.command & _RESPONSE:
                    self._send(_GENERIC_NACK, _INVALID_COMMAND, pdu.sequence)
        except OSError:
            return  # the other side is gone

    def _receive(self) -> _Pdu | None:
        head = self._read(16)
        if head is None:
            return None
        length, command, _status, sequence = struct.unpack(">IIII", head)
        if not 16 <= length <= MAX_PDU:
            self._send(_GENERIC_NACK, _INVALID_COMMAND_LENGTH, sequence)
            return None
        body = self._read(length - 16)
        return None if body is None else _Pdu(command, sequence, head + body)

    def _read(self, size: int) -> bytes | None:
        data = b""
        while len(data) < size:
            more = self.request.recv(size - len(data))
            if not more:
                return None
            data += more
        return data

    def _login_status(self, body: bytes) -> int:
        fields = body.split(b"\x00", 2)
        if len(fields) < 3:
            return _INVALID_PASSWORD
        return self.server.smsc.login_status(fields[0].decode("latin-1"), fields[1].decode("latin-1"))

    def _answer(self, pdu: _Pdu, status: int, body: bytes = b"") -> None:
        self._send(pdu.command | _RESPONSE, status, pdu.sequence, body)

    def _send(self, command: int, status: int, sequence: int, body: bytes = b"") -> None:
        self.request.sendall(struct.pack(">IIII", 16 + len(body), command, status, sequence) + body)


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    block_on_close = True  # stop() returns when every session's thread has ended

    def __init__(self, address: tuple[str, int], smsc: DemoSmsc) -> None:
        self.smsc = smsc
        self._sessions: set[socket.socket] = set()
        self._lock = threading.Lock()
        super().__init__(address, _Session)

    def opened(self, session: socket.socket) -> None:
        with self._lock:
            self._sessions.add(session)

    def closed(self, session: socket.socket) -> None:
        with self._lock:
            self._sessions.discard(session)

    def drop_sessions(self) -> None:
        with self._lock:
            for session in self._sessions:
                try:
                    session.shutdown(socket.SHUT_RDWR)
                except OSError:
                    continue  # it went by itself
