"""A durable centre for the bench: embedded PostgreSQL with room for many kiosks, and chains signed beforehand."""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from psycopg import sql

from db.central import demo
from db.central.commands import Centre, centre_at, init_centre, kiosk_dsn
from db.central.embedded import EmbeddedPostgres
from db.central.kiosks import enrol_kiosk, role_of
from kiosk import events as ev
from tests.db.support import PASSWORD, PHOTO, Chain

TEMPLATE = "bench_template"
KIOSKS = 64
CONNECTIONS = 400
"""Both ways of 64 kiosks, two of them through workers with a line each, and the jobs."""
SHARED_BUFFERS = "1GB"

Batch = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Station:
    """One kiosk of the bench."""

    kiosk_id: str
    signer: Ed25519PrivateKey

    def batches(self, count: int, size: int) -> list[Batch]:
        """The chain's first ``count`` batches of ``size`` events of ordinary length (700 bytes of payload)."""
        chain = Chain(self.kiosk_id, self.signer)
        links = [chain.add(f"visit-{number // 10}", ORDINARY) for number in range(count * size)]
        return [[link.model_dump() for link in links[at : at + size]] for at in range(0, count * size, size)]


ORDINARY = ev.FaceMatched(attempt=1, ticket="6b7d0e0e-2f0e-4d0e-9d53-0a5a3c6a7d11", evidence={"padding": "x" * 320})
"""A visit's ten events have 6.9 kB of payload."""


class Site:
    def __init__(self, server: EmbeddedPostgres, keys_folder: Path) -> None:
        self.server = server
        self._template = init_centre(server.ensure_database(TEMPLATE), keys_folder)
        self.stations = [Station(f"bench-{number:02}", Ed25519PrivateKey.generate()) for number in range(KIOSKS)]
        with psycopg.connect(self._template.admin_dsn, autocommit=True) as conn:
            demo.seed(conn, self._template.keys, {}, count=400, default_photo=PHOTO)
            for station in self.stations:
                key = station.signer.public_key().public_bytes_raw()
                enrol_kiosk(conn, station.kiosk_id, key, password=PASSWORD, lookups_a_day=1_000_000)

    @contextmanager
    def centre(self) -> Iterator[Centre]:
        """A fresh copy, dropped afterwards."""
        name = f"bench_{uuid.uuid4().hex[:12]}"
        with psycopg.connect(self.server.dsn(), autocommit=True) as conn:
            conn.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(TEMPLATE))
            )
        try:
            yield centre_at(self.server.dsn(name), self._template.keys)
        finally:
            with psycopg.connect(self.server.dsn(), autocommit=True) as conn:
                conn.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def login(centre: Centre, kiosk_id: str) -> str:
    return kiosk_dsn(centre.admin_dsn, role_of(kiosk_id), PASSWORD)


@contextmanager
def bench_site() -> Iterator[Site]:
    with tempfile.TemporaryDirectory(prefix="bpjs-bench-") as scratch:
        folder = Path(scratch)
        folder.chmod(0o755)
        server = EmbeddedPostgres(folder / "server")
        server.start()
        try:
            with psycopg.connect(server.dsn(), autocommit=True) as conn:
                conn.execute(f"ALTER SYSTEM SET max_connections = {CONNECTIONS}")
                conn.execute(f"ALTER SYSTEM SET shared_buffers = '{SHARED_BUFFERS}'")
            server.stop()
            server.start()
            yield Site(server, folder / "keys")
        finally:
            server.stop()
