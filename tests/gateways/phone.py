"""A simulated phone: it scans what the kiosk shows, logs in as an invented person, agrees or does not."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import urljoin

import httpx

FORM = '<form method="post" action="{action}">{hidden}<input name="user"></form>'


class Phone:
    def __init__(self, user: str) -> None:
        self._user = user

    def scan(self, uri: str, agree: bool = True) -> httpx.Response:
        """Follow the code to its page, fill in its form as this person, go where that leads; the last page."""
        with httpx.Client(follow_redirects=True, timeout=10, trust_env=False) as browser:
            page = browser.get(uri)
            action = re.search(r'action="([^"]*)"', page.text)
            assert action is not None, page.text
            hidden = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', page.text)
            answers = {name: unescape(value) for name, value in hidden}
            answers |= {"user": self._user, "agree": "yes" if agree else "no"}
            return browser.post(urljoin(str(page.url), unescape(action[1])), data=answers)
