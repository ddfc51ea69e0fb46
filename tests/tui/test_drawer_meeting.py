"""The drawer's session whose link comes with a meeting: how it stands, hosting it, trying again (SPEC L10, L11)."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from syrupy.assertion import SnapshotAssertion

from studio_tui.storage.unit_of_work import Database
from studio_tui.worker.keeper import MeetingKeeper
from tests.doubles.rooms import Fault, House, HouseKind, a_sign_in
from tests.tui.aurora import Aurora
from tests.tui.meditation import drawer_of, in_drawer, meditation, toasts
from tests.tui.settling import in_dialog, on_screen, press


class HousedAurora(Aurora):
    """The studio of the screen tests, signed in at a provider of meetings."""

    def __init__(self, database: Database) -> None:
        self.house = House()
        super().__init__(database, kinds=[HouseKind(self.house)])
        self.signing_in.connect(self.owner, self.rome.id, None, "house", "key", a_sign_in("studio"))

    async def keep(self) -> None:
        """Let a keeper do all that can be done now."""
        self.house.clock = self.clock()
        await MeetingKeeper(self.meeting_keeping).settle()


@pytest.fixture
def aurora(sqlite_database: Database) -> HousedAurora:
    return HousedAurora(sqlite_database)


async def test_a_meeting_that_is_still_to_be_made_is_told_and_its_link_follows_live(aurora: HousedAurora) -> None:
    session = meditation(aurora)

    async with drawer_of(aurora, session) as pilot:
        before = in_drawer(pilot)
        await aurora.keep()
        await press(pilot, "r")
        after = in_drawer(pilot)

    assert "○ The meeting is still to be made" in before
    assert "It is made within moments, while the worker runs." in " ".join(before.split())
    assert "house.example.com/" in after
    assert "/join/1" not in after, "masked"


async def test_a_meeting_that_failed_says_why_and_when_it_is_tried_and_a_key_tries_at_once(
    aurora: HousedAurora,
) -> None:
    session = meditation(aurora)
    aurora.house.faults.append(Fault.REFUSED)
    await aurora.keep()

    async with drawer_of(aurora, session) as pilot:
        before = " ".join(in_drawer(pilot).split())
        await press(pilot, "a")
        told = toasts(pilot)
        await aurora.keep()
        await press(pilot, "r")
        after = in_drawer(pilot)

    assert "! The meeting could not be made" in before
    assert re.search(r"The house does not like the name\. Next try at 09:4\d\.", before)
    assert told == ["The meeting is tried again at once."]
    assert "house.example.com/" in after


async def test_the_host_gets_a_fresh_link_masked_until_a_key_shows_it(aurora: HousedAurora) -> None:
    session = meditation(aurora)
    await aurora.keep()

    async with drawer_of(aurora, session) as pilot:
        await press(pilot, "o")
        masked = in_dialog(pilot)
        await press(pilot, "L")
        shown = in_dialog(pilot)
        await press(pilot, "y", "escape")
        gone = on_screen(pilot)

    assert "house.example.com" in masked
    assert "/host/1" not in masked
    assert "https://house.example.com/host/1" in shown
    assert "/host/1" not in gone


async def test_without_a_meeting_there_is_nothing_to_host_and_the_dialog_says_why(aurora: HousedAurora) -> None:
    async with drawer_of(aurora, meditation(aurora)) as pilot:
        await press(pilot, "o", "L", "y")
        said = in_dialog(pilot)
        await press(pilot, "escape")

    assert "! The session has no meeting yet" in said


async def test_the_meeting_of_a_far_session_says_when_it_will_be_made(aurora: HousedAurora) -> None:
    session = meditation(aurora)
    aurora.scheduling.move(aurora.owner, session.id, session.starts_at + timedelta(days=30), version=None)

    detail = aurora.calendar.detail(session.id)

    assert detail.meeting == "It is made 14 days before the start, on Mon 7 Dec."


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
async def test_the_drawer_of_a_meeting_that_failed_looks_as_approved(
    aurora: HousedAurora, picture: SnapshotAssertion, size: tuple[int, int]
) -> None:
    session = meditation(aurora)
    aurora.house.faults.append(Fault.DOWN)
    await aurora.keep()

    async with drawer_of(aurora, session, size=size) as pilot:
        assert pilot.app.export_screenshot(simplify=True) == picture
