"""Sealed payloads: kept with their events, opened only while their data key is, gone when it is forgotten."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

from db.local.payloads import MAX_PAYLOAD_BYTES
from db.local.store import STORE_FILE, LocalStore
from kiosk.ports import StoreUnavailable
from tests.db.local.support import KEY, STARTED, FakeClock, open_store, raw

SEALED = b"sealed to the centre: CONTOH" * 40
DAY = 86_400.0


def _count(folder: Path, table: str) -> int:
    connection = raw(folder)
    try:
        count: int = connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
        return count
    finally:
        connection.close()


def _keys_of(folder: Path) -> list[bytes]:
    connection = raw(folder)
    try:
        rows = connection.execute("SELECT wrapped FROM data_keys UNION ALL SELECT key FROM wrapping_keys")
        return [bytes(row[0]) for row in rows]
    finally:
        connection.close()


def test_a_payload_comes_back_as_it_was_kept_and_survives_a_restart(tmp_path: Path, clock: FakeClock) -> None:
    store = open_store(tmp_path, clock)
    store.record("v-1", [STARTED], [("capture", SEALED)])
    clock.advance(5)
    store.keep_payload("v-2", "capture", b"another")
    store.close()
    store = open_store(tmp_path, clock)
    found = store.unsent_payloads(10)
    assert [(p.visit_id, p.kind, p.sealed) for p in found] == [
        ("v-1", "capture", SEALED),
        ("v-2", "capture", b"another"),
    ]
    assert (found[1].kept_at - found[0].kept_at).total_seconds() == 5
    assert [p.visit_id for p in store.unsent_payloads(1)] == ["v-1"]
    assert SEALED not in repr(found).encode()
    store.close()


def test_a_refused_payload_takes_its_events_with_it(store: LocalStore, tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="payload_too_large"):
        store.record("v-1", [STARTED], [("capture", SEALED), ("huge", bytes(MAX_PAYLOAD_BYTES + 1))])
    assert store.head().seq == 0
    assert not store.unsent_payloads(10)
    assert _count(tmp_path, "data_keys") == 0


def test_a_payload_of_the_same_kind_replaces_the_first(store: LocalStore) -> None:
    store.keep_payload("v-1", "capture", b"first")
    store.keep_payload("v-1", "capture", b"second")
    store.keep_payload("v-1", "contact", b"third")
    assert [(p.kind, p.sealed) for p in store.unsent_payloads(10)] == [("capture", b"second"), ("contact", b"third")]


def test_the_data_key_goes_with_the_last_sent_payload(store: LocalStore, tmp_path: Path) -> None:
    store.keep_payload("v-1", "capture", SEALED)
    store.keep_payload("v-1", "contact", SEALED)
    store.payload_sent("v-1", "capture")
    assert _count(tmp_path, "data_keys") == 1
    assert [p.kind for p in store.unsent_payloads(10)] == ["contact"]
    store.payload_sent("v-1", "contact")
    assert _count(tmp_path, "data_keys") == 0
    assert not store.unsent_payloads(10)


def test_the_kept_bytes_are_wrapped_and_without_the_data_key_nothing_opens_them(
    store: LocalStore, tmp_path: Path
) -> None:
    store.keep_payload("v-1", "capture", SEALED)
    connection = raw(tmp_path)
    wrapped = bytes(connection.execute("SELECT wrapped FROM payloads").fetchone()[0])
    assert SEALED not in wrapped
    connection.execute("DELETE FROM data_keys")
    connection.close()
    assert not store.unsent_payloads(10)


def test_a_payload_moved_to_another_visit_does_not_open(store: LocalStore, tmp_path: Path) -> None:
    store.keep_payload("v-1", "capture", SEALED)
    store.keep_payload("v-2", "capture", b"another")
    connection = raw(tmp_path)
    connection.execute("UPDATE payloads SET wrapped = (SELECT wrapped FROM payloads WHERE visit_id = 'v-1')")
    connection.close()
    assert [p.visit_id for p in store.unsent_payloads(10)] == ["v-1"]


def test_erasing_leaves_no_byte_of_key_or_payload_in_the_decrypted_file_and_an_empty_log(
    store: LocalStore, tmp_path: Path
) -> None:
    store.keep_payload("v-other", "capture", b"stays")
    store.keep_payload("v-1", "capture", SEALED)
    connection = raw(tmp_path)
    wrapped = bytes(connection.execute("SELECT wrapped FROM payloads WHERE visit_id = 'v-1'").fetchone()[0])
    data_key = bytes(connection.execute("SELECT wrapped FROM data_keys WHERE visit_id = 'v-1'").fetchone()[0])
    connection.close()
    assert data_key in _decrypted(tmp_path) and wrapped[:200] in _decrypted(tmp_path)
    store.erase_payloads("v-1")
    assert (tmp_path / "store.db-wal").stat().st_size == 0
    assert data_key not in _decrypted(tmp_path)
    assert wrapped[:200] not in _decrypted(tmp_path)
    assert [p.visit_id for p in store.unsent_payloads(10)] == ["v-other"]


def _decrypted(folder: Path) -> bytes:
    """Every page of the file as it is, free ones too: sqlcipher_export would copy only what is live. SQLCipher 4:
    4,096 bytes, AES-256-CBC, the last 80 are IV and HMAC, the first 16 of the file are the salt."""
    connection = raw(folder)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    connection.close()
    content, pages = (folder / STORE_FILE).read_bytes(), []
    for start in range(0, len(content), 4096):
        page = content[start : start + 4096]
        decryptor = Cipher(AES(KEY), CBC(page[-80:-64])).decryptor()
        pages.append(decryptor.update(page[0 if start else 16 : -80]))
    return b"".join(pages)


def test_payloads_expire_after_seven_days_sent_or_not(store: LocalStore, clock: FakeClock, tmp_path: Path) -> None:
    store.keep_payload("v-old", "capture", SEALED)
    clock.advance(3 * DAY)
    store.keep_payload("v-new", "capture", SEALED)
    clock.advance(4 * DAY - 1)
    assert store.expire_payloads() == 0
    clock.advance(2)
    assert store.expire_payloads() == 1
    assert [p.visit_id for p in store.unsent_payloads(10)] == ["v-new"]
    assert _count(tmp_path, "data_keys") == 1


def test_the_wrapping_key_changes_once_a_day_and_the_old_one_is_forgotten(
    store: LocalStore, clock: FakeClock, tmp_path: Path
) -> None:
    store.keep_payload("v-1", "capture", SEALED)
    before = _keys_of(tmp_path)
    store.expire_payloads()
    assert _keys_of(tmp_path) == before
    clock.advance(DAY)
    store.expire_payloads()
    after = _keys_of(tmp_path)
    assert len(after) == 2 and not set(after) & set(before)
    assert store.unsent_payloads(10)[0].sealed == SEALED


def test_a_store_of_the_first_schema_gains_the_tables_and_keeps_its_chain(tmp_path: Path, clock: FakeClock) -> None:
    store = open_store(tmp_path, clock)
    store.record("v", [STARTED])
    store.close()
    connection = raw(tmp_path, KEY)
    for table in ("payloads", "data_keys", "wrapping_keys"):
        connection.execute(f"DROP TABLE {table}")
    connection.execute("PRAGMA user_version = 1")
    connection.close()
    store = open_store(tmp_path, clock)
    store.keep_payload("v", "capture", SEALED)
    assert store.head().seq == 1 and store.verify_chain().intact
    store.close()
