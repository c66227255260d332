"""What every command of the centre's admin needs: the right keys, and one sentence when something is impossible."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psycopg

from db.central.keys import CentreKeys, key_id, load_or_create


class Impossible(Exception):
    """Said to the admin in one sentence; holds no secret."""


def keys_in(folder: Path | None) -> CentreKeys:
    """Keys that are there already. Raises Impossible."""
    if folder is None or not (folder / "box.key").is_file() or not (folder / "pepper.key").is_file():
        raise Impossible("--keys: the folder with the centre's box.key and pepper.key")
    return load_or_create(folder)


def keys_of(conn: psycopg.Connection[Any], folder: Path | None) -> CentreKeys:
    """This centre's: with others, what is sealed or made here could never be used there. Raises Impossible."""
    keys = keys_in(folder)
    newest = conn.execute("SELECT key_id FROM store.centre_key ORDER BY since DESC LIMIT 1").fetchone()
    if newest is None or newest[0] != key_id(keys.box_public_key):
        raise Impossible("--keys: these are another centre's keys")
    return keys
