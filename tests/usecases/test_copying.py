"""Copies of a session, a day, a week: what they take over, what is left out and why; on both engines."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest

from studio_tui.domain.errors import InvalidInput, NotAllowed, NotPossible
from studio_tui.domain.sessions import Origin, Place
from studio_tui.domain.zones import to_utc, zone
from tests.builders import HOUR, NOW, SmallStudio, a_link
from tests.usecases.support import assert_sound, contents

ROME = zone("Europe/Rome")
MONDAY, TUESDAY = date(2026, 3, 2), date(2026, 3, 3)


def at(day: date, hour: int) -> datetime:
    return to_utc(datetime.combine(day, time(hour)), ROME)


def test_a_copy_is_an_occasional_session_without_bookings_or_a_link_of_its_own(small_anywhere: SmallStudio) -> None:
    small = small_anywhere
    source = small.session(room="Loft", title="Full moon", capacity=7, details="Bring a mat", ends_at=NOW + 3 * HOUR)
    small.book(source)
    small.linking.type_link(small.owner, source.id, a_link("own"), version=None)
    source = small.read(source)

    copy = small.copying.copy(small.desk, source.id, at(TUESDAY, 18))

    for name in ("site_id", "service_id", "staff_id", "room", "title", "capacity", "details", "mode", "length"):
        assert getattr(copy, name) == getattr(source, name), name
    assert (copy.starts_at, copy.booked, copy.origin) == (at(TUESDAY, 18), 0, Origin.OCCASIONAL)
    assert (copy.own_link.link, copy.notice_at) == (None, None)
    assert small.read(source) == source
    assert_sound(small)


def test_a_copy_can_be_another_person_s_or_in_another_room(small_anywhere: SmallStudio) -> None:
    small = small_anywhere
    copy = small.copying.copy(small.desk, small.session().id, at(TUESDAY, 18), Place(small.substitute.id, "Loft"))
    assert (copy.staff_id, copy.room) == (small.substitute.id, "Loft")


def test_what_would_be_in_the_way_of_a_copy_is_told_before(small_anywhere: SmallStudio) -> None:
    small = small_anywhere
    source = small.session()
    before = contents(small.database)

    line = small.copying.preview(small.desk, source.id, source.starts_at)

    assert [clash.other.id for clash in line.clashes if clash.other] == [source.id]
    assert contents(small.database) == before


def test_a_session_of_a_course_is_not_copied(small_anywhere: SmallStudio) -> None:
    _, run = small_anywhere.course()
    with pytest.raises(NotPossible, match="belongs to the course Spring run"):
        small_anywhere.copying.copy(small_anywhere.desk, run[0].id, at(TUESDAY, 18))


def test_an_instructor_copies_for_themselves_only(small_anywhere: SmallStudio) -> None:
    small = small_anywhere
    own, other = small.session(), small.session(staff_id=small.substitute.id)

    assert small.copying.copy(small.teacher, own.id, at(TUESDAY, 18)).staff_id == small.teacher.id
    with pytest.raises(NotAllowed):
        small.copying.copy(small.teacher, other.id, at(TUESDAY, 18))


def a_week(small: SmallStudio) -> None:
    """Monday 11:00 yoga, Tuesday 9:00 pilates in the loft, a cancelled one, one of a course."""
    small.session(starts_at=at(MONDAY, 11))
    small.session(small.pilates, starts_at=at(TUESDAY, 9), staff_id=small.substitute.id, room="Loft")
    gone = small.session(starts_at=at(TUESDAY, 15))
    small.scheduling.cancel(small.owner, gone.id, version=None)
    small.course([at(TUESDAY, 18)])


def test_a_week_is_copied_with_what_is_left_out_and_why(small_anywhere: SmallStudio) -> None:
    small = small_anywhere
    a_week(small)
    before = contents(small.database)
    target = MONDAY + timedelta(weeks=1)

    preview = small.copying.preview_days(small.desk, small.rome.id, MONDAY, target, 7)
    assert contents(small.database) == before
    span, made = small.copying.copy_days(small.desk, small.rome.id, MONDAY, target, 7)

    assert span == preview
    assert [(s.starts_at, s.origin) for s in made] == [
        (at(target, 11), Origin.SCHEDULED),
        (at(target + timedelta(days=1), 9), Origin.SCHEDULED),
    ]
    assert [left.why for left in span.skipped] == [
        "It is cancelled.",
        "It belongs to the course Spring run, which is booked as a whole: add a session to it.",
    ]
    assert_sound(small)


def test_copied_twice_the_second_time_nothing_is_made(small_anywhere: SmallStudio) -> None:
    small = small_anywhere
    a_week(small)
    target = MONDAY + timedelta(weeks=1)
    small.copying.copy_days(small.desk, small.rome.id, MONDAY, target, 7)
    before = contents(small.database)

    preview = small.copying.preview_days(small.desk, small.rome.id, MONDAY, target, 7)
    assert [left.why for left in preview.skipped][:2] == ["It is there already."] * 2
    with pytest.raises(NotPossible, match="Nothing of the week of Mon 2 Mar can be copied"):
        small.copying.copy_days(small.desk, small.rome.id, MONDAY, target, 7)
    assert contents(small.database) == before


def test_a_copy_is_left_out_where_its_leader_or_room_is_taken(small_anywhere: SmallStudio) -> None:
    small = small_anywhere
    a_week(small)
    target = MONDAY + timedelta(weeks=1)
    taken = small.session(small.advice, starts_at=at(target + timedelta(days=1), 9), room="Loft")

    span, made = small.copying.copy_days(small.desk, small.rome.id, MONDAY, target, 7)

    assert [session.service_id for session in made] == [small.yoga.id]
    (clash,) = span.skipped[0].clashes
    assert clash.other is not None
    assert clash.other.id == taken.id


def test_a_day_is_copied_at_the_same_time_of_day_across_a_clock_change(small_anywhere: SmallStudio) -> None:
    small = small_anywhere
    saturday, monday = date(2026, 3, 28), date(2026, 3, 30)  # the clock goes forward in between
    small.session(starts_at=at(saturday, 10))

    _, (copy,) = small.copying.copy_days(small.desk, small.rome.id, saturday, monday, 1)

    assert copy.starts_at == at(monday, 10)
    assert copy.starts_at - at(saturday, 10) == timedelta(days=2) - HOUR


def test_copying_a_day_onto_itself_is_refused(small_anywhere: SmallStudio) -> None:
    with pytest.raises(InvalidInput, match="another day"):
        small_anywhere.copying.preview_days(small_anywhere.desk, small_anywhere.rome.id, MONDAY, MONDAY, 1)


def test_a_copied_week_is_one_edit_to_undo(small_anywhere: SmallStudio) -> None:
    small = small_anywhere
    a_week(small)
    small.copying.copy_days(small.desk, small.rome.id, MONDAY, MONDAY + timedelta(weeks=1), 7)

    small.history.undo(small.desk)

    assert small.calendar.between(small.rome.id, at(MONDAY + timedelta(weeks=1), 0), at(date(2026, 3, 16), 0)) == []
