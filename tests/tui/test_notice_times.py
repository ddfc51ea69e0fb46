from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio_tui.domain.errors import InvalidInput
from studio_tui.domain.zones import zone
from studio_tui.tui.notice_times import notice_in_words, parse_notice_time

ROME = zone("Europe/Rome")
START = datetime(2026, 12, 24, 9, 0, tzinfo=UTC)
"""10:00 in Rome, a Thursday."""
TODAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("09:30", START - timedelta(minutes=30)),
        ("  930 ", START - timedelta(minutes=30)),
        ("24/12 09:30", START - timedelta(minutes=30)),
        ("23/12 18.00", START - timedelta(hours=16)),
        ("2026-12-23 10:00", START - timedelta(days=1)),
        ("-30m", START - timedelta(minutes=30)),
        ("- 30 min", START - timedelta(minutes=30)),
        ("−2h", START - timedelta(hours=2)),
        ("-1d", START - timedelta(days=1)),
        ("+15m", START + timedelta(minutes=15)),
    ],
)
def test_a_notice_time_is_a_time_a_day_with_a_time_or_a_distance(typed: str, expected: datetime) -> None:
    assert parse_notice_time(typed, START, ROME, TODAY) == expected


@pytest.mark.parametrize("typed", ["auto", "AUTO", " automatic ", "a"])
def test_n1_auto_makes_it_automatic(typed: str) -> None:
    assert parse_notice_time(typed, START, ROME, TODAY) is None


@pytest.mark.parametrize("typed", ["", "x", "25:00", "31/02 10:00", "-30", "-30 weeks", "10:00 24/12", "now"])
def test_anything_else_is_refused_with_what_can_be_typed(typed: str) -> None:
    with pytest.raises(InvalidInput, match="That is no notice time") as refused:
        parse_notice_time(typed, START, ROME, TODAY)

    assert refused.value.field == "notice_at"


@given(st.text(max_size=20))
def test_no_text_whatever_does_more_than_be_refused(typed: str) -> None:
    try:
        found = parse_notice_time(typed, START, ROME, TODAY)
    except InvalidInput:
        return
    assert found is None or found.utcoffset() == timedelta()


def test_a_time_that_the_clock_skips_moves_forward_by_the_gap() -> None:
    spring = datetime(2026, 3, 29, 8, 0, tzinfo=UTC)

    assert parse_notice_time("02:30", spring, ROME, TODAY) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("notice_at", "expected"),
    [
        (None, "Automatic: at the start, 10:00, wherever the session moves."),
        (START - timedelta(minutes=30), "Thu 09:30, 30 min before the start."),
        (START + timedelta(minutes=15), "Thu 10:15, 15 min after the start."),
        (START - timedelta(days=1), "Wed 23 Dec 10:00, 1 day before the start."),
        (START, "Thu 10:00, at the start, but it stays if the session moves."),
    ],
)
def test_a_notice_time_is_told_by_how_it_lies_to_the_start(notice_at: datetime | None, expected: str) -> None:
    assert notice_in_words(notice_at, START, ROME) == expected
