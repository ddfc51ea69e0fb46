"""What goes out, from a real studio: calendars that make the same sessions elsewhere, tables, links only when asked for."""

from __future__ import annotations

import csv
from datetime import date, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from studio_tui.domain.errors import NotAllowed
from studio_tui.domain.messages import MessageKind
from studio_tui.domain.sessions import Session, SessionStatus
from studio_tui.storage.unit_of_work import Database
from studio_tui.usecases.exporting import WeekFormat, own_session, own_uid
from tests.builders import HOUR, NOW, SmallStudio, a_link
from tests.engines import opened
from tests.usecases.support import contents

YEAR = timedelta(days=365)
LIST = b"""BEGIN:VCALENDAR\r
VERSION:2.0\r
BEGIN:VEVENT\r
UID:series@elsewhere\r
DTSTART;TZID=Europe/Rome:20260303T180000\r
DTEND;TZID=Europe/Rome:20260303T190000\r
RRULE:FREQ=WEEKLY;COUNT=3\r
SUMMARY:Evening class\r
END:VEVENT\r
END:VCALENDAR\r
"""


def calendar(small: SmallStudio, **asked: Any) -> bytes:
    return small.exporting.calendar(small.owner, small.rome.id, NOW - YEAR, NOW + YEAR, **asked)


def rows_of(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(data.decode("utf-8-sig"), newline="")))


def sessions(small: SmallStudio) -> list[Session]:
    with small.database.reading() as unit:
        return unit.sessions.between(small.rome.id, NOW - YEAR, NOW + 2 * YEAR)


def alike(small: SmallStudio) -> list[tuple[object, ...]]:
    """What two studios have in common if they have the same timetable."""
    return [
        (each.starts_at, each.ends_at, each.title or "Yoga flow", each.room, each.details or "")
        for each in sessions(small)
    ]


def sequences(data: bytes) -> list[int]:
    return [int(line[9:]) for line in data.splitlines() if line.startswith(b"SEQUENCE:")]


def bring_in(small: SmallStudio, data: bytes) -> list[str]:
    report = small.importing.import_calendar(small.owner, small.rome.id, small.yoga.id, data, "own.ics")
    return [line.action for line in report.lines]


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    made=st.lists(
        st.tuples(
            st.integers(0, 300 * 24 * 4), st.integers(1, 16), st.sampled_from(["", "Yin; \\n", "=1, “x”", "Ω" * 90])
        ),
        min_size=1,
        max_size=6,
        unique_by=lambda each: each[0],
    )
)
def test_an_export_makes_the_same_sessions_in_an_empty_site_and_nothing_the_second_time(
    small_studio_file: Any, tmp_path_factory: pytest.TempPathFactory, made: list[tuple[int, int, str]]
) -> None:
    import shutil

    folder = tmp_path_factory.mktemp("round")
    for name in ("here.db", "there.db"):
        shutil.copyfile(small_studio_file, folder / name)
    with opened(f"sqlite:///{folder / 'here.db'}") as one, opened(f"sqlite:///{folder / 'there.db'}") as other:
        here, there = SmallStudio(one), SmallStudio(other)
        for quarter, length, title in made:
            start = NOW + quarter * timedelta(minutes=15)
            here.session(
                starts_at=start, ends_at=start + length * timedelta(minutes=15), title=title, room=title, details=title
            )
        data = calendar(here)
        assert set(bring_in(there, data)) == {"made"}
        assert alike(there) == alike(here)
        before = contents(other)
        assert set(bring_in(there, data)) == {"unchanged"}
        assert contents(other) == before
        assert alike(there) == alike(here)


def test_an_imported_session_keeps_its_uid_and_its_date(small: SmallStudio) -> None:
    bring_in(small, LIST)
    data = calendar(small)
    assert data.count(b"UID:series@elsewhere") == 3
    assert b"RECURRENCE-ID;TZID=Europe/Rome:20260303T180000" in data
    assert set(bring_in(small, data)) == {"unchanged"}
    assert len(sessions(small)) == 3


def test_a_site_does_not_double_its_own_sessions(small: SmallStudio) -> None:
    session = small.session()
    data = calendar(small)
    assert own_uid(session.id, "trastevere").encode() in data
    assert bring_in(small, data) == ["skipped"]
    assert len(sessions(small)) == 1


def test_a_uid_stays_and_its_sequence_rises_with_every_change(small: SmallStudio) -> None:
    session = small.session()
    first = calendar(small)
    small.scheduling.move(small.owner, session.id, session.starts_at + HOUR, version=None)
    second = calendar(small)
    assert b"SEQUENCE:0" in first
    assert b"SEQUENCE:1" in second
    uid = own_uid(session.id, "trastevere").encode()
    assert uid in first
    assert uid in second
    assert own_session(uid.decode(), "trastevere") == session.id
    assert own_session(uid.decode(), "hackney") is None
    assert own_session("session-x.trastevere@studio-tui", "trastevere") is None


@pytest.mark.parametrize("said", [0, 7, 2**31 - 1])
def test_an_imported_events_sequence_goes_on_from_where_it_was(small: SmallStudio, said: int) -> None:
    data = LIST.replace(b"SUMMARY", b"SEQUENCE:%d\r\nCONFERENCE;VALUE=URI:https://meet.example/a\r\nSUMMARY" % said)
    bring_in(small, data)
    assert sequences(calendar(small)) == [said] * 3
    first = sessions(small)[0]
    small.scheduling.move(small.owner, first.id, first.starts_at + HOUR, version=None)
    after = calendar(small)
    assert sequences(after) == [min(said + 1, 2**31 - 1), said, said]
    bring_in(small, after)
    assert calendar(small) == after


def test_cancelled_sessions_go_out_as_such(small: SmallStudio) -> None:
    session = small.session()
    small.scheduling.cancel(small.owner, session.id, version=None)
    assert b"STATUS:CANCELLED" in calendar(small)


def test_links_go_out_only_when_asked_for_and_come_in_as_typed_ones(small: SmallStudio) -> None:
    session = small.session()
    small.linking.type_link(small.owner, session.id, a_link("secret"), version=None)
    assert b"secret" not in calendar(small)
    data = calendar(small, with_links=True)
    assert b"CONFERENCE;" in data
    assert a_link("secret").url.encode() in data.replace(b"\r\n ", b"")


def test_links_of_others_sessions_are_not_given_to_an_instructor(small: SmallStudio) -> None:
    small.session(staff_id=small.substitute.id)
    start, end = NOW - YEAR, NOW + YEAR
    assert b"VEVENT" in small.exporting.calendar(small.teacher, small.rome.id, start, end)
    with pytest.raises(NotAllowed, match="can export links of their own only"):
        small.exporting.calendar(small.teacher, small.rome.id, start, end, with_links=True)


def test_a_teachers_calendar_has_their_sessions_only(small: SmallStudio) -> None:
    small.session()
    small.session(staff_id=small.substitute.id)
    assert calendar(small, staff_id=small.substitute.id).count(b"BEGIN:VEVENT") == 1


def test_the_table_of_sessions_is_on_the_sites_clock(small: SmallStudio) -> None:
    session = small.session(room="=Attic")
    small.book(session)
    [row] = rows_of(small.exporting.sessions_table(small.teacher, small.rome.id, NOW - YEAR, NOW + YEAR))
    assert (row["date"], row["starts"], row["ends"], row["zone"]) == ("2026-03-02", "11:00", "12:00", "Europe/Rome")
    assert (row["title"], row["room"], row["booked"], row["status"]) == ("Yoga flow", "'=Attic", "1", "active")


def test_clients_go_out_and_come_in_again_unchanged(small: SmallStudio) -> None:
    small.client("=Anna", phone="+39 06 1234567", email_verified=True, push_topic="secret-topic")
    refusing = small.client("Bruno", email="")
    small.studio.refusing.refuse(small.desk, refusing.id, MessageKind.WRITTEN, True)
    small.studio.refusing.refuse(small.desk, refusing.id, MessageKind.REMINDER, True)
    data = small.exporting.clients_table(small.desk)
    assert b"secret-topic" not in data
    assert b'"reminder,written"' in data
    report = small.importing.import_clients(small.desk, data, "clients.csv")
    assert [line.action for line in report.lines] == ["unchanged", "unchanged"]


def test_bookings_go_out_with_their_clients(small: SmallStudio) -> None:
    booking = small.book(small.session(), small.client("Chiara Neri"))
    small.booking.cancel(small.owner, booking.id)
    [row] = rows_of(small.exporting.bookings_table(small.desk, small.rome.id, NOW - YEAR, NOW + YEAR))
    assert (row["name"], row["title"], row["status"]) == ("Chiara Neri", "Yoga flow", "cancelled")


def test_clients_are_not_an_instructors_to_take_away(small: SmallStudio) -> None:
    with pytest.raises(NotAllowed, match="may not export clients"):
        small.exporting.clients_table(small.teacher)
    with pytest.raises(NotAllowed):
        small.exporting.bookings_table(small.teacher, small.rome.id, NOW, NOW + YEAR)


def test_a_week_for_the_door_names_no_client_and_no_link(small: SmallStudio) -> None:
    small.connect()
    small.book(small.session(), small.client("Chiara Neri"))
    for form in WeekFormat:
        data = small.exporting.week(small.teacher, small.rome.id, date(2026, 3, 2), form)
        assert b"Yoga flow" in data
        assert b"Chiara" not in data
        assert b"meet." not in data


def test_a_calendar_reads_the_same_on_both_engines(small_anywhere: SmallStudio) -> None:
    small_anywhere.session()
    assert calendar(small_anywhere).count(b"BEGIN:VEVENT") == 1
    assert SessionStatus.ACTIVE is sessions(small_anywhere)[0].status
    assert isinstance(small_anywhere.database, Database)
    assert sessions(small_anywhere)[0].starts_at == datetime.fromisoformat("2026-03-02T10:00:00+00:00")
