"""Loading the models ahead. The risk: a service that is offered although nobody can pass, or never opens."""

from __future__ import annotations

import pytest

from kiosk.health.readiness import Part
from kiosk.ports import LastingFault, PartHealth, PartState
from kiosk.runtime.warm_up import EngineWarmUp


class Engine:
    def __init__(self, verify: Exception | None = None, load: Exception | None = None) -> None:
        self.faults = {"verify": verify, "load": load}
        self.seen_while_loading: PartHealth | None = None
        self.warm_up: EngineWarmUp | None = None

    def verify(self) -> None:
        self._do("verify")

    def load(self) -> None:
        if self.warm_up is not None:
            self.seen_while_loading = self.warm_up.health()
        self._do("load")

    def _do(self, what: str) -> None:
        fault = self.faults[what]
        if fault is not None:
            raise fault


def warmed(engine: Engine) -> PartHealth:
    warm_up = EngineWarmUp(engine)  # type: ignore[arg-type]
    engine.warm_up = warm_up
    assert warm_up.health() == PartHealth(Part.WEIGHTS, PartState.STARTING)
    warm_up.run()
    return warm_up.health()


def test_checked_files_open_the_service_while_the_models_load() -> None:
    engine = Engine()
    assert warmed(engine) == PartHealth(Part.WEIGHTS, PartState.READY)
    assert engine.seen_while_loading is not None
    assert engine.seen_while_loading.state is PartState.READY


@pytest.mark.parametrize("stage", ["verify", "load"])
@pytest.mark.parametrize(
    ("fault", "told"), [(LastingFault("weights_damaged"), "weights_damaged"), (RuntimeError("/home"), "engine_broken")]
)
def test_a_model_that_cannot_serve_closes_the_service_with_its_reason(stage: str, fault: Exception, told: str) -> None:
    health = warmed(Engine(**{stage: fault}))
    assert (health.state, health.last_fault) == (PartState.FAULT, told)


@pytest.mark.parametrize("fault", [LastingFault("ocr_missing:rec"), RuntimeError("/home")])
def test_a_card_reader_that_does_not_load_takes_the_service_from_nobody(fault: Exception) -> None:
    tried = []

    def load() -> None:
        tried.append(fault)
        raise fault

    warm_up = EngineWarmUp(Engine(), load)  # type: ignore[arg-type]
    warm_up.run()
    assert tried == [fault]
    assert warm_up.health() == PartHealth(Part.WEIGHTS, PartState.READY)
