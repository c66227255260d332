"""What the tests need beyond a kiosk: ``python3 -m resources.setup.for_tests``, run by ``make test``."""

from __future__ import annotations

import sys
from pathlib import Path

from resources.setup.debian import ensure_packages, listed_packages
from resources.setup.terminal import SetupFault, run_program

PACKAGES = Path(__file__).with_name("debian-tests.txt")


def main() -> int:
    try:
        ensure_packages(listed_packages(PACKAGES), run_program)
    except SetupFault as fault:
        sys.stderr.write(f"\nsetup: missing: {fault.missing}\nsetup: mend it with:\n\n    {fault.command}\n\n")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
