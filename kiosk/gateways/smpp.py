"""SMS over SMPP 3.4: the connector's client of an operator's or aggregator's message centre.

Blocking on the outside, one session kept open inside (``smpp34``: framing, window and enquire_link in
Rust), found dead and bound again when needed. A failure is one of a closed set, with what it means for
trying again: a text is never sent twice by itself once its fate is unknown; that decision is the
caller's. The centre side only: a kiosk never holds an operator's login.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import socket
import ssl
import struct
import threading
from collections.abc import Coroutine
from concurrent.futures import TimeoutError as FutureTimeout
from dataclasses import dataclass, field
from enum import StrEnum
from importlib.metadata import version
from typing import Any, Self, TypeVar

import smpp34

from kiosk.gateways.sms_text import ShortMessage, to_messages
from kiosk.ports import PartHealth, PartState
from kiosk.ports.messages import MessageNotTaken

log = logging.getLogger(__name__)
T = TypeVar("T")

_TON_INTERNATIONAL, _TON_ALPHANUMERIC, _NPI_ISDN = 1, 5, 1
_BIND_TRANSCEIVER = 0x9
_LOGIN_STATUSES = frozenset({0x0D, 0x0E, 0x0F})  # bind failed, invalid password, invalid system id
_BUSY_STATUSES = frozenset({0x08, 0x14, 0x58})  # system error, queue full, throttled
_NUMBER_STATUSES = frozenset({0x0B, 0x48, 0x50, 0x51})  # destination address, its subaddress, TON, NPI


class SmsFault(StrEnum):
    """Why a text did not go out for certain, with what helps."""

    UNREACHABLE = "unreachable"  # no connection or no answer to the bind: try later
    LOGIN_REFUSED = "login_refused"  # a person must mend the account
    BUSY = "busy"  # throttled or queue full: try later
    NUMBER_REFUSED = "number_refused"  # this number cannot get an SMS
    REFUSED = "refused"  # this message will be refused again
    UNKNOWN_FATE = "unknown_fate"  # handed over, no answer: it may have gone out

    @property
    def passing(self) -> bool:
        return self in (SmsFault.UNREACHABLE, SmsFault.BUSY, SmsFault.UNKNOWN_FATE)


class SmsNotSent(Exception):
    """Holds the fault and the bare command_status, never the number or the text."""

    def __init__(self, fault: SmsFault, command_status: int = 0) -> None:
        super().__init__(f"{fault.value} (status {command_status:#x})" if command_status else fault.value)
        self.fault = fault
        self.command_status = command_status


class SmsNotTaken(SmsNotSent, MessageNotTaken):
    """No part of the text was taken, and later one may be."""


@dataclass(frozen=True, slots=True)
class SmppAccount:
    """A login at a message centre. The protocol's field lengths are checked here: the library underneath
    panics on longer ones. Raises ValueError."""

    host: str
    port: int
    system_id: str
    password: str = field(repr=False)
    source: str = "BPJS"  # alphanumeric sender, or a short code in digits
    tls: bool = False

    def __post_init__(self) -> None:
        for name, value, limit in (
            ("system_id", self.system_id, 15),
            ("password", self.password, 8),
            ("source", self.source, 20),
        ):
            if not value.isascii() or "\x00" in value or len(value) > limit:
                raise ValueError(f"SMPP allows {limit} ASCII characters in {name}")


class SmppSender:
    def __init__(self, account: SmppAccount, *, connect_seconds: float = 3.0, answer_seconds: float = 5.0) -> None:
        """Connects at the first send. A refused bind is told from a silent one only by ``connect_seconds``."""
        self._account = account
        self._connect_seconds = connect_seconds
        self._answer_seconds = answer_seconds
        self._reference = secrets.randbelow(256)
        self._last_fault = ""
        self._session: _Session | None = None
        self._lock = threading.Lock()  # one text at a time keeps the parts together
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="smpp", daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    def send(self, to: str, text: str) -> tuple[str, ...]:
        """Send ``text`` to ``to`` (E.164, with or without +) and return the message id of each part.

        Blocks for at most connect_seconds + one connect time-out + answer_seconds a part. Raises SmsNotSent,
        of which SmsNotTaken alone says that trying again sends nothing twice.
        """
        number = to.removeprefix("+")
        if not (number.isascii() and number.isdigit() and 8 <= len(number) <= 15):
            raise SmsNotSent(SmsFault.NUMBER_REFUSED)
        with self._lock:
            self._reference = (self._reference + 1) % 256
            try:
                messages = to_messages(text, self._reference)
            except ValueError:
                raise SmsNotSent(SmsFault.REFUSED) from None
            try:
                sent = self._run(self._send_all(number, messages), len(messages))
            except SmsNotSent as failure:
                self._last_fault = failure.fault.value
                raise
            self._last_fault = ""
            return sent

    def health(self) -> PartHealth:
        """State after the last send; says nothing of the network since then."""
        bound = self._session is not None and not self._session.ended
        lasting = self._last_fault == SmsFault.LOGIN_REFUSED.value
        state = PartState.FAULT if lasting else PartState.DEGRADED if self._last_fault else PartState.READY
        return PartHealth(
            "sms", state, f"smpp34 {version('smpp34')}", self._last_fault, {"session": "bound" if bound else "none"}
        )

    def close(self) -> None:
        """Unbind and end the thread. The sender cannot be used afterwards; harmless to repeat."""
        if self._loop.is_closed():
            return
        with self._lock:
            self._run(self._drop(), 1)
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._loop.close()

    def _run(self, work: Coroutine[Any, Any, T], messages: int) -> T:
        limit = 2 * self._connect_seconds + self._answer_seconds * (messages + 1) + 2.0
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return future.result(limit)
        except FutureTimeout:
            future.cancel()
            raise SmsNotSent(SmsFault.UNKNOWN_FATE) from None

    # ---- on the loop's thread

    async def _send_all(self, number: str, messages: list[ShortMessage]) -> tuple[str, ...]:
        ids: list[str] = []
        for message in messages:
            try:
                ids.append(await self._send_one(number, message))
            except SmsNotTaken as failure:
                if not ids:
                    raise
                raise SmsNotSent(failure.fault, failure.command_status) from None  # of the whole text, a part is out
        return tuple(ids)

    async def _send_one(self, number: str, message: ShortMessage) -> str:
        kept = self._session is not None
        session = await self._bound()
        try:
            return await session.submit(number, message, self._answer_seconds)
        except _SessionDied as death:
            await self._drop()
            # A kept session that had died before the message was handed over: bind again, once.
            if not (kept and death.before_sending):
                raise SmsNotSent(SmsFault.UNKNOWN_FATE) from None
        session = await self._bound()
        try:
            return await session.submit(number, message, self._answer_seconds)
        except _SessionDied:
            await self._drop()
            raise SmsNotSent(SmsFault.UNKNOWN_FATE) from None

    async def _bound(self) -> _Session:
        if self._session is None:
            self._session = await self._connect()
        return self._session

    async def _connect(self) -> _Session:
        account = self._account
        client = smpp34.Client(
            account.host,
            account.port,
            account.system_id,
            account.password,
            bind_type="TRX",
            tls=account.tls,
            connect_timeout_ms=int(self._connect_seconds * 1000),
        )
        try:
            async with asyncio.timeout(self._connect_seconds + 1.0):
                smsc = await client.connect()
        except (smpp34.SmppError, TimeoutError) as failure:
            # The library calls a refused bind "timed out" too; only a bind by hand shows the status.
            silent = "bind" in str(failure)
            status = await asyncio.to_thread(_bind_status, account, self._connect_seconds) if silent else None
            fault = SmsFault.LOGIN_REFUSED if status in _LOGIN_STATUSES else SmsFault.UNREACHABLE
            log.warning("no session with the message centre: %s", fault.value)
            raise SmsNotTaken(fault, status or 0) from None
        return _Session(client, smsc, account)

    async def _drop(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            await session.close()


class _SessionDied(Exception):
    def __init__(self, before_sending: bool) -> None:
        super().__init__("the session ended")
        self.before_sending = before_sending


class _Session:
    """One bound session and the task that notices its end."""

    def __init__(self, client: smpp34.Client, smsc: smpp34.Smsc, account: SmppAccount) -> None:
        self._client = client
        self._smsc = smsc
        self._account = account
        self._end = asyncio.ensure_future(self._until_disconnected())

    @property
    def ended(self) -> bool:
        return self._end.done()

    async def _until_disconnected(self) -> None:
        # Receipts are acknowledged by the library; they have to be taken out or the session backs up.
        while not isinstance(await self._smsc.next(), smpp34.Disconnected):
            pass

    async def submit(self, number: str, message: ShortMessage, seconds: float) -> str:
        if self.ended:
            raise _SessionDied(before_sending=True)
        numeric = self._account.source.isdigit()
        answer = asyncio.ensure_future(self._submit(number, message, numeric))
        await asyncio.wait({answer, self._end}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        if not answer.done():
            answer.cancel()
            raise _SessionDied(before_sending=False)
        try:
            response = answer.result()
        except smpp34.SmppError:  # also when the centre took it and hung up before it answered
            raise _SessionDied(before_sending=False) from None
        if response.is_success:
            return response.message_id or ""
        fault = _fault_of(response.command_status)
        raise (SmsNotTaken if fault is SmsFault.BUSY else SmsNotSent)(fault, response.command_status)

    async def _submit(self, number: str, message: ShortMessage, numeric_source: bool) -> smpp34.SubmitSmResp:
        return await self._smsc.submit_sm(
            number,
            message.octets,
            source_addr=self._account.source,
            source_addr_ton=0 if numeric_source else _TON_ALPHANUMERIC,
            source_addr_npi=_NPI_ISDN if numeric_source else 0,
            dest_addr_ton=_TON_INTERNATIONAL,
            dest_addr_npi=_NPI_ISDN,
            esm_class=message.esm_class,
            data_coding=message.data_coding,
        )

    async def close(self) -> None:
        try:
            async with asyncio.timeout(1.0):
                if not self.ended:
                    await self._smsc.unbind()
                await self._client.stop()
        except (smpp34.SmppError, TimeoutError):
            log.info("the message centre did not answer the unbind")
        self._end.cancel()


def _fault_of(status: int) -> SmsFault:
    if status in _BUSY_STATUSES:
        return SmsFault.BUSY
    return SmsFault.NUMBER_REFUSED if status in _NUMBER_STATUSES else SmsFault.REFUSED


def _bind_status(account: SmppAccount, seconds: float) -> int | None:
    """command_status of a bind made by hand, None without an answer. Blocking."""
    body = b"".join(part.encode() + b"\x00" for part in (account.system_id, account.password, ""))
    body += bytes([0x34, 0, 0, 0])
    try:
        with socket.create_connection((account.host, account.port), seconds) as plain:
            link = (
                ssl.create_default_context().wrap_socket(plain, server_hostname=account.host) if account.tls else plain
            )
            link.sendall(struct.pack(">IIII", 16 + len(body), _BIND_TRANSCEIVER, 0, 1) + body)
            head = link.recv(16, socket.MSG_WAITALL) if not account.tls else link.recv(16)
        return struct.unpack(">IIII", head)[2] if len(head) == 16 else None
    except OSError:
        return None
