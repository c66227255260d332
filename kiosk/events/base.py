"""What every event is: frozen, typed, versioned, with its meaning in ``doc``."""

from __future__ import annotations

from typing import ClassVar

from pydantic import BaseModel, ConfigDict


class BaseEvent(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    doc: ClassVar[str]
    version: int = 1
