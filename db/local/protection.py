"""How a key lies on the disk: one protocol, three ways, best first."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from kiosk.ports import LastingFault


class ProtectionKind(StrEnum):
    """Best first; the value is also the word of ``store.key_protection`` and of ``kiosk protect``."""

    TPM = "tpm"
    SYSTEMD = "systemd"
    FILE = "file"


class KeyTrouble(StrEnum):
    """Reasons of the LastingFault when a sealed key does not open, or cannot be sealed."""

    SEALED_ELSEWHERE = "key_sealed_elsewhere"  # another machine's TPM or host key, or a cleared TPM
    BOOT_CHANGED = "key_sealed_to_another_boot"  # PCR 7: Secure Boot, its keys or its databases changed
    DAMAGED = "key_damaged"
    TPM_ABSENT = "tpm_absent"
    TPM_BUSY = "tpm_busy"
    TPM_FAILED = "tpm_failed"
    TOOLS_MISSING = "tpm_tools_missing"
    SYSTEMD_ABSENT = "systemd_creds_missing"
    SYSTEMD_FAILED = "systemd_creds_failed"


class Protection(Protocol):
    """Seals one small secret into bytes for a file; unsealing happens at every start."""

    @property
    def kind(self) -> ProtectionKind: ...

    @property
    def suffix(self) -> str:
        """Ending of the key's file: the file itself says how it is protected."""

    @property
    def warning(self) -> str:
        """Key of the translation catalogue (``staff.detail_value``); empty when all is well."""

    def usable(self) -> bool:
        """Cheap look whether sealing has a chance here."""

    def seal(self, name: str, secret: bytes) -> bytes:
        """Raises LastingFault(KeyTrouble)."""

    def unseal(self, name: str, sealed: bytes) -> bytes:
        """Raises LastingFault(KeyTrouble)."""


@dataclass(frozen=True, slots=True)
class PlainFile:
    """Protects against a copied store, not against a stolen kiosk or a copied data folder."""

    kind: ProtectionKind = ProtectionKind.FILE
    suffix: str = ""
    warning: str = "keys_in_plain_file"

    def usable(self) -> bool:
        return True

    def seal(self, name: str, secret: bytes) -> bytes:
        return secret

    def unseal(self, name: str, sealed: bytes) -> bytes:
        return sealed


class ProgramFailed(Exception):
    """``said``: what the program wrote to stderr; programs run here never write secrets there."""

    def __init__(self, said: str) -> None:
        super().__init__()
        self.said = said


class ProgramHung(Exception):
    pass


def program(name: str) -> str | None:
    """Absolute path; a kiosk's PATH may lack the sbin folders."""
    return shutil.which(name) or shutil.which(name, path="/usr/bin:/bin:/usr/sbin:/sbin")


def run(command: Sequence[str], seconds: float, secret: bytes = b"", folder: Path | None = None) -> bytes:
    """stdout of ``command``, which reads ``secret`` from its stdin: no argument, variable or file shows it to other
    programs. Raises ProgramFailed, ProgramHung, OSError."""
    try:
        done = subprocess.run(command, input=secret, capture_output=True, timeout=seconds, cwd=folder, check=False)
    except subprocess.TimeoutExpired:
        raise ProgramHung from None  # its cause holds what the program had written
    if done.returncode:
        raise ProgramFailed(done.stderr.decode(errors="replace"))
    return done.stdout


def lasting(trouble: KeyTrouble) -> LastingFault:
    return LastingFault(trouble.value)
