import pytest

from studio_tui.domain.services import Mode
from studio_tui.domain.sessions import SessionStatus
from studio_tui.tui.screens.dialogs import Confirm
from studio_tui.tui.screens.notice_time import NoticeTime
from studio_tui.tui.screens.session_form import SessionForm
from studio_tui.tui.widgets.session_drawer import SessionDrawer
from tests.tui.aurora import Aurora
from tests.tui.meditation import busy, detail_of, drawer, drawer_of, in_drawer, meditation, toasts
from tests.tui.settling import in_dialog, on_screen, press, write


@pytest.mark.parametrize(
    ("typed", "expected"), [("09:30", "09:30"), ("-15m", "09:45"), ("21/11 08:00", "08:00"), ("10:20", "10:20")]
)
async def test_n1_the_notice_time_is_set_by_hand(aurora: Aurora, typed: str, expected: str) -> None:
    session = meditation(aurora)

    async with drawer_of(aurora, session) as pilot:
        await press(pilot, "N", "ctrl+u")
        await write(pilot, typed)
        await press(pilot, "enter")
        told, text = toasts(pilot), in_drawer(pilot)

    assert aurora.read(session).notice_at == aurora.at(5, expected)
    assert told == ["The notice time is set; it was automatic. u undoes it."]
    assert f"By hand: Sat {expected}" in text


async def test_n1_auto_lets_it_follow_the_start_again(aurora: Aurora) -> None:
    session = meditation(aurora)
    aurora.scheduling.set_notice_time(aurora.owner, session.id, aurora.at(5, "09:30"), version=None)

    async with drawer_of(aurora, session) as pilot:
        await press(pilot, "N", "ctrl+u")
        await write(pilot, "auto")
        await press(pilot, "enter")
        text = in_drawer(pilot)

    assert aurora.read(session).notice_at is None
    assert "10:00, automatic (follows the start)" in text


async def test_the_meant_instant_is_told_while_it_is_typed(aurora: Aurora) -> None:
    async with drawer_of(aurora, meditation(aurora)) as pilot:
        await press(pilot, "N", "ctrl+u")
        await write(pilot, "-10m")
        ahead = in_dialog(pilot)
        await press(pilot, "ctrl+u")
        await write(pilot, "08:00")
        past = in_dialog(pilot)

    assert "Sat 09:50, 10 min before the start." in ahead
    assert "That has passed: whoever has not had it gets it" in past


async def test_n9_a_notice_time_after_the_end_is_refused_when_typed(aurora: Aurora) -> None:
    session = meditation(aurora)

    async with drawer_of(aurora, session) as pilot:
        await press(pilot, "N", "ctrl+u")
        await write(pilot, "11:00")
        await press(pilot, "enter")
        text, open_still = in_dialog(pilot), isinstance(pilot.app.screen, NoticeTime)

    assert "! That is after the session's end" in text
    assert open_still
    assert aurora.read(session).notice_at is None


async def test_m3_i_tells_what_becomes_of_the_notices_before_it_switches(aurora: Aurora) -> None:
    session = busy(aurora, sessions_may_change_mode=True)

    async with drawer_of(aurora, session) as pilot:
        await press(pilot, "i")
        question = in_dialog(pilot)
        await press(pilot, "y")

    assert "4 clients booked. Notices that were not yet sent are" in question
    assert "2 notices went out already." in question
    assert aurora.read(session).mode is Mode.IN_PERSON


async def test_m2_where_it_may_not_be_switched_the_drawer_says_why(aurora: Aurora) -> None:
    session = meditation(aurora)

    async with drawer_of(aurora, session) as pilot:
        await press(pilot, "i")
        text = in_drawer(pilot)

    assert "! Meditation is online and its sessions may not change mode" in text


async def test_without_clients_nothing_is_asked_and_i_switches_back(aurora: Aurora) -> None:
    session = aurora.put(5, "10:00", "Reformer Pilates")

    async with drawer_of(aurora, session) as pilot:
        await press(pilot, "i")
        online = aurora.read(session).mode
        await press(pilot, "i")

    assert online is Mode.ONLINE
    assert aurora.read(session).mode is None


@pytest.mark.parametrize(
    ("clock", "expected"), [("09:41", "at the notice time"), ("10:10", "at once"), ("11:30", "over")]
)
async def test_n4_becoming_online_tells_when_the_notice_goes(aurora: Aurora, clock: str, expected: str) -> None:
    session = aurora.put(5, "10:00", "Reformer Pilates")
    aurora.book(session)
    aurora.clock.set(aurora.at(5, clock))

    async with drawer_of(aurora, session) as pilot:
        await press(pilot, "i")
        question = on_screen(pilot)

    assert expected in question


async def test_e_opens_the_calendars_form_of_the_session(aurora: Aurora) -> None:
    async with drawer_of(aurora, meditation(aurora)) as pilot:
        await press(pilot, "e")

        assert isinstance(pilot.app.screen, SessionForm)


async def test_escape_then_d_cancels_the_session_and_d_brings_it_back(aurora: Aurora) -> None:
    session = busy(aurora)

    async with drawer_of(aurora, session) as pilot:
        await press(pilot, "escape", "tab", "d")
        asked = isinstance(pilot.app.screen, Confirm)
        await press(pilot, "y", "n")
        cancelled = aurora.read(session).status
        await press(pilot, "enter")
        assert "Esc, then d, brings it back." in in_drawer(pilot)
        await press(pilot, "escape", "d", "y")

    assert asked
    assert cancelled is SessionStatus.CANCELLED
    assert aurora.read(session).status is SessionStatus.ACTIVE


async def test_m_asks_the_calendar_to_move_the_session(aurora: Aurora) -> None:
    session = meditation(aurora)

    async with drawer_of(aurora, session) as pilot:
        await press(pilot, "m")
        moving = not isinstance(pilot.app.focused, SessionDrawer) and not drawer(pilot).has_class("-open")

    assert moving


async def test_two_keys_in_a_row_do_not_fall_over_each_others_version(aurora: Aurora) -> None:
    session = aurora.put(5, "10:00", "Reformer Pilates")

    async with drawer_of(aurora, session) as pilot:
        await pilot.press("i", "i", "i")
        await press(pilot, "r")
        text = in_drawer(pilot)

    assert "changed this" not in text
    assert detail_of(aurora, session).entry.online
