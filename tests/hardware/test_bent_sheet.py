"""A bent print must be bent as paper bends, or the planarity of a print would be judged on a shape nobody can hold."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.camera.simulated.bent import COARSE, sheet_at
from hardware.camera.simulated.head import Pose, rotation
from hardware.camera.simulated.optics import Placed, focal_px

PICTURE = (1280, 720)


@given(
    st.floats(85.0, 400.0), st.floats(-0.8, 0.8), st.floats(-100.0, 100.0), st.floats(-20.0, 20.0),
    st.floats(-20.0, 20.0),
)  # fmt: skip
@settings(deadline=None, max_examples=40)
def test_a_mark_on_the_paper_is_found_where_the_camera_sees_it(
    radius: float, angle: float, down: float, yaw: float, pitch: float
) -> None:
    sheet = Placed(np.array([5.0, -10.0, 400.0]), Pose(yaw=yaw, pitch=pitch))
    along = radius * angle
    mark = np.array([radius * np.sin(angle), down, radius * (1 - np.cos(angle))])
    x, y, z = rotation(sheet.pose) @ mark + sheet.place
    seen = np.array([x, y]) * focal_px(720) / z + ((PICTURE[0] - 1) / 2, (PICTURE[1] - 1) / 2)
    left, top = (int(v) for v in np.floor(seen))
    beside = sheet_at(PICTURE, sheet, radius, (left, top, left + COARSE, top + COARSE))
    right, low = (seen - (left, top)) / COARSE
    weights = np.outer((1 - low, low), (1 - right, right))
    found = [float((values[:2, :2] * weights).sum()) for values in beside]
    assert np.abs(np.array(found) - (along, down)).max() < 0.5, "mm"
