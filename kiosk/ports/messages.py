"""What a gateway of text messages tells the centre's jobs."""

from __future__ import annotations


class MessageNotTaken(Exception):
    """The gateway surely took nothing of this message, and another time it may: handing it over again cannot bring it
    twice. Any other exception leaves its fate unknown, or says that trying again is of no use."""
