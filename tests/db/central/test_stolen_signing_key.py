"""A thief who has the signing key as well: what the jobs cannot read, or cannot seal to, stops nobody else's visit."""

from __future__ import annotations

import base64
import json

import psycopg
import pytest
from psycopg.types.json import Jsonb

from db.central import demo, request_rows
from db.central.connector import Connector, Messages
from db.central.keys import seal_to
from db.central.trust import MAX_VISIT_SPAN
from kiosk import events as ev
from tests.db.support import CentralForTest, KioskForTest

UNREADABLE = {
    "a number of more digits than Python reads": "1" * 5000,
    "a number that is infinite for Python": "1e999",
    "lists in lists": "[" * 2000 + "]" * 2000,
    "a key twice": '1,"more":2',
}
"""PostgreSQL takes each of them, and the signature is good."""


def signed(kiosk: KioskForTest, raw: str) -> ev.ChainedEvent:
    """The chain's next link with ``raw`` put as it is where the event's ``more`` stands."""
    link = kiosk.chain.add("v", ev.IdentityRead(method="nik_typed"))
    body = json.loads(link.payload)
    body["event"]["more"] = "@"
    payload = ev.canonical_json(body).replace('"@"', raw)
    digest = ev.payload_hash(payload)
    return ev.ChainedEvent(
        seq=link.seq, payload=payload, hash=digest, signature=kiosk.signer.sign(bytes.fromhex(digest)).hex()
    )


def ask_photo(kiosk: KioskForTest, ticket: str) -> str:
    with kiosk.connect(autocommit=True) as conn:
        row = conn.execute("SELECT api.request_queue(%s, 'reference')", (ticket,)).fetchone()
    assert row is not None
    return str(row[0]["request_id"])


def state(central: CentralForTest, request_id: str) -> tuple[str, str]:
    row = central.admin().execute(
        "SELECT state, reason FROM store.request WHERE request_id = %s", (request_id,)
    ).fetchone()  # fmt: skip
    assert row is not None
    return row[0], row[1]


def honest_photo(central: CentralForTest) -> str:
    kiosk = central.kiosk("kiosk-honest")
    ticket = kiosk.lookup("w", demo.VERIFIED.nik).ticket
    central.run("UPDATE store.participant SET photo_sealed = %s WHERE nik = %s",
                central.centre.keys.seal(b"photo"), demo.VERIFIED.nik)  # fmt: skip
    kiosk.record("w", *kiosk.visit_events(ticket)[:5])
    return ask_photo(kiosk, ticket)


@pytest.mark.parametrize("raw", UNREADABLE.values(), ids=UNREADABLE.keys())
def test_a_signed_event_that_nobody_can_read_is_refused_and_the_next_kiosk_is_served(
    central: CentralForTest, raw: str
) -> None:
    kiosk = central.kiosk("kiosk-thief")
    ticket = kiosk.lookup("v").ticket
    kiosk.record("v", *kiosk.visit_events(ticket)[:5])
    assert kiosk.client.append([signed(kiosk, raw)]).status == "accepted"
    asked, honest = ask_photo(kiosk, ticket), honest_photo(central)
    central.connect_once(patience_seconds=0.0)
    assert state(central, asked) == ("refused", "chain_not_trusted")
    assert state(central, honest) == ("done", "")
    assert "not_canonical" in central.alarms()


def test_a_visit_key_that_nothing_can_be_sealed_to_is_the_kiosks_own_loss(central: CentralForTest) -> None:
    kiosk = central.kiosk("kiosk-thief")
    with kiosk.connect(autocommit=True) as conn:
        asking = "SELECT api.lookup_request('v', 'nik', %s, %s) ->> 'ticket'"
        row = conn.execute(asking, (demo.MAIN.nik, bytes(32))).fetchone()
        assert row is not None
        ticket = row[0]
        conn.execute("SELECT api.lookup_fetch(%s)", (ticket,))
    kiosk.record("v", *kiosk.visit_events(ticket)[:5])
    asked, honest = ask_photo(kiosk, ticket), honest_photo(central)
    central.connect_once(patience_seconds=0.0)
    assert state(central, asked) == ("refused", "malformed")
    assert state(central, honest) == ("done", "")


def test_one_kiosk_cannot_fill_the_queue_and_the_others_have_their_turn_between(central: CentralForTest) -> None:
    """Each request has its whole visit checked: eleven of one kiosk held everybody up for six seconds."""
    kiosk = central.kiosk("kiosk-thief")
    ticket = kiosk.lookup("v").ticket
    kiosk.record("v", *kiosk.visit_events(ticket)[:5])
    sealed = "A" * 64
    with kiosk.connect(autocommit=True) as conn:
        answers = [
            conn.execute(
                "SELECT api.request_queue(%s, 'send_code', %s)",
                (ticket, Jsonb({"send_no": str(number), "sealed_code": sealed})),
            ).fetchone()[0]
            for number in range(1, 10)
        ]
    assert [answer.get("refused") for answer in answers] == [None] * 8 + ["too_many_waiting"]
    assert "request_flood" in central.alarms()
    honest = honest_photo(central)
    with psycopg.connect(central.centre.connector_dsn) as conn:
        turns = [str(request_id) for request_id in request_rows.waiting(conn, notices=True)]
    assert turns.index(honest) == 1, "behind one of theirs, not behind eight"


def test_what_no_answer_can_be_made_of_is_refused_with_an_alarm_and_the_next_is_served(central: CentralForTest) -> None:
    def broken(_code: str) -> str:
        raise KeyError("a word is missing")

    kiosk = central.kiosk("kiosk-unlucky")
    ticket = kiosk.lookup("v").ticket
    kiosk.record("v", *kiosk.visit_events(ticket)[:6])
    code = base64.b64encode(seal_to(central.centre.keys.box_public_key, b"482916")).decode()
    with kiosk.connect(autocommit=True) as conn:
        row = conn.execute(
            "SELECT api.request_queue(%s, 'send_code', %s)", (ticket, Jsonb({"send_no": "1", "sealed_code": code}))
        ).fetchone()
    honest = honest_photo(central)
    job = Connector(
        central.centre.connector_dsn, central.centre.keys, central.sent.append, Messages(broken, lambda: ""),
    )  # fmt: skip
    with psycopg.connect(central.centre.connector_dsn, autocommit=True) as conn:
        job.work(conn)
    assert state(central, row[0]["request_id"]) == ("refused", "centre_fault")
    assert state(central, honest) == ("done", "")
    assert "request_fault" in central.alarms()


def test_a_visit_of_endless_events_is_not_checked_for_ever(central: CentralForTest) -> None:
    kiosk = central.kiosk("kiosk-thief")
    ticket = kiosk.lookup("v").ticket
    kiosk.record("v", *kiosk.visit_events(ticket)[:5])
    for _ in range(2):
        kiosk.record("v", *[ev.HelpAsked(stage="identity")] * (MAX_VISIT_SPAN // 2))
    asked = ask_photo(kiosk, ticket)
    central.connect_once(patience_seconds=0.0)
    assert state(central, asked) == ("refused", "chain_not_trusted")
    assert "visit_too_long" in central.alarms()
