"""The public keys that the centre writes are the file that a receipt is verified with."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from db.central.kiosks import disable_kiosk
from db.central.reports import public_keys
from db.local.keys import KioskSigner
from kiosk.receipt import VisitProof, receipt_code
from tests.db.central.test_centre_set_up import key_folder
from tests.db.support import CentralForTest

ROOT = Path(__file__).parents[3]
KIOSK = "kc-contoh-01"


def typed(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "main.py"), *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def receipt(signer: KioskSigner) -> str:
    proof = VisitProof(KIOSK, "1234567890123", datetime(2026, 11, 23, 3, tzinfo=UTC), 12, "ab" * 32)
    return receipt_code(proof, signer.sign)


def enrolled(central: CentralForTest, kiosk_id: str, signer: KioskSigner) -> None:
    central.kiosk(kiosk_id)
    central.run("UPDATE store.kiosk SET signing_key = %s WHERE kiosk_id = %s", signer.public_key, kiosk_id)


def test_a_kiosks_receipt_verifies_with_the_file_that_the_centre_wrote_and_a_strangers_does_not(
    central: CentralForTest, tmp_path: Path
) -> None:
    signer, stranger = KioskSigner(b"s" * 32), KioskSigner(b"x" * 32)
    enrolled(central, KIOSK, signer)
    keys = str(key_folder(tmp_path, central.centre.keys))
    written = typed("central", "report", "--public-keys", "--dsn", central.admin_dsn, "--keys", keys)
    assert (written.returncode, written.stderr) == (0, "")
    file = tmp_path / "keys.toml"
    file.write_text(written.stdout)
    genuine = typed("receipt", "verify", receipt(signer), "--keys", str(file))
    assert genuine.returncode == 0, genuine.stderr
    assert KIOSK in genuine.stdout
    assert typed("receipt", "verify", receipt(stranger), "--keys", str(file)).returncode == 1


def test_a_revoked_kiosks_key_stays_in_the_file_for_its_receipts_stay_genuine(central: CentralForTest) -> None:
    for number in (2, 1):
        enrolled(central, f"kc-contoh-0{number}", KioskSigner(bytes([number]) * 32))
    with psycopg.connect(central.admin_dsn, autocommit=True) as conn:
        disable_kiosk(conn, KIOSK)
        written = public_keys(conn)
    assert [line.partition(" = ")[0] for line in written.splitlines()] == [KIOSK, "kc-contoh-02"]
    assert f'"{KioskSigner(bytes([1]) * 32).public_key.hex()}"' in written
