"""Runs one face attempt on a thread of its own: reference, frames, progress, result.

The reference embedding is asked for once a visit and lives in memory until the visit is wiped.
Whatever goes wrong ends in an outcome that is not a match.
"""

from __future__ import annotations

import logging
import secrets
import threading
from collections.abc import Callable

from kiosk.config import FaceSettings
from kiosk.face.attempt import Attempt
from kiosk.face.engine import FaceEngine
from kiosk.face.reference import Reference, ReferenceRefused
from kiosk.face.seal import Sealer
from kiosk.face.session import FaceSession
from kiosk.face.types import FaceOutcome, FaceProgress, FaceResult
from kiosk.journey.effects import StartCapture, StartFace
from kiosk.journey.inputs import FaceFinished, FaceReady
from kiosk.ports import CameraIdentity, Centre, CentreRefused, CentreUnreachable, Frame, LastingFault, Mailbox
from kiosk.runtime.visit_loop import Answer

log = logging.getLogger(__name__)

CAMERA_SILENCE_SECONDS = 3.0
"""A camera that gives nothing for this long is lost: 45 frames of the simulated one."""
NONCE_BYTES = 16
_NO_PHOTO = frozenset({"no_reference", "already_served", "chain_not_trusted", "consent_withdrawn"})
"""Refusals that another try cannot mend."""


class FaceRunner:
    def __init__(
        self,
        *,
        engine: FaceEngine,
        centre: Centre,
        frames: Mailbox[Frame],
        progress: Mailbox[FaceProgress],
        camera: Callable[[], CameraIdentity],
        settings: FaceSettings,
        sealer: Sealer,
        software: str,
    ) -> None:
        self._engine = engine
        self._centre = centre
        self._frames = frames
        self._progress = progress
        self._camera = camera
        self._settings = settings
        self._sealer = sealer
        self._software = software
        self._reference: tuple[str, Reference] | None = None
        self._session: FaceSession | None = None  # of the running attempt
        self._stop = threading.Event()
        self._one_at_a_time = threading.Lock()

    def start(self, effect: StartFace | StartCapture, answer: Answer) -> None:
        self.stop()
        self._stop = threading.Event()
        threading.Thread(target=self._run, args=(effect, answer, self._stop), name="face", daemon=True).start()

    def stop(self) -> None:
        self._stop.set()

    def decline(self) -> None:
        """Ask the running attempt for another movement; without one, nothing. Any thread."""
        session = self._session
        if session is not None:
            session.decline_movement()

    def forget(self) -> None:
        """Drop reference and progress of the visit."""
        self.stop()
        self._reference = None
        self._progress.put(None)

    def _run(self, effect: StartFace | StartCapture, answer: Answer, stop: threading.Event) -> None:
        with self._one_at_a_time:
            try:
                result = self._attempt(effect, answer, stop)
            except Exception as fault:
                log.error("face attempt failed", extra={"fault": type(fault).__name__}, exc_info=True)
                result = FaceResult(FaceOutcome.ENGINE_UNAVAILABLE)
            self._progress.put(None)
            if not stop.is_set():
                answer(FaceFinished(result))
            elif isinstance(effect, StartFace) and self._reference and self._reference[0] == effect.ticket:
                self._reference = None

    def _attempt(self, effect: StartFace | StartCapture, answer: Answer, stop: threading.Event) -> FaceResult:
        try:
            self._engine.load()
        except LastingFault as fault:
            log.error("face engine unavailable", extra={"reason": fault.reason})
            return FaceResult(FaceOutcome.ENGINE_UNAVAILABLE)
        try:
            reference = self._reference_for(effect.ticket) if isinstance(effect, StartFace) else None
        except CentreUnreachable:
            return FaceResult(FaceOutcome.REFERENCE_UNAVAILABLE)
        except CentreRefused as refusal:
            unusable = refusal.reason in _NO_PHOTO
            return FaceResult(FaceOutcome.REFERENCE_UNUSABLE if unusable else FaceOutcome.REFERENCE_UNAVAILABLE)
        except ReferenceRefused:
            return FaceResult(FaceOutcome.REFERENCE_UNUSABLE)
        attempt = Attempt(
            reference=reference,
            nonce=f"{effect.visit_id}:{effect.attempt}".encode() + secrets.token_bytes(NONCE_BYTES),
            seed=secrets.token_bytes(NONCE_BYTES),
            camera=self._camera(),
            sealer=self._sealer,
            software=self._software,
            light=effect.light,
        )
        session = FaceSession(self._engine, self._settings, attempt)
        self._session = session
        try:
            answer(FaceReady())
            return self._watch(session, stop)
        finally:
            self._session = None

    def _watch(self, session: FaceSession, stop: threading.Event) -> FaceResult:
        version, _ = self._frames.peek()
        while not stop.is_set():
            newer, frame = self._frames.wait_newer(version, CAMERA_SILENCE_SECONDS)
            if newer == version or frame is None:
                return FaceResult(FaceOutcome.CAMERA_LOST)
            version = newer
            self._progress.put(session.observe(frame))
            if session.result is not None:
                return session.result
        return FaceResult(FaceOutcome.CAMERA_LOST)

    def _reference_for(self, ticket: str) -> Reference:
        if self._reference is None or self._reference[0] != ticket:
            self._reference = (ticket, self._engine.embed_reference(self._centre.reference_face(ticket)))
        return self._reference[1]
