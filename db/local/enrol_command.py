"""``main.py kiosk ...``: the technician's half of an enrolment; the other acts are ``local_command``'s.

The code is typed, or read from stdin; it is no argument, because those stand in the list of processes.
"""

from __future__ import annotations

import argparse
import getpass
import sys
from pathlib import Path

from db.central.enrolment_wire import MAX_FILE_BYTES
from db.central.secret_files import write_private
from db.local.assembly import key_folder
from db.local.local_command import LOCAL_ACTS, run_local
from db.local.store import STORE_FILE
from db.local.tls_identity import AnswerRefused, TlsIdentity
from kiosk.config import Settings
from kiosk.ports import Clock, LastingFault


def run_kiosk(args: argparse.Namespace, settings: Settings, clock: Clock) -> int:
    """0 when done; 2 and one sentence when not."""
    if args.what in LOCAL_ACTS:
        return run_local(args, settings, clock)
    keys = key_folder(settings, enrolling=True)
    identity = TlsIdentity(keys)
    kiosk_id = settings.site.kiosk_id
    try:
        if args.what == "csr":
            if args.renew and not identity.enrolled:
                return _fail("this kiosk is not enrolled yet: without --renew, with a code from the centre")
            signer = keys.open(store_exists=(settings.data_dir / STORE_FILE).exists()).signer
            code = None if args.renew else _code(args.code_stdin)
            write_private(args.out, identity.request(kiosk_id, signer, code).encode())
            act = "rotate" if args.renew else "enroll"
            _say(f"request of {kiosk_id}: {args.out}\nAt the centre: main.py central {act} {kiosk_id} --request ...")
            return 0
        dsn = identity.install(kiosk_id, _text(args.answer))
        _say(f'{kiosk_id} is enrolled. In kiosk.toml:\n\n[centre]\ndsn = "{dsn}"')
    except AnswerRefused as refused:
        return _fail(f"refused: {refused.fault.value}")
    except LastingFault as fault:
        return _fail(f"keys: {fault}")
    except (OSError, ValueError) as fault:
        return _fail(str(fault))
    return 0


def _code(from_stdin: bool) -> str:
    return sys.stdin.readline().strip() if from_stdin else getpass.getpass("Code from the centre: ")


def _text(path: Path) -> str:
    with path.open(encoding="utf-8", errors="replace") as file:
        return file.read(MAX_FILE_BYTES + 1)


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")


def _fail(why: str) -> int:
    sys.stderr.write(why + "\n")
    return 2
