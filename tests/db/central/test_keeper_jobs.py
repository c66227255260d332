"""The keeper's jobs run with the others and stop with them."""

from __future__ import annotations

import threading
import time
from pathlib import Path

from db.central.commands import start_jobs
from db.central.connector import Messages
from db.central.digest import digest_files
from tests.db.support import CHEAP, CentralForTest

SECONDS = 20.0


def test_the_started_jobs_write_the_digest_forget_and_stop(central: CentralForTest, tmp_path: Path) -> None:
    central.run("INSERT INTO store.busy VALUES (1, 'kiosk-one', 'v', now() - interval '2 days')")
    stop = threading.Event()
    threads = start_jobs(
        central.centre, lambda _to, _text: None, Messages(str, str), lambda *_: None, stop, pin_cost=CHEAP,
        digests=tmp_path / "digests",
    )  # fmt: skip
    try:
        until = time.monotonic() + SECONDS
        while time.monotonic() < until and not (
            digest_files(tmp_path / "digests") and central.one("SELECT count(*) FROM store.busy") == 0
        ):
            time.sleep(0.05)
    finally:
        stop.set()
        for thread in threads:
            thread.join(SECONDS)
    assert len(digest_files(tmp_path / "digests")) == 1
    assert central.one("SELECT count(*) FROM store.busy") == 0
    assert {"bpjs-retention", "bpjs-watchdog", "bpjs-digest"} <= {thread.name for thread in threads}
    assert not any(thread.is_alive() for thread in threads)
    assert central.alarms() == set()
