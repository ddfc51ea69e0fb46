from datetime import timedelta

import pytest

from studio_tui.domain.errors import InvalidInput
from studio_tui.tui.lengths import parse_length, parse_number, typed_length


@pytest.mark.parametrize(
    ("typed", "minutes"),
    [("60", 60), (" 90 min", 90), ("45m", 45), ("1:30", 90), ("1h30", 90), ("1 h 30", 90), ("2h", 120), ("1440", 1440)],
)
def test_a_length_is_minutes_or_hours_and_minutes(typed: str, minutes: int) -> None:
    assert parse_length(typed) == timedelta(minutes=minutes)


@pytest.mark.parametrize("typed", ["", "0", "1441", "25h", "an hour", "-5", "1:5:0", "1h99", "٣٠"])
def test_what_is_no_length_is_refused(typed: str) -> None:
    with pytest.raises(InvalidInput, match="That is no length"):
        parse_length(typed)


def test_a_length_comes_back_as_it_is_typed() -> None:
    assert parse_length(typed_length(timedelta(minutes=75))) == timedelta(minutes=75)


def test_a_number_has_bounds_that_the_refusal_names() -> None:
    assert parse_number(" 12 ", 1, 1000, "Places", "capacity") == 12
    for typed in ("0", "1001", "x", "", "1.5", "9" * 20):
        with pytest.raises(InvalidInput, match="Places must be a number from 1 to 1000") as refused:
            parse_number(typed, 1, 1000, "Places", "capacity")
        assert refused.value.field == "capacity"
