"""The reader with its real models, and a few cards of the tuning set as a camera sees them."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from kiosk.config import Settings
from kiosk.identity.ktp.engine import KtpEngine, open_ktp_engine
from tests.identity.ktp_sets import TUNING, Specimen, cards

WELL_HELD = 7
"""A card of the tuning set without glare, wider than 800 px."""


@pytest.fixture(scope="session")
def engine() -> KtpEngine:
    engine = open_ktp_engine(Settings())
    engine.load()
    return engine


@pytest.fixture(scope="session")
def specimens() -> Sequence[Specimen]:
    """Three cards, two pictures each."""
    return [*cards(TUNING, 2, 2, 0), *cards(TUNING, 1, 2, WELL_HELD)]
