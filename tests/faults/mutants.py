"""Guards that can be broken on purpose, to see the campaign fail: ``make campaign MUTANT=name``.

Each replaces one real method in the child process that uses it. A mutant that no run catches is a hole in the
campaign, not in the product.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any


def install(name: str) -> None:
    if name:
        MUTANTS[name]()


def _acknowledge_before_the_answer() -> None:
    """Alone this loses nothing: the next agreement rewinds to what the centre has. So it goes without that, too."""
    from db.sync import worker

    _nothing_is_sent_again_after_a_restore()

    real = worker.SyncService.work

    def work(self: Any) -> None:
        batch = self._store.pending(self._settings.sync_batch)
        if batch:
            self._store.acknowledge(batch[-1].seq)
            self._centre.append(batch)
        real(self)

    worker.SyncService.work = work  # type: ignore[method-assign]


def _no_agreement_before_sending() -> None:
    from db.sync import worker

    worker.agree = lambda *_: None


def _settle_without_a_transaction() -> None:
    from db.central.settle import Settle

    real = Settle.settle

    class Loose:
        def __init__(self, conn: Any) -> None:
            self._conn = conn

        def __getattr__(self, name: str) -> Any:
            return getattr(self._conn, name)

        @contextlib.contextmanager
        def transaction(self) -> Iterator[None]:
            yield

    Settle.settle = lambda self, conn, kiosk, visit: real(self, Loose(conn), kiosk, visit)  # type: ignore


def _message_handed_over_before_it_is_marked() -> None:
    from db.central import request_rows

    real = request_rows.record_sent
    request_rows.mark_sending = lambda conn, request: None  # type: ignore[assignment]

    def record_sent(conn: Any, request_id: Any, status: Any) -> None:
        conn.execute("UPDATE store.request SET state = 'sending' WHERE request_id = %s", (request_id,))
        real(conn, request_id, status)

    request_rows.record_sent = record_sent


def _evidence_is_not_looked_at() -> None:
    from db.central.settle import Settle

    real = Settle.__init__

    def init(self: Any, dsn: str, keys: Any, _verify: Any) -> None:
        real(self, dsn, keys, lambda *_: None)

    Settle.__init__ = init  # type: ignore[method-assign]


def _nothing_is_sent_again_after_a_restore() -> None:
    from db.local.store import LocalStore

    LocalStore.rewind = lambda self, to_seq: 0  # type: ignore[method-assign]


MUTANTS: dict[str, Callable[[], None]] = {
    "acknowledge_early": _acknowledge_before_the_answer,
    "no_agreement": _no_agreement_before_sending,
    "settle_loose": _settle_without_a_transaction,
    "mark_late": _message_handed_over_before_it_is_marked,
    "any_evidence": _evidence_is_not_looked_at,
    "no_rewind": _nothing_is_sent_again_after_a_restore,
}
