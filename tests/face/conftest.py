from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.config import FaceSettings
from kiosk.face.engine import FaceEngine
from kiosk.face.weights import WeightsStore, load_manifest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def weights() -> WeightsStore:
    return WeightsStore(load_manifest(ROOT / "resources/weights.toml"), ROOT / "build/weights")


@pytest.fixture(scope="session")
def loaded_engine(weights: WeightsStore) -> FaceEngine:
    engine = FaceEngine(weights, FaceSettings())
    engine.load()
    return engine


@pytest.fixture
def engine(loaded_engine: FaceEngine) -> FaceEngine:
    loaded_engine.reset()
    return loaded_engine


@pytest.fixture(scope="session")
def astronaut() -> bytes:
    """One face, 512x512; NASA, public domain."""
    import skimage

    return (Path(skimage.__file__).parent / "data/astronaut.png").read_bytes()


@pytest.fixture(scope="session")
def group() -> bytes:
    """Six faces."""
    import insightface

    return (Path(insightface.__file__).parent / "data/images/t1.jpg").read_bytes()
