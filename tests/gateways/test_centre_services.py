"""The clients of a real centre, made from its settings. The risk: a secret in a message, an edge that nobody serves."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from kiosk.config import IssuerSettings, Settings, SmsSettings
from kiosk.gateways.centre_services import centre_services, sms_account
from kiosk.gateways.demo_issuer import DemoIssuer
from kiosk.gateways.demo_smsc import DemoSmsc
from kiosk.ports import LastingFault
from ui.login_page import login_page

STATE = "A" * 43


@pytest.fixture
def sms(tmp_path: Path) -> Iterator[tuple[SmsSettings, DemoSmsc]]:
    smsc = DemoSmsc("bpjs", "secret8")
    (tmp_path / "password").write_text("secret8\n")
    port = smsc.start()
    yield (
        SmsSettings(host="127.0.0.1", port=port, system_id="bpjs", password_file=tmp_path / "password"),
        smsc,
    )
    smsc.stop()


def test_a_text_goes_out_through_the_message_centre_of_the_settings(sms: tuple[SmsSettings, DemoSmsc]) -> None:
    with centre_services(Settings(sms=sms[0]), False, str) as services:
        services.sender.send("+6281200000890", "Kode: 482916")
        assert (services.issuer, services.edge) == (None, None)
    assert [message.text for message in sms[1].messages()] == ["Kode: 482916"]


def test_an_issuer_with_a_call_back_gets_its_edge_for_as_long_as_the_context_lasts(
    sms: tuple[SmsSettings, DemoSmsc], tmp_path: Path
) -> None:
    issuer = DemoIssuer(())
    (tmp_path / "client").write_text(issuer.client_secret)
    asked = issuer.start().model_copy(
        update={"secret_file": tmp_path / "client", "edge_port": 0, "flow": "code",
                "redirect_uri": "https://centre.contoh.invalid/oidc/cb"}
    )  # fmt: skip
    settings = Settings(sms=sms[0], ikd_issuer=asked)
    back: list[tuple[str, str]] = []

    def deliver(state: str, query: str) -> bool:
        back.append((state, query))
        return True

    try:
        with centre_services(settings, False, lambda waited: login_page(settings, waited)) as services:
            assert services.issuer is not None
            assert services.edge is not None
            with services.edge(deliver) as edge:
                url = f"http://127.0.0.1:{edge.port}/oidc/cb?code=c&state={STATE}"
                answer = httpx.get(url, timeout=5, trust_env=False)
            with pytest.raises(httpx.TransportError):
                httpx.get(url, timeout=2, trust_env=False)
    finally:
        issuer.stop()
    assert "kembali ke layar kios" in answer.text
    assert back == [(STATE, f"code=c&state={STATE}")]


def test_what_is_missing_is_named_and_the_password_never(tmp_path: Path) -> None:
    with pytest.raises(LastingFault, match="sms_not_set"):
        sms_account(SmsSettings())
    with pytest.raises(LastingFault, match="sms_password_unreadable"):
        sms_account(SmsSettings(host="x", password_file=tmp_path / "none"))
    (tmp_path / "long").write_text("hunter2hunter2")
    with pytest.raises(ValueError, match="8 ASCII") as told:
        sms_account(SmsSettings(host="x", password_file=tmp_path / "long"))
    assert "hunter2" not in str(told.value)
    (tmp_path / "sms").write_text("secret8")
    with (
        pytest.raises(LastingFault, match="issuer_secret_not_set"),
        centre_services(
            Settings(
                sms=SmsSettings(host="x", password_file=tmp_path / "sms"),
                ikd_issuer=IssuerSettings(url="https://x.invalid"),
            ),
            False,
            str,
        ),
    ):
        pytest.fail("opened without the issuer's secret")
