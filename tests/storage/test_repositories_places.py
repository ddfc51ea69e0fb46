"""Rooms and opening hours as storage keeps them, on both engines."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from studio_tui.domain.errors import NotFound, StaleVersion
from studio_tui.domain.opening import OpeningHours
from studio_tui.domain.people import Author, SiteId
from studio_tui.domain.rooms import RoomId, RoomUse
from studio_tui.domain.sessions import SessionId, SessionStatus
from studio_tui.storage.unit_of_work import Database, UnitOfWork
from tests.builders import HOUR, MINUTE, NOW, a_service, a_session

ANNA, LUCA = Author("Anna Ferri", NOW), Author("Luca Rossi", NOW + MINUTE)


def a_site(unit: UnitOfWork, slug: str = "here") -> SiteId:
    return unit.people.add_site(slug, slug, "Europe/Rome", "it", ANNA).id


def test_rooms_come_back_those_in_use_first(database: Database) -> None:
    with database.writing() as unit:
        here, there = a_site(unit), a_site(unit, "there")
        loft = unit.rooms.add(here, "Loft", 12, True, ANNA)
        attic = unit.rooms.add(here, "Attic", None, True, ANNA)
        elsewhere = unit.rooms.add(there, "Loft", 3, True, ANNA)
        closed = unit.rooms.save(replace(attic, active=False, capacity=4), 1, LUCA)

        assert (loft.name, loft.capacity, loft.active, loft.change.version) == ("Loft", 12, True, 1)
        assert (closed.capacity, closed.active, closed.change.version) == (4, False, 2)
        assert closed.change.changed_by == "Luca Rossi"
        assert unit.rooms.of_site(here) == [loft, closed]
        assert unit.rooms.of_site(there) == [elsewhere]
        with pytest.raises(NotFound):
            unit.rooms.get(RoomId(99))


def test_a_room_is_written_or_removed_only_over_the_version_that_was_read(database: Database) -> None:
    with database.writing() as unit:
        loft = unit.rooms.add(a_site(unit), "Loft", None, True, ANNA)
        unit.rooms.save(replace(loft, name="Attic"), 1, LUCA)
        with pytest.raises(StaleVersion):
            unit.rooms.save(loft, 1, ANNA)
        with pytest.raises(StaleVersion):
            unit.rooms.remove(loft, 1, ANNA)
        unit.rooms.remove(loft, 2, ANNA)
        assert unit.rooms.of_site(loft.site_id) == []


def test_the_sessions_of_a_room_are_counted_and_take_its_new_name_along(database: Database) -> None:
    with database.writing() as unit:
        here, there = a_site(unit), a_site(unit, "there")
        made: list[SessionId] = []
        for site_id, room, hours, status in (
            (here, "Loft", 1, SessionStatus.ACTIVE),
            (here, "Loft", 2, SessionStatus.CANCELLED),
            (here, "Loft", -48, SessionStatus.ACTIVE),
            (here, "Attic", 1, SessionStatus.ACTIVE),
            (here, "", 1, SessionStatus.ACTIVE),
            (there, "Loft", 1, SessionStatus.ACTIVE),
        ):
            service = unit.services.add(a_service(site_id=site_id, name=f"Yoga {len(made)}"), ANNA)
            starts_at = NOW + hours * HOUR
            session = a_session(
                site_id=site_id,
                service_id=service.id,
                staff_id=None,
                room=room,
                starts_at=starts_at,
                ends_at=starts_at + HOUR,
                status=status,
            )
            made.append(unit.sessions.add(session, ANNA).id)

        assert unit.rooms.use(here, "Loft", NOW) == RoomUse(sessions=3, upcoming=1)
        assert unit.rooms.upcoming(here, NOW) == {"Attic": 1, "Loft": 1}
        assert unit.rooms.upcoming(here, NOW - timedelta(days=3)) == {"Attic": 1, "Loft": 2}

        assert unit.rooms.carry(here, "Loft", "Blue room", LUCA) == 3
        after = unit.sessions.by_ids(made)
        assert [each.room for each in after] == ["Blue room", "Blue room", "Blue room", "Attic", "", "Loft"]
        assert [each.change.version for each in after] == [2, 2, 2, 1, 1, 1]


def test_opening_hours_come_back_in_order_and_are_replaced_whole(database: Database) -> None:
    with database.writing() as unit:
        here, there = a_site(unit), a_site(unit, "there")
        first = [OpeningHours(1, 900, 1320), OpeningHours(0, 420, 780), OpeningHours(1, 420, 780)]
        kept = unit.opening.replace(here, first)
        unit.opening.replace(there, [OpeningHours(6, 0, 1440)])

        assert kept == unit.opening.of_site(here) == tuple(sorted(first))
        assert unit.opening.replace(here, [OpeningHours(2, 0, 60), OpeningHours(2, 60, 90)]) == (
            OpeningHours(2, 0, 90),
        )
        assert unit.opening.of_site(here) == (OpeningHours(2, 0, 90),)
        assert unit.opening.replace(here, []) == unit.opening.of_site(here) == ()
        assert unit.opening.of_site(there) == (OpeningHours(6, 0, 1440),)
