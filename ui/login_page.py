"""What a phone shows after a login at the issuer: look at the kiosk again. One page, no script, no address."""

from __future__ import annotations

from html import escape

from kiosk.config import Settings
from kiosk.journey.state import Language
from ui.catalogue import fill


def login_page(settings: Settings, waited: bool) -> str:
    """``waited``: a kiosk waits for this login."""
    language = settings.site.language
    words = escape(fill(Language(language), "login_page.done" if waited else "login_page.over"))
    return (
        f'<!doctype html><html lang="{language}"><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>BPJS</title><p>{words}</p></html>'
    )
