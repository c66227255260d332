"""The kiosk's encrypted store: every event a link of one signed chain, committed before it is shown.

One transaction holds the link and, being un-acknowledged, its place in the outbox (see ``schema``).
What is open (a visit, a run) is read from the same rows, so no second record can disagree.
Left out: the file and its transactions (``store_file``), sending (``db.sync``) and anything personal: events carry
ticket ids and sealed fields.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from sqlalchemy import Connection

from db.local import history, links, outbox, runs
from db.local import payloads as shelf
from db.local.boot import this_boot
from db.local.chain import Author, ChainEnd, ChainVerdict, LinkTime
from db.local.history import VisitLink
from db.local.lock import STORE_FILE
from db.local.payloads import KEEP_PAYLOADS_DAYS, Payload
from db.local.quarantine import KEEP_QUARANTINED_DAYS, forget_quarantined
from db.local.runs import HowEnded
from db.local.store_file import StoreFile
from kiosk.events import ZERO_HASH, ChainedEvent, Event, KioskStarted, StoreQuarantined
from kiosk.ports import Clock, LastingFault, OpenVisit, RecordedEvent, Signer

__all__ = ["AWAITS_ANCHOR", "STORE_FILE", "LocalStore"]

AWAITS_ANCHOR = "store_awaits_anchor"
DAY_SECONDS = 86_400.0


class LocalStore:
    """Implements ``kiosk.ports.EventStore``. Safe to share between threads."""

    def __init__(
        self, folder: Path, kiosk_id: str, key: bytes, signer: Signer, clock: Clock, *, boot_id: str | None = None
    ) -> None:
        """Open or create the store in ``folder``. Raises LastingFault: store_in_use, store_damaged (or
        another key), store_of_another_kiosk, signing_key_changed, store_<StoreTrouble>."""
        self._author = Author(kiosk_id, signer)
        self._clock = clock
        self._boot_id = boot_id or this_boot()
        self._offset: float | None = None
        self._awaits_anchor = False
        self._listeners: tuple[Callable[[], None], ...] = ()
        self._run: int | None = None
        self._folder = folder
        self._file = StoreFile(folder, key, self._author, self._see_anchor)

    def close(self) -> None:
        """Release file and lock; every later call raises StoreUnavailable("closed")."""
        self._file.close()

    # ------------------------------------------------------------ recording

    def record(self, visit_id: str, events: Sequence[Event], payloads: Sequence[tuple[str, bytes]] = ()) -> None:
        """``payloads``: kind and sealed bytes, kept in the same transaction (see ``db.local.payloads``)."""
        if events or payloads:
            with self._file.writing() as connection:
                if events:
                    self._append(connection, visit_id, events)
                for kind, sealed in payloads:
                    shelf.keep(connection, visit_id, kind, sealed, self._clock.now().timestamp())
            self._tell()

    def begin_run(self, software: str) -> HowEnded:
        """Record the start of the program (its ``kiosk_started`` event as well) and tell how the last
        run ended."""
        with self._file.writing() as connection:
            previous = runs.last_ended(connection)
            self._run = runs.begin(connection, self._boot_id, software, self._clock.now().timestamp())
            self._append(connection, "", [KioskStarted(software=software, previous_run=previous)])
        self._tell()
        return previous

    def end_run(self) -> None:
        """The program ends in order; the last thing before ``close``."""
        if self._run is not None:
            with self._file.writing() as connection:
                runs.end(connection, self._run, self._clock.now().timestamp())

    def set_clock_offset(self, seconds: float | None) -> None:
        """Centre minus kiosk; goes into every later event. Not kept over a restart: until the centre
        was heard again the offset is unknown."""
        self._offset = seconds

    def add_listener(self, listener: Callable[[], None]) -> None:
        """``listener`` runs on the recording thread after each commit; it must only pass the news on."""
        with self._file.writer:
            self._listeners = (*self._listeners, listener)

    # ------------------------------------------------------------ reading

    def open_visit(self) -> OpenVisit | None:
        """The newest visit without its ``visit_ended``."""
        with self._file.reading() as connection:
            return history.open_visit(connection)

    def recent(self, types: Sequence[str], days: float) -> Sequence[RecordedEvent]:
        with self._file.reading() as connection:
            return history.recent(connection, types, self._clock.now().timestamp() - days * DAY_SECONDS)

    def last_link(self, visit_id: str) -> VisitLink | None:
        """Of this visit; None when nothing of it is kept."""
        with self._file.reading() as connection:
            return history.last_link(connection, visit_id)

    def head(self) -> ChainEnd:
        with self._file.reading() as connection:
            return links.head(connection)

    def hash_of(self, seq: int) -> str | None:
        """Hash of link ``seq``; None when it was purged or never was."""
        if seq == 0:
            return ZERO_HASH
        with self._file.reading() as connection:
            return outbox.hash_of(connection, seq)

    def verify_chain(self) -> ChainVerdict:
        """Hashes, signatures and numbers of every kept link (7,600 a second on one busy core)."""
        with self._file.reading() as connection:
            return links.verify_kept(connection, self._author)

    # ------------------------------------------------------------ outbox

    def backlog(self) -> int:
        with self._file.reading() as connection:
            return outbox.backlog(connection)

    @property
    def trouble(self) -> str:
        """Why nobody may be served though the store works; empty when they may. Asks nobody: for the GUI thread."""
        return AWAITS_ANCHOR if self._awaits_anchor else ""

    def begin_after_damage(self, reason: str, folder: str) -> None:
        """First link of a store that takes a damaged one's place, in ``quarantine/<folder>``."""
        with self._file.writing() as connection:
            self._append(connection, "", [StoreQuarantined(reason=reason, folder=folder)])
            self._awaits_anchor = True
        self._tell()

    @property
    def oldest_unsent_age(self) -> float:
        """Seconds by the wall clock, 0 when everything is sent; never below 0 when the clock was moved."""
        with self._file.reading() as connection:
            since = outbox.oldest_unsent(connection)
        return 0.0 if since is None else max(0.0, self._clock.now().timestamp() - since)

    def pending(self, limit: int) -> Sequence[ChainedEvent]:
        """The next events to send, in order."""
        with self._file.reading() as connection:
            return outbox.pending(connection, limit)

    def acknowledge(self, up_to_seq: int, at: float | None = None) -> int:
        """The centre keeps everything up to here; returns how many left the outbox. ``at``: Unix seconds by the
        centre's clock; the kiosk's own may be years off."""
        with self._file.writing() as connection:
            if up_to_seq > links.head(connection).seq:
                raise LastingFault("acknowledged_beyond_head")
            now = self._clock.now().timestamp() if at is None else at
            acknowledged = outbox.acknowledge(connection, up_to_seq, now)
            self._see_anchor(connection)
            return acknowledged

    def rewind(self, to_seq: int) -> int:
        """The centre lost what came after ``to_seq``: send it again. Returns how many go back into the
        outbox; raises LastingFault when they are no longer kept."""
        with self._file.writing() as connection:
            if to_seq < links.base_seq(connection):
                raise LastingFault("rewind_not_kept")
            return outbox.rewind(connection, to_seq)

    def adopt_epoch(self, epoch: int) -> None:
        """The centre re-anchored this chain: later links carry ``epoch``. Never goes back."""
        with self._file.writing() as connection:
            links.raise_epoch(connection, epoch)

    def purge(self, keep_days: float = outbox.KEEP_ACKNOWLEDGED_DAYS, at: float | None = None) -> int:
        """Forget links acknowledged longer ago than this; what is unsent stays at any age. ``at``: as above."""
        now = self._clock.now().timestamp() if at is None else at
        with self._file.writing() as connection:
            return outbox.purge(connection, now - keep_days * DAY_SECONDS)

    # ------------------------------------------------------------ sealed payloads

    def keep_payload(self, visit_id: str, kind: str, sealed: bytes) -> None:
        self.record(visit_id, (), [(kind, sealed)])

    def unsent_payloads(self, limit: int) -> Sequence[Payload]:
        """The oldest first."""
        with self._file.reading() as connection:
            return shelf.unsent(connection, limit)

    def count_payloads(self) -> int:
        with self._file.reading() as connection:
            return shelf.count(connection)

    def payload_sent(self, visit_id: str, kind: str) -> None:
        """The centre has it: it is forgotten here."""
        with self._file.erasing() as connection:
            shelf.sent(connection, visit_id, kind)

    def erase_payloads(self, visit_id: str) -> None:
        with self._file.erasing() as connection:
            shelf.erase(connection, visit_id)

    def expire_payloads(self, days: float = KEEP_PAYLOADS_DAYS, at: float | None = None) -> int:
        """Erase what is older, and change the wrapping key where it is due. Returns how many expired. ``at``: as
        for ``purge``."""
        now = self._clock.now().timestamp() if at is None else at
        with self._file.erasing() as connection:
            gone = shelf.expire(connection, now - days * DAY_SECONDS)
            shelf.rotate(connection, now)
        return gone

    def keep_house(self, at: float | None = None) -> None:
        """Everything that is kept for a time only: acknowledged links, payloads, stores set aside. Logs limit
        themselves by size. ``at``: as for ``purge``."""
        self.purge(at=at)
        self.expire_payloads(at=at)
        now = self._clock.now().timestamp() if at is None else at
        forget_quarantined(self._folder, now - KEEP_QUARANTINED_DAYS * DAY_SECONDS)

    # ------------------------------------------------------------ inside

    def _see_anchor(self, connection: Connection) -> None:
        self._awaits_anchor = outbox.awaits_anchor(connection)

    def _append(self, connection: Connection, visit_id: str, events: Sequence[Event]) -> None:
        time = LinkTime(
            wall_time=self._clock.now().isoformat(timespec="microseconds"),
            monotonic_s=round(self._clock.monotonic(), 6),
            clock_offset_s=self._offset,
            boot_id=self._boot_id,
        )
        links.append(connection, self._author, visit_id, events, time)

    def _tell(self) -> None:
        for listener in self._listeners:
            listener()
