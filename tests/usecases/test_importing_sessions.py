"""Tables of sessions: repeatable, whole or not at all, matched by number, else by service, start and place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from studio_tui.domain.delivery import DeliveryState
from studio_tui.domain.errors import NotAllowed
from studio_tui.domain.services import Mode
from studio_tui.domain.sessions import Origin, Session, SessionStatus
from studio_tui.storage.unit_of_work import Database
from studio_tui.usecases.import_reports import ImportReport, StrictRefusal
from studio_tui.usecases.session_drafts import edit_of
from tests.builders import FixedClock, SmallStudio

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
FAR = (datetime(2000, 1, 1, tzinfo=UTC), datetime(2040, 1, 1, tzinfo=UTC))
HEADER = "date,starts,ends,service,title,staff,room,capacity,mode,status"
TEN = datetime(2026, 3, 10, 9, tzinfo=UTC)
LINE = "10/03/2026,10:00,11:00,Yoga flow,Candle light,Anna Ferri,Studio 2,12,online,active"


@pytest.fixture
def small(database: Database) -> SmallStudio:
    return SmallStudio(database, FixedClock(NOW))


@pytest.fixture
def desk(sqlite_database: Database) -> SmallStudio:
    return SmallStudio(sqlite_database, FixedClock(NOW))


def bring_in(desk: SmallStudio, *lines: str, header: str = HEADER, **more: bool | int) -> ImportReport:
    data = "\r\n".join([header, *lines, ""]).encode()
    return desk.importing.import_sessions(desk.desk, desk.rome.id, data, "timetable.csv", **more)  # type: ignore[arg-type]


def export(desk: SmallStudio) -> bytes:
    return desk.exporting.sessions_table(desk.desk, desk.rome.id, *FAR)


def again(desk: SmallStudio, data: bytes, *, strict: bool = True) -> ImportReport:
    return desk.importing.import_sessions(desk.desk, desk.rome.id, data, "timetable.csv", strict=strict)


def sessions(desk: SmallStudio) -> list[Session]:
    with desk.database.reading() as unit:
        return unit.sessions.between(desk.rome.id, *FAR)


def said(report: ImportReport, *actions: str) -> list[tuple[str, int, str]]:
    return [(line.action, line.line, line.reason) for line in report.lines if not actions or line.action in actions]


def test_a_row_becomes_a_scheduled_session_once_however_often_it_is_read(small: SmallStudio) -> None:
    assert bring_in(small, LINE).count("made") == 1
    before = sessions(small)
    (session,) = before
    assert (session.starts_at, session.length, session.title) == (TEN, timedelta(hours=1), "Candle light")
    assert (session.staff_id, session.room, session.capacity) == (small.teacher.id, "Studio 2", 12)
    assert (session.origin, session.mode) == (Origin.SCHEDULED, None)
    assert said(bring_in(small, LINE)) == [("unchanged", 2, "")]
    assert sessions(small) == before


def test_an_export_comes_back_as_unchanged(small: SmallStudio) -> None:
    titles = ("=1+1", "a, b; c", '"quoted"', "'=x", "@home", "Più\u00e0", "YOGA FLOW", None)
    for day, title in enumerate(titles):
        small.session(starts_at=TEN + timedelta(days=day), title=title, room="+1 floor")
    small.session(small.pilates, starts_at=TEN, mode=Mode.ONLINE, staff_id=None)
    small.scheduling.cancel(small.owner, small.session(starts_at=TEN, room="Small").id, version=None)
    before = sessions(small)
    report = again(small, export(small))
    assert {line.action for line in report.lines} == {"unchanged"}
    assert len(report.lines) == len(before) == len(titles) + 2
    assert sessions(small) == before


@pytest.mark.parametrize("day", [datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 10, 25, tzinfo=UTC)])
@pytest.mark.parametrize("with_ids", [True, False])
def test_an_export_of_the_nights_when_clocks_change_comes_back_as_unchanged(
    desk: SmallStudio, day: datetime, with_ids: bool
) -> None:
    quarter = timedelta(minutes=15)
    for number in range(-4, 16):
        start = day + number * quarter
        desk.session(starts_at=start, ends_at=start + timedelta(minutes=30 + 15 * (number % 4)), room=f"R{number}")
    before = sessions(desk)
    data = export(desk)
    if not with_ids:
        data = data.replace(b"\xef\xbb\xbfid,", b"\xef\xbb\xbfsomething,")
    report = again(desk, data)
    assert {line.action for line in report.lines if line.action != "note"} == {"unchanged"}
    assert sessions(desk) == before


def test_an_end_in_the_hour_that_comes_twice_is_after_its_start(desk: SmallStudio) -> None:
    bring_in(desk, "2026-10-25,2026-10-25,02:45,02:15,Yoga flow", header="date,end_date,starts,ends,service")
    (session,) = sessions(desk)
    assert session.length == timedelta(minutes=30)


def test_a_start_that_the_clock_skips_is_told_and_comes_in_once(desk: SmallStudio) -> None:
    line, header = "29/03/2026,02:30,Yoga flow", "date,starts,service"
    report = bring_in(desk, line, header=header)
    assert ("note", 2, "the clock skips 02:30 on that day: the session is as much later") in said(report)
    assert [session.starts_at for session in sessions(desk)] == [datetime(2026, 3, 29, 1, 30, tzinfo=UTC)]
    assert bring_in(desk, line, header=header).count("unchanged") == 1


def test_a_session_moved_in_the_exported_table_moves_with_its_planned_notice(small: SmallStudio) -> None:
    session = small.session(starts_at=TEN)
    small.book(session)
    report = again(small, export(small).replace(b"10:00", b"12:30").replace(b"11:00", b"13:30"))
    moved = small.read(session)
    waiting = [d for d in small.deliveries(session) if d.state is DeliveryState.READY]
    assert said(report, "changed") == [("changed", 2, "was Tue 10 Mar 10:00, 1 booked")]
    assert (moved.starts_at, moved.booked) == (TEN + timedelta(hours=2, minutes=30), 1)
    assert [d.due_at for d in waiting] == [moved.starts_at]


def test_the_number_of_another_site_names_nothing_here(desk: SmallStudio) -> None:
    desk.session(starts_at=TEN)
    report = again(desk, export(desk).replace(b"trastevere", b"hackney"), strict=False)
    assert said(report) == [
        ("skipped", 2, "It is of the site hackney, and this is Trastevere: bring it in there."),
    ]


def test_a_number_without_a_site_is_not_believed(desk: SmallStudio) -> None:
    session = desk.session(starts_at=TEN)
    header = "id,date,starts,service"
    assert bring_in(desk, f"{session.id},11/03/2026,10:00,Yoga flow", header=header).count("made") == 1
    assert desk.read(session).starts_at == TEN


def test_a_session_of_that_number_and_another_service_is_left_alone(desk: SmallStudio) -> None:
    session = desk.session(starts_at=TEN)
    report = again(desk, export(desk).replace(b"Yoga flow", b"Pilates"), strict=False)
    (line,) = [line for line in report.lines if line.action == "skipped"]
    assert line.reason.startswith(f"Session {session.id} is of Yoga flow here, which cannot be changed")
    assert desk.read(session) == session


def test_what_a_row_leaves_empty_stays(desk: SmallStudio) -> None:
    bring_in(desk, LINE)
    before = sessions(desk)
    assert said(bring_in(desk, "10/03/2026,10:00,,Yoga flow,,,,,,")) == [("unchanged", 2, "")]
    assert said(bring_in(desk, "10/03/2026,10:00,Yoga flow", header="date,starts,service")) == [("unchanged", 2, "")]
    assert sessions(desk) == before


def test_a_row_changes_what_it_says_of_its_session(small: SmallStudio) -> None:
    bring_in(small, LINE)
    (before,) = sessions(small)
    report = bring_in(small, "10/03/2026,10:00,11:30,Yoga flow,Yoga Flow,Marco Bruno,Studio 2,14,,")
    (after,) = sessions(small)
    assert said(report) == [("changed", 2, "another length, another leader, another title, 14 places")]
    assert (after.id, after.staff_id, after.title, after.capacity) == (before.id, small.substitute.id, None, 14)


def test_parallel_sessions_are_told_apart_by_leader_and_room(desk: SmallStudio) -> None:
    lines = [
        "10/03/2026,10:00,11:00,Yoga flow,,Anna Ferri,Studio 1,,,",
        "10/03/2026,10:00,11:00,Yoga flow,,,,,,",
        "10/03/2026,10:00,11:00,Yoga flow,,Marco Bruno,Studio 2,,,",
    ]
    assert bring_in(desk, *lines).count("made") == 3
    for order in (lines, lines[::-1], lines[1:], lines[1:2]):
        report = bring_in(desk, *order)
        assert {line.action for line in report.lines} == {"unchanged"}
    report = bring_in(desk, "10/03/2026,10:00,11:00,Yoga flow,,Paola Greco,Studio 3,,,", *lines)
    assert (report.count("made"), report.count("changed"), report.count("unchanged")) == (1, 0, 3)


def test_a_leader_given_here_survives_a_table_that_names_nobody(desk: SmallStudio) -> None:
    header, line = "date,starts,service", "10/03/2026,10:00,Yoga flow"
    bring_in(desk, line, header=header)
    (session,) = sessions(desk)
    desk.scheduling.edit(desk.owner, session.id, replace(edit_of(session), staff_id=desk.teacher.id), version=None)
    assert said(bring_in(desk, line, header=header)) == [("unchanged", 2, "")]


def test_a_cancelled_row_cancels_and_an_active_one_restores(small: SmallStudio) -> None:
    bring_in(small, LINE)
    assert said(bring_in(small, LINE.replace("active", "cancelled"))) == [("cancelled", 2, "cancelled in the file")]
    assert [session.status for session in sessions(small)] == [SessionStatus.CANCELLED]
    assert said(bring_in(small, LINE.replace("active", "cancelled"))) == [("unchanged", 2, "")]
    assert said(bring_in(small, LINE.replace("active", ""))) == [("unchanged", 2, "")]
    assert said(bring_in(small, LINE)) == [("changed", 2, "takes place again")]


def test_a_row_without_a_status_does_not_change_what_is_cancelled_here(desk: SmallStudio) -> None:
    bring_in(desk, LINE)
    desk.scheduling.cancel(desk.owner, sessions(desk)[0].id, version=None)
    report = bring_in(desk, LINE.replace("active", "").replace("11:00", "11:30"))
    assert said(report) == [
        ("skipped", 2, "The session is cancelled here: restore it first, or write its status as active.")
    ]


def test_a_cancelled_row_of_no_session_makes_none(desk: SmallStudio) -> None:
    report = bring_in(desk, LINE.replace("active", "cancelled"), strict=True)
    assert (report.count("made"), sessions(desk)) == (0, [])


BAD: Sequence[tuple[str, str]] = [
    ("10/03/2026,10:00,,Tai chi", 'There is no service "Tai chi" here: make it first'),
    ("10/03/2026,10:00,,", "It names no service"),
    ("10/03/2026,10:00,,Yoga flow,,Nobody", 'Nobody here is called "Nobody": add them to the team'),
    ("10/03/2026,10:00,,Yoga flow,,,,0", "Capacity must be a number from 1 to"),
    ("10/03/2026,10:00,,Movement advice,,,,3", "An appointment is for one client"),
    ("10/03/2026,10:00,,Yoga flow,,,,,in person", "Yoga flow is online and its sessions may not change mode"),
    ("someday,10:00,,Yoga flow", '"someday" is no date'),
]


@pytest.mark.parametrize(("line", "reason"), BAD)
def test_a_bad_row_is_told_and_the_rest_comes_in_unless_that_is_refused(
    desk: SmallStudio, line: str, reason: str
) -> None:
    with pytest.raises(StrictRefusal, match="nothing was imported: line 2"):
        bring_in(desk, line, LINE, strict=True)
    assert sessions(desk) == []
    (skipped,) = said(bring_in(desk, line, LINE), "skipped")
    assert skipped[1] == 2
    assert skipped[2].startswith(reason)
    assert len(sessions(desk)) == 1


def test_a_capacity_below_what_is_booked_is_refused_row_by_row(desk: SmallStudio) -> None:
    session = desk.session(starts_at=TEN, capacity=5)
    desk.book(session)
    desk.book(session)
    report = bring_in(desk, "10/03/2026,10:00,,Yoga flow,New title,,,1,,")
    assert said(report) == [("skipped", 2, "2 clients are booked: capacity cannot be 1.")]
    assert desk.read(session).title is None


def test_rows_of_unknown_services_can_be_of_one_that_is_chosen(desk: SmallStudio) -> None:
    lines = ("10/03/2026,10:00,,Tai chi", "11/03/2026,10:00,,", "12/03/2026,10:00,,Pilates")
    for action in ("made", "unchanged"):
        report = bring_in(desk, *lines, service_id=desk.yoga.id, staff_id=desk.teacher.id)
        assert report.count(action) == 3
    found = [(s.service_id, s.title, s.staff_id) for s in sessions(desk)]
    assert found == [
        (desk.yoga.id, "Tai chi", desk.teacher.id),
        (desk.yoga.id, None, desk.teacher.id),
        (desk.pilates.id, None, desk.teacher.id),
    ]


def test_the_same_row_twice_makes_one_session(desk: SmallStudio) -> None:
    report = bring_in(desk, LINE, LINE)
    assert said(report, "skipped") == [("skipped", 3, "The row says the same as line 2: leave one of them out.")]
    assert len(sessions(desk)) == 1


def test_two_rows_of_one_number_change_their_session_once(desk: SmallStudio) -> None:
    desk.session(starts_at=TEN)
    data = export(desk)
    report = again(desk, data + data.splitlines(keepends=True)[1].replace(b"10:00", b"10:30"), strict=False)
    assert said(report) == [
        ("unchanged", 2, ""),
        ("skipped", 3, "The session of this row is in line 2 already: leave one of them out."),
    ]


def test_a_zone_in_the_table_is_the_clock_of_its_times(desk: SmallStudio) -> None:
    bring_in(desk, "10/03/2026,9:00,Europe/London,Yoga flow", header="date,starts,zone,service")
    assert [session.starts_at for session in sessions(desk)] == [TEN]
    (line,) = bring_in(desk, "10/03/2026,9:00,Mars/Base,Yoga flow", header="date,starts,zone,service").lines
    assert line.reason.startswith("There is no time zone called 'Mars/Base'")


def test_clashes_are_told_without_names_of_clients(desk: SmallStudio) -> None:
    there = desk.session(desk.pilates, starts_at=TEN)
    here = desk.session(starts_at=TEN + timedelta(days=1))
    client = desk.client("Chiara Neri")
    desk.book(there, client)
    desk.book(here, client)
    report = again(desk, export(desk).replace(b"2026-03-11", b"2026-03-10"))
    (note,) = said(report, "note")
    assert note[:2] == ("note", 3)
    assert "Anna Ferri also leads Pilates, Tue 10:00–11:00." in note[2]
    assert "A client is also booked into Pilates" in note[2]
    assert "Chiara" not in note[2]


def test_a_dry_run_tells_everything_and_saves_nothing(small: SmallStudio) -> None:
    bring_in(small, LINE)
    before = sessions(small)
    lines = (LINE.replace("11:00", "11:30"), LINE.replace("10/03", "17/03"), "x,1,,")
    planned = bring_in(small, *lines, dry_run=True)
    assert (planned.saved, sessions(small)) == (False, before)
    done = bring_in(small, *lines)
    assert said(planned) == said(done)


def test_an_import_is_undone_at_once(small: SmallStudio) -> None:
    bring_in(small, LINE)
    before = sessions(small)
    bring_in(small, LINE.replace("11:00", "11:30"), LINE.replace("10/03", "17/03"))
    small.history.undo(small.desk)
    assert [(s.id, s.ends_at, s.status) for s in sessions(small)] == [(s.id, s.ends_at, s.status) for s in before]


def test_an_instructor_may_not_bring_in_a_timetable(desk: SmallStudio) -> None:
    with pytest.raises(NotAllowed):
        desk.importing.import_sessions(desk.teacher, desk.rome.id, LINE.encode(), "timetable.csv")
