"""The rows of a session's form, and what stands in them at first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from studio_tui.domain.dates import parse_date, parse_time
from studio_tui.domain.language import N_, _, ngettext
from studio_tui.domain.people import Role
from studio_tui.domain.rooms import ROOM_NAME_LIMIT
from studio_tui.domain.services import MAX_CAPACITY, Mode, ServiceKind
from studio_tui.domain.text import clean_text, fold
from studio_tui.tui.lengths import parse_length, parse_number, typed_length
from studio_tui.tui.nouns import counted_people
from studio_tui.tui.screens.repeat_rows import repeat_rows
from studio_tui.tui.widgets.drawer_texts import KINDS
from studio_tui.tui.widgets.form_rows import FormRow, NotesRow, PickRow, TextRow, within
from studio_tui.tui.wording import day_text, length_text

if TYPE_CHECKING:
    from studio_tui.domain.agenda import SessionDetail
    from studio_tui.domain.people import StaffId, StaffMember
    from studio_tui.domain.rooms import Room
    from studio_tui.domain.services import Service
    from studio_tui.domain.sessions import Course
    from studio_tui.tui.desk import Desk

NEW_RUN = 0
"""Stands for a course that is yet to be made."""
V = TypeVar("V")

_MODES = [(N_("as the service"), None), (N_("online"), Mode.ONLINE), (N_("in person"), Mode.IN_PERSON)]
_ORIGINS = [(N_("occasional, made once by hand"), False), (N_("part of the timetable"), True)]
_ORIGIN_NOTES = {
    False: N_("It never takes the service's own link."),
    True: N_("It takes the service's own link, if there is one."),
}


@dataclass(frozen=True, slots=True)
class Choices:
    """What can be chosen at the site."""

    services: tuple[Service, ...]
    staff: tuple[StaffMember, ...]
    courses: tuple[Course, ...]
    rooms: tuple[Room, ...] = ()


def new_rows(desk: Desk, choices: Choices, starts_at: datetime) -> list[FormRow[Any]]:
    """The rows of a new session, at `starts_at` (aware) and otherwise as its service says."""
    service = choices.services[0]
    start = desk.wall(starts_at)
    leads = desk.actor.id if desk.actor.role is Role.INSTRUCTOR else None
    course = course_row(choices)
    course.display = service.kind is ServiceKind.COURSE
    return [
        PickRow("service", "Service", [(s.name, s) for s in choices.services], service, _service_note),
        course,
        *_when_rows(desk, start, service.duration),
        *repeat_rows(desk.wall(desk.now()).date()),
        _leader_row(choices, leads),
        room_row(choices.rooms, ""),
        *_text_rows("", str(service.capacity), 0),
        PickRow("mode", "Mode", _said(_MODES), None),
        PickRow("scheduled", "Kind", _said(_ORIGINS), False, lambda value: _(_ORIGIN_NOTES[value])),
        _details_row("", ""),
    ]


def edit_rows(desk: Desk, choices: Choices, detail: SessionDetail) -> list[FormRow[Any]]:
    """The rows of a session as it is stored."""
    session = detail.session
    return [
        *_when_rows(desk, desk.wall(session.starts_at), session.length),
        _leader_row(choices, session.staff_id),
        room_row(choices.rooms, session.room),
        *_text_rows(session.title or "", str(session.capacity), session.booked),
        _details_row(session.details or "", detail.service.details),
    ]


def stored_values(desk: Desk, detail: SessionDetail) -> dict[str, object]:
    """What stands in the rows of `edit_rows` when nobody has typed anything."""
    session = detail.session
    start = desk.wall(session.starts_at)
    return {
        "date": f"{start:%Y-%m-%d}",
        "time": f"{start:%H:%M}",
        "length": typed_length(session.length),
        "staff_id": session.staff_id,
        "room": session.room,
        "title": session.title or "",
        "capacity": str(session.capacity),
        "details": session.details or "",
    }


def _said(values: Sequence[tuple[str, V]]) -> list[tuple[str, V]]:
    return [(_(words), value) for words, value in values]


def course_row(choices: Choices) -> PickRow[int]:
    """Which run a session of a course belongs to; shown for a course service only."""
    runs = [(course.name, int(course.id)) for course in choices.courses]
    note = {NEW_RUN: _("A new run, named by the title; n adds its next sessions.")}
    return PickRow("course", "Course", [(_("a new run"), NEW_RUN), *runs], NEW_RUN, note.get)


def _when_rows(desk: Desk, start: datetime, length: timedelta) -> list[FormRow[Any]]:
    today = desk.wall(desk.now()).date()
    return [
        TextRow("date", "Date", f"{start:%Y-%m-%d}", partial(_date_note, today), hint='"fri", "24/12"', short=True),
        TextRow("time", "Starts", f"{start:%H:%M}", _check_time, hint='"18:30"', short=True),
        TextRow("length", "Length", typed_length(length), _length_note, hint='"60", "1:30"', short=True),
    ]


def leaders(choices: Choices) -> list[tuple[str, StaffId | None]]:
    """Who can lead a session."""
    return [(_("nobody yet"), None), *((member.name, member.id) for member in choices.staff)]


def _leader_row(choices: Choices, staff_id: StaffId | None) -> PickRow[StaffId | None]:
    return PickRow("staff_id", "Led by", leaders(choices), staff_id)


def room_row(rooms: Sequence[Room], room: str) -> TextRow:
    """Where a session takes place: a room of the list, completed while one types, or any other name."""
    in_use = [each.name for each in rooms if each.active]
    return TextRow("room", "Room", room, partial(_room_note, rooms), hint=", ".join(in_use[:3]), offers=in_use)


def known_room(rooms: Sequence[Room], typed: str) -> str:
    """The typed room as the list writes it, or as typed if the list does not have it."""
    return next((each.name for each in rooms if fold(each.name) == fold(typed.strip())), typed)


def _text_rows(title: str, capacity: str, booked: int) -> list[FormRow[Any]]:
    return [
        TextRow("title", "Title", title, partial(within, 200, "title"), hint="only if not the service's name"),
        TextRow("capacity", "Places", capacity, partial(_check_capacity, max(1, booked)), short=True),
    ]


def _details_row(details: str, inherited: str) -> NotesRow:
    def note(text: str) -> str | None:
        clean_text(text, 4_000, field="details")
        if text.strip():
            return _("For the client, instead of the service's details.")
        return _("Empty: the service's details.") if inherited else None

    return NotesRow("details", "Details", details, note)


def _room_note(rooms: Sequence[Room], typed: str) -> str | None:
    within(ROOM_NAME_LIMIT, "room", typed)
    if not typed.strip() or not rooms:
        return None
    room = next((each for each in rooms if fold(each.name) == fold(typed.strip())), None)
    if room is None:
        near = [each.name for each in rooms if each.active and fold(each.name).startswith(fold(typed.strip()))]
        return f"→ {near[0]}" if near else _("Not in the list of rooms, which is no harm (B lists them).")
    if not room.active:
        return _("{room} is not in use any more.").format(room=room.name)
    if room.capacity is None:
        return None
    return _("Holds {people}.").format(people=counted_people(room.capacity))


def _service_note(service: Service) -> str:
    places = ngettext("{n} place", "{n} places", service.capacity).format(n=service.capacity)
    what = _(KINDS[service.kind, service.mode is Mode.ONLINE])
    return f"{what}, {length_text(service.duration)}, {places}"


def _date_note(today: date, text: str) -> str:
    return day_text(parse_date(text, today))


def _check_time(text: str) -> None:
    parse_time(text)


def _length_note(text: str) -> str | None:
    length = parse_length(text)
    return length_text(length) if length >= timedelta(hours=1) else None


def _check_capacity(booked: int, text: str) -> None:
    parse_number(
        text,
        booked,
        MAX_CAPACITY,
        _("Capacity") if booked == 1 else _("{n} are booked: capacity").format(n=booked),
        "capacity",
    )
