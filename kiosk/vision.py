"""The one door to OpenCV, open to face, identity and hardware alike.

Importing ``cv2`` points two Qt variables into OpenCV's own Qt 5 plugins, which stops PySide6 from
finding its platform plugin. They are put back here, right after the import, so that the order in
which the rooms load does not matter. No image code lives here.
"""

from __future__ import annotations

import os

_QT_VARIABLES = ("QT_QPA_PLATFORM_PLUGIN_PATH", "QT_QPA_FONTDIR")

_before = {name: os.environ.get(name) for name in _QT_VARIABLES}

import cv2  # noqa: E402

for _name, _value in _before.items():
    if _value is None:
        os.environ.pop(_name, None)
    else:
        os.environ[_name] = _value

__all__ = ["cv2"]
