"""The outside world of a demonstration: a message centre and an issuer of digital identities on the loopback.

They live in the kiosk's process, where the dock's phone is; the demo's centre, a process of its own, is told by
environment how to reach them.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kiosk.config import IssuerSettings
from kiosk.gateways.demo_issuer import DemoIssuer
from kiosk.gateways.demo_smsc import DemoSmsc
from kiosk.ports import DemoPerson

if TYPE_CHECKING:
    from kiosk.gateways.oidc import OidcIssuer
    from kiosk.gateways.smpp import SmppSender

LOGIN, VARIABLE = "bpjs-demo", "BPJS_DEMO_SERVICES"


@dataclass(frozen=True, slots=True)
class DemoServices:
    smsc: DemoSmsc
    issuer: DemoIssuer
    environment: Mapping[str, str]  # for the centre's process

    def stop(self) -> None:
        self.smsc.stop()
        self.issuer.stop()


def start_services(people: Sequence[DemoPerson]) -> DemoServices:
    """``people``: whom the issuer knows. Raises OSError without a free port."""
    password = secrets.token_hex(4)  # SMPP allows eight characters
    smsc, issuer = DemoSmsc(LOGIN, password), DemoIssuer(people)
    told = [smsc.start(), password, issuer.start().model_dump(mode="json"), issuer.client_secret]
    return DemoServices(smsc, issuer, {VARIABLE: json.dumps(told)})


def clients(environment: Mapping[str, str]) -> tuple[SmppSender, OidcIssuer]:
    """The centre's side of both."""
    from kiosk.gateways.oidc import OidcIssuer  # noqa: PLC0415 - an HTTP client the kiosk's process never needs
    from kiosk.gateways.smpp import SmppAccount, SmppSender  # noqa: PLC0415

    port, password, issuer, secret = json.loads(environment[VARIABLE])
    sender = SmppSender(SmppAccount("127.0.0.1", port, LOGIN, password))
    return sender, OidcIssuer(IssuerSettings.model_validate(issuer), secret)
