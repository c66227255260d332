"""Seals a key with systemd-creds: to the TPM and the machine's host key, or to the host key alone.

The host key (/var/lib/systemd/credential.secret) lies on the kiosk's own disk and only root reads it. It keeps a copied
data folder or a backup shut; where there is no TPM it does not keep a stolen disk shut, and the warning says so.
"""

from __future__ import annotations

import os
from pathlib import Path

from db.local.protection import KeyTrouble, ProgramFailed, ProgramHung, ProtectionKind, lasting, program, run

TOOL = "systemd-creds"
TPM_DEVICE = Path("/dev/tpmrm0")
COMMAND_SECONDS = 10.0


class SystemdCredential:
    kind = ProtectionKind.SYSTEMD
    suffix = ".cred"

    @property
    def warning(self) -> str:
        return "" if TPM_DEVICE.exists() else "keys_bound_to_this_disk"

    def usable(self) -> bool:
        """Only root can make or read the host key."""
        return program(TOOL) is not None and os.geteuid() == 0

    def seal(self, name: str, secret: bytes) -> bytes:
        """Makes the host key where there is none."""
        keys = "host+tpm2" if TPM_DEVICE.exists() else "host"
        return self._run("encrypt", f"--with-key={keys}", f"--name={name}", content=secret)

    def unseal(self, name: str, sealed: bytes) -> bytes:
        return self._run("decrypt", f"--name={name}", content=sealed)

    def _run(self, what: str, *options: str, content: bytes) -> bytes:
        tool = program(TOOL)
        if tool is None:
            raise lasting(KeyTrouble.SYSTEMD_ABSENT)
        try:
            return run([tool, what, *options, "-", "-"], COMMAND_SECONDS, content)
        except ProgramFailed as failure:
            raise lasting(_trouble_of(failure.said)) from None
        except (ProgramHung, OSError):
            raise lasting(KeyTrouble.SYSTEMD_FAILED) from None


def _trouble_of(said: str) -> KeyTrouble:
    """The words of systemd 252 (Debian 12). A changed byte and another host key look the same to it; without a host
    key there is "no local credential key"."""
    if any(word in said for word in ("incorrect key", "refusing", "local credential key")) or "tpm" in said.lower():
        return KeyTrouble.SEALED_ELSEWHERE
    return KeyTrouble.DAMAGED if "too short" in said else KeyTrouble.SYSTEMD_FAILED
