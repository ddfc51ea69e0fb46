"""Rooms and opening hours."""

from __future__ import annotations

from typing import Any

import pytest

from studio_tui.domain.errors import InvalidInput, NotFound
from studio_tui.domain.opening import OpeningHours, parse_hours
from studio_tui.domain.rooms import Room, RoomLine, RoomUse
from studio_tui.usecases.premises import RoomDraft
from tests.builders import HOUR, NOW, SmallStudio
from tests.usecases.support import assert_sound, contents


def room(small: SmallStudio, name: str = "Loft", **fields: Any) -> Room:
    return small.premises.save(small.desk, RoomDraft(site_id=small.rome.id, name=name, **fields))


def changed(small: SmallStudio, before: Room, **fields: Any) -> Room:
    values = {"name": before.name, "capacity": before.capacity, "active": before.active}
    draft = RoomDraft(id=before.id, site_id=before.site_id, **values | fields)
    return small.premises.save(small.desk, draft, version=before.change.version)


def test_a_room_is_made_found_and_changed(small_anywhere: SmallStudio) -> None:
    small = small_anywhere
    loft = room(small, " Loft ", capacity=12)

    assert (loft.name, loft.capacity, loft.active) == ("Loft", 12, True)
    assert small.premises.room(small.rome.id, "lo") == loft
    assert changed(small, loft, capacity=None).capacity is None
    with pytest.raises(NotFound, match="There is no room called “cellar”"):
        small.premises.room(small.rome.id, "cellar")
    assert small.premises.rooms(small.london.id) == []


@pytest.mark.parametrize(
    ("fields", "field", "reason"),
    [
        ({"name": "  "}, "name", "needs a name"),
        ({"name": "lóft"}, "name", "There is a room called Loft already"),
        ({"name": "x" * 101}, "name", "longer than 100"),
        ({"name": "Attic", "capacity": 0}, "capacity", "from 1 to"),
        ({"name": "Attic", "capacity": 1001}, "capacity", "from 1 to"),
    ],
)
def test_an_impossible_room_is_refused(small: SmallStudio, fields: dict[str, Any], field: str, reason: str) -> None:
    room(small)
    before = contents(small.database)

    with pytest.raises(InvalidInput, match=reason) as refusal:
        room(small, **fields)
    assert refusal.value.field == field
    assert contents(small.database) == before


def test_a_new_name_goes_to_every_session_of_the_site(small_anywhere: SmallStudio) -> None:
    small = small_anywhere
    loft = room(small)
    small.clock.set(NOW - 48 * HOUR)
    past = small.session(room="Loft")
    small.clock.set(NOW)
    there, elsewhere = small.session(room="Loft"), small.session(room="Attic")
    london = small.session(small.barre, room="Loft")
    small.book(there)
    assert small.premises.use(loft.id) == RoomUse(sessions=2, upcoming=1)

    blue = changed(small, loft, name="Blue room")

    assert [small.read(each).room for each in (past, there, elsewhere, london)] == ["Blue room"] * 2 + ["Attic", "Loft"]
    assert small.read(there).change.changed_by == "Luca Rossi"
    assert small.premises.lines(small.rome.id) == [RoomLine("Blue room", blue, 1), RoomLine("Attic", None, 1)]
    assert_sound(small)


def test_a_room_out_of_use_and_one_removed_leave_their_sessions_alone(small: SmallStudio) -> None:
    loft, session = room(small), small.session(room="Loft")

    closed = changed(small, loft, active=False)
    assert small.premises.lines(small.rome.id) == [RoomLine("Loft", closed, 1)]
    assert small.premises.remove(small.desk, closed.id, version=closed.change.version) == RoomUse(1, 1)

    assert small.read(session) == session
    assert small.premises.lines(small.rome.id) == [RoomLine("Loft", None, 1)]


def test_opening_hours_are_set_whole_over_the_version_of_the_site(small_anywhere: SmallStudio) -> None:
    small = small_anywhere
    assert small.premises.hours(small.rome.id) == ()

    hours = [*parse_hours("15-22, 7-13", 0), *parse_hours("20-02", 6)]
    site = small.premises.set_hours(small.owner, small.rome.id, hours, version=small.rome.change.version)

    assert site.change.version == small.rome.change.version + 1
    assert small.premises.hours(small.rome.id) == tuple(sorted(hours))
    assert small.premises.hours(small.london.id) == ()
    small.premises.set_hours(small.owner, small.rome.id, [])
    assert small.premises.hours(small.rome.id) == ()


@pytest.mark.parametrize("hours", [(7, 0, 60), (0, 60, 60), (0, -1, 60), (0, 0, 1441)])
def test_hours_outside_the_week_are_refused(small: SmallStudio, hours: tuple[int, int, int]) -> None:
    before = contents(small.database)

    with pytest.raises(InvalidInput, match="within a day"):
        small.premises.set_hours(small.owner, small.rome.id, [OpeningHours(*hours)])
    assert contents(small.database) == before


def test_sessions_outside_the_hours_are_counted_by_the_clock_of_the_site(small: SmallStudio) -> None:
    small.session(room="Loft")  # on a Monday, 11:00 to 12:00 in Rome
    small.session(small.pilates, starts_at=NOW + 12 * HOUR)
    small.session(starts_at=NOW + 9 * HOUR)  # online, and nobody needs the studio for it
    small.scheduling.cancel(small.owner, small.session().id, version=None)

    def outside(monday: str) -> int:
        return small.premises.outside(small.rome.id, parse_hours(monday, 0))

    assert [outside(typed) for typed in ("10-24", "11-12", "12-14", "22-23", "closed")] == [0, 1, 2, 1, 0]


def test_a_new_name_of_a_room_is_undone_with_its_sessions(small_anywhere: SmallStudio) -> None:
    small = small_anywhere
    loft, session = room(small), small.session(room="Loft")
    changed(small, loft, name="Blue room")

    assert small.studio.history.recent(small.desk)[0].what == "renamed the room Loft to Blue room"
    small.studio.history.undo(small.desk)

    assert [each.name for each in small.premises.rooms(small.rome.id)] == ["Loft"]
    assert small.read(session).room == "Loft"
    small.studio.history.redo(small.desk)
    assert small.read(session).room == "Blue room"


def test_opening_hours_and_a_removed_room_come_back(small_anywhere: SmallStudio) -> None:
    small = small_anywhere
    hours = parse_hours("7-13, 15-22", 0)
    small.premises.set_hours(small.owner, small.rome.id, hours)
    small.premises.set_hours(small.owner, small.rome.id, [])
    small.studio.history.undo(small.owner)
    assert small.premises.hours(small.rome.id) == hours
    small.studio.history.undo(small.owner)
    assert small.premises.hours(small.rome.id) == ()

    loft = room(small)
    small.premises.remove(small.desk, loft.id)
    small.studio.history.undo(small.desk)
    assert [each.name for each in small.premises.rooms(small.rome.id)] == ["Loft"]
