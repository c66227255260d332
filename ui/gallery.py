"""Draws every screen in every dress to PNG, with a contact sheet and a list of what is wrong.

``main.py screens`` and the tests use it; pictures are looked at by people, checks find what eyes miss.
"""

from __future__ import annotations

import html
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, QRectF
from PySide6.QtGui import QImage
from PySide6.QtQuick import QQuickItem

from kiosk.config import Settings
from kiosk.journey.state import Language
from kiosk.staff.state import Field, StaffState
from ui import checks, palette
from ui.app import KioskWindow, assemble
from ui.contrast_check import faint_texts
from ui.gallery_scene import NOW, Door, Scene
from ui.gallery_states import SCENES
from ui.still_door import StillDoor

SIZES = ((1080, 1920), (1920, 1080), (1366, 768))
PASSES = 3
"""Rounds of events after which bindings, loaders and polish have come to rest."""


@dataclass(frozen=True, slots=True)
class Dress:
    """How a screen is shown."""

    size: tuple[int, int] = SIZES[0]
    language: Language = Language.INDONESIAN
    high_contrast: bool = False
    large_text: bool = False

    @property
    def name(self) -> str:
        contrast, text = "high" if self.high_contrast else "normal", "150" if self.large_text else "100"
        return f"{self.size[0]}x{self.size[1]}-{self.language.value}-{contrast}-{text}"


@dataclass(frozen=True, slots=True)
class Picture:
    scene: str
    dress: Dress
    path: Path | None
    problems: tuple[str, ...]


def every_dress() -> Iterator[Dress]:
    for size, language, high, large in product(SIZES, Language, (False, True), (False, True)):
        yield Dress(size, language, high, large)


def short_dresses() -> Sequence[Dress]:
    """All sizes once, then each other choice once: what a test run can afford."""
    plain = [Dress(size) for size in SIZES]
    return (
        *plain,
        Dress(language=Language.ENGLISH, large_text=True),
        Dress(SIZES[2], large_text=True),
        Dress(SIZES[2], Language.ENGLISH),
        Dress(SIZES[1], Language.ENGLISH, high_contrast=True),
    )


class Gallery:
    """One still window that puts on scene after scene."""

    def __init__(self, settings: Settings) -> None:
        self.door = StillDoor()
        self.window: KioskWindow = assemble(self.door, settings, monotonic=lambda: NOW)
        self.window.theme.hold_still()

    def dress(self, dress: Dress) -> None:
        self.window.show(dress.size)
        self.window.theme.use(high_contrast=dress.high_contrast)

    def put_on(self, scene: Scene, dress: Dress) -> None:
        window, vm, staff = self.window, self.window.vm, self.window.staff
        self.door.offered = scene.offered
        self.door.frames.put(scene.camera() if scene.camera else None)
        self.door.staff.diagnostics.put(scene.diagnostics)
        self.door.staff.picture.put(scene.picture)
        staff.apply(StaffState())
        vm.apply(replace(SCENES["out-of-service"].state, language=dress.language))  # leave the last scene for good
        vm.apply(replace(scene.state, language=dress.language, large_text=dress.large_text))
        window.theme.use(high_contrast=dress.high_contrast)
        staff.apply(scene.staff or StaffState())
        self._type(scene.typed)
        self.door.face_progress.put(scene.progress)
        self.door.ktp_progress.put(scene.ktp)
        self.door.code_box.put(scene.box)
        for live in ("face", "ktp", "card", "ikdCode"):
            if vm.property(live).state is not None:
                vm.property(live).peek()
        vm.property("face").peek_light()
        if scene.desk_help:
            vm.openHelp()
        vm.tick()
        staff.tick()
        self.settle()

    def _type(self, typed: str) -> None:
        by_staff = self.window.staff.property("signIn")
        if by_staff.state is not None:
            for sign in typed:
                (by_staff.typeLetter if by_staff.state.asked is Field.WHO else by_staff.press)(sign)
            return
        for digit in typed:
            for name in ("number", "code", "pin"):
                typing = self.window.vm.property(name)
                if typing.state is not None:
                    typing.press(digit)

    def settle(self) -> None:
        for _ in range(PASSES):
            QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
            QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 5)

    def problems(self, picture: QImage | None = None) -> list[str]:
        """What the checks find; ``picture`` is the screen as it is, drawn now when it is not given."""
        window, theme = self.window, self.window.theme
        root = window.view.contentItem()
        area, panel = QRectF(0, 0, window.view.width(), window.view.height()), _open_panel(root)
        owed = palette.MIN_CONTRAST_HIGH if theme.is_high_contrast else palette.MIN_CONTRAST
        return [
            *checks.problems(root, theme.touch_target, area, panel),
            *faint_texts(panel or root, picture or window.grab(), owed),
        ]

    def close(self) -> None:
        self.window.close()


def _open_panel(root: QQuickItem) -> QQuickItem | None:
    return next((item for item in checks.walk(root) if item.objectName() == "panel"), None)


def render(
    settings: Settings,
    folder: Path | None,
    dresses: Iterable[Dress],
    names: Iterable[str] = (),
    tell: Callable[[str], None] = lambda line: None,
) -> list[Picture]:
    """Draw the named scenes (all when none are named) in each dress; PNG files when ``folder`` is given."""
    chosen = tuple(names) or tuple(SCENES)
    gallery = Gallery(settings)
    pictures: list[Picture] = []
    try:
        for dress in dresses:
            gallery.dress(dress)
            for name in chosen:
                gallery.put_on(SCENES[name], dress)
                path, picture = None, gallery.window.grab()
                if folder is not None:
                    path = folder / dress.name / f"{name}.png"
                    path.parent.mkdir(parents=True, exist_ok=True)
                    picture.save(str(path))
                pictures.append(Picture(name, dress, path, tuple(gallery.problems(picture))))
            tell(f"{dress.name}: {len(chosen)} screens")
    finally:
        gallery.close()
    if folder is not None:
        write_sheet(folder / "index.html", pictures)
    return pictures


def theme_problems() -> list[str]:
    """Contrast of every pair of colours in use, from the themes themselves."""
    found = []
    for name, colours, owed in (
        ("normal", palette.NORMAL, palette.MIN_CONTRAST),
        ("high", palette.HIGH, palette.MIN_CONTRAST_HIGH),
    ):
        ratio, text, ground = palette.weakest_pair(colours)
        if ratio < owed:
            found.append(f"{name} theme: {text} on {ground} has {ratio:.1f}:1, owes {owed:.0f}:1")
    return found


def write_sheet(path: Path, pictures: Sequence[Picture]) -> None:
    """One page with every picture, grouped by whose screen it is."""
    groups = []
    for door in Door:
        figures = [
            _figure(picture, picture.path.relative_to(path.parent).as_posix())
            for picture in pictures
            if picture.path is not None and SCENES[picture.scene].door is door
        ]
        if figures:
            groups.append(f"<h1>{door.value} ({len(figures)})</h1><section>{''.join(figures)}</section>")
    style = (
        "body{font:14px sans-serif}section{display:flex;flex-wrap:wrap;gap:16px}"
        "img{height:360px;border:1px solid #999}li{color:#900}"
    )
    page = f'<!doctype html><meta charset="utf-8"><title>Kios JKN</title><style>{style}</style>'
    path.write_text(page + "\n".join(groups), encoding="utf-8")


def _figure(picture: Picture, file: str) -> str:
    source = html.escape(file)
    faults = "".join(f"<li>{html.escape(problem)}</li>" for problem in picture.problems)
    label = html.escape(f"{picture.scene} {picture.dress.name}")
    return (
        f'<figure><a href="{source}"><img loading="lazy" src="{source}" alt="{label}"></a>'
        f"<figcaption>{label}<ul>{faults}</ul></figcaption></figure>"
    )


def run_gallery(settings: Settings, folder: Path) -> int:
    """``main.py screens``: every scene in every dress as PNG, one sheet, and what the checks found."""
    pictures = render(settings, folder, every_dress(), tell=lambda line: print(line, flush=True))  # noqa: T201
    found = theme_problems() + [f"{p.scene} {p.dress.name}: {problem}" for p in pictures for problem in p.problems]
    sys.stdout.write(
        "\n".join([*found, f"{len(pictures)} pictures, {len(found)} faults: {folder / 'index.html'}"]) + "\n"
    )
    return 1 if found else 0
