"""The centre and the local store: appends beside FastAPI, lookups on a large registry, settling, recovery, commits.

One durable embedded PostgreSQL. ROUNDS sets how many rounds of the append table (default 3), ROWS how many people the
registry has (default 1,000,000).
"""

from __future__ import annotations

import json
import os
import signal
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

import psycopg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from db.central.client import CentreClient
from db.central.commands import Centre, kiosk_dsn
from db.central.embedded import EmbeddedPostgres
from db.central.kiosks import enrol_kiosk, role_of
from db.central.settle import Settle
from db.local.keys import KEY_BYTES, KioskSigner
from db.local.store import LocalStore
from kiosk import events as ev
from kiosk.config import CentreSettings
from kiosk.ports import Identifier, IdentifierKind
from kiosk.runtime.clock import SystemClock
from tests.benchmarks import centre_append
from tests.benchmarks.centre_site import ORDINARY, Station, bench_site, login
from tests.benchmarks.visit import percentile
from tests.db.support import KioskForTest

PLANNED_EVENTS_S = 5_000 * 100 * 10 / (8 * 3600)
"""5,000 kiosks, 100 visits a day of 10 events, in 8 hours."""
LOOKUPS = 2_000
SETTLED_VISITS = 300
COMMITS = 1_000


def main() -> None:
    rounds, rows = int(os.environ.get("ROUNDS", "3")), int(os.environ.get("ROWS", "1000000"))
    print(f"Centre, embedded PostgreSQL, durable, {os.cpu_count()} cores, load before the run {os.getloadavg()[0]:.1f}")
    with bench_site() as site:
        centre_append.report(site, rounds)
        with site.centre() as centre:
            settling(centre)
        with site.centre() as centre:
            lookups(centre, site.stations[0], rows)
        with site.centre() as centre:
            recovery(site.server, centre, site.stations[0])
    local_commits()


# ---- two-step lookup


def lookups(centre: Centre, station: Station, rows: int) -> None:
    with psycopg.connect(centre.admin_dsn, autocommit=True) as conn:
        conn.execute(
            "INSERT INTO store.participant (nik, name, birth_date, membership)"
            " SELECT '99' || lpad(n::text, 14, '0'), 'CONTOH', '1970-01-01', 'AKTIF' FROM generate_series(1, %s) n",
            (rows,),
        )
        conn.execute("VACUUM ANALYZE store.participant")
    client = CentreClient(login(centre, station.kiosk_id), CentreSettings(call_seconds=10.0))
    spent = []
    try:
        for number in range(LOOKUPS):
            nik = f"99{1 + number * (rows // LOOKUPS):014}"
            began = time.perf_counter()
            client.lookup(f"visit-{number}", Identifier(IdentifierKind.NIK, nik))
            spent.append(1000 * (time.perf_counter() - began))
    finally:
        client.close()
    figures = f"p50 {median(spent):.1f} ms, p99 {percentile(spent, 0.99):.1f} ms"
    print(f"two-step lookup, {rows:,} people, {LOOKUPS} of them: {figures}  goal p99 <= 10 ms", flush=True)


# ---- settle


def settling(centre: Centre) -> None:
    """Honest visits of different people; without the face evidence's own check, which needs a face."""
    niks = _some_people(centre, SETTLED_VISITS)
    signer = Ed25519PrivateKey.generate()
    kiosk = _kiosk(centre, signer)
    events = 0
    try:
        for number, nik in enumerate(niks):
            visit = f"visit-{number}"
            found = kiosk.lookup(visit, nik)
            _as_if_served(centre, found.ticket)
            told = kiosk.visit_events(found.ticket)
            kiosk.record(visit, *told)
            events += len(told)
    finally:
        kiosk.close()
    job = Settle(centre.settle_dsn, centre.keys, lambda *_: None)
    with psycopg.connect(centre.settle_dsn, autocommit=True) as conn:
        began = time.perf_counter()
        job.work(conn)
        spent = time.perf_counter() - began
    with psycopg.connect(centre.admin_dsn) as conn:
        settled = conn.execute("SELECT count(*) FROM store.verification WHERE outcome = 'TERVERIFIKASI'").fetchone()
    assert settled == (len(niks),), settled
    rate = events / spent
    print(
        f"settle, one job: {rate:,.0f} events/s, {len(niks) / spent:,.0f} visits/s;"
        f" planned {PLANNED_EVENTS_S:.0f} events/s: {rate / PLANNED_EVENTS_S:.0f} times",
        flush=True,
    )


def _some_people(centre: Centre, count: int) -> list[str]:
    with psycopg.connect(centre.admin_dsn) as conn:
        rows = conn.execute(
            "SELECT nik FROM store.participant LEFT JOIN store.account USING (participant_id)"
            " WHERE civil_status = 'AKTIF' AND membership <> 'BUKAN_PESERTA' AND NOT blocked AND phone IS NOT NULL"
            " AND status IS DISTINCT FROM 'TERVERIFIKASI' AND birth_date < '2005-01-01' ORDER BY nik LIMIT %s",
            (count,),
        ).fetchall()
    return [row[0] for row in rows]


def _kiosk(centre: Centre, signer: Ed25519PrivateKey) -> KioskForTest:
    kiosk_id = "bench-settle"
    with psycopg.connect(centre.admin_dsn, autocommit=True) as conn:
        key = signer.public_key().public_bytes_raw()
        enrol_kiosk(conn, kiosk_id, key, password="bench", lookups_a_day=1_000_000)
    return KioskForTest(kiosk_id, signer, kiosk_dsn(centre.admin_dsn, role_of(kiosk_id), "bench"), centre)


def _as_if_served(centre: Centre, ticket: str) -> None:
    """Photo and code as the connector leaves them."""
    with psycopg.connect(centre.admin_dsn, autocommit=True) as conn:
        conn.execute(
            "INSERT INTO store.request (ticket, kiosk_id, visit_id, kind, send_no, state, send_status, decided_at)"
            " SELECT ticket, kiosk_id, visit_id, k.kind, k.no, 'done', k.told, now() FROM store.ticket,"
            " (VALUES ('reference', 0, ''), ('send_code', 1, 'sent')) k (kind, no, told) WHERE ticket = %s",
            (ticket,),
        )


# ---- recovery


def recovery(server: EmbeddedPostgres, centre: Centre, station: Station) -> None:
    """SIGKILL of every process of the server in the middle of appends, until the next batch is accepted."""
    batches = station.batches(60, 200)
    dsn = login(centre, station.kiosk_id)
    sent = 0
    with psycopg.connect(dsn, autocommit=True) as conn:
        for batch in batches[:50]:
            sent = _append(conn, batch)
    pid = server.server_pid()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    began = time.perf_counter()
    server.start()
    with psycopg.connect(dsn, autocommit=True) as conn:
        assert _append(conn, batches[50]) == sent + 200
    print(f"killed and back, next batch accepted after {time.perf_counter() - began:.1f} s", flush=True)


def _append(conn: psycopg.Connection[Any], batch: list[dict[str, Any]]) -> int:
    row = conn.execute("SELECT api.append_events(%s::jsonb)", (json.dumps({"events": batch}),)).fetchone()
    assert row is not None
    assert row[0]["status"] == "accepted"
    seq: int = row[0]["accepted_seq"]
    return seq


# ---- the kiosk's own store


def local_commits() -> None:
    """One event a commit, as most steps of a visit; every commit on the disk (synchronous=FULL)."""
    with tempfile.TemporaryDirectory() as scratch:
        store = LocalStore(
            Path(scratch), "bench-01", os.urandom(KEY_BYTES), KioskSigner(os.urandom(KEY_BYTES)), SystemClock()
        )
        spent = []
        for number in range(COMMITS):
            event = ORDINARY if number % 10 == 0 else ev.IdentityConfirmed(ticket="t")
            began = time.perf_counter()
            store.record(f"visit-{number // 10}", [event])
            spent.append(1000 * (time.perf_counter() - began))
        store.close()
    rate = 1000 * COMMITS / sum(spent)
    print(f"local commits: {rate:,.0f}/s, p50 {median(spent):.1f} ms, p99 {percentile(spent, 0.99):.1f} ms")


if __name__ == "__main__":
    main()
