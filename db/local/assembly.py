"""Puts keys and store of one data folder together, for the composition root."""

from __future__ import annotations

from dataclasses import dataclass

from db.local.keys import KeyFolder, KeyProtection, KioskSigner
from db.local.store import STORE_FILE, LocalStore
from kiosk.config import Settings
from kiosk.ports import Clock

KEYS_FOLDER = "keys"


@dataclass(frozen=True, slots=True)
class LocalParts:
    store: LocalStore
    signer: KioskSigner
    protection: KeyProtection


def assemble(settings: Settings, clock: Clock) -> LocalParts:
    """Open (first time: create) keys and store. Raises LastingFault; see ``KeyFolder`` and ``LocalStore``."""
    folder = settings.data_dir
    keys = KeyFolder(folder / KEYS_FOLDER)
    pair = keys.open(store_exists=(folder / STORE_FILE).exists())
    store = LocalStore(folder, settings.site.kiosk_id, pair.store, pair.signer, clock)
    return LocalParts(store, pair.signer, keys.protection)
