"""Keys, migration, demo registry: made once, the same again, secrets outside the database."""

from __future__ import annotations

import base64
import re
import stat
from pathlib import Path

import psycopg
import pytest
from lokal import is_valid_nik, parse_phone

from db.central import demo, upgrade
from db.central.commands import Centre, init_centre
from db.central.demo_staff_seed import seed_staff
from db.central.embedded import EmbeddedPostgres
from db.central.keys import CentreKeys, load_or_create, seal_to
from db.central.verifier import VerifierUnreadable, open_verifier
from tests.db.support import CHEAP, CentralForTest

GOOD = "$argon2id$v=19$m=65536,t=3,p=1$c29tZXNhbHQxMjM$" + base64.b64encode(b"h" * 32).decode().rstrip("=")


def test_keys_are_made_once_and_for_their_owner_only(tmp_path: Path) -> None:
    first = load_or_create(tmp_path / "keys")
    assert load_or_create(tmp_path / "keys") == first
    for file in (tmp_path / "keys").iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o700
    assert re.search(r"box_private_key|pepper=|password", repr(first)) is None


def key_folder(parent: Path, keys: CentreKeys) -> Path:
    """The keys as files. Job passwords belong to the whole server: other keys would lock other tests' jobs out."""
    folder = parent / "keys"
    load_or_create(folder)
    for name, raw in (("box.key", keys.box_private_key), ("pepper.key", keys.pepper)):
        (folder / name).write_bytes(base64.b64encode(raw))
    (folder / "connector.password").write_text(keys.connector_password)
    (folder / "settle.password").write_text(keys.settle_password)
    (folder / "staff.password").write_text(keys.staff_password)
    (folder / "keeper.password").write_text(keys.keeper_password)
    (folder / "digest.key").write_bytes(base64.b64encode(keys.digest_key))
    return folder


def test_init_again_changes_nothing(wheel_central: CentralForTest, tmp_path: Path) -> None:
    central = wheel_central
    kiosk = central.kiosk()
    kiosk.lookup("v")
    assert init_centre(central.admin_dsn, key_folder(tmp_path, central.centre.keys)) == central.centre
    assert central.one("SELECT count(*) FROM store.centre_key") == 1
    assert kiosk.client.visit_status("v") == "open"


def test_seeding_again_keeps_what_visits_did(central: CentralForTest) -> None:
    central.run("UPDATE store.account SET status = 'TERVERIFIKASI', verified_at = now()")
    with central.admin() as conn:
        demo.seed(conn, central.centre.keys, {demo.MAIN.nik: b"new photo"}, count=20, default_photo=b"default")
    assert central.one("SELECT count(*) FROM store.participant") == 20
    assert central.account_status() == "TERVERIFIKASI"
    photo = central.one("SELECT photo_sealed FROM store.participant WHERE nik = %s", demo.MAIN.nik)
    assert central.centre.keys.open(bytes(photo)) == b"new photo"
    other = central.one("SELECT photo_sealed FROM store.participant WHERE nik = %s", demo.VERIFIED.nik)
    assert central.centre.keys.open(bytes(other)) == b"default"


def test_a_reset_participant_can_be_verified_again(central: CentralForTest) -> None:
    central.run("UPDATE store.account SET status = 'TERVERIFIKASI', verified_at = now()")
    central.run("INSERT INTO store.contact_allowance VALUES (%s, store.today(), 5)", demo.MAIN.phone)
    with central.admin() as conn:
        demo.reset_participant(conn, demo.MAIN.nik)
    assert central.account_status() == "BELUM_TERVERIFIKASI"
    assert central.account_status(demo.VERIFIED.nik) == "TERVERIFIKASI"
    assert central.one("SELECT count(*) FROM store.contact_allowance") == 0


def test_invented_people_are_plausible_different_and_always_the_same() -> None:
    people = demo.draw(demo.DEFAULT_COUNT)
    assert people == demo.draw(demo.DEFAULT_COUNT)
    assert len({p.nik for p in people}) == len({p.card_number for p in people}) == demo.DEFAULT_COUNT
    for person in people:
        assert is_valid_nik(person.nik)
        assert person.card_number.startswith("000")
        if person.phone:
            assert parse_phone(person.phone).type == "mobile"


@pytest.mark.parametrize(
    "text",
    ["", "837261", GOOD.replace("argon2id", "argon2i"), GOOD.replace("v=19", "v=16"), GOOD + "$x", GOOD[:-40],
     GOOD.replace("p=1", "p=1\n"), GOOD + "\n"],
)  # fmt: skip
def test_only_a_whole_argon2id_string_is_taken_as_a_verifier(tmp_path: Path, text: str) -> None:
    keys = load_or_create(tmp_path)
    sealed = base64.b64encode(seal_to(keys.box_public_key, text.encode())).decode()
    with pytest.raises(VerifierUnreadable):
        open_verifier(sealed, keys)


def test_the_verifier_kept_is_not_the_hash_that_came(tmp_path: Path) -> None:
    keys = load_or_create(tmp_path)
    kept = open_verifier(base64.b64encode(seal_to(keys.box_public_key, GOOD.encode())).decode(), keys)
    assert kept.parameters == "argon2id$v=19$m=65536,t=3,p=1"
    assert len(kept.mac) == 32
    assert kept.mac != b"h" * 32


def test_no_secret_of_the_centre_is_in_its_database(central: CentralForTest) -> None:
    keys = central.centre.keys
    with psycopg.connect(central.admin_dsn) as conn:
        tables = conn.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'store'::regnamespace AND relkind = 'r'"
        )
        dump = "".join(
            str(row) for (table,) in tables.fetchall() for row in conn.execute(f"SELECT t::text FROM store.{table} t")
        )
    for secret in (keys.box_private_key.hex(), keys.pepper.hex(), keys.connector_password, keys.settle_password,
                   keys.staff_password):  # fmt: skip
        assert secret not in dump


def test_a_centre_from_before_there_was_staff_keeps_its_people_and_gets_staff(
    central_server: EmbeddedPostgres, central_template: Centre, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = key_folder(tmp_path, central_template.keys)
    dsn, to = central_server.ensure_database("centre_old"), upgrade.command.upgrade
    with monkeypatch.context() as old, psycopg.connect(dsn, autocommit=True) as conn:
        old.setattr(upgrade.command, "upgrade", lambda config, _newest: to(config, "0001"))
        init_centre(dsn, folder)
        conn.execute(
            "INSERT INTO store.participant (nik, name, birth_date, membership) VALUES (%s, 'S', '1995-08-15', 'AKTIF')",
            (demo.MAIN.nik,),
        )
    try:
        centre = init_centre(dsn, folder)
        with psycopg.connect(dsn, autocommit=True) as conn:
            for _ in range(2):
                seed_staff(conn, centre.keys, CHEAP)
            assert conn.execute("SELECT nik, kk_number FROM store.participant").fetchall() == [
                (demo.MAIN.nik, demo.MAIN.kk_number)
            ]
            assert conn.execute("SELECT count(*) FROM store.staff").fetchone() == (5,)
    finally:
        with psycopg.connect(central_server.dsn(), autocommit=True) as conn:
            conn.execute("DROP DATABASE centre_old WITH (FORCE)")
