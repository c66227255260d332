"""The outside services of a centre's jobs, by its settings: message centre, digital identity's issuer, edge."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import NamedTuple

from kiosk.config import IssuerSettings, Settings, SmsSettings
from kiosk.gateways.demo_services import clients
from kiosk.gateways.oidc import OidcIssuer
from kiosk.gateways.oidc_client_auth import read_secret
from kiosk.gateways.oidc_edge import Deliver, OidcEdge
from kiosk.gateways.smpp import SmppAccount, SmppSender
from kiosk.ports import LastingFault

MAX_PASSWORD_BYTES = 64
Page = Callable[[bool], str]


class CentreServices(NamedTuple):
    sender: SmppSender
    issuer: OidcIssuer | None
    edge: Callable[[Deliver], AbstractContextManager[OidcEdge]] | None


@contextmanager
def centre_services(settings: Settings, demo: bool, page: Page) -> Iterator[CentreServices]:
    """Clients of the real ones, or of the demo's. ``page``: see ``OidcEdge``. Raises LastingFault, ValueError."""
    if demo:
        sender, issuer = clients(os.environ)
        services = CentreServices(sender, issuer, None)
    else:
        services = _real(settings, page)
    with services.sender, contextlib.ExitStack() as stack:
        if services.issuer is not None:
            stack.callback(services.issuer.close)
        yield services


def _real(settings: Settings, page: Page) -> CentreServices:
    account = sms_account(settings.sms)
    asked = settings.ikd_issuer
    issuer = OidcIssuer(asked, read_secret(asked)) if asked.url else None
    edge = _edge(asked, page) if issuer is not None and asked.flow == "code" and asked.redirect_uri else None
    return CentreServices(SmppSender(account), issuer, edge)


def sms_account(settings: SmsSettings) -> SmppAccount:
    """Raises LastingFault, ValueError."""
    if not settings.host or settings.password_file is None:
        raise LastingFault("sms_not_set")
    try:
        with settings.password_file.open(encoding="utf-8") as file:
            password = file.read(MAX_PASSWORD_BYTES).strip()
    except (OSError, ValueError):
        raise LastingFault("sms_password_unreadable") from None
    return SmppAccount(settings.host, settings.port, settings.system_id, password, settings.source, settings.tls)


def _edge(settings: IssuerSettings, page: Page) -> Callable[[Deliver], AbstractContextManager[OidcEdge]]:
    @contextmanager
    def served(deliver: Deliver) -> Iterator[OidcEdge]:
        edge = OidcEdge(settings.edge_host, settings.edge_port, deliver, page)
        edge.start()
        try:
            yield edge
        finally:
            edge.stop()

    return served
