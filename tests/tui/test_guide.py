"""The first-run guide: from nothing at all to the calendar, also when it is interrupted."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from studio_tui.domain.people import Role
from studio_tui.storage.unit_of_work import Database
from studio_tui.tui import preferences
from studio_tui.tui.app import StudioApp
from studio_tui.tui.desk import TuiOptions
from studio_tui.tui.first_run import FirstRun
from studio_tui.tui.screens.calendar import CalendarScreen
from studio_tui.tui.screens.form import Form
from studio_tui.tui.screens.guide import GuideScreen
from studio_tui.tui.screens.import_form import completed
from studio_tui.usecases.studio import Studio
from tests.builders import FixedClock, make_studio
from tests.tui.aurora import SATURDAY, Aurora
from tests.tui.cursor import messages
from tests.tui.settling import in_dialog, on_screen, press, settled, write

CALENDAR = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//studio//test//EN
BEGIN:VEVENT
UID:a@studio.example
DTSTAMP:20261101T000000Z
DTSTART;TZID=Europe/Rome:20261124T180000
DTEND;TZID=Europe/Rome:20261124T190000
SUMMARY:Yoga
RRULE:FREQ=WEEKLY;COUNT=3
END:VEVENT
END:VCALENDAR
"""


@pytest.fixture
def nothing(sqlite_database: Database) -> Studio:
    """A studio that nobody has set up."""
    return make_studio(sqlite_database, FixedClock(SATURDAY))


@asynccontextmanager
async def started(studio: Studio, login: str = "rosa", **options: Any) -> AsyncIterator[Pilot[None]]:
    """The program, opened by somebody."""
    app = StudioApp(lambda: studio, options=TuiOptions(login=login, **options), clock=lambda: SATURDAY)
    async with app.run_test(size=(100, 36), notifications=True) as pilot:
        await settled(pilot)
        yield pilot


async def make_the_site(pilot: Pilot[None]) -> None:
    await write(pilot, "Studio Bello")
    await press(pilot, "tab")
    await write(pilot, "rome")
    await press(pilot, "tab", "right", "ctrl+s")


async def found(pilot: Pilot[None]) -> None:
    await make_the_site(pilot)
    await write(pilot, "Rosa Conti")
    await press(pilot, "ctrl+s")


def screen_of(pilot: Pilot[None]) -> type[object]:
    return type(pilot.app.screen)


def lines(pilot: Pilot[None]) -> list[str]:
    return [" ".join(line.split()) for line in on_screen(pilot).splitlines()]


async def test_from_nothing_to_the_calendar(nothing: Studio, tmp_path: Path) -> None:
    file = tmp_path / "rosa.json"
    async with started(nothing, preferences=file) as pilot:
        assert "New site" in in_dialog(pilot)
        await found(pilot)
        assert "✓ Your studio Studio Bello · Europe/Rome" in lines(pilot)
        assert "✓ You 1 person on the team" in lines(pilot)
        assert preferences.read(file) == {"guide": "open"}

        await press(pilot, "enter")
        await write(pilot, "Yoga")
        await press(pilot, "ctrl+s", "enter")
        await write(pilot, "Sala 1")
        await press(pilot, "ctrl+s", "enter")
        await write(pilot, "7-22")
        await press(pilot, "ctrl+s")
        for line in ("✓ What clients book Yoga", "✓ Rooms Sala 1", "✓ Opening hours set"):
            assert line in lines(pilot)
        await press(pilot, "end", "enter")
        assert screen_of(pilot) is CalendarScreen
        assert "Studio Bello" in on_screen(pilot)
        assert "Rosa Conti · owner" in on_screen(pilot)
        assert preferences.read(file) == {}

    site = nothing.catalogue.site("studio-bello")
    owner = nothing.catalogue.actor("rosa")
    assert (site.zone, site.language) == ("Europe/Rome", "it")
    assert (owner.name, owner.role, owner.site_ids) == ("Rosa Conti", Role.OWNER, (site.id,))
    assert [service.name for service in nothing.catalogue.services(site.id)] == ["Yoga"]


async def test_what_the_computer_knows_is_guessed_and_can_be_typed_over(nothing: Studio) -> None:
    guesses = FirstRun(full_name="Rosa C.", zone="Europe/Madrid", language="it")
    async with started(nothing, first_run=lambda: guesses) as pilot:
        await write(pilot, "Bello")
        assert "Europe/Madrid, where it is 09:41 (CET)" in in_dialog(pilot)
        await press(pilot, "ctrl+s")
        assert "Rosa C." in in_dialog(pilot)
        await write(pilot, "Rosa Conti")
        await press(pilot, "ctrl+s")

    assert nothing.catalogue.site("bello").zone == "Europe/Madrid"
    assert nothing.catalogue.actor("rosa").name == "Rosa Conti"


async def test_wrong_input_is_told_in_place_and_kept(nothing: Studio) -> None:
    async with started(nothing) as pilot:
        await press(pilot, "tab")
        await write(pilot, "mars")
        await press(pilot, "ctrl+s")
        assert "! A site needs a name." in in_dialog(pilot)
        assert "There is no time zone called 'mars'" in in_dialog(pilot)
        assert nothing.founding.standing().sites == ()


async def test_esc_asks_before_it_throws_typed_text_away_and_before_it_leaves(nothing: Studio) -> None:
    async with started(nothing) as pilot:
        await write(pilot, "Stu")
        await press(pilot, "escape")
        assert "Throw away what you typed?" in in_dialog(pilot)
        await press(pilot, "n")
        assert issubclass(screen_of(pilot), Form)
        await press(pilot, "escape", "y")
        assert screen_of(pilot) is GuideScreen
        await press(pilot, "end", "enter")
        assert "! First the two steps that are needed" in on_screen(pilot)
        await press(pilot, "escape")
        assert "The next start goes on from here." in in_dialog(pilot)
        await press(pilot, "y")
        assert "There is no studio yet: r takes the first steps" in " ".join(lines(pilot))
        await press(pilot, "r")
        assert "New site" in in_dialog(pilot)


async def test_a_restart_in_the_middle_goes_on_from_what_exists(nothing: Studio, tmp_path: Path) -> None:
    file = tmp_path / "rosa.json"
    async with started(nothing, preferences=file) as pilot:
        await make_the_site(pilot)
        assert "You, the owner" in in_dialog(pilot)
    async with started(nothing, preferences=file) as pilot:
        assert "You, the owner" in in_dialog(pilot)
        assert "✓ Your studio" in on_screen(pilot)
        await write(pilot, "Rosa Conti")
        await press(pilot, "ctrl+s")
    async with started(nothing, preferences=file) as pilot:
        assert screen_of(pilot) is GuideScreen
        await press(pilot, "escape")
        assert "The calendar opens; F8 brings the guide back." in in_dialog(pilot)
        await press(pilot, "y")
        assert screen_of(pilot) is CalendarScreen
    async with started(nothing, preferences=file) as pilot:
        assert screen_of(pilot) is CalendarScreen
        await press(pilot, "f8")
        assert screen_of(pilot) is GuideScreen


async def test_a_calendar_is_brought_in_after_its_count_is_told(nothing: Studio, tmp_path: Path) -> None:
    (tmp_path / "yoga.ics").write_text(CALENDAR)
    async with started(nothing) as pilot:
        await found(pilot)
        await press(pilot, "enter")
        await write(pilot, "Yoga")
        await press(pilot, "ctrl+s", "n", "n", "enter")
        await write(pilot, f"{tmp_path}/no.ics")
        assert "There is no such file." in in_dialog(pilot)
        form = pilot.app.screen
        assert isinstance(form, Form)
        form.row("file").value = f"{tmp_path}/yoga.ics"
        await pilot.pause(0.3)
        await settled(pilot)
        assert "a calendar, 1 kB" in in_dialog(pilot)
        assert "It would bring in: 3 new." in in_dialog(pilot)
        await press(pilot, "ctrl+s")
        assert "Brought in: 3 new." in messages(pilot)
        assert "✓ Bring in what you have yoga.ics" in lines(pilot)


async def test_a_list_of_clients_is_brought_in_and_a_file_that_is_none_is_refused(
    nothing: Studio, tmp_path: Path
) -> None:
    (tmp_path / "clients.csv").write_text("name,email\nUgo,ugo@clients.example\n")
    (tmp_path / "yoga.ics").write_text("no calendar")
    async with started(nothing) as pilot:
        await found(pilot)
        await press(pilot, "n", "n", "n", "enter")
        form = pilot.app.screen
        assert isinstance(form, Form)
        form.row("file").value = f"{tmp_path}/yoga.ics"
        await press(pilot, "ctrl+s")
        assert "make the service first" in in_dialog(pilot)
        form.row("file").value = f"{tmp_path}/clients.csv"
        await press(pilot, "ctrl+s")
        assert "✓ Bring in what you have 1 client · clients.csv" in lines(pilot)


async def test_the_mail_step_says_what_to_write_into_which_file(nothing: Studio, tmp_path: Path) -> None:
    first_run = FirstRun(settings_file=tmp_path / "config.toml", maildir=tmp_path / "maildir")
    async with started(nothing, first_run=lambda: first_run) as pilot:
        await found(pilot)
        await press(pilot, "end", "up", "enter")
        text = in_dialog(pilot)
    assert "config.toml" in text.replace(" ", "")
    assert 'host = "mail.studio.example"' in text


async def test_a_stranger_to_a_studio_that_has_people_is_refused_as_ever(aurora: Aurora) -> None:
    async with aurora.app(login="stranger").run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        assert "Nobody on the staff has the login stranger" in " ".join(lines(pilot))


def test_a_path_is_completed_by_folders_calendars_and_lists(tmp_path: Path) -> None:
    for name in ("alpha.txt.gz", "alps.ics", "beta.CSV"):
        (tmp_path / name).touch()
    (tmp_path / "gamma").mkdir()

    found = {typed: completed(f"{tmp_path}/{typed}") for typed in ("al", "b", "g", "x", "")}

    expected = {"al": f"{tmp_path}/alps.ics", "b": f"{tmp_path}/beta.CSV", "g": f"{tmp_path}/gamma/"}
    assert found == {**expected, "x": None, "": None}
    assert completed("/no/such/folder/x") is None
