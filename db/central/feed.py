"""Brings what the membership and account systems tell: JSON lines, in batches, as the feed login.

The database decides on each row (``sql/feed.sql``); a file may be brought again after any fault.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice
from typing import Any

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from db.central.roles import FEED

BATCH_ROWS = 500
"""Half of what the database takes; a batch holds its rows' locks for some tenths of a second."""
MALFORMED = "malformed"


class FeedKind(StrEnum):
    """Named after the function of schema ``feed`` that takes it."""

    FAMILY = "family"
    LOGINS = "logins"
    PIN_TRIES = "pin_tries"
    WITHDRAWALS = "withdrawals"


@dataclass
class Brought:
    """``refused``: (number of the line from 1, reason); names nobody."""

    taken: int = 0
    known: int = 0
    refused: list[tuple[int, str]] = field(default_factory=list)


def bring(conn: psycopg.Connection[Any], kind: FeedKind, lines: Iterable[str]) -> Brought:
    """``conn``: autocommit, a login that is ``bpjs_feed`` or may become it. Raises psycopg.Error."""
    conn.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(FEED)))
    brought = Brought()
    for batch in _batches(_rows(lines, brought)):
        _take(conn, kind, batch, brought)
    brought.refused.sort()
    return brought


def _rows(lines: Iterable[str], brought: Brought) -> Iterator[tuple[int, Any]]:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            yield number, json.loads(line)
        except (ValueError, RecursionError):
            brought.refused.append((number, MALFORMED))


def _batches(rows: Iterator[tuple[int, Any]]) -> Iterator[list[tuple[int, Any]]]:
    while batch := list(islice(rows, BATCH_ROWS)):
        yield batch


def _take(conn: psycopg.Connection[Any], kind: FeedKind, batch: list[tuple[int, Any]], brought: Brought) -> None:
    call = sql.SQL("SELECT feed.{}(%s)").format(sql.Identifier(kind.value))
    try:
        row = conn.execute(call, (Jsonb([told for _, told in batch]),)).fetchone()
    except psycopg.DataError:  # JSON for Python and not for the database: NaN, half a surrogate, U+0000
        row = None
    if row is not None and row[0]["status"] == "done":
        brought.taken += row[0]["taken"]
        brought.known += row[0]["known"]
        brought.refused += [(batch[at][0], reason) for at, reason in row[0]["refused"]]
    elif len(batch) == 1:
        brought.refused.append((batch[0][0], MALFORMED))
    else:
        for one in batch:
            _take(conn, kind, [one], brought)
