"""Tables of the local store and the steps that make them (``PRAGMA user_version`` counts the steps).

There is no outbox table: the outbox is the part of ``chain`` whose ``acknowledged_at`` is NULL. An
event and its outbox row can then never disagree, acknowledging is one UPDATE, and rewinding to a
restored centre is the same UPDATE backwards. Triggers keep links as they were written and keep what
the centre has not acknowledged.
"""

from __future__ import annotations

from sqlalchemy import Column, Connection, Float, Index, Integer, LargeBinary, MetaData, Table, Text, text

from kiosk.ports import LastingFault

metadata = MetaData()

chain = Table(
    "chain",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("payload", Text, nullable=False),
    Column("hash", Text, nullable=False),
    Column("signature", Text, nullable=False),
    Column("visit_id", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("recorded_at", Float, nullable=False),  # Unix seconds, wall clock
    Column("acknowledged_at", Float),  # Unix seconds, wall clock; NULL: still in the outbox
)
Index("chain_by_visit", chain.c.visit_id, chain.c.type, chain.c.seq)
Index("chain_outbox", chain.c.seq, sqlite_where=chain.c.acknowledged_at.is_(None))

meta = Table(
    "meta",
    metadata,
    Column("id", Integer, primary_key=True),  # always 1
    Column("kiosk_id", Text, nullable=False),
    Column("public_key", Text, nullable=False),  # hex; a changed signing key is a fault, not a new start
    Column("epoch", Integer, nullable=False),
    Column("head_seq", Integer, nullable=False),
    Column("head_hash", Text, nullable=False),
    Column("base_seq", Integer, nullable=False),  # last purged link: where verifying begins
    Column("base_hash", Text, nullable=False),
)

runs = Table(
    "runs",
    metadata,
    Column("run", Integer, primary_key=True),
    Column("boot_id", Text, nullable=False),
    Column("software", Text, nullable=False),
    Column("started_at", Float, nullable=False),
    Column("ended_at", Float),
    Column("clean", Integer, nullable=False),
)

wrapping_keys = Table(
    "wrapping_keys",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", LargeBinary, nullable=False),
    Column("made_at", Float, nullable=False),  # Unix seconds, wall clock
)

data_keys = Table(
    "data_keys",
    metadata,
    Column("visit_id", Text, primary_key=True),
    Column("wrapped", LargeBinary, nullable=False),
    Column("wrapping_key", Integer, nullable=False),
)

payloads = Table(
    "payloads",
    metadata,
    Column("visit_id", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("wrapped", LargeBinary, nullable=False),
    Column("kept_at", Float, nullable=False),  # Unix seconds, wall clock
)

_GUARDS = (
    """CREATE TRIGGER chain_is_final BEFORE UPDATE OF seq, payload, hash, signature, visit_id, type ON chain
       BEGIN SELECT RAISE(ABORT, 'links are final'); END""",
    """CREATE TRIGGER outbox_is_kept BEFORE DELETE ON chain WHEN OLD.acknowledged_at IS NULL
       BEGIN SELECT RAISE(ABORT, 'not acknowledged'); END""",
)


def _first(connection: Connection) -> None:
    metadata.create_all(connection, tables=[chain, meta, runs], checkfirst=False)
    for guard in _GUARDS:
        connection.execute(text(guard))


def _payloads(connection: Connection) -> None:
    metadata.create_all(connection, tables=[wrapping_keys, data_keys, payloads], checkfirst=False)


_STEPS = (_first, _payloads)
NEWEST = len(_STEPS)


def migrate(connection: Connection) -> None:
    """Bring the schema up to date inside the caller's transaction; SQLite rolls tables back as well."""
    version = connection.execute(text("PRAGMA user_version")).scalar_one()
    if version > NEWEST:
        raise LastingFault("store_from_newer_software")
    for step in _STEPS[version:]:
        step(connection)
    if version < NEWEST:
        connection.execute(text(f"PRAGMA user_version = {NEWEST}"))
