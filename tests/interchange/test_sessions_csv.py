"""Tables of sessions: any heading, separator, encoding and way to write a day; what cannot come in is told row by row."""

import csv
from datetime import date, datetime, time, timedelta
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio_tui.interchange.csv_writer import write_table
from studio_tui.interchange.records import ImportedSession, SessionsReading, UnreadableFile
from studio_tui.interchange.session_values import read_clock, read_day, read_length
from studio_tui.interchange.sessions_csv import kind_of_table, read_sessions

HEADER = "date,starts,ends,service,title,staff,room,capacity,mode,status"
EXPORTED = [
    *("id", "date", "starts", "end_date", "ends", "zone", "service", "title", "staff", "room", "booked", "capacity"),
    *("mode", "status", "origin", "site"),
]
START = datetime.fromisoformat("2026-11-24T18:30")


def read(*lines: str, header: str = HEADER) -> SessionsReading:
    return read_sessions("\r\n".join([header, *lines, ""]).encode(), "timetable.csv")


def one(line: str, header: str = HEADER) -> ImportedSession:
    reading = read(line, header=header)
    assert reading.problems == ()
    (row,) = reading.rows
    return row


def why(line: str, header: str = HEADER) -> str:
    reading = read(line, header=header)
    assert reading.rows == ()
    (problem,) = reading.problems
    assert (problem.severity, problem.line) == ("skipped", 2)
    return problem.reason


def test_a_row_is_a_session() -> None:
    assert one("2026-11-24,18:30,19:45,Yoga flow,Candle light,Anna Ferri,Studio 2,12,online,active") == ImportedSession(
        starts_at=START,
        ends_at=START.replace(hour=19, minute=45),
        service="Yoga flow",
        title="Candle light",
        staff="Anna Ferri",
        room="Studio 2",
        capacity=12,
        mode="online",
        cancelled=False,
        line=2,
    )


def test_day_time_and_service_are_enough() -> None:
    assert one("24/11/2026,18:30,Yoga", "date,starts,service") == ImportedSession(
        starts_at=START, service="Yoga", line=2
    )


@pytest.mark.parametrize(
    "header",
    [
        "Date,Start time,Class,Teacher,Room,Places",
        "Day,From,Lesson,Instructor,Studio,Spots",
        "Data,Ora inizio,Lezione,Insegnante,Sala,Posti",
        "GIORNO,Dalle,Attività,Istruttrice,Stanza,Capienza",
        "Fecha,Hora de inicio,Clase,Profesora,Salón,Plazas",
        "día,desde,actividad,monitor,lugar,aforo",
    ],
)
def test_headings_go_by_many_names(header: str) -> None:
    row = one("24/11/2026,18:30,Yoga,Anna,Big,9", header)
    assert (row.starts_at, row.service, row.staff, row.room, row.capacity) == (START, "Yoga", "Anna", "Big", 9)


def test_a_timetables_name_is_the_class_unless_that_has_a_column() -> None:
    assert one("24/11/2026,18:30,Yoga", "Data,Ora,Nome").service == "Yoga"
    row = one("24/11/2026,18:30,Candle light,Yoga", "date,time,name,class")
    assert (row.service, row.title) == ("Yoga", "Candle light")


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_separators_and_encodings_are_found_out(separator: str, encoding: str) -> None:
    lines = ("data,ora,lezione,sala", "24/11/2026,18.30,Pilates avanzato perché sì,Più su", "")
    data = "\r\n".join(lines).replace(",", separator).encode(encoding)
    assert kind_of_table(data) == "sessions"
    (row,) = read_sessions(data).rows
    assert (row.starts_at, row.service, row.room) == (START, "Pilates avanzato perché sì", "Più su")


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        (",".join(EXPORTED), "sessions"),
        ("Data;Ora inizio;Lezione", "sessions"),
        ("When,Class", "sessions"),
        ("date,service", "sessions"),
        ("name,email,phone", "clients"),
        ("nome,cognome,data", "clients"),
        ("Name", "clients"),
        ("booking,session,date,starts,title,client,name,email,status,booked_at", "clients"),
        ("a,b,c", "clients"),
    ],
)
def test_a_table_is_told_by_its_headings(header: str, kind: str) -> None:
    assert kind_of_table(f"{header}\n".encode()) == kind


@pytest.mark.parametrize(
    "text",
    [
        *("2026-11-24", "2026/11/24", "24/11/2026", "24.11.2026", "24-11-2026", "24/11/26", "24 Nov 2026"),
        *("24 novembre 2026", "24 de noviembre de 2026", "Tue 24/11/2026", "martedì 24 novembre 2026"),
        *("Tue, 24 Nov 2026", "2026-11-24 00:00:00", "2026-11-24T00:00:00", "24/11/2026 0:00"),
    ],
)
def test_days_are_read_day_first_and_with_their_year(text: str) -> None:
    assert read_day(text) == date(2026, 11, 24)


@pytest.mark.parametrize("text", ["11/24/2026", "24/11", "fri", "+2w", "24", "tomorrow", "30/02/2026", "Nov 2026", ""])
def test_what_is_no_day_of_a_known_year_is_none(text: str) -> None:
    assert read_day(text) is None


@pytest.mark.parametrize(
    ("text", "clock"),
    [
        *(("18:30", time(18, 30)), ("18.30", time(18, 30)), ("18:30:00", time(18, 30)), ("18h30", time(18, 30))),
        *(("6:30 PM", time(18, 30)), ("12:05am", time(0, 5)), ("12 p.m.", time(12)), ("9", time(9))),
        *(("24:00", None), ("13:00 pm", None), ("evening", None)),
    ],
)
def test_times_are_read_as_people_and_spreadsheets_write_them(text: str, clock: time | None) -> None:
    assert read_clock(text) == clock


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        *(("60", 60), ("90 min", 90), ("75'", 75), ("1:15", 75), ("01:15:00", 75), ("1h30", 90), ("1 h", 60)),
        *(("1.5 h", 90), ("1,5 ore", 90), ("2 hours", 120), ("0", None), ("1441", None), ("long", None)),
    ],
)
def test_lengths_are_minutes_unless_they_say_hours(text: str, minutes: int | None) -> None:
    assert read_length(text) == (None if minutes is None else timedelta(minutes=minutes))


@pytest.mark.parametrize("cell", ["2026-11-24 18:30", "2026-11-24T18:30:00", "24/11/2026 18.30", "24/11/2026 6:30 PM"])
def test_one_cell_may_hold_day_and_time(cell: str) -> None:
    row = one(f"{cell},{cell.replace('6:30', '7:30').replace('18', '19')},Yoga", "start,end,class")
    assert (row.starts_at, row.ends_at) == (START, START + timedelta(hours=1))


def test_one_cell_may_hold_start_and_end() -> None:
    row = one("24/11/2026,18:30 – 19:45,Yoga", "data,orario,lezione")
    assert row.ends_at == START.replace(hour=19, minute=45)


def test_an_end_before_the_start_is_on_the_next_day() -> None:
    assert one("24/11/2026,23:30,0:30,Yoga", "date,starts,ends,class").ends_at == datetime.fromisoformat(
        "2026-11-25T00:30"
    )


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("11/24/2026,18:30,,Yoga", '"11/24/2026" is no date: write the day first and the year, such as 24/11/2026.'),
        (",18:30,,Yoga", "The row has no date"),
        ("2026-11-24,,,Yoga", "The row has no start"),
        ("2026-11-24,late,,Yoga", '"late" is no time'),
        ("2026-11-24,18:30,late,Yoga", '"late" is no time to end at'),
        ("2026-11-24,18:30,,Yoga,,,,many", '"many" is no number for the capacity'),
        ("2026-11-24,18:30,,Yoga,,,,,outside", '"outside" is no mode: write online or in person.'),
        ("2026-11-24,18:30,,Yoga,,,,,,perhaps", '"perhaps" is no status: write active or cancelled.'),
        ("2026-11-24,18:30,,Yoga,,,,,,,,more", "The row has more cells than the header"),
    ],
)
def test_a_bad_row_is_told_with_its_line_and_how_to_mend_it(line: str, reason: str) -> None:
    assert why(line).startswith(reason)


def test_good_rows_come_in_beside_a_bad_one() -> None:
    reading = read("someday,18:30,,Yoga", "2026-11-24,18:30,,Yoga")
    assert [row.line for row in reading.rows] == [3]
    assert [(each.line, each.title) for each in reading.problems] == [(2, "Yoga")]


@pytest.mark.parametrize(
    ("state", "cancelled"), [("Cancelled", True), ("annullata", True), ("ANULADA", True), ("confermata", False)]
)
def test_states_are_read_in_three_languages(state: str, cancelled: bool) -> None:
    assert one(f"2026-11-24,18:30,,Yoga,,,,,,{state}").cancelled is cancelled


def test_a_column_of_its_own_may_say_that_it_is_cancelled() -> None:
    assert one("24/11/2026,18:30,Yoga,sì", "data,ora,lezione,annullata").cancelled is True
    assert one("24/11/2026,18:30,Yoga,", "data,ora,lezione,annullata").cancelled is None


def test_columns_that_are_not_known_are_told() -> None:
    reading = read("24/11/2026,18:30,Yoga,5,red", header="date,starts,service,booked,colour")
    assert [each.reason for each in reading.problems] == ['Not read, because nothing here goes by that name: "colour".']


def test_a_table_without_a_start_is_refused_with_what_it_needs() -> None:
    with pytest.raises(UnreadableFile, match=r"timetable\.csv has no column for the start: .* date, starts, service"):
        read("24/11/2026,Yoga", header="date,service")


TEXTS = st.text(st.sampled_from("aé ,;\"'=+-@\t\n|＝"), max_size=12).map(lambda text: " ".join(text.split()))


@given(st.lists(st.tuples(TEXTS, TEXTS, TEXTS), max_size=5))
def test_what_the_export_writes_is_read_as_it_was(texts: list[tuple[str, str, str]]) -> None:
    rows = [
        [
            *(7, "2026-11-24", "18:30", "2026-11-24", "19:30", "Europe/Rome", "Yoga", title, staff, room),
            *(3, 12, "in_person", "active", "scheduled", "rome"),
        ]
        for title, staff, room in texts
    ]
    reading = read_sessions(write_table(EXPORTED, rows), "sessions.csv")
    assert reading.problems == ()
    assert [(row.title, row.staff, row.room) for row in reading.rows] == texts
    assert {(row.id, row.site, row.zone, row.mode) for row in reading.rows} <= {(7, "rome", "Europe/Rome", "in_person")}


@given(st.lists(st.lists(st.text(max_size=6), max_size=12), max_size=6))
def test_any_table_is_read_or_refused_and_twice_alike(rows: list[list[str]]) -> None:
    out = StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(HEADER.split(","))
    writer.writerows(rows)
    data = out.getvalue().encode("utf-8", errors="replace")
    assert read_sessions(data) == read_sessions(data)
