from __future__ import annotations

import pytest

from tests.db.tls_centre import TlsCentral


@pytest.fixture
def central(tls_central: TlsCentral) -> TlsCentral:
    """The fixture of the tests one folder up, on the other server whatever ``SERVER`` says."""
    return tls_central
