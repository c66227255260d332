from __future__ import annotations

import pytest

from tests.db.tls_centre import TlsCentral, tls_central, tls_template
from tests.db.tls_server import tls_folder, tls_server

__all__ = ["tls_central", "tls_folder", "tls_server", "tls_template"]


@pytest.fixture
def central(tls_central: TlsCentral) -> TlsCentral:
    """The fixture of the tests one folder up, on the other server."""
    return tls_central
