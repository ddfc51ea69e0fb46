"""Where things lie in the month and the agenda, and in whose column a session is: pure functions."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from studio_tui.domain.sessions import SessionId
from studio_tui.domain.zones import to_wall, zone
from studio_tui.tui.periods import Period
from studio_tui.tui.views.agenda import AgendaView
from studio_tui.tui.views.all_views import VIEWS
from studio_tui.tui.views.month import MonthView, month_of
from studio_tui.tui.widgets.agenda_layout import (
    AgendaLine,
    Field,
    What,
    agenda_fields,
    agenda_lines,
    follow_line,
    line_of,
    step_from,
)
from studio_tui.tui.widgets.grid_layout import ColumnKey, Piece, Slot, pieces
from studio_tui.tui.widgets.grid_page import Column, Page
from studio_tui.tui.widgets.month_layout import counts_text, first_listed, month_cells

ROME = zone("Europe/Rome")
MONDAY = date(2026, 11, 16)
days = st.dates(date(1990, 1, 1), date(2150, 1, 1))


@given(days, st.sampled_from(sorted(VIEWS)))
def test_a_day_is_in_the_period_of_its_view(day: date, name: str) -> None:
    period = VIEWS[name].period(day)
    assert day in period
    assert period == Period(period.first, len(list(period.dates())))
    assert period.mondays()[0] <= period.first
    assert (period.last - period.mondays()[-1]).days < 7


@given(days, st.sampled_from(sorted(VIEWS)))
def test_leafing_comes_to_another_day_and_back_at_most_a_few_days_off(day: date, name: str) -> None:
    view = VIEWS[name]
    on = view.leaf(day, 1)
    assert on > day
    # From the 31st one comes to the 30th of a shorter month.
    assert timedelta(0) <= day - view.leaf(on, -1) <= timedelta(days=3)


@given(days)
def test_a_months_page_is_whole_weeks_and_knows_its_month(day: date) -> None:
    period = MonthView().period(day)
    assert period.first.weekday() == 0
    assert period.days in (28, 35, 42)
    assert month_of(period) == day.replace(day=1)


@given(days)
def test_the_agendas_page_goes_beyond_the_month_on_both_sides(day: date) -> None:
    period = AgendaView().period(day)
    assert period.first <= day - timedelta(days=28)
    assert period.last >= day + timedelta(days=58)


@given(st.integers(20, 260), st.integers(1, 80), st.integers(4, 6), st.sampled_from((0, 44)))
def test_each_cell_of_a_month_belongs_to_one_day(width: int, height: int, weeks: int, covered: int) -> None:
    cells = month_cells(width, height, weeks, covered)
    assert cells.edges[-1] <= width
    assert cells.tops[-1] == max(height, 1)
    found = {cells.at(x, y) for x in range(width) for y in range(height)}
    numbers = [place for place in found if place is not None]
    assert len(numbers) == len(set(numbers))
    if height > weeks and width - 4 >= 7:
        assert {number for number, _ in numbers} == set(range(weeks * 7))


@given(st.integers(0, 200), st.integers(0, 5000), st.integers(0, 40))
def test_the_counts_of_a_day_never_need_more_than_their_place(sessions: int, booked: int, width: int) -> None:
    assert cell_len(counts_text(sessions, booked, width)) <= width


@pytest.mark.parametrize(
    ("width", "text"),
    [
        (30, "3 sessions, 24 booked"),
        (21, "3 sessions, 24 booked"),
        (20, "24 booked"),
        (9, "24 booked"),
        (8, ""),
        (0, ""),
    ],
)
def test_the_counts_of_a_day_in_the_longest_words_that_fit(width: int, text: str) -> None:
    assert counts_text(3, 24, width) == text


@given(st.integers(1, 30), st.integers(1, 12), st.data())
def test_the_chosen_session_of_a_day_is_listed(sessions: int, lines: int, data: st.DataObject) -> None:
    keys = [SessionId(number) for number in range(sessions)]
    chosen = data.draw(st.sampled_from([*keys, None]))
    first = first_listed(keys, lines, chosen)
    assert 0 <= first <= max(sessions - lines, 0)
    if chosen is not None:
        assert chosen in keys[first : first + lines]


# The agenda

drawn = st.lists(st.tuples(st.integers(0, 41), st.integers(0, 23), st.integers(1, 5)), max_size=20)


def a_page(sessions: list[tuple[int, int, int]]) -> Page:
    period = Period(MONDAY, 42)
    laid: list[list[Piece]] = [[] for _ in range(42)]
    for number, (day, hour, hours) in enumerate(sessions):
        start = to_wall(datetime(2026, 11, 16, 12, tzinfo=UTC), ROME).replace(hour=hour) + timedelta(days=day)
        for piece in pieces(SessionId(number), start, start + timedelta(hours=hours), MONDAY, 42):
            laid[piece.column].append(piece)
    columns = tuple(Column(day) for day in period.dates())
    return Page(period, columns, ROME, pieces=tuple(tuple(own) for own in laid))


@given(drawn, st.sets(st.integers(0, 41), max_size=3))
def test_every_session_has_one_line_under_its_day(sessions: list[tuple[int, int, int]], also: set[int]) -> None:
    lines = agenda_lines(a_page(sessions), {MONDAY + timedelta(days=day) for day in also})
    told = [line for line in lines if line.what is What.SESSION]
    assert sorted(line.key for line in told if line.key is not None) == list(range(len(sessions)))
    assert [(line.day, line.minute) for line in told] == sorted((line.day, line.minute) for line in told)
    day = None
    for line in lines:
        day = line.day if line.what is What.DAY else day
        assert line.day == day
    assert {line.day for line in lines} >= {MONDAY + timedelta(days=number) for number in also}


@given(drawn, st.integers(0, 41), st.integers(0, 1439), st.integers(1, 50), st.integers(0, 60), st.data())
@settings(max_examples=60)
def test_the_agendas_cursor_stands_on_a_line_of_its_own_and_is_in_sight(
    sessions: list[tuple[int, int, int]], day: int, minute: int, height: int, top: int, data: st.DataObject
) -> None:
    slot = Slot(MONDAY + timedelta(days=day), minute)
    lines = agenda_lines(a_page(sessions), {slot.day})
    chosen = data.draw(st.none() | st.integers(0, 20).map(SessionId))
    number = line_of(lines, slot, chosen)
    assert number is not None
    assert lines[number].has_cursor
    seen = follow_line(top, height, lines, number)
    assert seen <= number < seen + height or seen == max(0, len(lines) - height)
    assert seen <= number < seen + height


@given(drawn)
def test_walking_down_the_agenda_comes_by_every_session_once(sessions: list[tuple[int, int, int]]) -> None:
    lines = agenda_lines(a_page(sessions), {MONDAY})
    number: int | None = next(n for n, line in enumerate(lines) if line.has_cursor)
    seen: list[AgendaLine] = []
    while number is not None:
        seen.append(lines[number])
        number = step_from(lines, number, 1)
    assert seen == [line for line in lines if line.has_cursor]


@given(st.integers(10, 300))
def test_the_facts_of_a_line_fit_beside_each_other(width: int) -> None:
    fields = agenda_fields(width)
    assert fields[0][0] is Field.TIME
    assert sum(cells + 1 for _, cells in fields) <= width or len(fields) == 1
    assert [field for field, _ in fields] == [field for field in Field if field in dict(fields)]


@pytest.mark.parametrize(("width", "count"), [(80, 7), (120, 9), (60, 5)])
def test_a_narrow_agenda_leaves_out_facts(width: int, count: int) -> None:
    assert len(agenda_fields(width)) == count


# Pages of one day

keys = st.sampled_from([ColumnKey(1, staff_id=number) for number in range(4)])  # type: ignore[arg-type]


@given(st.lists(keys, min_size=1, max_size=4, unique=True), st.integers(0, 1439), keys)
def test_a_slot_of_a_days_page_comes_back_to_its_column(own: list[ColumnKey], minute: int, key: ColumnKey) -> None:
    page = Page.of_one_day([Column(MONDAY, each, str(each.staff_id)) for each in own])
    for number in range(len(own)):
        assert page.column_of(page.slot(number, minute)) == number
    found = page.column_of(Slot(MONDAY, minute, key))
    assert found == (own.index(key) if key in own else 0)


@pytest.mark.parametrize(
    ("hours", "opens"),
    [
        ({}, None),
        ({5: ((480, 780),), 6: ((600, 720),)}, 480),
        ({5: ((1080, 1440),), 6: ((0, 120), (540, 720))}, 540),
        ({5: ((0, 1440),)}, None),
    ],
    ids=["never said", "mornings", "a night that goes on", "always"],
)
def test_a_page_begins_where_work_begins_and_not_in_a_night_that_goes_on(
    hours: dict[int, tuple[tuple[int, int], ...]], opens: int | None
) -> None:
    assert Page.of_days(Period(MONDAY, 7), hours_on=lambda day: hours.get(day, ())).opens == opens
