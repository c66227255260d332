"""Sends the outbox to the centre in order, for as long as it takes; run by the resilient worker.

Only the centre's answer acknowledges an event. A batch that the centre refuses for good stops the
chain with an alarm; nothing is skipped. It also learns how far the kiosk's clock is from the
centre's and lets the store forget what was acknowledged long ago.
"""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from db.central.wire import MAX_BATCH_BYTES, MAX_BATCH_EVENTS, AppendAnswer, AppendStatus
from db.sync.agreement import Disagreement, agree, put_on_record
from db.sync.deferred import CaptureSender
from db.sync.ports import CentreLink, Outbox
from kiosk.config import CentreSettings
from kiosk.events import ChainedEvent
from kiosk.ports import CentreRefused, CentreUnreachable, Clock, LastingFault, PassingFault, StoreUnavailable

log = logging.getLogger(__name__)

WAIT_SECONDS = 1.0
"""Longest piece of work without anything to send (the Service port's bound)."""
OFFSET_SECONDS = 600.0
"""The clock is compared this often: a quartz drifts about 0.1 s a day, people move clocks by hours."""
PURGE_SECONDS = 3600.0
AGREE_SECONDS = 60.0
"""The heads are compared this often: a centre that was restored while a kiosk had nothing to send would lack its events
until its next visit, for good if there is none."""
ENVELOPE_BYTES = 1024
"""Hash, signature, number and JSON escapes around one payload, with room."""
DAY_SECONDS = 86_400.0


@dataclass(frozen=True, slots=True)
class SyncStatus:
    """For diagnostics. ``last_success``: UTC of the last answer; ``clock_offset_s``: centre minus kiosk."""

    backlog: int
    oldest_unsent_s: float
    overdue: bool
    last_success: datetime | None
    clock_offset_s: float | None


class SyncService:
    """Implements ``kiosk.ports.Service``."""

    name = "sync"

    def __init__(
        self,
        store: Outbox,
        centre: CentreLink,
        settings: CentreSettings,
        clock: Clock,
        *,
        agree_seconds: float = AGREE_SECONDS,
    ) -> None:
        self._store = store
        self._centre = centre
        self._settings = settings
        self._clock = clock
        self._agree_seconds = agree_seconds
        self._woken = threading.Event()
        self._captures = CaptureSender(store, centre, clock)
        self._offset: float | None = None
        self._last_success: datetime | None = None
        self._offset_at = float("-inf")
        self._told_at: float | None = None
        self._purged_at = float("-inf")
        self._agreed_at = float("-inf")
        store.add_listener(self.wake)

    def wake(self) -> None:
        """Something was recorded, or someone wants a try now."""
        self._woken.set()

    def status(self) -> SyncStatus:
        """Raises StoreUnavailable when the store cannot be read."""
        age = self._store.oldest_unsent_age
        overdue = age >= self._settings.overdue_days * DAY_SECONDS
        return SyncStatus(self._store.backlog(), age, overdue, self._last_success, self._offset)

    @property
    def clock_offset(self) -> float | None:
        """Centre minus kiosk, seconds; None until the centre was heard."""
        return self._offset

    def detail(self) -> dict[str, str]:
        """``status`` as words for ``PartHealth.detail``."""
        status = self.status()
        return {
            "backlog": str(status.backlog),
            "oldest_unsent_s": f"{status.oldest_unsent_s:.0f}",
            "overdue": "yes" if status.overdue else "no",
            "last_success": status.last_success.isoformat(timespec="seconds") if status.last_success else "",
            "clock_offset_s": "" if status.clock_offset_s is None else f"{status.clock_offset_s:.1f}",
        }

    # ------------------------------------------------------------ Service

    def set_up(self) -> None:
        with _typed_faults():
            self._captures.expire()  # also while the centre is away for ever
            self._learn_offset()
            self._agree()
            self._succeeded()
        self._woken.set()  # whatever waited: the first piece of work looks at once

    def work(self) -> None:
        woken = self._woken.wait(WAIT_SECONDS)
        self._woken.clear()
        with _typed_faults():
            batch = _fitting(self._store.pending(min(self._settings.sync_batch, MAX_BATCH_EVENTS)))
            if batch:
                self._take(batch, self._centre.append(batch))
                self._woken.set()  # more may wait behind this batch
            else:
                self._captures.send(woken)
            self._look_after()

    def tear_down(self) -> None:
        """Nothing is held open: the client keeps its own connections."""

    # ------------------------------------------------------------ inside

    def _agree(self) -> None:
        head = self._centre.my_head()
        try:
            agree(self._store, head, self._centre_now())
        except LastingFault as fault:
            if fault.reason in {Disagreement.CLONE_OR_ROLLBACK, Disagreement.FORK}:
                with contextlib.suppress(CentreUnreachable, CentreRefused):
                    put_on_record(self._store, self._centre, head)
            raise
        self._agreed_at = self._clock.monotonic()

    def _centre_now(self) -> float | None:
        """Unix seconds by the centre's clock, carried on by the monotonic one: a wall clock that jumps by years must
        not decide what is old enough to be forgotten. None until the centre was heard."""
        return None if self._told_at is None else self._told_at + self._clock.monotonic() - self._offset_at

    def _take(self, batch: Sequence[ChainedEvent], answer: AppendAnswer) -> None:
        match answer.status:
            case AppendStatus.ACCEPTED:
                if answer.accepted_seq > self._store.head().seq:
                    raise LastingFault(Disagreement.CLONE_OR_ROLLBACK.value)
                # No further than what this answer was about: the rest was not compared by anyone.
                if not self._store.acknowledge(min(answer.accepted_seq, batch[-1].seq), self._centre_now()):
                    raise PassingFault("nothing_accepted")
                self._succeeded()
            case AppendStatus.GAP:  # the centre lost its end since set-up: agree again, from its head
                raise PassingFault("gap")
            case AppendStatus.FORK:
                raise LastingFault(Disagreement.FORK.value)
            case AppendStatus.NOT_ENROLLED:
                raise LastingFault("not_enrolled")
            case _:
                log.error("batch refused", extra={"status": answer.status.value, "first_seq": batch[0].seq})
                raise LastingFault(f"batch_{answer.status.value}")

    def _look_after(self) -> None:
        now = self._clock.monotonic()
        if now - self._offset_at >= OFFSET_SECONDS:
            self._learn_offset()
        if now - self._purged_at >= PURGE_SECONDS:
            self._purged_at = now
            self._store.keep_house(at=self._centre_now())
        self._captures.expire()
        if now - self._agreed_at >= self._agree_seconds:
            self._agree()
            self._woken.set()  # what the centre lacks goes again at once

    def _learn_offset(self) -> None:
        before, wall = self._clock.monotonic(), self._clock.now()
        server = self._centre.my_config().server_time
        after = self._clock.monotonic()
        told = datetime.fromisoformat(server)
        told = told if told.tzinfo else told.replace(tzinfo=UTC)
        self._offset = round((told - wall).total_seconds() - (after - before) / 2, 3)
        self._offset_at, self._told_at = after, told.timestamp()
        self._store.set_clock_offset(self._offset)

    def _succeeded(self) -> None:
        self._last_success = self._clock.now()


@contextlib.contextmanager
def _typed_faults() -> Iterator[None]:
    """Faults of centre and store as the worker's two kinds."""
    try:
        yield
    except CentreUnreachable:
        raise PassingFault("centre_unreachable") from None
    except CentreRefused as refusal:
        raise LastingFault(f"refused_{refusal.reason}") from None
    except StoreUnavailable as fault:
        raise PassingFault(f"store_{fault.reason}") from None


def _fitting(events: Sequence[ChainedEvent]) -> Sequence[ChainedEvent]:
    """As many from the front as one call may carry; at least one."""
    size = 0
    for count, event in enumerate(events):
        size += len(event.payload.encode()) + event.payload.count('"') + event.payload.count("\\") + ENVELOPE_BYTES
        if size > MAX_BATCH_BYTES and count:
            return events[:count]
    return events
