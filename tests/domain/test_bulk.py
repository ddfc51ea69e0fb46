"""One act on several sessions: what it makes of each, its words, and the one refusal for all that stand in the way."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio_tui.domain.bulk import (
    Cancel,
    Change,
    InTheWay,
    Lead,
    SeveralStale,
    Shift,
    Stretch,
    TakePlaceIn,
    changed,
    parse_shift,
    refusal,
    shifted,
)
from studio_tui.domain.bulk_report import BulkPreview, change_words, consequences, done_words, edit_words, shift_words
from studio_tui.domain.errors import InvalidInput, NotAllowed, NotPossible, StaleVersion, StudioError
from studio_tui.domain.people import StaffId
from studio_tui.domain.sessions import SeriesId, SessionId, SessionStatus
from studio_tui.domain.zones import to_wall, zone
from tests.records import NOW, a_session

ROME = zone("Europe/Rome")


@pytest.mark.parametrize(
    ("text", "shift"),
    [
        ("+30m", Shift(0, 30)),
        ("+30", Shift(0, 30)),
        (" +30 min ", Shift(0, 30)),
        ("-1h", Shift(0, -60)),
        ("+1h30", Shift(0, 90)),
        ("+1d", Shift(1, 0)),
        ("-2w", Shift(-14, 0)),
        ("+1d2h", Shift(1, 120)),
        ("+1w 1d 30m", Shift(8, 30)),
    ],
)
def test_how_far_is_typed_with_a_sign_and_units(text: str, shift: Shift) -> None:
    assert parse_shift(text) == shift


@pytest.mark.parametrize("text", ["", "+", "30m", "+0", "-0d", "tomorrow", "+9999d", "+1x", "+1d1d", "+٣d", "++1d"])
def test_what_is_no_way_to_go_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="no way to go"):
        parse_shift(text)


@given(st.text(max_size=20))
def test_no_text_breaks_it(text: str) -> None:
    try:
        shift = parse_shift(text)
    except InvalidInput:
        return
    assert shift.days or shift.minutes


def test_a_day_later_is_the_same_time_of_day_across_a_clock_change() -> None:
    saturday = datetime(2026, 10, 24, 8, 0, tzinfo=UTC)  # 10:00 in Rome, the night before the clock goes back

    assert to_wall(shifted(saturday, Shift(days=1), ROME), ROME).hour == 10
    assert shifted(saturday, Shift(days=1), ROME) - saturday == timedelta(hours=25)


def test_a_shift_off_the_calendar_is_refused() -> None:
    with pytest.raises(StudioError):
        shifted(datetime(9998, 12, 30, tzinfo=UTC), Shift(days=3_000), ROME)


@given(st.integers(-3000, 3000), st.integers(-2000, 2000))
def test_a_shift_keeps_the_length_of_a_session(days: int, minutes: int) -> None:
    session = a_session()
    moved = changed(session, Shift(days, minutes), ROME)
    assert moved.length == session.length


def test_each_change_makes_of_a_session_what_it_says() -> None:
    session = a_session(room="Loft")

    assert changed(session, Stretch(15), ROME).ends_at == session.ends_at + timedelta(minutes=15)
    assert changed(session, Cancel(), ROME).status is SessionStatus.CANCELLED
    assert changed(session, Lead(StaffId(7)), ROME).staff_id == 7
    assert changed(session, TakePlaceIn(" Sala\x1b 1 "), ROME).room == "Sala 1"


@pytest.mark.parametrize("change", [Shift(1), Stretch(-60), Stretch(24 * 60), TakePlaceIn("x" * 101)])
def test_what_cannot_be_is_refused(change: Change) -> None:
    session = a_session() if not isinstance(change, Shift) else changed(a_session(), Cancel(), ROME)
    with pytest.raises(StudioError):
        changed(session, change, ROME)


def test_a_cancelled_session_is_not_cancelled_again() -> None:
    with pytest.raises(NotPossible, match="cancelled already"):
        changed(changed(a_session(), Cancel(), ROME), Cancel(), ROME)


def standing(error: StudioError, number: int = 1) -> InTheWay:
    return InTheWay(session_id=SessionId(number), title=f"Yin {number}", starts_at=NOW, error=error)


def test_one_refusal_names_every_session_in_the_way_and_why() -> None:
    error = refusal([standing(NotPossible("It is cancelled."), 1), standing(NotPossible("It is over."), 2)], 5, ROME)

    assert type(error) is NotPossible
    assert str(error) == (
        "Nothing was changed: 2 of 5 sessions cannot be. "
        "Yin 1, Mon 2 Mar 10:00: It is cancelled. Yin 2, Mon 2 Mar 10:00: It is over."
    )


def test_a_long_list_of_refusals_is_cut_and_counted() -> None:
    error = refusal([standing(NotPossible("It is over."), number) for number in range(9)], 9, ROME)
    assert str(error).endswith("And 4 more.")


def test_what_a_role_forbids_comes_first_then_what_is_stale() -> None:
    stale = StaleVersion("It", changed_by="Paola", changed_at=NOW)
    over, not_allowed = NotPossible("It is over."), NotAllowed("Ask the front desk.")

    assert type(refusal([standing(over), standing(stale), standing(not_allowed)], 3, ROME)) is NotAllowed
    found = refusal([standing(over), standing(stale)], 3, ROME)
    assert isinstance(found, SeveralStale)
    assert (found.changed_by, found.changed_at) == ("Paola", NOW)
    assert refusal([standing(over)], 1, ROME) is over


@pytest.mark.parametrize(
    ("shift", "words"),
    [
        (Shift(1), "1 day later"),
        (Shift(-14), "2 weeks earlier"),
        (Shift(8, 90), "1 week, 1 day, 1 h and 30 min later"),
        (Shift(0, -30), "30 min earlier"),
        (Shift(-1, 30), "1 day earlier, 30 min later"),
        (Shift(7, -90), "1 week later, 1 h and 30 min earlier"),
    ],
)
def test_a_shift_in_words(shift: Shift, words: str) -> None:
    assert shift_words(shift) == words


@pytest.mark.parametrize(
    ("change", "asked", "done"),
    [
        (Shift(1), "Move 2 sessions 1 day later", "2 sessions were moved 1 day later."),
        (Stretch(-15), "Make 2 sessions 15 min shorter", "2 sessions are 15 min shorter."),
        (Cancel(), "Cancel 2 sessions", "2 sessions were cancelled."),
        (Lead(StaffId(1)), "Let Sara lead 2 sessions", "Sara leads 2 sessions now."),
        (Lead(None), "Let nobody lead 2 sessions", "Nobody leads 2 sessions now."),
        (TakePlaceIn("Loft"), "Put 2 sessions into Loft", "2 sessions are in Loft now."),
        (TakePlaceIn(""), "Take 2 sessions out of the room", "2 sessions were taken out of the room."),
    ],
)
def test_a_change_in_words(change: Change, asked: str, done: str) -> None:
    names = {StaffId(1): "Sara"}
    assert (change_words(change, names, 2), done_words(change, names, 2)) == (asked, done)
    assert str(edit_words(change, names, 2, 0)).partition(" ")[2] == asked.partition(" ")[2]
    assert str(edit_words(change, names, 2, 1)).endswith(", 1 booking")
    assert done_words(change, names, 1, "Yin").replace("were", "was").replace(" are ", " is ") == done.replace(
        "2 sessions", "Yin"
    ).replace("were", "was").replace(" are ", " is ")


@pytest.mark.parametrize(
    ("of_series", "words"),
    [
        ([False, False], ""),
        ([True], "It belongs to a series: "),
        ([True, True], "All of them belong to series: "),
        ([True, False, True], "2 of them belong to series: "),
        ([True, False], "1 of them belongs to a series: "),
    ],
)
def test_a_preview_says_that_the_rest_of_a_series_stays(of_series: list[bool], words: str) -> None:
    before = tuple(
        a_session(id=SessionId(number), series_id=SeriesId(7) if each else None)
        for number, each in enumerate(of_series, 1)
    )

    def told(change: Change) -> list[str]:
        preview = BulkPreview(change=change, before=before, after=before, clashes={})
        return [line for line in consequences(preview) if "series" in line]

    moved = f"{words}only what is marked changes, as edited by hand; the rest of the series stays."
    assert told(Shift(1)) == ([moved] if words else [])
    cancelled = f"{words}only what is marked is cancelled, the rest of the series goes on."
    assert told(Cancel()) == ([cancelled] if words else [])
