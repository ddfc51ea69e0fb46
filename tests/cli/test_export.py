"""Exporting from the command line: to files that are never written over by a slip, or to standard output."""

from __future__ import annotations

import stat
from pathlib import Path

from icalendar import Calendar

from tests.builders import SmallStudio, a_link
from tests.cli.conftest import Shell

ROME = ("--site", "trastevere")


def test_a_calendar_goes_to_standard_output_or_to_a_file_of_ones_own(
    shell: Shell, small: SmallStudio, tmp_path: Path
) -> None:
    small.session()
    assert shell.ok("export", "ics", "-", *ROME).out.startswith("BEGIN:VCALENDAR")
    path = tmp_path / "studio.ics"
    ran = shell.ok("export", "ics", path, *ROME)
    assert "was written" in ran.out
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(Calendar.from_ical(path.read_bytes()).walk("VEVENT")) == 1
    refused = shell("export", "ics", path, *ROME)
    assert refused.code != 0
    assert "is there already" in refused.err
    written = shell.json("export", "ics", path, *ROME, "--force")
    assert written == {"file": str(path), "bytes": path.stat().st_size}


def test_a_calendar_is_narrowed_by_person_and_time(shell: Shell, small: SmallStudio) -> None:
    small.session()
    small.session(staff_id=small.substitute.id)

    def events(*argv: str) -> int:
        return shell.ok("export", "ics", "-", *ROME, *argv).out.count("BEGIN:VEVENT")

    assert events() == 2
    assert events("--staff", "marco") == 1
    assert events("--week", "today") == 2
    assert events("--week", "+2w") == 0
    assert events("--from", "tomorrow") == 0
    assert shell("export", "ics", "-", *ROME, "--week", "today", "--from", "today").code == 2


def test_links_are_given_away_only_when_asked_for(shell: Shell, small: SmallStudio) -> None:
    small.linking.type_link(small.owner, small.session().id, a_link("secret"), version=None)
    assert "secret" not in shell.ok("export", "ics", "-", *ROME).out
    assert "secret" in shell.ok("export", "ics", "-", *ROME, "--with-links").out


def test_tables_come_out_for_a_spreadsheet(shell: Shell, small: SmallStudio, tmp_path: Path) -> None:
    small.book(small.session(), small.client("Chiara Neri"))
    assert "Yoga flow" in shell.ok("export", "csv", "sessions", "-", *ROME).out
    assert "Chiara Neri" in shell.ok("export", "csv", "bookings", "-", *ROME).out
    path = tmp_path / "clients.csv"
    shell.ok("export", "csv", "clients", path)
    assert "1 unchanged" in shell.ok("import", path).out
    assert shell("export", "csv", "clients", "-", "--week", "today").code == 2


def test_a_week_comes_out_as_a_page_or_a_picture(shell: Shell, small: SmallStudio) -> None:
    small.session()
    page = shell.ok("export", "week", "-", *ROME).out
    assert page.startswith("<!DOCTYPE html>")
    assert "Settimana 10" in page
    assert shell.ok("export", "week", "-", *ROME, "--format", "svg", "--week", "fri").out.startswith("<svg")


def test_a_week_is_in_the_form_that_its_file_ends_with(shell: Shell, small: SmallStudio, tmp_path: Path) -> None:
    for name, begins in (("door.html", "<!doctype html>"), ("door.SVG", "<svg"), ("door", "<!doctype html>")):
        shell.ok("export", "week", str(tmp_path / name), *ROME)
        assert (tmp_path / name).read_text(encoding="utf-8").lower().startswith(begins)
    refused = shell("export", "week", str(tmp_path / "door.pdf"), *ROME)
    assert refused.code == 2
    assert "print it" in refused.err
    assert not (tmp_path / "door.pdf").exists()


def test_what_is_exported_is_imported_elsewhere(shell: Shell, small: SmallStudio, tmp_path: Path) -> None:
    small.session()
    path = tmp_path / "studio.ics"
    shell.ok("export", "ics", path, *ROME)
    assert "1 made" in shell.ok("import", path, "--site", "hackney", "--service", "barre").out
    assert "1 unchanged" in shell.ok("import", path, "--site", "hackney", "--service", "barre").out
