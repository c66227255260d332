"""A phone back from the issuer, and what is forgotten. The risk: another's login moved on, facts that stay."""

from __future__ import annotations

import pytest

from db.central.ikd_job import CallBacks
from kiosk.ports import CentreRefused
from tests.db.central.ikd_support import FACTS, ISSUER, TOKEN_ID, Login, begun, in_a_minute, offered
from tests.db.support import CentralForTest


@pytest.fixture
def login(central: CentralForTest) -> Login:
    return offered(central)


@pytest.fixture
def away(central: CentralForTest) -> Login:
    """Offered, and the person is at the issuer's; nothing is asked until they are sent back."""
    return offered(central, begun(call_back_key="state-1"))


def call_backs(central: CentralForTest) -> CallBacks:
    return CallBacks(central.centre.connector_dsn, central.centre.keys)


def test_a_phone_that_comes_back_moves_its_login_on_and_no_other(away: Login) -> None:
    away.work()
    assert away.issuer.asked == []
    edge = call_backs(away.central)
    assert not edge.deliver("state-2", "code=x")
    assert edge.deliver("state-1", "code=x&state=state-1")
    away.issuer.polls = [FACTS]
    away.work()
    assert away.issuer.asked == [("secret-handle", "code=x&state=state-1")]
    assert away.result() == FACTS


def test_a_call_back_counts_once_and_not_after_the_end(away: Login) -> None:
    edge = call_backs(away.central)
    assert edge.deliver("state-1", "code=x")
    assert not edge.deliver("state-1", "code=y")
    away.issuer.polls = [FACTS]
    away.work()
    assert away.issuer.asked[0][1] == "code=x"
    assert not edge.deliver("state-1", "code=z")
    away.issuer.begins = [begun(call_back_key="state-3")]
    away.ask()
    away.work()
    away.central.run("UPDATE store.ikd_login SET expires_at = now()")
    assert not edge.deliver("state-3", "code=x")


def test_what_came_back_is_sealed_and_the_state_hashed(away: Login) -> None:
    call_backs(away.central).deliver("state-1", "code=secret-code")
    kept = away.row("concat(encode(call_back, 'escape'), encode(state_sha256, 'escape'))")
    assert "secret-code" not in kept
    assert "state-1" not in kept


def test_an_edge_without_a_database_says_no(central: CentralForTest) -> None:
    assert not CallBacks("host=/nowhere dbname=x", central.centre.keys).deliver("state-1", "code=x")


def test_facts_are_forgotten_after_a_visits_length_and_uses_a_day_after_the_token(login: Login) -> None:
    login.issuer.polls = [FACTS]
    login.work()
    client = login.kiosk.client
    assert client.use_token("v", ISSUER, TOKEN_ID, in_a_minute())
    login.central.run("UPDATE store.ikd_login SET decided_at = now() - interval '11 minutes'")
    login.central.run("UPDATE store.token_use SET expires_at = now() - interval '23 hours'")
    login.work()
    with pytest.raises(CentreRefused, match="already_served"):
        login.result()
    assert not client.use_token("v", ISSUER, TOKEN_ID, in_a_minute())
    login.central.run("UPDATE store.token_use SET expires_at = now() - interval '25 hours'")
    login.work()
    assert login.central.one("SELECT count(*) FROM store.token_use") == 0
