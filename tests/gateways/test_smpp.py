"""The connector's SMPP client against the demo's message centre, over real sockets.

The risks: a code sent to nobody and reported as sent, a wrong login retried for ever, a restart of the
centre that needs a restart of the connector.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest

from kiosk.gateways.demo_smsc import DemoSmsc
from kiosk.gateways.smpp import SmppAccount, SmppSender, SmsFault, SmsNotSent
from kiosk.ports import PartState, PhoneMessage

TO = "+628121234890"
PASSWORD = "rahasia1"


@pytest.fixture
def smsc() -> Iterator[DemoSmsc]:
    centre = DemoSmsc("kiosk", "rahasia1")
    yield centre
    centre.stop()


def account(port: int, password: str = PASSWORD) -> SmppAccount:
    return SmppAccount("127.0.0.1", port, "kiosk", password)


def test_a_text_arrives_at_the_phone(smsc: DemoSmsc) -> None:
    with SmppSender(account(smsc.start())) as sender:
        assert sender.send(TO, "Kode BPJS Anda 480263. Jangan berikan kepada siapa pun.") == ("demo-1",)
        assert sender.health().detail["session"] == "bound"
    message = smsc.messages()[0]
    assert (message.to, message.text) == ("628121234890", "Kode BPJS Anda 480263. Jangan berikan kepada siapa pun.")


@pytest.mark.parametrize("text", ["Kode – é 健康 😀", "x" * 500, "–" * 200, "{kode} [480263] €"])
def test_long_texts_and_other_alphabets_arrive_as_one_text(smsc: DemoSmsc, text: str) -> None:
    with SmppSender(account(smsc.start())) as sender:
        sender.send(TO, text)
    assert [message.text for message in smsc.messages()] == [text]


def test_the_listener_hears_of_each_text_even_if_it_fails_once() -> None:
    heard: list[PhoneMessage] = []
    enough = threading.Event()

    def listen(message: PhoneMessage) -> None:
        heard.append(message)
        if len(heard) == 1:
            raise RuntimeError("the dock was closed")
        enough.set()

    centre = DemoSmsc("kiosk", "rahasia1", listener=listen)
    try:
        with SmppSender(account(centre.start())) as sender:
            sender.send(TO, "satu")
            sender.send(TO, "dua")
        assert enough.wait(5)
    finally:
        centre.stop()
    assert [message.text for message in heard] == ["satu", "dua"]
    assert [message.text for message in centre.messages()] == ["satu", "dua"]


def test_a_wrong_password_is_a_lasting_fault_and_nothing_arrives(smsc: DemoSmsc) -> None:
    with SmppSender(account(smsc.start(), "salah"), connect_seconds=0.5) as sender:
        with pytest.raises(SmsNotSent) as failure:
            sender.send(TO, "satu")
        assert sender.health().state is PartState.FAULT
    assert failure.value.fault is SmsFault.LOGIN_REFUSED
    assert not failure.value.fault.passing
    assert smsc.messages() == ()


def test_a_centre_that_is_down_is_a_passing_fault(smsc: DemoSmsc) -> None:
    port = smsc.start()
    smsc.stop()
    with SmppSender(account(port)) as sender:
        with pytest.raises(SmsNotSent) as failure:
            sender.send(TO, "satu")
        assert sender.health().last_fault == "unreachable"
    assert failure.value.fault is SmsFault.UNREACHABLE
    assert failure.value.fault.passing


def test_a_centre_that_takes_the_call_and_says_nothing_is_unreachable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        sender = SmppSender(account(silent.getsockname()[1]), connect_seconds=0.3)
        with sender, pytest.raises(SmsNotSent) as failure:
            sender.send(TO, "satu")
    assert failure.value.fault is SmsFault.UNREACHABLE


def test_after_a_restart_of_the_centre_the_next_texts_go_out(smsc: DemoSmsc) -> None:
    with SmppSender(account(smsc.start())) as sender:
        sender.send(TO, "satu")
        smsc.stop()
        with pytest.raises(SmsNotSent) as failure:
            sender.send(TO, "dua")
        # Whether the lost session was already noticed is a matter of microseconds; both are honest.
        assert failure.value.fault in (SmsFault.UNREACHABLE, SmsFault.UNKNOWN_FATE)
        with pytest.raises(SmsNotSent) as failure:
            sender.send(TO, "tiga")
        assert failure.value.fault is SmsFault.UNREACHABLE
        smsc.start()
        sender.send(TO, "empat")
        assert sender.health().last_fault == ""
    assert [message.text for message in smsc.messages()] == ["satu", "empat"]


@pytest.mark.parametrize("to", ["", "112", "+62 812", "abc", "٦٢٨١٢١٢٣٤٨٩٠", "6" * 16])
def test_what_is_no_number_is_refused_before_anything_is_sent(smsc: DemoSmsc, to: str) -> None:
    with SmppSender(account(smsc.start())) as sender, pytest.raises(SmsNotSent) as failure:
        sender.send(to, "satu")
    assert failure.value.fault is SmsFault.NUMBER_REFUSED
    assert smsc.messages() == ()


def test_an_empty_text_is_refused(smsc: DemoSmsc) -> None:
    with SmppSender(account(smsc.start())) as sender, pytest.raises(SmsNotSent) as failure:
        sender.send(TO, "")
    assert failure.value.fault is SmsFault.REFUSED


def test_texts_of_several_threads_all_arrive_whole(smsc: DemoSmsc) -> None:
    texts = [f"{number} " + "x" * 300 for number in range(8)]
    with SmppSender(account(smsc.start())) as sender:
        threads = [threading.Thread(target=sender.send, args=(TO, text)) for text in texts]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(message.text for message in smsc.messages()) == sorted(texts)


def test_closing_twice_is_harmless(smsc: DemoSmsc) -> None:
    sender = SmppSender(account(smsc.start()))
    sender.send(TO, "satu")
    sender.close()
    sender.close()
    SmppSender(account(1)).close()


@pytest.mark.parametrize(
    ("system_id", "password", "source"),
    [("x" * 16, "a", "BPJS"), ("x", "a" * 9, "BPJS"), ("x", "a", "B" * 21), ("x", "é", "BPJS"), ("x\x00", "a", "BPJS")],
)
def test_fields_that_would_panic_the_library_are_refused_before_it(system_id: str, password: str, source: str) -> None:
    with pytest.raises(ValueError, match="SMPP allows"):
        SmppAccount("127.0.0.1", 2775, system_id, password, source)


def test_neither_password_nor_number_nor_text_is_printed(smsc: DemoSmsc) -> None:
    port = smsc.start()
    smsc.stop()
    assert "rahasia1" not in repr(account(port))
    with SmppSender(account(port)) as sender, pytest.raises(SmsNotSent) as failure:
        sender.send(TO, "480263")
    assert "8121" not in repr(failure.value)
    assert "480263" not in repr(failure.value)
