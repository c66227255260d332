"""What one picture of the gallery is made of, and the invented people in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from kiosk.face.types import FaceProgress
from kiosk.health.diagnostics import Diagnostics, PictureNumbers
from kiosk.journey.state import Stage, VisitState, Waiting
from kiosk.ports import CodeBox, Frame, KtpProgress, Profile
from kiosk.staff.state import StaffScreen, StaffState
from ui.ports import ServicesOffered

NOW = 1000.0
"""The clock of the gallery, monotonic seconds."""
VISIT = "9b2f6c1e-5a77-4c3e-8d1b-2f0a6e4c7d11"
CASE = "7K2Q-9XMD"
PERSON = Profile(
    name="Siti Rahayu",
    birth_date=date(1995, 8, 15),
    nik="3174075508950001",
    card_number="0001234567890",
    masked_phone="0812-xxxx-890",
    membership="AKTIF",
)


class Door(StrEnum):
    """Whose screen it is; the contact sheet groups by it."""

    PARTICIPANT = "participant"
    SUPERVISOR = "supervisor"
    TECHNICIAN = "technician"


@dataclass(frozen=True, slots=True)
class Scene:
    """One picture of the gallery: a state, and what else is on the screen then."""

    state: VisitState
    typed: str = ""
    progress: FaceProgress | None = None
    camera: Callable[[], Frame] | None = None
    ktp: KtpProgress | None = None
    box: CodeBox | None = None
    offered: ServicesOffered = field(default_factory=ServicesOffered)
    desk_help: bool = False
    staff: StaffState | None = None
    diagnostics: Diagnostics | None = None
    picture: PictureNumbers | None = None

    @property
    def door(self) -> Door:
        if self.staff is None:
            return Door.PARTICIPANT
        of_parts = self.staff.screen in (StaffScreen.DIAGNOSTICS, StaffScreen.TEST)
        return Door.TECHNICIAN if of_parts else Door.SUPERVISOR


def at(stage: Stage, **changes: object) -> VisitState:
    base = VisitState(stage=stage, visit_id=VISIT, started_at=NOW, last_touch=NOW, stage_since=NOW)
    return replace(base, **changes)  # type: ignore[arg-type]


def waiting_at(stage: Stage, waiting: Waiting, seconds: float = 2.0, **changes: object) -> VisitState:
    return at(stage, waiting=waiting, waiting_since=NOW - seconds, **changes)
