"""What the ikd job seals for a visit, as JSON: the offer of a login, and the facts it brought."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from kiosk.ports import FactSource, LoginOffer, PersonFacts
from kiosk.ports.issuer import LoginBegun


def offer_text(begun: LoginBegun) -> bytes:
    return json.dumps({"uri": begun.uri, "user_code": begun.user_code, "valid_seconds": begun.valid_seconds}).encode()


def read_offer(login_id: str, text: bytes) -> LoginOffer:
    told = json.loads(text)
    return LoginOffer(login_id, told["uri"], told["user_code"], told["valid_seconds"])


def facts_text(facts: PersonFacts) -> bytes:
    told: dict[str, Any] = {
        "source": facts.source.value,
        "nik": facts.nik,
        "name": facts.name,
        "birth_date": facts.birth_date.isoformat() if facts.birth_date else None,
        "address": facts.address,
        "marital_status": facts.marital_status,
    }
    return json.dumps(told).encode()


def read_facts(text: bytes) -> PersonFacts:
    told = json.loads(text)
    born = told["birth_date"]
    return PersonFacts(
        FactSource(told["source"]),
        told["nik"],
        told["name"],
        date.fromisoformat(born) if born else None,
        told["address"],
        told["marital_status"],
    )
