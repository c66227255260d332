"""What participants bring: e-KTP and IKD."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field

from kiosk.config.section import Section


class KtpSettings(Section):
    """The e-KTP before the camera."""

    frames: int = Field(5, ge=1, le=10, description="Frames of a card that are read before the person is asked.")
    find_seconds: float = Field(20.0, gt=0, le=120, description="Without a readable card for so long: unreadable, s.")
    tries: int = Field(2, ge=1, description="Unreadable cards a visit, then typing (journey).")


class IkdSettings(Section):
    """Digital identity: signed tokens read by the kiosk, and the login that the centre's connector runs."""

    login: bool = Field(False, description="The centre's connector has an issuer to log in with; DEMO: it has.")
    keys_file: Path | None = Field(
        None, description="Public keys of the issuers whose tokens are taken (TOML); DEMO: its own issuer's."
    )
    audience: str = Field(
        "bpjs-kiosk", min_length=1, max_length=200, description="Whom a token must be made for (its aud)."
    )
    token_seconds: float = Field(90.0, gt=0, le=600, description="Longest life of a token, s (IKD: 90).")
    skew_seconds: float = Field(10.0, ge=0, le=60, description="Clock difference to the issuer that is forgiven, s.")
    max_token_bytes: int = Field(
        2048, ge=256, le=4296, description="Longest token, and what it may unpack to (a QR code holds 4,296 letters)."
    )
    poll_seconds: float = Field(2.0, gt=0, le=10, description="Between two questions how a login stands, s.")


class IssuerSettings(Section):
    """The digital identity's OpenID Connect provider, for the centre's connector. A kiosk needs none of it."""

    url: str = Field("", description="Issuer, exactly as its discovery document names it; empty: no login.")
    flow: Literal["code", "device"] = Field(
        "code", description="Authorization code with PKCE and call-back (INApas), or device authorization grant."
    )
    client_id: str = Field("", description="Name of the connector at the issuer.")
    client_auth: Literal["client_secret_basic", "client_secret_post", "private_key_jwt", "none"] = Field(
        "client_secret_basic", description="How the connector proves itself at the token endpoint."
    )
    secret_file: Path | None = Field(None, description="Client secret, or private JWK for private_key_jwt.")
    ca_file: Path | None = Field(
        None, description="Certificates that the issuer's is checked with; default: public ones."
    )
    redirect_uri: str = Field("", description="Public address of the call-back edge (https://.../oidc/cb).")
    edge_host: str = Field("127.0.0.1", description="Address the edge listens on; TLS ends in front of it.")
    edge_port: int = Field(8443, ge=0, le=65535, description="Port the edge listens on; 0: any free one.")
    scopes: str = Field("openid profile", description="What is asked for; openid must be in it.")
    nik_claim: str = Field("nik", description="Name of the claim that carries the NIK.")
    algorithms: tuple[Literal["ES256", "EdDSA", "Ed25519", "RS256"], ...] = Field(
        ("ES256", "EdDSA", "Ed25519"), description="Signatures taken on an id_token."
    )
    login_seconds: float = Field(120.0, gt=0, le=120, description="Longest life of a login, s.")
    call_seconds: float = Field(5.0, gt=0, le=30, description="Time-out of one call to the issuer, s.")
    skew_seconds: float = Field(10.0, ge=0, le=60, description="Clock difference to the issuer that is forgiven, s.")
