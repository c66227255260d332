"""The place of a code on the screen. The risk: a box that stays without the code, or flickers while it is there."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from kiosk.ports import CodeBox, Mailbox, SeenCode
from kiosk.runtime.code_watch import BOX_STAYS_SECONDS, CodeWatch, box_of
from tests.runtime.support import WAIT_SECONDS, FramesByHand

CARD = "0001234567890"
CORNERS = ((0.25, 0.25), (0.5, 0.25), (0.5, 0.75), (0.25, 0.75))
READ = SeenCode(CARD, CORNERS)
FOUND = SeenCode("", CORNERS)
BOX = CodeBox(0.25, 0.25, 0.25, 0.5)


class Spotter:
    """Sees on each frame what the test says; tells when it has looked."""

    def __init__(self) -> None:
        self.codes: Sequence[SeenCode] | Exception = ()
        self.looked = threading.Semaphore(0)

    def read(self, pixels: Any) -> Sequence[str]:
        raise AssertionError("a look is enough")

    def look(self, pixels: Any) -> Sequence[SeenCode]:
        try:
            if isinstance(self.codes, Exception):
                raise self.codes
            return self.codes
        finally:
            self.looked.release()


class Rig:
    def __init__(self) -> None:
        self.frames, self.spotter, self.boxes = FramesByHand(), Spotter(), Mailbox[CodeBox]()
        self.texts: list[str] = []
        self.watch = CodeWatch("code-watch", self.frames.mailbox, lambda: self.spotter, self.boxes)

    def show(self, *codes: SeenCode, seconds: float = 0.1) -> CodeBox | None:
        """One frame; the box after it."""
        self.spotter.codes = codes
        self.frames.show(seconds=seconds)
        self.looked()
        return self.settled()

    def looked(self) -> None:
        assert self.spotter.looked.acquire(timeout=WAIT_SECONDS)

    def settled(self) -> CodeBox | None:
        """What the box comes to when nothing moves any more."""
        version, box = self.boxes.peek()
        while (later := self.boxes.wait_newer(version, 0.05))[0] != version:
            version, box = later
        return box

    def end(self) -> None:
        self.watch.stop()
        self.frames.show()
        for thread in threading.enumerate():
            if thread.name == "code-watch":
                thread.join(WAIT_SECONDS)
                assert not thread.is_alive()


@pytest.fixture
def rig() -> Iterator[Rig]:
    rig = Rig()
    rig.frames.show()
    rig.watch.start(rig.texts.append)
    rig.looked()
    yield rig
    rig.end()


def test_the_box_follows_the_code_and_is_renewed_with_every_frame(rig: Rig) -> None:
    assert rig.show(READ) == BOX
    version, _ = rig.boxes.peek()
    moved = SeenCode(CARD, tuple((x + 0.1, y) for x, y in CORNERS))
    box = rig.show(moved)
    assert box is not None
    assert box.x == pytest.approx(0.35)
    assert rig.show(moved) == box
    assert rig.boxes.peek()[0] == version + 2, "a screen drops a box that nobody renews"
    assert rig.texts == [CARD]


def test_a_code_that_is_missed_in_a_frame_keeps_its_box_and_loses_it_after_half_a_second(rig: Rig) -> None:
    rig.show(READ)
    assert rig.show() == BOX
    assert rig.show(seconds=BOX_STAYS_SECONDS - 0.2) == BOX
    assert rig.show(READ) == BOX
    assert rig.show(seconds=BOX_STAYS_SECONDS) is None
    version, _ = rig.boxes.peek()
    rig.show()
    assert rig.boxes.peek()[0] == version, "nothing to say is not said again and again"


def test_a_code_that_cannot_be_read_yet_has_a_box_that_says_so(rig: Rig) -> None:
    box = rig.show(FOUND)
    assert box is not None
    assert not box.read
    assert rig.texts == []
    assert rig.show(FOUND, READ) == BOX, "the one that was read is the one that counts"


def test_a_code_that_was_read_stays_read_while_it_is_held(rig: Rig) -> None:
    """The tick would come and go with every frame that is a little less sharp."""
    rig.show(READ)
    box = rig.show(FOUND)
    assert box is not None
    assert box.read
    later = rig.show(FOUND, seconds=BOX_STAYS_SECONDS)
    assert later is not None
    assert not later.read


def test_a_code_whose_place_nobody_knows_is_told_without_a_box(rig: Rig) -> None:
    assert rig.show(SeenCode(CARD, ())) is None
    assert rig.texts == [CARD]


def test_the_box_goes_with_the_camera_and_with_the_watch(rig: Rig) -> None:
    rig.show(READ)
    rig.frames.unplug()
    assert rig.settled() is None
    assert rig.show(READ) == BOX
    rig.end()
    assert rig.boxes.peek()[1] is None


def test_the_next_watch_begins_without_the_box_of_the_last(rig: Rig) -> None:
    rig.show(READ)
    rig.spotter.codes = ()
    rig.watch.start(rig.texts.append)
    rig.looked()
    until = time.monotonic() + WAIT_SECONDS
    while rig.boxes.peek()[1] is not None:
        assert time.monotonic() < until
        time.sleep(0.005)


def test_a_frame_the_spotter_stumbles_over_costs_that_frame_only(rig: Rig) -> None:
    rig.spotter.codes = ValueError(CARD)
    rig.frames.show()
    rig.looked()
    assert rig.show(READ) == BOX


def test_without_a_screen_to_show_them_places_are_nobodys_matter() -> None:
    frames, spotter, texts = FramesByHand(), Spotter(), list[str]()
    spotter.codes = (READ, FOUND)
    watch = CodeWatch("code-watch", frames.mailbox, lambda: spotter)
    frames.show()
    watch.start(texts.append)
    assert spotter.looked.acquire(timeout=WAIT_SECONDS)
    until = time.monotonic() + WAIT_SECONDS
    while not texts:
        assert time.monotonic() < until
        time.sleep(0.005)
    watch.stop()
    assert texts == [CARD]


def test_a_box_is_drawn_round_a_code_that_is_held_askew() -> None:
    askew = SeenCode(CARD, ((0.5, 0.2), (0.8, 0.5), (0.5, 0.8), (0.2, 0.5)))
    box = box_of([askew])
    assert box is not None
    assert (box.x, box.y, box.width, box.height) == pytest.approx((0.2, 0.2, 0.6, 0.6))
    assert box_of([]) is None
    assert box_of([SeenCode(CARD, ())]) is None
    assert box_of([SeenCode(CARD, ()), FOUND]) == CodeBox(0.25, 0.25, 0.25, 0.5, read=False)
