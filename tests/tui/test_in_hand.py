"""What is in the hand while sessions are moved: where each would be, and what that does, in words."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from studio_tui.domain.people import StaffId
from studio_tui.domain.sessions import Place, SeriesId, SessionId
from studio_tui.domain.zones import to_wall, zone
from studio_tui.tui.screens.in_hand import InHand, effects, place_in, reaches_somebody
from studio_tui.tui.widgets.grid_layout import ColumnKey, Slot
from tests.records import HOUR, NOW, a_session

ROME = zone("Europe/Rome")
START = Slot(date(2026, 3, 2), 600)  # NOW in Rome: Monday 2 March, 10:00


def hand(*more: int, **fields: object) -> InHand:
    """A session at NOW, and others so many minutes later."""
    first = a_session(id=SessionId(1), starts_at=NOW, ends_at=NOW + HOUR, **fields)
    others = [
        a_session(
            id=SessionId(number), starts_at=NOW + timedelta(minutes=each), ends_at=NOW + timedelta(minutes=each + 60)
        )
        for number, each in enumerate(more, 2)
    ]
    titles = ("Yin", *(f"Yin {number}" for number in range(len(others))))
    return InHand.of((first, *others), titles, START)


def test_what_was_just_taken_up_is_idle() -> None:
    found = hand()
    assert found.idle
    assert found.starts_at(ROME) == NOW
    assert found.moved(ROME) == found.sessions


def test_a_slot_is_a_time_of_the_wall_clock() -> None:
    found = hand()._replace(slot=Slot(date(2026, 3, 30), 600))  # the clock has gone forward in between

    assert to_wall(found.starts_at(ROME), ROME).hour == 10
    assert found.moved(ROME)[0].length == HOUR


@given(st.integers(-300, 300), st.integers(0, 23 * 60), st.lists(st.integers(0, 5_000), max_size=4))
def test_a_group_keeps_its_order_and_lengths(days: int, minute: int, more: list[int]) -> None:
    found = hand(*more)._replace(slot=Slot(START.day + timedelta(days=days), minute))

    moved = found.moved(ROME)
    assert [session.length for session in moved] == [session.length for session in found.sessions]
    walls = [to_wall(session.starts_at, ROME).replace(tzinfo=None) for session in (*found.sessions, *moved)]
    apart = {new - old for old, new in zip(walls[: len(moved)], walls[len(moved) :], strict=True)}
    assert len({step for step in apart if abs(step - min(apart)) > HOUR}) == 0
    assert [ghost.key for ghost in found.ghosts(ROME)] == [session.id for session in found.sessions]


def test_a_column_says_the_leader_or_the_room() -> None:
    session = a_session(staff_id=StaffId(1), room="Loft")

    assert place_in(session, None) == Place(StaffId(1), "Loft")
    assert place_in(session, ColumnKey(session.site_id, StaffId(2))) == Place(StaffId(2), "Loft")
    assert place_in(session, ColumnKey(session.site_id, room="")) == Place(StaffId(1), "")


def test_N2_what_becomes_of_the_notice_time_is_told() -> None:
    later = Slot(START.day, 660)

    assert effects(hand(booked=7)._replace(slot=later), "Mon 2 Mar 11:00", ROME) == (
        "Move to Mon 2 Mar 11:00 — 7 clients; automatic notice moves to 11:00."
    )
    by_hand = hand(notice_at=NOW - HOUR / 2)._replace(slot=later)
    assert effects(by_hand, "Mon 2 Mar 11:00", ROME).endswith("no clients; notice by hand stays at 09:30.")


def test_N9_a_notice_that_would_come_too_late_is_warned_of() -> None:
    earlier = hand(notice_at=NOW + HOUR / 2)._replace(slot=Slot(START.day, 300))

    assert "⚠ A notice time set by hand is after the new end" in effects(earlier, "Mon 2 Mar 05:00", ROME)
    assert reaches_somebody(earlier, ROME)


def test_longer_and_of_several_in_words() -> None:
    longer = hand(booked=1)._replace(length=1.5 * HOUR)
    assert effects(longer, "", ROME) == "Yin: 1 h → 1 h 30 — 1 client."
    several = hand(60, 120)._replace(slot=Slot(date(2026, 3, 3), 600))
    assert effects(several, "", ROME) == (
        "Move 3 sessions 1 day later — no clients; 3 automatic notice times move along."
    )


def test_what_nobody_booked_reaches_nobody() -> None:
    assert not reaches_somebody(hand()._replace(length=2 * HOUR), ROME)
    assert reaches_somebody(hand(booked=1), ROME)


def test_a_group_says_that_it_leaves_its_series_behind() -> None:
    several = hand(60, series_id=SeriesId(7))._replace(slot=Slot(date(2026, 3, 3), 600))
    assert "; 1 of them belongs to a series: only these move; " in effects(several, "", ROME)
    one = hand(series_id=SeriesId(7))._replace(slot=Slot(date(2026, 3, 3), 600))
    assert "series" not in effects(one, "", ROME)
