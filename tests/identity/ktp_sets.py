"""Cards to tune the e-KTP reader on, and other cards to report on. Their seeds never meet.

The generator (``hardware.camera.simulated.ektp``) still changed while the first 60 cards of
TUNING were drawn, and has been frozen since; REPORT is for figures alone: nobody looks at it to change the reader.

``python -m tests.identity.ktp_sets FOLDER --set report --cards 200`` writes a folder for ``main.py eval ktp``.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from hardware.camera.simulated.ektp import KtpPerson, Shot, draw_card, film, invent, photograph, printed, rng_of
from kiosk.vision import cv2

TUNING, REPORT = "tune-1", "report-1"
FRAMES = 5
COLUMNS = (
    "file", "card", "nik", "nama", "tempat_lahir", "tanggal_lahir", "jenis_kelamin", "alamat", "rt_rw", "kel_desa",
    "kecamatan", "agama", "status_perkawinan", "pekerjaan", "kewarganegaraan",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Specimen:
    """One card and the frames of it, in the order they were taken."""

    name: str
    person: KtpPerson
    shots: Sequence[Shot]


def cards(prefix: str, count: int, frames: int = FRAMES, first: int = 0) -> Iterator[Specimen]:
    """The cards ``first`` .. ``first + count - 1`` of a set; each is the same however many are asked for."""
    for number in range(first, first + count):
        name = f"{prefix}/{number:04d}"
        person = invent(name)
        card = draw_card(person, name)
        rng = rng_of("film", name)
        hard = float(rng.beta(1.7, 1.3))  # every degree of difficulty, more of the harder half
        conditions = film(rng, hard, frames)
        yield Specimen(name, person, [photograph(card, c, f"{name}/{k}") for k, c in enumerate(conditions)])


def write_set(folder: Path, prefix: str, count: int, frames: int = FRAMES, ending: str = ".png") -> Path:
    """Pictures and ``labels.csv`` as ``eval ktp`` reads them; returns the folder. ``ending``: .png or .jpg."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "labels.csv").open("w", encoding="utf-8", newline="") as handle:
        table = csv.DictWriter(handle, COLUMNS)
        table.writeheader()
        for specimen in cards(prefix, count, frames):
            for number, shot in enumerate(specimen.shots):
                file = f"{specimen.name.replace('/', '-')}-{number}{ending}"
                cv2.imwrite(str(folder / file), shot.picture)
                table.writerow({"file": file, "card": specimen.name, **labels(specimen.person)})
    return folder


def labels(person: KtpPerson) -> dict[str, str]:
    """The labelled columns of one card, as printed."""
    values = {name: getattr(person, name) for name in COLUMNS if name not in {"file", "card", "tanggal_lahir"}}
    return {**values, "tanggal_lahir": printed(person.tanggal_lahir)}


def main(argv: Sequence[str] | None = None) -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("folder", type=Path)
    words.add_argument("--set", choices=("tuning", "report"), default="report")
    words.add_argument("--cards", type=int, default=200)
    words.add_argument("--frames", type=int, default=FRAMES)
    words.add_argument("--jpeg", action="store_true", help="smaller files, compressed once more")
    args = words.parse_args(argv)
    prefix = REPORT if args.set == "report" else TUNING
    write_set(args.folder, prefix, args.cards, args.frames, ".jpg" if args.jpeg else ".png")


if __name__ == "__main__":
    main()
