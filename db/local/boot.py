"""Which boot of the machine this is: monotonic times of one boot can be compared, others cannot."""

from __future__ import annotations

import uuid
from pathlib import Path

_KERNEL = Path("/proc/sys/kernel/random/boot_id")


def this_boot() -> str:
    """A UUID; where the kernel tells none, a new one for each run of the program (never a wrong match)."""
    try:
        return str(uuid.UUID(_KERNEL.read_text().strip()))
    except (OSError, ValueError):
        return str(uuid.uuid4())
