from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from db.local.store import LocalStore
from tests.db.local.support import FakeClock, open_store


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def store(tmp_path: Path, clock: FakeClock) -> Iterator[LocalStore]:
    store = open_store(tmp_path, clock)
    yield store
    store.close()
