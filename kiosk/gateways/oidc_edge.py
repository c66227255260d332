"""The call-back edge: where the issuer sends the person's phone back to (``/oidc/cb``). Run by the connector.

One address, GET only, nothing remembered: what came back is handed to ``deliver`` under its state, and the phone
is told to look at the kiosk again. TLS ends in front of it. Never logged: the address carries the code.
"""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import socket
from typing import Any
from urllib.parse import parse_qs, urlsplit

log = logging.getLogger(__name__)

PATH = "/oidc/cb"
MAX_QUERY_CHARS = 8192
MAX_AT_ONCE = 32
"""A phone comes back once a login; more at once than this is somebody else."""
READ_SECONDS = 5.0

_STATE = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
"""32 random bytes, as ``OidcIssuer`` draws them."""

_HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}

Deliver = Callable[[str, str], bool]
"""(state, query); False when no login waits for it. Called on a thread of the edge's."""


class OidcEdge:
    def __init__(self, host: str, port: int, deliver: Deliver, page: Callable[[bool], str]) -> None:
        """``page``: a whole HTML page for the phone, by whether a login waited. ``port`` 0: any. Raises OSError."""
        self._server = _Server((host, port), deliver, page)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.2,), name="oidc-edge", daemon=True
        )  # fmt: skip

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """After ``start``."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = MAX_AT_ONCE  # the library's 5 leaves phones of a full waiting room knocking for seconds
    block_on_close = False  # a phone that dawdles must not hold up the connector's end

    def __init__(self, address: tuple[str, int], deliver: Deliver, page: Callable[[bool], str]) -> None:
        self.deliver = deliver
        self.page = page
        self._places = threading.BoundedSemaphore(MAX_AT_ONCE)
        super().__init__(address, _CallBack)

    def process_request(self, request: socket | tuple[bytes, socket], client_address: Any) -> None:
        if not self._places.acquire(blocking=False):
            self.shutdown_request(request)
            return
        super().process_request(request, client_address)

    def process_request_thread(self, request: socket | tuple[bytes, socket], client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._places.release()

    def handle_error(self, request: socket | tuple[bytes, socket], client_address: Any) -> None:
        log.info("a call-back broke off")


class _CallBack(BaseHTTPRequestHandler):
    server: _Server
    timeout = READ_SECONDS
    server_version = "edge"
    sys_version = ""

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        if parts.path != PATH:
            self._say(HTTPStatus.NOT_FOUND, "")
            return
        state = _state(parts.query)
        waited = state is not None and self.server.deliver(state, parts.query)
        self._say(HTTPStatus.OK if waited else HTTPStatus.BAD_REQUEST, self.server.page(waited))

    def log_message(self, *_: object) -> None:
        """Nothing."""

    def _say(self, status: HTTPStatus, text: str) -> None:
        body = text.encode()
        self.send_response(status)
        for name, value in _HEADERS.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _state(query: str) -> str | None:
    if len(query) > MAX_QUERY_CHARS:
        return None
    try:
        states = parse_qs(query, max_num_fields=16).get("state", [])
    except ValueError:
        return None
    return states[0] if len(states) == 1 and _STATE.fullmatch(states[0]) else None
