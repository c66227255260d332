"""Puts keys and store of one data folder together, for the composition root."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path

from db.local.faults import StoreTrouble
from db.local.keys import KeyFolder, KeyProtection, KioskSigner
from db.local.protection import ProtectionKind
from db.local.quarantine import quarantine, quarantined
from db.local.rekey import settle
from db.local.store import STORE_FILE, LocalStore
from db.local.tls_identity import TlsIdentity
from kiosk.config import Settings
from kiosk.ports import Clock, LastingFault

log = logging.getLogger(__name__)

KEYS_FOLDER = "keys"
DAMAGED = f"store_{StoreTrouble.DAMAGED.value}"


@dataclass(frozen=True, slots=True)
class LocalParts:
    store: LocalStore
    signer: KioskSigner
    protection: KeyProtection
    folder: Path
    identity: TlsIdentity


def assemble(settings: Settings, clock: Clock) -> LocalParts:
    """Open (first time: create) keys and store; a damaged store is set aside and a fresh one begins. Raises
    LastingFault; see ``KeyFolder`` and ``LocalStore``."""
    folder = settings.data_dir
    keys = key_folder(settings)
    pair = keys.open(store_exists=(folder / STORE_FILE).exists() or bool(quarantined(folder)))
    key = settle(folder, keys, pair)

    def opened() -> LocalStore:
        return LocalStore(folder, settings.site.kiosk_id, key, pair.signer, clock)

    try:
        store = opened()
    except LastingFault as fault:
        if fault.reason != DAMAGED:
            raise
        aside = quarantine(folder, clock.now())
        log.critical("damaged store set aside", extra={"folder": aside.name})
        store = opened()
    if store.head().seq == 0 and (aside_before := quarantined(folder)):  # also after a kill between the two
        store.begin_after_damage(DAMAGED, aside_before[-1])
    return LocalParts(store, pair.signer, keys.protection, folder, TlsIdentity(keys))


def key_folder(settings: Settings, *, enrolling: bool = False) -> KeyFolder:
    """The setting ``store.key_protection`` speaks about new keys only. ``enrolling``: at a real centre, though none is
    named yet."""
    said = settings.store.key_protection
    best = ProtectionKind.FILE if settings.demo and not enrolling else None
    return KeyFolder(settings.data_dir / KEYS_FOLDER, best if said == "auto" else ProtectionKind(said))
