"""The face step: ready, preparing, running. One hint at a time, changing at most once a second."""

from __future__ import annotations

from PySide6.QtCore import Property, QTimer, Signal, Slot

from kiosk.config import CueMode
from kiosk.face.types import FaceHint, FacePhase, FaceProgress
from kiosk.journey.inputs import BeginFace, DeclineMovement, Retry
from kiosk.journey.state import Stage, VisitState, Waiting
from ui.viewmodels.base import Desk
from ui.viewmodels.live import Held, LiveVm

LIGHT_PEEK_MS = 33
"""The camera's pace: what the screen lags behind the plan is measured as part of its answer."""


class FaceVm(LiveVm):
    face_shown = Signal()
    light_changed = Signal()  # several times a second while a colour fades, and nothing else with it
    stages = frozenset({Stage.FACE, Stage.DEFER_FACE})
    _light: str | None = None
    _last_light = "#ffffff"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._light_timer = QTimer(self, interval=LIGHT_PEEK_MS)
        self._light_timer.timeout.connect(self.peek_light)

    def entered(self, state: VisitState) -> None:
        super().entered(state)
        self._light_timer.start()

    def updated(self, before: VisitState | None, state: VisitState) -> None:
        if before is None or before.face_running != state.face_running:
            self.start_over()
            self.peek()

    def forgotten(self) -> None:
        self._light_timer.stop()
        super().forgotten()

    def start_over(self) -> None:
        self._version = self.desk.door.face_progress.peek()[0]  # the last attempt's words are stale
        self._begun_version = self._version
        self._progress: FaceProgress | None = None
        self._hint: Held[FaceHint] = Held()
        self._show_light(None)

    def peek_light(self) -> None:
        running = self.state is not None and self.state.face_running
        version, progress = self.desk.door.face_progress.peek()
        self._show_light(progress.light if running and progress and version > self._begun_version else None)

    def _show_light(self, light: str | None) -> None:
        if light != self._light:
            self._light, self._last_light = light, light or self._last_light
            self.light_changed.emit()

    def peek(self) -> None:
        """Take over what is new; a new hint waits until the present one has been readable."""
        if self.state is None or not self.state.face_running:
            return
        version, progress = self.desk.door.face_progress.peek()
        if version == self._begun_version:
            return
        turned = self._hint.offer(progress.hint if progress else None, self.desk.monotonic())
        if turned or version != self._version:
            self._version, self._progress = version, progress
            self.changed.emit()

    def _running(self) -> FaceProgress | None:
        return self._progress if self.state and self.state.face_running else None

    @Property(str, notify=light_changed)
    def light(self) -> str:
        """``#rrggbb`` of the surface round the oval; the last one stays while it goes away."""
        return self._last_light

    @Property(bool, notify=light_changed)
    def lit(self) -> bool:
        return self._light is not None

    @Property(bool, notify=face_shown)
    def lightOffered(self) -> bool:  # noqa: N802 - QML's own naming
        """Whether this site uses the screen's light at all."""
        return self.desk.settings.face.cues.screen_light is not CueMode.OFF

    @Property(bool, notify=face_shown)
    def capturing(self) -> bool:
        """To be matched later, at the centre."""
        return self.state is not None and self.state.stage is Stage.DEFER_FACE

    @Property(bool, notify=face_shown)
    def running(self) -> bool:
        return self.state is not None and self.state.face_running

    @Property(bool, notify=face_shown)
    def ready(self) -> bool:
        """Waiting for the person to begin (again)."""
        return (
            self.state is not None
            and not self.state.face_running
            and self.state.waiting is None
            and not self.state.face_matched
        )

    @Property(bool, notify=face_shown)
    def matched(self) -> bool:
        return self.state is not None and self.state.face_matched

    @Property(bool, notify=face_shown)
    def stuck(self) -> bool:
        """Matched, but the centre did not give the profile: a retry is offered."""
        return self.state is not None and self.state.face_matched and self.state.waiting is None

    @Property(bool, notify=face_shown)
    def preparing(self) -> bool:
        return self.state is not None and self.state.waiting is Waiting.PREPARING_FACE

    @Property(str, notify=face_shown)
    def hint(self) -> str:
        hint = self._hint.value if self._running() else None
        return self.fill(f"face.hint.{hint.value}") if hint else ""

    @Property(str, notify=face_shown)
    def movement(self) -> str:
        """``blink``, ``turn_left``, ``turn_right``, ``nod`` or nothing; the name of the icon too."""
        progress = self._running()
        return progress.movement.value if progress and progress.movement else ""

    @Property(bool, notify=face_shown)
    def mayDecline(self) -> bool:  # noqa: N802 - QML's own naming
        """Whether "Gerakan lain" is offered."""
        progress = self._running()
        return progress is not None and progress.may_decline

    @Property(str, notify=face_shown)
    def movementWord(self) -> str:  # noqa: N802 - QML's own naming
        progress = self._running()
        return self.fill(f"face.movement.{progress.movement.value}") if progress and progress.movement else ""

    @Property(int, notify=face_shown)
    def doneMovements(self) -> int:  # noqa: N802
        if self.state and self.state.face_matched:
            return 1
        progress = self._running()
        return progress.done_movements if progress else 0

    @Property(int, notify=face_shown)
    def allMovements(self) -> int:  # noqa: N802
        if self.state and self.state.face_matched:
            return 1
        progress = self._running()
        return progress.all_movements if progress else 0

    @Property(str, notify=face_shown)
    def movesText(self) -> str:  # noqa: N802
        progress = self._running()
        if progress is None or not progress.all_movements:
            return ""
        return self.fill("face.moves_done", done=progress.done_movements, all=progress.all_movements)

    @Property(bool, notify=face_shown)
    def checking(self) -> bool:
        progress = self._running()
        return progress is not None and progress.phase in (FacePhase.MATCH, FacePhase.DONE)

    @Property(bool, notify=face_shown)
    def again(self) -> bool:
        return self.state is not None and self.state.notice is not None

    @Property(str, notify=face_shown)
    def attemptText(self) -> str:  # noqa: N802
        if self.state is None or self.state.face_attempt == 0:
            return ""
        total = self.desk.settings.face.attempts
        now = self.state.face_attempt + (0 if self.state.face_running or self.state.waiting else 1)
        return self.fill("face.attempt", now=min(now, total), all=total)

    @Slot()
    def begin(self) -> None:
        self.post_once(BeginFace())

    @Slot()
    def beginWithoutLight(self) -> None:  # noqa: N802
        self.post_once(BeginFace(light=False))

    @Slot()
    def otherMovement(self) -> None:  # noqa: N802
        if self.mayDecline:
            self.post_once(DeclineMovement())

    @Slot()
    def retry(self) -> None:
        self.post_once(Retry())
