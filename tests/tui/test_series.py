"""Series on the screens: making one, the scope of an edit or a cancellation, its rule, and a session's duplicate."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from syrupy.assertion import SnapshotAssertion
from textual.pilot import Pilot

from studio_tui.domain.recurrence import Rule, weekly
from studio_tui.domain.rule_text import rule_text
from studio_tui.domain.series import Scope
from studio_tui.domain.sessions import Origin, Session, SessionStatus
from studio_tui.tui.screens.calendar import CalendarScreen
from studio_tui.tui.screens.form import Form
from studio_tui.tui.screens.scope_dialog import ScopeDialog
from studio_tui.tui.screens.series_form import SeriesForm
from studio_tui.tui.screens.session_form import SessionForm
from studio_tui.usecases.scheduling import SessionDraft
from studio_tui.usecases.session_drafts import edit_of, moved_edit
from tests.tui.aurora import Aurora
from tests.tui.cursor import chosen, grid, messages, opened
from tests.tui.settling import in_dialog, on_screen, press, settled, write

SATURDAYS = [date(2026, 11, 21) + timedelta(weeks=week) for week in range(6)]
SIZES = [(120, 40), (80, 24)]


def make(aurora: Aurora, rule: Rule | None = None) -> list[Session]:
    """Meditation on six Saturdays at 14:00, led by `teacher`, with a booking in the third."""
    draft = SessionDraft(
        site_id=aurora.rome.id,
        service_id=aurora.named("Meditation").id,
        starts_at=aurora.at(5, "14:00"),
        staff_id=aurora.teacher.id,
    )
    made = aurora.series.create(aurora.desk, draft, rule or weekly({5}, count=6)).series
    assert made is not None
    found = list(aurora.series.get(made.id).sessions)
    aurora.book(found[2], aurora.client("Alice Rossi"))
    return found


def stored(aurora: Aurora) -> list[Session]:
    """The sessions of all series."""
    return [each for line in aurora.series.of_site(aurora.rome.id) for each in line.sessions]


async def go_to(pilot: Pilot[None], session: Session) -> None:
    screen = pilot.app.screen_stack[0]
    assert isinstance(screen, CalendarScreen)
    await screen.read_again(session.id)
    await settled(pilot)


async def fill(pilot: Pilot[None], **values: object) -> None:
    form = pilot.app.screen
    assert isinstance(form, Form)
    for key, value in values.items():
        form.row(key).value = value
        await settled(pilot)


# Making a series


async def test_a_new_session_repeats_from_the_keyboard_and_says_beforehand_which_sessions_that_makes(
    aurora: Aurora,
) -> None:
    aurora.named("Meditation")
    async with opened(aurora) as pilot:
        await press(pilot, "n", "tab", "tab", "tab", "tab", "right", "right", "tab")
        await write(pilot, "mon wed")
        await press(pilot, "tab")
        await write(pilot, "6 times")
        assert "Every Monday and Wednesday 09:30 until 9 Dec 2026 (6 sessions)." in in_dialog(pilot)
        await press(pilot, "ctrl+s")
        made = stored(aurora)
        assert [f"{each.series_on:%a %d}" for each in made] == [
            "Mon 23", "Wed 25", "Mon 30", "Wed 02", "Mon 07", "Wed 09",
        ]  # fmt: skip
        assert {each.origin for each in made} == {Origin.SCHEDULED}
        assert chosen(pilot) == made[0].title or grid(pilot).chosen is not None


async def test_what_does_not_repeat_shows_no_rows_of_a_rule(aurora: Aurora) -> None:
    aurora.named("Meditation")
    async with opened(aurora) as pilot:
        await press(pilot, "n")
        form = pilot.app.screen
        assert isinstance(form, SessionForm)
        assert [form.row(key).display for key in ("days", "rule", "ends", "except", "scheduled")] == [
            False, False, False, False, True,
        ]  # fmt: skip
        from studio_tui.domain.repeat_text import Repeat

        await fill(pilot, repeats=Repeat.RULE)
        assert [form.row(key).display for key in ("days", "rule", "ends", "except", "scheduled")] == [
            False, True, True, True, False,
        ]  # fmt: skip


@pytest.mark.parametrize(
    ("key", "typed", "sentence"),
    [
        ("days", "mon xx", "“xx” is no day of the week"),
        ("ends", "some day", "A series ends: type"),
        ("ends", "5000", "A series has from 1 to 1,000 sessions"),
        ("ends", "2020-01-01", "The series has no date"),
        ("except", "31/02", "Type dates with commas between them"),
    ],
)
async def test_a_rule_without_sense_is_refused_and_nothing_typed_is_lost(
    aurora: Aurora, key: str, typed: str, sentence: str
) -> None:
    from studio_tui.domain.repeat_text import Repeat

    aurora.named("Meditation")
    async with opened(aurora) as pilot:
        await press(pilot, "n")
        await fill(pilot, repeats=Repeat.WEEKLY, **{key: typed})
        await press(pilot, "ctrl+s")
        assert isinstance(pilot.app.screen, SessionForm)
        assert sentence in in_dialog(pilot)
        assert pilot.app.screen.row(key).value == typed
        assert stored(aurora) == []
        assert in_dialog(pilot).count("The series has no date") <= 1, "it is not said twice"


async def test_a_new_run_of_a_course_repeats(aurora: Aurora) -> None:
    from studio_tui.domain.repeat_text import Repeat

    async with opened(aurora) as pilot:
        await press(pilot, "n")
        await fill(pilot, service=aurora.posture, title="Winter run", repeats=Repeat.WEEKLY, ends="4 times")
        await press(pilot, "ctrl+s")
        made = stored(aurora)
        (course_id,) = {each.course_id for each in made}
        assert len(made) == 4
        assert [each.name for each in aurora.catalogue.courses(aurora.rome.id) if each.id == course_id] == [
            "Winter run"
        ]


# The scope of an edit


async def test_editing_asks_how_far_it_reaches_and_this_session_comes_first(aurora: Aurora) -> None:
    found = make(aurora)
    async with opened(aurora) as pilot:
        await go_to(pilot, found[1])
        await press(pilot, "e")
        assert "every Sat 14:00, 2 of 6" in in_dialog(pilot)
        await fill(pilot, title="Quiet hour")
        await press(pilot, "ctrl+s")
        assert isinstance(pilot.app.screen, ScopeDialog)
        assert "1 session changes." in in_dialog(pilot)
        await press(pilot, "enter")
        assert [each.title for each in stored(aurora)] == [None, "Quiet hour", None, None, None, None]
        assert "Changed title of Meditation, Sat 28 Nov 14:00. u undoes it." in messages(pilot)
        assert stored(aurora)[1].series_edited


async def test_all_tells_what_stays_by_hand_and_who_is_booked(aurora: Aurora) -> None:
    found = make(aurora)
    aurora.scheduling.move(aurora.desk, found[4].id, found[4].starts_at + timedelta(hours=1), version=None)
    async with opened(aurora) as pilot:
        await go_to(pilot, found[1])
        await press(pilot, "e")
        await fill(pilot, time="15:00")
        await press(pilot, "ctrl+s", "a")
        told = in_dialog(pilot)
        assert "5 sessions change, 1 edited by hand stays." in told
        assert "1 client has a place." in told
        assert "Then: every Saturday 15:00 until 26 Dec 2026 (6 sessions)." in told
        await press(pilot, "enter", "escape")
        assert "Moved 5 sessions of Meditation, 1 booking. u undoes it." in messages(pilot)
        assert [f"{aurora_wall(each):%H:%M}" for each in stored(aurora)] == ["15:00"] * 6
        assert [each.series_edited for each in stored(aurora)] == [False] * 4 + [True, False]


def aurora_wall(session: Session) -> time:
    from studio_tui.domain.zones import to_wall, zone

    return to_wall(session.starts_at, zone("Europe/Rome")).time()


async def test_closing_the_question_saves_nothing_and_keeps_the_form(aurora: Aurora) -> None:
    found = make(aurora)
    async with opened(aurora) as pilot:
        await go_to(pilot, found[1])
        await press(pilot, "e")
        await fill(pilot, title="Quiet hour")
        await press(pilot, "ctrl+s", "escape")
        form = pilot.app.screen
        assert isinstance(form, SessionForm)
        assert "Nothing was saved" in in_dialog(pilot)
        assert form.row("title").value == "Quiet hour"
        assert {each.title for each in stored(aurora)} == {None}


async def test_saving_without_a_change_asks_nothing(aurora: Aurora) -> None:
    found = make(aurora)
    async with opened(aurora) as pilot:
        await go_to(pilot, found[1])
        await press(pilot, "e", "ctrl+s")
        assert len(pilot.app.screen_stack) == 1
        assert "u undoes it" not in messages(pilot)


async def test_a_scope_that_would_be_refused_says_why_and_cannot_be_taken(aurora: Aurora) -> None:
    found = make(aurora)
    for _ in range(4):
        aurora.book(found[2])
    async with opened(aurora) as pilot:
        await go_to(pilot, found[1])
        await press(pilot, "e")
        await fill(pilot, capacity="3")
        await press(pilot, "ctrl+s", "a")
        assert "! 5 clients are booked on 05 Dec 2026: capacity cannot be 3." in in_dialog(pilot)
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, ScopeDialog)
        await press(pilot, "t", "enter")
        assert [each.capacity for each in stored(aurora)][:2] == [10, 3]


async def test_moving_in_the_grid_asks_too_and_a_closed_question_leaves_it_in_the_hand(aurora: Aurora) -> None:
    found = make(aurora)
    async with opened(aurora) as pilot:
        await go_to(pilot, found[1])
        await press(pilot, "m")
        await write(pilot, "1530")
        await press(pilot, "enter")
        assert "Move Meditation" in in_dialog(pilot)
        await press(pilot, "escape")
        assert [f"{aurora_wall(each):%H:%M}" for each in stored(aurora)] == ["14:00"] * 6
        await press(pilot, "enter", "f", "enter")
        if len(pilot.app.screen_stack) > 1:
            await press(pilot, "n")
        assert [f"{aurora_wall(each):%H:%M}" for each in stored(aurora)] == ["14:00"] + ["15:30"] * 5
        assert len(aurora.series.of_site(aurora.rome.id)) == 2
        assert "Moved 5 sessions of Meditation, 1 booking. u undoes it." in messages(pilot)


async def test_a_longer_session_is_not_said_to_be_moved(aurora: Aurora) -> None:
    found = make(aurora)
    async with opened(aurora) as pilot:
        await go_to(pilot, found[1])
        await press(pilot, "+", "enter")
        assert "Meditation: 1 h 15 long" in in_dialog(pilot)
        await press(pilot, "a", "enter")
        assert "u undoes it." in messages(pilot)
        assert {each.ends_at - each.starts_at for each in stored(aurora)} == {timedelta(minutes=75)}


# Cancelling


async def test_cancelling_this_and_following_tells_what_goes_and_can_be_undone(aurora: Aurora) -> None:
    found = make(aurora)
    async with opened(aurora) as pilot:
        await go_to(pilot, found[1])
        await press(pilot, "d", "f")
        told = in_dialog(pilot)
        assert "Cancel Meditation, Sat 28 Nov 14:00" in told
        assert "5 sessions are cancelled. 1 client has a place." in told
        assert "Nobody ever booked 4 of them: they go from the calendar, the others stay there." in told
        await press(pilot, "enter")
        if len(pilot.app.screen_stack) > 1:
            await press(pilot, "n")
        assert [each.status for each in stored(aurora)] == [SessionStatus.ACTIVE, SessionStatus.CANCELLED]
        await press(pilot, "u")
        assert [each.id for each in stored(aurora)] == [each.id for each in found]


async def test_cancelling_this_one_keeps_the_others_and_d_brings_it_back(aurora: Aurora) -> None:
    found = make(aurora)
    async with opened(aurora) as pilot:
        await go_to(pilot, found[1])
        await press(pilot, "d", "enter")
        assert [each.status for each in stored(aurora)].count(SessionStatus.CANCELLED) == 1
        await go_to(pilot, found[1])
        await press(pilot, "d", "y")
        assert {each.status for each in stored(aurora)} == {SessionStatus.ACTIVE}
        assert not any(each.series_edited for each in stored(aurora))


async def test_privacy_hides_clients_in_what_an_edit_does(aurora: Aurora) -> None:
    found = make(aurora)
    alice = aurora.booking.find_clients(aurora.desk, "alice")[0]
    aurora.book(aurora.put(5, "15:00", "Yin", week=2), alice)
    async with opened(aurora, privacy=True) as pilot:
        await go_to(pilot, found[1])
        await press(pilot, "e")
        await fill(pilot, time="14:30")
        await press(pilot, "ctrl+s", "a")
        assert "also booked into Yin" in in_dialog(pilot)
        assert "Alice" not in on_screen(pilot)


# The rule, the drawer, the duplicate


async def test_capital_y_changes_the_rule_and_says_what_that_does(aurora: Aurora) -> None:
    found = make(aurora)
    async with opened(aurora) as pilot:
        await go_to(pilot, found[0])
        await press(pilot, "Y")
        assert isinstance(pilot.app.screen, SeriesForm)
        assert "Every Saturday 14:00 until 26 Dec 2026 (6 sessions)." in in_dialog(pilot)
        await fill(pilot, ends="2 times")
        assert "4 sessions are cancelled. 1 client has a place." in in_dialog(pilot)
        await press(pilot, "ctrl+s")
        if len(pilot.app.screen_stack) > 1:
            await press(pilot, "n")
        (line,) = aurora.series.of_site(aurora.rome.id)
        assert rule_text(line.series.rule) == "FREQ=WEEKLY;BYDAY=SA;COUNT=2"
        assert [each.status for each in line.sessions] == [SessionStatus.ACTIVE] * 2 + [SessionStatus.CANCELLED]


async def test_a_session_of_no_series_has_no_rule_to_change(aurora: Aurora) -> None:
    aurora.put(5, "14:00")
    async with opened(aurora) as pilot:
        await press(pilot, "tab", "Y")
        assert "belongs to no series" in on_screen(pilot)


async def test_the_drawer_says_which_one_of_its_series_a_session_is(aurora: Aurora) -> None:
    found = make(aurora)
    aurora.scheduling.move(aurora.desk, found[1].id, found[1].starts_at + timedelta(hours=1), version=None)
    async with opened(aurora) as pilot:
        await go_to(pilot, found[1])
        await press(pilot, "enter")
        shown = on_screen(pilot)
        assert "every Sat 14:00, 2 of 6 ·" in shown
        assert "edited by hand" in shown


async def test_capital_d_duplicates_a_session_to_next_week_as_an_occasional_one(aurora: Aurora) -> None:
    session = aurora.put(5, "14:00", room="Studio 2")
    async with opened(aurora) as pilot:
        await go_to(pilot, session)
        await press(pilot, "D")
        copy = grid(pilot).chosen
        assert copy is not None
        assert (copy.starts_at, copy.room, copy.occasional) == (aurora.at(5, "14:00", week=1), "Studio 2", True)
        assert "Sat 28 Nov 14:00 too, an occasional session. u undoes it." in messages(pilot)


async def test_where_the_series_has_a_session_already_a_duplicate_is_refused(aurora: Aurora) -> None:
    found = make(aurora)
    async with opened(aurora) as pilot:
        await go_to(pilot, found[0])
        await press(pilot, "D")
        assert "The series has a session on 28 Nov 2026 already." in messages(pilot)
        assert len(stored(aurora)) == 6


# Pictures


async def new_series(pilot: Pilot[None], aurora: Aurora) -> None:
    from studio_tui.domain.repeat_text import Repeat

    aurora.put(5, "14:30", week=2, room="Studio 2")
    await press(pilot, "n")
    await fill(pilot, repeats=Repeat.WEEKLY, time="14:00", days="tue sat", ends="18/12", room="Studio 2")


async def scope_of_an_edit(pilot: Pilot[None], aurora: Aurora) -> None:
    found = make(aurora)
    aurora.scheduling.set_notice_time(aurora.desk, found[3].id, found[3].starts_at, version=None)
    aurora.series.edit(aurora.desk, found[4].id, replace(edit_of(found[4]), room="Loft"), Scope.THIS, version=None)
    aurora.put(5, "15:00", "Yin", week=2)
    await go_to(pilot, found[1])
    await press(pilot, "e")
    await fill(pilot, time="14:30")
    await press(pilot, "ctrl+s", "a")


async def scope_of_a_cancellation(pilot: Pilot[None], aurora: Aurora) -> None:
    found = make(aurora)
    await go_to(pilot, found[1])
    await press(pilot, "d", "f")


async def rule_of_a_series(pilot: Pilot[None], aurora: Aurora) -> None:
    found = make(aurora)
    await go_to(pilot, found[1])
    await press(pilot, "Y")
    await fill(pilot, days="tue sat", ends="10 times")


@pytest.mark.parametrize("size", SIZES, ids=["120x40", "80x24"])
@pytest.mark.parametrize(
    "scene", [new_series, scope_of_an_edit, scope_of_a_cancellation, rule_of_a_series], ids=lambda scene: scene.__name__
)
async def test_dialogs_of_series_look_as_approved(
    aurora: Aurora, picture: SnapshotAssertion, scene: object, size: tuple[int, int]
) -> None:
    async with opened(aurora, size=size) as pilot:
        await scene(pilot, aurora)  # type: ignore[operator]
        assert pilot.app.export_screenshot(simplify=True) == picture


def test_a_moved_edit_only_moves(aurora: Aurora) -> None:
    session = make(aurora)[0]
    edit = moved_edit(session, session.starts_at + timedelta(hours=1))
    assert edit == replace(
        edit_of(session),
        starts_at=session.starts_at + timedelta(hours=1),
        ends_at=session.ends_at + timedelta(hours=1),
    )
