"""Who may be one of the staff is the admin's to say; what they carry is shown once; every act is on record."""

from __future__ import annotations

import base64
import dataclasses
import io
import os
import subprocess
import sys
import time
from pathlib import Path

import cv2
import numpy as np
import psycopg
import pyotp
import pytest
import zxingcpp

from db.central import staff_command
from db.central.demo_staff import RINA, TONO
from db.central.staff_admin import (
    NewStaff,
    StaffKnown,
    StaffUnknown,
    add_staff,
    disable_staff,
    list_staff,
    reset_staff,
    unlock_staff,
)
from db.central.staff_command import run_staff
from db.central.staff_secrets import PinCost, make_verifier, pin_fits, totp_step
from kiosk.command_line import STAFF_ROLES, parser
from kiosk.config import Settings
from kiosk.credentials.pin_policy import PinFacts, check_pin
from kiosk.ports import BADGE_PREFIX, DECIDING_ROLES, DemoStaff, StaffRefusal, StaffRole
from kiosk.staff.badge import badge_token
from tests.db.central.staff_support import Door
from tests.db.support import CHEAP, CentralForTest

ROOT = Path(__file__).parents[3]
NEW = NewStaff("nina.baru", "NINA BARU", StaffRole.SUPERVISOR, "3174014304889099", "3174010505159099")
PIN = "483926"


@pytest.fixture
def door(central: CentralForTest) -> Door:
    return Door(central, central.kiosk())


def carried(given: object, username: str = NEW.username, pin: str = PIN) -> DemoStaff:
    secrets = {name: getattr(given, name) for name in ("badge", "totp_secret")}
    return DemoStaff(username, "", NEW.role, pin=pin, **secrets)


# ---- the functions


def test_whoever_was_added_signs_in_with_what_was_shown(door: Door) -> None:
    with door.central.admin() as conn:
        given = add_staff(conn, door.central.centre.keys, NEW, PIN, cost=CHEAP)
    assert badge_token(given.badge) is not None
    for by_badge in (False, True):
        told = door.ask("sign_in", door.given(carried(given), by_badge=by_badge))
        assert isinstance(told, dict)
        assert told["member"]["name"] == "NINA BARU"


def test_a_username_is_taken_once(door: Door) -> None:
    with door.central.admin() as conn:
        add_staff(conn, door.central.centre.keys, NEW, PIN, cost=CHEAP)
        with pytest.raises(StaffKnown):
            add_staff(conn, door.central.centre.keys, NEW, PIN, cost=CHEAP)
    assert door.central.one("SELECT count(*) FROM store.staff WHERE username = 'nina.baru'") == 1


@pytest.mark.parametrize(
    "change",
    [{"username": "Nina"}, {"username": "ab"}, {"username": "a" * 41}, {"username": ".nina"}, {"username": "nina x"},
     {"name": " "}, {"name": "n" * 101}, {"nik": "123"}, {"nik": "３" * 16}, {"kk_number": "x" * 16}],
)  # fmt: skip
def test_an_impossible_person_is_refused(central: CentralForTest, change: dict[str, str]) -> None:
    with central.admin() as conn, pytest.raises(ValueError, match=r"username|name|NIK|KK"):
        add_staff(conn, central.centre.keys, dataclasses.replace(NEW, **change), PIN, cost=CHEAP)


def test_new_secrets_end_the_old_ones(door: Door) -> None:
    session = door.sign_in()
    keys = door.central.centre.keys
    with door.central.admin() as conn:
        given = reset_staff(conn, keys, RINA.username, PIN, CHEAP)
    assert door.central.one("SELECT end_reason FROM store.staff_session WHERE session = %s", session) == "reset"
    assert door.ask("sign_in", door.given(RINA)) is StaffRefusal.WRONG
    assert door.ask("sign_in", door.given(RINA, by_badge=True)) is StaffRefusal.WRONG
    assert isinstance(door.ask("sign_in", door.given(carried(given, RINA.username))), dict)


def test_every_act_of_the_admin_is_on_record_and_an_unknown_name_is_none(central: CentralForTest) -> None:
    keys = central.centre.keys
    with central.admin() as conn:
        add_staff(conn, keys, NEW, PIN, cost=CHEAP)
        disable_staff(conn, NEW.username)
        unlock_staff(conn, NEW.username)
        reset_staff(conn, keys, NEW.username, PIN, CHEAP)
        for act in (disable_staff, unlock_staff):
            with pytest.raises(StaffUnknown):
                act(conn, "nobody.here")
        with pytest.raises(StaffUnknown):
            reset_staff(conn, keys, "nobody.here", PIN, CHEAP)
        rows = conn.execute(
            "SELECT step, outcome FROM store.staff_history JOIN store.staff USING (staff_id)"
            " WHERE username = 'nina.baru' ORDER BY history_id"
        ).fetchall()
    assert rows == [("admin", word) for word in ("added", "disabled", "unlocked", "reset")]


def test_the_list_tells_who_is_locked_disabled_and_was_here(door: Door) -> None:
    door.sign_in()
    door.central.run("UPDATE store.staff SET failures = 10 WHERE username = 'tono.contoh'")
    door.central.run("UPDATE store.staff SET locked_until = now() + interval '1 minute' WHERE username = 'budi.contoh'")
    with door.central.admin() as conn:
        lines = {line.username: line for line in list_staff(conn)}
    assert lines["rina.contoh"].last_sign_in is not None
    assert lines["tono.contoh"].locked == "until unlocked"
    assert lines["budi.contoh"].locked.startswith("until 20")
    assert (lines["wati.pensiun"].enabled, lines["sari.keluarga"].locked) == (False, "")


# ---- secrets


def test_a_kept_pin_fits_itself_only_and_nothing_without_the_pepper(central: CentralForTest) -> None:
    keys = central.centre.keys
    kept = make_verifier(PIN, keys, PinCost(memory_kib=16, time=2))
    assert kept.parameters == "argon2id$v=19$m=16,t=2,p=1"
    assert pin_fits(PIN, kept, keys)
    assert not pin_fits("483927", kept, keys)
    assert not pin_fits(PIN, kept, dataclasses.replace(keys, pepper=b"x" * 32))


def test_a_code_is_good_for_a_step_before_and_after_and_no_longer() -> None:
    now = 1_800_000_015
    codes = {offset: pyotp.TOTP(RINA.totp_secret).at(now + 30 * offset) for offset in range(-3, 4)}
    steps = {offset: totp_step(RINA.totp_secret, code, now) for offset, code in codes.items()}
    assert steps == {-3: None, -2: None, -1: now // 30 - 1, 0: now // 30, 1: now // 30 + 1, 2: None, 3: None}


# ---- the command


def cmd_staff() -> None:
    """staff"""


@pytest.fixture
def keys_folder(central: CentralForTest, tmp_path: Path) -> Path:
    folder, keys = tmp_path / "keys", central.centre.keys
    folder.mkdir(mode=0o700)
    for name, raw in (("box.key", keys.box_private_key), ("pepper.key", keys.pepper)):
        (folder / name).write_bytes(base64.b64encode(raw))
    return folder


class Command:
    def __init__(self, central: CentralForTest, keys: Path, patch: pytest.MonkeyPatch) -> None:
        self._where = ["--dsn", central.admin_dsn, "--keys", str(keys)]
        self._patch = patch

    def __call__(self, *words: str, pin: str = PIN) -> int:
        self._patch.setattr(sys, "stdin", io.StringIO(pin + "\n"))
        args = parser([cmd_staff]).parse_args(["staff", words[0], *self._where, *words[1:]])  # type: ignore[list-item]
        return run_staff(args, Settings(), lambda typed: check_pin(typed, PinFacts()))


@pytest.fixture
def command(central: CentralForTest, keys_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    return Command(central, keys_folder, monkeypatch)


ADD = (
    "add", "--username", "nina.baru", "--name", "NINA BARU", "--role", "supervisor",
    "--nik", "3174014304889099", "--kk", "3174010505159099", "--pin-stdin",
)  # fmt: skip


@pytest.mark.parametrize("role", sorted(DECIDING_ROLES))
@pytest.mark.parametrize("missing", ["nik", "kk_number"])
def test_nobody_may_decide_whose_own_record_and_family_are_not_known(door: Door, role: StaffRole, missing: str) -> None:
    person = dataclasses.replace(NEW, role=role, **{missing: None})
    with door.central.admin() as conn, pytest.raises(ValueError, match="own record"):
        add_staff(conn, door.central.centre.keys, person, PIN, cost=CHEAP)
    with door.central.admin() as conn, pytest.raises(psycopg.errors.CheckViolation):
        conn.execute(f"UPDATE store.staff SET {missing} = NULL WHERE username = 'rina.contoh'")


def test_add_shows_uri_and_badge_once_and_the_badges_picture_is_the_badge(
    door: Door, command: Command, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    badge_file = tmp_path / "badge.png"
    assert command(*ADD, "--badge", str(badge_file)) == 0
    shown = capsys.readouterr().out
    uri = next(line for line in shown.splitlines() if line.startswith("otpauth://"))
    secret = pyotp.parse_uri(uri).secret
    assert PIN not in shown
    assert BADGE_PREFIX not in shown
    assert badge_file.stat().st_mode & 0o077 == 0
    picture = cv2.imdecode(np.frombuffer(badge_file.read_bytes(), np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    badge = zxingcpp.read_barcodes(picture)[0].text  # the kiosk's own reader
    who = DemoStaff(NEW.username, NEW.name, NEW.role, PIN, badge, secret)
    assert isinstance(door.ask("sign_in", door.given(who, by_badge=True)), dict)
    assert command("list") == 0
    assert secret not in capsys.readouterr().out


def test_without_a_file_the_badge_is_shown_as_text_and_code(
    command: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command(*ADD) == 0
    shown = capsys.readouterr().out
    assert BADGE_PREFIX in shown
    assert shown.count("▄") > 100


def test_a_badge_that_cannot_be_written_is_shown_instead(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The person is added by then: a badge lost here would be lost for good."""

    def full(_path: Path, _content: bytes) -> None:
        raise OSError

    monkeypatch.setattr(staff_command, "write_private", full)
    assert command(*ADD, "--badge", str(tmp_path / "badge.svg")) == 0
    assert BADGE_PREFIX in capsys.readouterr().out


def test_reset_unlock_and_disable_do_what_they_say(door: Door, command: Command) -> None:
    door.central.run("UPDATE store.staff SET failures = 10")
    assert command("unlock", TONO.username) == 0
    assert isinstance(door.ask("sign_in", door.given(TONO)), dict)
    assert command("disable", TONO.username) == 0
    assert door.ask("sign_in", door.given(TONO)) is StaffRefusal.DISABLED
    assert command("reset", TONO.username, "--pin-stdin") == 0
    assert door.central.one("SELECT enabled FROM store.staff WHERE username = 'tono.contoh'")
    assert door.ask("sign_in", door.given(TONO)) is StaffRefusal.WRONG


@pytest.mark.parametrize(
    "pin", ["123456", "111111", "12345", "1234567", "", "121212", "010190", "rahasia", "１２３４５９"]
)
def test_a_pin_that_is_easy_to_guess_adds_nobody(
    central: CentralForTest, command: Command, pin: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command(*ADD, pin=pin) == 2
    told = capsys.readouterr().err
    assert told.startswith("this PIN is too easy")
    assert central.one("SELECT count(*) FROM store.staff WHERE username = 'nina.baru'") == 0


def test_a_typed_pin_is_typed_twice(
    command: Command, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    typed = iter([PIN, "483920", PIN, PIN])
    monkeypatch.setattr("getpass.getpass", lambda _prompt: next(typed))
    assert command(*ADD[:-1]) == 2
    assert "differ" in capsys.readouterr().err
    assert command(*ADD[:-1]) == 0


WRONG_WORDS: dict[str, tuple[tuple[str, ...], str]] = {
    "nobody": (("unlock", "nobody.here"), "nobody is called nobody.here"),
    "known": ((*ADD[:2], "rina.contoh", *ADD[3:]), "somebody is called rina.contoh already"),
    "name": ((*ADD[:2], "Nina", *ADD[3:]), "username:"),
    "badge kind": ((*ADD, "--badge", "badge.pdf"), "--badge: a file ending"),
    "badge folder": ((*ADD, "--badge", "/nonexistent/badge.png"), "--badge: a new file"),
}


@pytest.mark.parametrize("case", WRONG_WORDS)
def test_what_cannot_be_done_is_one_sentence(command: Command, case: str, capsys: pytest.CaptureFixture[str]) -> None:
    words, says = WRONG_WORDS[case]
    assert command(*words) == 2
    told = capsys.readouterr()
    assert told.err.startswith(says)
    assert told.err.count("\n") == 1
    assert "otpauth" not in told.out


def test_an_earlier_badge_is_not_overwritten(command: Command, tmp_path: Path) -> None:
    old = tmp_path / "badge.svg"
    old.write_text("of somebody else")
    assert command(*ADD, "--badge", str(old)) == 2
    assert old.read_text() == "of somebody else"


def test_another_centres_keys_add_nobody(
    central: CentralForTest, keys_folder: Path, command: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    (keys_folder / "box.key").write_bytes(base64.b64encode(b"o" * 32))
    assert command(*ADD) == 2
    assert "another centre's keys" in capsys.readouterr().err
    (keys_folder / "box.key").unlink()
    assert command(*ADD) == 2
    assert not (keys_folder / "box.key").exists()
    assert central.one("SELECT count(*) FROM store.staff WHERE username = 'nina.baru'") == 0


def test_a_centre_that_is_not_there_is_one_sentence_without_its_password(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["staff", "list", "--dsn", "host=/nonexistent password=hunter2 user=admin"]
    assert run_staff(parser([cmd_staff]).parse_args(words), Settings(), lambda _: None) == 2  # type: ignore[list-item]
    told = capsys.readouterr().err
    assert told == "the centre's database refused: OperationalError\n"


def test_a_kiosk_with_a_real_centre_asks_for_its_name(capsys: pytest.CaptureFixture[str]) -> None:
    settings = Settings.model_validate({"centre": {"dsn": "host=db password=hunter2"}})
    assert run_staff(parser([cmd_staff]).parse_args(["staff", "list"]), settings, lambda _: None) == 2  # type: ignore[list-item]
    assert "--dsn" in capsys.readouterr().err


def test_the_roles_that_can_be_asked_for_are_the_rules() -> None:
    assert set(STAFF_ROLES) == set(StaffRole)


def test_the_demos_centre_is_started_for_it_and_stopped_again(tmp_path: Path) -> None:
    folder = tmp_path / "centre"
    environment = os.environ | {"BPJS_KIOSK__CENTRE__DEMO_DIR": str(folder)}

    def main(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, str(ROOT / "main.py"), "staff", *words],
            input=PIN + "\n", env=environment, capture_output=True, text=True, timeout=90, check=False,
        )  # fmt: skip

    added = main(*ADD)
    assert added.returncode == 0, added.stderr
    assert "otpauth://totp/" in added.stdout
    listed = main("list")
    assert listed.stdout.startswith("nina.baru\tNINA BARU\tsupervisor\tenabled\tlast sign-in never")
    until = time.monotonic() + 10
    while (folder / "pgdata" / "postmaster.pid").exists() and time.monotonic() < until:
        time.sleep(0.1)
    assert not (folder / "pgdata" / "postmaster.pid").exists()
