"""What a participant may see after the match, read and masked for the connector to seal.

Each takes the ticket's participant and nothing that the kiosk says: nobody else's record can be asked for.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable

from db.central.keys import CentreKeys
from db.central.listening import Connection
from db.central.reads_wire import MAX_ROWS, family_text, history_text
from db.central.request_rows import Request
from db.central.wire import RequestKind
from kiosk.ports import (
    AccountHistory,
    AccountStatus,
    ContactChange,
    FamilyMember,
    FamilyRelation,
    LoginChannel,
    LoginOutcome,
    LoginRecord,
    VerificationOutcome,
    VerificationRecord,
)

MAX_NAME_CHARS = 100
"""No name on an e-KTP is as long; the register's column has no limit of its own."""

Read = Callable[[Connection, CentreKeys, Request], bytes | None]
"""None: there is no such participant any more."""


def profile(conn: Connection, _keys: CentreKeys, request: Request) -> bytes | None:
    row = conn.execute(
        "SELECT p.name, p.birth_date, p.nik, p.card_number, p.phone, p.membership, a.verified_at,"
        " p.address, p.marital_status FROM store.participant p"
        " LEFT JOIN store.account a USING (participant_id) WHERE participant_id = %s",
        (request.participant_id,),
    ).fetchone()
    if row is None:
        return None
    name, birth_date, nik, card_number, phone, membership, verified_at, address, marital_status = row
    told = {
        "name": name,
        "birth_date": birth_date.isoformat(),
        "nik": nik,
        "card_number": card_number or "",
        "masked_phone": mask_phone(phone),
        "membership": membership,
        "verified_since": verified_at.date().isoformat() if verified_at else None,
        "address": address or "",
        "marital_status": marital_status or "",
    }
    return json.dumps(told).encode()


def family(conn: Connection, keys: CentreKeys, request: Request) -> bytes:
    """Those for whom the participant is responsible. A link is read in this direction only: being named by somebody
    shows nothing of theirs."""
    rows = conn.execute(
        "SELECT l.member_id, left(m.name, %s), l.relation, m.birth_date, m.membership, a.status"
        " FROM store.family_link l JOIN store.participant m ON m.participant_id = l.member_id"
        " LEFT JOIN store.account a ON a.participant_id = l.member_id"
        " WHERE l.participant_id = %s ORDER BY m.birth_date, l.member_id LIMIT %s",
        (MAX_NAME_CHARS, request.participant_id, MAX_ROWS),
    ).fetchall()
    return family_text(
        tuple(
            FamilyMember(
                reference=member_reference(keys, str(request.ticket), member_id),
                name=name,
                relation=FamilyRelation(relation),
                birth_date=birth_date,
                membership=membership,
                account=AccountStatus(status or AccountStatus.UNVERIFIED),
            )
            for member_id, name, relation, birth_date, membership, status in rows
        )
    )


def member_reference(keys: CentreKeys, ticket: str, member_id: int) -> str:
    """32 hex digits, the same again for a ticket. Under the pepper, so that ids cannot be tried out; over
    more bytes than a PIN's 32, so that neither passes for the other."""
    return hmac.digest(keys.pepper, f"family-member:{ticket}:{member_id}".encode(), "sha256").hex()[:32]


def history(conn: Connection, _keys: CentreKeys, request: Request) -> bytes:
    """Why a visit was refused, and who changed a number, stay with the centre. A login that a feed dates past Python's
    calendar, or to come, is left out: it would end the job, or stand first for ever."""
    of = (request.participant_id, MAX_ROWS)
    account = conn.execute(
        "SELECT status, verified_at FROM store.account WHERE participant_id = %s", of[:1]
    ).fetchone() or (AccountStatus.UNVERIFIED, None)
    logins = conn.execute(
        "SELECT at, channel, outcome, device, place FROM store.login"
        " WHERE participant_id = %s AND at BETWEEN '2000-01-01' AND clock_timestamp() + interval '5 minutes'"
        " ORDER BY at DESC, login_id DESC LIMIT %s",
        of,
    ).fetchall()
    verifications = conn.execute(
        "SELECT decided_at, kiosk_id, outcome FROM store.verification"
        " WHERE participant_id = %s ORDER BY decided_at DESC LIMIT %s",
        of,
    ).fetchall()
    changes = conn.execute(
        "SELECT at, old_masked, new_masked FROM store.contact_change"
        " WHERE participant_id = %s ORDER BY at DESC, contact_change_id DESC LIMIT %s",
        of,
    ).fetchall()
    return history_text(
        AccountHistory(
            status=AccountStatus(account[0]),
            since=account[1],
            logins=tuple(
                LoginRecord(at, LoginChannel(by), LoginOutcome(out), *words) for at, by, out, *words in logins
            ),
            verifications=tuple(
                VerificationRecord(at, kiosk_id, VerificationOutcome(outcome))
                for at, kiosk_id, outcome in verifications
            ),
            contact_changes=tuple(ContactChange(*row) for row in changes),
        )
    )


READS: dict[RequestKind, Read] = {
    RequestKind.PROFILE: profile,
    RequestKind.FAMILY: family,
    RequestKind.HISTORY: history,
}
"""What is served after the match."""


def mask_phone(phone: str | None) -> str:
    """'+6281234567890' -> '0812-xxxx-890': enough for the owner to know it, too little to call it."""
    if not phone:
        return ""
    national = "0" + phone.removeprefix("+62")
    return f"{national[:4]}-xxxx-{national[-3:]}"
