"""The settle job's own check: this site's networks, and simulated cameras in a demo only."""

from __future__ import annotations

from typing import Any

import pytest

from kiosk.config import Settings
from kiosk.face.centre_check import centre_check
from kiosk.face.engine import FaceEngine
from kiosk.face.verify import EvidenceRefusal
from tests.face.test_evidence import GOOD, SEALER, resealed


@pytest.fixture
def evidence(engine: FaceEngine) -> dict[str, Any]:
    return resealed({**GOOD, "models": engine.model_hashes()})


def refusal(evidence: dict[str, Any], settings: Settings | None = None, visit: str = "visit") -> EvidenceRefusal | None:
    return centre_check(settings or Settings())(evidence, visit, SEALER.device, SEALER.public_key)


def test_evidence_of_the_sites_own_networks_is_accepted_for_its_visit_only(evidence: dict[str, Any]) -> None:
    assert refusal(evidence) is None
    assert refusal(evidence, visit="other") is EvidenceRefusal.VISIT


def test_evidence_of_a_network_the_manifest_does_not_name_is_refused() -> None:
    assert refusal(GOOD) is EvidenceRefusal.MODELS


def test_a_real_centre_takes_no_simulated_camera(evidence: dict[str, Any]) -> None:
    simulated = resealed({**evidence, "camera": {**evidence["camera"], "simulated": True}})
    assert refusal(simulated) is None
    real = Settings().model_copy(update={"centre": Settings().centre.model_copy(update={"dsn": "host=centre"})})
    assert not real.demo
    assert refusal(simulated, real) is EvidenceRefusal.SIMULATED
