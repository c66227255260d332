from datetime import date

from kiosk.events import VisitStatus
from kiosk.journey import inputs as i
from kiosk.journey.reasons import ENDINGS, EndReason
from kiosk.journey.state import Stage
from kiosk.ports import CentreVisitStatus
from tests.journey.support import Walk


def test_a_visit_with_every_step_done_is_verified_only_after_the_centre_settled() -> None:
    walk = Walk()
    settling = walk.to_settling()
    assert settling.stage is Stage.SETTLING
    assert settling.status is None
    done = walk.send(i.SettlementSeen(CentreVisitStatus.SETTLED))
    assert (done.stage, done.status) == (Stage.DONE, VisitStatus.TERVERIFIKASI)
    assert walk.event_types == [
        "visit_started",
        "consent_given",
        "identity_read",
        "lookup_answered",
        "identity_confirmed",
        "face_matched",
        "code_sent",
        "code_verified",
        "pin_accepted",
        "visit_ended",
    ]


def test_an_unsettled_visit_waits_with_the_date_of_the_next_working_day() -> None:
    walk = Walk()
    walk.to_settling()
    done = walk.wait(60)
    assert done.status is VisitStatus.MENUNGGU_SINKRONISASI
    assert done.due == date(2026, 11, 23)  # Friday -> Monday


def test_a_late_settlement_changes_only_the_words_of_the_last_screen() -> None:
    walk = Walk()
    walk.to_settling()
    walk.wait(60)
    recorded = len(walk.events)
    done = walk.send(i.SettlementSeen(CentreVisitStatus.SETTLED))
    assert (done.stage, done.status, done.due) == (Stage.DONE, VisitStatus.TERVERIFIKASI, None)
    assert len(walk.events) == recorded


def test_a_late_refusal_sends_the_person_from_the_last_screen_to_staff() -> None:
    walk = Walk()
    walk.to_settling()
    walk.wait(60)
    ended = walk.send(i.SettlementSeen(CentreVisitStatus.REFUSED))
    assert (ended.stage, ended.status) == (Stage.ENDED, VisitStatus.DITOLAK)
    assert ended.profile is None


def test_every_way_to_end_has_a_status_and_a_hand_off() -> None:
    assert set(ENDINGS) == set(EndReason)


def test_finishing_leaves_nothing_of_the_person_in_the_state() -> None:
    walk = Walk()
    walk.to_done()
    assert walk.state.profile is not None
    clean = walk.send(i.Finish())
    assert clean.stage is Stage.ATTRACT
    assert clean.profile is None
    assert clean.visit_id == ""


def test_no_personal_field_shows_in_the_repr_of_a_state_or_input() -> None:
    walk = Walk()
    walk.to_pin()
    walk.send(i.SubmitPin("592748"))
    texts = repr(walk.state) + repr(i.SubmitPin("592748")) + repr(i.SubmitCode("123456")) + repr(walk.effects)
    for secret in ("3174075508950001", "SITI", "592748", "123456", "1995", "S. C."):
        assert secret not in texts
