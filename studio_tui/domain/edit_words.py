"""Edits in words, as they are told after "Undo:" and in lists."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from studio_tui.domain.language import N_, _
from studio_tui.domain.phrase import Day, Phrase, joined, nphrase, phrase
from studio_tui.domain.series_words import SeriesPreview
from studio_tui.domain.services import Service
from studio_tui.domain.sessions import Session, SessionStatus, mode_of, title_of
from studio_tui.domain.zones import to_wall

_FIELDS = {
    "staff_id": N_("leader"),
    "room": N_("room"),
    "title": N_("title"),
    "capacity": N_("capacity"),
    "details": N_("details"),
}


def session_phrase(session: Session, service: Service, zone: ZoneInfo) -> Phrase:
    """What a session is called in a sentence: its title, day and time ("Vinyasa Flow, Mon 2 Mar 18:00")."""
    return joined([title_of(session, service), _day_and_time(session.starts_at, zone)], ", ")


def day_and_time(instant: datetime, zone: ZoneInfo) -> str:
    """An instant as the site's clocks show it ("Mon 2 Mar 18:00")."""
    return str(_day_and_time(instant, zone))


def told_words(kind: str, start: datetime, zone: ZoneInfo) -> str:
    """What clients were sent, after "2 clients were" ("told already that it was moved to Mon 2 Mar 18:30").

    Args:
        kind: Of a delivery (`DeliveryKind`), or what was announced (`AnnouncementKind`).
        start: The start that they were told.
        zone: Whose clock tells it.
    """
    return _(_TOLD[kind]).format(when=day_and_time(start, zone))


_TOLD = {
    "notice": N_("sent the notice for {when} already"),
    "link": N_("sent the changed link for {when} already"),
    "booked": N_("sent the confirmation for {when} already"),
    "unbooked": N_("told already that the booking is cancelled"),
    "reminder": N_("sent the reminder for {when} already"),
    "attendance": N_("asked already whether they come, {when}"),
    "cancelled": N_("told already that it is cancelled"),
    "moved": N_("told already that it was moved to {when}"),
    "restored": N_("told already that it takes place after all, {when}"),
    "changed": N_("told already that it was changed"),
    "corrected": N_("told already, as a correction, that it is {when}"),
    "written": N_("sent a message written by hand already"),
}


def change_words(before: Session, after: Session, service: Service, zone: ZoneInfo) -> Phrase:
    """What became of a session ("moved Vinyasa Flow, Mon 2 Mar 18:00 → 18:30, 8 bookings").

    Args:
        before: As it was.
        after: As it is now.
        service: Its service.
        zone: Its site's zone.
    """
    name = session_phrase(before, service, zone)
    if after.status is SessionStatus.CANCELLED and before.status is not after.status:
        return joined([phrase("cancelled {what}", what=name), *_bookings(after.booked)])
    if after.status is not before.status:
        return joined([phrase("brought back {what}", what=name), *_bookings(after.booked)])
    said: list[Phrase] = []

    def say(first: Phrase, then: Phrase) -> None:
        """The session is named once."""
        said.append(then if said else first)

    if after.starts_at != before.starts_at:
        when = _clock(after.starts_at, before.starts_at, zone)
        said.append(phrase("moved {what} → {when}", what=name, when=when))
    elif after.ends_at != before.ends_at:
        when = _clock(after.ends_at, before.starts_at, zone)
        said.append(phrase("made {what} last until {when}", what=name, when=when))
    mode = mode_of(after, service)
    if mode is not mode_of(before, service):
        words = mode.phrase
        say(phrase("switched {what} to {mode}", what=name, mode=words), phrase("switched to {mode}", mode=words))
    if after.notice_at != before.notice_at:
        to = phrase("automatic") if after.notice_at is None else _clock(after.notice_at, after.starts_at, zone)
        first = phrase("set the notice time of {what} to {when}", what=name, when=to)
        say(first, phrase("set the notice time to {when}", when=to))
    fields = [Phrase(word) for field, word in _FIELDS.items() if getattr(after, field) != getattr(before, field)]
    if fields:
        which = joined(fields, ", ")
        say(phrase("changed {fields} of {what}", fields=which, what=name), phrase("changed {fields}", fields=which))
    moved = (after.starts_at, after.ends_at) != (before.starts_at, before.ends_at)
    whole = joined(said, ", ") if said else phrase("edited {what}", what=name)
    return joined([whole, *_bookings(after.booked)]) if moved else whole


def series_edit_words(preview: SeriesPreview, name: str) -> Phrase:
    """What became of a series ("moved 6 sessions of Vinyasa Flow, made 2, 8 bookings")."""
    acts = [
        (preview.moved, N_("moved {sessions}")),
        (preview.changed - preview.moved, N_("changed {sessions}")),
        (preview.made, N_("made {sessions}")),
        (preview.cancelled + preview.removed, N_("cancelled {sessions}")),
        (preview.revived, N_("brought back {sessions}")),
    ]
    told = [(number, words) for number, words in acts if number]
    if not told:
        return phrase("changed the series {name}", name=name)
    (number, words), *rest = told
    sessions = nphrase("{n} session of {name}", "{n} sessions of {name}", number, name=name)
    said = [Phrase(words, {"sessions": sessions}), *(Phrase(words, {"sessions": number}) for number, words in rest)]
    return joined([joined(said, ", "), *_bookings(preview.bookings)])


def _day_and_time(instant: datetime, zone: ZoneInfo) -> Day:
    return Day(to_wall(instant, zone), "%a %-d %b %H:%M")


def _clock(instant: datetime, near: datetime, zone: ZoneInfo) -> Day:
    """The time alone on the day of `near`, else with its day."""
    wall = to_wall(instant, zone)
    same_day = wall.date() == to_wall(near, zone).date()
    return Day(wall, "%H:%M") if same_day else _day_and_time(instant, zone)


def _bookings(number: int) -> list[Phrase]:
    return [nphrase(", {n} booking", ", {n} bookings", number)] if number else []
