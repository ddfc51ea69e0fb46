"""Telling the clients, from the drawer, of a change that was made before."""

from __future__ import annotations

import pytest

from studio_tui.domain.announcements import AnnouncementKind
from studio_tui.domain.sessions import Session
from studio_tui.tui.screens.dialogs import Prompt
from studio_tui.tui.screens.tell_clients import TellClients
from tests.tui.aurora import Aurora
from tests.tui.meditation import drawer_of, in_drawer, meditation, toasts
from tests.tui.settling import in_dialog, press, write


def with_alice(aurora: Aurora) -> Session:
    session = meditation(aurora)
    aurora.book(session, aurora.client("Alice Rossi", email_verified=True))
    return session


def told(aurora: Aurora, session: Session) -> list[AnnouncementKind]:
    with aurora.database.reading() as unit:
        return [each.kind for each in unit.announcements.of([session.id]).values()]


async def test_a_move_that_nobody_was_told_of_is_told_later(aurora: Aurora) -> None:
    session = with_alice(aurora)
    async with drawer_of(aurora, session) as pilot:
        await press(pilot, "W", "m")
        await write(pilot, "9:30")
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, TellClients)
        assert "09:30" in in_dialog(pilot)
        await press(pilot, "y")
        assert toasts(pilot)[-1] == "1 client will be told."
        assert "moved" in in_drawer(pilot)
    assert told(aurora, session) == [AnnouncementKind.MOVED]


async def test_telling_again_before_the_first_message_left_says_that_it_replaces_it(aurora: Aurora) -> None:
    session = with_alice(aurora)
    async with drawer_of(aurora, session) as pilot:
        for before, other in (("9:30", "09:15"), ("9:15", "09:30")):
            await press(pilot, "W", "m")
            await write(pilot, before)
            await press(pilot, "enter")
            assert before in in_dialog(pilot)
            assert other not in in_dialog(pilot)
            assert ("replaces the news that still wait" in in_dialog(pilot)) is (before == "9:15")
            await press(pilot, "y")
        await press(pilot, "W", "x")
        assert toasts(pilot)[-1] == "There is nothing to add: the news that wait to be sent say how it is now."
    waiting = [each for each in aurora.deliveries(session) if each.announcement_id and each.state.waiting]
    assert len(waiting) == 1


@pytest.mark.parametrize(
    ("typed", "refusal"), [("soon", "no time"), ("10:00", "That is when it starts now"), ("31/2 10:00", "")]
)
async def test_a_start_that_cannot_be_is_refused_and_kept(aurora: Aurora, typed: str, refusal: str) -> None:
    session = with_alice(aurora)
    async with drawer_of(aurora, session) as pilot:
        await press(pilot, "W", "m")
        await write(pilot, typed)
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, Prompt)
        assert refusal in in_dialog(pilot)
        assert typed in in_dialog(pilot)
        await press(pilot, "escape")
    assert told(aurora, session) == []


async def test_a_cancelled_session_is_told_without_asking_what_happened(aurora: Aurora) -> None:
    session = with_alice(aurora)
    aurora.scheduling.cancel(aurora.owner, session.id, version=None)
    async with drawer_of(aurora, session) as pilot:
        await press(pilot, "W", "y")
        assert toasts(pilot)[-1] == "1 client will be told."
    assert told(aurora, session) == [AnnouncementKind.CANCELLED]


async def test_who_was_told_nothing_needs_no_correction(aurora: Aurora) -> None:
    async with drawer_of(aurora, with_alice(aurora)) as pilot:
        await press(pilot, "W", "x")
        assert toasts(pilot)[-1] == "There is nobody to tell: whoever has a place knows it already."


async def test_with_nobody_booked_there_is_nobody_to_tell(aurora: Aurora) -> None:
    async with drawer_of(aurora, meditation(aurora)) as pilot:
        await press(pilot, "W", "c")
        assert toasts(pilot)[-1] == "Nobody has a place in this session: there is nobody to tell."


async def test_whoever_may_not_tell_is_refused_in_the_drawer(aurora: Aurora) -> None:
    session = with_alice(aurora)
    async with drawer_of(aurora, session, login="anna") as pilot:
        await press(pilot, "W", "c")
        assert "notices of their own only" in in_drawer(pilot)
    assert told(aurora, session) == []
