"""The kiosk's client of the staff door: an answer, a refusal, or "unreachable", and never what was typed."""

from __future__ import annotations

import logging
import os
import signal
from collections.abc import Callable, Iterator

import pytest

from db.central.demo_staff import RINA
from db.central.staff_client import StaffClient
from kiosk.config import CentreSettings
from kiosk.ports import CentreRefused, CentreUnreachable, StaffDenied, StaffDesk, StaffRefusal
from tests.db.central.staff_support import credentials
from tests.db.support import CentralForTest, KioskForTest

SETTINGS = CentreSettings(call_seconds=0.3)


@pytest.fixture
def kiosk(central: CentralForTest) -> KioskForTest:
    return central.kiosk()


Make = Callable[..., StaffClient]


@pytest.fixture
def make(kiosk: KioskForTest) -> Iterator[Make]:
    made: list[StaffClient] = []

    def client(
        dsn: str = "", key: Callable[[], bytes] = lambda: kiosk.centre.keys.box_public_key, kiosk_id: str = ""
    ) -> StaffClient:
        made.append(
            StaffClient(
                dsn or kiosk.dsn, SETTINGS, kiosk_id or kiosk.kiosk_id, kiosk.signer.sign, key, answer_seconds=0.5
            )
        )
        return made[-1]

    yield client
    for one in made:
        one.close()


def refusal_of(call: Callable[[], object]) -> StaffRefusal:
    with pytest.raises(StaffDenied) as denied:
        call()
    return denied.value.refusal


def test_it_is_the_staff_desk_of_the_rules(make: Make) -> None:
    desk: StaffDesk = make()
    assert desk is not None


def test_nobody_there_is_unreachable(make: Make) -> None:
    with pytest.raises(CentreUnreachable):
        make("host=/nonexistent user=kiosk_x").sign_in(credentials(RINA))


def test_a_job_that_never_answers_is_unreachable(make: Make) -> None:
    with pytest.raises(CentreUnreachable):
        make().sign_in(credentials(RINA))


def test_a_server_that_stops_answering_is_unreachable(central: CentralForTest, make: Make) -> None:
    desk = make()
    with central.jobs():
        desk.sign_in(credentials(RINA))
    pid = central.one("SELECT pid FROM pg_stat_activity WHERE usename = 'kiosk_kiosk-demo-01'")
    os.kill(pid, signal.SIGSTOP)
    try:
        with pytest.raises(CentreUnreachable):
            desk.keep_alive("0" * 8 + "-0000-0000-0000-" + "0" * 12)
    finally:
        os.kill(pid, signal.SIGCONT)


def test_a_kiosk_that_was_switched_off_is_not_trusted(central: CentralForTest, make: Make) -> None:
    central.run("UPDATE store.kiosk SET enabled = false")
    assert refusal_of(lambda: make().sign_in(credentials(RINA))) is StaffRefusal.NOT_TRUSTED

    def not_enrolled() -> bytes:
        raise CentreRefused("not_enrolled")

    assert refusal_of(lambda: make(key=not_enrolled).sign_in(credentials(RINA))) is StaffRefusal.NOT_TRUSTED


def test_a_kiosk_that_signs_under_another_name_is_not_trusted(central: CentralForTest, make: Make) -> None:
    with central.jobs():
        assert refusal_of(lambda: make(kiosk_id="kiosk-x").sign_in(credentials(RINA))) is StaffRefusal.NOT_TRUSTED


def test_a_flooded_queue_is_unreachable_not_a_refusal(central: CentralForTest, kiosk: KioskForTest, make: Make) -> None:
    for _ in range(8):
        with pytest.raises(CentreUnreachable):
            make().sign_out("0" * 8 + "-0000-0000-0000-" + "0" * 12)
    with pytest.raises(CentreUnreachable, match="busy"):
        make().sign_in(credentials(RINA))


def test_nothing_that_staff_typed_is_in_errors_or_logs(
    central: CentralForTest, make: Make, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    given = credentials(RINA, by_badge=True)
    central.run("ALTER TABLE store.staff_request ADD CHECK (kind <> 'sign_in')")  # an error that quotes the row
    with pytest.raises(CentreUnreachable) as error:
        make().sign_in(given)
    shown = f"{error.value!r} {error.value.__cause__!r} {caplog.text} {given!r}"
    for secret in (given.pin, given.totp, given.badge, "staff_request"):
        assert secret not in shown
