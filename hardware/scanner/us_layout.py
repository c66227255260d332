"""What the keys of a US keyboard write: scanners that pretend to be a keyboard speak this layout unless told otherwise.

Key numbers are those of the kernel (``linux/input-event-codes.h``), which never change.
"""

from __future__ import annotations

SHIFTS = frozenset({42, 54})
ENTER, KEYPAD_ENTER, TAB = 28, 96, 15

_ROWS = (
    (2, "1234567890-=", "!@#$%^&*()_+"),
    (16, "qwertyuiop[]", "QWERTYUIOP{}"),
    (30, "asdfghjkl;'`", 'ASDFGHJKL:"~'),
    (43, "\\zxcvbnm,./", "|ZXCVBNM<>?"),
    (57, " ", " "),
)
"""First key, and what it and those after it write without and with shift."""

PLAIN = {first + n: letter for first, plain, _ in _ROWS for n, letter in enumerate(plain)}
SHIFTED = {first + n: letter for first, _, shifted in _ROWS for n, letter in enumerate(shifted)}
ENDS = {ENTER: "\n", KEYPAD_ENTER: "\n", TAB: "\t"}


def letter_of(key: int, shifted: bool) -> str | None:
    """The character; ``\\n`` or ``\\t`` for a key that ends a line; None for a key that no code is written with."""
    return ENDS.get(key) or (SHIFTED if shifted else PLAIN).get(key)
