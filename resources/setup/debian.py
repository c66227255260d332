"""The Debian packages: which of the listed ones are missing, and getting them where that is allowed.

Only what is missing is touched, so an account without rights passes on a machine that has everything.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from resources.setup.terminal import Runner, SetupFault, say

APT = "apt-get"
# Another apt run (unattended upgrades on a fresh machine) may hold the lock for a while.
_APT_OPTIONS = ("--yes", "--quiet", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=300")


def listed_packages(path: Path) -> list[str]:
    lines = (line.partition("#")[0].strip() for line in path.read_text(encoding="utf-8").splitlines())
    return [line for line in lines if line]


def missing_packages(packages: Sequence[str], run: Runner) -> list[str]:
    """Those that dpkg does not hold fully installed. On a system without dpkg nothing can be said."""
    outcome = run(["dpkg-query", "--show", "--showformat=${Package} ${db:Status-Status}\n", *packages], None)
    if outcome.code == 127:
        say("no dpkg on this system: its libraries are taken on trust")
        return []
    installed = {line.split()[0] for line in outcome.lines if line.endswith(" installed")}
    return [package for package in packages if package not in installed]


def manual_command(packages: Sequence[str]) -> str:
    return f"sudo {APT} update && sudo {APT} install --yes --no-install-recommends {' '.join(packages)}"


def ensure_packages(packages: Sequence[str], run: Runner, *, is_root: bool | None = None) -> None:
    """Raise SetupFault naming what is missing when it cannot be installed from here."""
    missing = missing_packages(packages, run)
    if not missing:
        return
    names = " ".join(missing)
    if is_root if is_root is not None else os.geteuid() == 0:
        prefix: list[str] = []
    elif run(["sudo", "--non-interactive", "true"], None).code == 0:
        prefix = ["sudo", "--non-interactive"]
    else:
        raise SetupFault(f"Debian packages: {names}", manual_command(missing))
    say(f"installing {len(missing)} Debian packages: {names}")
    env = ["env", "DEBIAN_FRONTEND=noninteractive"]
    steps = (
        ["dpkg", "--configure", "-a"],  # mends a package run that was killed half-way
        [APT, *_APT_OPTIONS, "update"],
        [APT, *_APT_OPTIONS, "install", *missing],
    )
    for step in steps:
        outcome = run([*prefix, *env, *step], _progress)
        if outcome.code != 0:
            for line in outcome.lines[-5:]:
                say(line)
            raise SetupFault(f"Debian packages: {names}", manual_command(missing))
    still = missing_packages(missing, run)
    if still:
        raise SetupFault(f"Debian packages: {' '.join(still)}", manual_command(still))


def _progress(line: str) -> None:
    if line.startswith(("Setting up ", "Need to get ")):
        say(f"  {line}")
