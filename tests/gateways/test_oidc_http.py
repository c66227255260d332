"""HTTP to an issuer. The risk: one that sends us elsewhere, floods us, dawdles, or answers what is no answer."""

from __future__ import annotations

import gzip
import json
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.config import IssuerSettings
from kiosk.gateways.oidc import OidcIssuer
from kiosk.gateways.oidc_client_auth import ClientAuth, read_secret
from kiosk.gateways.oidc_http import MAX_BODY_BYTES, IssuerHttp
from kiosk.identity.ikd.making import new_key
from kiosk.ports import DigitalIdRefusal as R
from kiosk.ports import DigitalIdRefused, LastingFault
from tests.gateways.site import Response, Site, as_json, as_page


@pytest.fixture
def site() -> Iterator[Site]:
    made = Site()
    yield made
    made.close()


def refusal(site: Site, path: str = "/x", seconds: float = 2.0) -> R:
    http = IssuerHttp(site.url, seconds)
    with pytest.raises(DigitalIdRefused) as refused:
        http.get(site.url + path)
    http.close()
    return refused.value.refusal


def test_a_redirect_is_not_followed_also_not_within_the_host(site: Site) -> None:
    for where in ("https://evil.contoh/", "/y", "//evil.contoh/"):
        site.pages["GET", "/x"] = lambda _, where=where: Response(302, b"{}", {"Location": where})  # type: ignore[misc]
        assert refusal(site) is R.ISSUER_FAULT
    assert site.asked("/y") == 0


@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_an_overloaded_issuer_is_one_that_may_come_back(site: Site, status: int) -> None:
    site.pages["GET", "/x"] = lambda _: as_page("<h1>Bad gateway</h1>", status)
    assert refusal(site) is R.ISSUER_UNREACHABLE


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"7", b"null", b"\xff\xfe", b"[" * 100_000, b'{"a":'])
def test_an_answer_that_is_no_object_is_a_fault(site: Site, body: bytes) -> None:
    site.pages["GET", "/x"] = lambda _: Response(200, body)
    assert refusal(site) is R.ISSUER_FAULT


def test_a_flood_is_cut_off_packed_or_not(site: Site) -> None:
    flood = b'{"a":"' + b"x" * (2 * MAX_BODY_BYTES) + b'"}'
    site.pages["GET", "/x"] = lambda _: Response(200, flood)
    site.pages["GET", "/y"] = lambda _: Response(200, gzip.compress(flood), {"Content-Encoding": "gzip"})
    assert refusal(site) is R.ISSUER_FAULT
    assert refusal(site, "/y") is R.ISSUER_FAULT


def test_an_issuer_that_drips_is_left_after_the_time_out() -> None:
    listener = socket.create_server(("127.0.0.1", 0))

    def drip() -> None:
        peer, _ = listener.accept()
        peer.recv(4096)
        peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        try:
            for _ in range(100):
                peer.sendall(b" ")
                time.sleep(0.1)
        except OSError:
            return

    threading.Thread(target=drip, daemon=True).start()
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    http, began = IssuerHttp(url, 0.5), time.monotonic()
    with pytest.raises(DigitalIdRefused) as refused:
        http.get(url)
    assert refused.value.refusal is R.ISSUER_UNREACHABLE
    assert time.monotonic() - began < 5
    listener.close()


def test_nobody_there_is_unreachable() -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    listener.close()
    http = IssuerHttp(url, 0.5)
    with pytest.raises(DigitalIdRefused) as refused:
        http.get(url)
    assert refused.value.refusal is R.ISSUER_UNREACHABLE


URLS = {
    "https://ikd.contoh.go.id/x": True,
    "https://ikd.contoh.go.id:8443/x?y=z": True,
    "http://ikd.contoh.go.id/x": False,
    "http://127.0.0.1/x": False,
    "https://user:pass@ikd.contoh.go.id/": False,
    "https://ikd.contoh.go.id/#x": False,
    "https:///x": False,
    "//ikd.contoh.go.id/x": False,
    "ftp://ikd.contoh.go.id/x": False,
    "file:///etc/passwd": False,
    "https://[::1": False,
    "": False,
    "https://ikd.contoh.go.id/" + "x" * 2048: False,
}


@pytest.mark.parametrize(("url", "allowed"), URLS.items())
def test_an_issuer_on_the_net_is_asked_over_tls_only(url: str, allowed: bool) -> None:
    assert IssuerHttp("https://ikd.contoh.go.id", 1.0).may_call(url) is allowed


@pytest.mark.parametrize("url", ["http://elsewhere.contoh/", "http://127.0.0.1.contoh/", "http://10.0.0.1/"])
def test_plain_http_is_for_an_issuer_on_this_machine_alone(url: str) -> None:
    http = IssuerHttp("http://127.0.0.1:1", 1.0)
    assert http.may_call("http://127.0.0.1:2/x")
    assert http.may_call("https://elsewhere.contoh/")
    assert not http.may_call(url)
    with pytest.raises(DigitalIdRefused) as refused:
        http.get(url)
    assert refused.value.refusal is R.ISSUER_FAULT


DISCOVERY = {
    "another issuer": {"issuer": "https://evil.contoh"},
    "a slash more": {"issuer": "{url}/"},
    "no issuer": {"issuer": None},
    "no token endpoint": {"token_endpoint": None},
    "token endpoint elsewhere without TLS": {"token_endpoint": "http://evil.contoh/token"},
    "no keys": {"jwks_uri": None},
    "keys in a file": {"jwks_uri": "file:///etc/passwd"},
    "a number as endpoint": {"authorization_endpoint": 7},
}


@pytest.mark.parametrize("changed", DISCOVERY.values(), ids=DISCOVERY.keys())
def test_a_discovery_document_that_is_not_the_issuers_is_a_fault(site: Site, changed: dict[str, object]) -> None:
    url = site.url
    honest: dict[str, object] = {
        "issuer": url, "jwks_uri": f"{url}/jwks", "token_endpoint": f"{url}/t", "authorization_endpoint": f"{url}/a",
    }  # fmt: skip
    told = {n: v.replace("{url}", url) if isinstance(v, str) else v for n, v in (honest | changed).items()}
    site.pages["GET", "/.well-known/openid-configuration"] = lambda _: as_json(told)
    settings = IssuerSettings(url=url, client_id="c", client_auth="none", redirect_uri="https://x.contoh/oidc/cb")
    with pytest.raises(DigitalIdRefused) as refused:
        OidcIssuer(settings, "").begin()
    assert refused.value.refusal is R.ISSUER_FAULT


def test_nothing_of_a_call_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG", logger="kiosk")
    gone = Site()
    gone.close()
    http = IssuerHttp(gone.url, 1.0)
    with pytest.raises(DigitalIdRefused):
        http.post(gone.url + "/token?secret-query", {"code": "secret-code"}, {"Authorization": "Basic secret-word"})
    assert caplog.records
    assert "secret" not in caplog.text + repr([record.__dict__ for record in caplog.records])


# ---- the connector's secret


def test_a_secret_is_read_from_its_file_and_never_shown(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("s3cret\n")
    settings = IssuerSettings(client_id="c", secret_file=file)
    assert read_secret(settings) == "s3cret"
    assert "s3cret" not in repr(settings) + repr(ClientAuth(settings, "s3cret"))
    assert read_secret(IssuerSettings(client_auth="none")) == ""
    for broken in (IssuerSettings(), IssuerSettings(secret_file=tmp_path / "none")):
        with pytest.raises(LastingFault):
            read_secret(broken)


@pytest.mark.parametrize("secret", ["", "x", "{}", "[]", '{"kty":"EC"}', '{"kty":"oct","k":"AAAA"}'])
def test_a_private_key_that_is_none_is_a_lasting_fault(secret: str) -> None:
    with pytest.raises(LastingFault):
        ClientAuth(IssuerSettings(client_id="c", client_auth="private_key_jwt"), secret)


def test_a_public_key_and_a_nameless_client_are_lasting_faults() -> None:
    with pytest.raises(LastingFault):
        ClientAuth(IssuerSettings(client_id="c", client_auth="private_key_jwt"), json.dumps(new_key().public_jwk))
    with pytest.raises(LastingFault):
        ClientAuth(IssuerSettings(client_auth="none"), "")
