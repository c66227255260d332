"""The call-back edge, open to the internet. The risk: it takes what is none, tells or logs it, or is blocked."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator

import httpx
import pytest

from kiosk.gateways.oidc_edge import MAX_AT_ONCE, OidcEdge

STATE = "A" * 43


class Kept:
    def __init__(self) -> None:
        self.back: list[tuple[str, str]] = []
        self.waits = True
        self.hold = threading.Event()
        self.hold.set()

    def deliver(self, state: str, query: str) -> bool:
        self.hold.wait(10)
        self.back.append((state, query))
        return self.waits


@pytest.fixture
def kept() -> Kept:
    return Kept()


@pytest.fixture
def edge(kept: Kept) -> Iterator[OidcEdge]:
    made = OidcEdge("127.0.0.1", 0, kept.deliver, lambda waited: "kembali ke kios" if waited else "kode tidak dikenal")
    made.start()
    yield made
    kept.hold.set()
    made.stop()


def get(edge: OidcEdge, path: str) -> httpx.Response:
    return httpx.get(f"http://127.0.0.1:{edge.port}{path}", timeout=5, trust_env=False)


def test_a_phone_that_comes_back_is_handed_over_and_told_to_look_at_the_kiosk(edge: OidcEdge, kept: Kept) -> None:
    answer = get(edge, f"/oidc/cb?code=c%2Fd&state={STATE}&iss=x")
    assert (answer.status_code, answer.text) == (200, "kembali ke kios")
    assert kept.back == [(STATE, f"code=c%2Fd&state={STATE}&iss=x")]


def test_the_page_stays_in_no_cache_and_sends_its_address_nowhere(edge: OidcEdge) -> None:
    headers = get(edge, f"/oidc/cb?code=x&state={STATE}").headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Content-Security-Policy"] == "default-src 'none'"
    assert "Python" not in headers["Server"]


def test_a_login_that_does_not_wait_is_said_so(edge: OidcEdge, kept: Kept) -> None:
    kept.waits = False
    answer = get(edge, f"/oidc/cb?code=x&state={STATE}")
    assert (answer.status_code, answer.text) == (400, "kode tidak dikenal")


@pytest.mark.parametrize(
    "query",
    ["", "?", "?code=x", "?state=", "?state=short", f"?state={STATE}A", f"?state={STATE}&state={STATE}",
     f"?state={STATE[:-1]}'", f"?state={STATE}&" + "a=b&" * 20, f"?state={STATE}&code=" + "x" * 9000],
)  # fmt: skip
def test_what_is_no_call_back_reaches_nobody(edge: OidcEdge, kept: Kept, query: str) -> None:
    assert get(edge, f"/oidc/cb{query}").status_code == 400
    assert kept.back == []


@pytest.mark.parametrize("path", ["/", "/oidc", "/oidc/cb/", "/oidc/cb/../x", "/favicon.ico", "/OIDC/CB"])
def test_there_is_one_address(edge: OidcEdge, kept: Kept, path: str) -> None:
    assert get(edge, f"{path}?state={STATE}&code=x").status_code == 404
    assert kept.back == []


def test_only_get_is_answered(edge: OidcEdge, kept: Kept) -> None:
    url = f"http://127.0.0.1:{edge.port}/oidc/cb?state={STATE}&code=x"
    for method in ("POST", "PUT", "DELETE", "OPTIONS", "HEAD"):
        assert httpx.request(method, url, timeout=5, trust_env=False).status_code == 501
    assert kept.back == []


def test_garbage_and_a_peer_that_leaves_end_no_edge(edge: OidcEdge, kept: Kept) -> None:
    for words in (b"\x00\xff" * 50, b"GET\r\n\r\n", b"GET /oidc/cb HTTP/9.9\r\n\r\n", b"GET " + b"x" * 70_000, b""):
        with socket.create_connection(("127.0.0.1", edge.port), 5) as peer:
            peer.sendall(words)
    assert get(edge, f"/oidc/cb?code=x&state={STATE}").status_code == 200


def test_a_crowd_is_turned_away_and_the_edge_goes_on(edge: OidcEdge, kept: Kept) -> None:
    kept.hold.clear()
    crowd = [socket.create_connection(("127.0.0.1", edge.port), 5) for _ in range(MAX_AT_ONCE)]
    for peer in crowd:
        peer.sendall(f"GET /oidc/cb?code=x&state={STATE} HTTP/1.0\r\n\r\n".encode())
    until = time.monotonic() + 10
    while edge._server._places._value and time.monotonic() < until:  # type: ignore[attr-defined]
        time.sleep(0.01)
    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        get(edge, f"/oidc/cb?code=x&state={STATE}")
    kept.hold.set()
    for peer in crowd:
        assert peer.recv(12) == b"HTTP/1.0 200"
        peer.close()
    assert get(edge, f"/oidc/cb?code=x&state={STATE}").status_code == 200


def test_nothing_of_a_call_back_is_logged(
    edge: OidcEdge, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level("DEBUG")
    get(edge, f"/oidc/cb?code=secret-code&state={STATE}")
    said = capfd.readouterr()
    from_edge = [record for record in caplog.records if not record.name.startswith("http")]  # httpx is the test's phone
    assert from_edge == []
    assert "secret-code" not in said.out + said.err
