"""Two identities of one kiosk: a copied disk and a stolen login. Both must be told off, on record, without harm."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import psycopg
from psycopg.types.json import Jsonb

from kiosk import events as ev
from tests.faults.check import FORGED_VISIT, Findings
from tests.faults.kiosk_side import run_clone
from tests.faults.orders import CLONED, lines
from tests.faults.plan import Kind
from tests.faults.site import KIOSK

if TYPE_CHECKING:
    from tests.faults.live import Live

CLONE_SECONDS = 10.0


class Attack(Protocol):
    def before_the_end(self, live: Live) -> None: ...
    def at_the_end(self, live: Live) -> None: ...
    def judge(self, conn: psycopg.Connection[Any], found: Findings) -> None: ...


def attack_of(kind: Kind) -> Attack | None:
    if kind is Kind.CLONE:
        return Clone()
    return StolenLogin() if kind is Kind.STOLEN_LOGIN else None


class Clone:
    """The copy starts when the first kiosk has gone on: it must be refused, and the centre must know."""

    def __init__(self) -> None:
        self._said: list[tuple[str, ...]] = []

    def before_the_end(self, live: Live) -> None:
        pass

    def at_the_end(self, live: Live) -> None:
        copy: Path = live.folder / "copy"
        if copy.exists():
            live.run_apart(run_clone, live.order_for(copy, CLONED), CLONE_SECONDS)
        self._said = lines(live.folder / CLONED)

    def judge(self, conn: psycopg.Connection[Any], found: Findings) -> None:
        if [line[:2] for line in self._said] not in ([("refused", "clone_or_rollback")], [("refused", "fork")]):
            found.wrong.append(f"the copy of the folder was not refused: {self._said}")
        elif int(self._said[0][2]) == 0:
            found.lost.append("the copy forgot its own events")
        elif _alarm(conn, "append_fork") == 0:
            found.wrong.append("the copy left no alarm")
        else:
            found.refused_attacks += 1
        strange = conn.execute("SELECT count(*) FROM store.event WHERE visit_id = 'visit-of-the-clone'").fetchone()
        if strange is None or strange[0]:
            found.forks.append("an event of the copy is at the centre")


class StolenLogin:
    """Somebody with the kiosk's login and not its key says that a visit is done. The kiosk stops; staff re-anchor."""

    def __init__(self) -> None:
        self._taken = False

    def before_the_end(self, live: Live) -> None:
        with live.centre.admin() as admin:
            for _ in range(50):
                head = admin.execute("SELECT seq, hash, epoch FROM store.head WHERE kiosk_id = %s", (KIOSK,)).fetchone()
                assert head is not None
                with psycopg.connect(live.centre.kiosk_dsn, autocommit=True) as login:
                    told = login.execute("SELECT api.append_events(%s)", (Jsonb({"events": [_forged(*head)]}),))
                    row = told.fetchone()
                if row is not None and row[0]["status"] == "accepted" and row[0]["accepted_seq"] == head[0] + 1:
                    self._taken = True
                    break
            assert self._taken, "the kiosk was always quicker"
            trusted = head[0]
            while admin.execute("SELECT count(*) FROM store.settle_queue").fetchone() != (0,):
                pass
            admin.execute("SELECT store.reanchor(%s, %s)", (KIOSK, trusted))

    def at_the_end(self, live: Live) -> None:
        pass

    def judge(self, conn: psycopg.Connection[Any], found: Findings) -> None:
        row = conn.execute("SELECT outcome FROM store.verification WHERE visit_id = %s", (FORGED_VISIT,)).fetchone()
        if row != ("DITOLAK",):
            found.wrong.append(f"the forged visit is {row}")
        elif _alarm(conn, "bad_signature") == 0:
            found.wrong.append("the forged event left no alarm")
        else:
            found.refused_attacks += 1


def _forged(seq: int, prev_hash: str, epoch: int) -> dict[str, Any]:
    event = ev.PinAccepted(ticket="00000000-0000-4000-8000-000000000000", sealed_verifier="", sealed_to="")
    payload = ev.canonical_json(
        {
            "kiosk_id": KIOSK, "epoch": epoch, "seq": seq + 1, "boot_id": "b", "visit_id": FORGED_VISIT,
            "wall_time": "2026-11-23T03:00:00+00:00", "monotonic_s": 1.0, "clock_offset_s": None,
            "prev_hash": prev_hash, "event": event.model_dump(mode="json"),
        }
    )  # fmt: skip
    return {"seq": seq + 1, "payload": payload, "hash": ev.payload_hash(payload), "signature": "ab" * 64}


def _alarm(conn: psycopg.Connection[Any], kind: str) -> int:
    row = conn.execute("SELECT count(*) FROM store.alarm WHERE kind = %s", (kind,)).fetchone()
    return int(row[0]) if row else 0
