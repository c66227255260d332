"""What kiosk and centre both call things of a deferred visit."""

from __future__ import annotations

from enum import StrEnum

CAPTURE = "capture"
"""Kind of the sealed payload that a deferred visit leaves for the centre."""

MAX_PROBE_BYTES = 48 * 1024
"""JPEG of the face crop; 400 px at quality 92 take 20 to 40 kB."""

MAX_CAPTURE_BYTES = 96 * 1024
"""Sealed: the largest probe in base64 takes 64 kB, evidence 3 kB."""


class CaptureMatch(StrEnum):
    """What comparing a deferred capture with the photo on record came to."""

    MATCH = "match"
    STAFF = "staff"  # between the two thresholds: a person compares
    NO_MATCH = "no_match"
    UNUSABLE = "unusable"  # capture or photo cannot be compared
