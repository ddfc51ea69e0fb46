"""Sessions as storage keeps and finds them, on both engines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from studio_tui.domain.errors import NotFound, StaleVersion
from studio_tui.domain.people import Author, Role
from studio_tui.domain.revisions import Revision
from studio_tui.domain.services import Mode
from studio_tui.domain.sessions import LinkSay, Origin, OwnLink, Session, SessionId, SessionStatus
from studio_tui.storage.sessions import Imported, ImportMark
from studio_tui.storage.unit_of_work import Database, UnitOfWork
from tests.builders import HOUR, MINUTE, NOW, a_change, a_sealed_link, a_service, a_session

ANNA, LUCA = Author("Anna Ferri", NOW), Author("Luca Rossi", NOW + MINUTE)


class Place:
    """Two sites with a service each, and one leader, in an open transaction."""

    def __init__(self, unit: UnitOfWork) -> None:
        self.unit = unit
        self.here, self.there = (unit.people.add_site(s, s, "Europe/Rome", "it", ANNA) for s in ("here", "there"))
        self.services = {
            site.id: unit.services.add(a_service(site_id=site.id), ANNA) for site in (self.here, self.there)
        }
        self.leader = unit.people.add_staff("Zoe", Role.OWNER, None, None, (), ANNA)

    def add(self, **fields: Any) -> Session:
        """A session at `here`, led by nobody, unless said otherwise."""
        site_id = fields.setdefault("site_id", self.here.id)
        defaults: dict[str, Any] = {"service_id": self.services[site_id].id, "staff_id": None}
        return self.unit.sessions.add(a_session(**defaults | fields), ANNA)


@pytest.fixture
def place(database: Database) -> Iterator[Place]:
    with database.writing() as unit:
        yield Place(unit)


def ids(sessions: list[Session]) -> list[SessionId]:
    return [session.id for session in sessions]


def test_a_session_comes_back_as_it_went_in(place: Place) -> None:
    course = place.unit.services.add_course(place.services[place.here.id], "Run", ANNA)
    wanted = a_session(
        site_id=place.here.id,
        service_id=place.services[place.here.id].id,
        course_id=course.id,
        staff_id=place.leader.id,
        room="Loft",
        title="Barre",
        starts_at=NOW + timedelta(milliseconds=5),
        ends_at=NOW + HOUR,
        capacity=7,
        origin=Origin.OCCASIONAL,
        status=SessionStatus.CANCELLED,
        mode=Mode.IN_PERSON,
        own_link=OwnLink(say=LinkSay.TYPED, link=a_sealed_link(), epoch=4),
        details="",
        notice_at=NOW - HOUR,
        generation=3,
        booked=5,
    )

    session = place.unit.sessions.add(wanted, ANNA)

    assert session == replace(wanted, id=session.id, booked=0, change=a_change(1, "Anna Ferri", NOW))
    assert place.unit.sessions.get(session.id) == place.unit.sessions.lock(session.id) == session


def test_a_save_writes_all_but_the_count_over_the_version_that_was_read(place: Place) -> None:
    session = place.add()
    wanted = replace(
        session, title="New", notice_at=NOW, generation=2, own_link=OwnLink(say=LinkSay.NONE, epoch=1), booked=9
    )

    saved = place.unit.sessions.save(wanted, 1, LUCA, "Yoga")

    assert saved == replace(wanted, booked=0, change=a_change(2, "Luca Rossi", NOW + MINUTE))
    with pytest.raises(StaleVersion, match="Yoga was changed by Luca Rossi at 09:01:00 UTC"):
        place.unit.sessions.save(session, 1, ANNA, "Yoga")
    assert place.unit.sessions.save(session, None, ANNA, "Yoga").change.version == 3
    with pytest.raises(NotFound, match="Yoga does not exist any more"):
        place.unit.sessions.save(replace(session, id=SessionId(99)), None, ANNA, "Yoga")


def test_what_does_not_exist_is_not_found_or_left_out(place: Place) -> None:
    first, second = place.add(), place.add()

    assert ids(place.unit.sessions.by_ids([second.id, 99, first.id])) == [first.id, second.id]
    for find in (place.unit.sessions.get, place.unit.sessions.lock):
        with pytest.raises(NotFound):
            find(SessionId(99))


def test_between_gives_what_shares_an_instant_ordered_by_start(place: Place) -> None:
    start, end = NOW, NOW + 10 * HOUR
    place.add(starts_at=start - HOUR, ends_at=start)
    long = place.add(starts_at=start - 23 * HOUR, ends_at=start + MINUTE)
    last = place.add(starts_at=end - MINUTE, ends_at=end + HOUR)
    inside = place.add(starts_at=start, status=SessionStatus.CANCELLED)
    place.add(starts_at=end)
    place.add(site_id=place.there.id, starts_at=start)

    assert ids(place.unit.sessions.between(place.here.id, start, end)) == [long.id, inside.id, last.id]


def test_near_gives_active_ones_of_every_site_that_touch(place: Place) -> None:
    start, end = NOW, NOW + HOUR
    before = place.add(starts_at=start - HOUR, ends_at=start)
    long = place.add(starts_at=start - 12 * HOUR, ends_at=start + 12 * HOUR, site_id=place.there.id)
    after = place.add(starts_at=end)
    place.add(starts_at=end + MINUTE)
    place.add(starts_at=start - HOUR, ends_at=start - MINUTE)
    place.add(starts_at=start, status=SessionStatus.CANCELLED)

    assert ids(place.unit.sessions.near(start, end)) == [long.id, before.id, after.id]


def test_upcoming_ones_are_active_and_not_over(place: Place) -> None:
    running = place.add(starts_at=NOW - 30 * MINUTE)
    soon = place.add(starts_at=NOW + HOUR, staff_id=place.leader.id)
    place.add(starts_at=NOW - HOUR)
    place.add(status=SessionStatus.CANCELLED)
    other = place.add(site_id=place.there.id, starts_at=NOW + 2 * HOUR)
    upcoming = place.unit.sessions.upcoming_ids

    assert upcoming(NOW) == [running.id, soon.id, other.id]
    assert upcoming(NOW, site_id=place.here.id) == [running.id, soon.id]
    assert upcoming(NOW, service_id=place.services[place.there.id].id) == [other.id]
    assert upcoming(NOW, staff_id=place.leader.id) == [soon.id]
    assert ids(place.unit.sessions.upcoming(place.here.id, NOW)) == [running.id, soon.id]
    assert ids(place.unit.sessions.upcoming(place.here.id, NOW, NOW + HOUR)) == [running.id]


def test_L6_sessions_alike_in_what_decides_their_link_are_counted_together(place: Place) -> None:
    for _ in range(3):
        place.add()
    different = [
        place.add(origin=Origin.OCCASIONAL),
        place.add(own_link=OwnLink(say=LinkSay.NONE)),
        place.add(own_link=OwnLink(say=LinkSay.NONE, epoch=1)),
        place.add(mode=Mode.IN_PERSON),
        place.add(staff_id=place.leader.id),
    ]
    place.add(status=SessionStatus.CANCELLED)
    place.add(starts_at=NOW - HOUR)

    groups = place.unit.sessions.link_groups(NOW, service_id=place.services[place.here.id].id)

    assert sorted(group.sessions for group in groups) == [1] * len(different) + [3]
    assert {group.example.id for group in groups} > set(ids(different))


def test_a_course_s_sessions_come_by_start_and_are_locked_by_id(place: Place) -> None:
    course = place.unit.services.add_course(place.services[place.here.id], "Run", ANNA)
    late, early = (place.add(course_id=course.id, starts_at=NOW + n * HOUR) for n in (5, 1))
    place.add()

    assert ids(place.unit.sessions.of_course(course.id)) == [early.id, late.id]
    assert ids(place.unit.sessions.lock_course(course.id)) == [late.id, early.id]
    place.unit.services.touch_sessions(course.id, late.id, LUCA)
    assert [s.change.version for s in place.unit.sessions.lock_course(course.id)] == [1, 2]


def test_an_imported_session_is_found_by_its_event(place: Place) -> None:
    mark = ImportMark("uid-1", "20260302T100000", "digest", Revision(4, 1))
    session = place.unit.sessions.add(
        a_session(site_id=place.here.id, service_id=place.services[place.here.id].id, staff_id=None), ANNA, mark
    )
    place.add()

    found = place.unit.sessions.imported(place.here.id, ["uid-1", "uid-2"])
    assert found == {("uid-1", "20260302T100000"): Imported(session.id, "digest", Revision(4, 1))}
    assert place.unit.sessions.imported(place.there.id, ["uid-1"]) == {}
    place.unit.sessions.save(session, None, ANNA, "Yoga", ImportMark("uid-1", "20260302T100000", "newer"))
    (newer,) = place.unit.sessions.imported(place.here.id, ["uid-1"]).values()
    assert (newer.id, newer.digest) == (session.id, "newer")
