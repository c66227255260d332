"""How a centre's program ends. The risk: a thread of a library that keeps it, or aborts it after all was done."""

from __future__ import annotations

import os
import subprocess
import sys

from tests.e2e.support import ROOT

PROGRAM = """
import sys, threading, time
from db.central.central_jobs import leave
threading.Thread(target=time.sleep, args=(60,)).start()
sys.stdout.write("said")
leave(3)
"""


def test_it_ends_at_once_with_its_code_and_its_last_words_whatever_thread_is_left() -> None:
    buffered = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=ROOT, env=buffered, capture_output=True, text=True, timeout=30, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (3, "said", "")
