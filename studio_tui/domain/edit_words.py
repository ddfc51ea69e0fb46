"""Edits in words, as they are told after "Undo:" and in lists."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from studio_tui.domain.language import N_, _, ngettext
from studio_tui.domain.series_words import SeriesPreview
from studio_tui.domain.services import Service
from studio_tui.domain.sessions import Session, SessionStatus, mode_of, title_of
from studio_tui.domain.spelling import spelt
from studio_tui.domain.zones import to_wall

_FIELDS = {
    "staff_id": N_("leader"),
    "room": N_("room"),
    "title": N_("title"),
    "capacity": N_("capacity"),
    "details": N_("details"),
}


def session_words(session: Session, service: Service, zone: ZoneInfo) -> str:
    """What a session is called in a sentence: its title, day and time ("Vinyasa Flow, Mon 2 Mar 18:00")."""
    return f"{title_of(session, service)}, {day_and_time(session.starts_at, zone)}"


def day_and_time(instant: datetime, zone: ZoneInfo) -> str:
    """An instant as the site's clocks show it ("Mon 2 Mar 18:00")."""
    return spelt(to_wall(instant, zone), "%a %-d %b %H:%M")


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


def change_words(before: Session, after: Session, service: Service, zone: ZoneInfo) -> str:
    """What became of a session ("moved Vinyasa Flow, Mon 2 Mar 18:00 → 18:30, 8 bookings").

    Args:
        before: As it was.
        after: As it is now.
        service: Its service.
        zone: Its site's zone.
    """
    name = session_words(before, service, zone)
    if after.status is not before.status:
        words = _("cancelled {what}") if after.status is SessionStatus.CANCELLED else _("brought back {what}")
        return words.format(what=name) + _bookings(after.booked)
    said = []
    if after.starts_at != before.starts_at:
        said.append(_("moved {what} → {when}").format(what=name, when=_new_time(before, after, zone)))
    elif after.ends_at != before.ends_at:
        until = _clock(after.ends_at, before.starts_at, zone)
        said.append(_("made {what} last until {when}").format(what=name, when=until))
    mode = mode_of(after, service)
    if mode is not mode_of(before, service):
        words = _("switched to {mode}") if said else _("switched {what} to {mode}")
        said.append(words.format(what=name, mode=mode.label))
    if after.notice_at != before.notice_at:
        when = _("automatic") if after.notice_at is None else _clock(after.notice_at, after.starts_at, zone)
        words = _("set the notice time to {when}") if said else _("set the notice time of {what} to {when}")
        said.append(words.format(what=name, when=when))
    fields = [_(word) for field, word in _FIELDS.items() if getattr(after, field) != getattr(before, field)]
    if fields:
        words = _("changed {fields}") if said else _("changed {fields} of {what}")
        said.append(words.format(fields=", ".join(fields), what=name))
    moved = (after.starts_at, after.ends_at) != (before.starts_at, before.ends_at)
    return (", ".join(said) or _("edited {what}").format(what=name)) + (_bookings(after.booked) if moved else "")


def series_edit_words(preview: SeriesPreview, name: str) -> str:
    """What became of a series ("moved 6 sessions of Vinyasa Flow, made 2, 8 bookings")."""
    acts = [
        (preview.moved, _("moved {sessions}")),
        (preview.changed - preview.moved, _("changed {sessions}")),
        (preview.made, _("made {sessions}")),
        (preview.cancelled + preview.removed, _("cancelled {sessions}")),
        (preview.revived, _("brought back {sessions}")),
    ]
    told = [(number, words) for number, words in acts if number]
    if not told:
        return _("changed the series {name}").format(name=name)
    (number, words), *rest = told
    sessions = ngettext("{n} session of {name}", "{n} sessions of {name}", number).format(n=number, name=name)
    said = [words.format(sessions=sessions), *(words.format(sessions=number) for number, words in rest)]
    return f"{', '.join(said)}{_bookings(preview.bookings)}"


def _new_time(before: Session, after: Session, zone: ZoneInfo) -> str:
    return _clock(after.starts_at, before.starts_at, zone)


def _clock(instant: datetime, near: datetime, zone: ZoneInfo) -> str:
    """The time alone on the day of `near`, else with its day."""
    wall = to_wall(instant, zone)
    same_day = wall.date() == to_wall(near, zone).date()
    return f"{wall:%H:%M}" if same_day else day_and_time(instant, zone)


def _bookings(number: int) -> str:
    return ngettext(", {n} booking", ", {n} bookings", number).format(n=number) if number else ""
