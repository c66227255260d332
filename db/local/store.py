"""The kiosk's encrypted store: every event a link of one signed chain, committed before it is shown.

One transaction holds the link and, being un-acknowledged, its place in the outbox (see ``schema``).
What is open (a visit, a run) is read from the same rows, so no second record can disagree.
Left out: sending (``db.sync``) and anything personal: events carry ticket ids and sealed fields.
"""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Literal

from sqlalchemy import ColumnElement, Connection, Engine, case, func, insert, select, update
from sqlalchemy.exc import DBAPIError
from sqlcipher3 import dbapi2

from db.local import history, outbox
from db.local import payloads as shelf
from db.local.boot import this_boot
from db.local.chain import Author, ChainEnd, ChainVerdict, KeptLink, LinkTime, make_link, verify
from db.local.cipher import WRITES, empty_log, open_engine, whole
from db.local.faults import StoreTrouble, trouble_of, unavailable
from db.local.history import VisitLink
from db.local.key_files import sync_folder
from db.local.lock import STORE_FILE, StoreLock
from db.local.mark import HeadMark, Mark
from db.local.payloads import KEEP_PAYLOADS_DAYS, Payload
from db.local.quarantine import KEEP_QUARANTINED_DAYS, forget_quarantined
from db.local.schema import chain, meta, migrate, runs
from kiosk.events import ZERO_HASH, ChainedEvent, Event, KioskStarted, StoreQuarantined
from kiosk.ports import Clock, LastingFault, OpenVisit, RecordedEvent, Signer, StoreUnavailable

log = logging.getLogger(__name__)

__all__ = ["AWAITS_ANCHOR", "STORE_FILE", "LocalStore"]

FIRST_EPOCH = 1
AWAITS_ANCHOR = "store_awaits_anchor"
DAY_SECONDS = 86_400.0
_FAULTS = (DBAPIError, dbapi2.Error, OSError)


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
        self._writer = threading.RLock()
        self._listeners: tuple[Callable[[], None], ...] = ()
        self._run: int | None = None
        self._folder = folder
        self._mark = HeadMark(folder)
        self._lock = StoreLock(folder)
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as fault:
            raise LastingFault("store_unwritable") from fault
        self._lock.acquire()
        self._engine: Engine | None = None
        try:
            self._engine = open_engine(folder / STORE_FILE, key)
            with self._engine.connect().execution_options(**WRITES) as connection, connection.begin():
                migrate(connection)
                self._claim(connection)
                if _cut_short(connection, self._mark.read()):
                    raise LastingFault(f"store_{StoreTrouble.DAMAGED.value}")
                self._awaits_anchor = outbox.awaits_anchor(connection)
                if _died(connection) and not whole(connection):
                    raise LastingFault(f"store_{StoreTrouble.DAMAGED.value}")
            # SQLite does not sync the removal of its first journal: back after a power cut, it would undo the file.
            sync_folder(folder)
        except _FAULTS as fault:
            self.close()
            raise LastingFault(f"store_{trouble_of(fault).value}") from None
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Release file and lock; every later call raises StoreUnavailable("closed")."""
        with self._writer:
            engine, self._engine = self._engine, None
            if engine is not None:
                engine.dispose()
            self._lock.release()

    # ------------------------------------------------------------ recording

    def record(self, visit_id: str, events: Sequence[Event], payloads: Sequence[tuple[str, bytes]] = ()) -> None:
        """``payloads``: kind and sealed bytes, kept in the same transaction (see ``db.local.payloads``)."""
        if events or payloads:
            with self._writing() as connection:
                if events:
                    self._append(connection, visit_id, events)
                for kind, sealed in payloads:
                    shelf.keep(connection, visit_id, kind, sealed, self._clock.now().timestamp())
            self._tell()

    def begin_run(self, software: str) -> Literal["clean", "died", "first"]:
        """Record the start of the program (its ``kiosk_started`` event as well) and tell how the last
        run ended."""
        now = self._clock.now().timestamp()
        with self._writing() as connection:
            last = connection.execute(select(runs.c.clean).order_by(runs.c.run.desc()).limit(1)).scalar_one_or_none()
            previous: Literal["clean", "died", "first"] = "first" if last is None else "clean" if last else "died"
            row = {"boot_id": self._boot_id, "software": software, "started_at": now, "clean": 0}
            self._run = connection.execute(insert(runs).returning(runs.c.run), row).scalar_one()
            self._append(connection, "", [KioskStarted(software=software, previous_run=previous)])
        self._tell()
        return previous

    def end_run(self) -> None:
        """The program ends in order; the last thing before ``close``."""
        if self._run is not None:
            now = self._clock.now().timestamp()
            with self._writing() as connection:
                connection.execute(update(runs).where(runs.c.run == self._run).values(clean=1, ended_at=now))

    def set_clock_offset(self, seconds: float | None) -> None:
        """Centre minus kiosk; goes into every later event. Not kept over a restart: until the centre
        was heard again the offset is unknown."""
        self._offset = seconds

    def add_listener(self, listener: Callable[[], None]) -> None:
        """``listener`` runs on the recording thread after each commit; it must only pass the news on."""
        with self._writer:
            self._listeners = (*self._listeners, listener)

    # ------------------------------------------------------------ reading

    def open_visit(self) -> OpenVisit | None:
        """The newest visit without its ``visit_ended``."""

        def has(kind: str) -> ColumnElement[int]:
            return func.max(case((chain.c.type == kind, 1), else_=0))

        query = (
            select(chain.c.visit_id, has("pin_accepted").label("done"))
            .where(chain.c.visit_id != "")
            .group_by(chain.c.visit_id)
            .having(has("visit_ended") == 0)
            .order_by(func.max(chain.c.seq).desc())
            .limit(1)
        )
        with self._reading() as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else OpenVisit(row.visit_id, bool(row.done))

    def recent(self, types: Sequence[str], days: float) -> Sequence[RecordedEvent]:
        with self._reading() as connection:
            return history.recent(connection, types, self._clock.now().timestamp() - days * DAY_SECONDS)

    def last_link(self, visit_id: str) -> VisitLink | None:
        """Of this visit; None when nothing of it is kept."""
        with self._reading() as connection:
            return history.last_link(connection, visit_id)

    def head(self) -> ChainEnd:
        with self._reading() as connection:
            return _head(connection)

    def hash_of(self, seq: int) -> str | None:
        """Hash of link ``seq``; None when it was purged or never was."""
        if seq == 0:
            return ZERO_HASH
        with self._reading() as connection:
            return outbox.hash_of(connection, seq)

    def verify_chain(self) -> ChainVerdict:
        """Hashes, signatures and numbers of every kept link (7,600 a second on one busy core)."""
        columns = (chain.c.seq, chain.c.payload, chain.c.hash, chain.c.signature, chain.c.visit_id, chain.c.type)
        with self._reading() as connection:
            head = _head(connection)
            base = connection.execute(select(meta.c.base_seq, meta.c.base_hash)).one()
            rows = connection.execution_options(yield_per=500).execute(select(*columns).order_by(chain.c.seq))
            kept = (
                KeptLink(
                    ChainedEvent(seq=r.seq, payload=r.payload, hash=r.hash, signature=r.signature), r.visit_id, r.type
                )
                for r in rows
            )
            start = ChainEnd(base.base_seq, base.base_hash, head.epoch)
            return verify(self._author.kiosk_id, self._author.signer.public_key, start, head, kept)

    # ------------------------------------------------------------ outbox

    def backlog(self) -> int:
        with self._reading() as connection:
            return outbox.backlog(connection)

    @property
    def trouble(self) -> str:
        """Why nobody may be served though the store works; empty when they may. Asks nobody: for the GUI thread."""
        return AWAITS_ANCHOR if self._awaits_anchor else ""

    def begin_after_damage(self, reason: str, folder: str) -> None:
        """First link of a store that takes a damaged one's place, in ``quarantine/<folder>``."""
        with self._writing() as connection:
            self._append(connection, "", [StoreQuarantined(reason=reason, folder=folder)])
            self._awaits_anchor = True
        self._tell()

    @property
    def oldest_unsent_age(self) -> float:
        """Seconds by the wall clock, 0 when everything is sent; never below 0 when the clock was moved."""
        with self._reading() as connection:
            since = outbox.oldest_unsent(connection)
        return 0.0 if since is None else max(0.0, self._clock.now().timestamp() - since)

    def pending(self, limit: int) -> Sequence[ChainedEvent]:
        """The next events to send, in order."""
        with self._reading() as connection:
            return outbox.pending(connection, limit)

    def acknowledge(self, up_to_seq: int, at: float | None = None) -> int:
        """The centre keeps everything up to here; returns how many left the outbox. ``at``: Unix seconds by the
        centre's clock; the kiosk's own may be years off."""
        with self._writing() as connection:
            if up_to_seq > _head(connection).seq:
                raise LastingFault("acknowledged_beyond_head")
            now = self._clock.now().timestamp() if at is None else at
            acknowledged = outbox.acknowledge(connection, up_to_seq, now)
            self._awaits_anchor = outbox.awaits_anchor(connection)
            return acknowledged

    def rewind(self, to_seq: int) -> int:
        """The centre lost what came after ``to_seq``: send it again. Returns how many go back into the
        outbox; raises LastingFault when they are no longer kept."""
        with self._writing() as connection:
            if to_seq < connection.execute(select(meta.c.base_seq)).scalar_one():
                raise LastingFault("rewind_not_kept")
            return outbox.rewind(connection, to_seq)

    def adopt_epoch(self, epoch: int) -> None:
        """The centre re-anchored this chain: later links carry ``epoch``. Never goes back."""
        with self._writing() as connection:
            connection.execute(update(meta).where(meta.c.epoch < epoch).values(epoch=epoch))

    def purge(self, keep_days: float = outbox.KEEP_ACKNOWLEDGED_DAYS, at: float | None = None) -> int:
        """Forget links acknowledged longer ago than this; what is unsent stays at any age. ``at``: as above."""
        now = self._clock.now().timestamp() if at is None else at
        with self._writing() as connection:
            return outbox.purge(connection, now - keep_days * DAY_SECONDS)

    # ------------------------------------------------------------ sealed payloads

    def keep_payload(self, visit_id: str, kind: str, sealed: bytes) -> None:
        self.record(visit_id, (), [(kind, sealed)])

    def unsent_payloads(self, limit: int) -> Sequence[Payload]:
        """The oldest first."""
        with self._reading() as connection:
            return shelf.unsent(connection, limit)

    def count_payloads(self) -> int:
        with self._reading() as connection:
            return shelf.count(connection)

    def payload_sent(self, visit_id: str, kind: str) -> None:
        """The centre has it: it is forgotten here."""
        with self._erasing() as connection:
            shelf.sent(connection, visit_id, kind)

    def erase_payloads(self, visit_id: str) -> None:
        with self._erasing() as connection:
            shelf.erase(connection, visit_id)

    def expire_payloads(self, days: float = KEEP_PAYLOADS_DAYS, at: float | None = None) -> int:
        """Erase what is older, and change the wrapping key where it is due. Returns how many expired. ``at``: as
        for ``purge``."""
        now = self._clock.now().timestamp() if at is None else at
        with self._erasing() as connection:
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

    def _claim(self, connection: Connection) -> None:
        """Write whose store this is, or refuse one of another kiosk or signing key."""
        public_key = self._author.signer.public_key.hex()
        row = connection.execute(select(meta)).one_or_none()
        if row is None:
            first = {"id": 1, "kiosk_id": self._author.kiosk_id, "public_key": public_key, "epoch": FIRST_EPOCH}
            start = {"head_seq": 0, "head_hash": ZERO_HASH, "base_seq": 0, "base_hash": ZERO_HASH}
            connection.execute(insert(meta), first | start)
            return
        if row.kiosk_id != self._author.kiosk_id:
            raise LastingFault("store_of_another_kiosk")
        if row.public_key != public_key:
            raise LastingFault("signing_key_changed")
        last = connection.execute(select(chain.c.seq, chain.c.hash).order_by(chain.c.seq.desc()).limit(1)).one_or_none()
        if (row.head_seq, row.head_hash) != (tuple(last) if last else (0, ZERO_HASH)):
            raise LastingFault(f"store_{StoreTrouble.DAMAGED.value}")

    def _append(self, connection: Connection, visit_id: str, events: Sequence[Event]) -> None:
        end, now = _head(connection), self._clock.now()
        time = LinkTime(
            wall_time=now.isoformat(timespec="microseconds"),
            monotonic_s=round(self._clock.monotonic(), 6),
            clock_offset_s=self._offset,
            boot_id=self._boot_id,
        )
        rows = []
        for event in events:
            link = make_link(self._author, end, visit_id, event, time)
            end = ChainEnd(link.seq, link.hash, end.epoch)
            place = {"visit_id": visit_id, "type": event.type, "recorded_at": now.timestamp()}
            rows.append(link.model_dump() | place)
        connection.execute(insert(chain), rows)
        connection.execute(update(meta).values(head_seq=end.seq, head_hash=end.hash))

    def _tell(self) -> None:
        for listener in self._listeners:
            listener()

    @contextlib.contextmanager
    def _writing(self) -> Iterator[Connection]:
        with self._writer, self._connection() as connection:
            connection.execution_options(**WRITES)
            with connection.begin():
                yield connection
                end = _head(connection)
            self._mark.write(Mark(end.seq, end.hash))

    @contextlib.contextmanager
    def _erasing(self) -> Iterator[Connection]:
        """A write after which the log of old pages is emptied as well."""
        with self._writing() as connection:
            yield connection
        with self._writer, self._connection() as connection:
            empty_log(connection)

    @contextlib.contextmanager
    def _reading(self) -> Iterator[Connection]:
        with self._connection() as connection, connection.begin():
            yield connection

    @contextlib.contextmanager
    def _connection(self) -> Iterator[Connection]:
        engine = self._engine
        if engine is None:
            raise StoreUnavailable(StoreTrouble.CLOSED.value)
        try:
            with engine.connect() as connection:
                yield connection
        except _FAULTS as fault:
            log.error("store fault", extra={"reason": trouble_of(fault).value})
            raise unavailable(fault) from None


def _died(connection: Connection) -> bool:
    last = connection.execute(select(runs.c.clean).order_by(runs.c.run.desc()).limit(1)).scalar_one_or_none()
    return last == 0


def _cut_short(connection: Connection, mark: Mark | None) -> bool:
    """Whether commits that were made are gone from the end."""
    if mark is None or mark.seq == 0:
        return False
    return mark.seq > _head(connection).seq or outbox.hash_of(connection, mark.seq) not in {mark.hash, None}


def _head(connection: Connection) -> ChainEnd:
    row = connection.execute(select(meta.c.head_seq, meta.c.head_hash, meta.c.epoch)).one()
    return ChainEnd(row.head_seq, row.head_hash, row.epoch)
