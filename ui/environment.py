"""What Qt must know before it is imported, in one place. Imported by ``ui/__init__.py`` and nothing else.

The software scene graph is fixed: without a GPU llvmpipe costs eight times as much. Values already in
the environment win, so a site with a GPU can choose otherwise.
"""

from __future__ import annotations

import os

DEFAULTS = {
    "QT_QUICK_BACKEND": "software",
    "QT_QUICK_CONTROLS_STYLE": "Basic",
}

for _name, _value in DEFAULTS.items():
    os.environ.setdefault(_name, _value)
