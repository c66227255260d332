"""The demo's whole centre, in this process: staff, reset, and a link that can be cut and slowed for real."""

from __future__ import annotations

import json
import shutil
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from psycopg.conninfo import conninfo_to_dict

from db.central import demo, demo_link, demo_process
from db.central.client import CentreClient
from db.central.connector import Messages
from db.central.demo_centre import DemoCentre, DemoCollaborators
from db.central.demo_process import DemoCentreProcess
from db.central.demo_staff import BUDI, LEFT, RINA, STAFF, TONO
from db.central.staff_client import StaffClient
from kiosk import events as ev
from kiosk.config import CentreSettings, Settings
from kiosk.ports import (
    BADGE_PREFIX,
    CentreUnreachable,
    ComparisonAsked,
    ComparisonReason,
    Identifier,
    IdentifierKind,
    StaffDenied,
    StaffRefusal,
)
from kiosk.staff.badge import badge_token
from tests.db.central.staff_support import credentials
from tests.db.support import Chain, KioskForTest

CALL = CentreSettings(call_seconds=10.0)


class Demo:
    """A demo centre and the kiosk that was enrolled at it."""

    def __init__(self, folder: Path) -> None:
        settings = Settings(centre=CentreSettings(demo_dir=folder))
        words = Messages(code=lambda code: code, verified=lambda: "ok")
        parts = DemoCollaborators(lambda: b"photo", lambda to, text: None, words, lambda *_: None)
        self.centre = DemoCentre(settings, parts)
        self.signer = Ed25519PrivateKey.generate()
        self.dsn: str = self.ask(enrol=self.signer.public_key().public_bytes_raw().hex())["dsn"]
        self.kiosk_id = settings.site.kiosk_id
        self.chain = Chain(self.kiosk_id, self.signer)
        self.client = CentreClient(self.dsn, CALL)
        self.desk = StaffClient(self.dsn, CALL, self.kiosk_id, self.signer.sign, self.client.box_public_key)

    def ask(self, **question: Any) -> Any:
        return self.centre.answer(question)

    def lookup(self, visit_id: str) -> str:
        return self.client.lookup(visit_id, Identifier(IdentifierKind.NIK, demo.MAIN.nik)).ticket

    def close(self) -> None:
        self.client.close()
        self.desk.close()
        self.centre.close()


@pytest.fixture(scope="module")
def whole() -> Iterator[Demo]:
    folder = Path(tempfile.mkdtemp(prefix="bpjs-d-"))
    made = Demo(folder)
    yield made
    made.close()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def demo_kiosk(whole: Demo) -> Demo:
    whole.ask(reset=True)
    whole.ask(link={"up": True, "slow": False})
    return whole


# ---- staff


def test_the_demos_staff_can_sign_in_but_the_one_who_left(demo_kiosk: Demo) -> None:
    for who in STAFF:
        if who is LEFT:
            with pytest.raises(StaffDenied) as denied:
                demo_kiosk.desk.sign_in(credentials(who))
            assert denied.value.refusal is StaffRefusal.DISABLED
        else:
            session = demo_kiosk.desk.sign_in(credentials(who, by_badge=True))
            assert (session.member.username, session.member.role) == (who.username, who.role)


def test_demo_badges_are_badges_and_pins_are_fit_for_the_keypad() -> None:
    for who in STAFF:
        assert badge_token(who.badge) == who.badge.removeprefix(BADGE_PREFIX)
        assert len(who.pin) == 6
    assert len({who.pin for who in STAFF} | {who.badge for who in STAFF} | {who.totp_secret for who in STAFF}) == 15


def test_a_reset_lets_the_same_code_do_again_and_forgets_wrong_tries(demo_kiosk: Demo) -> None:
    given = credentials(RINA)
    demo_kiosk.desk.sign_in(given)
    with pytest.raises(StaffDenied, match="replayed"):
        demo_kiosk.desk.sign_in(given)
    for _ in range(5):
        with pytest.raises(StaffDenied, match="wrong"):
            demo_kiosk.desk.sign_in(credentials(BUDI).__class__("000000", given.totp, username=BUDI.username))
    demo_kiosk.ask(reset=True)
    demo_kiosk.desk.sign_in(given)
    demo_kiosk.desk.sign_in(credentials(BUDI))


def test_two_people_vouch_and_the_report_names_them(demo_kiosk: Demo) -> None:
    visit_id = str(uuid.uuid4())
    ticket = demo_kiosk.lookup(visit_id)
    events = KioskForTest.visit_events(_Sealer(), ticket)[:5]  # type: ignore[arg-type]
    links = [demo_kiosk.chain.add(visit_id, e) for e in (*events, ev.FaceAttempted(attempt=1, outcome="no_match"))]
    assert demo_kiosk.client.append(links).status == "accepted"
    assert demo_kiosk.ask(report=visit_id)["decision"] is None
    session = demo_kiosk.desk.sign_in(credentials(RINA))
    asked = ComparisonAsked(visit_id, ticket, ComparisonReason.OLD_PHOTO, session.session, credentials(BUDI))
    granted = demo_kiosk.desk.compare(asked)
    assert granted.second.username == BUDI.username
    report = demo_kiosk.ask(report=visit_id)
    assert report["decision"] == {"first": RINA.username, "second": BUDI.username}
    assert report["events"] == 6


class _Sealer:
    @staticmethod
    def sealed_verifier(_pin: str) -> str:
        return ""


def test_the_main_participant_can_be_verified_again_after_a_reset(demo_kiosk: Demo) -> None:
    admin = demo_kiosk.centre._centre.admin_dsn
    with psycopg.connect(admin, autocommit=True) as conn:
        conn.execute("UPDATE store.account SET status = 'TERVERIFIKASI', verified_at = now()")
    assert demo_kiosk.ask(report="x")["status"] == "TERVERIFIKASI"
    assert demo_kiosk.ask(reset=True) == {}
    assert demo_kiosk.ask(report="x") == {"events": 0, "status": "BELUM_TERVERIFIKASI", "decision": None}


# ---- the link


def test_the_kiosk_comes_through_the_link_and_the_jobs_do_not(demo_kiosk: Demo) -> None:
    host = conninfo_to_dict(demo_kiosk.dsn)["host"]
    assert host != conninfo_to_dict(demo_kiosk.centre._centre.staff_dsn)["host"]
    assert Path(str(host)).stat().st_mode & 0o077 == 0


def test_a_cut_ends_what_is_open_and_refuses_what_comes_until_it_is_mended(demo_kiosk: Demo) -> None:
    demo_kiosk.client.my_head()
    with psycopg.connect(demo_kiosk.dsn, autocommit=True) as held:
        held.execute("SELECT api.my_head()")
        demo_kiosk.ask(link={"up": False, "slow": False})
        with pytest.raises(psycopg.OperationalError):
            held.execute("SELECT api.my_head()")
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(demo_kiosk.dsn)
    with pytest.raises(CentreUnreachable):
        demo_kiosk.client.my_head()
    with pytest.raises(CentreUnreachable):
        demo_kiosk.desk.sign_in(credentials(TONO))
    demo_kiosk.ask(link={"up": False, "slow": False})  # twice is once
    demo_kiosk.ask(link={"up": True, "slow": False})
    assert demo_kiosk.client.my_head().epoch == 1


def test_a_cut_reaches_a_call_that_waits(demo_kiosk: Demo) -> None:
    """With a slow link the answer is on its way when the network goes."""
    demo_kiosk.client.my_head()
    demo_kiosk.ask(link={"up": True, "slow": True})
    cut = threading.Timer(0.2, demo_kiosk.ask, kwargs={"link": {"up": False, "slow": False}})
    cut.start()
    with pytest.raises(CentreUnreachable):
        demo_kiosk.client.my_head()
    cut.join()


def test_a_slow_link_adds_its_delay_to_each_answer_and_to_no_login(
    demo_kiosk: Demo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo_link, "SLOW_SECONDS", 0.4)
    demo_kiosk.ask(link={"up": True, "slow": True})
    began = time.monotonic()
    with psycopg.connect(demo_kiosk.dsn, autocommit=True) as conn:
        logged_in = time.monotonic()
        for _ in range(2):
            conn.execute("SELECT api.my_head()")
    took = time.monotonic() - logged_in
    assert logged_in - began < 0.4
    assert 0.8 <= took < 1.6
    demo_kiosk.ask(link={"up": True, "slow": False})
    began = time.monotonic()
    demo_kiosk.client.my_head()
    assert time.monotonic() - began < 0.4


def test_a_cut_link_leaves_no_thread_behind(demo_kiosk: Demo) -> None:
    demo_kiosk.client.my_head()
    demo_kiosk.ask(link={"up": False, "slow": False})
    until = time.monotonic() + 5
    while any(thread.name == "demo-link" for thread in threading.enumerate()):
        assert time.monotonic() < until
        time.sleep(0.01)


def test_large_answers_and_questions_come_through_whole(demo_kiosk: Demo) -> None:
    with psycopg.connect(demo_kiosk.dsn, autocommit=True) as conn:
        text = "x" * 300_000
        assert conn.execute("SELECT %s || repeat('y', 300000)", (text,)).fetchone() == (text + "y" * 300_000,)


# ---- the parent's side


def test_the_parent_asks_for_reset_and_link_in_words_the_child_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    process = DemoCentreProcess([], print, {})
    monkeypatch.setattr(process, "ask", lambda question, timeout: asked.append(json.dumps(question)) or {})
    process.reset()
    process.link(up=False, slow=True)
    assert asked == ['{"reset": true}', '{"link": {"up": false, "slow": true}}']
    assert demo_process.ANSWER_SECONDS > demo_link.SLOW_SECONDS
