"""A whole login, from the kiosk's client through the centre's database and job to an issuer, a phone and back.

The risk: parts that are each right and do not fit.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from db.central.demo_people import AFTER_MOVING, IN_IKD
from db.central.ikd_job import CallBacks, IkdJob
from kiosk.config import IssuerSettings
from kiosk.gateways.demo_issuer import DemoIssuer
from kiosk.gateways.oidc import OidcIssuer
from kiosk.gateways.oidc_edge import OidcEdge
from kiosk.ports import DigitalIdRefusal, DigitalIdRefused, PersonFacts
from kiosk.ports.issuer import DigitalIdIssuer
from tests.db.support import CentralForTest, KioskForTest
from tests.gateways.phone import Phone
from tests.gateways.real_provider import CLIENT_ID, CLIENT_SECRET, RealProvider
from tests.gateways.site import Site

WAIT_SECONDS = 20.0
"""Only a failing test waits this long."""


@contextmanager
def job(central: CentralForTest, issuer: DigitalIdIssuer) -> Iterator[None]:
    stop, ready = threading.Event(), threading.Event()
    worker = IkdJob(central.centre.connector_dsn, central.centre.keys, issuer)
    thread = threading.Thread(target=worker.run, args=(stop, ready.set), daemon=True)
    thread.start()
    assert ready.wait(WAIT_SECONDS)
    try:
        yield
    finally:
        stop.set()
        thread.join(WAIT_SECONDS)


def result(kiosk: KioskForTest, login_id: str) -> PersonFacts:
    until = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < until:
        facts = kiosk.client.login_result("v", login_id)
        if facts is not None:
            return facts
        time.sleep(0.02)
    pytest.fail("no result")


@pytest.fixture
def demo() -> Iterator[DemoIssuer]:
    made = DemoIssuer(IN_IKD)
    yield made
    made.stop()


def test_device_grant_at_the_demos_issuer(central: CentralForTest, demo: DemoIssuer) -> None:
    kiosk, connector = central.kiosk(), OidcIssuer(demo.start(), demo.client_secret)
    with job(central, connector):
        offer = kiosk.client.begin_login("v")
        assert demo.approve(offer.user_code, AFTER_MOVING.nik)
        facts = result(kiosk, offer.login_id)
    assert (facts.nik, facts.address, facts.marital_status) == (
        AFTER_MOVING.nik, AFTER_MOVING.address, AFTER_MOVING.marital_status,
    )  # fmt: skip
    connector.close()


def test_a_denied_login_reaches_the_kiosk(central: CentralForTest, demo: DemoIssuer) -> None:
    kiosk, connector = central.kiosk(), OidcIssuer(demo.start(), demo.client_secret)
    with job(central, connector):
        offer = kiosk.client.begin_login("v")
        assert demo.deny(offer.user_code)
        with pytest.raises(DigitalIdRefused) as refused:
            result(kiosk, offer.login_id)
    assert refused.value.refusal is DigitalIdRefusal.LOGIN_DENIED
    connector.close()


def test_code_and_pkce_at_a_real_provider_over_the_call_back_edge(central: CentralForTest) -> None:
    site, back = Site(), CallBacks(central.centre.connector_dsn, central.centre.keys)
    provider = RealProvider(site, {"siti": {"nik": AFTER_MOVING.nik, "name": AFTER_MOVING.name}})
    edge = OidcEdge("127.0.0.1", 0, back.deliver, str)
    edge.start()
    redirect_uri = f"http://127.0.0.1:{edge.port}/oidc/cb"
    provider.register(redirect_uri)
    settings = IssuerSettings(url=site.url, client_id=CLIENT_ID, redirect_uri=redirect_uri)
    kiosk, connector = central.kiosk(), OidcIssuer(settings, CLIENT_SECRET)
    try:
        with job(central, connector):
            offer = kiosk.client.begin_login("v")
            assert Phone("siti").scan(offer.uri).text == "True"
            facts = result(kiosk, offer.login_id)
        assert (facts.nik, facts.name) == (AFTER_MOVING.nik, AFTER_MOVING.name)
        assert Phone("siti").scan(offer.uri).text == "False"  # the same code again: its login is over
    finally:
        connector.close()
        edge.stop()
        site.close()
