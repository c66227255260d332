"""The photo on record of the simulated participant is drawn when it is asked for, not at every start of a centre."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from hardware import late_photo
from hardware.camera.simulated.reference import reference_photo

ROOT = Path(__file__).parents[2]


def test_naming_the_photo_loads_no_camera_and_no_opencv() -> None:
    program = "import sys; from hardware.late_photo import reference_photo; print({'cv2', 'numpy'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_it_is_the_photo_that_the_simulated_camera_shows() -> None:
    assert late_photo.reference_photo() == reference_photo()
