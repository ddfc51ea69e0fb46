import io
from pathlib import Path

import pytest

from studio_tui.cli.importing import ProgressBar
from tests.builders import SmallStudio
from tests.cli.conftest import Shell

ROME = ("--site", "trastevere")
YOGA = (*ROME, "--service", "yoga")
CALENDAR = """\
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Example//Timetable//EN
BEGIN:VEVENT
UID:good@studio.example
DTSTAMP:20260301T080000Z
DTSTART:20260304T170000Z
DTEND:20260304T180000Z
SUMMARY:Evening yoga
END:VEVENT
{more}END:VCALENDAR
"""
BROKEN = """\
BEGIN:VEVENT
UID:broken@studio.example
DTSTAMP:20260301T080000Z
DTSTART:someday
SUMMARY:Lost
END:VEVENT
"""
CLIENTS = "name,email,verified,phone,language\nChiara Neri,chiara@clients.example,yes,+39 06 1,it\n"


def write(path: Path, text: str) -> Path:
    path.write_bytes(text.replace("\n", "\r\n").encode())
    return path


@pytest.fixture
def calendar(tmp_path: Path) -> Path:
    return write(tmp_path / "timetable.ics", CALENDAR.format(more=""))


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    return write(tmp_path / "broken.ics", CALENDAR.format(more=BROKEN))


def test_a_calendar_comes_in_once(shell: Shell, small: SmallStudio, calendar: Path) -> None:
    first = shell.json("import", calendar, *YOGA, "--staff", "anna")
    assert (first["saved"], first["made"]) == (True, 1)
    assert (first["lines"][0]["title"], first["lines"][0]["starts_at"]) == ("Evening yoga", "2026-03-04T17:00:00Z")

    assert shell.ok("import", calendar, *YOGA, "--staff", "anna").out == (
        "0 made, 0 changed, 0 cancelled, 1 unchanged, 0 skipped.\n"
    )
    [session] = shell.json("sessions", "list", *ROME)
    assert (session["title"], session["staff"], session["origin"]) == ("Evening yoga", "Anna Ferri", "scheduled")


def test_unchanged_events_are_listed_on_request(shell: Shell, small: SmallStudio, calendar: Path) -> None:
    shell.ok("import", calendar, *YOGA)

    assert "unchanged  Wed 2026-03-04 18:00 CET  Evening yoga" in shell.ok("import", calendar, *YOGA, "--all").out


def test_a_dry_run_saves_nothing(shell: Shell, calendar: Path) -> None:
    out = shell.ok("import", calendar, *YOGA, "--dry-run").out

    assert out.splitlines()[-2:] == [
        "Nothing was saved.",
        "1 made, 0 changed, 0 cancelled, 0 unchanged, 0 skipped.",
    ]
    assert shell.json("sessions", "list", *ROME) == []


def test_a_broken_event_is_listed_with_its_line_and_the_rest_comes_in(shell: Shell, broken: Path) -> None:
    report = shell.json("import", broken, *YOGA)

    assert (report["made"], report["skipped"]) == (1, 1)
    skipped = next(line for line in report["lines"] if line["action"] == "skipped")
    assert skipped["uid"] == "broken@studio.example"
    assert 11 <= skipped["line"] <= 15
    assert skipped["reason"]


def test_a_strict_import_refuses_the_whole_file(shell: Shell, broken: Path) -> None:
    ran = shell("import", broken, *YOGA, "--strict", "--json")

    assert ran.code == 1
    assert ran.err.startswith("studio-tui: broken.ics was refused, nothing was imported: line")
    assert (ran.document["saved"], ran.document["skipped"]) == (False, 1)
    assert shell.json("sessions", "list", *ROME) == []


def test_clients_come_in_once(shell: Shell, tmp_path: Path) -> None:
    file = write(tmp_path / "clients.csv", CLIENTS)

    assert shell.json("import", file)["made"] == 1
    assert shell.json("import", file)["unchanged"] == 1
    assert shell.json("clients", "show", "chiara")["email_verified"] is True


def test_a_file_without_an_ending_is_known_by_its_content(shell: Shell, tmp_path: Path) -> None:
    calendar = write(tmp_path / "export", f"\ufeff\n{CALENDAR.format(more='')}")
    clients = write(tmp_path / "people", CLIENTS)

    assert shell.json("import", calendar, *YOGA)["made"] == 1
    assert shell.json("import", clients)["made"] == 1


def test_a_calendar_needs_a_service(shell: Shell, calendar: Path) -> None:
    assert shell("import", calendar, *ROME).code == 2


def test_a_file_that_is_not_there_or_is_none_is_said(shell: Shell, tmp_path: Path) -> None:
    missing, folder = shell("import", tmp_path / "no.ics", *YOGA), shell("import", tmp_path, *YOGA)

    assert (missing.code, folder.code) == (3, 5)
    assert "no.ics" in missing.err
    assert shell("import", write(tmp_path / "letter.ics", "Dear studio"), *YOGA).code == 5


def test_a_terminal_sees_how_far_the_reading_is(shell: Shell, calendar: Path) -> None:
    assert "\r[" in shell("import", calendar, *YOGA, terminal=True).err
    assert "\r[" not in shell("import", calendar, *YOGA).err


def test_the_bar_is_drawn_only_when_it_differs() -> None:
    stream = io.StringIO()
    bar = ProgressBar(stream)

    for done in range(1001):
        bar(done, 1000)
    drawn = stream.getvalue()
    bar.clear()

    assert 101 <= drawn.count("\r") <= 132
    assert drawn.endswith(f"[{'#' * 30}] 100%")
    assert stream.getvalue().removeprefix(drawn) == f"\r{' ' * 37}\r"


TIMETABLE = "Data;Ora inizio;Durata;Lezione;Insegnante;Sala\n24/03/2026;18.30;75;Yoga flow;Anna Ferri;Studio 2\n"


def test_a_table_of_sessions_is_told_by_its_headings(shell: Shell, small: SmallStudio, tmp_path: Path) -> None:
    path = write(tmp_path / "orario.csv", TIMETABLE)

    assert shell.json("import", path, *ROME, "--dry-run")["made"] == 1
    assert shell.json("sessions", "list", *ROME) == []
    shell.ok("import", path, *ROME)
    [session] = shell.json("sessions", "list", *ROME, "--from", "2026-03-24", "--to", "2026-03-25")
    assert (session["starts_at"], session["staff"], session["room"]) == (
        "2026-03-24T17:30:00Z",
        "Anna Ferri",
        "Studio 2",
    )
    assert shell.ok("import", path, *ROME).out == "0 made, 0 changed, 0 cancelled, 1 unchanged, 0 skipped.\n"


def test_an_exported_timetable_comes_back_unchanged(shell: Shell, small: SmallStudio, tmp_path: Path) -> None:
    small.session(title="=1+1, twice")
    path = tmp_path / "sessions.csv"
    shell.ok("export", "csv", "sessions", path, *ROME)

    assert shell.ok("import", path, *ROME, "--strict").out.endswith("1 unchanged, 0 skipped.\n")


def test_rows_that_cannot_come_in_are_listed_or_refuse_the_table(
    shell: Shell, small: SmallStudio, tmp_path: Path
) -> None:
    path = write(tmp_path / "orario.csv", TIMETABLE + "24/03/2026;20.00;60;Tai chi;;\n")

    refused = shell("import", path, *ROME, "--strict")
    assert (refused.code, refused.err.count("line 3: There is no service")) == (1, 1)
    report = shell.json("import", path, *ROME)
    assert (report["made"], report["skipped"]) == (1, 1)
    assert shell.json("import", path, *ROME, "--service", "pilates", "--staff", "marco")["made"] == 1


def test_what_a_file_holds_can_be_said(shell: Shell, small: SmallStudio, tmp_path: Path) -> None:
    path = write(tmp_path / "odd.csv", TIMETABLE)

    refused = shell("import", path, *ROME, "--holds", "clients")
    assert refused.code == 5
    assert "odd.csv has no column for names" in refused.err
    assert shell.json("import", path, *ROME, "--holds", "sessions")["made"] == 1
    assert shell("import", path, *ROME, "--holds", "calendar").code == 2
