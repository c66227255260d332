"""Debian packages at set-up: dpkg, sudo and apt-get are played at the subprocess edge."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from resources.setup.debian import ensure_packages, listed_packages, missing_packages
from resources.setup.for_tests import PACKAGES
from resources.setup.terminal import LineSink, Outcome, SetupFault, run_program

ROOT = Path(__file__).resolve().parents[2]


class FakeDebian:
    """A machine with some packages; apt-get installs what it is asked for unless ``broken``."""

    def __init__(self, installed: set[str], *, sudo: bool = False, dpkg: bool = True, broken: bool = False) -> None:
        self.installed = installed
        self.sudo = sudo
        self.dpkg = dpkg
        self.broken = broken
        self.commands: list[list[str]] = []

    def __call__(self, command: Sequence[str], on_line: LineSink | None) -> Outcome:
        self.commands.append(list(command))
        if command[0] == "dpkg-query":
            if not self.dpkg:
                return Outcome(127, ("no such file",))
            known = [name for name in command[3:] if name in self.installed]
            return Outcome(0 if len(known) == len(command) - 3 else 1, tuple(f"{name} installed" for name in known))
        if list(command) == ["sudo", "--non-interactive", "true"]:
            return Outcome(0 if self.sudo else 1, ())
        if "install" in command:
            if self.broken:
                return Outcome(100, ("E: Unable to fetch some archives",))
            self.installed.update(command)
        return Outcome(0, ())

    def ran(self, word: str) -> bool:
        return any(word in command for command in self.commands)


def test_an_account_without_rights_passes_where_everything_is_installed() -> None:
    machine = FakeDebian({"libgl1", "libzbar0"})
    ensure_packages(["libgl1", "libzbar0"], machine, is_root=False)
    assert not machine.ran("sudo")
    assert not machine.ran("apt-get")


def test_without_rights_the_one_command_names_only_what_is_missing() -> None:
    machine = FakeDebian({"libgl1"})
    with pytest.raises(SetupFault) as fault:
        ensure_packages(["libgl1", "libzbar0"], machine, is_root=False)
    assert "libzbar0" in fault.value.missing
    assert "libgl1" not in fault.value.missing
    assert fault.value.command.startswith("sudo apt-get update && sudo apt-get install")
    assert fault.value.command.endswith(" libzbar0")
    assert not machine.ran("apt-get")


@pytest.mark.parametrize(("is_root", "prefix"), [(True, ["env"]), (False, ["sudo", "--non-interactive", "env"])])
def test_with_rights_the_missing_packages_are_installed(is_root: bool, prefix: list[str]) -> None:
    machine = FakeDebian(set(), sudo=True)
    ensure_packages(["libzbar0"], machine, is_root=is_root)
    install = next(command for command in machine.commands if "install" in command)
    assert install[: len(prefix)] == prefix
    assert "libzbar0" in machine.installed


def test_a_package_run_that_was_killed_half_way_is_finished_first() -> None:
    machine = FakeDebian(set())
    ensure_packages(["libzbar0"], machine, is_root=True)
    steps = [command for command in machine.commands if command[0] == "env"]
    assert steps[0][-3:] == ["dpkg", "--configure", "-a"]


def test_an_unpacked_but_unconfigured_package_counts_as_missing() -> None:
    def run(command: Sequence[str], on_line: LineSink | None) -> Outcome:
        return Outcome(0, ("libgl1 installed", "libzbar0 half-configured", "xvfb not-installed"))

    assert missing_packages(["libgl1", "libzbar0", "xvfb"], run) == ["libzbar0", "xvfb"]


def test_a_failing_apt_ends_in_the_same_one_command() -> None:
    with pytest.raises(SetupFault) as fault:
        ensure_packages(["libzbar0"], FakeDebian(set(), broken=True), is_root=True)
    assert fault.value.command.endswith(" libzbar0")


def test_a_system_without_dpkg_is_taken_on_trust() -> None:
    machine = FakeDebian(set(), dpkg=False)
    ensure_packages(["libzbar0"], machine, is_root=False)
    assert not machine.ran("sudo")


def test_the_shipped_lists_hold_plain_names_without_repeats() -> None:
    kiosk, tests = (listed_packages(ROOT / f"resources/setup/{name}.txt") for name in ("debian", "debian-tests"))
    assert "libzbar0" in kiosk
    assert len({*kiosk, *tests}) == len(kiosk) + len(tests)
    assert all(name.replace("-", "").replace(".", "").replace("+", "").isalnum() for name in [*kiosk, *tests])


def test_no_server_is_installed_on_a_kiosk() -> None:
    """Debian starts a server with its package."""
    assert {"postgresql-15", "pgbouncer", "swtpm"} <= set(listed_packages(PACKAGES))
    shipped = listed_packages(ROOT / "resources/setup/debian.txt")
    assert not [name for name in shipped if name.startswith(("postgresql", "pgbouncer", "swtpm"))]


def test_a_program_that_does_not_exist_is_an_outcome_not_a_crash() -> None:
    assert run_program(["no-such-program-of-this-kiosk"]).code == 127
