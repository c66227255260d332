"""The centre that a test gets: on the wheel's PostgreSQL, or with ``SERVER=debian`` on Debian's, with certificates.

The whole suite has them from ``tests/conftest.py``.
"""

from __future__ import annotations

import os

import pytest

from tests.db.support import CentralForTest, central_server, central_template, wheel_central
from tests.db.tls_centre import tls_central, tls_template
from tests.db.tls_server import tls_folder, tls_server

__all__ = [
    "central",
    "central_server",
    "central_template",
    "tls_central",
    "tls_folder",
    "tls_server",
    "tls_template",
    "wheel_central",
]

ON_DEBIAN = os.environ.get("SERVER") == "debian"


@pytest.fixture
def central(request: pytest.FixtureRequest) -> CentralForTest:
    """Seeded, and this test's alone."""
    found = request.getfixturevalue("tls_central" if ON_DEBIAN else "wheel_central")
    assert isinstance(found, CentralForTest)
    return found
