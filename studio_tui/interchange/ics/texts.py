"""The words and addresses of an event, made fit to be stored."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from urllib.parse import urlsplit

from studio_tui.domain.language import ngettext
from studio_tui.domain.spelling import grouped
from studio_tui.domain.text import clean_line, clean_text, has_control
from studio_tui.interchange.findings import Findings
from studio_tui.interchange.ics.properties import Properties, Property
from studio_tui.interchange.texts import shortened

MAX_LINE = 200
MAX_DESCRIPTION = 4_000
MAX_URL = 2_000


def line_of(found: Property | None, findings: Findings) -> str:
    """A property's text as one line, cut (with a note) where it is too long; empty if the property is absent."""
    return _fitting(found, MAX_LINE, clean_line, findings)


def text_of(found: Property | None, findings: Findings) -> str:
    """A property's text with its lines, cut (with a note) where it is too long; empty if the property is absent."""
    return _fitting(found, MAX_DESCRIPTION, clean_text, findings)


def address_of(properties: Properties) -> tuple[str | None, bool]:
    """The event's web address and whether it is a video conference's; the conference comes first."""
    for name in ("CONFERENCE", "X-GOOGLE-CONFERENCE", "X-MICROSOFT-SKYPETEAMSMEETINGURL"):
        found = _first_web_address(properties.all(name))
        if found is not None:
            return found, True
    return _first_web_address(properties.all("URL")), False


def _first_web_address(found: Iterable[Property]) -> str | None:
    return next((address for each in found if (address := web_address(each.raw)) is not None), None)


def web_address(text: str) -> str | None:
    """Return an http(s) address, or None for anything else: a `tel:` number, a script, a word."""
    written = text.strip()
    if len(written) > MAX_URL or has_control(written) or any(char.isspace() or char in '<>"' for char in written):
        return None
    try:
        parts = urlsplit(written)
        host = parts.hostname
    except ValueError:
        return None
    return written if parts.scheme.lower() in ("http", "https") and host and parts.username is None else None


def _fitting(found: Property | None, limit: int, clean: Callable[[str, int], str], findings: Findings) -> str:
    if found is None:
        return ""
    text, cut = shortened(found.text, limit, clean)
    if cut:
        findings.tally(f"long {found.name}", found.line, lambda count: _cut(count, limit))
    return text


def _cut(count: int, limit: int) -> str:
    return ngettext(
        "{n} text is longer than {limit} characters and cut there.",
        "{n} texts are longer than {limit} characters and cut there.",
        count,
    ).format(n=grouped(count), limit=grouped(limit))
