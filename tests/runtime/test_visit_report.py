"""What a visit is said to have taken. The risk: a failing step called fine, the person's time called ours."""

from __future__ import annotations

import json

import pytest

from kiosk.events import VisitStatus
from kiosk.face.types import FaceOutcome, FaceResult
from kiosk.journey import inputs as i
from kiosk.journey.reasons import EndReason
from kiosk.journey.state import IdentityMethod, Language, VisitState
from kiosk.ports import CentreVisitStatus, LookupAnswer, LookupStatus, SendStatus
from kiosk.runtime.visit_loop import Handled
from kiosk.runtime.visit_report import VisitReport
from tests.journey.support import MATCHED, PIN, PROFILE, Walk

HANDLING = 0.010
OTHER = "00000000-0000-4000-8000-000000000001"


class Reported(Walk):
    """A walk whose every input takes 10 ms to handle, as the visit loop would report it."""

    def __init__(self) -> None:
        super().__init__()
        self.report = VisitReport()

    def send(self, *visit_inputs: i.VisitInput) -> VisitState:
        for visit_input in visit_inputs:
            before = self.state
            super().send(visit_input)
            self.report.handled(Handled(before, self.state, self.now, HANDLING))
        return self.state

    @property
    def outcomes(self) -> dict[str, str]:
        return {step["name"]: step["outcome"] for step in self.report.steps()}

    @property
    def machine_ms(self) -> dict[str, float]:
        return {step["name"]: step["machine_ms"] for step in self.report.steps()}


def test_an_honest_visit_has_every_step_in_order_and_all_are_well() -> None:
    walk = Reported()
    walk.to_done()
    assert list(walk.outcomes) == ["consent", "identity", "lookup", "confirm", "face", "otp", "pin", "done"]
    assert set(walk.outcomes.values()) == {"ok"}
    assert (walk.report.status, walk.report.reason) == (VisitStatus.TERVERIFIKASI, EndReason.SETTLED)


def test_machine_time_is_waits_and_handling_and_never_the_persons_time() -> None:
    walk = Reported()
    walk.to_identity()
    walk.now += 7.0  # reading
    walk.send(i.ChooseMethod(IdentityMethod.NIK_TYPED))
    walk.now += 9.0  # typing
    walk.send(i.SubmitNumber("3174075508950001"))
    walk.now += 0.5  # the centre
    walk.send(i.LookupDone(LookupAnswer(LookupStatus.FOUND, "ticket-1", "S. C.")))
    walk.now += 11.0
    walk.send(i.ConfirmIdentity(True), i.BeginFace())
    walk.now += 0.25  # reference and engine
    walk.send(i.FaceReady())
    walk.now += 8.0  # moving the head
    walk.send(i.FaceFinished(MATCHED))
    walk.now += 0.125
    walk.send(i.ProfileLoaded(PROFILE))
    walk.now += 2.0  # the SMS
    walk.send(i.CodeSendDone(1, SendStatus.SENT))
    spent = walk.machine_ms
    assert spent["identity"] < 50
    assert spent["lookup"] == pytest.approx(510, abs=15)
    assert spent["confirm"] < 50
    assert spent["face"] == pytest.approx(395, abs=40)
    assert spent["otp"] == pytest.approx(2010, abs=15)


def test_handling_inside_a_wait_is_not_counted_twice() -> None:
    walk = Reported()
    walk.to_lookup()
    for _ in range(100):
        walk.wait(0.01)
    walk.send(i.CentreFailed())
    assert walk.machine_ms["lookup"] == pytest.approx(1010, abs=1)


def test_the_step_that_ended_the_visit_bears_the_reason_and_the_others_are_well() -> None:
    walk = Reported()
    walk.to_face()
    walk.face_ends(FaceResult(FaceOutcome.ENGINE_UNAVAILABLE))
    walk.send(i.GoToCounter())
    assert walk.outcomes == {
        "consent": "ok",
        "identity": "ok",
        "lookup": "ok",
        "confirm": "ok",
        "face": "face_unavailable",
    }
    assert walk.report.status is VisitStatus.PERLU_PETUGAS


@pytest.mark.parametrize("stage", ["to_consent", "to_lookup", "to_face", "to_pin"])
def test_a_cancelled_visit_was_left(stage: str) -> None:
    walk = Reported()
    getattr(walk, stage)()
    walk.send(i.AskCancel(), i.AnswerCancel(True))
    assert walk.report.status is VisitStatus.DITINGGALKAN
    *before, last = walk.report.steps()
    assert {step["outcome"] for step in before} <= {"ok"}
    assert last["outcome"] == "left"


def test_a_visit_that_waits_for_the_centre_ended_well_and_may_still_be_settled() -> None:
    walk = Reported()
    walk.to_settling()
    walk.wait(30)
    assert walk.report.status is VisitStatus.MENUNGGU_SINKRONISASI
    assert set(walk.outcomes.values()) == {"ok"}
    walk.send(i.SettlementSeen(CentreVisitStatus.SETTLED))
    assert walk.report.status is VisitStatus.TERVERIFIKASI


def test_going_back_lists_a_step_once_and_the_end_belongs_to_where_the_person_was() -> None:
    walk = Reported()
    walk.to_confirm()
    walk.send(i.ConfirmIdentity(False), i.OpenHelp(), i.CallStaff(), i.GoToCounter())
    assert list(walk.outcomes) == ["consent", "identity", "lookup", "confirm"]
    assert walk.outcomes["identity"] == "wish_for_staff"
    assert walk.outcomes["confirm"] == "ok"


def test_the_next_visit_starts_a_report_of_its_own() -> None:
    walk = Reported()
    walk.to_done()
    walk.send(i.Finish(), i.SetLanguage(Language.ENGLISH))
    assert walk.report.status is VisitStatus.TERVERIFIKASI, "the last visit stays until another begins"
    walk.send(i.Start(OTHER))
    assert (walk.report.visit_id, walk.report.status, walk.report.reason) == (OTHER, None, None)
    assert list(walk.outcomes) == ["consent"]


def test_nothing_is_told_of_a_kiosk_at_rest() -> None:
    walk = Reported()
    walk.send(i.Tick(), i.SetLargeText(True))
    assert walk.report.steps() == []
    assert walk.report.as_json("happy", {})["status"] is None


def test_the_json_has_exactly_the_promised_fields() -> None:
    walk = Reported()
    walk.to_settling()
    walk.send(i.SettlementSeen(CentreVisitStatus.SETTLED))
    told = json.loads(json.dumps(walk.report.as_json("happy", {"events": 12, "status": "TERVERIFIKASI"})))
    assert list(told) == ["scenario", "status", "reason", "steps", "centre", "statuses", "method"]
    assert (told["scenario"], told["status"], told["reason"]) == ("happy", "TERVERIFIKASI", "settled")
    assert all(list(step) == ["name", "outcome", "machine_ms"] for step in told["steps"])
    assert all(isinstance(step["machine_ms"], float) for step in told["steps"])
    assert told["centre"] == {"events": 12, "status": "TERVERIFIKASI"}
    assert told["method"] == "nik_typed"
    assert PIN not in json.dumps(told)
