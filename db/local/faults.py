"""What SQLite's result codes mean to the kiosk: a closed set of words, nothing of the statement."""

from __future__ import annotations

import errno
from enum import StrEnum

from kiosk.ports import StoreUnavailable

_PRIMARY_CODE = 0xFF
"""SQLite's extended result codes keep the primary code in the low byte."""


class StoreTrouble(StrEnum):
    DISK_FULL = "disk_full"
    READ_ONLY = "read_only"
    DAMAGED = "damaged"  # or opened with another key: SQLCipher cannot tell these apart
    LOCKED = "locked"
    IO = "io"
    CLOSED = "closed"
    EVENT_MALFORMED = "event_malformed"  # the centre could never accept it
    EVENT_TOO_LARGE = "event_too_large"
    PAYLOAD_TOO_LARGE = "payload_too_large"


_TROUBLE_OF_CODE = {
    3: StoreTrouble.READ_ONLY,  # SQLITE_PERM
    5: StoreTrouble.LOCKED,  # SQLITE_BUSY
    6: StoreTrouble.LOCKED,  # SQLITE_LOCKED
    8: StoreTrouble.READ_ONLY,  # SQLITE_READONLY
    10: StoreTrouble.IO,  # SQLITE_IOERR
    11: StoreTrouble.DAMAGED,  # SQLITE_CORRUPT
    13: StoreTrouble.DISK_FULL,  # SQLITE_FULL
    14: StoreTrouble.IO,  # SQLITE_CANTOPEN
    26: StoreTrouble.DAMAGED,  # SQLITE_NOTADB
}

_TROUBLE_OF_ERRNO = {
    errno.ENOSPC: StoreTrouble.DISK_FULL,
    errno.EDQUOT: StoreTrouble.DISK_FULL,
    errno.EROFS: StoreTrouble.READ_ONLY,
    errno.EACCES: StoreTrouble.READ_ONLY,
    errno.EPERM: StoreTrouble.READ_ONLY,
}


def trouble_of(fault: BaseException) -> StoreTrouble:
    """``fault``: a driver error, or SQLAlchemy's wrapping of one."""
    if isinstance(fault, OSError):
        return _TROUBLE_OF_ERRNO.get(fault.errno or 0, StoreTrouble.IO)
    driver = getattr(fault, "orig", None) or fault
    code = getattr(driver, "sqlite_errorcode", None)
    return _TROUBLE_OF_CODE.get(code & _PRIMARY_CODE, StoreTrouble.IO) if isinstance(code, int) else StoreTrouble.IO


def unavailable(fault: BaseException) -> StoreUnavailable:
    return StoreUnavailable(trouble_of(fault).value)
