"""The demo's centre as a process of its own, spoken to in JSON lines over its stdin and stdout.

A process, so that PostgreSQL, the jobs and their keys stay out of the kiosk's memory as they would in
production; it ends by itself when the kiosk's end of stdin closes, also after a SIGKILL of the kiosk.
"""

from __future__ import annotations

import json
import logging
import os
import queue
import subprocess
import threading
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from kiosk.ports import PassingFault

log = logging.getLogger(__name__)

READY_SECONDS = 60.0
"""First start: initdb, migrations and the seed take 6 to 10 s on two busy cores."""
ANSWER_SECONDS = 10.0
STOP_SECONDS = 15.0

Message = dict[str, Any]


class DemoCentreProcess:
    """Parent's side. ``progress`` gets one English sentence a step, on a reader thread."""

    def __init__(self, command: Iterable[str], progress: Callable[[str], None], environment: Mapping[str, str]) -> None:
        """``environment`` is added to the child's: what must not show in the list of processes."""
        self._command = list(command)
        self._environment = dict(environment)
        self._progress = progress
        self._answers: queue.SimpleQueue[Message] = queue.SimpleQueue()
        self._process: subprocess.Popen[str] | None = None
        self._asking = threading.Lock()

    def start(self) -> None:
        """Start the process; it answers its first question when the centre can be used."""
        self._process = subprocess.Popen(
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | self._environment | {"PYTHONUNBUFFERED": "1"},
            start_new_session=True,  # a Ctrl-C meant for the kiosk must not end the centre first
        )
        threading.Thread(target=self._read, args=(self._process,), name="demo-centre", daemon=True).start()

    def enrol(self, signing_key: bytes) -> str:
        """Make this kiosk known, start the jobs; the kiosk's DSN. Raises PassingFault."""
        return str(self.ask({"enrol": signing_key.hex()}, READY_SECONDS)["dsn"])

    def report(self, visit_id: str) -> Message:
        """What the centre holds of a visit: number of events, status of the account."""
        return self.ask({"report": visit_id}, ANSWER_SECONDS)

    def ask(self, question: Message, timeout: float) -> Message:
        """One question at a time; raises PassingFault when the centre does not answer."""
        with self._asking:
            process = self._process
            if process is None or process.stdin is None or process.poll() is not None:
                raise PassingFault("demo_centre_gone")
            process.stdin.write(json.dumps(question) + "\n")
            process.stdin.flush()
            return self._take(self._answers, timeout)

    def stop(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        if process.stdin is not None:
            process.stdin.close()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.terminate()
            process.wait(STOP_SECONDS)

    def _read(self, process: subprocess.Popen[str]) -> None:
        if process.stdout is None:
            return
        for line in process.stdout:
            try:
                message: Message = json.loads(line)
            except ValueError:
                continue  # a library's own print
            if "progress" in message:
                self._progress(str(message["progress"]))
            elif "answer" in message:
                self._answers.put(message["answer"])
        self._answers.put({"fault": "demo_centre_gone"})

    def _take(self, messages: queue.SimpleQueue[Message], timeout: float) -> Message:
        try:
            message = messages.get(timeout=timeout)
        except queue.Empty:
            raise PassingFault("demo_centre_silent") from None
        if "fault" in message:
            raise PassingFault(str(message["fault"]))
        return message


def serve_questions(lines: Iterable[str], answer: Callable[[Message], Message], write: Callable[[str], None]) -> None:
    """Child's side: answer each JSON line until the parent's end closes."""
    for line in lines:
        try:
            reply = answer(json.loads(line))
        except (ValueError, KeyError, TypeError) as fault:
            reply = {"fault": type(fault).__name__}
        write(json.dumps({"answer": reply}))
