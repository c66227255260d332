"""Every kind of fault once, from one seed; `make campaign` does the same a thousand times."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import pytest

from tests.faults.plan import HORIZON_SECONDS, KINDS, Act, Kind, VisitKind, plan_of
from tests.faults.run import Runner
from tests.faults.site import FaultSite

FIRST_SEED = 1_000_000 // len(KINDS) * len(KINDS)


@pytest.fixture(scope="module")
def site() -> Iterator[FaultSite]:
    site = FaultSite.open()
    with contextlib.closing(site):
        yield site


@pytest.mark.parametrize("kind", KINDS)
def test_after_any_fault_the_centre_holds_what_was_reported_once_in_order_and_nothing_else_follows(
    site: FaultSite, kind: Kind
) -> None:
    outcome = Runner(site).run(plan_of(FIRST_SEED + KINDS.index(kind)))
    assert outcome.plan.kind is kind
    assert not outcome.stuck, outcome
    assert outcome.findings.told() == []
    assert outcome.findings.reported > 0
    assert outcome.findings.refused_attacks == (kind in {Kind.CLONE, Kind.STOLEN_LOGIN})


def test_a_seed_draws_the_same_run_again_and_every_kind_and_visit_comes_up() -> None:
    plans = [plan_of(seed) for seed in range(200)]
    assert plans == [plan_of(seed) for seed in range(200)]
    assert {plan.kind for plan in plans} == set(Kind)
    assert {visit for plan in plans for visit in plan.visits} == set(VisitKind)
    assert {step.act for plan in plans for step in plan.steps} == set(Act)
    assert all(0 <= step.at <= HORIZON_SECONDS for plan in plans for step in plan.steps)
    for plan in plans:
        acts = [step.act for step in plan.steps]
        assert acts.count(Act.STOP_CENTRE) == acts.count(Act.START_CENTRE)
        assert acts.count(Act.WEATHER) == acts.count(Act.CLEAR)


def test_a_guard_that_is_broken_is_seen(site: FaultSite) -> None:
    plan = next(p for p in map(plan_of, range(10_000)) if p.kind is Kind.CLOCK and VisitKind.BAD_EVIDENCE in p.visits)
    outcome = Runner(site, mutant="any_evidence").run(plan)
    assert any("its events say ('DITOLAK', 'evidence_refused')" in text for text in outcome.findings.told())
