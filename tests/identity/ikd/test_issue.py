"""``main.py ikd``. The risk: test tokens that kiosks refuse, so that nobody tries a site before people do."""

from __future__ import annotations

import argparse
import stat
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from kiosk.identity.ikd.claims import TokenPolicy
from kiosk.identity.ikd.issue import add_arguments, run
from kiosk.identity.ikd.keys import PinnedKeys, load_keys
from kiosk.identity.ikd.making import utc_now
from kiosk.identity.ikd.token import check_token
from tests.identity.ikd.support import ISSUER, POLICY

NIK = "3174075508950001"


def arguments(add: Callable[[argparse.ArgumentParser], None], words: list[str]) -> argparse.Namespace:
    place = argparse.ArgumentParser()
    add(place)
    return place.parse_args(words)


@pytest.fixture
def site(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> tuple[Path, PinnedKeys]:
    """A private key and what a kiosk pins of it."""
    key = tmp_path / "issuer.jwk"
    assert run(arguments(add_arguments, ["key", "--key", str(key), "--issuer", ISSUER])) == 0
    (tmp_path / "keys.toml").write_text(capsys.readouterr().out)
    return key, load_keys(tmp_path / "keys.toml")


def issue(key: Path, *more: str, nik: str = NIK) -> int:
    return run(arguments(add_arguments, ["issue", "--nik", nik, "--key", str(key), "--issuer", ISSUER, *more]))


@pytest.mark.parametrize("form", [[], ["--cwt"], ["--cwt", "--deflate"]])
def test_a_printed_token_is_taken_by_a_kiosk_that_pins_the_key(
    site: tuple[Path, PinnedKeys], capsys: pytest.CaptureFixture[str], form: list[str]
) -> None:
    key, keys = site
    more = ["--name", "SITI RAHMAWATI", "--birth-date", "1995-08-15", "--marital-status", "CERAI MATI"]
    assert issue(key, *form, *more) == 0
    token = check_token(capsys.readouterr().out.strip(), keys, POLICY, utc_now())
    facts = token.facts
    assert (facts.nik, facts.name, str(facts.birth_date), facts.marital_status) == (
        NIK, "SITI RAHMAWATI", "1995-08-15", "CERAI MATI",
    )  # fmt: skip
    assert timedelta(seconds=80) < token.expires_at - utc_now() < timedelta(seconds=91)


def test_audience_and_life_are_as_asked_for(site: tuple[Path, PinnedKeys], capsys: pytest.CaptureFixture[str]) -> None:
    key, keys = site
    assert issue(key, "--audience", "elsewhere", "--seconds", "300") == 0
    policy = TokenPolicy("elsewhere", token_seconds=300, skew_seconds=0.5, max_bytes=2048)
    assert check_token(capsys.readouterr().out.strip(), keys, policy, utc_now()).facts.nik == NIK


@pytest.mark.parametrize("kind", [".png", ".svg"])
def test_a_picture_is_written_instead_of_the_token(
    site: tuple[Path, PinnedKeys], tmp_path: Path, capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    out = tmp_path / f"token{kind}"
    assert issue(site[0], "--out", str(out)) == 0
    assert capsys.readouterr().out == ""
    assert out.read_bytes()[:40].lstrip(b"\x89").startswith((b"PNG", b"<?xml"))


def test_a_private_key_is_its_owners_and_is_never_written_over(
    site: tuple[Path, PinnedKeys], capsys: pytest.CaptureFixture[str]
) -> None:
    key, _ = site
    before = key.read_text()
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert run(arguments(add_arguments, ["key", "--key", str(key), "--issuer", ISSUER])) == 2
    assert key.read_text() == before
    assert "exists" in capsys.readouterr().err


def test_what_cannot_be_done_is_one_sentence(
    site: tuple[Path, PinnedKeys], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    key, _ = site
    public = tmp_path / "public.jwk"
    public.write_text('{"kty":"EC"}')
    assert issue(key, nik="3174075508950000") == 2
    assert issue(key, "--out", str(tmp_path / "token.gif")) == 2
    assert issue(public) == 2
    assert issue(tmp_path / "none.jwk") == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert len(said.err.splitlines()) == 4
