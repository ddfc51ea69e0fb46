"""Making series, editing this one, this and following or all of them, and cancelling them."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from studio_tui.domain.errors import InvalidInput, NotAllowed, NotPossible, StaleVersion
from studio_tui.domain.recurrence import Rule, weekly
from studio_tui.domain.rule_text import parse_rule, rule_text
from studio_tui.domain.series import Patch, Scope
from studio_tui.domain.series_words import SeriesResult, preview_lines
from studio_tui.domain.services import Mode
from studio_tui.domain.sessions import Origin, Session, SessionStatus
from studio_tui.domain.zones import to_wall, zone
from studio_tui.storage import schema
from studio_tui.usecases.scheduling import SessionDraft
from studio_tui.usecases.series_planning import MOST_LOOKED_AT
from studio_tui.usecases.session_drafts import edit_of, moved_edit
from tests.builders import HOUR, NOW, SmallStudio
from tests.engines import opened
from tests.usecases.support import assert_sound, contents

ROME = zone("Europe/Rome")
TUESDAY = datetime(2026, 3, 3, 17, 30, tzinfo=UTC)
"""18:30 in Rome on the day after `NOW`; summer time begins there on Sunday 29 March."""
TUESDAYS = [date(2026, 3, 3) + timedelta(weeks=week) for week in range(6)]
TUE, THU = 1, 3


def make(small: SmallStudio, rule: Rule | None = None, **draft: Any) -> tuple[SeriesResult, list[Session]]:
    """Six Tuesdays at 18:30, led by `teacher`, with their sessions."""
    defaults: dict[str, Any] = {
        "site_id": small.rome.id,
        "service_id": small.yoga.id,
        "starts_at": TUESDAY,
        "staff_id": small.teacher.id,
    }
    common = SessionDraft(**defaults | draft)
    made = small.studio.series.create(small.desk, common, rule or weekly({TUE}, count=6))
    return made, sessions(small, made)


def sessions(small: SmallStudio, made: SeriesResult) -> list[Session]:
    assert made.series is not None
    return list(small.studio.series.get(made.series.id).sessions)


def walls(found: list[Session]) -> list[str]:
    return [f"{to_wall(each.starts_at, ROME):%m-%d %H:%M}" for each in found]


def test_a_series_is_made_of_scheduled_sessions_that_keep_their_wall_clock_time(small_anywhere: SmallStudio) -> None:
    made, found = make(small_anywhere, room="Hall", capacity=8)
    assert walls(found) == [f"{day:%m-%d} 18:30" for day in TUESDAYS]
    assert [each.starts_at.hour for each in found] == [17, 17, 17, 17, 16, 16]
    assert {(each.origin, each.room, each.capacity, each.series_edited) for each in found} == {
        (Origin.SCHEDULED, "Hall", 8, False)
    }
    assert [each.series_on for each in found] == TUESDAYS
    assert made.preview.words == "every Tuesday 18:30 until 7 Apr 2026 (6 sessions)"
    assert_sound(small_anywhere)


def test_exceptions_are_left_out_and_use_up_the_count(small: SmallStudio) -> None:
    draft = SessionDraft(site_id=small.rome.id, service_id=small.yoga.id, starts_at=TUESDAY)
    made = small.studio.series.create(small.desk, draft, weekly({TUE}, count=3), [TUESDAYS[1]])
    assert [each.series_on for each in sessions(small, made)] == [TUESDAYS[0], TUESDAYS[2]]


def test_a_preview_of_a_new_series_writes_nothing(small: SmallStudio) -> None:
    before = contents(small.database)
    draft = SessionDraft(site_id=small.rome.id, service_id=small.yoga.id, starts_at=TUESDAY)
    preview = small.studio.series.preview_create(small.desk, draft, weekly({TUE}, count=3))
    assert preview_lines(preview, ROME)[0] == "3 sessions are new."
    assert contents(small.database) == before


@pytest.mark.parametrize("rule", [weekly({TUE}, until=date(2026, 3, 1)), weekly({TUE}, until=date(2099, 1, 1))])
def test_a_series_without_dates_or_with_too_many_is_refused(small: SmallStudio, rule: Rule) -> None:
    before = contents(small.database)
    with pytest.raises(InvalidInput):
        make(small, rule)
    assert contents(small.database) == before


def test_a_run_of_a_course_is_made_by_a_rule_and_booked_as_a_whole(small: SmallStudio) -> None:
    draft = SessionDraft(site_id=small.rome.id, service_id=small.posture.id, starts_at=TUESDAY)
    made = small.studio.series.create(small.desk, draft, weekly({TUE}, count=3), run="Spring run")
    found = sessions(small, made)
    (course_id,) = {each.course_id for each in found}
    assert course_id is not None
    small.booking.enrol(small.desk, course_id, small.client().id)
    assert made.series is not None
    longer = small.studio.series.extend(small.desk, made.series.id, count=5)
    assert [each.booked for each in sessions(small, longer)] == [1] * 5
    assert_sound(small)


def test_only_a_course_has_runs(small: SmallStudio) -> None:
    draft = SessionDraft(site_id=small.rome.id, service_id=small.yoga.id, starts_at=TUESDAY)
    with pytest.raises(NotPossible):
        small.studio.series.create(small.desk, draft, weekly({TUE}, count=3), run="Spring run")


# Edits


def test_an_edit_of_all_sets_only_what_the_edit_changed(small_anywhere: SmallStudio) -> None:
    small = small_anywhere
    made, found = make(small, room="Hall")
    edit = replace(edit_of(found[2]), title="Gentle flow")
    small.studio.series.edit(small.desk, found[2].id, edit, Scope.ALL, version=found[2].change.version)
    now = sessions(small, made)
    assert {(each.title, each.room, each.series_edited) for each in now} == {("Gentle flow", "Hall", False)}
    assert walls(now) == walls(found)
    assert_sound(small)


def test_a_moved_series_keeps_its_new_wall_clock_time_and_takes_its_notices_along(small_anywhere: SmallStudio) -> None:
    small = small_anywhere
    small.connect()
    made, found = make(small)
    for each in found:
        small.book(each)
    small.scheduling.set_notice_time(small.desk, found[1].id, found[1].starts_at - HOUR, version=None)
    edit = moved_edit(found[0], found[0].starts_at + HOUR)
    preview = small.studio.series.preview_edit(small.desk, found[0].id, edit, Scope.ALL)
    assert (preview.changed, preview.moved, preview.clients, preview.notices_kept) == (6, 6, 6, 1)
    done = small.studio.series.edit(small.desk, found[0].id, edit, Scope.ALL, version=None)
    assert walls(sessions(small, made)) == [f"{day:%m-%d} 19:30" for day in TUESDAYS]
    assert done.moved == tuple((each.id, each.starts_at) for each in found)
    assert sessions(small, made)[1].notice_at == found[1].starts_at - HOUR
    assert_sound(small)


def test_this_alone_becomes_an_exception_that_an_edit_of_all_leaves(small_anywhere: SmallStudio) -> None:
    small = small_anywhere
    made, found = make(small)
    alone = moved_edit(found[3], found[3].starts_at + 2 * HOUR)
    small.studio.series.edit(small.desk, found[3].id, alone, Scope.THIS, version=None)
    small.scheduling.cancel(small.desk, found[5].id, version=None)
    edit = moved_edit(found[0], found[0].starts_at + HOUR)
    preview = small.studio.series.preview_edit(small.desk, found[0].id, edit, Scope.ALL)
    assert preview_lines(preview, ROME)[0] == "4 sessions change, 2 edited by hand stay."
    small.studio.series.edit(small.desk, found[0].id, edit, Scope.ALL, version=None)
    now = sessions(small, made)
    assert walls([now[3]]) == ["03-24 20:30"]
    assert [each.series_edited for each in now] == [False, False, False, True, False, True]
    assert now[5].status is SessionStatus.CANCELLED


def test_an_exception_that_is_put_back_is_none_any_more(small: SmallStudio) -> None:
    _, found = make(small)
    moved = small.scheduling.move(small.desk, found[3].id, found[3].starts_at + HOUR, version=None)
    assert moved.series_edited
    assert not small.scheduling.move(small.desk, found[3].id, found[3].starts_at, version=None).series_edited


def test_a_link_a_notice_time_or_a_mode_of_its_own_makes_no_exception(small: SmallStudio) -> None:
    _, found = make(small, service_id=small.pilates.id)
    small.scheduling.switch_mode(small.desk, found[0].id, Mode.ONLINE, version=None)
    small.scheduling.set_notice_time(small.desk, found[0].id, found[0].starts_at - HOUR, version=None)
    assert not small.read(found[0]).series_edited


def test_this_and_following_makes_a_series_of_the_later_part(small_anywhere: SmallStudio) -> None:
    small = small_anywhere
    made, found = make(small)
    edit = replace(edit_of(found[2]), staff_id=small.substitute.id)
    done = small.studio.series.edit(small.desk, found[2].id, edit, Scope.FOLLOWING, version=None)
    assert made.series is not None
    assert done.series is not None
    earlier, later = small.studio.series.get(made.series.id), small.studio.series.get(done.series.id)
    assert [each.id for each in (*earlier.sessions, *later.sessions)] == [each.id for each in found]
    assert rule_text(earlier.series.rule) == "FREQ=WEEKLY;BYDAY=TU;UNTIL=20260310"
    assert later.words == "every Tuesday 18:30 until 7 Apr 2026 (4 sessions)"
    assert {each.staff_id for each in later.sessions} == {small.substitute.id}
    assert {each.staff_id for each in earlier.sessions} == {small.teacher.id}
    assert_sound(small)


def test_a_preview_tells_what_the_series_would_clash_with(small: SmallStudio) -> None:
    _, found = make(small)
    small.session(small.pilates, starts_at=found[2].starts_at + HOUR)
    edit = moved_edit(found[0], found[0].starts_at + HOUR / 2)
    preview = small.series.preview_edit(small.desk, found[0].id, edit, Scope.ALL)
    assert preview.clashing == 1
    assert preview_lines(preview, ROME)[1] == "⚠ Anna Ferri also leads Pilates, Tue 19:30–20:30."
    draft = SessionDraft(
        site_id=small.rome.id, service_id=small.pilates.id, starts_at=TUESDAY, staff_id=small.teacher.id
    )
    created = small.series.preview_create(small.desk, draft, weekly({TUE}, count=6))
    assert created.clashing == 6
    assert preview_lines(created, ROME)[-2] == "⚠ 6 sessions in all would clash with others."


def test_a_preview_says_in_how_many_sessions_of_a_very_long_series_it_looked_for_no_clash(small: SmallStudio) -> None:
    draft = SessionDraft(
        site_id=small.rome.id, service_id=small.pilates.id, starts_at=TUESDAY, staff_id=small.teacher.id
    )
    long = small.series.preview_create(small.desk, draft, weekly({TUE, THU}, count=MOST_LOOKED_AT + 7))
    lines = preview_lines(long, ROME)
    assert lines[-2] == "Clashes were looked for in the earlier sessions only, not in the last 7."
    whole = small.series.preview_create(small.desk, draft, weekly({TUE, THU}, count=MOST_LOOKED_AT))
    assert not any("looked for" in line for line in preview_lines(whole, ROME))


def test_an_edit_that_changes_nothing_splits_nothing(small: SmallStudio) -> None:
    _, found = make(small)
    small.studio.series.edit(small.desk, found[2].id, edit_of(found[2]), Scope.FOLLOWING, version=None)
    assert len(small.studio.series.of_site(small.rome.id)) == 1


def test_another_day_changes_the_rule_and_keeps_the_bookings(small: SmallStudio) -> None:
    made, found = make(small)
    booking = small.book(found[4])
    edit = moved_edit(found[4], found[4].starts_at + timedelta(days=1))
    done = small.studio.series.edit(small.desk, found[4].id, edit, Scope.ALL, version=None)
    now = sessions(small, made)
    assert walls(now) == [f"{day + timedelta(days=1):%m-%d} 18:30" for day in TUESDAYS]
    assert [each.id for each in now] == [each.id for each in found]
    assert now[4].booked == 1
    assert booking.session_id == now[4].id
    assert done.series is not None
    assert rule_text(done.series.rule) == "FREQ=WEEKLY;BYDAY=WE;COUNT=6"


def test_sessions_that_have_begun_stay_as_they_were(small: SmallStudio) -> None:
    made, found = make(small)
    small.clock.set(found[2].starts_at)
    edit = replace(edit_of(found[4]), room="Hall")
    preview = small.studio.series.preview_edit(small.desk, found[4].id, edit, Scope.ALL)
    assert preview_lines(preview, ROME)[0] == "3 sessions change, 3 past stay."
    small.studio.series.edit(small.desk, found[4].id, edit, Scope.ALL, version=None)
    assert [each.room for each in sessions(small, made)] == ["", "", "", "Hall", "Hall", "Hall"]


def test_a_capacity_below_what_is_booked_somewhere_is_refused_as_a_whole(small: SmallStudio) -> None:
    _, found = make(small)
    for _ in range(3):
        small.book(found[4])
    before = contents(small.database)
    with pytest.raises(InvalidInput, match="31 Mar 2026") as caught:
        small.studio.series.edit(
            small.desk, found[0].id, replace(edit_of(found[0]), capacity=2), Scope.ALL, version=None
        )
    assert caught.value.field == "capacity"
    assert contents(small.database) == before


def test_somebody_elses_change_in_between_is_not_written_over(small: SmallStudio) -> None:
    _, found = make(small)
    small.scheduling.set_notice_time(small.owner, found[0].id, NOW, version=None)
    with pytest.raises(StaleVersion):
        small.studio.series.edit(
            small.desk,
            found[0].id,
            replace(edit_of(found[0]), room="Hall"),
            Scope.ALL,
            version=found[0].change.version,
        )


def test_an_instructor_edits_only_a_series_that_is_all_their_own(small: SmallStudio) -> None:
    _, found = make(small)
    edit = replace(edit_of(found[0]), room="Hall")
    small.studio.series.edit(small.teacher, found[0].id, edit, Scope.ALL, version=None)
    with pytest.raises(NotAllowed):
        small.studio.series.edit(small.substitute, found[0].id, edit, Scope.ALL, version=None)
    handed_over = replace(edit_of(small.read(found[3])), staff_id=small.substitute.id)
    small.studio.series.edit(small.desk, found[3].id, handed_over, Scope.FOLLOWING, version=None)
    with pytest.raises(NotAllowed):
        small.studio.series.cancel(small.teacher, found[4].id, Scope.ALL, version=None)
    draft = SessionDraft(site_id=small.rome.id, service_id=small.yoga.id, starts_at=TUESDAY, staff_id=small.teacher.id)
    with pytest.raises(NotAllowed):
        small.studio.series.create(small.substitute, draft, weekly({TUE}, count=2))


# Rules and ends


def test_what_a_changed_rule_no_longer_has_is_cancelled_if_anybody_booked_and_goes_otherwise(
    small_anywhere: SmallStudio,
) -> None:
    small = small_anywhere
    small.connect()
    made, found = make(small)
    assert made.series is not None
    small.book(found[4])
    once = small.book(found[5])
    small.booking.cancel(small.desk, once.id)
    patch = Patch(rule=parse_rule("FREQ=WEEKLY;BYDAY=TU,TH;UNTIL=20260320", TUESDAYS[0]))
    preview = small.studio.series.preview_change(small.desk, made.series.id, patch)
    assert (preview.made, preview.cancelled, preview.removed, preview.clients) == (3, 2, 1, 1)
    small.studio.series.change(small.desk, made.series.id, patch)
    now = sessions(small, made)
    assert [each.series_on for each in now if each.status is SessionStatus.ACTIVE] == [
        date(2026, 3, day) for day in (3, 5, 10, 12, 17, 19)
    ]
    assert [each.id for each in now if each.status is SessionStatus.CANCELLED] == [found[4].id, found[5].id]
    assert_sound(small)


def test_a_series_that_is_made_longer_again_brings_its_cancelled_sessions_back(small: SmallStudio) -> None:
    small.connect()
    made, found = make(small)
    assert made.series is not None
    small.book(found[5])
    small.studio.series.extend(small.desk, made.series.id, until=TUESDAYS[3])
    assert small.read(found[5]).status is SessionStatus.CANCELLED
    back = small.studio.series.extend(small.desk, made.series.id, count=7)
    assert (back.preview.revived, back.preview.made) == (1, 2)
    assert back.revived == (found[5].id,)
    assert len(sessions(small, made)) == 7
    assert_sound(small)


def test_cancelling_this_and_following_keeps_what_was_booked_in_sight(small_anywhere: SmallStudio) -> None:
    small = small_anywhere
    small.connect()
    made, found = make(small)
    small.book(found[3])
    preview = small.studio.series.preview_cancel(small.desk, found[2].id, Scope.FOLLOWING)
    assert (preview.cancelled, preview.removed, preview.clients) == (1, 3, 1)
    done = small.studio.series.cancel(small.desk, found[2].id, Scope.FOLLOWING, version=None)
    now = sessions(small, made)
    assert [each.id for each in now] == [found[0].id, found[1].id, found[3].id]
    assert now[2].status is SessionStatus.CANCELLED
    assert done.cancelled == (found[3].id,)
    assert_sound(small)


def test_cancelling_all_that_nobody_booked_leaves_no_trace(small: SmallStudio) -> None:
    _, found = make(small)
    done = small.studio.series.cancel(small.desk, found[2].id, Scope.ALL, version=None)
    assert done.series is None
    assert small.studio.series.of_site(small.rome.id) == []
    assert small.calendar.between(small.rome.id, NOW, NOW + timedelta(days=90)) == []


def test_a_series_that_is_over_cannot_be_cancelled(small: SmallStudio) -> None:
    _, found = make(small)
    small.clock.set(found[-1].ends_at)
    with pytest.raises(NotPossible):
        small.studio.series.cancel(small.desk, found[0].id, Scope.ALL, version=None)


def test_an_instructor_who_left_does_not_keep_their_series_from_being_cancelled(small: SmallStudio) -> None:
    _, found = make(small)
    small.studio.team.change(small.owner, replace(small.teacher, active=False))
    small.studio.series.cancel(small.desk, found[0].id, Scope.ALL, version=None)
    assert small.studio.series.of_site(small.rome.id) == []


def test_a_session_of_no_series_is_only_edited_itself(small: SmallStudio) -> None:
    session = small.session()
    edit = replace(edit_of(session), room="Hall")
    assert small.studio.series.preview_edit(small.desk, session.id, edit, Scope.THIS).changed == 1
    done = small.studio.series.edit(small.desk, session.id, edit, Scope.THIS, version=None)
    assert (done.series, done.changed) == (None, (session.id,))
    with pytest.raises(NotPossible):
        small.studio.series.edit(small.desk, session.id, edit, Scope.ALL, version=None)


# The calendar and duplicates


def test_the_drawer_says_which_one_of_its_series_a_session_is(small: SmallStudio) -> None:
    _, found = make(small)
    place = small.calendar.detail(found[4].id).series
    assert place is not None
    assert (place.words, place.number, place.of, place.edited) == ("every Tue 18:30", 5, 6, False)


def test_a_duplicate_is_occasional_and_keeps_the_wall_clock_time_over_the_change_of_the_clock(
    small: SmallStudio,
) -> None:
    session = small.session(starts_at=datetime(2026, 3, 24, 17, 30, tzinfo=UTC), room="Hall", title="Open evening")
    copy = small.studio.series.duplicate(small.desk, session.id)
    assert copy.starts_at == datetime(2026, 3, 31, 16, 30, tzinfo=UTC)
    assert (copy.origin, copy.room, copy.title, copy.series_id) == (Origin.OCCASIONAL, "Hall", "Open evening", None)


def test_a_duplicate_within_the_series_timetable_is_the_series_own(small: SmallStudio) -> None:
    made, found = make(small)
    assert made.series is not None
    with pytest.raises(NotPossible, match="10 Mar 2026"):
        small.studio.series.duplicate(small.desk, found[0].id)
    small.studio.series.change(small.desk, made.series.id, Patch(exceptions=(TUESDAYS[1],)))
    back = small.studio.series.duplicate(small.desk, found[0].id)
    assert (back.series_on, back.origin) == (TUESDAYS[1], Origin.SCHEDULED)
    small.scheduling.cancel(small.desk, found[2].id, version=None)
    assert small.studio.series.duplicate(small.desk, back.id).status is SessionStatus.ACTIVE
    after = small.studio.series.duplicate(small.desk, found[5].id)
    assert (after.series_id, after.origin) == (None, Origin.OCCASIONAL)


# Undo


def said(small: SmallStudio) -> dict[str, list[Any]]:
    """What series, sessions and bookings say, but for who wrote last."""
    written = ("version", "changed_by", "changed_at", "generation")
    with small.database.reading() as unit:
        return {
            table.name: [
                tuple(value for name, value in row._mapping.items() if name not in written)
                for row in unit.db.execute(select(table).order_by(*table.primary_key.columns))
            ]
            for table in (schema.series, schema.session, schema.booking)
        }


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (
            lambda small, one: small.studio.series.edit(
                small.desk, one.id, moved_edit(one, one.starts_at + timedelta(days=1)), Scope.FOLLOWING, version=None
            ),
            "moved 4 sessions of Yoga flow, 1 booking",
        ),
        (
            lambda small, one: small.studio.series.cancel(small.desk, one.id, Scope.ALL, version=None),
            "cancelled 6 sessions of Yoga flow, 1 booking",
        ),
        (
            lambda small, one: small.studio.series.change(
                small.desk, one.series_id, Patch(rule=weekly({TUE, THU}, count=6))
            ),
            "made 3 sessions of Yoga flow, cancelled 3, 1 booking",
        ),
        (
            lambda small, one: make(small, starts_at=TUESDAY + HOUR),
            "made 6 sessions of Yoga flow",
        ),
    ],
)
def test_one_edit_of_a_series_is_undone_and_redone_at_once(
    small_anywhere: SmallStudio, edit: Callable[[SmallStudio, Session], object], words: str
) -> None:
    small = small_anywhere
    small.connect()
    _, found = make(small)
    small.book(found[4])
    before = said(small)
    edit(small, found[2])
    after = said(small)
    assert small.studio.history.undo(small.desk).edit.what == words
    assert said(small) == before
    small.studio.history.redo(small.desk)
    assert said(small) == after
    assert_sound(small)


# Any story


ACTS: list[Callable[[SmallStudio, Session, Scope, int], object]] = [
    lambda small, one, scope, n: small.studio.series.edit(
        small.desk, one.id, moved_edit(one, one.starts_at + (n + 1) * timedelta(minutes=15)), scope, version=None
    ),
    lambda small, one, scope, n: small.studio.series.edit(
        small.desk, one.id, moved_edit(one, one.starts_at + timedelta(days=n % 3 - 1)), scope, version=None
    ),
    lambda small, one, scope, n: small.studio.series.edit(
        small.desk, one.id, replace(edit_of(one), room=f"Room {n}"), scope, version=None
    ),
    lambda small, one, scope, n: small.studio.series.cancel(small.desk, one.id, scope, version=None),
    lambda small, one, scope, n: (
        one.series_id
        and small.studio.series.extend(small.desk, one.series_id, until=TUESDAYS[0] + timedelta(days=7 * n))
    ),
    lambda small, one, scope, n: small.book(one),
    lambda small, one, scope, n: small.clock.set(max(small.clock(), one.starts_at - n * HOUR)),
]


@given(
    st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 9), st.sampled_from(Scope), st.integers(0, 9)), max_size=7)
)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_no_story_loses_a_booking_or_doubles_a_date(small_studio_file: Path, tmp_path: Path, story: list[Any]) -> None:
    path = tmp_path / f"{uuid4().hex}.db"
    shutil.copyfile(small_studio_file, path)
    with opened(f"sqlite:///{path}") as database:
        small = SmallStudio(database)
        _, found = make(small)
        booked = small.book(found[1])
        for act, which, scope, number in story:
            held = [each for line in small.studio.series.of_site(small.rome.id) for each in line.sessions]
            with suppress(NotPossible, InvalidInput):
                act(small, held[which % len(held)], scope, number)
        assert small.booking.bookings(booked.session_id)
        for line in small.studio.series.of_site(small.rome.id):
            days = [each.series_on for each in line.sessions]
            assert len(days) == len(set(days))
        if small.clock() == NOW:  # no worker is here to let notices expire
            assert_sound(small)
