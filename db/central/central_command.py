"""``main.py central ...``: make the centre, enrol, renew, revoke and re-anchor its kiosks, report, take what other
systems tell, run its jobs.

The database is named with ``--dsn``, the folder of the centre's keys with ``--keys``:
``*.key``, ``*.password`` (jobs), ``ca/`` (authority: for everything but ``run``), ``server/`` (for the server),
``jobs/`` (the jobs' certificates), ``address`` (where kiosks find the servers).
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict

from db.central import certificates, enrolment
from db.central.admin_access import Impossible, keys_of
from db.central.central_jobs import Collaborate, leave, over_tcp, run_demo, run_until_stopped
from db.central.commands import init_centre, job_dsn
from db.central.enrolment import EnrolmentRefused
from db.central.enrolment_wire import MAX_FILE_BYTES
from db.central.pki import Authority, load_authority, load_or_create_authority
from db.central.roles import FEED
from db.central.secret_files import write_private
from db.central.server_files import due_files, write_job_logins, write_server_files
from kiosk.config import Settings
from kiosk.ports import LastingFault

Connection = psycopg.Connection[Any]


def run_central(args: argparse.Namespace, settings: Settings, collaborate: Collaborate) -> int:
    """0 when done, 1 when some rows of a feed were refused; 2 and one sentence when it could not be done."""
    try:
        match args.what:
            case "demo":
                leave(run_demo(settings, collaborate))
            case "run":
                with collaborate(settings, False) as parts:
                    run_until_stopped(args.dsn, args.keys, args.digests, settings, parts)
                leave()
            case "init":
                _init(args)
            case "feed":
                return _feed(args)
            case _:
                with _admin(args) as conn:
                    _ACTS[args.what](args, settings, conn)
    except EnrolmentRefused as refused:
        return _fail(f"refused: {refused.refusal.value}")
    except TimeoutError:
        return _fail("the login is closed, but a session of it is still there; end it at the server")
    except FileNotFoundError as missing:
        return _fail(f"missing: {missing.filename or missing}")
    except LastingFault as fault:
        return _fail(f"settings: {fault}")
    except (Impossible, ValueError, OSError) as fault:
        return _fail(str(fault))
    except psycopg.Error as error:  # its text may quote a row
        return _fail(f"the centre's database refused: {type(error).__name__}")
    return 0


# ---- acts


def _init(args: argparse.Namespace) -> None:
    """Safe to run again; each time the jobs get new certificates and the revocation list is written."""
    if args.address:
        args.address = enrolment.checked_address(args.address)
    init_centre(args.dsn, args.keys)
    authority = load_or_create_authority(args.keys / "ca")
    write_job_logins(args.keys / "jobs", authority)
    if args.address:
        write_private(args.keys / "address", args.address.encode())
    if args.server_name:
        database = str(conninfo_to_dict(args.dsn).get("dbname") or "")
        write_server_files(args.keys / "server", authority, args.server_name, database)
        _say(f"for the server: {args.keys / 'server'}")
    with psycopg.connect(args.dsn, autocommit=True) as conn:
        _publish(args, conn, authority)
    _say("the centre is ready")


def _feed(args: argparse.Namespace) -> int:
    """By the feed login's certificate, or as whoever the admin is at the server itself."""
    from db.central.feed import FeedKind, bring  # noqa: PLC0415 - for this act only

    dsn = job_dsn(args.dsn, FEED, "", args.keys / "jobs") if over_tcp(args.dsn) else args.dsn
    with psycopg.connect(dsn, autocommit=True) as conn, args.file.open(encoding="utf-8", errors="replace") as lines:
        brought = bring(conn, FeedKind(args.kind), lines)
    _say(f"taken {brought.taken}, known before {brought.known}, refused {len(brought.refused)}")
    for number, reason in brought.refused:
        _say(f"  line {number}: {reason}")
    return 1 if brought.refused else 0


def _enroll(args: argparse.Namespace, settings: Settings, conn: Connection) -> None:
    if args.request is None:
        code = enrolment.make_code(conn, args.kiosk_id)
        _say(f"{args.kiosk_id}: shown once, for a day and {enrolment.CODE_TRIES} tries\n\n    {code}\n")
        _say("At the kiosk: main.py kiosk csr --out REQUEST, and type the code.")
        return
    authority = _authority(args)
    allowance = settings.centre.lookups_per_kiosk_day
    answer = enrolment.enrol(conn, authority, args.kiosk_id, _request(args), _address(args), allowance)
    _hand_out(args, conn, authority, answer)


def _rotate(args: argparse.Namespace, _settings: Settings, conn: Connection) -> None:
    authority = _authority(args)
    answer = enrolment.rotate(conn, authority, args.kiosk_id, _request(args), _address(args))
    _hand_out(args, conn, authority, answer)


def _revoke(args: argparse.Namespace, _settings: Settings, conn: Connection) -> None:
    authority = _authority(args)
    ended = enrolment.revoke(conn, args.kiosk_id, args.reason)
    _publish(args, conn, authority)
    _say(f"{args.kiosk_id} is out: login closed, no session left, {ended} certificate(s) revoked")


def _reanchor(args: argparse.Namespace, _settings: Settings, conn: Connection) -> None:
    """After a poisoned head: the chain goes on behind an event that staff trust, in a new epoch."""
    with conn.transaction():
        head = conn.execute("SELECT seq FROM store.head WHERE kiosk_id = %s FOR UPDATE", (args.kiosk_id,)).fetchone()
        if head is None:
            raise Impossible(f"no kiosk is called {args.kiosk_id}")
        if not 0 <= args.seq <= head[0]:
            raise Impossible(f"the head is at {head[0]}: name an event from 0 to there")
        conn.execute("SELECT store.reanchor(%s, %s)", (args.kiosk_id, args.seq))
        row = conn.execute("SELECT seq, epoch FROM store.head WHERE kiosk_id = %s", (args.kiosk_id,)).fetchone()
    if row is not None:
        _say(f"{args.kiosk_id} goes on after event {row[0]} in epoch {row[1]}")


def _report(args: argparse.Namespace, _settings: Settings, conn: Connection) -> None:
    from db.central.reports import fleet_report, public_keys, report_lines  # noqa: PLC0415 - for this act only

    if args.public_keys:
        sys.stdout.write(public_keys(conn))
        return
    for line in report_lines(fleet_report(conn)):
        _say(line)
    due = [(entry.kiosk_id, entry.not_after) for entry in certificates.due_certificates(conn)]
    due += [(file.name, ends) for file, ends in due_files(args.keys)]
    _say(f"\ncertificates to renew: {len(due)}")
    for name, ends in due:
        _say(f"  {name:<24} ends {ends:%Y-%m-%d}")


_ACTS: dict[str, Callable[[argparse.Namespace, Settings, Connection], None]] = {
    "enroll": _enroll, "rotate": _rotate, "revoke": _revoke, "reanchor": _reanchor, "report": _report,
}  # fmt: skip


# ---- what the acts share


@contextmanager
def _admin(args: argparse.Namespace) -> Iterator[Connection]:
    with psycopg.connect(args.dsn, autocommit=True) as conn:
        keys_of(conn, args.keys)
        yield conn


def _authority(args: argparse.Namespace) -> Authority:
    try:
        return load_authority(args.keys / "ca")
    except FileNotFoundError:
        raise Impossible("--keys: no ca/ca.key and ca/ca.crt there; central init makes them") from None


def _address(args: argparse.Namespace) -> str:
    if args.address:
        return enrolment.checked_address(args.address)
    file: Path = args.keys / "address"
    if not file.is_file():
        raise Impossible("--address: where kiosks find the centre (central init --address keeps it)")
    return enrolment.checked_address(file.read_text())


def _request(args: argparse.Namespace) -> str:
    with args.request.open(encoding="utf-8", errors="replace") as file:
        text: str = file.read(MAX_FILE_BYTES + 1)
    return text


def _hand_out(args: argparse.Namespace, conn: Connection, authority: Authority, answer: str) -> None:
    write_private(args.out, answer.encode())
    _publish(args, conn, authority)
    _say(f"answer for {args.kiosk_id}: {args.out}\nAt the kiosk: main.py kiosk enrol --answer {args.out.name}")


def _publish(args: argparse.Namespace, conn: Connection, authority: Authority) -> None:
    """Write the revocation list where the server reads it, and have it read."""
    file: Path = args.crl or args.keys / "server" / "crl.pem"
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_private(file, certificates.revocations(conn, authority), mode=0o644)
    try:
        conn.execute("SELECT pg_reload_conf()")
    except psycopg.errors.InsufficientPrivilege:
        _say(f"this login may not reload the server: do that yourself, so that it reads {file}")


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _fail(why: str) -> int:
    sys.stderr.write(why + "\n")
    return 2
