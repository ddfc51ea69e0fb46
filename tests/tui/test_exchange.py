"""Bringing in and exporting by keys: told line by line before it is done, stopped by Esc, never over another file."""

from __future__ import annotations

import stat
import threading
from pathlib import Path
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion
from textual.pilot import Pilot

from studio_tui.tui.screens.export_form import ExportForm
from studio_tui.tui.screens.form import Form
from studio_tui.tui.screens.import_form import ImportForm
from studio_tui.tui.screens.import_review import ImportReview
from studio_tui.tui.widgets.fields import Field
from tests.tui.aurora import Aurora
from tests.tui.cursor import messages, opened
from tests.tui.settling import in_dialog, on_screen, press, settled, write

SIZES = [(120, 40), (80, 24)]
CALENDAR = """BEGIN:VCALENDAR
VERSION:2.0
BEGIN:VEVENT
UID:one@elsewhere
DTSTART;TZID=Europe/Rome:20261124T180000
DTEND;TZID=Europe/Rome:20261124T190000
SUMMARY:Evening [/x] class
END:VEVENT
BEGIN:VEVENT
UID:two@elsewhere
DTSTART;TZID=Europe/Rome:20261125T180000
DTEND;TZID=Europe/Rome:20261125T190000
SUMMARY:Candle light
END:VEVENT
BEGIN:VEVENT
UID:three@elsewhere
SUMMARY:No time
END:VEVENT
END:VCALENDAR
"""
CLIENTS = "name,email\nUgo Foscolo,ugo@clients.example\nBroken,no address\n"


def a_file(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text)
    return path


async def fill(pilot: Pilot[None], **values: Any) -> None:
    form = pilot.app.screen
    assert isinstance(form, Form)
    for key, value in values.items():
        form.row(key).value = value
    await settled(pilot)


async def review(pilot: Pilot[None], path: Path) -> None:
    await press(pilot, "I")
    assert isinstance(pilot.app.screen, ImportForm)
    await fill(pilot, file=str(path))
    await press(pilot, "ctrl+s")
    assert type(pilot.app.screen).__name__ == ImportReview.__name__


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_a_file_is_shown_line_by_line_before_it_comes_in(
    aurora: Aurora, tmp_path: Path, size: tuple[int, int], picture: SnapshotAssertion
) -> None:
    aurora.named("Yin")
    async with opened(aurora, size=size) as pilot:
        await review(pilot, a_file(tmp_path, "studio.ics", CALENDAR))
        assert pilot.app.export_screenshot(simplify=True) == picture
        said = in_dialog(pilot)
        assert "It would bring in: 2 new, 1 skipped." in said
        assert "+ Tue 24 Nov 2026 18:00 Evening [/x] class" in said
        assert "! No time" in said
        assert aurora.calendar.between(aurora.rome.id, aurora.at(0, "00:00"), aurora.at(0, "00:00", week=4)) == []


async def test_y_brings_it_in_and_u_takes_it_back(aurora: Aurora, tmp_path: Path) -> None:
    aurora.named("Yin")

    def found() -> int:
        return len(
            [
                entry
                for entry in aurora.calendar.between(
                    aurora.rome.id, aurora.at(0, "00:00"), aurora.at(0, "00:00", week=4)
                )
                if not entry.cancelled
            ]
        )

    async with opened(aurora) as pilot:
        await review(pilot, a_file(tmp_path, "studio.ics", CALENDAR))
        await press(pilot, "y")
        assert "Brought in: 2 new, 1 skipped. From Tue 24 Nov 2026 to Wed 25 Nov 2026." in messages(pilot)
        assert found() == 2
        await review(pilot, tmp_path / "studio.ics")
        assert "There is nothing in it to bring in." in in_dialog(pilot)
        await press(pilot, "y", "escape", "escape", "y", "u")
        assert found() == 0


async def test_what_lies_in_the_past_is_said_and_a_note_without_a_name_has_no_dash(
    aurora: Aurora, tmp_path: Path
) -> None:
    aurora.named("Yin")
    zone = 'TZID="(GMT +01:00)"'
    past = CALENDAR.replace("TZID=Europe/Rome", zone).replace("202611", "202211")
    async with opened(aurora) as pilot:
        await review(pilot, a_file(tmp_path, "old.ics", past))
        said = in_dialog(pilot)
        assert "2 new, 1 skipped. From Thu 24 Nov 2022 to Fri 25 Nov 2022, all in the past." in said
        assert "· line 5: The time zone" in said


@pytest.mark.parametrize(("size", "sentence"), [(0, "That file is empty"), (20 * 1024 * 1024 + 1, "larger than 20 MB")])
async def test_a_file_that_cannot_be_read_is_refused_beside_its_field(
    aurora: Aurora, tmp_path: Path, size: int, sentence: str
) -> None:
    aurora.named("Yin")
    path = tmp_path / "odd.ics"
    with path.open("wb") as file:
        file.truncate(size)
    async with opened(aurora) as pilot:
        await press(pilot, "I")
        await fill(pilot, file=str(path))
        await press(pilot, "ctrl+s")
        assert isinstance(pilot.app.screen, ImportForm)
        assert sentence in in_dialog(pilot)


TIMETABLE = """Data;Ora inizio;Durata;Lezione;Insegnante
24/11/2026;18.00;60;Yin;Anna Ferri
25/11/2026;18.00;60;Tai chi;Anna Ferri
26/11/2026;evening;60;Yin;
"""


async def test_a_timetable_is_told_by_its_headings_and_rows_of_other_services_find_one(
    aurora: Aurora, tmp_path: Path
) -> None:
    service = aurora.named("Yin")
    path = a_file(tmp_path, "orario.csv", TIMETABLE)
    async with opened(aurora, size=(80, 24), privacy=True) as pilot:
        await review(pilot, path)
        said = in_dialog(pilot)
        assert "It would bring in: 1 new, 2 skipped." in said
        assert "+ Tue 24 Nov 2026 18:00 Yin" in said
        assert 'line 3: There is no service "Tai chi" here' in said
        assert 'line 4: "evening" is no time: write one such as 18:30.' in said
        await press(pilot, "escape")
        assert "a timetable: a table of sessions" in in_dialog(pilot)
        await fill(pilot, other=service)
        await press(pilot, "ctrl+s")
        assert "It would bring in: 2 new, 1 skipped." in in_dialog(pilot)
        await press(pilot, "y")
        assert "Brought in: 2 new, 1 skipped." in messages(pilot)
    found = aurora.calendar.between(aurora.rome.id, aurora.at(0, "00:00", week=1), aurora.at(0, "00:00", week=4))
    assert [entry.title for entry in found] == ["Yin", "Tai chi"]


async def test_what_a_table_holds_can_be_said_where_its_headings_mislead(aurora: Aurora, tmp_path: Path) -> None:
    async with opened(aurora) as pilot:
        await press(pilot, "I")
        await fill(pilot, file=str(a_file(tmp_path, "odd.csv", "name,starts\nUgo Foscolo,never\n")))
        form = pilot.app.screen
        assert isinstance(form, ImportForm)
        assert form.row("holds").display
        assert form.row("other").display
        await fill(pilot, holds="clients")
        assert not form.row("other").display
        await press(pilot, "ctrl+s")
        assert "1 new" in in_dialog(pilot)


async def test_esc_brings_in_nothing_and_goes_back_to_the_form(aurora: Aurora, tmp_path: Path) -> None:
    aurora.named("Yin")
    async with opened(aurora) as pilot:
        await review(pilot, a_file(tmp_path, "studio.ics", CALENDAR))
        await press(pilot, "escape")
        assert isinstance(pilot.app.screen, ImportForm)
        assert "Nothing was brought in." in in_dialog(pilot)
        assert str(tmp_path) in str(pilot.app.screen.row("file").value), "what was typed stays"


async def test_a_long_import_shows_how_far_it_is_and_esc_stops_it_without_a_trace(
    aurora: Aurora, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = aurora.named("Yin")
    reached, go_on = threading.Event(), threading.Event()
    importing = type(aurora.importing)
    whole = importing.import_calendar

    def held(self: Any, *args: Any, progress: Any = None, dry_run: bool = False, **more: Any) -> Any:
        def half(done: int, total: int) -> None:
            if progress is None:
                return
            progress(1, 4)
            if not dry_run:
                reached.set()
                go_on.wait(20)
            progress(done, total)

        return whole(self, *args, progress=half, dry_run=dry_run, **more)

    monkeypatch.setattr(importing, "import_calendar", held)
    async with opened(aurora) as pilot:
        await review(pilot, a_file(tmp_path, "studio.ics", CALENDAR))
        await pilot.press("y")
        while not reached.is_set():
            await pilot.pause(0.01)
        await pilot.pause(0.15)
        assert "25%" in on_screen(pilot)
        await pilot.press("escape")
        go_on.set()
        await settled(pilot)
        assert "Stopped: nothing was brought in." in in_dialog(pilot)
    assert aurora.calendar.between(aurora.rome.id, aurora.at(0, "00:00"), aurora.at(0, "00:00", week=4)) == []
    assert service.active


async def test_clients_come_in_and_their_names_stay_hidden_with_privacy(aurora: Aurora, tmp_path: Path) -> None:
    async with opened(aurora, privacy=True) as pilot:
        await review(pilot, a_file(tmp_path, "clients.csv", CLIENTS))
        said = in_dialog(pilot)
        assert "Ugo" not in said
        assert "no address" not in said
        assert "1 new, 1 skipped" in said
        await press(pilot, "y")
    assert [client.name for client in aurora.booking.list_clients(aurora.owner)] == ["Ugo Foscolo"]


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_the_form_asks_what_goes_out_and_where(
    aurora: Aurora, size: tuple[int, int], picture: SnapshotAssertion
) -> None:
    async with opened(aurora, size=size) as pilot:
        await press(pilot, "E")
        form = pilot.app.screen
        assert isinstance(form, ExportForm)
        assert form.row("file").value == "~/trastevere-2026-w47.ics"
        assert pilot.app.export_screenshot(simplify=True) == picture
        await press(pilot, "right")
        assert form.row("file").value == "~/trastevere-2026-w47.html"
        field = form.row("file").control
        assert isinstance(field, Field)
        assert field.cursor_position == len("~/trastevere-2026-w47.html")
        assert not form.row("links").display
        assert "One A4 sheet" in in_dialog(pilot)


async def test_a_teachers_calendar_has_a_name_of_its_own_and_says_if_it_is_empty(
    aurora: Aurora, tmp_path: Path
) -> None:
    async with opened(aurora) as pilot:
        await press(pilot, "E")
        await fill(pilot, staff=aurora.teacher.id)
        form = pilot.app.screen
        assert isinstance(form, ExportForm)
        assert form.row("file").value == "~/trastevere-anna-ferri-2026-w47.ics"
        await fill(pilot, file=str(tmp_path / "anna.ics"))
        await press(pilot, "ctrl+s")
        said = messages(pilot)
        assert "anna.ics is empty: Anna Ferri leads none from Mon 16 Nov 2026 to Sun 13 Dec 2026." in said


@pytest.mark.parametrize(
    ("steps", "name", "begins"),
    [
        (0, "a.ics", b"BEGIN:VCALENDAR"),
        (1, "a.html", b"<!DOCTYPE html>"),
        (2, "a.svg", b"<svg"),
        (3, "a.csv", b"\xef\xbb\xbfid,date"),
        (4, "b.csv", b"\xef\xbb\xbfbooking"),
        (5, "c.csv", b"\xef\xbb\xbfname,email"),
    ],
)
async def test_everything_that_can_go_out_is_written_for_its_owner(
    aurora: Aurora, tmp_path: Path, steps: int, name: str, begins: bytes
) -> None:
    aurora.put(5, "10:00")
    async with opened(aurora) as pilot:
        await press(pilot, "E", *["right"] * steps)
        await fill(pilot, file=str(tmp_path / name))
        await press(pilot, "ctrl+s")
        assert "was written; only you can read it." in messages(pilot)
    path = tmp_path / name
    assert path.read_bytes().startswith(begins)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


async def test_a_file_that_is_there_is_written_over_only_if_somebody_says_so(aurora: Aurora, tmp_path: Path) -> None:
    path = a_file(tmp_path, "mine.ics", "precious")
    async with opened(aurora) as pilot:
        await press(pilot, "E")
        await fill(pilot, file=str(path))
        await press(pilot, "ctrl+s")
        assert "Write over mine.ics?" in in_dialog(pilot)
        await press(pilot, "n")
        assert path.read_text() == "precious"
        assert "Nothing was written" in in_dialog(pilot)
        await press(pilot, "ctrl+s", "y")
        assert path.read_bytes().startswith(b"BEGIN:VCALENDAR")


async def test_a_path_that_leads_nowhere_is_refused_beside_its_field(aurora: Aurora, tmp_path: Path) -> None:
    async with opened(aurora) as pilot:
        await press(pilot, "E")
        await fill(pilot, file=str(tmp_path / "missing" / "x.ics"))
        await press(pilot, "ctrl+s")
        assert "There is no folder" in in_dialog(pilot)
        await fill(pilot, file=str(tmp_path))
        await press(pilot, "ctrl+s")
        assert "That is a folder" in in_dialog(pilot)


async def test_an_instructor_cannot_take_clients_away(aurora: Aurora, tmp_path: Path) -> None:
    async with opened(aurora, login="anna") as pilot:
        await press(pilot, "E", *["right"] * 5)
        await fill(pilot, file=str(tmp_path / "c.csv"))
        await press(pilot, "ctrl+s")
        assert "ask the front desk" in in_dialog(pilot)
    assert not (tmp_path / "c.csv").exists()


async def test_a_path_is_completed_while_it_is_typed(aurora: Aurora, tmp_path: Path) -> None:
    a_file(tmp_path, "studio-calendar.ics", CALENDAR)
    aurora.named("Yin")
    async with opened(aurora) as pilot:
        await press(pilot, "I")
        await write(pilot, f"{tmp_path}/stu")
        await press(pilot, "right")
        form = pilot.app.screen
        assert isinstance(form, ImportForm)
        assert form.row("file").value == f"{tmp_path}/studio-calendar.ics"
