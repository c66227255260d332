"""The simulated participant must look alive to the real networks, and never be taken for a real person."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from hardware.camera.simulated import texture
from hardware.camera.simulated.finish import WATERMARK, watermark_box
from hardware.camera.simulated.framing import framed
from hardware.camera.simulated.head import HeadMesh, Pose
from hardware.camera.simulated.raster import MeshWarp
from hardware.camera.simulated.texture import load_texture
from kiosk.ports import LastingFault, Movement, SimulatedPerson
from tests.hardware.conftest import Looker, Pixels, Stage

ALIVE = (SimulatedPerson.PARTICIPANT, SimulatedPerson.IMPOSTOR)


def test_a_frame_is_what_the_port_promises(stage: Stage) -> None:
    picture = stage.camera.read()
    assert (picture.shape, picture.dtype) == ((720, 1280, 3), np.uint8)
    assert stage.camera.identity.simulated


def test_at_rest_the_mesh_gives_back_the_photo_exactly() -> None:
    face = framed(load_texture(), 640, 360)
    mesh = HeadMesh(face)
    assert np.array_equal(MeshWarp(face.image, mesh).render(mesh.posed(Pose())), face.image)


@pytest.mark.parametrize("person", ALIVE)
def test_exactly_one_face_is_found(stage: Stage, look: Looker, person: SimulatedPerson) -> None:
    stage.simulation.choose_person(person)
    picture = stage.camera.read()
    assert look.faces(picture) == 1
    assert look.faces(picture, side=320) == 1


def test_the_face_stands_in_the_middle_at_the_size_of_someone_at_arms_length(stage: Stage, look: Looker) -> None:
    points = look.points(stage.camera.read())
    centre = points[:468, :2].mean(0)
    assert abs(centre[0] - 640) < 40 and 200 < centre[1] < 420
    assert 80 < np.hypot(*(points[468, :2] - points[473, :2])) < 125


@pytest.mark.parametrize("person", ALIVE)
@pytest.mark.parametrize(("movement", "sign"), [(Movement.TURN_LEFT, 1), (Movement.TURN_RIGHT, -1)])
def test_a_turn_goes_to_the_persons_own_side_and_reads_as_a_head(
    stage: Stage, look: Looker, person: SimulatedPerson, movement: Movement, sign: int
) -> None:
    stage.simulation.choose_person(person)
    neutral = stage.camera.read()
    turned = stage.picture_in_the_middle_of(movement)
    yaw = sign * (look.pose(turned).yaw - look.pose(neutral).yaw)
    assert 18 < yaw < 32
    assert look.planarity(neutral, turned) > 4.5
    nose_moved = look.points(turned)[1, 0] - look.points(neutral)[1, 0]
    assert sign * nose_moved > 20, "the participant's left is the viewer's right in an unmirrored picture"


@pytest.mark.parametrize("degrees", [-24.0, -12.0, 12.0, 24.0])
def test_commanded_yaw_reads_back(look: Looker, degrees: float) -> None:
    face = framed(load_texture(), 1280, 720)
    mesh = HeadMesh(face)
    warp = MeshWarp(face.image, mesh)
    read = look.pose(warp.render(mesh.posed(Pose(yaw=degrees)))).yaw - look.pose(face.image).yaw
    assert read == pytest.approx(degrees, abs=5.0)


@pytest.mark.parametrize("person", ALIVE)
def test_a_blink_shuts_both_eyes_and_opens_them_again(stage: Stage, look: Looker, person: SimulatedPerson) -> None:
    stage.simulation.choose_person(person)
    before = look.eye_openness(stage.camera.read())
    shut = stage.picture_in_the_middle_of(Movement.BLINK)
    assert look.eye_openness(shut) < 0.5 * before
    assert look.eyes_shut(shut) > look.eyes_shut(stage.camera.read()) + 0.2
    assert look.eye_openness(stage.camera.read()) > 0.85 * before


def test_nothing_happens_unasked(stage: Stage, look: Looker) -> None:
    poses = []
    for _ in range(6):
        stage.clock.sleep(1.3)
        poses.append(look.pose(stage.camera.read()))
    assert max(p.yaw for p in poses) - min(p.yaw for p in poses) < 5
    assert max(p.pitch for p in poses) - min(p.pitch for p in poses) < 5


def test_a_movement_ends_by_itself_and_a_new_person_does_not_inherit_it(stage: Stage) -> None:
    stage.simulation.perform(Movement.TURN_LEFT)
    stage.simulation.choose_person(SimulatedPerson.IMPOSTOR)
    assert stage.simulation.stage().begun == ()


def test_the_reference_is_another_rendering_that_still_matches(stage: Stage, look: Looker, reference: Pixels) -> None:
    assert look.face_width(reference) >= 64
    likenesses = []
    for _ in range(3):
        likenesses.append(look.likeness(stage.camera.read(), reference))
        stage.clock.sleep(1.7)
    assert min(likenesses) > 0.5
    assert max(likenesses) < 0.97, "a reference this close is the same picture"


def test_the_turned_participant_still_matches(stage: Stage, look: Looker, reference: Pixels) -> None:
    assert look.likeness(stage.picture_in_the_middle_of(Movement.TURN_RIGHT), reference) > 0.5


def test_the_impostor_is_nobody_near_the_participant(stage: Stage, look: Looker, reference: Pixels) -> None:
    own = stage.camera.read()
    stage.simulation.choose_person(SimulatedPerson.IMPOSTOR)
    for _ in range(3):
        picture = stage.camera.read()
        assert look.likeness(picture, reference) < 0.2
        assert look.likeness(picture, own) < 0.2
        stage.clock.sleep(1.7)


@pytest.mark.parametrize("person", list(SimulatedPerson))
def test_every_frame_says_demo_and_not_over_the_face(stage: Stage, look: Looker, person: SimulatedPerson) -> None:
    stage.simulation.choose_person(person)
    x0, y0, x1, y1 = watermark_box(1280, 720)
    stamps = []
    for _ in range(2):
        picture = stage.camera.read()
        stamps.append(picture[y0:y1, x0:x1].copy())
        if person is not SimulatedPerson.NOBODY:
            face = look.points(picture)[:, :2]
            assert not ((face > (x0, y0)) & (face < (x1, y1))).all(1).any()
    assert WATERMARK == "DEMO"
    assert np.array_equal(stamps[0], stamps[1])
    assert stamps[0].max() > 230 and stamps[0].min() < 70, "light letters on a dark ground"


def test_one_seed_gives_one_film_and_another_seed_another() -> None:
    def film(seed: int) -> list[Pixels]:
        stage = Stage()
        camera = stage.new_camera(seed)
        camera.open()
        stage.simulation.perform(Movement.TURN_LEFT)
        return [camera.read() for _ in range(4)]

    first, again, other = film(5), film(5), film(6)
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    assert not np.array_equal(first[2], other[2])


def test_nobody_shows_no_face(stage: Stage, look: Looker) -> None:
    stage.simulation.choose_person(SimulatedPerson.NOBODY)
    assert look.faces(stage.camera.read()) == 0


def test_a_frame_already_given_out_is_not_drawn_over(stage: Stage) -> None:
    first = stage.camera.read()
    kept = first.copy()
    stage.camera.read()
    assert np.array_equal(first, kept)


def test_frames_come_at_the_asked_pace_and_a_late_one_is_not_caught_up(stage: Stage) -> None:
    stage.camera.read()
    began = stage.clock.now
    for _ in range(15):
        stage.camera.read()
    assert stage.clock.now - began == pytest.approx(1.0, abs=0.01)
    stage.clock.sleep(5.0)
    late = stage.clock.now
    stage.camera.read()
    stage.camera.read()
    assert stage.clock.now - late == pytest.approx(1 / 15, abs=0.01)


def test_a_slowed_camera_gives_three_frames_a_second_until_it_is_let_go(stage: Stage) -> None:
    stage.simulation.choose_person(SimulatedPerson.NOBODY)
    stage.camera.read()
    stage.simulation.slow(True)
    stage.camera.read()
    began = stage.clock.now
    for _ in range(6):
        stage.camera.read()
    assert stage.clock.now - began == pytest.approx(2.0, abs=0.01)
    stage.clock.sleep(5.0)  # a late frame does not make a slow camera quick
    late = stage.clock.now
    stage.camera.read()
    stage.camera.read()
    assert stage.clock.now - late == pytest.approx(1 / 3, abs=0.01)
    stage.simulation.slow(False)
    stage.camera.read()
    began = stage.clock.now
    stage.camera.read()
    assert stage.clock.now - began == pytest.approx(1 / 15, abs=0.01)


def test_another_picture_under_the_mesh_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    changed = tmp_path / "astronaut.png"
    changed.write_bytes(texture.texture_path().read_bytes() + b"x")
    monkeypatch.setattr(texture, "texture_path", lambda: changed)
    with pytest.raises(LastingFault, match="demo_photo_changed"):
        load_texture()
    with pytest.raises(LastingFault, match="demo_mesh_missing"):
        load_texture(tmp_path / "none.json")
