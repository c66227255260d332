"""The passive cues together. The risk: one odd number and the whole attempt fails."""

from math import inf, nan

import numpy as np
import pytest

from kiosk.events import canonical_json
from kiosk.face.analysis import FrameAnalysis
from kiosk.face.cues import Cue, CueReading
from kiosk.face.passive.watch import PassiveWatch
from kiosk.ports import Frame


class Odd:
    name = "odd"

    def __init__(self, reading: CueReading) -> None:
        self.reading = reading

    def watch(self, frame: Frame, analysis: FrameAnalysis) -> None: ...


@pytest.mark.parametrize("number", [inf, -inf, nan, np.float64("inf")])
@pytest.mark.parametrize("answer", [*Cue])
def test_a_number_that_is_none_leaves_the_answer_standing_and_the_evidence_writable(number: float, answer: Cue) -> None:
    for reading in (CueReading(answer, number, 1.0, doubt=True), CueReading(answer, 0.5, number, doubt=True)):
        read = PassiveWatch([Odd(reading)]).readings()["odd"]
        canonical_json([read.value, read.limit])
        assert (read.answer, read.doubt) == (answer, True)


def test_an_ordinary_reading_is_handed_on_as_it_is() -> None:
    reading = CueReading(Cue.DENY, 0.75, 0.5)
    assert PassiveWatch([Odd(reading)]).readings() == {"odd": reading}
