"""A receipt's code: whoever has the public key of the kiosk can tell a genuine one from any other text, offline."""

from __future__ import annotations

import base64
import json
import string
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
import segno

from db.local.keys import KioskSigner
from hardware.printer.escpos import QR_LEVEL, qr_raster
from kiosk.command_line import parser
from kiosk.commands import cmd_receipt
from kiosk.identity.codes import MachineCodeReader
from kiosk.journey.case_numbers import deferred_number, grouped
from kiosk.journey.ending import case_number
from kiosk.ports import StoreUnavailable
from kiosk.receipt import MAX_LETTERS, ReceiptRefusal, ReceiptRefused, VisitProof, check_receipt, receipt_code
from kiosk.runtime.receipt_proof import ReceiptProof
from tests.db.local.support import ENDED, HELP, KIOSK, PIN, SIGNER, STARTED, FakeClock, open_store
from tests.journey.support import VISIT_ID

PROOF = VisitProof(KIOSK, "7K2Q-9XMD", datetime(2026, 11, 28, 3, 4, 5, tzinfo=UTC), 1204, "0123456789abcdef")
KEYS = {KIOSK: [SIGNER.public_key]}
CODE = receipt_code(PROOF, SIGNER.sign)
OTHER = KioskSigner(bytes(range(64, 96)))


def _refusal(text: str, keys: dict[str, list[bytes]] = KEYS) -> ReceiptRefusal:
    with pytest.raises(ReceiptRefused) as refused:
        check_receipt(text, keys)
    return refused.value.reason


def test_a_genuine_code_tells_who_when_which_number_and_which_link() -> None:
    assert check_receipt(CODE, KEYS) == PROOF


def test_the_longest_code_fits_a_qr_code_of_version_10_at_the_printers_level() -> None:
    longest = VisitProof("k" * 40, grouped(deferred_number(VISIT_ID)), PROOF.at, 10**9, "f" * 64)
    code = receipt_code(longest, SIGNER.sign)
    drawn = segno.make(code, error=QR_LEVEL, micro=False)
    assert isinstance(drawn.version, int) and drawn.version <= 10
    assert drawn.mode == "alphanumeric" and len(code) <= MAX_LETTERS


def test_the_printed_code_is_read_by_the_kiosks_own_reader_and_verifies() -> None:
    pixels = np.asarray(qr_raster(CODE).convert("L").resize((640, 640)), np.uint8)
    (text,) = MachineCodeReader().read(pixels)
    assert check_receipt(text, KEYS) == PROOF


@pytest.mark.parametrize("other", [*string.ascii_uppercase, *string.digits, "a", ":", "-", " ", "=", "é", "\n"])
def test_one_other_letter_anywhere_is_refused(other: str) -> None:
    for place, letter in enumerate(CODE):
        if letter != other:
            _refusal(CODE[:place] + other + CODE[place + 1 :])


def test_one_letter_more_or_less_anywhere_is_refused() -> None:
    for place in range(len(CODE)):
        _refusal(CODE[:place] + CODE[place + 1 :])
        _refusal(CODE[:place] + "A" + CODE[place:])
    for text in (CODE + "A", CODE + "=", CODE + " ", CODE + "\n", " " + CODE, CODE.lower()):
        _refusal(text)


@pytest.mark.parametrize(
    "text",
    ["", "BPJSK:" + VISIT_ID, "BPJSK1", ":" * 200, "7" * 4000, "BPJSK1:" + "A" * 103, CODE.replace("T03", "T33")],
)
def test_what_is_no_receipt_is_garbage(text: str) -> None:
    assert _refusal(text) is ReceiptRefusal.GARBAGE


def test_an_unknown_kiosk_and_another_kiosks_signature_each_have_their_word() -> None:
    assert _refusal(CODE, {"kiosk-other-01": [SIGNER.public_key]}) is ReceiptRefusal.UNKNOWN_KIOSK
    assert _refusal(CODE, {KIOSK: [OTHER.public_key]}) is ReceiptRefusal.BAD_SIGNATURE
    forged = receipt_code(replace(PROOF, kiosk_id="kiosk-other-01"), SIGNER.sign)
    assert _refusal(forged, KEYS | {"kiosk-other-01": [OTHER.public_key]}) is ReceiptRefusal.BAD_SIGNATURE


def test_what_the_same_key_signed_for_another_purpose_is_no_receipt() -> None:
    body = CODE.rpartition(":")[0]
    for message in (body.encode(), b"bpjs-face-evidence-2\n" + body.encode()):
        signature = base64.b32encode(SIGNER.sign(message)).decode().rstrip("=")
        assert _refusal(f"{body}:{signature}") is ReceiptRefusal.BAD_SIGNATURE


def test_an_old_receipt_verifies_after_the_kiosk_got_another_key() -> None:
    assert check_receipt(CODE, {KIOSK: [OTHER.public_key, SIGNER.public_key]}) == PROOF


def test_what_a_code_cannot_carry_is_not_signed() -> None:
    for wrong in (replace(PROOF, number="a:b"), replace(PROOF, seq=0), replace(PROOF, chain_hash="xyz")):
        with pytest.raises(ValueError, match="receipt"):
            receipt_code(wrong, SIGNER.sign)


def test_the_store_gives_the_last_link_of_the_visit_whatever_was_recorded_after_it(tmp_path: Path) -> None:
    clock = FakeClock()
    store = open_store(tmp_path, clock)
    clock.advance(1)
    store.record(VISIT_ID, [STARTED, HELP, PIN, ENDED])
    clock.advance(1)
    store.record("", [HELP])
    proof = ReceiptProof(KIOSK, SIGNER, store.last_link)
    number = case_number(VISIT_ID)
    told = check_receipt(proof.code(VISIT_ID, number), KEYS)
    last = store.pending(10)[3]
    assert (told.number, told.seq, told.chain_hash) == (number, last.seq, last.hash[:16])
    assert told.at == datetime(2026, 11, 23, 3, 0, 1, tzinfo=UTC)
    for private in (PIN.ticket, VISIT_ID, VISIT_ID.upper()):
        assert private not in proof.code(VISIT_ID, number)
    assert proof.code("no such visit", number) == ""
    store.close()
    assert proof.code(VISIT_ID, number) == ""


def test_a_store_that_fails_costs_the_proof_and_not_the_receipt() -> None:
    def fails(_visit: str) -> None:
        raise StoreUnavailable("disk_full")

    assert ReceiptProof(KIOSK, SIGNER, fails).code(VISIT_ID, "7K2Q-9XMD") == ""


def _verify(text: str, keys: Path) -> int:
    args = parser([cmd_receipt]).parse_args(["receipt", "verify", text, "--keys", str(keys)])
    return int(args.command(args))


@pytest.mark.parametrize("form", ["toml", "json", "list"])
def test_the_command_says_what_a_genuine_code_proves(
    form: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keys, key = tmp_path / ("k.json" if form == "json" else "k.toml"), SIGNER.public_key.hex()
    content = {"toml": f'{KIOSK} = "{key}"', "json": json.dumps({KIOSK: key}), "list": f'{KIOSK} = ["{key}"]'}
    keys.write_text(content[form])
    assert _verify(CODE, keys) == 0
    said = capsys.readouterr().out
    assert "genuine" in said and KIOSK in said and "7K2Q-9XMD" in said and "2026-11-28 03:04:05 UTC" in said
    assert _verify(CODE[:-1] + ("A" if CODE[-1] != "A" else "Q"), keys) == 1
    assert "refused: " in capsys.readouterr().err


@pytest.mark.parametrize("content", ["", "x = 3", "x = 'abcd'", "not toml", "[x]\ny = 1"])
def test_a_keys_file_without_this_kiosk_or_without_sense_is_told(
    content: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keys = tmp_path / "keys.toml"
    keys.write_text(content)
    assert _verify(CODE, keys) == (2 if content else 1)
    said = capsys.readouterr().err
    assert ("unknown_kiosk" if not content else "keys: ") in said
    assert _verify(CODE, tmp_path / "none.toml") == 2
