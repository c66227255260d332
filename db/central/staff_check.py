"""Looks at given secrets and remembers what follows from them, also for the next try."""

from __future__ import annotations

from nacl.exceptions import CryptoError

from db.central import staff_rows as rows
from db.central.keys import CentreKeys
from db.central.listening import Connection
from db.central.staff_rows import StaffRequest
from db.central.staff_rules import Account, Proof, SignInVerdict, judge_sign_in
from db.central.staff_secrets import PinCost, new_totp_secret, nobodys_verifier, pin_fits, totp_step
from kiosk.ports import StaffCredentials


class SecretsCheck:
    def __init__(self, keys: CentreKeys, unknown_cost: PinCost) -> None:
        self._keys = keys
        self._nobody = rows.Secrets(nobodys_verifier(unknown_cost), keys.seal(new_totp_secret().encode()))

    def check(
        self, conn: Connection, request: StaffRequest, given: StaffCredentials
    ) -> tuple[Account | None, SignInVerdict]:
        """The same work for an unknown name as for a known one: the time an answer takes tells little."""
        found = rows.find_account(conn, given)
        account, secrets = found if found else (None, self._nobody)
        proof = Proof(
            pin_fits=pin_fits(given.pin, secrets.verifier, self._keys),
            totp_step=self._step(secrets.totp_sealed, given.totp, request.now.timestamp()),
        )
        verdict = judge_sign_in(account, proof, request.now)
        if account is not None:
            rows.remember(conn, account, verdict)
        return account, verdict

    def _step(self, sealed: bytes, code: str, now: float) -> int | None:
        try:
            return totp_step(self._keys.open(sealed).decode(), code, now)
        except (CryptoError, ValueError):  # sealed to another centre's key: nobody signs in with it
            return None
