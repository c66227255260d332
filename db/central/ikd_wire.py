"""What the ikd job seals for a visit, as JSON: the offer of a login, and the facts it brought."""

from __future__ import annotations

import json
from datetime import date
from typing import Any, Literal

from pydantic import BaseModel, Field, TypeAdapter

from db.central.reads_wire import read_strictly
from kiosk.ports import FactSource, LoginOffer, PersonFacts
from kiosk.ports.issuer import LoginBegun

MAX_VALID_SECONDS = 600.0
"""The longest that a site can set is 120 s."""


class _OfferTold(BaseModel):
    uri: str = Field(min_length=1, max_length=2048)  # the issuer's client takes 1,800
    user_code: str = Field(max_length=64)
    valid_seconds: float = Field(gt=0, le=MAX_VALID_SECONDS, allow_inf_nan=False)


class _FactsTold(BaseModel):
    """Twice as long as the job lets any of it become."""

    source: Literal["ikd"]
    nik: str = Field(pattern=r"^[0-9]{16}$")
    name: str = Field(max_length=200)
    birth_date: date | None
    address: str = Field(max_length=600)
    marital_status: str = Field(max_length=40)


_OFFER = TypeAdapter(_OfferTold)
_FACTS = TypeAdapter(_FactsTold)


def offer_text(begun: LoginBegun) -> bytes:
    return json.dumps({"uri": begun.uri, "user_code": begun.user_code, "valid_seconds": begun.valid_seconds}).encode()


def read_offer(login_id: str, text: bytes) -> LoginOffer:
    """Raises CentreRefused when it is anything else."""
    told = read_strictly(_OFFER, text)
    return LoginOffer(login_id, told.uri, told.user_code, told.valid_seconds)


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
    """Raises CentreRefused when it is anything else."""
    told = read_strictly(_FACTS, text)
    return PersonFacts(FactSource(told.source), told.nik, told.name, told.birth_date, told.address, told.marital_status)
