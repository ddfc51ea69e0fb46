"""Whatever a person does, as many undos bring every row back, and as many redos bring its end back (both engines)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, TypeVar

from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, update

from studio_tui.domain.bulk import Cancel, Shift, Stretch, TakePlaceIn
from studio_tui.domain.delivery import DeliveryState
from studio_tui.domain.edits import Turned
from studio_tui.domain.errors import StudioError
from studio_tui.domain.opening import OpeningHours
from studio_tui.domain.people import Role, StaffMember
from studio_tui.domain.recurrence import Frequency, Rule
from studio_tui.domain.series import Scope
from studio_tui.domain.services import Mode
from studio_tui.domain.sessions import Session, SessionStatus
from studio_tui.storage import schema
from studio_tui.storage.history import DERIVED
from studio_tui.storage.images import TABLES
from studio_tui.storage.types import to_ms
from studio_tui.usecases.booking import ClientDraft
from studio_tui.usecases.catalogue import ServiceDraft
from studio_tui.usecases.premises import RoomDraft
from studio_tui.usecases.scheduling import SessionDraft, SessionEdit
from tests.builders import HOUR, MINUTE, SmallStudio, a_link
from tests.usecases.support import assert_sound, contents

T = TypeVar("T")
CALENDAR = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//x//EN\r\nBEGIN:VEVENT\r\nUID:e{n}@x\r\nDTSTAMP:20260301T090000Z\r\n"
    "DTSTART:20260304T1{m}0000Z\r\nDTEND:20260304T1{m}3000Z\r\nSUMMARY:Imported\r\n"
    "URL:https://meet.example/room\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)


@dataclass
class Desk:
    """One person's acts; a number chooses among what there is."""

    small: SmallStudio

    def all(self, read: Callable[[Any], Sequence[T]]) -> Sequence[T]:
        return self.small.resources.read(read)

    def sessions(self) -> list[Session]:
        with self.small.database.reading() as unit:
            ids = list(unit.db.execute(select(schema.session.c.id)).scalars())
            return unit.sessions.by_ids(ids)

    def session(self, n: int) -> Session:
        return pick(self.sessions(), n)

    def make_session(self, n: int) -> None:
        service = self.small.pilates if n % 2 else self.small.yoga
        self.small.session(service, starts_at=self.small.clock() + (n + 1) * 30 * MINUTE, capacity=2, room="Sala 1")

    def edit_session(self, n: int) -> None:
        session = self.session(n)
        edit = SessionEdit(
            starts_at=session.starts_at + (n % 3) * 10 * MINUTE,
            ends_at=session.ends_at + (n % 3 + n % 2) * 10 * MINUTE,
            staff_id=self.small.substitute.id,
            room=f"Room {n}",
            title="Title" if n % 2 else None,
            capacity=session.capacity + n % 2,
            details="Bring a mat",
        )
        self.small.scheduling.edit(self.small.owner, session.id, edit, version=None)

    def move(self, n: int) -> None:
        session = self.session(n)
        self.small.scheduling.move(
            self.small.owner, session.id, session.starts_at + (n - 4) * 15 * MINUTE, version=None
        )

    def cancel_or_restore(self, n: int) -> None:
        session, desk = self.session(n), self.small.scheduling
        act = desk.cancel if session.status is SessionStatus.ACTIVE else desk.restore
        act(self.small.owner, session.id, version=None)

    def switch_mode(self, n: int) -> None:
        session = self.session(n)
        mode = Mode.IN_PERSON if session.mode is Mode.ONLINE else Mode.ONLINE
        self.small.scheduling.switch_mode(self.small.owner, session.id, mode, version=None)

    def set_notice_time(self, n: int) -> None:
        session = self.session(n)
        at = session.starts_at - n * 5 * MINUTE if n % 3 else None
        self.small.scheduling.set_notice_time(self.small.owner, session.id, at, version=None)

    def link(self, n: int) -> None:
        session, linking = self.session(n // 3), self.small.linking
        if n % 3 == 0:
            linking.type_link(self.small.owner, session.id, a_link(f"typed{n}"), version=None)
        else:
            act = linking.remove if n % 3 == 1 else linking.restore
            act(self.small.owner, session.id, version=None)

    def make_course(self, n: int) -> None:
        self.small.course([self.small.clock() + (each + n + 1) * HOUR for each in range(2)], capacity=3)

    def extend_course(self, n: int) -> None:
        course = pick(self.small.catalogue.courses(self.small.rome.id), n)
        start = self.small.clock() + (n + 4) * HOUR
        self.small.session(self.small.posture, course_id=course.id, starts_at=start, capacity=3)

    def enrol(self, n: int) -> None:
        course = pick(self.small.catalogue.courses(self.small.rome.id), n // 2)
        self.small.booking.enrol(self.small.owner, course.id, self.client_id(n))

    def leave_course(self, n: int) -> None:
        course = pick(self.small.catalogue.courses(self.small.rome.id), n // 2)
        enrolment, _ = pick(self.small.booking.enrolments(course.id), n)
        self.small.booking.cancel_enrolment(self.small.owner, enrolment.id)

    def client_id(self, n: int) -> Any:
        return pick(self.small.booking.list_clients(self.small.owner), n).id

    def save_client(self, n: int) -> None:
        known = self.small.booking.list_clients(self.small.owner)
        client_id = pick(known, n).id if n % 2 else None
        draft = ClientDraft(id=client_id, name=f"Client {n}", email=f"c{n}@x.example", push_topic="t" if n % 4 else "")
        self.small.booking.save_client(self.small.owner, draft)

    def book(self, n: int) -> None:
        self.small.booking.book(self.small.owner, self.session(n // 2).id, self.client_id(n))

    def leave(self, n: int) -> None:
        bookings = self.all(lambda unit: unit.bookings.of_session(self.session(n).id))
        self.small.booking.cancel(self.small.owner, pick(bookings, n).id)

    def save_service(self, n: int) -> None:
        service = pick(self.small.catalogue.services(self.small.rome.id), n)
        fields = ("site_id", "kind", "sessions_may_change_mode", "details", "capacity", "duration", "colour", "active")
        kept = {name: getattr(service, name) for name in fields}
        mode = Mode.ONLINE if n % 2 else service.mode
        draft = ServiceDraft(id=service.id if n % 3 else None, name=f"{service.name} {n}", mode=mode, **kept)
        self.small.catalogue.save_service(self.small.owner, draft)

    def service_link(self, n: int) -> None:
        service = pick(self.small.catalogue.services(self.small.rome.id), n)
        self.small.catalogue.set_service_link(self.small.owner, service.id, a_link(f"s{n}") if n % 3 else None)

    def staff(self, n: int) -> None:
        if n % 2:
            self.small.studio.team.add(self.small.owner, f"Person {n}", Role.INSTRUCTOR, [self.small.rome.id])
        else:
            sites = (self.small.rome.id, self.small.london.id) if n % 4 else (self.small.london.id,)
            member = replace(self.small.substitute, email=f"m{n}@x.example", site_ids=sites)
            self.small.studio.team.change(self.small.owner, member)

    def site(self, n: int) -> None:
        if n % 2:
            self.small.catalogue.add_site(self.small.owner, f"site{n}", f"Site {n}", "Europe/Madrid", "es")
        else:
            self.small.catalogue.change_site(self.small.owner, replace(self.small.rome, name=f"Rome {n}"))

    def room(self, n: int) -> None:
        rooms = self.small.studio.premises.rooms(self.small.rome.id)
        if n % 3 == 0 and rooms:
            self.small.studio.premises.remove(self.small.owner, pick(rooms, n).id)
            return
        known = pick(rooms, n) if rooms and n % 3 == 1 else None
        name = f"Sala {n % 4}"
        draft = RoomDraft(id=known.id if known else None, site_id=self.small.rome.id, name=name, capacity=n or None)
        self.small.studio.premises.save(self.small.owner, draft)

    def hours(self, n: int) -> None:
        hours = [OpeningHours(day, 60 * n, 60 * n + 300) for day in range(n % 4)]
        self.small.studio.premises.set_hours(self.small.owner, self.small.rome.id, hours)

    def account(self, n: int) -> None:
        staff = self.small.teacher if n % 3 == 0 else None
        if n % 2:
            self.small.connect(staff=staff, room=f"account{n}")
        else:
            staff_id = None if staff is None else staff.id
            self.small.conferencing.disconnect(self.small.owner, self.small.rome.id, staff_id)

    def import_calendar(self, n: int) -> None:
        data = CALENDAR.format(n=n % 2, m=n).encode()
        self.small.importing.import_calendar(self.small.owner, self.small.rome.id, self.small.yoga.id, data, "week.ics")

    def import_clients(self, n: int) -> None:
        data = f"name,email\nClient {n},c{n}@x.example\nUgo,u@x.example\n".encode()
        self.small.importing.import_clients(self.small.owner, data, "clients.csv")

    def make_series(self, n: int) -> None:
        start = self.small.clock() + (n + 1) * HOUR
        draft = SessionDraft(site_id=self.small.rome.id, service_id=self.small.yoga.id, starts_at=start, capacity=3)
        self.small.studio.series.create(self.small.owner, draft, Rule(frequency=Frequency.DAILY, count=3 + n % 2))

    def of_series(self, n: int) -> Session:
        return pick([session for session in self.sessions() if session.series_id is not None], n)

    def edit_series(self, n: int) -> None:
        session = self.of_series(n)
        edit = SessionEdit(
            starts_at=session.starts_at + (n % 3) * 20 * MINUTE,
            ends_at=session.ends_at + (n % 3) * 20 * MINUTE,
            staff_id=session.staff_id,
            room=f"Room {n % 4}",
            title=session.title,
            capacity=session.capacity,
            details=session.details,
        )
        self.small.studio.series.edit(self.small.owner, session.id, edit, pick(list(Scope), n), version=None)

    def end_series(self, n: int) -> None:
        self.small.studio.series.cancel(self.small.owner, self.of_series(n).id, pick(list(Scope), n), version=None)

    def extend_series(self, n: int) -> None:
        session = self.of_series(n)
        assert session.series_id is not None
        self.small.studio.series.extend(self.small.owner, session.series_id, count=n + 1)

    def duplicate(self, n: int) -> None:
        self.small.studio.series.duplicate(self.small.owner, self.session(n).id)

    def change_several(self, n: int) -> None:
        chosen = [session for session in self.sessions() if session.site_id == self.small.rome.id][n % 3 :: 2]
        changes = (Shift(minutes=15 * n), Stretch(minutes=15), Cancel(), TakePlaceIn(f"Room {n}"))
        versions = {session.id: session.change.version for session in chosen}
        self.small.studio.bulk.apply(self.small.owner, versions, changes[n % 4])

    def copy(self, n: int) -> None:
        session = self.session(n)
        self.small.studio.copying.copy(self.small.owner, session.id, session.starts_at + n * HOUR)

    def copy_day(self, n: int) -> None:
        day = self.session(n).starts_at.date()
        days = timedelta(days=1 + n)
        self.small.studio.copying.copy_days(self.small.owner, self.small.rome.id, day, day + days, 1)

    def let_time_pass(self, n: int) -> None:
        self.small.clock.advance(n * 10 * MINUTE)


def pick(items: Sequence[T], n: int) -> T:
    if not items:
        raise StudioError("nothing there")
    return items[n % len(items)]


_NO_ACTS = ("all", "sessions", "session", "client_id", "of_series")
ACTS = tuple(name for name in vars(Desk) if not name.startswith("_") and name not in _NO_ACTS)
Act = tuple[str, int]
BUSY: list[Act] = [
    *(("make_session", 1), ("save_client", 0), ("book", 0), ("save_client", 2), ("book", 2), ("make_course", 0)),
    *(("enrol", 0), ("extend_course", 1), ("move", 7), ("cancel_or_restore", 0), ("leave", 0), ("leave_course", 0)),
    *(("link", 0), ("account", 1), ("switch_mode", 0), ("room", 2), ("room", 1), ("service_link", 1), ("staff", 2)),
    *(("hours", 3), ("site", 1), ("import_calendar", 1), ("import_clients", 1), ("cancel_or_restore", 0), ("hours", 2)),
    *(("make_series", 1), ("edit_series", 0), ("edit_series", 1), ("edit_series", 2), ("duplicate", 2)),
    *(("change_several", 1), ("change_several", 4), ("copy", 1), ("copy_day", 1), ("change_several", 2)),
    *(("extend_series", 3), ("end_series", 3), ("end_series", 1), ("end_series", 2)),
    *(("edit_session", 1), ("set_notice_time", 1), ("save_service", 1), ("enrol", 1), ("room", 0), ("account", 3)),
]


def rows(small: SmallStudio) -> dict[str, list[dict[str, Any]]]:
    """Every row of what people edit, without the columns that an undo does not bring back."""
    with small.database.reading() as unit:
        return {
            table.name: [
                {name: value for name, value in row._mapping.items() if name not in DERIVED}
                for row in unit.db.execute(select(table).order_by(*table.primary_key.columns))
            ]
            for table in TABLES
        }


@given(acts=st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 9)), min_size=6, max_size=25))
@example(acts=BUSY)
@settings(
    max_examples=6,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    deadline=None,
)
def test_as_many_undos_as_edits_bring_every_row_back(small_anywhere: SmallStudio, acts: list[Act]) -> None:
    stage = small_anywhere
    stage.begin_again()
    with stage.database.writing() as unit:
        unit.db.execute(delete(schema.edit))
    before, desk, history = rows(stage), Desk(stage), stage.studio.history
    for name, number in acts:
        with suppress(StudioError):
            getattr(desk, name)(number)
    after, edits = rows(stage), len(history.recent(stage.owner, limit=200))

    for _ in range(edits):
        history.undo(stage.owner)
        assert_sound(stage)
    assert rows(stage) == before
    assert history.peek(stage.owner).undo is None

    for _ in range(edits):
        history.redo(stage.owner)
        assert_sound(stage)
    assert rows(stage) == after
    for _ in range(edits):
        history.undo(stage.owner)
    assert rows(stage) == before


# Time passes only where the worker also sees that it has passed.
MINE = tuple(name for name in ACTS if name != "let_time_pass")
SENT_BETWEEN: list[Act] = [
    *(("make_session", 0), ("save_client", 0), ("book", 0), ("send", 0), ("send", 0), ("undo", 0), ("redo", 0)),
    *(("make_course", 0), ("enrol", 0), ("extend_course", 0), ("move", 0), ("send", 0), ("send", 0), ("send", 0)),
    *(("undo", 0), ("undo", 0), ("undo", 0), ("undo", 0), ("redo", 0), ("redo", 0), ("redo", 0), ("undo", 0)),
    *(("make_session", 1), ("somebody else books", 9), ("undo", 0), ("skip", 0), ("save_client", 2), ("undo", 0)),
]
AMONG_OTHERS = ("undo", "redo", "skip", "send", "somebody else edits", "somebody else books")


@given(
    acts=st.lists(
        st.tuples(st.sampled_from([*MINE, *AMONG_OTHERS, *AMONG_OTHERS]), st.integers(0, 9)), min_size=20, max_size=50
    )
)
@example(acts=SENT_BETWEEN)
@settings(
    max_examples=6,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    deadline=None,
)
def test_among_others_and_their_mail_an_undo_is_whole_or_refused(small_anywhere: SmallStudio, acts: list[Act]) -> None:
    stage = small_anywhere
    stage.begin_again()
    with stage.database.writing() as unit:
        unit.db.execute(delete(schema.edit))
    with suppress(StudioError):
        stage.connect()
    desk, others = Desk(stage), Others(stage)
    for name, number in acts:
        if name in AMONG_OTHERS:
            getattr(others, name.replace(" ", "_"))(number)
        else:
            with suppress(StudioError):
                getattr(desk, name)(number)
        assert_sound(stage)


@dataclass
class Others:
    """A worker that sends, somebody at the desk, and the owner's undo and redo in between."""

    small: SmallStudio

    def undo(self, _n: int) -> None:
        self.turn(self.small.studio.history.undo)

    def redo(self, _n: int) -> None:
        self.turn(self.small.studio.history.redo)

    def skip(self, _n: int) -> None:
        history = self.small.studio.history
        edit = history.peek(self.small.owner).undo
        if edit is not None:
            history.set_aside(self.small.owner, edit.id)

    def turn(self, act: Callable[[StaffMember], Turned]) -> None:
        """What is refused leaves everything as it was; what was sent is still there."""
        sent, before = self.sent(), contents(self.small.database)
        try:
            act(self.small.owner)
        except StudioError:
            assert contents(self.small.database) == before
        assert self.sent() == sent

    def send(self, _n: int) -> None:
        self.small.clock.advance(30 * MINUTE)
        self.small.send_due()
        with self.small.database.writing() as unit:  # as the worker would, at a session's end
            late = schema.outbox.c.expires_at <= to_ms(self.small.clock())
            waiting = schema.outbox.c.state.in_([int(state) for state in DeliveryState if state.waiting])
            values = {"state": int(DeliveryState.EXPIRED)}
            unit.db.execute(update(schema.outbox).where(late, waiting).values(values))

    def sent(self) -> set[str]:
        with self.small.database.reading() as unit:
            stmt = select(schema.outbox.c.key).where(schema.outbox.c.state == int(DeliveryState.SENT))
            return set(unit.db.execute(stmt).scalars())

    def somebody_else_edits(self, n: int) -> None:
        with suppress(StudioError):
            session = pick(Desk(self.small).sessions(), n)
            self.small.scheduling.move(self.small.desk, session.id, session.starts_at + 5 * MINUTE, version=None)

    def somebody_else_books(self, n: int) -> None:
        with suppress(StudioError):
            desk = Desk(self.small)
            self.small.booking.book(self.small.desk, desk.session(n).id, desk.client_id(n // 2))
