"""The demo's centre as a process of its own, spoken to in JSON lines over its stdin and stdout.

A process, so that PostgreSQL, the jobs and their keys stay out of the kiosk's memory as they would in
production; it ends by itself when the kiosk's end of stdin closes, also after a SIGKILL of the kiosk.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import queue
import subprocess
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from kiosk.ports import PassingFault

log = logging.getLogger(__name__)

READY_SECONDS = 60.0
"""A centre made anew had the kiosk ready 4.3 s after its start, on two quiet cores; a busy machine gets far more."""
ANSWER_SECONDS = 10.0
STOP_SECONDS = 15.0
GONE, NOT_UNDERSTOOD = "demo_centre_gone", "demo_centre_not_understood"
NUMBER = "no"
"""Key of a question's number, which its answer repeats."""

Message = dict[str, Any]


class DemoCentreProcess:
    """Parent's side. ``progress`` gets one English sentence a step, on a reader thread."""

    def __init__(self, command: Iterable[str], progress: Callable[[str], None], environment: Mapping[str, str]) -> None:
        """``environment`` is added to the child's: what must not show in the list of processes."""
        self._command = list(command)
        self._environment = dict(environment)
        self._progress = progress
        self._answers: queue.SimpleQueue[tuple[int | None, Message]] = queue.SimpleQueue()
        self._process: subprocess.Popen[str] | None = None
        self._asking = threading.Lock()
        self._asked = 0

    def start(self) -> None:
        """Start the process; it answers its first question when the centre can be used."""
        self._process = subprocess.Popen(
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",  # a library's print may be anything
            env=os.environ | self._environment | {"PYTHONUNBUFFERED": "1"},
            start_new_session=True,  # a Ctrl-C meant for the kiosk must not end the centre first
        )
        threading.Thread(target=self._read, args=(self._process,), name="demo-centre", daemon=True).start()

    def enrol(self, signing_key: bytes) -> str:
        """Make this kiosk known, start the jobs; the kiosk's DSN. Raises PassingFault."""
        answer = self.ask({"enrol": signing_key.hex()}, READY_SECONDS)
        if "dsn" not in answer:
            raise PassingFault(NOT_UNDERSTOOD)
        return str(answer["dsn"])

    def report(self, visit_id: str) -> Message:
        """What the centre holds of a visit: number of events, status of the account, who vouched for it."""
        return self.ask({"report": visit_id}, ANSWER_SECONDS)

    def reset(self) -> None:
        """The main participant's account and the staff's counters as before the first visit. Raises PassingFault."""
        self.ask({"reset": True}, ANSWER_SECONDS)

    def link(self, *, up: bool, slow: bool) -> None:
        """Cut, slow or mend the kiosk's link to the centre. Raises PassingFault."""
        self.ask({"link": {"up": up, "slow": slow}}, ANSWER_SECONDS)

    def ask(self, question: Message, timeout: float) -> Message:
        """One question at a time; raises PassingFault when the centre does not answer."""
        with self._asking:
            process = self._process
            if process is None or process.stdin is None or process.poll() is not None:
                raise PassingFault(GONE)
            self._asked += 1
            try:
                process.stdin.write(json.dumps(question | {NUMBER: self._asked}) + "\n")
                process.stdin.flush()
            except (OSError, ValueError):  # it died, or ``stop`` closed the pipe, since we looked
                raise PassingFault(GONE) from None
            return self._take(self._asked, timeout)

    def stop(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        if process.stdin is not None:
            with contextlib.suppress(OSError):  # unsent words for one who is gone
                process.stdin.close()
        for harder in (process.terminate, process.kill):
            try:
                process.wait(STOP_SECONDS)
                return
            except subprocess.TimeoutExpired:
                harder()
        process.wait()

    def _read(self, process: subprocess.Popen[str]) -> None:
        if process.stdout is None:
            return
        with process.stdout:
            for line in process.stdout:
                message = _message_in(line)
                if "progress" in message:
                    self._progress(str(message["progress"]))
                elif isinstance(message.get("answer"), dict):
                    self._answers.put((message.get(NUMBER), message["answer"]))
        self._answers.put((None, {"fault": GONE}))

    def _take(self, number: int, timeout: float) -> Message:
        """The answer to question ``number``; one to an earlier question, which came too late, is dropped."""
        until = time.monotonic() + timeout
        while True:
            try:
                answered, message = self._answers.get(timeout=max(0.0, until - time.monotonic()))
            except queue.Empty:
                raise PassingFault("demo_centre_silent") from None
            if answered is None:
                self._answers.put((None, message))  # gone is gone, also for the next who asks
            elif answered != number:
                continue
            if "fault" in message:
                raise PassingFault(str(message["fault"]))
            return message


def serve_questions(lines: Iterable[str], answer: Callable[[Message], Message], write: Callable[[str], None]) -> None:
    """Child's side: answer each JSON line until the parent's end closes."""
    for line in lines:
        question = _message_in(line)
        try:
            reply = answer(question)
        except Exception as fault:  # one question that fails must not end the centre for the next
            log.error("a question failed", extra={"fault": type(fault).__name__})
            reply = {"fault": type(fault).__name__}
        write(json.dumps({"answer": reply, NUMBER: question.get(NUMBER)}))


def _message_in(line: str) -> Message:
    """The JSON object of a line; empty for anything else, such as a library's own print."""
    try:
        message = json.loads(line)
    except ValueError:
        return {}
    return message if isinstance(message, dict) else {}
