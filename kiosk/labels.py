"""A labelled set that cannot be evaluated."""

from __future__ import annotations


class BadLabels(Exception):
    """The message is one sentence for the person at the terminal."""
