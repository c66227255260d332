"""Fixtures that several rooms share. Rooms keep their own in their own conftest."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kiosk.config import Settings
from kiosk.face.weights import WeightsStore, load_manifest
from tests.db.fixtures import *  # noqa: F403 - here once: each place of import would start a server of its own

# Before the first QGuiApplication: no test opens a window on the machine it runs on.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
if os.environ.get("SERVER") == "debian":  # before any centre starts: demo and tests on a site's version
    os.environ["BPJS_POSTGRES_BIN"] = "/usr/lib/postgresql/15/bin"


@pytest.fixture(scope="session", autouse=True)
def host_key_of_the_tests(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keys that a test seals with systemd-creds leave no host key in the machine's own place."""
    os.environ["SYSTEMD_CREDENTIAL_SECRET"] = str(tmp_path_factory.mktemp("host") / "credential.secret")


@pytest.fixture(scope="session")
def weights_store() -> WeightsStore:
    """The real weights as the set-up left them."""
    settings = Settings()
    store = WeightsStore(load_manifest(settings.weights_manifest), settings.weights_dir)
    if faults := store.faults():
        pytest.fail(f"weights are not in place, run `make setup`: {faults}")
    return store


@pytest.fixture(scope="session")
def weights_dir(weights_store: WeightsStore) -> Path:
    return weights_store.folder
