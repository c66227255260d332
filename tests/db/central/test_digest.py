"""History rewritten behind the centre's back, hashes and all, is named by the signed digests outside of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from db.central.digest import DigestJob, digest_files, public_key
from db.central.digest_check import Difference, Differs, verify_digests
from kiosk import events as ev
from tests.db.support import CentralForTest, Chain, KioskForTest


class Site:
    def __init__(self, central: CentralForTest, folder: Path, names: Sequence[str] = ("one", "two")) -> None:
        self.central, self.folder = central, folder
        self.kiosks = [central.kiosk(f"kiosk-{name}") for name in names]
        for kiosk in self.kiosks:
            self.grow(kiosk, 5)

    def grow(self, kiosk: KioskForTest, count: int) -> None:
        kiosk.record("v", *[ev.PartChanged(part="camera", state=f"s{n}") for n in range(count)])

    def write(self) -> Path | None:
        before = set(digest_files(self.folder))
        with psycopg.connect(self.central.centre.keeper_dsn, autocommit=True) as conn:
            DigestJob(self.central.centre.keeper_dsn, self.folder, self.central.centre.keys.digest_key).work(conn)
        new = set(digest_files(self.folder)) - before
        return new.pop() if new else None

    def as_of(self, day: str) -> None:
        """The newest digest as if it had been written on another day."""
        newest = digest_files(self.folder)[-1]
        key = Ed25519PrivateKey.from_private_bytes(self.central.centre.keys.digest_key)
        text = ev.canonical_json(json.loads(newest.read_text().splitlines()[0]) | {"day": day})
        newest.unlink()
        (self.folder / f"heads-{day}.digest").write_text(f"{text}\n{key.sign(text.encode()).hex()}\n")

    def behind(self, *statements: str) -> None:
        """As a superuser with the triggers switched off."""
        with psycopg.connect(self.central.admin_dsn) as conn:
            conn.execute("SET session_replication_role = replica")
            for statement in statements:
                conn.execute(statement)

    def differences(self) -> list[Difference]:
        with psycopg.connect(self.central.admin_dsn) as conn:
            return verify_digests(self.folder, public_key(self.central.centre.keys.digest_key), conn)


@pytest.fixture
def site(central: CentralForTest, tmp_path: Path) -> Site:
    site = Site(central, tmp_path / "digests")
    site.write()
    site.as_of("2026-11-01")
    for kiosk in site.kiosks:
        site.grow(kiosk, 3)
    site.write()
    return site


def test_one_digest_a_day_and_an_untouched_history_agrees_with_all_of_them(site: Site) -> None:
    assert site.write() is None
    assert len(digest_files(site.folder)) == 2
    site.grow(site.kiosks[0], 4)  # what came after the newest digest
    assert site.differences() == []
    assert site.central.alarms() == set()


def rewritten(kiosk: KioskForTest, from_seq: int, to_seq: int) -> list[str]:
    """Every event from ``from_seq`` on anew, with right hashes, as who rules database and kiosk key could do."""
    chain = Chain(kiosk.kiosk_id, kiosk.signer)
    statements = []
    for seq in range(1, to_seq + 1):
        state = f"s{(seq - 1) % 5 if seq <= 5 else seq - 6}"
        link = chain.add("v", ev.PartChanged(part="camera", state="lie" if seq == from_seq else state))
        if seq < from_seq:
            continue
        body = json.loads(link.payload)
        literal = link.payload.replace("'", "''")
        statements.append(
            f"UPDATE store.event SET payload = '{literal}', hash = '{link.hash}',"
            f" prev_hash = '{body['prev_hash']}' WHERE kiosk_id = '{kiosk.kiosk_id}' AND seq = {seq}"
        )
    statements.append(f"UPDATE store.head SET hash = '{chain.head}' WHERE kiosk_id = '{kiosk.kiosk_id}'")
    return statements


CHANGES: dict[str, tuple[list[str], set[Differs]]] = {
    "payload": (["UPDATE store.event SET payload = replace(payload, 'camera', 'screen') WHERE {kiosk} AND seq = 3"],
                {Differs.EVENT_EDITED}),
    "type": (["UPDATE store.event SET type = 'pin_accepted' WHERE {kiosk} AND seq = 3"], {Differs.EVENT_EDITED}),
    "visit": (["UPDATE store.event SET visit_id = 'w' WHERE {kiosk} AND seq = 3"], {Differs.EVENT_EDITED}),
    "one-gone": (["DELETE FROM store.event WHERE {kiosk} AND seq = 3"], {Differs.LINK_BROKEN}),
    "first-gone": (["DELETE FROM store.event WHERE {kiosk} AND seq = 1"], {Differs.LINK_BROKEN}),
    "end-gone": (["DELETE FROM store.event WHERE {kiosk} AND seq > 3", "UPDATE store.head SET seq = 3, hash = (SELECT"
                  " hash FROM store.event WHERE {kiosk} AND seq = 3) WHERE {kiosk}"],
                 {Differs.HEAD_GONE, Differs.HEAD_WENT_BACK}),
    "all-gone": (["DELETE FROM store.event WHERE {kiosk}"], {Differs.HEAD_GONE}),
}  # fmt: skip


def test_a_change_behind_the_triggers_names_the_kiosk(central: CentralForTest, tmp_path: Path) -> None:
    site = Site(central, tmp_path / "digests", names=("untouched", *CHANGES))
    site.write()
    for name, (statements, _) in CHANGES.items():
        site.behind(*[statement.format(kiosk=f"kiosk_id = 'kiosk-{name}'") for statement in statements])
    found: dict[str, set[Differs]] = {}
    for difference in site.differences():
        found.setdefault(difference.kiosk_id.removeprefix("kiosk-"), set()).add(difference.what)
    assert found == {name: expected for name, (_, expected) in CHANGES.items()}


def test_a_history_rewritten_with_all_its_hashes_is_named_by_the_days_after_it(site: Site) -> None:
    site.behind(*rewritten(site.kiosks[1], 7, 8))
    newest = digest_files(site.folder)[-1].name[len("heads-") : -len(".digest")]
    assert site.differences() == [Difference(Differs.HEAD_CHANGED, "kiosk-two", 8, newest)]


def edited(path: Path) -> None:
    path.write_text(path.read_text().replace("kiosk-two", "kiosk-tow"))


def signed_by_another(path: Path) -> None:
    text = path.read_text().splitlines()[0]
    path.write_text(f"{text}\n{Ed25519PrivateKey.generate().sign(text.encode()).hex()}\n")


def renamed(path: Path) -> None:
    path.rename(path.with_name("heads-2026-10-01.digest"))


def scrambled(path: Path) -> None:
    path.write_bytes(b"\xff\n\n")


SPOILERS: tuple[Callable[[Path], None], ...] = (edited, signed_by_another, renamed, scrambled)


def test_a_digest_that_is_not_the_centres_own_is_named(site: Site) -> None:
    first = digest_files(site.folder)[0]
    whole = first.read_bytes()
    for spoil in SPOILERS:
        spoil(first)
        told = {d.what for d in site.differences()}
        assert told == {Differs.FILE_NOT_TRUSTED, Differs.DIGESTS_NOT_LINKED}, spoil.__name__
        for file in digest_files(site.folder)[:-1]:
            file.unlink()
        first.write_bytes(whole)
    assert site.differences() == []


def test_a_digest_taken_away_is_missed_by_the_next_and_an_empty_folder_says_so(site: Site) -> None:
    first, second = digest_files(site.folder)
    first.unlink()
    assert {d.what for d in site.differences()} == {Differs.DIGESTS_NOT_LINKED}
    second.unlink()
    assert site.differences() == [Difference(Differs.NO_DIGEST)]


def test_a_poisoned_and_re_anchored_chain_is_no_difference(site: Site) -> None:
    kiosk = site.kiosks[1]
    thief = Chain(kiosk.kiosk_id, signer=None)
    thief.seq, thief.head = kiosk.chain.seq, kiosk.chain.head
    kiosk.client.append([thief.add("", ev.PartChanged(part="x", state="y")) for _ in range(2)])
    site.as_of("2026-11-02")
    site.write()  # has the poisoned head
    site.central.run("SELECT store.reanchor('kiosk-two', 8)")
    site.grow(kiosk, 1)
    assert site.differences() == []


def test_a_digest_that_cannot_go_on_from_the_last_one_raises_an_alarm(site: Site) -> None:
    site.as_of("2026-11-02")
    signed_by_another(digest_files(site.folder)[-1])
    assert site.write() is None
    assert site.central.alarms() == {"digest_fault"}


def test_digests_hold_kiosks_and_hashes_only_and_are_their_owners(site: Site) -> None:
    newest = digest_files(site.folder)[-1]
    told = json.loads(newest.read_text().splitlines()[0])
    assert [head[:3] for head in told["heads"]] == [["kiosk-one", 1, 8], ["kiosk-two", 1, 8]]
    assert newest.stat().st_mode & 0o077 == site.folder.stat().st_mode & 0o077 == 0
