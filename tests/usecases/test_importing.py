"""Imports: repeatable, whole or not at all, and honest about what was left out."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from studio_tui.domain.delivery import DeliveryState
from studio_tui.domain.errors import NotAllowed
from studio_tui.domain.messages import MessageKind
from studio_tui.domain.sessions import Origin, SessionStatus
from studio_tui.interchange.records import UnreadableFile
from studio_tui.storage.unit_of_work import Database
from studio_tui.usecases.import_reports import ImportReport, StrictRefusal
from tests.builders import FixedClock, SmallStudio

ICS = Path(__file__).parents[3] / "shared" / "data" / "ics"
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
REAL_FILES = {
    "Office-2012-owa.ics": 90,
    "badRRULE.ics": 261,
    "biweekly-exdate-until.ics": 75,
    "daily-count-exdate-recurrence-id.ics": 7,
    "exchange-custom-tz.ics": 1,
    "festival-multiday-rrule.ics": 104,
    "google-recurrence-order.ics": 3,
    "large-file-with-late-error.ics": 394,
    "meetup-timed-tz.ics": 1,
    "music-school-weekly-until.ics": 9,
    "non-utc-until.ics": 53,
    "utf8-french-calendar.ics": 0,
    "whole_day_moved_over_dst_change_berlin.ics": 0,
    "windows-quoted-tz-rrule.ics": 10,
}


@pytest.fixture
def desk(sqlite_database: Database) -> SmallStudio:
    return SmallStudio(sqlite_database, FixedClock(NOW))


def calendar(*events: str) -> bytes:
    body = "".join(f"BEGIN:VEVENT\r\n{event}\r\nEND:VEVENT\r\n" for event in events)
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{body}END:VCALENDAR\r\n".encode()


def event(uid: str = "a", start: str = "20260310T180000", end: str = "20260310T190000", *more: str) -> str:
    lines = (f"UID:{uid}", f"DTSTART;TZID=Europe/Rome:{start}", f"DTEND;TZID=Europe/Rome:{end}", "SUMMARY:Barre", *more)
    return "\r\n".join(lines)


def bring_in(desk: SmallStudio, data: bytes, *, strict: bool = False, dry_run: bool = False) -> ImportReport:
    return desk.studio.importing.import_calendar(
        desk.owner, desk.rome.id, desk.yoga.id, data, "timetable.ics", strict=strict, dry_run=dry_run
    )


def imported(desk: SmallStudio) -> list[tuple[datetime, SessionStatus]]:
    with desk.database.reading() as unit:
        found = unit.sessions.between(desk.rome.id, datetime(2000, 1, 1, tzinfo=UTC), datetime(2040, 1, 1, tzinfo=UTC))
    return [(session.starts_at, session.status) for session in found]


WEEKLY = "RRULE:FREQ=WEEKLY;COUNT=4"


def test_an_event_becomes_a_scheduled_session_of_the_service(desk: SmallStudio) -> None:
    report = bring_in(desk, calendar(event("a", "20260310T180000", "20260310T190000", "LOCATION:Studio 2")))
    with desk.database.reading() as unit:
        (session,) = unit.sessions.upcoming(desk.rome.id, NOW)
    assert report.count("made") == 1
    assert (session.starts_at, session.room) == (datetime(2026, 3, 10, 17, tzinfo=UTC), "Studio 2")
    assert (session.origin, session.title) == (Origin.SCHEDULED, "Barre")


def test_a_second_run_changes_nothing(desk: SmallStudio) -> None:
    data = calendar(event("a", "20260310T180000", "20260310T190000", WEEKLY))
    bring_in(desk, data)
    before = imported(desk)
    report = bring_in(desk, data)
    assert {line.action for line in report.lines} == {"unchanged"}
    assert imported(desk) == before


def test_a_moved_event_moves_its_session_and_its_planned_notice(desk: SmallStudio) -> None:
    bring_in(desk, calendar(event()))
    with desk.database.reading() as unit:
        (session,) = unit.sessions.upcoming(desk.rome.id, NOW)
    desk.book(session)
    report = bring_in(desk, calendar(event("a", "20260310T200000", "20260310T210000")))
    moved = desk.read(session)
    waiting = [d for d in desk.deliveries(session) if d.state is DeliveryState.READY]
    assert report.count("changed") == 1
    assert moved.starts_at == datetime(2026, 3, 10, 19, tzinfo=UTC)
    assert [d.due_at for d in waiting] == [moved.starts_at]


def test_an_event_cancelled_in_a_newer_export_cancels_its_session(desk: SmallStudio) -> None:
    bring_in(desk, calendar(event()))
    report = bring_in(desk, calendar(event("a", "20260310T180000", "20260310T190000", "STATUS:CANCELLED")))
    assert report.count("cancelled") == 1
    assert [status for _, status in imported(desk)] == [SessionStatus.CANCELLED]


def test_a_date_that_its_series_lost_cancels_the_session(desk: SmallStudio) -> None:
    bring_in(desk, calendar(event("a", "20260310T180000", "20260310T190000", WEEKLY)))
    report = bring_in(desk, calendar(event("a", "20260310T180000", "20260310T190000", "RRULE:FREQ=WEEKLY;COUNT=3")))
    assert report.count("cancelled") == 1
    assert [status for _, status in imported(desk)] == [SessionStatus.ACTIVE] * 3 + [SessionStatus.CANCELLED]


def test_an_exception_date_added_later_cancels_that_session_only(desk: SmallStudio) -> None:
    bring_in(desk, calendar(event("a", "20260310T180000", "20260310T190000", WEEKLY)))
    exception = "EXDATE;TZID=Europe/Rome:20260317T180000"
    bring_in(desk, calendar(event("a", "20260310T180000", "20260310T190000", WEEKLY, exception)))
    cancelled = [start for start, status in imported(desk) if status is SessionStatus.CANCELLED]
    assert cancelled == [datetime(2026, 3, 17, 17, tzinfo=UTC)]


def test_an_older_version_changes_nothing_and_is_told(desk: SmallStudio) -> None:
    newer = event("a", "20260310T200000", "20260310T210000", "SEQUENCE:3")
    bring_in(desk, calendar(newer))
    before = imported(desk)
    report = bring_in(desk, calendar(event("a", "20260310T180000", "20260310T190000", "SEQUENCE:2")))
    assert [(line.action, line.reason) for line in report.lines] == [
        ("skipped", "a newer version of it came in before (SEQUENCE 3; here 2)")
    ]
    assert imported(desk) == before
    report = bring_in(desk, calendar(event("a", "20260310T180000", "20260310T190000", "SEQUENCE:4")))
    assert report.count("changed") == 1


def test_an_older_version_is_known_also_after_a_newer_one_that_says_the_same(desk: SmallStudio) -> None:
    first = event("a", "20260310T180000", "20260310T190000")
    bring_in(desk, calendar(f"{first}\r\nSEQUENCE:1"))
    assert bring_in(desk, calendar(f"{first}\r\nSEQUENCE:5")).count("unchanged") == 1
    report = bring_in(desk, calendar(event("a", "20260310T200000", "20260310T210000", "SEQUENCE:3")))
    assert report.count("skipped") == 1


def test_an_older_series_takes_no_date_away(desk: SmallStudio) -> None:
    bring_in(desk, calendar(event("a", "20260310T180000", "20260310T190000", WEEKLY, "SEQUENCE:2")))
    before = imported(desk)
    exception = "EXDATE;TZID=Europe/Rome:20260317T180000"
    fewer = event("a", "20260310T180000", "20260310T190000", "RRULE:FREQ=WEEKLY;COUNT=2", exception, "SEQUENCE:1")
    report = bring_in(desk, calendar(fewer))
    assert report.count("cancelled") == 0
    bring_in(desk, calendar(event("a", "20260310T180000", "20260310T190000", "STATUS:CANCELLED", "SEQUENCE:1")))
    assert imported(desk) == before


def test_a_changed_date_may_count_anew_beside_its_series(desk: SmallStudio) -> None:
    series = event("a", "20260310T180000", "20260310T190000", WEEKLY, "SEQUENCE:3")
    original = "RECURRENCE-ID;TZID=Europe/Rome:20260317T180000"
    moved = event("a", "20260317T200000", "20260317T210000", original, "SEQUENCE:0")
    bring_in(desk, calendar(series))
    assert bring_in(desk, calendar(series, moved)).count("changed") == 1
    assert bring_in(desk, calendar(series)).count("changed") == 1


def test_a_date_that_comes_back_takes_place_again(desk: SmallStudio) -> None:
    exception = "EXDATE;TZID=Europe/Rome:20260317T180000"
    for more in ((), (exception, "SEQUENCE:1"), ("SEQUENCE:2",)):
        bring_in(desk, calendar(event("a", "20260310T180000", "20260310T190000", WEEKLY, *more)))
    assert {status for _, status in imported(desk)} == {SessionStatus.ACTIVE}


def test_a_dry_run_tells_what_it_would_make_and_saves_nothing(desk: SmallStudio) -> None:
    report = bring_in(desk, calendar(event()), dry_run=True)
    assert (report.saved, report.count("made"), imported(desk)) == (False, 1, [])


def test_good_events_come_in_and_the_broken_one_is_listed_with_its_line(desk: SmallStudio) -> None:
    report = bring_in(
        desk, calendar(event("good"), event("bad", "20260310T180000", "20260310T190000", "RRULE:FREQ=SOMETIMES"))
    )
    (skipped,) = [line for line in report.lines if line.action == "skipped"]
    assert report.count("made") == 1
    assert (skipped.uid, skipped.line) == ("bad", 14)


def test_a_strict_import_of_a_partly_broken_file_saves_nothing(desk: SmallStudio) -> None:
    data = calendar(event("good"), event("bad", "20260310T180000", "20260310T190000", "RRULE:FREQ=SOMETIMES"))
    with pytest.raises(StrictRefusal, match="nothing was imported: line 14") as refusal:
        bring_in(desk, data, strict=True)
    assert [line.uid for line in refusal.value.lines] == ["bad"]
    assert imported(desk) == []


def test_a_file_that_is_no_calendar_is_refused_in_one_sentence(desk: SmallStudio) -> None:
    with pytest.raises(UnreadableFile, match=r"timetable\.ics"):
        bring_in(desk, b"<html>sign in first</html>")


def test_an_events_own_conference_link_is_typed_on_its_session(desk: SmallStudio) -> None:
    bring_in(
        desk,
        calendar(event("a", "20260310T180000", "20260310T190000", "CONFERENCE;VALUE=URI:https://meet.example/room")),
    )
    with desk.database.reading() as unit:
        (session,) = unit.sessions.upcoming(desk.rome.id, NOW)
    link = desk.studio.linking.reveal(desk.owner, session.id)
    assert link is not None
    assert link.url == "https://meet.example/room"


def test_an_instructor_may_not_import(desk: SmallStudio) -> None:
    with pytest.raises(NotAllowed):
        desk.studio.importing.import_calendar(
            desk.teacher, desk.rome.id, desk.yoga.id, calendar(event()), "timetable.ics"
        )


@pytest.mark.parametrize(("name", "sessions"), REAL_FILES.items())
def test_a_real_export_gives_exactly_its_sessions_and_a_second_run_none(
    desk: SmallStudio, name: str, sessions: int
) -> None:
    if not ICS.is_dir():
        pytest.skip("the folder of real exports is not beside this checkout")
    data = (ICS / name).read_bytes()
    first, again = bring_in(desk, data), bring_in(desk, data)
    assert first.count("made") == sessions == len(imported(desk))
    assert again.count("unchanged") == sessions
    assert again.count("made") + again.count("changed") + again.count("cancelled") == 0


CLIENTS = "name,email,verified,phone,language\nAlice Rossi,alice@clients.example,yes,,it\nBruno Conti,,no,+39 06 1,it\n"


def test_a_list_of_clients_comes_in_once_however_often_it_is_read(desk: SmallStudio) -> None:
    before = len(desk.studio.booking.list_clients(desk.owner))
    first = desk.studio.importing.import_clients(desk.owner, CLIENTS.encode(), "clients.csv")
    again = desk.studio.importing.import_clients(desk.owner, CLIENTS.encode(), "clients.csv")
    assert (first.count("made"), again.count("made"), again.count("unchanged")) == (2, 0, 2)
    assert len(desk.studio.booking.list_clients(desk.owner)) == before + 2


def test_a_changed_row_changes_its_client_and_keeps_what_the_list_leaves_out(desk: SmallStudio) -> None:
    desk.studio.importing.import_clients(desk.owner, CLIENTS.encode(), "clients.csv")
    newer = "name,email\nAlice Rossi Bianchi,alice@clients.example\n"
    report = desk.studio.importing.import_clients(desk.owner, newer.encode(), "clients.csv")
    (alice,) = desk.studio.booking.find_clients(desk.owner, "alice bianchi")
    assert report.count("changed") == 1
    assert alice.language == "it"


def test_a_list_of_clients_says_what_they_refuse_and_an_empty_cell_takes_nothing_back(desk: SmallStudio) -> None:
    lists = [
        "name,email,Non vuole\nAlice Rossi,alice@clients.example,reminder; written fax\n",
        "name,email,refuses\nAlice Rossi,alice@clients.example,\n",
    ]
    told = [desk.studio.importing.import_clients(desk.owner, each.encode(), "clients.csv") for each in lists]
    (alice,) = desk.studio.booking.find_clients(desk.owner, "alice rossi")
    assert alice.refuses == {MessageKind.REMINDER, MessageKind.WRITTEN}
    assert '"fax" is nothing that a client can refuse (attendance, reminder, written)' in told[0].lines[-1].reason
    assert told[1].count("unchanged") == 1
