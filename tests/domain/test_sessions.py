from collections.abc import Callable
from datetime import timedelta

import pytest

from studio_tui.domain.errors import InvalidInput, NotPossible
from studio_tui.domain.sessions import (
    SessionStatus,
    check_capacity,
    check_times,
    move,
    notice_time,
    set_notice_time,
)
from tests.builders import HOUR, MINUTE, NOW, a_session

TEN = NOW + HOUR


def test_a_move_keeps_the_length_unless_an_end_is_given() -> None:
    session = a_session(starts_at=TEN, ends_at=TEN + 45 * MINUTE)

    assert move(session, TEN + HOUR).ends_at == TEN + HOUR + 45 * MINUTE
    assert move(session, TEN + HOUR, TEN + 3 * HOUR).ends_at == TEN + 3 * HOUR


@pytest.mark.parametrize(
    ("by", "longer", "generation"),
    [
        pytest.param(HOUR, timedelta(0), 8, id="later"),
        pytest.param(-HOUR, timedelta(0), 8, id="earlier"),
        pytest.param(timedelta(0), HOUR, 7, id="only the end"),
        pytest.param(timedelta(0), timedelta(0), 7, id="nothing"),
    ],
)
def test_the_generation_rises_exactly_when_the_start_changes(by: timedelta, longer: timedelta, generation: int) -> None:
    session = a_session(starts_at=TEN, generation=7)

    assert move(session, TEN + by, session.ends_at + by + longer).generation == generation


def test_a_cancelled_session_cannot_be_moved() -> None:
    with pytest.raises(NotPossible, match="cancelled"):
        move(a_session(status=SessionStatus.CANCELLED), TEN)


@pytest.mark.parametrize(
    ("length", "field"),
    [
        pytest.param(timedelta(0), "ends_at", id="empty"),
        pytest.param(-MINUTE, "ends_at", id="backwards"),
        pytest.param(24 * HOUR + MINUTE, "ends_at", id="longer than a day"),
    ],
)
def test_an_impossible_interval_is_refused_at_its_field(length: timedelta, field: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        check_times(TEN, TEN + length)
    assert refusal.value.field == field


def test_a_session_can_last_a_whole_day() -> None:
    check_times(TEN, TEN + 24 * HOUR)


BARE = TEN.replace(tzinfo=None)


@pytest.mark.parametrize(
    "act",
    [
        pytest.param(lambda: move(a_session(), BARE), id="start"),
        pytest.param(lambda: move(a_session(), TEN, BARE), id="end"),
        pytest.param(lambda: set_notice_time(a_session(), BARE), id="notice time"),
    ],
)
def test_a_time_without_a_zone_is_refused(act: Callable[[], object]) -> None:
    with pytest.raises(InvalidInput, match="time zone"):
        act()


@pytest.mark.parametrize("capacity", [0, -1, 1001])
def test_a_capacity_that_is_no_number_of_places_is_refused(capacity: int) -> None:
    with pytest.raises(InvalidInput, match="from 1 to 1000"):
        check_capacity(capacity, 0)


def test_a_capacity_below_what_is_booked_is_refused_and_says_how_many() -> None:
    check_capacity(3, 3)
    with pytest.raises(InvalidInput, match="3 clients are booked") as refusal:
        check_capacity(2, 3)
    assert refusal.value.field == "capacity"


def test_a_notice_time_set_by_hand_can_be_before_or_after_the_start() -> None:
    session = a_session(starts_at=TEN)

    for at in (TEN - 24 * HOUR, TEN - MINUTE, TEN, TEN + 59 * MINUTE):
        assert notice_time(set_notice_time(session, at)) == at
