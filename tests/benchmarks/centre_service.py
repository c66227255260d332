"""What most teams would put before the database: FastAPI on uvicorn, calling the centre's own ``api.append_events``.

Twice. ``/plain`` is how its documentation begins: a ``def`` that waits for the database, run with uvicorn's defaults.
``/tuned`` is what a team would make of it: ``async``, uvloop, httptools, a worker a core. Both keep a connection open
for each kiosk, because the function takes the caller from the login; a shared pool would have to change users with
every call. Run by ``make bench``.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import os
import threading
from collections import defaultdict
from typing import Annotated, Any

import psycopg
from fastapi import Depends, FastAPI, Header, HTTPException
from psycopg.types.json import Jsonb
from pydantic import BaseModel

LOGINS = json.loads(os.environ.get("BENCH_LOGINS", "{}"))
"""Kiosk id -> [sha256 of its token in hex, dsn]."""
APPEND = "SELECT api.append_events(%s)"

app = FastAPI()
plain_lines: dict[str, psycopg.Connection[Any]] = {}
plain_busy: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
tuned_lines: dict[str, psycopg.AsyncConnection[Any]] = {}
tuned_busy: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)


class Link(BaseModel):
    seq: int
    payload: str
    hash: str
    signature: str


class Batch(BaseModel):
    events: list[Link]


def caller(x_kiosk: Annotated[str, Header()], authorization: Annotated[str, Header()]) -> str:
    known = LOGINS.get(x_kiosk)
    token = authorization.removeprefix("Bearer ").encode()
    if known is None or not hmac.compare_digest(known[0], hashlib.sha256(token).hexdigest()):
        raise HTTPException(401)
    return x_kiosk


Kiosk = Annotated[str, Depends(caller)]


@app.post("/plain")
def plain(batch: Batch, kiosk: Kiosk) -> dict[str, Any]:
    with plain_busy[kiosk]:
        if kiosk not in plain_lines:
            plain_lines[kiosk] = psycopg.connect(LOGINS[kiosk][1], autocommit=True)
        row = plain_lines[kiosk].execute(APPEND, (Jsonb(batch.model_dump()),)).fetchone()
    return _answer(row)


@app.post("/tuned")
async def tuned(batch: Batch, kiosk: Kiosk) -> dict[str, Any]:
    async with tuned_busy[kiosk]:
        if kiosk not in tuned_lines:
            tuned_lines[kiosk] = await psycopg.AsyncConnection.connect(LOGINS[kiosk][1], autocommit=True)
        row = await (await tuned_lines[kiosk].execute(APPEND, (Jsonb(batch.model_dump()),))).fetchone()
    return _answer(row)


def _answer(row: tuple[Any, ...] | None) -> dict[str, Any]:
    answer: dict[str, Any] = row[0] if row else {}
    return answer
