"""The words people read, one TOML file a language, as flat keys such as ``otp.title``.

Free of Qt, so that receipts and spoken sentences use the same catalogue. Placeholders are those of
``str.format``. Values are never translated here; view-models fill them in.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from kiosk.journey.state import Language

TRANSLATIONS = Path(__file__).resolve().parents[1] / "resources" / "translations"


class MissingWord(LookupError):
    """A key that the catalogue does not hold."""


def flatten(tree: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in tree.items():
        if isinstance(value, Mapping):
            yield from flatten(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", str(value)


@cache
def load(language: Language) -> Mapping[str, str]:
    """All words of a language by their flat key."""
    with (TRANSLATIONS / f"{language.value}.toml").open("rb") as file:
        return dict(flatten(tomllib.load(file)))


def has(language: Language, key: str) -> bool:
    return key in load(language)


def fill(language: Language, key: str, **values: object) -> str:
    """The sentence of ``key`` with its placeholders filled; MissingWord names the key, never a value."""
    words = load(language)
    if key not in words:
        raise MissingWord(key)
    try:
        return words[key].format_map(values)
    except KeyError as missing:
        raise MissingWord(f"{key} needs {missing.args[0]}") from None


def spell_date(language: Language, day: date) -> str:
    """A date as people read it: ``Senin, 23 Nov 2026``."""
    return fill(
        language,
        "date.full",
        weekday=fill(language, f"date.weekday_{day.weekday()}"),
        day=day.day,
        month=fill(language, f"date.month_{day.month}"),
        year=day.year,
    )
