"""The demo centre's link, pulled and slowed from the GUI thread without waiting for it."""

from __future__ import annotations

import logging
import threading
from typing import Protocol

log = logging.getLogger(__name__)


class CentreLink(Protocol):
    def __call__(self, *, up: bool, slow: bool) -> object:
        """May block; raises when the demo's centre does not answer."""


class LinkLever:
    """Remembers what the link was told, not what was wished: a wish that failed can be made again."""

    def __init__(self) -> None:
        self._link: CentreLink | None = None
        self._wished = self._told = (True, False)  # up, slow
        self._telling = threading.Lock()

    def attach(self, link: CentreLink) -> None:
        """Of a centre that has just begun: up and quick."""
        self._link = link

    def plug(self, plugged: bool) -> None:
        self._wish(plugged, self._wished[1])

    def slow(self, slow: bool) -> None:
        self._wish(self._wished[0], slow)

    def _wish(self, up: bool, slow: bool) -> None:
        """Told on a thread of its own: the centre's process may take its time, the GUI thread may not."""
        if self._link is not None:
            self._wished = (up, slow)
            threading.Thread(target=self._tell, args=(self._link,), name="demo-link", daemon=True).start()

    def _tell(self, link: CentreLink) -> None:
        with self._telling:  # whoever comes last tells the last wish
            wished = self._wished
            if wished == self._told:
                return
            try:
                link(up=wished[0], slow=wished[1])
                self._told = wished
            except Exception as fault:
                log.warning("the centre's link was not switched", extra={"fault": type(fault).__name__})
