"""Staff as the centre's admin keeps them: added, given new secrets, unlocked, disabled. ``conn`` is the admin's.

Every act is on record in staff_history, without a kiosk. Secrets are made here and given back once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import psycopg

from db.central.keys import CentreKeys
from db.central.roles import OWNER
from db.central.staff_rules import LOCK_AFTER
from db.central.staff_secrets import (
    DEFAULT_COST,
    PinCost,
    badge_hash,
    make_verifier,
    new_badge_token,
    new_totp_secret,
    provisioning_uri,
)
from kiosk.ports import BADGE_PREFIX, DECIDING_ROLES, USERNAME, StaffRole

_SIXTEEN = re.compile(r"[0-9]{16}", re.ASCII)
_PIN = re.compile(r"[0-9]{6}", re.ASCII)


@dataclass(frozen=True, slots=True)
class NewStaff:
    """``nik`` and ``kk_number`` keep this person from deciding on their own record and their family's."""

    username: str
    name: str
    role: StaffRole
    nik: str | None = field(repr=False, default=None)
    kk_number: str | None = field(repr=False, default=None)


@dataclass(frozen=True, slots=True)
class StaffSecrets:
    """What a person carries; the centre keeps nothing that could show it again."""

    totp_secret: str = field(repr=False)  # base32
    badge: str = field(repr=False)  # the whole text of the badge's code

    def provisioning_uri(self, username: str) -> str:
        return provisioning_uri(self.totp_secret, username)


@dataclass(frozen=True, slots=True)
class StaffLine:
    username: str
    name: str
    role: StaffRole
    enabled: bool
    locked: str  # "", "until ..", "until unlocked"
    last_sign_in: datetime | None


class StaffUnknown(Exception):
    pass


class StaffKnown(Exception):
    """The username is taken."""


def fresh_secrets() -> StaffSecrets:
    return StaffSecrets(new_totp_secret(), BADGE_PREFIX + new_badge_token())


def add_staff(  # noqa: PLR0917 - the last two have defaults for all but demo and tests
    conn: psycopg.Connection[Any],
    keys: CentreKeys,
    person: NewStaff,
    pin: str,
    given: StaffSecrets | None = None,
    cost: PinCost = DEFAULT_COST,
) -> StaffSecrets:
    """Raises ValueError on an impossible field, StaffKnown. Whether a PIN is a good one is the caller's to ask."""
    _check(person, pin)
    given = given or fresh_secrets()
    try:
        with _as_owner(conn):
            row = conn.execute(
                "INSERT INTO store.staff (username, name, role, nik, kk_number, badge_sha256, pin_parameters,"
                " pin_salt, pin_mac, pepper_id, totp_sealed) VALUES (%(username)s, %(name)s, %(role)s, %(nik)s,"
                " %(kk)s, %(badge)s, %(parameters)s, %(salt)s, %(mac)s, %(pepper)s, %(totp)s) RETURNING staff_id",
                {
                    "username": person.username,
                    "name": person.name,
                    "role": person.role.value,
                    "nik": person.nik,
                    "kk": person.kk_number,
                    **_kept(keys, pin, given, cost),
                },
            ).fetchone()
            _record(conn, row, "added")
    except psycopg.errors.UniqueViolation:
        raise StaffKnown(person.username) from None
    return given


def reset_staff(
    conn: psycopg.Connection[Any], keys: CentreKeys, username: str, pin: str, cost: PinCost = DEFAULT_COST
) -> StaffSecrets:
    """New PIN, TOTP secret and badge, e.g. for a lost phone; enabled and unlocked. Raises StaffUnknown, ValueError."""
    if not _PIN.fullmatch(pin):
        raise ValueError("PIN: 6 digits")
    given = fresh_secrets()
    with _as_owner(conn):
        row = conn.execute(
            "UPDATE store.staff SET badge_sha256 = %(badge)s, pin_parameters = %(parameters)s, pin_salt = %(salt)s,"
            " pin_mac = %(mac)s, pepper_id = %(pepper)s, totp_sealed = %(totp)s, totp_last_step = 0, failures = 0,"
            " locked_until = NULL, enabled = true WHERE username = %(username)s RETURNING staff_id",
            {"username": username, **_kept(keys, pin, given, cost)},
        ).fetchone()
        _end_sessions(conn, row, username, "reset")
        _record(conn, row, "reset")
    return given


def disable_staff(conn: psycopg.Connection[Any], username: str) -> None:
    """Out at once, everywhere. Raises StaffUnknown."""
    with _as_owner(conn):
        row = conn.execute(
            "UPDATE store.staff SET enabled = false WHERE username = %s RETURNING staff_id", (username,)
        ).fetchone()
        _end_sessions(conn, row, username, "disabled")
        _record(conn, row, "disabled")


def unlock_staff(conn: psycopg.Connection[Any], username: str) -> None:
    """Forget the wrong tries. Raises StaffUnknown."""
    with _as_owner(conn):
        row = conn.execute(
            "UPDATE store.staff SET failures = 0, locked_until = NULL WHERE username = %s RETURNING staff_id",
            (username,),
        ).fetchone()
        if row is None:
            raise StaffUnknown(username)
        _record(conn, row, "unlocked")


def list_staff(conn: psycopg.Connection[Any]) -> list[StaffLine]:
    with _as_owner(conn):
        rows = conn.execute(
            "SELECT s.username, s.name, s.role, s.enabled, s.failures >= %s,"
            " CASE WHEN s.locked_until > clock_timestamp() THEN s.locked_until END,"
            " (SELECT max(e.opened_at) FROM store.staff_session e WHERE e.staff_id = s.staff_id)"
            " FROM store.staff s ORDER BY s.username",
            (LOCK_AFTER,),
        ).fetchall()
    return [
        StaffLine(username, name, StaffRole(role), enabled, _locked(for_good, until), last)
        for username, name, role, enabled, for_good, until, last in rows
    ]


# ---- helpers


def _check(person: NewStaff, pin: str) -> None:
    if not USERNAME.fullmatch(person.username):
        raise ValueError("username: 3 to 40 of a-z, 0-9, '.', '_' and '-', beginning with a letter or digit")
    if not 1 <= len(person.name.strip()) <= 100:
        raise ValueError("name: 1 to 100 characters")
    for word, number in (("NIK", person.nik), ("KK", person.kk_number)):
        if number is not None and not _SIXTEEN.fullmatch(number):
            raise ValueError(f"{word}: 16 digits")
    if person.role in DECIDING_ROLES and (person.nik is None or person.kk_number is None):
        raise ValueError("whoever may decide needs NIK and KK: nobody decides on their own record or their family's")
    if not _PIN.fullmatch(pin):
        raise ValueError("PIN: 6 digits")


def _kept(keys: CentreKeys, pin: str, given: StaffSecrets, cost: PinCost) -> dict[str, object]:
    verifier = make_verifier(pin, keys, cost)
    return {
        "badge": badge_hash(given.badge.removeprefix(BADGE_PREFIX)),
        "parameters": verifier.parameters,
        "salt": verifier.salt,
        "mac": verifier.mac,
        "pepper": keys.pepper_id,
        "totp": keys.seal(given.totp_secret.encode()),
    }


@contextmanager
def _as_owner(conn: psycopg.Connection[Any]) -> Iterator[None]:
    with conn.transaction():
        conn.execute(f"SET LOCAL ROLE {OWNER}")
        yield


def _end_sessions(conn: psycopg.Connection[Any], row: tuple[Any, ...] | None, username: str, reason: str) -> None:
    if row is None:
        raise StaffUnknown(username)
    conn.execute(
        "UPDATE store.staff_session SET ended_at = clock_timestamp(), end_reason = %s"
        " WHERE staff_id = %s AND ended_at IS NULL",
        (reason, row[0]),
    )


def _record(conn: psycopg.Connection[Any], row: tuple[Any, ...] | None, outcome: str) -> None:
    conn.execute(
        "INSERT INTO store.staff_history (staff_id, step, outcome) VALUES (%s, 'admin', %s)",
        (row[0] if row else None, outcome),
    )


def _locked(for_good: bool, until: datetime | None) -> str:
    if for_good:
        return "until unlocked"
    return f"until {until.astimezone():%Y-%m-%d %H:%M}" if until else ""
