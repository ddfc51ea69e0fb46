"""What sessions get in the way of, read from a database: stored ones, planned ones, bookings (SPEC L9)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from studio_tui.domain.clash_words import clash_sentences
from studio_tui.domain.clashes import Clash, ClashKind
from studio_tui.domain.errors import InvalidInput
from studio_tui.domain.opening import OpeningHours
from studio_tui.domain.people import Author
from studio_tui.domain.sessions import Session, SessionId, SessionStatus
from studio_tui.domain.zones import zone
from studio_tui.usecases.clashing import clashes_among, clashes_of
from studio_tui.usecases.scheduling import SessionDraft
from studio_tui.usecases.session_drafts import edit_of
from tests.builders import HOUR, MINUTE, NOW, SmallStudio

TEN = NOW + HOUR
ROME = zone("Europe/Rome")


def found(small: SmallStudio, *sessions: Session) -> dict[int, list[tuple[ClashKind, int | None]]]:
    """The clashes of sessions as they would be: kind and the other session."""
    with small.database.reading() as unit:
        among = clashes_among(unit, sessions)
    return {key: [(c.kind, c.other.id if c.other else None) for c in clashes] for key, clashes in among.items()}


def words(clashes: tuple[Clash, ...]) -> tuple[str, ...]:
    return clash_sentences(clashes, ROME)


def in_person(small: SmallStudio, **draft: object) -> Session:
    """A session in the studio that nobody leads."""
    return small.session(small.pilates, **{"staff_id": None} | draft)


def test_every_kind_of_clash_is_found_on_every_engine(small_anywhere: SmallStudio) -> None:
    small = small_anywhere
    with small.database.writing() as unit:
        unit.rooms.add(small.rome.id, "Loft", 8, True, Author("Paola", NOW))
        unit.opening.replace(small.rome.id, [OpeningHours(0, 8 * 60, 11 * 60 + 30)])
    alice = small.client("Alice Rossi")
    session = small.session(small.pilates, starts_at=TEN, room="Loft", capacity=9)
    small.book(session, alice)
    other = small.session(starts_at=TEN + 30 * MINUTE, title="Barre")
    room = in_person(small, starts_at=TEN, room="loft", title="Spin", capacity=8)
    small.book(room, alice)

    with small.database.reading() as unit:
        told = words(clashes_of(unit, session))

    assert set(told) == {
        "Loft holds 8, but 9 places are offered.",
        "The studio is closed then: its hours on Mondays are 08:00–11:30.",
        "Loft is also taken by Spin, Mon 11:00–12:00.",
        "Alice Rossi is also booked into Spin, Mon 11:00–12:00.",
        "Anna Ferri also leads Barre, Mon 11:30–12:30.",
    }
    assert {e.id: e.clash for e in small.calendar.between(small.rome.id, NOW, NOW + timedelta(days=1))} == {
        session.id: True,
        other.id: True,
        room.id: True,
    }


def test_a_client_in_two_places_at_two_sites_marks_both_weeks(small_anywhere: SmallStudio) -> None:
    small = small_anywhere
    alice = small.client("Alice Rossi")
    here, there = in_person(small, starts_at=TEN), small.session(small.barre, starts_at=TEN)
    small.book(here, alice)
    booking = small.book(there, alice)
    for site in (small.rome, small.london):
        assert [e.clash for e in small.calendar.between(site.id, NOW, NOW + timedelta(days=1))] == [True]

    small.booking.cancel(small.owner, booking.id)

    for site in (small.rome, small.london):
        assert [e.clash for e in small.calendar.between(site.id, NOW, NOW + timedelta(days=1))] == [False]


def test_a_session_as_planned_takes_the_place_of_the_stored_one(small: SmallStudio) -> None:
    first, second = small.session(starts_at=TEN), small.session(starts_at=TEN + HOUR)
    moved = replace(first, starts_at=second.starts_at, ends_at=second.ends_at)

    assert found(small, first) == {}
    assert found(small, moved) == {first.id: [(ClashKind.LEADER, second.id)]}
    assert found(small, moved, replace(second, staff_id=None)) == {}


def test_sessions_moved_together_are_in_each_other_s_way_only_where_they_come_to_stand(small: SmallStudio) -> None:
    first, second = small.session(starts_at=TEN), small.session(starts_at=TEN + HOUR)
    together = [replace(s, starts_at=s.starts_at + HOUR, ends_at=s.ends_at + HOUR) for s in (first, second)]
    onto_each_other = [replace(s, starts_at=TEN, ends_at=TEN + HOUR) for s in (first, second)]

    assert found(small, *together) == {}
    assert found(small, *onto_each_other) == {
        first.id: [(ClashKind.LEADER, second.id)],
        second.id: [(ClashKind.LEADER, first.id)],
    }


def test_sessions_that_are_not_stored_yet_clash_with_stored_ones_and_with_each_other(small: SmallStudio) -> None:
    stored = small.session(starts_at=TEN)
    drafts = [replace(stored, id=SessionId(-n), starts_at=TEN + n * HOUR / 2) for n in (1, 2)]
    drafts = [replace(draft, ends_at=draft.starts_at + HOUR) for draft in drafts]

    assert found(small, *drafts) == {
        -1: [(ClashKind.LEADER, stored.id), (ClashKind.LEADER, -2)],
        -2: [(ClashKind.LEADER, -1)],
    }


def test_what_is_cancelled_is_in_nobody_s_way(small: SmallStudio) -> None:
    first, second = small.session(starts_at=TEN), small.session(starts_at=TEN)

    assert found(small, replace(first, status=SessionStatus.CANCELLED)) == {}
    small.scheduling.cancel(small.owner, second.id, version=None)
    assert found(small, first) == {}


def test_sessions_of_a_year_are_looked_up_week_by_week(small: SmallStudio) -> None:
    others = [small.session(starts_at=TEN + timedelta(weeks=n)) for n in (0, 30, 51)]
    drafts = [
        replace(others[0], id=SessionId(-n - 1), starts_at=at, ends_at=at + HOUR)
        for n in range(52)
        for at in [TEN + timedelta(weeks=n)]
    ]

    assert set(found(small, *drafts)) == {-1, -31, -52}


# Drafts and edits


def test_a_new_session_is_told_what_it_would_get_in_the_way_of(small_anywhere: SmallStudio) -> None:
    small = small_anywhere
    small.session(starts_at=TEN, title="Barre")
    draft = SessionDraft(
        site_id=small.rome.id, service_id=small.pilates.id, starts_at=TEN + 30 * MINUTE, staff_id=small.teacher.id
    )

    assert words(small.studio.clashing.of_draft(small.desk, draft)) == (
        "Anna Ferri also leads Barre, Mon 11:00–12:00.",
    )
    assert small.studio.clashing.of_draft(small.desk, replace(draft, staff_id=None)) == ()
    with pytest.raises(InvalidInput):
        small.studio.clashing.of_draft(small.desk, replace(draft, ends_at=TEN))


def test_a_new_session_of_a_course_is_told_where_those_enrolled_are(small_anywhere: SmallStudio) -> None:
    small = small_anywhere
    alice = small.client("Alice Rossi")
    course, _ = small.course()
    small.booking.enrol(small.owner, course.id, alice.id)
    at = TEN + 5 * HOUR
    small.book(in_person(small, starts_at=at), alice)
    draft = SessionDraft(site_id=small.rome.id, service_id=small.posture.id, starts_at=at, course_id=course.id)

    assert words(small.studio.clashing.of_draft(small.desk, draft)) == (
        "Alice Rossi is also booked into Pilates, Mon 16:00–17:00.",
    )


def test_an_edit_is_told_what_the_new_leader_room_and_places_get_in_the_way_of(small: SmallStudio) -> None:
    with small.database.writing() as unit:
        unit.rooms.add(small.rome.id, "Loft", 8, True, Author("Paola", NOW))
    small.session(small.pilates, starts_at=TEN, staff_id=small.substitute.id, room="Loft", title="Spin", capacity=8)
    session = in_person(small, starts_at=TEN)
    edit = replace(edit_of(session), staff_id=small.substitute.id, room="Loft", capacity=9)

    assert words(small.studio.clashing.of_edit(small.desk, session.id, edit_of(session))) == ()
    assert set(words(small.studio.clashing.of_edit(small.desk, session.id, edit))) == {
        "Marco Bruno also leads Spin, Mon 11:00–12:00.",
        "Loft is also taken by Spin, Mon 11:00–12:00.",
        "Loft holds 8, but 9 places are offered.",
    }


# Booking


def test_booking_tells_where_else_the_client_would_have_to_be(small: SmallStudio) -> None:
    alice, bruno = small.client("Alice Rossi"), small.client("Bruno Conti")
    barre = small.session(small.barre, starts_at=TEN, title="Barre")
    session = in_person(small, starts_at=TEN + 30 * MINUTE)
    small.book(barre, alice)

    assert words(small.studio.clashing.of_booking(small.desk, session.id, alice.id)) == (
        "Alice Rossi is also booked into Barre at Hackney, Mon 11:00–12:00.",
    )
    assert small.studio.clashing.of_booking(small.desk, session.id, bruno.id) == ()
    small.book(session, alice)
    assert small.studio.clashing.of_booking(small.desk, barre.id, bruno.id) == ()


def test_enrolling_tells_of_every_session_of_the_course_that_is_to_come(small: SmallStudio) -> None:
    alice = small.client("Alice Rossi")
    course, run = small.course()
    for session in run:
        small.book(in_person(small, starts_at=session.starts_at), alice)

    assert len(small.studio.clashing.of_enrolment(small.desk, course.id, alice.id)) == 3
    small.clock.set(run[0].ends_at)
    assert len(small.studio.clashing.of_enrolment(small.desk, course.id, alice.id)) == 2
    assert len(small.studio.clashing.of_booking(small.desk, run[1].id, alice.id)) == 2


# Moves, step by step


def test_the_ground_of_a_move_knows_where_the_clients_of_the_carried_session_are(small: SmallStudio) -> None:
    alice = small.client("Alice Rossi")
    barre = small.session(small.barre, starts_at=TEN + 3 * HOUR, title="Barre")
    carried = in_person(small, starts_at=TEN)
    for session in (barre, carried):
        small.book(session, alice)
    small.book(in_person(small, starts_at=TEN + 3 * HOUR))

    ground = small.studio.clashing.ground(NOW, NOW + timedelta(days=1), [carried.id])
    (mine,) = [o for o in ground.occupations if o.id == carried.id]
    there = replace(mine, starts_at=barre.starts_at, ends_at=barre.ends_at)

    assert ground.clashes_of(mine) == ()
    assert words(ground.clashes_of(there)) == ("Alice Rossi is also booked into Barre at Hackney, Mon 14:00–15:00.",)


def test_a_session_carried_from_far_away_is_in_the_ground(small: SmallStudio) -> None:
    carried = small.session(starts_at=TEN + timedelta(weeks=9))
    here = small.session(starts_at=TEN)

    ground = small.studio.clashing.ground(NOW, NOW + timedelta(days=1), [carried.id])

    assert {o.id for o in ground.occupations} == {carried.id, here.id}
