from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio_tui.domain.sessions import SessionId
from studio_tui.domain.zones import to_wall, zone
from studio_tui.tui.widgets.grid_layout import (
    DAY_MINUTES,
    DAYS,
    MIN_COLUMN,
    MIN_LANE,
    ROW_MINUTES,
    Piece,
    columns,
    follow,
    opening_row,
    pieces,
    place,
    row_minutes,
    spans,
)

ROME = zone("Europe/Rome")
MONDAY = date(2026, 11, 16)


def a_piece(key: int, start: int, end: int) -> Piece:
    return Piece(SessionId(key), 0, start, end, begins=True, ends=True)


def at(text: str) -> int:
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)


def a_day(*times: tuple[str, str]) -> list[Piece]:
    return [a_piece(number, at(start), at(end)) for number, (start, end) in enumerate(times, 1)]


def lanes(*times: tuple[str, str], per_row: int = 15) -> dict[int, tuple[int, int]]:
    return {int(b.piece.key): (b.lane, b.lanes) for b in place(a_day(*times), per_row)}


def in_week(start: datetime, end: datetime, monday: date = MONDAY) -> list[Piece]:
    return pieces(SessionId(1), to_wall(start, ROME), to_wall(end, ROME), monday)


some_pieces = st.lists(st.tuples(st.integers(0, DAY_MINUTES - 1), st.integers(1, 300)), max_size=14).map(
    lambda drawn: [a_piece(key, start, min(start + length, DAY_MINUTES)) for key, (start, length) in enumerate(drawn)]
)


def test_sessions_that_do_not_overlap_have_the_whole_width() -> None:
    assert lanes(("07:00", "08:00"), ("08:00", "09:00")) == {1: (0, 1), 2: (0, 1)}


def test_overlapping_sessions_stand_side_by_side_in_order_of_start() -> None:
    assert lanes(("10:00", "11:00"), ("10:30", "12:00"), ("11:00", "12:00")) == {
        1: (0, 2),
        2: (1, 2),
        3: (0, 2),
    }


def test_of_two_that_start_together_the_longer_one_is_left() -> None:
    assert lanes(("10:00", "10:30"), ("10:00", "11:00")) == {1: (1, 2), 2: (0, 2)}


def test_a_session_shorter_than_a_row_still_has_one() -> None:
    (block,) = place([a_piece(1, at("10:05"), at("10:10"))], 30)
    assert (block.top, block.bottom) == (20, 21)


def test_a_session_that_ends_inside_a_row_has_that_row_if_nobody_needs_it() -> None:
    alone = place(a_day(("10:00", "10:45")), 30)
    followed = place(a_day(("10:00", "10:45"), ("10:45", "11:30")), 30)
    assert [(b.top, b.bottom) for b in alone] == [(20, 22)]
    assert [(b.top, b.bottom, b.lanes) for b in followed] == [(20, 21, 1), (21, 23, 1)]


@given(some_pieces, st.sampled_from(ROW_MINUTES), st.integers(MIN_LANE, 40), st.integers(0, 14))
def test_no_cell_belongs_to_two_sessions(day: list[Piece], per_row: int, width: int, chosen: int) -> None:
    cells: set[tuple[int, int]] = set()
    for span in spans(place(day, per_row), width, SessionId(chosen)):
        block = span.block
        own = {(row, x) for row in range(block.top, block.bottom) for x in range(span.x, span.x + span.width)}
        assert own
        assert not own & cells
        cells |= own
    assert all(0 <= row < DAY_MINUTES // per_row and 0 <= x < width for row, x in cells)


@given(some_pieces, st.sampled_from(ROW_MINUTES))
def test_every_session_has_one_block_that_holds_its_start(day: list[Piece], per_row: int) -> None:
    blocks = place(day, per_row)
    assert sorted(b.piece.key for b in blocks) == sorted(piece.key for piece in day)
    assert all(b.top == b.piece.start // per_row and b.bottom > b.top for b in blocks)


@given(some_pieces, st.sampled_from(ROW_MINUTES), st.integers(MIN_LANE, 40))
def test_the_chosen_session_is_always_seen(day: list[Piece], per_row: int, width: int) -> None:
    blocks = place(day, per_row)
    for piece in day:
        seen = {span.block.piece.key for span in spans(blocks, width, piece.key)}
        assert piece.key in seen


@given(some_pieces, st.sampled_from(ROW_MINUTES), st.integers(MIN_LANE, 40))
def test_a_session_that_is_not_seen_stands_behind_one_that_says_so(day: list[Piece], per_row: int, width: int) -> None:
    blocks = place(day, per_row)
    seen = spans(blocks, width)
    for block in blocks:
        if all(span.block is not block for span in seen):
            assert any(span.hidden and span.block.top < block.bottom and block.top < span.block.bottom for span in seen)


@given(some_pieces, st.sampled_from(ROW_MINUTES))
def test_the_order_in_which_sessions_come_does_not_matter(day: list[Piece], per_row: int) -> None:
    assert place(day, per_row) == place(reversed(day), per_row)


def test_a_session_past_midnight_lies_on_both_days() -> None:
    start = datetime(2026, 11, 17, 22, 30, tzinfo=UTC)
    late, early = in_week(start, start + timedelta(hours=2))
    assert (late.column, late.start, late.end, late.begins, late.ends) == (1, at("23:30"), DAY_MINUTES, True, False)
    assert (early.column, early.start, early.end, early.begins, early.ends) == (2, 0, at("01:30"), False, True)


def test_a_session_that_ends_at_midnight_does_not_touch_the_next_day() -> None:
    start = datetime(2026, 11, 17, 22, 0, tzinfo=UTC)
    (only,) = in_week(start, start + timedelta(hours=1))
    assert (only.column, only.start, only.end) == (1, at("23:00"), DAY_MINUTES)


def test_what_lies_outside_the_week_is_cut_off() -> None:
    before = datetime(2026, 11, 15, 22, 0, tzinfo=UTC)
    assert [p.column for p in in_week(before, before + timedelta(hours=3))] == [0]
    assert in_week(before, before + timedelta(hours=1)) == []


def test_a_session_over_the_spring_change_spans_the_skipped_hour() -> None:
    start = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)
    (only,) = in_week(start, start + timedelta(hours=1), date(2026, 3, 23))
    assert (only.column, only.start, only.end) == (6, at("01:30"), at("03:30"))


def test_a_session_that_ends_when_it_began_on_the_wall_is_still_drawn() -> None:
    start = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    (only,) = in_week(start, start + timedelta(hours=1), date(2026, 10, 19))
    assert (only.column, only.start, only.end) == (6, at("02:30"), at("02:31"))


@given(st.integers(0, 14 * 24 * 4), st.integers(1, 96))
def test_the_pieces_of_a_session_join_without_gap(quarter: int, quarters: int) -> None:
    start = datetime(2026, 11, 12, tzinfo=UTC) + quarter * timedelta(minutes=15)
    found = in_week(start, start + quarters * timedelta(minutes=15))
    for one, other in pairwise(found):
        assert (one.column + 1, one.end, other.start) == (other.column, DAY_MINUTES, 0)
        assert not one.ends
        assert not other.begins
    assert all(0 <= p.start < p.end <= DAY_MINUTES and 0 <= p.column < DAYS for p in found)


def test_a_wide_terminal_shows_the_whole_week_and_a_narrow_one_four_days() -> None:
    assert list(columns(120, 6, column=5).seen) == list(range(7))
    assert list(columns(80, 6, column=1).seen) == [0, 1, 2, 3]
    assert list(columns(80, 6, column=5).seen) == [2, 3, 4, 5]


def test_the_days_stay_where_they_are_while_the_cursor_is_among_them() -> None:
    assert columns(80, 6, column=4, first=2).first == 2
    assert columns(80, 6, column=1, first=2).first == 1


def test_a_drawer_hides_days_but_never_the_chosen_one() -> None:
    left, right = columns(120, 6, column=1, covered=44), columns(120, 6, column=6, covered=44)
    assert list(left.seen) == [0, 1, 2, 3]
    assert list(right.seen) == [3, 4, 5, 6]
    assert left.edges == right.edges == (*columns(120, 6, column=1).edges[:4], 120 - 44)


@given(st.integers(30, 250), st.integers(0, 6), st.integers(0, 6), st.sampled_from((0, 44)))
def test_the_cursors_day_is_always_in_sight(width: int, day: int, first: int, covered: int) -> None:
    found = columns(width, 6, day, first, min(covered, width - 22))
    assert day in found.seen
    assert found.seen[-1] < DAYS
    assert found.edges[0] == 6
    assert found.edges[-1] <= width - min(covered, width - 22)
    assert all(b - a >= min(MIN_COLUMN, width - 6, found.edges[1] - 6) for a, b in pairwise(found.edges))
    assert all(found.column_at(found.left(d)) == d == found.column_at(found.right(d) - 1) for d in found.seen)
    assert found.column_at(0) is None


@pytest.mark.parametrize(("height", "minutes"), [(36, 15), (32, 15), (20, 30), (1, 30)])
def test_rows_are_quarter_hours_where_nine_hours_of_them_fit(height: int, minutes: int) -> None:
    assert row_minutes(height) == minutes


@given(st.integers(0, 95), st.integers(1, 120), st.integers(0, 95), st.integers(0, 40))
def test_the_cursors_row_is_always_in_sight(top: int, height: int, row: int, opens: int) -> None:
    found = follow(top, height, row, 15, opens)
    assert found <= row < found + height
    assert found == 0 or found + height <= 96


def test_rows_do_not_scroll_while_the_cursor_is_in_sight_and_jump_half_a_page_when_it_is_not() -> None:
    assert follow(28, 36, 63, 15) == 28
    assert follow(28, 36, 64, 15) == 46
    assert follow(28, 36, 27, 15) == 9


def test_hours_before_the_opening_are_seen_only_if_the_cursor_goes_there() -> None:
    assert follow(60, 36, 32, 15, 28) == 28
    assert follow(60, 36, 50, 15, 28) == 32
    assert follow(60, 36, 27, 15, 28) == 9


@pytest.mark.parametrize(("start", "row"), [(None, 28), ("09:30", 28), ("06:15", 24), ("05:00", 20), ("01:00", 28)])
def test_a_week_opens_at_seven_or_at_its_first_morning_session(start: str | None, row: int) -> None:
    week = a_day((start, "23:00")) if start else []
    assert opening_row(week, 15) == row
