"""Links that come with a meeting, from the command line: hosting, and trying again what failed."""

import asyncio

import pytest

from studio_tui.storage.unit_of_work import Database
from studio_tui.worker.keeper import MeetingKeeper
from tests.builders import SmallStudio
from tests.cli.conftest import Shell
from tests.doubles.rooms import Fault, House, HouseKind, a_sign_in


@pytest.fixture
def housed() -> House:
    """The provider, which a test looks into."""
    return House()


@pytest.fixture
def small(sqlite_database: Database, housed: House) -> SmallStudio:
    """The small studio, signed in at that provider."""
    studio = SmallStudio(sqlite_database, kinds=[HouseKind(housed)])
    housed.clock = studio.clock()
    studio.signing_in.connect(studio.owner, studio.rome.id, None, "house", "key", a_sign_in("studio"))
    return studio


def test_the_leader_gets_a_fresh_link_to_host_with_and_others_do_not(
    shell: Shell, small: SmallStudio, housed: House
) -> None:
    session = small.session()
    assert shell("links", "host", session.id, "--as", "anna").code == 5
    asyncio.run(MeetingKeeper(small.studio.meeting_keeping).settle())

    assert shell.ok("links", "host", session.id, "--as", "anna").out == "https://house.example.com/host/1\n"
    assert shell("links", "host", session.id, "--as", "marco").code == 4


def test_a_meeting_that_failed_is_told_and_tried_again_at_once(shell: Shell, small: SmallStudio, housed: House) -> None:
    session = small.session()
    housed.faults.append(Fault.REFUSED)
    asyncio.run(MeetingKeeper(small.studio.meeting_keeping).settle())
    assert "does not like the name" in shell.json("links", "show", session.id)["meeting"]

    shell.ok("links", "retry", session.id)
    asyncio.run(MeetingKeeper(small.studio.meeting_keeping).settle())

    shown = shell.json("links", "show", session.id)
    assert (shown["meeting"], shown["source"]) == (None, "site")
    assert "house.example.com" in shown["masked_link"]
    assert shell("links", "retry", session.id).code == 5


def test_a_provider_that_is_away_is_told_from_a_refusal(shell: Shell, small: SmallStudio, housed: House) -> None:
    session = small.session()
    asyncio.run(MeetingKeeper(small.studio.meeting_keeping).settle())
    housed.faults.append(Fault.DOWN)

    assert shell("links", "host", session.id).code == 7
