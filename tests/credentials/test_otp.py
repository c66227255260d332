"""One-time codes. The risks: a code that works twice, for another visit, or not at all on the right phone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.credentials.otp import OtpVault


def vault(visit: str = "visit-1", purpose: str = "verify_account") -> OtpVault:
    return OtpVault(visit, purpose)


def other_than(code: str) -> str:
    return f"{(int(code) + 1) % 10 ** len(code):0{len(code)}}"


def test_the_code_on_the_phone_is_the_code_that_is_accepted() -> None:
    box = vault()
    code = box.issue(1)
    assert len(code) == 6
    assert code.isascii()
    assert code.isdigit()
    assert box.check(code) == 1


def test_a_code_works_once() -> None:
    box = vault()
    code = box.issue(1)
    assert box.check(code) == 1
    assert box.check(code) is None
    with pytest.raises(ValueError, match="empty"):
        box.issue(2)


def test_a_new_code_replaces_the_old_one() -> None:
    box = vault()
    first, second = box.issue(1), box.issue(2)
    if first != second:  # one time in a million they are the same digits
        assert box.check(first) is None
    assert box.check(second) == 2


def test_the_same_sending_asked_for_again_gives_the_same_code() -> None:
    box = vault()
    assert box.issue(1) == box.issue(1)


def test_an_older_code_cannot_come_back() -> None:
    box = vault()
    box.issue(2)
    with pytest.raises(ValueError, match="older"):
        box.issue(1)
    with pytest.raises(ValueError, match="older"):
        vault().issue(0)


def test_when_a_new_code_was_never_sent_the_one_on_the_phone_still_works() -> None:
    box = vault()
    on_the_phone = box.issue(1)
    box.issue(2)
    box.withdraw(2)
    assert box.check(on_the_phone) == 1


def test_when_the_only_code_was_never_sent_nothing_works() -> None:
    box = vault()
    code = box.issue(1)
    box.withdraw(1)
    box.withdraw(1)
    assert box.check(code) is None


def test_a_wrong_entry_leaves_the_right_one_possible() -> None:
    box = vault()
    code = box.issue(1)
    assert box.check(other_than(code)) is None
    assert box.check(code) == 1


def test_a_forgotten_vault_accepts_nothing_and_issues_nothing() -> None:
    box = vault()
    code = box.issue(1)
    box.forget()
    assert box.check(code) is None
    with pytest.raises(ValueError, match="empty"):
        box.issue(1)


def test_two_visits_do_not_share_codes() -> None:
    codes = {vault().issue(1) for _ in range(40)}
    assert len(codes) > 35  # the same secret everywhere would give one


def test_neither_code_nor_secret_lies_open_in_the_vault() -> None:
    box = vault()
    code = box.issue(1)
    assert code not in repr(box)
    assert code not in repr(vars(box))
    assert all(code.encode() not in kept for kept in box._verifiers.values())


@given(st.text(max_size=12))
def test_any_other_text_is_wrong_and_breaks_nothing(text: str) -> None:
    box = vault()
    code = box.issue(1)
    if text != code:
        assert box.check(text) is None
    assert box.check(code) == 1


@given(st.text(max_size=8))
def test_nothing_is_accepted_before_a_code_was_issued(text: str) -> None:
    assert vault().check(text) is None


def test_lone_surrogates_from_a_broken_input_method_are_just_wrong() -> None:
    box = vault()
    box.issue(1)
    assert box.check("\ud800" * 6) is None
