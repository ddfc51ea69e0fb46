"""What an edit of a series does to its sessions, and how a series is split and moved."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio_tui.domain.errors import NotPossible
from studio_tui.domain.people import StaffId
from studio_tui.domain.recurrence import Rule, dates_of, weekly
from studio_tui.domain.rule_text import parse_rule, rule_text
from studio_tui.domain.series import (
    KEEP,
    Patch,
    Scope,
    Series,
    agrees,
    continued_from,
    ended_before,
    occurrences,
    patch_between,
)
from studio_tui.domain.series_moving import moved_series
from studio_tui.domain.series_plan import SeriesPlan, plan_edit, plan_end
from studio_tui.domain.series_words import SeriesPreview, preview_lines, series_words
from studio_tui.domain.sessions import Session, SessionStatus, move
from studio_tui.domain.zones import to_wall, zone
from tests.domain.test_recurrence import possible, rules
from tests.records import NOW, a_series, a_session, sessions_of

ROME = zone("Europe/Rome")
TUESDAYS = [date(2026, 3, 3) + timedelta(weeks=week) for week in range(10)]
MON, TUE, WED, THU, SUN = 0, 1, 2, 3, 6


def plan(series: Series, sessions: Iterable[Session], patch: Patch, **how: Any) -> SeriesPlan:
    return plan_edit(series, list(sessions), patch, ROME, how.pop("now", NOW), **how)


def walls(sessions: Iterable[Session]) -> list[str]:
    return [f"{to_wall(each.starts_at, ROME):%m-%d %H:%M}" for each in sessions]


def after(result: SeriesPlan) -> list[Session]:
    return [becomes for _, becomes in result.effects.changed]


def edited_by_hand(session: Session, by: timedelta = timedelta(minutes=30)) -> Session:
    return replace(move(session, session.starts_at + by), series_edited=True)


# Moving in time


def test_an_edit_of_all_keeps_the_new_wall_clock_time_across_both_changes_of_the_clock() -> None:
    spring = a_series()
    assert walls(after(plan(spring, sessions_of(spring, ROME), Patch(at=time(19))))) == [
        f"{day:%m-%d} 19:00" for day in TUESDAYS
    ]
    autumn = a_series(first_on=date(2026, 10, 20), rule=weekly({TUE}, count=2))
    (before, behind) = after(plan(autumn, sessions_of(autumn, ROME), Patch(at=time(19))))
    assert [each.starts_at.hour for each in (before, behind)] == [17, 18]


def test_a_time_that_the_clock_skips_moves_forward_on_that_night_alone() -> None:
    nights = a_series(first_on=date(2026, 3, 22), rule=weekly({SUN}, count=3), at=time(1))
    moved = plan(nights, sessions_of(nights, ROME), Patch(at=time(2, 30)))
    assert walls(after(moved)) == ["03-22 02:30", "03-29 03:30", "04-05 02:30"]
    assert all(agrees(each, moved.series, ROME) for each in after(moved))


def test_a_time_that_the_clock_shows_twice_means_the_first() -> None:
    nights = a_series(first_on=date(2026, 10, 25), rule=weekly({SUN}, count=1), at=time(1))
    (only,) = after(plan(nights, sessions_of(nights, ROME), Patch(at=time(2, 30))))
    assert only.starts_at == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_each_moved_session_belongs_to_a_new_generation_and_one_that_only_gets_a_room_does_not() -> None:
    series = a_series()
    assert {each.generation for each in after(plan(series, sessions_of(series, ROME), Patch(at=time(19))))} == {2}
    assert {each.generation for each in after(plan(series, sessions_of(series, ROME), Patch(room="Hall")))} == {1}


def test_a_new_length_leaves_every_start() -> None:
    series = a_series()
    longer = after(plan(series, sessions_of(series, ROME), Patch(length=timedelta(minutes=75))))
    assert [each.starts_at for each in longer] == [each.starts_at for each in sessions_of(series, ROME)]
    assert {each.length for each in longer} == {timedelta(minutes=75)}


# Who is reached


def test_what_has_begun_is_never_changed() -> None:
    series = a_series()
    result = plan(
        series, sessions_of(series, ROME), Patch(title="Gentle"), now=datetime(2026, 3, 17, 17, 30, tzinfo=UTC)
    )
    assert [each.series_on for each in after(result)] == TUESDAYS[3:]
    assert [each.series_on for each in result.effects.begun] == TUESDAYS[:3]


def test_an_exception_edited_by_hand_stays_in_an_edit_of_all() -> None:
    series = a_series()
    sessions = sessions_of(series, ROME)
    sessions[4] = edited_by_hand(sessions[4])
    result = plan(series, sessions, Patch(at=time(20)))
    assert [was.series_on for was, _ in result.effects.by_hand] == [TUESDAYS[4]]
    assert result.effects.by_hand[0][1] == sessions[4]
    assert TUESDAYS[4] not in [each.series_on for each in after(result)]


def test_an_exception_changes_when_the_edit_is_made_on_it_and_keeps_what_the_edit_does_not_name() -> None:
    series = a_series()
    sessions = sessions_of(series, ROME)
    sessions[4] = edited_by_hand(sessions[4])
    result = plan(series, sessions, Patch(room="Hall"), chosen=sessions[4].id)
    mine = next(each for each in after(result) if each.id == sessions[4].id)
    assert (mine.room, mine.starts_at, mine.series_edited) == ("Hall", sessions[4].starts_at, True)
    back = plan(series, sessions, Patch(at=time(20)), chosen=sessions[4].id)
    assert not next(each for each in after(back) if each.id == sessions[4].id).series_edited


def test_a_session_cancelled_by_hand_stays_cancelled() -> None:
    series = a_series()
    sessions = sessions_of(series, ROME)
    sessions[2] = replace(sessions[2], status=SessionStatus.CANCELLED, series_edited=True)
    result = plan(series, sessions, Patch(at=time(20), rule=replace(series.rule, count=12)))
    assert sessions[2].id not in [each.id for each in after(result)]
    assert TUESDAYS[2] not in [each.on for each in result.effects.made]


def test_no_session_is_carried_into_the_past() -> None:
    series = a_series(first_on=date(2026, 3, 2), rule=weekly({MON}, count=3))
    with pytest.raises(NotPossible, match="2 Mar 2026"):
        plan(series, sessions_of(series, ROME), Patch(at=time(8)))


# Splitting


def test_this_and_following_splits_the_series_before_the_session() -> None:
    series = a_series()
    sessions = sessions_of(series, ROME)
    result = plan(series, sessions, Patch(staff_id=StaffId(2)), since=TUESDAYS[4], chosen=sessions[4].id)
    assert result.earlier is not None
    assert rule_text(result.earlier.rule) == "FREQ=WEEKLY;BYDAY=TU;UNTIL=20260324"
    assert rule_text(result.series.rule) == "FREQ=WEEKLY;BYDAY=TU;COUNT=6"
    assert (result.earlier.staff_id, result.series.staff_id) == (StaffId(1), StaffId(2))
    assert [each.series_on for each in after(result)] == TUESDAYS[4:]


def test_this_and_following_from_the_first_session_is_all_of_them() -> None:
    series = a_series()
    result = plan(series, sessions_of(series, ROME), Patch(room="Hall"), since=TUESDAYS[0])
    assert result.earlier is None
    assert len(after(result)) == 10


def test_what_stays_goes_along_with_the_later_part() -> None:
    series = a_series()
    sessions = sessions_of(series, ROME)
    sessions[6] = edited_by_hand(sessions[6])
    sessions[7] = replace(sessions[7], status=SessionStatus.CANCELLED)
    result = plan(series, sessions, Patch(room="Hall"), since=TUESDAYS[4])
    assert [each.series_on for each in result.carried] == [TUESDAYS[7]]
    assert [each.series_on for each, _ in result.effects.by_hand] == [TUESDAYS[6]]


@given(rules().filter(possible), st.integers(0, 14), st.sets(st.integers(0, 11), max_size=3))
def test_a_split_loses_and_doubles_no_date(rule: Rule, place: int, left_out: set[int]) -> None:
    dates = dates_of(rule, date(2016, 1, 1))
    exceptions = tuple(sorted({dates[number] for number in left_out if number < len(dates)}))
    series = a_series(rule=rule, first_on=dates[0], exceptions=exceptions)
    since = dates[min(place, len(dates) - 1)]
    parts = [ended_before(series, since), continued_from(series, since)]
    joined = [each for part in parts for each in occurrences(part, ROME)]
    assert joined == occurrences(series, ROME)


# New rules


def test_dates_that_a_new_rule_no_longer_has_are_dropped_and_new_ones_made() -> None:
    series = a_series()
    rule = parse_rule("FREQ=WEEKLY;BYDAY=TU,TH;UNTIL=20260324", TUESDAYS[0])
    result = plan(series, sessions_of(series, ROME), Patch(rule=rule))
    assert [each.series_on for each in result.effects.dropped] == TUESDAYS[4:]
    assert [f"{each.on:%m-%d}" for each in result.effects.made] == ["03-05", "03-12", "03-19"]
    assert after(result) == []


def test_a_longer_series_only_gets_more_dates_and_a_shorter_one_only_loses_some() -> None:
    series = a_series()
    longer = plan(series, sessions_of(series, ROME), Patch(rule=replace(series.rule, count=12)))
    assert [each.on for each in longer.effects.made] == [TUESDAYS[-1] + timedelta(weeks=week) for week in (1, 2)]
    assert (after(longer), longer.effects.dropped) == ([], ())
    shorter = plan(series, sessions_of(series, ROME), Patch(rule=replace(series.rule, count=8)))
    assert [each.series_on for each in shorter.effects.dropped] == TUESDAYS[8:]


def test_a_date_that_comes_back_revives_its_session_unless_it_was_cancelled_by_hand() -> None:
    series = a_series(rule=weekly({TUE}, count=2))
    sessions = sessions_of(a_series(rule=weekly({TUE}, count=4)), ROME)
    sessions[2] = replace(sessions[2], status=SessionStatus.CANCELLED, booked=3)
    sessions[3] = replace(sessions[3], status=SessionStatus.CANCELLED, series_edited=True)
    result = plan(series, sessions, Patch(rule=weekly({TUE}, count=4)))
    assert [(was.series_on, becomes.status) for was, becomes in result.effects.revived] == [
        (TUESDAYS[2], SessionStatus.ACTIVE)
    ]
    assert result.effects.made == ()


def test_an_exception_date_drops_its_session_and_taking_it_back_makes_one() -> None:
    series = a_series()
    without = plan(series, sessions_of(series, ROME), Patch(exceptions=(TUESDAYS[3],)))
    assert [each.series_on for each in without.effects.dropped] == [TUESDAYS[3]]
    rest = [each for each in sessions_of(series, ROME) if each.series_on != TUESDAYS[3]]
    again = plan(without.series, rest, Patch(exceptions=()))
    assert [each.on for each in again.effects.made] == [TUESDAYS[3]]


def test_a_new_pattern_counts_from_the_first_session_that_has_not_begun() -> None:
    series = a_series()
    now = datetime(2026, 3, 12, 11, tzinfo=UTC)
    result = plan(series, sessions_of(series, ROME), Patch(rule=weekly({WED}, count=3)), now=now)
    assert [f"{each.on:%m-%d}" for each in result.effects.made] == ["03-18", "03-25"]
    assert [each.series_on for each in result.effects.dropped] == TUESDAYS[2:]


# Moving to another day


@pytest.mark.parametrize(
    ("rule", "first", "start", "target", "becomes"),
    [
        ("FREQ=DAILY;COUNT=3", "2026-03-03", "2026-03-04", "2026-03-05", ["03-04", "03-05", "03-06"]),
        ("FREQ=WEEKLY;BYDAY=TU;COUNT=3", "2026-03-03", "2026-03-10", "2026-03-11", ["03-04", "03-11", "03-18"]),
        ("FREQ=WEEKLY;BYDAY=TU;UNTIL=20260318", "2026-03-03", "2026-03-03", "2026-03-08", ["03-08", "03-15", "03-22"]),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU;COUNT=2", "2026-03-03", "2026-03-03", "2026-03-02", ["03-02", "03-16"]),
        (
            "FREQ=WEEKLY;BYDAY=TU,TH;COUNT=4",
            "2026-03-05",
            "2026-03-05",
            "2026-03-02",
            ["03-02", "03-09", "03-10", "03-17"],
        ),
        ("FREQ=MONTHLY;BYMONTHDAY=15;COUNT=3", "2026-03-15", "2026-03-15", "2026-03-16", ["03-16", "04-16", "05-16"]),
        ("FREQ=MONTHLY;BYMONTHDAY=15;COUNT=3", "2026-03-15", "2026-03-15", "2026-03-31", ["03-31", "05-31"]),
        ("FREQ=MONTHLY;BYMONTHDAY=31;COUNT=3", "2026-03-31", "2026-03-31", "2026-03-30", ["03-30", "05-30", "07-30"]),
        ("FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=3", "2026-03-31", "2026-03-31", "2026-03-30", ["03-30", "04-29", "05-30"]),
        ("FREQ=MONTHLY;BYDAY=1TU;COUNT=3", "2026-03-03", "2026-03-03", "2026-03-11", ["03-11", "04-08", "05-13"]),
        ("FREQ=MONTHLY;BYDAY=-1TU;COUNT=3", "2026-03-31", "2026-03-31", "2026-03-25", ["03-25", "04-29", "05-27"]),
        ("FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=3;COUNT=2", "2026-03-03", "2026-03-03", "2026-04-07", ["04-07", "04-07"]),
    ],
)
def test_another_day_of_one_session_changes_the_day_of_the_rule(
    rule: str, first: str, start: str, target: str, becomes: list[str]
) -> None:
    series = a_series(rule=parse_rule(rule, date.fromisoformat(first)), first_on=date.fromisoformat(first))
    moved, _ = moved_series(series, date.fromisoformat(start), date.fromisoformat(target))
    assert [f"{each.on:%m-%d}" for each in occurrences(moved, ROME)] == becomes


@pytest.mark.parametrize(
    ("rule", "start", "target"),
    [
        ("FREQ=WEEKLY;BYDAY=TU,TH;COUNT=4", "2026-03-03", "2026-03-05"),
        ("FREQ=WEEKLY;BYDAY=TU,TH;COUNT=4", "2026-03-03", "2026-03-09"),
        ("FREQ=MONTHLY;BYMONTHDAY=3;COUNT=4", "2026-03-03", "2026-04-03"),
        ("FREQ=MONTHLY;BYMONTHDAY=3,20;COUNT=4", "2026-03-03", "2026-03-04"),
        ("FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=3;COUNT=4", "2026-03-03", "2027-03-03"),
        ("FREQ=WEEKLY;BYDAY=TU;COUNT=4", "2026-03-04", "2026-03-05"),
    ],
)
def test_a_day_that_does_not_change_the_rule_in_one_clear_way_is_refused(rule: str, start: str, target: str) -> None:
    series = a_series(rule=parse_rule(rule, TUESDAYS[0]))
    with pytest.raises(NotPossible):
        moved_series(series, date.fromisoformat(start), date.fromisoformat(target))


@given(st.sets(st.integers(0, 6), min_size=1, max_size=4), st.integers(1, 3), st.integers(1, 9), st.data())
def test_a_move_within_the_week_carries_each_session_and_makes_none(
    days: set[int], interval: int, count: int, data: st.DataObject
) -> None:
    rule = weekly(days, interval=interval, count=count)
    first = dates_of(rule, date(2026, 3, 3))[0]
    series = a_series(rule=rule, first_on=first)
    sessions = sessions_of(series, ROME)
    chosen = data.draw(st.sampled_from(sessions))
    assert chosen.series_on is not None
    free = sorted(set(range(7)) - days)
    if not free:
        return
    target = chosen.series_on + timedelta(days=data.draw(st.sampled_from(free)) - chosen.series_on.weekday())
    patch = Patch(moved=(chosen.series_on, target))
    if min(target, chosen.series_on) <= date(2026, 3, 2):
        return
    result = plan(series, sessions, patch)
    assert (result.effects.made, result.effects.dropped) == ((), ())
    moved = {was.id: becomes for was, becomes in result.effects.changed}
    now = sorted(moved.get(each.id, each).starts_at for each in sessions)
    assert now == [each.starts_at for each in occurrences(result.series, ROME)]


# Any edit


@given(
    st.sets(st.integers(0, 9), max_size=4),
    st.builds(
        Patch,
        at=st.none() | st.sampled_from([time(19), time(20, 15)]),
        length=st.none() | st.just(timedelta(minutes=45)),
        room=st.just(KEEP) | st.just("Hall"),
        rule=st.none()
        | st.sampled_from([weekly({TUE}, count=14), weekly({TUE, THU}, count=6), weekly({WED}, count=4)]),
    ),
    st.none() | st.sampled_from(TUESDAYS),
    st.integers(0, 40),
)
def test_no_edit_touches_what_was_edited_by_hand_or_has_begun(
    by_hand: set[int], patch: Patch, since: date | None, days: int
) -> None:
    series = a_series()
    sessions = [
        edited_by_hand(each) if number in by_hand else each for number, each in enumerate(sessions_of(series, ROME))
    ]
    now = NOW + timedelta(days=days)
    result = plan(series, sessions, patch, since=since, now=now)
    touched = {was.id for was, _ in result.effects.changed} | {each.id for each in result.effects.dropped}
    assert not touched & {each.id for each in sessions if each.series_edited or each.starts_at <= now}
    assert all(replace(becomes, series_on=was.series_on) == was for was, becomes in result.effects.by_hand)
    standing = [each for each in sessions if each.id not in touched]
    taken = [each.series_on for each in standing] + [each.series_on for each in after(result)]
    assert len(taken) == len(set(taken))
    assert not {each.on for each in result.effects.made} & set(taken)


# Cancelling


def test_cancelling_what_follows_ends_the_rule_before_it_and_takes_exceptions_along() -> None:
    series = a_series()
    sessions = sessions_of(series, ROME)
    sessions[6] = edited_by_hand(sessions[6])
    result = plan_end(series, sessions, NOW, since=TUESDAYS[4])
    assert [each.series_on for each in result.effects.dropped] == [*TUESDAYS[4:6], *TUESDAYS[7:], TUESDAYS[6]]
    assert dates_of(result.series.rule, result.series.first_on) == TUESDAYS[:4]


def test_cancelling_all_leaves_what_has_begun() -> None:
    series = a_series()
    result = plan_end(series, sessions_of(series, ROME), datetime(2026, 3, 17, 18, tzinfo=UTC))
    assert [each.series_on for each in result.effects.dropped] == TUESDAYS[3:]
    assert dates_of(result.series.rule, result.series.first_on) == TUESDAYS[:3]


# Patches and words


def test_an_edit_of_one_session_says_only_what_it_changed() -> None:
    session = sessions_of(a_series(), ROME)[0]
    assert patch_between(session, session, ROME) == Patch()
    later = move(session, session.starts_at + timedelta(minutes=30))
    assert patch_between(session, replace(later, room="Hall"), ROME) == Patch(at=time(19), room="Hall")
    next_day = move(session, session.starts_at + timedelta(days=1))
    assert patch_between(session, next_day, ROME) == Patch(moved=(TUESDAYS[0], date(2026, 3, 4)))
    assert patch_between(session, replace(session, staff_id=None), ROME) == Patch(staff_id=None)


def test_a_session_of_no_series_agrees_with_none() -> None:
    assert not agrees(a_session(), a_series(), ROME)


def test_a_series_is_told_with_its_time_and_its_end() -> None:
    series = a_series(rule=weekly({TUE, THU}, until=date(2026, 3, 20)))
    assert series_words(series) == "every Tuesday and Thursday 18:30 until 20 Mar 2026 (6 sessions)"


@pytest.mark.parametrize(
    ("preview", "lines"),
    [
        (
            SeriesPreview(scope=Scope.ALL, changed=12, by_hand=2),
            ["12 sessions change, 2 edited by hand stay."],
        ),
        (
            SeriesPreview(scope=Scope.ALL, changed=1, by_hand=1, begun=4, clients=1, bookings=1),
            ["1 session changes, 1 edited by hand stays and 4 past stay.", "1 client has a place."],
        ),
        (
            SeriesPreview(scope=Scope.ALL, made=2, cancelled=1, removed=3, clients=4, bookings=5, told=1),
            [
                "2 sessions are new, 4 are cancelled.",
                "4 clients have 5 places.",
                "1 booking had been sent the link already.",
                "Nobody ever booked 3 of them: they go from the calendar, the others stay there.",
            ],
        ),
        (
            SeriesPreview(scope=Scope.ALL, changed=3, moved=3, notices_kept=2, notices_late=1, words="every day"),
            [
                "3 sessions change.",
                "2 notice times set by hand stay; automatic ones move along.",
                "⚠ 1 notice would come after the end: nobody would get it.",
                "Then: every day.",
            ],
        ),
        (SeriesPreview(scope=Scope.ALL, by_hand=1), ["No session changes, 1 edited by hand stays."]),
    ],
)
def test_a_preview_is_told_in_sentences(preview: SeriesPreview, lines: list[str]) -> None:
    assert preview_lines(preview, ROME) == lines
