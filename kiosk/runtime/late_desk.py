"""The centre's staff desk before there is a connection: unreachable."""

from __future__ import annotations

from kiosk.ports import (
    CentreUnreachable,
    ComparisonAsked,
    ComparisonGranted,
    StaffCredentials,
    StaffDesk,
    StaffSession,
)


class LateDesk:
    """Passes every call on to the desk once it is connected."""

    def __init__(self) -> None:
        self._target: StaffDesk | None = None

    def connect(self, target: StaffDesk) -> None:
        self._target = target

    def sign_in(self, credentials: StaffCredentials) -> StaffSession:
        return self._desk().sign_in(credentials)

    def keep_alive(self, session: str) -> None:
        self._desk().keep_alive(session)

    def compare(self, asked: ComparisonAsked) -> ComparisonGranted:
        return self._desk().compare(asked)

    def sign_out(self, session: str) -> None:
        self._desk().sign_out(session)

    def _desk(self) -> StaffDesk:
        if self._target is None:
            raise CentreUnreachable
        return self._target
