"""A damaged store is set aside whole; the kiosk begins anew, says so first, and serves nobody until re-anchored."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from db.local.assembly import LocalParts, assemble
from db.local.health import store_health
from db.local.keys import STORE_KEY
from db.local.quarantine import QUARANTINE_FOLDER, quarantine, quarantined
from db.local.store import STORE_FILE
from kiosk.config import Settings, SiteSettings
from kiosk.events import KioskStarted, StoreQuarantined
from kiosk.ports import LastingFault, PartState
from tests.db.local.support import ENDED, HELP, KIOSK, STARTED, FakeClock

DAY = 86_400.0


def _parts(folder: Path, clock: FakeClock | None = None) -> LocalParts:
    return assemble(Settings(data_dir=folder, site=SiteSettings(kiosk_id=KIOSK)), clock or FakeClock())


def _fill(folder: Path) -> None:
    parts = _parts(folder)
    parts.store.record("v", [STARTED, *[HELP] * 200, ENDED])
    parts.store.close()


def _damage(folder: Path, page: int = 0) -> bytes:
    content = bytearray((folder / STORE_FILE).read_bytes())
    content[page * 4096 + 50] ^= 1
    (folder / STORE_FILE).write_bytes(content)
    return bytes(content)


def test_a_damaged_store_is_set_aside_whole_and_the_new_chain_begins_with_it(tmp_path: Path) -> None:
    _fill(tmp_path)
    damaged, key = _damage(tmp_path), (tmp_path / "keys" / STORE_KEY).read_bytes()
    parts = _parts(tmp_path)
    (name,) = quarantined(tmp_path)
    assert (tmp_path / QUARANTINE_FOLDER / name / STORE_FILE).read_bytes() == damaged
    assert (tmp_path / "keys" / STORE_KEY).read_bytes() == key
    parts.store.begin_run("1.0")
    first, second = parts.store.pending(10)
    assert first.seq == 1 and first.event == StoreQuarantined(reason="store_damaged", folder=name)
    assert isinstance(second.event, KioskStarted)
    assert parts.store.verify_chain().intact
    parts.store.close()


def test_nobody_is_served_until_the_centre_takes_the_first_link(tmp_path: Path) -> None:
    _fill(tmp_path)
    _damage(tmp_path)
    parts = _parts(tmp_path)
    assert parts.store.trouble == "store_awaits_anchor"
    health = store_health(parts)
    assert (health.state, health.last_fault) == (PartState.FAULT, "store_awaits_anchor")
    assert health.detail["quarantined"] == "1" and health.detail["quarantined_last"] == quarantined(tmp_path)[0]
    parts.store.acknowledge(0)
    assert parts.store.trouble
    parts.store.close()
    parts = _parts(tmp_path)  # a restart changes nothing
    assert parts.store.trouble and parts.store.head().seq == 1 and len(quarantined(tmp_path)) == 1
    parts.store.acknowledge(1)
    assert not parts.store.trouble and store_health(parts).state is PartState.DEGRADED  # its keys lie in plain files
    parts.store.close()


def test_an_undamaged_store_and_a_new_kiosk_wait_for_nothing(tmp_path: Path) -> None:
    _fill(tmp_path)
    parts = _parts(tmp_path)
    assert not parts.store.trouble and not quarantined(tmp_path)
    assert "quarantined" not in store_health(parts).detail
    parts.store.close()


def test_a_kill_between_setting_aside_and_beginning_anew_is_made_good(tmp_path: Path) -> None:
    _fill(tmp_path)
    aside = quarantine(tmp_path, datetime(2026, 11, 23, tzinfo=UTC))
    parts = _parts(tmp_path)
    assert parts.store.pending(1)[0].event == StoreQuarantined(reason="store_damaged", folder=aside.name)
    assert parts.store.trouble
    parts.store.close()


def test_after_a_run_that_died_damage_of_any_page_is_found_at_the_start(tmp_path: Path) -> None:
    for died in (False, True):
        folder = tmp_path / str(died)
        parts = _parts(folder)
        parts.store.begin_run("1.0")
        parts.store.record("v", [HELP] * 200)
        if not died:
            parts.store.end_run()
        parts.store.close()
        _damage(folder, page=9)
        parts = _parts(folder)
        assert len(quarantined(folder)) == died
        parts.store.close()


def test_what_is_no_damage_sets_nothing_aside(tmp_path: Path) -> None:
    _fill(tmp_path)
    with pytest.raises(LastingFault, match="store_of_another_kiosk"):
        assemble(Settings(data_dir=tmp_path, site=SiteSettings(kiosk_id="kiosk-other-01")), FakeClock())
    (tmp_path / "keys" / STORE_KEY).unlink()
    with pytest.raises(LastingFault, match="store_key_missing"):
        _parts(tmp_path)
    assert not quarantined(tmp_path) and (tmp_path / STORE_FILE).exists()


def test_a_lost_key_beside_a_quarantined_store_is_not_replaced(tmp_path: Path) -> None:
    _fill(tmp_path)
    quarantine(tmp_path, datetime(2026, 11, 23, tzinfo=UTC))
    (tmp_path / "keys" / STORE_KEY).unlink()
    with pytest.raises(LastingFault, match="store_key_missing"):
        _parts(tmp_path)


def test_one_call_forgets_what_is_kept_for_a_time_only(tmp_path: Path) -> None:
    clock = FakeClock()
    _fill(tmp_path)
    quarantine(tmp_path, clock.now())
    (tmp_path / QUARANTINE_FOLDER / "notes of a technician").mkdir()
    parts = _parts(tmp_path, clock)
    parts.store.record("v", [STARTED], [("capture", b"sealed")])
    parts.store.record("v", [ENDED])
    parts.store.acknowledge(2)
    clock.advance(8 * DAY)
    parts.store.keep_house()
    assert not parts.store.unsent_payloads(10) and parts.store.hash_of(1) and len(quarantined(tmp_path)) == 2
    clock.advance(23 * DAY)
    parts.store.keep_house()
    assert parts.store.hash_of(1) is None and parts.store.backlog() == 1
    assert quarantined(tmp_path) == ["notes of a technician"]
    parts.store.close()
