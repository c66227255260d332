"""What ``main.py central ...`` offers: make the centre, run its jobs. Collaborators come from main.py."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from db.central.connector import Connector, Messages, SendSms
from db.central.deferred_job import DeferredJob, DeferredParts
from db.central.deferred_notices import DeferredNotices
from db.central.digest import DigestJob
from db.central.ikd_job import IkdJob
from db.central.keys import CentreKeys, key_id, load_or_create
from db.central.listening import Job
from db.central.retention import RetentionJob
from db.central.roles import CONNECTOR, KEEPER, OWNER, SETTLE, STAFF_DESK
from db.central.schema import migrate
from db.central.settle import Settle
from db.central.staff_desk import StaffDeskJob
from db.central.staff_secrets import DEFAULT_COST, PinCost
from db.central.verdict import VerifyEvidence
from db.central.watchdog import WatchdogJob
from kiosk.ports.issuer import DigitalIdIssuer

_log = logging.getLogger(__name__)

CONNECTORS = 2
"""A gateway that takes its time must not hold up photos and profiles."""


IKD_JOBS = 2
"""One person's login goes on while the issuer takes its time over another's."""


@dataclass(frozen=True, slots=True)
class Centre:
    """An initialised centre: how its own jobs and its admin log in."""

    admin_dsn: str = field(repr=False)
    connector_dsn: str = field(repr=False)
    settle_dsn: str = field(repr=False)
    staff_dsn: str = field(repr=False)
    keeper_dsn: str = field(repr=False)
    keys: CentreKeys


def init_centre(admin_dsn: str, keys_folder: Path) -> Centre:
    """Create or migrate the centre's schema and roles, publish its public key. Safe to run again.

    ``admin_dsn``: a login that may create roles, connected to the centre's database. Raises psycopg.Error.
    """
    keys = load_or_create(keys_folder)
    migrate(admin_dsn, keys.job_passwords)
    with psycopg.connect(admin_dsn) as conn:
        conn.execute(f"SET ROLE {OWNER}")
        conn.execute(
            "INSERT INTO store.centre_key (key_id, public_key) VALUES (%s, %s) ON CONFLICT DO NOTHING",
            (key_id(keys.box_public_key), keys.box_public_key),
        )
    return centre_at(admin_dsn, keys)


def centre_at(admin_dsn: str, keys: CentreKeys, logins: Path | None = None) -> Centre:
    """The same without touching the database: where the jobs log in. ``logins``: folder of their certificates;
    None: by password, over a socket."""

    def login(role: str) -> str:
        return job_dsn(admin_dsn, role, keys.job_passwords[role], logins)

    return Centre(
        admin_dsn=admin_dsn,
        connector_dsn=login(CONNECTOR),
        settle_dsn=login(SETTLE),
        staff_dsn=login(STAFF_DESK),
        keeper_dsn=login(KEEPER),
        keys=keys,
    )


def job_dsn(dsn: str, role: str, password: str, logins: Path | None) -> str:
    """How a job logs in: by the certificate in ``logins``, else by password."""
    if logins is None:
        return make_conninfo(dsn, user=role, password=password)
    address = {name: value for name, value in conninfo_to_dict(dsn).items() if name not in ("user", "password")}
    return make_conninfo(
        "",
        **address
        | {
            "user": role,
            "sslmode": "verify-full",
            "ssl_min_protocol_version": "TLSv1.3",
            "sslcert": str(logins / f"{role}.crt"),
            "sslkey": str(logins / f"{role}.key"),
            "sslrootcert": str(logins / "ca.crt"),
        },
    )


def kiosk_dsn(admin_dsn: str, role: str, password: str) -> str:
    """DSN of a kiosk's login on the same server and database."""
    return make_conninfo(admin_dsn, user=role, password=password)


def run_jobs(
    centre: Centre,
    send_sms: SendSms,
    messages: Messages,
    verify_evidence: VerifyEvidence,
    stop: threading.Event,
    *,
    codes_per_visit: int = 3,
    codes_per_phone_day: int = 5,
    issuer: DigitalIdIssuer | None = None,
    digests: Path | None = None,
    deferred: DeferredParts | None = None,
) -> None:
    """Run the jobs until ``stop``; blocks. ``send_sms`` must be safe to call from two threads."""
    threads = start_jobs(
        centre, send_sms, messages, verify_evidence, stop,
        codes_per_visit=codes_per_visit, codes_per_phone_day=codes_per_phone_day, issuer=issuer,
        digests=digests, deferred=deferred,
    )  # fmt: skip
    for thread in threads:
        thread.join()


def start_jobs(
    centre: Centre,
    send_sms: SendSms,
    messages: Messages,
    verify_evidence: VerifyEvidence,
    stop: threading.Event,
    *,
    codes_per_visit: int = 3,
    codes_per_phone_day: int = 5,
    pin_cost: PinCost = DEFAULT_COST,
    issuer: DigitalIdIssuer | None = None,
    digests: Path | None = None,
    deferred: DeferredParts | None = None,
) -> list[threading.Thread]:
    """Start the jobs in threads of their own; join them after setting ``stop``. ``pin_cost``: of the staff's PINs.
    ``issuer``: of the digital identity; None: nobody can log in there. ``digests``: folder of the daily signed heads;
    None: none are written. ``deferred``: what decides deferred visits; None: they wait."""
    jobs: list[Job] = [
        Settle(centre.settle_dsn, centre.keys, verify_evidence),
        StaffDeskJob(centre.staff_dsn, centre.keys, unknown_cost=pin_cost),
    ]
    for _ in range(CONNECTORS):
        jobs.append(
            Connector(
                centre.connector_dsn, centre.keys, send_sms, messages,
                codes_per_visit=codes_per_visit, codes_per_phone_day=codes_per_phone_day,
            )
        )  # fmt: skip
    if issuer is not None:
        jobs += [IkdJob(centre.connector_dsn, centre.keys, issuer) for _ in range(IKD_JOBS)]
    jobs += [RetentionJob(centre.keeper_dsn), WatchdogJob(centre.keeper_dsn)]
    if digests is not None:
        jobs.append(DigestJob(centre.keeper_dsn, digests, centre.keys.digest_key))
    if deferred is not None:
        jobs += [
            DeferredJob(centre.settle_dsn, centre.keys, deferred.check, deferred.match),
            DeferredNotices(centre.connector_dsn, centre.keys, send_sms, deferred.words),
        ]
    threads = [threading.Thread(target=job.run, args=(stop,), name=job.name, daemon=True) for job in jobs]
    for thread in threads:
        thread.start()
    return threads
