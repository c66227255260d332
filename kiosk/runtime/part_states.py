"""What is said of the kiosk's parts: to the start screen, to the doctor, and to the fleet's view at the centre."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from kiosk.health.readiness import Part
from kiosk.ports import Json, PartHealth, PartState, StoreUnavailable
from kiosk.runtime.warm_up import EngineWarmUp
from kiosk.runtime.worker import ResilientWorker

LONGEST_STATE = 40
"""Characters of a part's state as the centre is told it."""


class PartStates:
    def __init__(
        self,
        *,
        camera: ResilientWorker,
        scanner: ResilientWorker | None,
        warm_up: EngineWarmUp,
        backlog: Callable[[], int],
        store_trouble: Callable[[], str],
        software: str,
    ) -> None:
        """``backlog`` may raise StoreUnavailable."""
        self._camera = camera
        self._scanner = scanner
        self._warm_up = warm_up
        self._backlog = backlog
        self._store_trouble = store_trouble
        self._software = software
        self._unconnected = PartHealth(Part.CENTRE, PartState.STARTING)
        self._sync: ResilientWorker | None = None
        self._chain_broken: Callable[[str], bool] = lambda _fault: False
        self._certificate: Callable[[], Mapping[str, str]] = dict

    def connected(
        self, sync: ResilientWorker, chain_broken: Callable[[str], bool], certificate: Callable[[], Mapping[str, str]]
    ) -> None:
        """The centre is from now on what ``sync`` finds it to be."""
        self._chain_broken, self._certificate = chain_broken, certificate
        self._sync = sync

    def not_connected(self, fault: str) -> None:
        self._unconnected = PartHealth(Part.CENTRE, PartState.FAULT, last_fault=fault)

    def parts(self) -> list[PartHealth]:
        """For the start screen: states only. Asks nobody, so the GUI thread may call it."""
        sync = self._sync.glance() if self._sync else self._unconnected
        centre = _as_it_serves(PartHealth(Part.CENTRE, sync.state, last_fault=sync.last_fault))
        return [
            _as_it_serves(self._camera.glance()),
            self._warm_up.health(),
            self._store_state(sync.last_fault),
            centre,
        ]

    def camera_health(self) -> PartHealth:
        return _as_it_serves(self._camera.health())

    def scanner_health(self) -> PartHealth:
        if self._scanner is None:
            return PartHealth(Part.SCANNER, PartState.ABSENT)
        return _as_it_serves(self._scanner.health())

    def centre_health(self) -> PartHealth:
        if self._sync is None:
            return self._unconnected
        sync, certificate = self._sync.health(), self._certificate()
        detail = {**sync.detail, **certificate}
        health = _as_it_serves(PartHealth(Part.CENTRE, sync.state, sync.version, sync.last_fault, detail))
        warned = "warning" in certificate and health.state is PartState.READY
        return replace(health, state=PartState.DEGRADED) if warned else health

    def told(self) -> Json:
        """What the fleet's view shows of this kiosk: words and counts, nothing of a person."""
        parts = [part for part in (*self.parts(), self.scanner_health()) if part.state is not PartState.ABSENT]
        states = {part.name: _in_words(part) for part in parts}
        try:
            backlog: int | None = self._backlog()
        except StoreUnavailable:
            backlog = None
        told: Json = {"software": self._software, "backlog": backlog, "parts": states}
        if ends := self._certificate().get("certificate_ends"):
            told["certificate_ends"] = ends
        return told

    def _store_state(self, sync_fault: str) -> PartHealth:
        """A chain that the centre will never take (a restored or cloned disk), or not yet, cannot serve."""
        if trouble := self._store_trouble():
            return PartHealth(Part.STORE, PartState.FAULT, last_fault=trouble)
        if sync_fault and self._chain_broken(sync_fault):
            return PartHealth(Part.STORE, PartState.FAULT, last_fault=sync_fault)
        return PartHealth(Part.STORE, PartState.READY)


def _as_it_serves(health: PartHealth) -> PartHealth:
    """A worker's part under a passing fault is tried again, but until then it does not serve: an unplugged
    camera takes nobody through a visit."""
    return replace(health, state=PartState.FAULT) if health.state is PartState.DEGRADED else health


def _in_words(part: PartHealth) -> str:
    if part.state is PartState.READY:
        return part.state.value
    return f"{part.state.value} {part.last_fault}".strip()[:LONGEST_STATE]
