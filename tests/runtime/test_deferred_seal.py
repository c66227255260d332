"""From a live face to a sealed capture in the store. The risk: something that anybody but the centre can read."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from nacl.public import SealedBox

from kiosk.credentials.centre_seal import key_fingerprint
from kiosk.face.seal import Sealer, one_off_sealer
from kiosk.face.types import FaceOutcome, FaceResult
from kiosk.journey import effects as e
from kiosk.journey import inputs as i
from kiosk.ports import MAX_CAPTURE_BYTES, MAX_PROBE_BYTES, CentreUnreachable, Identifier, IdentifierKind
from kiosk.runtime.deferred_key import RememberedKey
from kiosk.runtime.deferred_seal import seal_capture
from kiosk.runtime.late_centre import LateCentre
from tests.journey.support import NIK
from tests.runtime.support import BOX, KEY, FakeCentre, Inbox
from tests.runtime.test_face_runner import Rig as FaceRig
from tests.runtime.test_hands import LOOKUP
from tests.runtime.test_hands import Rig as HandsRig

PHONE = "+6281300000777"
EFFECT = e.SealCapture(
    "visit-1", "4821093755628", Identifier(IdentifierKind.NIK, NIK), PHONE, {"capture": "ab"}, b"jpeg"
)


@pytest.fixture
def rig() -> Iterator[HandsRig]:
    rig = HandsRig()
    yield rig
    rig.hands.close()


def test_the_centre_alone_opens_the_document_and_finds_everything_in_it(rig: HandsRig) -> None:
    sealed = rig.answer(EFFECT)
    assert isinstance(sealed, i.CaptureSealed)
    assert sealed.sha256 == hashlib.sha256(sealed.sealed).hexdigest()
    assert sealed.sealed_to == key_fingerprint(KEY)
    for planted in (NIK, PHONE, "jpeg", base64.b64encode(b"jpeg").decode()):
        assert planted.encode() not in sealed.sealed
    assert json.loads(SealedBox(BOX).decrypt(sealed.sealed)) == {
        "version": 1,
        "visit_id": "visit-1",
        "case_number": "4821093755628",
        "identifier": {"kind": "nik", "digits": NIK},
        "phone": PHONE,
        "evidence": {"capture": "ab"},
        "probe": base64.b64encode(b"jpeg").decode(),
    }


def test_the_largest_picture_with_evidence_fits_what_the_centre_takes() -> None:
    evidence = {"frames": [{"sha256": secrets.token_hex(32)} for _ in range(100)]}
    effect = e.SealCapture(
        "visit-1", "4821093755628", EFFECT.identifier, PHONE, evidence, secrets.token_bytes(MAX_PROBE_BYTES)
    )
    assert len(seal_capture(effect, KEY).sealed) <= MAX_CAPTURE_BYTES


def test_a_capture_that_the_centre_would_not_take_is_not_kept(rig: HandsRig) -> None:
    too_large = e.SealCapture("visit-1", "1", EFFECT.identifier, "", {}, secrets.token_bytes(2 * MAX_PROBE_BYTES))
    assert rig.answer(too_large) == i.CentreFailed("kiosk_fault")


@pytest.mark.parametrize("known", [True, False])
def test_an_unreachable_lookup_says_whether_the_visit_can_be_deferred(rig: HandsRig, known: bool) -> None:
    rig.hands._capture_key = lambda: KEY if known else None
    rig.centre.answer = rig.centre.known = CentreUnreachable()
    assert rig.answer(LOOKUP) == i.CentreFailed(may_defer=known)
    assert rig.answer(e.LoadProfile("ticket-1")) == i.CentreFailed(), "of a lookup alone"


def once(key: bytes) -> Callable[[], bytes]:
    keys = iter([key])

    def fetch() -> bytes:
        for found in keys:
            return found
        raise CentreUnreachable

    return fetch


def test_the_key_of_the_last_contact_serves_when_the_centre_is_away(tmp_path: Path) -> None:
    sealer = one_off_sealer("kiosk-1")
    late = LateCentre(RememberedKey(tmp_path, sealer))
    late.connect(FakeCentre(), once(KEY))
    assert late.capture_key is None, "nothing was heard yet"
    late.learn_key()
    assert late.heard_key
    assert late.public_key() == late.capture_key == KEY
    after_restart = LateCentre(RememberedKey(tmp_path, sealer))
    assert after_restart.capture_key == KEY
    assert not after_restart.heard_key
    with pytest.raises(CentreUnreachable):
        after_restart.public_key()  # a PIN waits for the centre's own word


def test_a_key_that_this_kiosk_did_not_sign_is_not_taken(tmp_path: Path) -> None:
    sealer = one_off_sealer("kiosk-1")
    memory = RememberedKey(tmp_path, sealer)
    memory.save(KEY)
    path = tmp_path / "centre-box.key"
    signed = path.read_bytes()
    other = RememberedKey(tmp_path, one_off_sealer("kiosk-1"))
    assert other.load() is None
    for content in (bytes(32) + signed[32:], signed[:40], signed + b"x", b""):
        path.write_bytes(content)
        assert memory.load() is None
    path.write_bytes(signed)
    assert memory.load() == KEY
    assert RememberedKey(tmp_path, Sealer("kiosk-2", sealer.public_key, sealer.sign)).load() is None


def test_a_key_that_cannot_be_remembered_is_no_fault(tmp_path: Path) -> None:
    memory = RememberedKey(tmp_path / "missing", one_off_sealer("kiosk-1"))
    memory.save(KEY)
    assert memory.load() is None


def test_a_capture_asks_the_centre_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    from kiosk.runtime import face_runner

    rig = FaceRig()
    monkeypatch.setattr(face_runner, "FaceSession", rig.session)
    captured = FaceResult(FaceOutcome.CAPTURED, {"capture": "ab"}, b"jpeg")
    rig.centre.photo = CentreUnreachable()
    assert rig.outcome(e.StartCapture("visit-1", 1), captured) is FaceOutcome.CAPTURED
    assert rig.centre.photos_asked == 0
    assert rig.sessions[0].attempt.reference is None
    assert rig.sessions[0].attempt.nonce.startswith(b"visit-1:1")
    rig.end()


def test_nothing_personal_is_in_the_repr_of_effect_and_answer() -> None:
    sealed = Inbox()
    sealed(seal_capture(EFFECT, KEY))
    for shown in (repr(EFFECT), repr(sealed.next()), repr(e.KeepSealed("capture", b"sealed-bytes"))):
        assert NIK not in shown and PHONE not in shown and "jpeg" not in shown and "sealed-bytes" not in shown
