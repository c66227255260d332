"""How a person's data looks before the face match, and on anything that is printed or logged.

The number of hidden characters is always the same: a mask must not tell how long the address is.
"""

from __future__ import annotations

import re

HIDDEN = "xxxx"


def initials(name: str) -> str:
    """``SITI RAHMAWATI`` -> ``S. R.``; apostrophes stay inside a word, all else that is no letter parts words."""
    words = re.split(r"[^\w'’]+|[\d_]+", name)
    letters = [next((c for c in word if c.isalpha()), "") for word in words]
    return " ".join(f"{letter.upper()}." for letter in letters if letter)


def short_name(name: str) -> str:
    """``SITI NUR RAHMAWATI`` -> ``Siti R.``: enough to greet by, too little to note down from the queue."""
    words = name.split()
    if len(words) < 2:
        return name.title()
    return f"{words[0].title()} {initials(words[-1])}".rstrip()


def mask_phone(number: str) -> str:
    """``+628121234890`` -> ``0812-xxxx-890``. What is too short to hide anything in is hidden whole."""
    digits = "".join(c for c in number if c.isascii() and c.isdigit())
    if digits.startswith("62"):
        digits = "0" + digits[2:]
    if len(digits) < 10:
        return HIDDEN
    return f"{digits[:4]}-{HIDDEN}-{digits[-3:]}"


def mask_email(address: str) -> str:
    """``siti.rahma@gmail.com`` -> ``s***@gmail.com``. No address: hidden whole."""
    local, at, domain = address.strip().rpartition("@")
    if not at or not local or "." not in domain:
        return HIDDEN
    return f"{local[0]}***@{domain}"
