"""One VEVENT, understood on its own (RFC 5545 §3.6.1)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta

from studio_tui.domain.language import _, ngettext
from studio_tui.domain.revisions import MAX_SEQUENCE
from studio_tui.domain.spelling import grouped
from studio_tui.domain.text import clean_line, safe_display
from studio_tui.domain.zones import DateOutOfRange
from studio_tui.interchange.findings import Broken, Findings
from studio_tui.interchange.ics.dates import NO_TIME, Dates, ExtraDate, Moment
from studio_tui.interchange.ics.lines import Block
from studio_tui.interchange.ics.properties import Properties, Property
from studio_tui.interchange.ics.rules import Rule, read_rule
from studio_tui.interchange.ics.texts import address_of, line_of, text_of
from studio_tui.interchange.ics.zones import ZoneBook

MAX_UID = 255
_DIGEST = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A sound event.

    Attributes:
        uid_given: Whether the file gives the UID; otherwise it is made from the content.
        start: None only for a cancellation that does not repeat when the event would have been.
        length: The exact time from start to end (RFC 5545 §3.8.5.3); zero only for a cancellation without one.
        occurrence: The start that this event changes in its series (RECURRENCE-ID), or None.
        onwards: It changes that occurrence and all later ones (RANGE=THISANDFUTURE).
        revision: Higher means newer: SEQUENCE, then LAST-MODIFIED or DTSTAMP, then the place in the file.
    """

    uid: str
    uid_given: bool
    line: int
    start: Moment | None
    length: timedelta
    occurrence: Moment | None
    onwards: bool
    rules: tuple[Rule, ...]
    extra: tuple[ExtraDate, ...]
    excluded: tuple[Moment, ...]
    sequence: int
    revision: tuple[int, str, int]
    cancelled: bool
    title: str
    location: str
    description: str
    url: str | None
    url_is_conference: bool

    @property
    def repeats(self) -> bool:
        return bool(self.rules or self.extra)


class BrokenEvent(Broken):
    """An event that cannot come in. `uid`, `occurrence` and `title` say, where they are sound, which one it is."""

    def __init__(self, error: Broken, uid: str | None, occurrence: Moment | None, title: str) -> None:
        super().__init__(error.line, str(error))
        self.uid = uid
        self.occurrence = occurrence
        self.title = title


def read_event(block: Block, zones: ZoneBook, *, cancels: bool, findings: Findings) -> Event:
    """Return the event of a VEVENT; `cancels` says that the calendar's METHOD is CANCEL.

    Raises:
        BrokenEvent: If no session can be made of it; the sentence says why.
    """
    uid, title = None, ""
    occurrence: Moment | None = None
    try:
        properties = Properties(block, findings)
        title = line_of(properties.first("SUMMARY"), findings)
        uid = _uid(properties.only("UID"))
        properties.require_sound()
        if block.damage:
            raise Broken(block.line, _("It is not whole: {damage}.").format(damage=block.damage))
        dates = Dates(block.line, properties, zones, findings)
        occurrence = dates.occurrence()
        cancelled = cancels or _says(properties.only("STATUS"), "CANCELLED")
        return _event(block, properties, dates, uid, occurrence, cancelled=cancelled, title=title, findings=findings)
    except Broken as error:
        raise BrokenEvent(error, uid, occurrence, title) from error
    except (OverflowError, DateOutOfRange) as error:
        off_calendar = Broken(block.line, _("Its dates are off the calendar."))
        raise BrokenEvent(off_calendar, uid, occurrence, title) from error


def _event(
    block: Block,
    properties: Properties,
    dates: Dates,
    uid: str | None,
    occurrence: Moment | None,
    *,
    cancelled: bool,
    title: str,
    findings: Findings,
) -> Event:
    if properties.all("EXRULE"):
        raise Broken(block.line, _("It leaves dates out by a rule (EXRULE), which is not kept any more."))
    start = dates.start() or (occurrence if cancelled else None)
    length = _length(block, dates, start, cancelled=cancelled)
    location = line_of(properties.first("LOCATION"), findings)
    sequence = _sequence(properties.only("SEQUENCE"), findings)
    url, url_is_conference = address_of(properties)
    recurrence = properties.first("RECURRENCE-ID")
    if uid is None:
        findings.tally("uid", block.line, _without_uid)
    return Event(
        uid=uid or _derived_uid(block, properties, start, length, title, location),
        uid_given=uid is not None,
        line=block.line,
        start=start,
        length=length,
        occurrence=occurrence,
        onwards=recurrence is not None and recurrence.params.get("RANGE", "").upper() == "THISANDFUTURE",
        rules=tuple(read_rule(each) for each in properties.all("RRULE")),
        extra=tuple(dates.extra()),
        excluded=tuple(dates.excluded()),
        sequence=sequence,
        revision=(sequence, _written_at(properties), block.line),
        cancelled=cancelled,
        title=title,
        location=location,
        description=text_of(properties.first("DESCRIPTION"), findings),
        url=url,
        url_is_conference=url_is_conference,
    )


def _length(block: Block, dates: Dates, start: Moment | None, *, cancelled: bool) -> timedelta:
    """How long it lasts; a cancellation need not say so."""
    if start is None:
        if cancelled:
            return NO_TIME
        raise Broken(block.line, _("It has no start (DTSTART)."))
    try:
        return dates.length(start)
    except Broken:
        if cancelled:
            return NO_TIME
        raise


def _says(found: Property | None, word: str) -> bool:
    return found is not None and found.text.strip().upper() == word


def _sequence(found: Property | None, findings: Findings) -> int:
    digits = found.raw.strip() if found is not None else "0"
    if digits.isascii() and digits.isdigit() and len(digits) <= len(str(MAX_SEQUENCE)):
        return min(int(digits), MAX_SEQUENCE)
    if found is not None:
        findings.note(found.line, None, _("SEQUENCE is no number and read as 0."))
    return 0


def _written_at(properties: Properties) -> str:
    """When this version was written, as text that can be compared; empty if unknown."""
    found = properties.first("LAST-MODIFIED") or properties.first("DTSTAMP")
    return found.raw.strip() if found is not None else ""


def _uid(found: Property | None) -> str | None:
    if found is None:
        return None
    uid = clean_line(safe_display(found.text), len(found.text) * 3 + 1)
    if len(uid) > MAX_UID:
        return f"{uid[: MAX_UID - _DIGEST - 1]}#{_digest(uid)}"
    return uid or None


def _derived_uid(
    block: Block, properties: Properties, start: Moment | None, length: timedelta, title: str, location: str
) -> str:
    """A UID that comes out the same whenever the same event is read again, whatever else changed around it."""
    if start is None:
        raise Broken(block.line, _("It cancels an event without saying which (no UID, no start)."))
    rules = [each.raw for each in properties.all("RRULE")]
    content = [start.wall.isoformat(), start.clock.name, str(length), title, location, *rules]
    return f"content-{_digest(chr(0).join(content))}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:_DIGEST]


def _without_uid(count: int) -> str:
    return ngettext(
        "{n} event has no UID: told apart by time and title, so that one changed elsewhere looks like a new one.",
        "{n} events have no UID: told apart by time and title, so that one changed elsewhere looks like a new one.",
        count,
    ).format(n=grouped(count))
