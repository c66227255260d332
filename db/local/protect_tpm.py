"""Seals a key to this machine's TPM 2.0 through Debian's tpm2-tools.

A sealed object under an ECC primary of the owner hierarchy, made anew each time from the TPM's own seed, with a policy
on PCR 7 (Secure Boot state and keys): it opens on this machine, started by the same keys, and nowhere else. The
policy session is salted with the primary and encrypts its answer, so a listener on the bus does not see the key.
Left out: an attacker between TPM and mainboard, and one who gets into the running system.
"""

from __future__ import annotations

import base64
import json
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from db.local.protection import (
    KeyTrouble,
    ProgramFailed,
    ProgramHung,
    ProtectionKind,
    lasting,
    program,
    run,
)

PCRS = "sha256:7"
ATTRIBUTES = "fixedtpm|fixedparent|noda|adminwithpolicy"
"""No userwithauth: without the policy an empty password would open it. noda: a changed PCR must not lock the TPM."""
DEVICE = Path("/dev/tpmrm0")
TCTI = "TPM2TOOLS_TCTI"
COMMAND_SECONDS = 10.0
"""A discrete TPM makes an ECC primary in well under 1 s; the kernel waits for a busy chip by itself."""
TOOLS = ("tpm2_createprimary", "tpm2_create", "tpm2_load", "tpm2_unseal", "tpm2_startauthsession", "tpm2_policypcr")

_CODE = re.compile(r"\((0x[0-9A-Fa-f]+)\)")
_TROUBLE_OF_CODE = {
    0x1DF: KeyTrouble.SEALED_ELSEWHERE,  # TPM_RC_INTEGRITY of the private part: another parent
    0x99D: KeyTrouble.BOOT_CHANGED,  # TPM_RC_POLICY_FAIL
    0x921: KeyTrouble.TPM_BUSY,  # TPM_RC_LOCKOUT
    0x922: KeyTrouble.TPM_BUSY,  # TPM_RC_RETRY
    0x908: KeyTrouble.TPM_BUSY,  # TPM_RC_YIELDED
    0x90A: KeyTrouble.TPM_BUSY,  # TPM_RC_TESTING
}


class TpmSeal:
    kind = ProtectionKind.TPM
    suffix = ".tpm"
    warning = ""

    def __init__(self, seconds: float = COMMAND_SECONDS) -> None:
        """``seconds``: limit of one command."""
        self._seconds = seconds

    def usable(self) -> bool:
        return (bool(os.environ.get(TCTI)) or DEVICE.exists()) and all(program(tool) for tool in TOOLS)

    def seal(self, name: str, secret: bytes) -> bytes:
        with self._session() as folder:
            self._primary(folder)
            self._tool(folder, "tpm2_createpolicy", "--policy-pcr", "-l", PCRS, "-L", "policy")
            create = ("tpm2_create", "-C", "primary", "-i", "-", "-L", "policy", "-a", ATTRIBUTES)
            self._tool(folder, *create, "-u", "public", "-r", "private", secret=secret)
            parts = {part: base64.b64encode((folder / part).read_bytes()).decode() for part in ("public", "private")}
            return json.dumps({"pcrs": PCRS, **parts}).encode()

    def unseal(self, name: str, sealed: bytes) -> bytes:
        with self._session() as folder:
            try:
                parts = json.loads(sealed)
                pcrs = str(parts["pcrs"])
                for part in ("public", "private"):
                    (folder / part).write_bytes(base64.b64decode(parts[part], validate=True))
            except (ValueError, KeyError, TypeError):
                raise lasting(KeyTrouble.DAMAGED) from None
            self._primary(folder)
            self._tool(folder, "tpm2_load", "-C", "primary", "-u", "public", "-r", "private", "-c", "object")
            self._tool(folder, "tpm2_startauthsession", "--policy-session", "-S", "session", "-c", "primary")
            self._tool(folder, "tpm2_policypcr", "-S", "session", "-l", pcrs)
            return self._tool(folder, "tpm2_unseal", "-c", "object", "-p", "session:session", quiet=False)

    # ------------------------------------------------------------ inside

    @contextmanager
    def _session(self) -> Iterator[Path]:
        """A folder for contexts, which hold no secret in the clear; loaded objects and sessions leave with it."""
        if not os.environ.get(TCTI) and not DEVICE.exists():
            raise lasting(KeyTrouble.TPM_ABSENT)
        if not all(program(tool) for tool in TOOLS):
            raise lasting(KeyTrouble.TOOLS_MISSING)
        with tempfile.TemporaryDirectory(prefix="kiosk-tpm-") as name:
            folder = Path(name)
            try:
                yield folder
            finally:
                if (folder / "session").exists():
                    self._clean_up(folder, "session")
                self._clean_up(folder, "-t")
                self._clean_up(folder, "-l")  # tpm2_createpolicy leaves its trial session where no kernel ends it

    def _primary(self, folder: Path) -> None:
        self._tool(folder, "tpm2_createprimary", "-C", "o", "-g", "sha256", "-G", "ecc", "-c", "primary")

    def _tool(self, folder: Path, tool: str, *arguments: str, secret: bytes = b"", quiet: bool = True) -> bytes:
        path = program(tool)
        if path is None:
            raise lasting(KeyTrouble.TOOLS_MISSING)
        connection = () if os.environ.get(TCTI) else ("-T", f"device:{DEVICE}")
        try:
            answer = run([path, *connection, *(("-Q",) if quiet else ()), *arguments], self._seconds, secret, folder)
        except ProgramHung:
            raise lasting(KeyTrouble.TPM_BUSY) from None
        except ProgramFailed as failure:
            raise lasting(_trouble_of(failure.said)) from None
        except OSError:
            raise lasting(KeyTrouble.TPM_FAILED) from None
        if os.environ.get(TCTI, "device:").partition(":")[0] != "device":
            self._clean_up(folder, "-t")  # without the kernel's resource manager objects stay loaded, three at most
        return answer

    def _clean_up(self, folder: Path, what: str) -> None:
        path = program("tpm2_flushcontext")
        connection = () if os.environ.get(TCTI) else ("-T", f"device:{DEVICE}")
        try:
            if path is not None:
                run([path, *connection, what], self._seconds, folder=folder)
        except (ProgramFailed, ProgramHung, OSError):
            return  # the command before it has told what is wrong


def _trouble_of(said: str) -> KeyTrouble:
    for code in _CODE.findall(said):
        if int(code, 16) in _TROUBLE_OF_CODE:
            return _TROUBLE_OF_CODE[int(code, 16)]
    if "Device or resource busy" in said:
        return KeyTrouble.TPM_BUSY
    if "Could not load tcti" in said or "Failed to instantiate TCTI" in said:
        return KeyTrouble.TPM_ABSENT
    return KeyTrouble.DAMAGED if "Error deserializing" in said else KeyTrouble.TPM_FAILED
