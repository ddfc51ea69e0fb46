"""Tables, timetables for the door, and files as they leave: nothing typed gets out of its place, nobody else reads them."""

from __future__ import annotations

import csv
import stat
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio_tui.domain.errors import InvalidInput
from studio_tui.domain.zones import zone
from studio_tui.interchange.clients_csv import read_clients
from studio_tui.interchange.csv_guard import guarded, unguarded
from studio_tui.interchange.csv_writer import write_table
from studio_tui.interchange.exports import ExportedSession, WeekSheet
from studio_tui.interchange.files import FileExists, safe_name, write_privately
from studio_tui.interchange.week_sheet import week_html, week_svg
from tests.interchange.test_ics_writer import HOSTILE, a_session
from tests.worker.test_letters import Reader

MONDAY = date(2026, 3, 2)
ROME = zone("Europe/Rome")
SVG = "{http://www.w3.org/2000/svg}"


def a_sheet(*sessions: ExportedSession, **fields: Any) -> WeekSheet:
    defaults: dict[str, Any] = {"site": "Studio Aurora", "monday": MONDAY, "zone": ROME, "language": "it"}
    return WeekSheet(**defaults | fields, sessions=sessions)


@pytest.mark.parametrize("cell", ["=1+1", "+39 06 1234", "-2", "@SUM(A1)", "\t=1", "'=1", "''@x", "＝1"])
def test_a_formula_is_written_as_text_and_read_back_as_it_was(cell: str) -> None:
    assert guarded(cell) == f"'{cell}"
    assert unguarded(guarded(cell)) == cell


@pytest.mark.parametrize("cell", ["", "Anna", "'tis", "O'Brien", "a=b", "'"])
def test_what_is_no_formula_stays_as_it_is(cell: str) -> None:
    assert guarded(cell) == cell
    assert unguarded(cell) == cell


@given(st.text(max_size=20))
def test_guarding_can_always_be_undone(cell: str) -> None:
    assert unguarded(guarded(cell)) == cell
    assert not guarded(cell).startswith(("=", "+", "-", "@", "\t", "\r"))


def test_a_table_is_what_spreadsheets_read() -> None:
    data = write_table(("name", "note"), [("Anna, “A”", 'says "hi"\nand goes'), ("=cmd|' /C calc'!A0", None), ("x", 3)])
    assert data.startswith(b"\xef\xbb\xbf")
    assert b"\r\n" in data
    rows = list(csv.reader(StringIO(data.decode("utf-8-sig"), newline="")))
    assert rows == [
        ["name", "note"],
        ["Anna, “A”", 'says "hi"\nand goes'],
        ["'=cmd|' /C calc'!A0", ""],
        ["x", "3"],
    ]


def test_clients_come_back_from_a_table_as_they_were() -> None:
    rows = [("=Anna", "anna@clients.example", "yes", "+39 06 1234567", "it"), ("Bruno", None, "no", None, "en-GB")]
    reading = read_clients(write_table(("name", "email", "verified", "phone", "language"), rows), "clients.csv")
    assert [each.reason for each in reading.problems] == []
    found = [(each.name, each.email, each.verified, each.phone, each.language) for each in reading.rows]
    assert found == [
        ("=Anna", "anna@clients.example", True, "+39 06 1234567", "it"),
        ("Bruno", None, False, None, "en-GB"),
    ]


def test_the_week_is_in_the_sites_zone_and_language() -> None:
    over = a_session(id=2, title="Barre", cancelled=True, online=False, leader="", room="")
    html = week_html(a_sheet(a_session(), over)).decode()
    words = Reader(html).words
    for said in ("Studio Aurora", "Settimana 10 · 2–8 marzo 2026", "Martedì 3", "18:30–19:30", "Vinyasa Flow"):
        assert said in words
    assert "Giulia · Studio 2" in words
    assert "annullata" in words
    assert "Nessuna sessione" in words
    assert "size: A4 landscape" in html
    svg = "".join(ElementTree.fromstring(week_svg(a_sheet(a_session(), over))).itertext())
    for said in ("Studio Aurora", "Settimana 10 · 2–8 marzo 2026", "Martedì 3", "18:30–19:30", "annullata"):
        assert said in svg


def test_a_week_over_two_years_names_both() -> None:
    words = Reader(week_html(a_sheet(monday=date(2026, 12, 28), language="en")).decode()).words
    assert "28 December 2026 – 3 January 2027" in words


@pytest.mark.parametrize(
    "text", [*HOSTILE, "<script>alert(1)</script>", '"><img src=x onerror=1>', "]]>&lt;", "\ufffe"]
)
def test_nothing_typed_becomes_a_part_of_the_page_or_the_picture(text: str) -> None:
    sheet = a_sheet(a_session(title=text, leader=text, room=text, colour=text), site=text)
    read = Reader(week_html(sheet).decode())
    assert read.links == []
    assert read.elements <= {
        *("html", "head", "meta", "title", "style", "body", "h1", "h2", "p", "main", "section", "div", "footer"),
    }
    picture = ElementTree.fromstring(week_svg(sheet))
    assert {each.tag for each in picture.iter()} <= {f"{SVG}{tag}" for tag in ("svg", "title", "rect", "text", "g")}
    assert "\x1b" not in week_html(sheet).decode() + week_svg(sheet).decode()


@settings(max_examples=30, deadline=None)
@given(title=st.text(max_size=200), count=st.integers(0, 40))
def test_every_session_stays_on_the_sheet(title: str, count: int) -> None:
    start = datetime(2026, 3, 3, 5, tzinfo=UTC)
    sessions = [
        a_session(
            id=n,
            title=title,
            starts_at=start + n * timedelta(minutes=20),
            ends_at=start + (n + 1) * timedelta(minutes=20),
        )
        for n in range(count)
    ]
    picture = ElementTree.fromstring(week_svg(a_sheet(*sessions)))
    cards = picture.findall(f"{SVG}g")
    assert len(cards) == count
    for card in cards:
        for shape in card.findall(f"{SVG}rect"):
            assert float(shape.attrib["y"]) + float(shape.attrib["height"]) <= 794 - 24
            assert float(shape.attrib["x"]) + float(shape.attrib["width"]) <= 1123


def test_a_file_is_for_its_owner_and_is_not_written_over(tmp_path: Path) -> None:
    path = tmp_path / "out.ics"
    write_privately(path, b"one")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(FileExists, match="is there already"):
        write_privately(path, b"two")
    assert path.read_bytes() == b"one"
    write_privately(path, b"two", overwrite=True)
    assert path.read_bytes() == b"two"
    assert [each.name for each in tmp_path.iterdir()] == ["out.ics"]


def test_a_file_that_cannot_be_written_is_explained_and_leaves_nothing(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "missing" / "out.ics", tmp_path / ("x" * 300), tmp_path / "a\0b"):
        with pytest.raises(InvalidInput, match=r"folder|cannot be written|Name a file"):
            write_privately(path, b"one")
    assert list(tmp_path.iterdir()) == []


def test_a_name_that_is_suggested_is_safe() -> None:
    assert safe_name("Studio Aurora", "2026-W47", ending="ics") == "studio-aurora-2026-w47.ics"
    assert safe_name("../../etc/passwd\x00", ending="csv") == "etc-passwd.csv"
    assert safe_name("«»", ending="svg") == "export.svg"
    assert len(safe_name("long " * 99, ending="html")) < 100
