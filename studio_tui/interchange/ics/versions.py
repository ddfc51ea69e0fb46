"""Several events for one thing: the newest revision holds (RFC 5545 §3.8.7.4)."""

from __future__ import annotations

from collections.abc import Sequence

from studio_tui.domain.language import _
from studio_tui.interchange.findings import Findings
from studio_tui.interchange.ics.events import Event


def newest_of(versions: Sequence[Event], what: str, findings: Findings) -> Event:
    """Return the version with the highest revision and tell of the others; `what` names what they are versions of."""
    newest = max(versions, key=lambda event: event.revision)
    for event in versions:
        if event is newest:
            continue
        if _same(event, newest):
            reason = _("Line {line} repeats {what}; it comes in once.").format(line=newest.line, what=what)
            findings.note(event.line, event.uid, reason, event.title)
        else:
            reason = _("Line {line} has a newer version of {what} under the same UID.").format(
                line=newest.line, what=what
            )
            findings.skipped(event.line, event.uid, reason, event.title)
    return newest


def _same(one: Event, other: Event) -> bool:
    return (one.start, one.length, one.title, one.cancelled) == (
        other.start,
        other.length,
        other.title,
        other.cancelled,
    )
