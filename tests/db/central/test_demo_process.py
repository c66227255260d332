"""Talking with the demo's centre over pipes. The risk: a dead or chatty child that hangs or misleads the kiosk."""

from __future__ import annotations

import json
import queue
import sys
import threading
from collections.abc import Iterator

import pytest

from db.central import demo_process
from db.central.demo_process import DemoCentreProcess, Message, serve_questions
from kiosk.ports import PassingFault

SECONDS = 20.0
READ = "import json, os, sys\nasked = lambda: json.loads(sys.stdin.readline())\n"
ANSWER = "say = lambda q, **a: print(json.dumps({'answer': a, 'no': q['no']}), flush=True)\n"


class Talk:
    def __init__(self, program: str) -> None:
        self.progress: queue.SimpleQueue[str] = queue.SimpleQueue()
        command = [sys.executable, "-c", READ + ANSWER + program]
        self.centre = DemoCentreProcess(command, self.progress.put, {"BPJS_TEST_SECRET": "s3"})
        self.centre.start()

    def ends_with(self) -> int:
        process = self.centre._process
        assert process is not None
        return process.wait(SECONDS)


@pytest.fixture
def talks() -> Iterator[list[Talk]]:
    made: list[Talk] = []
    yield made
    for talk in made:
        talk.centre.stop()


def talk_to(talks: list[Talk], program: str) -> Talk:
    talks.append(Talk(program))
    return talks[-1]


def test_a_question_is_answered_and_progress_is_told(talks: list[Talk]) -> None:
    talk = talk_to(
        talks,
        "print(json.dumps({'progress': 'making the cluster'}), flush=True)\n"
        "q = asked(); say(q, dsn='key ' + q['enrol'])\n"
        "q = asked(); say(q, events=9, status='TERVERIFIKASI')\n",
    )
    assert talk.centre.enrol(b"\xab\xcd") == "key abcd"
    assert talk.progress.get(timeout=SECONDS) == "making the cluster"
    assert talk.centre.report("visit") == {"events": 9, "status": "TERVERIFIKASI"}


def test_what_a_library_prints_is_no_answer(talks: list[Talk]) -> None:
    noise = ["warning", "5", "null", "[1]", '"progress"', "{", '{"answer": 3}', '{"other": {}}', ""]
    talk = talk_to(
        talks,
        f"q = asked()\nfor line in {noise!r}: print(line, flush=True)\n"
        "os.write(1, b'\\xff\\xfe broken\\n')\n"
        "say(q, status='here')\n",
    )
    assert talk.centre.ask({"report": "v"}, SECONDS) == {"status": "here"}


@pytest.mark.parametrize(
    "death", ["pass", "asked()", "asked(); os._exit(3)", "asked(); os.kill(os.getpid(), 9)", "print('{', end='')"]
)
def test_a_child_that_dies_is_a_passing_fault_now_and_later(talks: list[Talk], death: str) -> None:
    talk = talk_to(talks, death)
    for _ in range(3):
        with pytest.raises(PassingFault) as caught:
            talk.centre.enrol(b"key")
        assert caught.value.reason == "demo_centre_gone"


def test_a_child_that_says_nothing_is_silent_and_not_waited_for(talks: list[Talk]) -> None:
    talk = talk_to(talks, "sys.stdin.read()")
    with pytest.raises(PassingFault) as caught:
        talk.centre.ask({"report": "v"}, 0.05)
    assert caught.value.reason == "demo_centre_silent"


def test_an_answer_that_comes_too_late_is_not_taken_for_the_next_one(talks: list[Talk]) -> None:
    talk = talk_to(talks, "first = asked(); second = asked(); say(first, v='old'); say(second, v='new')")
    with pytest.raises(PassingFault):
        talk.centre.ask({"report": "one"}, 0.05)
    assert talk.centre.ask({"report": "two"}, SECONDS) == {"v": "new"}


def test_a_fault_of_the_centre_is_told_by_its_name(talks: list[Talk]) -> None:
    talk = talk_to(talks, "q = asked(); say(q, fault='OperationalError')\nq = asked(); say(q, other=1)")
    with pytest.raises(PassingFault) as caught:
        talk.centre.report("v")
    assert caught.value.reason == "OperationalError"
    with pytest.raises(PassingFault) as caught:
        talk.centre.enrol(b"key")
    assert caught.value.reason == "demo_centre_not_understood"


def test_two_who_ask_at_once_get_each_their_own_answer(talks: list[Talk]) -> None:
    talk = talk_to(talks, "for line in sys.stdin:\n q = json.loads(line); say(q, v=q['report'])")
    answers: dict[str, Message] = {}

    def ask(visit: str) -> None:
        answers[visit] = talk.centre.ask({"report": visit}, SECONDS)

    threads = [threading.Thread(target=ask, args=(str(number),)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SECONDS)
    assert answers == {str(number): {"v": str(number)} for number in range(8)}


def test_stop_closes_the_childs_stdin_and_waits_for_its_end(talks: list[Talk]) -> None:
    talk = talk_to(talks, "sys.stdin.read()\nprint(json.dumps({'progress': 'saw the end'}), flush=True)")
    process = talk.centre._process
    assert process is not None
    talk.centre.stop()
    assert process.returncode == 0
    assert talk.progress.get(timeout=SECONDS) == "saw the end"
    talk.centre.stop()
    with pytest.raises(PassingFault):
        talk.centre.report("v")


def test_a_child_that_will_not_go_is_ended(talks: list[Talk], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo_process, "STOP_SECONDS", 0.2)
    talk = talk_to(
        talks,
        "import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "print(json.dumps({'progress': 'stubborn'}), flush=True)\ntime.sleep(600)",
    )
    assert talk.progress.get(timeout=SECONDS) == "stubborn"
    process = talk.centre._process
    assert process is not None
    talk.centre.stop()
    assert process.returncode == -9


def test_secrets_travel_in_the_environment_and_not_in_the_command(talks: list[Talk]) -> None:
    talk = talk_to(talks, "q = asked(); say(q, env=os.environ['BPJS_TEST_SECRET'], argv=' '.join(sys.argv))")
    answer = talk.centre.ask({"report": "v"}, SECONDS)
    assert (answer["env"], answer["argv"]) == ("s3", "-c")


def test_the_childs_side_answers_each_line_and_outlives_a_question_that_fails() -> None:
    def answer(question: Message) -> Message:
        if question.get("report") == "broken":
            raise RuntimeError("host=10.0.0.5")
        return {"seen": question["report"]}

    written: list[str] = []
    lines = ['{"report": "a", "no": 1}', "garbage", "[]", '{"report": "broken", "no": 2}', '{"report": "b", "no": 3}']
    serve_questions(lines, answer, written.append)
    told = [json.loads(line) for line in written]
    assert told[0] == {"answer": {"seen": "a"}, "no": 1}
    assert [message["answer"] for message in told[1:3]] == [{"fault": "KeyError"}] * 2
    assert told[3] == {"answer": {"fault": "RuntimeError"}, "no": 2}
    assert told[4] == {"answer": {"seen": "b"}, "no": 3}
