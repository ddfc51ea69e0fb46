"""Every use case that changes something, or shows a link in the clear, checks SPEC §7 for every role."""

from __future__ import annotations

import asyncio
import inspect
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import time, timedelta
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import pytest

from studio_tui.domain.announcements import AnnouncementKind, SessionNews
from studio_tui.domain.bookings import Booking, Enrolment
from studio_tui.domain.bulk import Shift
from studio_tui.domain.delivery import DeliveryState
from studio_tui.domain.errors import NotAllowed, StudioError
from studio_tui.domain.message_rules import ServiceRules, SiteRules
from studio_tui.domain.messages import MessageKind
from studio_tui.domain.opening import OpeningHours
from studio_tui.domain.outbox import OutboxAct
from studio_tui.domain.people import Client, Role, StaffMember
from studio_tui.domain.quick_add import QuickSession
from studio_tui.domain.recurrence import weekly
from studio_tui.domain.rooms import Room
from studio_tui.domain.series import Patch, Scope
from studio_tui.domain.services import Mode
from studio_tui.domain.sessions import Course, Session
from studio_tui.usecases.booking import ClientDraft
from studio_tui.usecases.catalogue import ServiceDraft
from studio_tui.usecases.premises import RoomDraft
from studio_tui.usecases.refusing import unsubscribe_token
from studio_tui.usecases.scheduling import SessionDraft, SessionEdit
from studio_tui.usecases.studio import Studio
from tests.builders import HOUR, SmallStudio, a_link
from tests.doubles.rooms import a_sign_in
from tests.engines import opened
from tests.usecases.support import contents

DAY = timedelta(days=1)


@dataclass
class Furnished:
    """A small studio with something of everything; all sessions are led by `teacher`."""

    small: SmallStudio
    session: Session
    cancelled: Session
    course: Course
    client: Client
    booking: Booking
    enrolment: Enrolment
    room: Room
    recurring: Session

    @property
    def delivery(self) -> Any:
        return self.small.deliveries(self.session)[0].id


def furnish(small: SmallStudio) -> Furnished:
    session, cancelled = small.session(), small.session()
    small.scheduling.cancel(small.owner, cancelled.id, version=None)
    course, _ = small.course()
    booking, enrolled = small.book(session), small.client()
    enrolment = small.booking.enrol(small.owner, course.id, enrolled.id)
    small.connect()
    small.connect(staff=small.teacher, room="anna")
    room = small.premises.save(small.owner, RoomDraft(site_id=small.rome.id, name="Attic"))
    timetable = SessionDraft(
        site_id=small.rome.id, service_id=small.yoga.id, starts_at=small.clock() + 5 * HOUR, staff_id=small.teacher.id
    )
    first = small.series.create(small.owner, timetable, weekly({0}, count=3)).session_id
    assert first is not None
    recurring = small.resources.read(lambda unit: unit.sessions.get(first))
    return Furnished(small, session, cancelled, course, small.client(), booking, enrolment, room, recurring)


@pytest.fixture(scope="module")
def furnished_once(small_studio_file: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Furnished]:
    path = tmp_path_factory.mktemp("furnished") / "studio.db"
    shutil.copyfile(small_studio_file, path)
    with opened(f"sqlite:///{path}") as database:
        return path, furnish(SmallStudio(database))


@pytest.fixture
def at(furnished_once: tuple[Path, Furnished], tmp_path: Path) -> Iterator[Furnished]:
    path, furnished = furnished_once
    shutil.copyfile(path, tmp_path / "studio.db")
    with opened(f"sqlite:///{tmp_path / 'studio.db'}") as database:
        yield replace(furnished, small=SmallStudio(database))


def edit_of(session: Session, **fields: Any) -> SessionEdit:
    names = ("starts_at", "ends_at", "staff_id", "room", "title", "capacity", "details")
    return SessionEdit(**{name: getattr(session, name) for name in names} | fields)


def a_session_draft(at: Furnished, leader: StaffMember) -> SessionDraft:
    small = at.small
    starts_at = small.clock() + HOUR
    return SessionDraft(site_id=small.rome.id, service_id=small.yoga.id, starts_at=starts_at, staff_id=leader.id)


def make_course(at: Furnished, who: StaffMember) -> object:
    draft = replace(a_session_draft(at, at.small.teacher), service_id=at.small.posture.id)
    return at.small.scheduling.create_course(who, "Run", draft, [draft.starts_at], HOUR)


def copy_the_day(at: Furnished, who: StaffMember) -> Any:
    day = at.session.starts_at.date()
    return at.small.copying.copy_days(who, at.small.rome.id, day, day + DAY * 9, 1)


def a_line(at: Furnished) -> QuickSession:
    day = at.session.starts_at.date() + DAY * 9
    return QuickSession(service_id=at.small.yoga.id, day=day, at=time(20), staff_id=at.small.teacher.id)


def retry(at: Furnished, who: StaffMember) -> object:
    at.small.set_delivery(at.delivery, DeliveryState.FAILED)
    return at.small.notifying.retry(who, at.delivery)


def hold(at: Furnished, who: StaffMember) -> None:
    for _, error in at.small.studio.outbox.act(who, [at.delivery], OutboxAct.HOLD).refused:
        raise error


def import_calendar(at: Furnished, who: StaffMember) -> object:
    small = at.small
    empty = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n"
    return small.importing.import_calendar(who, small.rome.id, small.yoga.id, empty, "empty.ics")


def default_account(at: Furnished, who: StaffMember) -> object:
    return at.small.conferencing.connect(who, at.small.rome.id, None, "custom", {"url": a_link("new").url})


def own_account(at: Furnished, who: StaffMember) -> object:
    small = at.small
    return small.conferencing.connect(who, small.rome.id, small.teacher.id, "custom", {"url": a_link("new").url})


def disconnect_first(at: Furnished, who: StaffMember, staff: StaffMember | None) -> object:
    staff_id = None if staff is None else staff.id
    at.small.conferencing.disconnect(at.small.owner, at.small.rome.id, staff_id)
    return at.small.conferencing.reconnect(who, at.small.rome.id, staff_id)


def as_far_as_it_goes(act: Callable[[], object]) -> None:
    """Carry out what somebody may do, where nothing is there to do it with."""
    try:
        act()
    except NotAllowed:
        raise
    except StudioError:
        return


def push_a_test(at: Furnished, who: StaffMember) -> None:
    asyncio.run(at.small.studio.push_tests.send(who, at.client.id, at.small.rome.id))


def write_somehow(name: str, at: Furnished, who: StaffMember) -> None:
    words = () if name == "readers" else ("Socks", "Bring warm ones.")
    getattr(at.small.studio.writing, name)(who, [at.session.id], *words)


def sign_in_somehow(name: str, at: Furnished, who: StaffMember, *, own: bool) -> None:
    signing_in, site_id, staff_id = at.small.signing_in, at.small.rome.id, at.small.teacher.id if own else None
    given: dict[str, Callable[[], object]] = {
        "sign_in": lambda: asyncio.run(signing_in.sign_in(who, site_id, staff_id, "house", "key", {})),
        "connect": lambda: signing_in.connect(who, site_id, staff_id, "house", "key", a_sign_in("rosa")),
        "test": lambda: asyncio.run(signing_in.test(who, site_id, staff_id)),
        "typed": lambda: asyncio.run(signing_in.typed(who, site_id, staff_id)),
    }
    as_far_as_it_goes(given[name])


def change_series(at: Furnished, who: StaffMember, *, act: str) -> object:
    series_id = at.recurring.series_id
    assert series_id is not None
    if act == "extend":
        return at.small.series.extend(who, series_id, count=4)
    return getattr(at.small.series, act)(who, series_id, Patch(room="Loft"))


def edit_series(at: Furnished, who: StaffMember, *, act: str, **version: None) -> object:
    edit = edit_of(at.recurring, room="Loft")
    return getattr(at.small.series, act)(who, at.recurring.id, edit, Scope.ALL, **version)


Act = Callable[[Furnished, StaffMember], object]
OWNER, DESK, LEADER, COLLEAGUE = "owner", "desk", "teacher", "substitute"
NOBODY_ELSE, THE_DESK, THE_LEADER_TOO = {OWNER}, {OWNER, DESK}, {OWNER, DESK, LEADER}

SECTION_7: dict[str, tuple[set[str], Act]] = {
    "catalogue.add_site": (
        NOBODY_ELSE,
        lambda at, who: at.small.catalogue.add_site(who, "new", "New", "Europe/Rome", "it"),
    ),
    "catalogue.change_site": (
        NOBODY_ELSE,
        lambda at, who: at.small.catalogue.change_site(who, replace(at.small.rome, name="Roma")),
    ),
    "team.add": (
        NOBODY_ELSE,
        lambda at, who: at.small.team.add(who, "Ugo Riva", Role.OWNER, [at.small.rome.id]),
    ),
    "team.change": (
        NOBODY_ELSE,
        lambda at, who: at.small.team.change(who, replace(at.small.desk, role=Role.OWNER)),
    ),
    "premises.save": (
        THE_DESK,
        lambda at, who: at.small.premises.save(who, RoomDraft(site_id=at.small.rome.id, name="Loft")),
    ),
    "premises.remove": (THE_DESK, lambda at, who: at.small.premises.remove(who, at.room.id)),
    "premises.set_hours": (
        NOBODY_ELSE,
        lambda at, who: at.small.premises.set_hours(who, at.small.rome.id, [OpeningHours(0, 0, 60)]),
    ),
    "catalogue.save_service": (
        THE_DESK,
        lambda at, who: at.small.catalogue.save_service(who, ServiceDraft(site_id=at.small.rome.id, name="New")),
    ),
    "catalogue.set_service_link": (
        THE_DESK,
        lambda at, who: at.small.catalogue.set_service_link(who, at.small.yoga.id, a_link()),
    ),
    "catalogue.service_link": (THE_DESK, lambda at, who: at.small.catalogue.service_link(who, at.small.yoga.id)),
    "scheduling.create": (
        THE_LEADER_TOO,
        lambda at, who: at.small.scheduling.create(who, a_session_draft(at, at.small.teacher)),
    ),
    "scheduling.create_course": (THE_LEADER_TOO, make_course),
    "scheduling.edit": (
        THE_LEADER_TOO,
        lambda at, who: at.small.scheduling.edit(who, at.session.id, edit_of(at.session, room="Loft"), version=None),
    ),
    "scheduling.preview_move": (
        THE_LEADER_TOO,
        lambda at, who: at.small.scheduling.preview_move(who, at.session.id, at.session.starts_at + HOUR),
    ),
    "scheduling.move": (
        THE_LEADER_TOO,
        lambda at, who: at.small.scheduling.move(who, at.session.id, at.session.starts_at + HOUR, version=None),
    ),
    "scheduling.cancel": (
        THE_LEADER_TOO,
        lambda at, who: at.small.scheduling.cancel(who, at.session.id, version=None),
    ),
    "scheduling.restore": (
        THE_LEADER_TOO,
        lambda at, who: at.small.scheduling.restore(who, at.cancelled.id, version=None),
    ),
    "scheduling.switch_mode": (
        THE_LEADER_TOO,
        lambda at, who: at.small.scheduling.switch_mode(who, at.session.id, Mode.ONLINE, version=None),
    ),
    "scheduling.set_notice_time": (
        THE_LEADER_TOO,
        lambda at, who: at.small.scheduling.set_notice_time(who, at.session.id, at.small.clock(), version=None),
    ),
    "series.create": (
        THE_LEADER_TOO,
        lambda at, who: at.small.series.create(who, a_session_draft(at, at.small.teacher), weekly({0}, count=2)),
    ),
    "series.preview_create": (
        THE_LEADER_TOO,
        lambda at, who: at.small.series.preview_create(
            who, a_session_draft(at, at.small.teacher), weekly({0}, count=2)
        ),
    ),
    "series.edit": (THE_LEADER_TOO, partial(edit_series, act="edit", version=None)),
    "series.preview_edit": (THE_LEADER_TOO, partial(edit_series, act="preview_edit")),
    "series.cancel": (
        THE_LEADER_TOO,
        lambda at, who: at.small.series.cancel(who, at.recurring.id, Scope.ALL, version=None),
    ),
    "series.preview_cancel": (
        THE_LEADER_TOO,
        lambda at, who: at.small.series.preview_cancel(who, at.recurring.id, Scope.ALL),
    ),
    "series.change": (THE_LEADER_TOO, partial(change_series, act="change")),
    "series.preview_change": (THE_LEADER_TOO, partial(change_series, act="preview_change")),
    "series.extend": (THE_LEADER_TOO, partial(change_series, act="extend")),
    "series.duplicate": (THE_LEADER_TOO, lambda at, who: at.small.series.duplicate(who, at.session.id)),
    "booking.save_client": (
        THE_DESK,
        lambda at, who: at.small.booking.save_client(who, ClientDraft(name="New")),
    ),
    "booking.correct_client": (
        THE_DESK,
        lambda at, who: at.small.booking.correct_client(who, ClientDraft(name="New")),
    ),
    "bounces.record": (
        THE_DESK,
        lambda at, who: as_far_as_it_goes(
            lambda: at.small.studio.bounces.record(who, "nobody@clients.example", "5.1.1", "no such user")
        ),
    ),
    "bounces.take": (
        THE_DESK,
        lambda at, who: as_far_as_it_goes(lambda: at.small.studio.bounces.take(who, b"")),
    ),
    "client_area.bookings": (THE_DESK, lambda at, who: at.small.studio.client_area.bookings(who, at.client.id)),
    "messages.switch": (
        NOBODY_ELSE,
        lambda at, who: at.small.studio.messages.switch(who, at.small.rome.id, None, MessageKind.REMINDER, False),
    ),
    "messages.switch:service": (
        THE_DESK,
        lambda at, who: at.small.studio.messages.switch(
            who, at.small.rome.id, at.small.yoga.id, MessageKind.REMINDER, False
        ),
    ),
    "messages.foresee": (
        NOBODY_ELSE,
        lambda at, who: at.small.studio.messages.foresee(who, at.small.rome.id, None, MessageKind.REMINDER, False),
    ),
    "messages.set_rules": (
        NOBODY_ELSE,
        lambda at, who: at.small.studio.messages.set_rules(who, at.small.rome.id, SiteRules.of(at.small.rome)),
    ),
    "messages.set_service_rules": (
        THE_DESK,
        lambda at, who: at.small.studio.messages.set_service_rules(
            who, at.small.yoga.id, ServiceRules.of(at.small.yoga)
        ),
    ),
    "refusing.refuse": (
        THE_DESK,
        lambda at, who: at.small.studio.refusing.refuse(who, at.client.id, MessageKind.REMINDER, True),
    ),
    "refusing.unsubscribe": (
        THE_DESK,
        lambda at, who: at.small.studio.refusing.unsubscribe(
            who, unsubscribe_token(at.small.resources.vault, at.client.id, MessageKind.REMINDER)
        ),
    ),
    "push_tests.send": (THE_DESK, lambda at, who: as_far_as_it_goes(lambda: push_a_test(at, who))),
    "booking.book": (THE_LEADER_TOO, lambda at, who: at.small.booking.book(who, at.session.id, at.client.id)),
    "booking.cancel": (THE_LEADER_TOO, lambda at, who: at.small.booking.cancel(who, at.booking.id)),
    "bulk.apply": (THE_LEADER_TOO, lambda at, who: at.small.bulk.apply(who, {at.session.id: None}, Shift(days=1))),
    "copying.preview": (
        THE_LEADER_TOO,
        lambda at, who: at.small.copying.preview(who, at.session.id, at.session.starts_at + DAY),
    ),
    "copying.copy": (
        THE_LEADER_TOO,
        lambda at, who: at.small.copying.copy(who, at.session.id, at.session.starts_at + DAY),
    ),
    "copying.copy_days": (THE_LEADER_TOO, copy_the_day),
    "quick_adding.preview": (
        THE_LEADER_TOO,
        lambda at, who: at.small.quick_adding.preview(who, at.small.rome, a_line(at)),
    ),
    "quick_adding.make": (
        THE_LEADER_TOO,
        lambda at, who: at.small.quick_adding.make(who, at.small.rome, a_line(at)),
    ),
    "booking.enrol": (THE_LEADER_TOO, lambda at, who: at.small.booking.enrol(who, at.course.id, at.client.id)),
    "booking.cancel_enrolment": (
        THE_LEADER_TOO,
        lambda at, who: at.small.booking.cancel_enrolment(who, at.enrolment.id),
    ),
    "linking.type_link": (
        THE_LEADER_TOO,
        lambda at, who: at.small.linking.type_link(who, at.session.id, a_link(), version=None),
    ),
    "linking.restore": (
        THE_LEADER_TOO,
        lambda at, who: at.small.linking.restore(who, at.session.id, version=None),
    ),
    "linking.remove": (
        THE_LEADER_TOO,
        lambda at, who: at.small.linking.remove(who, at.session.id, version=None),
    ),
    "linking.reveal": (THE_LEADER_TOO, lambda at, who: at.small.linking.reveal(who, at.session.id)),
    "conferencing.connect: the site's": (NOBODY_ELSE, default_account),
    "conferencing.connect: the leader's": (THE_LEADER_TOO, own_account),
    "conferencing.reconnect: the site's": (NOBODY_ELSE, lambda at, who: disconnect_first(at, who, None)),
    "conferencing.reconnect: the leader's": (
        THE_LEADER_TOO,
        lambda at, who: disconnect_first(at, who, at.small.teacher),
    ),
    "conferencing.disconnect: the site's": (
        NOBODY_ELSE,
        lambda at, who: at.small.conferencing.disconnect(who, at.small.rome.id, None),
    ),
    "conferencing.disconnect: the leader's": (
        THE_LEADER_TOO,
        lambda at, who: at.small.conferencing.disconnect(who, at.small.rome.id, at.small.teacher.id),
    ),
    "conferencing.values: the site's": (
        NOBODY_ELSE,
        lambda at, who: at.small.conferencing.values(who, at.small.rome.id, None),
    ),
    "conferencing.values: the leader's": (
        THE_LEADER_TOO,
        lambda at, who: at.small.conferencing.values(who, at.small.rome.id, at.small.teacher.id),
    ),
    **{
        f"signing_in.{name}: {whose}": (allowed, partial(sign_in_somehow, name, own=own))
        for name in ("sign_in", "connect", "test", "typed")
        for whose, allowed, own in (("the site's", NOBODY_ELSE, False), ("the leader's", THE_LEADER_TOO, True))
    },
    "key_rotation.rotate": (
        NOBODY_ELSE,
        lambda at, who: as_far_as_it_goes(lambda: at.small.studio.key_rotation.rotate(who)),
    ),
    "signing_in.try_again": (
        THE_LEADER_TOO,
        lambda at, who: as_far_as_it_goes(lambda: at.small.signing_in.try_again(who, at.session.id)),
    ),
    "signing_in.start_url": (
        THE_LEADER_TOO,
        lambda at, who: as_far_as_it_goes(lambda: asyncio.run(at.small.signing_in.start_url(who, at.session.id))),
    ),
    "notifying.resend": (
        THE_LEADER_TOO,
        lambda at, who: at.small.notifying.resend(who, at.session.id, at.booking.id),
    ),
    "notifying.retry": (THE_LEADER_TOO, retry),
    "outbox.act": (THE_LEADER_TOO, hold),
    "notifying.cancel": (THE_LEADER_TOO, lambda at, who: at.small.notifying.cancel(who, at.delivery)),
    "announcing.preview": (
        THE_LEADER_TOO,
        lambda at, who: at.small.announcing.preview(who, AnnouncementKind.CHANGED, [SessionNews(at.session.id)]),
    ),
    "announcing.announce": (
        THE_LEADER_TOO,
        lambda at, who: at.small.announcing.announce(who, AnnouncementKind.CHANGED, [SessionNews(at.session.id)]),
    ),
    **{f"writing.{name}": (THE_LEADER_TOO, partial(write_somehow, name)) for name in ("readers", "preview", "send")},
    "exporting.calendar": (
        THE_LEADER_TOO,
        lambda at, who: at.small.exporting.calendar(
            who, at.small.rome.id, at.session.starts_at, at.session.ends_at, with_links=True
        ),
    ),
    "exporting.clients_table": (THE_DESK, lambda at, who: at.small.exporting.clients_table(who)),
    "exporting.bookings_table": (
        THE_DESK,
        lambda at, who: at.small.exporting.bookings_table(
            who, at.small.rome.id, at.session.starts_at, at.session.ends_at
        ),
    ),
    "importing.import_calendar": (THE_DESK, import_calendar),
    "importing.import_sessions": (
        THE_DESK,
        lambda at, who: at.small.importing.import_sessions(
            who, at.small.rome.id, b"date,start,service\n2026-12-01,10:00,Yoga flow\n", "timetable.csv"
        ),
    ),
    "importing.import_clients": (
        THE_DESK,
        lambda at, who: at.small.importing.import_clients(who, b"name,email\nUgo,ugo@clients.example\n", "clients.csv"),
    ),
}
NEEDS_NO_PERMISSION = {
    "catalogue": {"actor", "course", "courses", "find_service", "service", "services", "site", "sites", "staff"}
    | {"staff_member", "preview_service_link", "upcoming"},
    "founding": {"first_owner", "first_site", "founder", "standing"},  # only before anybody works here
    "team": {"lines", "leads"},
    "premises": {"hours", "lines", "outside", "room", "rooms", "use"},
    "calendar": {"between", "days", "detail", "facts", "status", "week"},
    "clashing": {"ground", "of_booking", "of_draft", "of_edit", "of_enrolment", "of_links"},
    "old_links": {"correct", "holders"},  # of what the person may send notices of, and nothing else
    "signing_in": {"discard"},  # what was never kept
    "key_rotation": {"fresh_key"},  # which seals nothing yet
    "meeting_keeping": {"now", "last_change", "look", "standing", "open", "begin", "still_ours", "forget", "made"}
    | {"removed", "failed", "give_up", "not_given_up"},  # the program itself acts
    "scheduling": set[str](),
    "series": {"get", "of_site"},
    "booking": {"bookings", "client", "enrolments", "find_clients", "list_clients"},
    "linking": {"holders_of_old_link"},
    "conferencing": {"accounts", "kinds", "preview"},
    "notifying": {"deliveries", "plan", "reconcile", "troubled"},
    "outbox": {"count", "kinds", "line", "message", "page", "place_of", "place_of_now"},
    "announcing": {"told_of"},
    "exporting": {"sessions_table", "week"},
    "importing": set[str](),
    "finding": {"find"},
    "preflight": {"board"},
    "bulk": {"preview"},  # it tells what is not permitted
    "copying": {"preview_days"},
    "quick_adding": {"vocabulary"},
    "history": {"peek", "recent", "redo", "set_aside", "undo"},  # of one's own edits, each checked as when it was made
    "messages": {"settings"},
    "message_previews": {"next_session", "refused", "show"},  # links are masked
    "cards": {"card", "count", "page"},
}


def test_every_use_case_is_in_the_table_or_needs_no_permission(at: Furnished) -> None:
    known = {name.partition(":")[0] for name in SECTION_7}
    known |= {f"{desk}.{name}" for desk, names in NEEDS_NO_PERMISSION.items() for name in names}
    desks = [name for name, _ in inspect.getmembers(Studio, lambda member: isinstance(member, cached_property))]
    existing = {
        f"{desk}.{name}"
        for desk in desks
        for name, _ in inspect.getmembers(type(getattr(at.small.studio, desk)), inspect.isfunction)
        if not name.startswith("_")
    }
    assert existing == known


@pytest.mark.parametrize("name", SECTION_7)
@pytest.mark.parametrize("who", [OWNER, DESK, LEADER, COLLEAGUE])
def test_section_7_who_may_do_what(at: Furnished, name: str, who: str) -> None:
    allowed, act = SECTION_7[name]
    actor: StaffMember = getattr(at.small, who)

    if who in allowed:
        act(at, actor)
        return
    with pytest.raises(NotAllowed, match=actor.name):
        act(at, actor)


def test_section_7_whoever_has_left_changes_nothing(at: Furnished) -> None:
    before = contents(at.small.database)

    for name, (_, act) in SECTION_7.items():
        if "reconnect" in name or "retry" in name:  # they change something first
            continue
        for who in (OWNER, LEADER):
            with pytest.raises(NotAllowed):
                act(at, replace(getattr(at.small, who), active=False))
    assert contents(at.small.database) == before


def test_a_refused_act_leaves_nothing_changed(at: Furnished) -> None:
    before = contents(at.small.database)

    for name, (allowed, act) in SECTION_7.items():
        if "reconnect" in name or "retry" in name:  # they change something first
            continue
        for who in {OWNER, DESK, LEADER, COLLEAGUE} - allowed:
            with pytest.raises(NotAllowed):
                act(at, getattr(at.small, who))
    assert contents(at.small.database) == before
    assert at.small.commits == 0


def test_an_instructor_cannot_make_a_session_that_somebody_else_leads(at: Furnished) -> None:
    with pytest.raises(NotAllowed):
        at.small.scheduling.create(at.small.teacher, a_session_draft(at, at.small.substitute))


def test_an_instructor_cannot_hand_a_session_to_somebody_else(at: Furnished) -> None:
    handed_over = edit_of(at.session, staff_id=at.small.substitute.id)

    with pytest.raises(NotAllowed):
        at.small.scheduling.edit(at.small.teacher, at.session.id, handed_over, version=None)
    at.small.scheduling.edit(at.small.desk, at.session.id, handed_over, version=None)


def test_an_instructor_enrols_only_where_they_lead_every_session(at: Furnished) -> None:
    small = at.small
    last = small.resources.read(lambda unit: unit.sessions.of_course(at.course.id))[-1]
    small.scheduling.edit(small.desk, last.id, edit_of(last, staff_id=small.substitute.id), version=None)

    for who in (small.teacher, small.substitute):
        with pytest.raises(NotAllowed):
            small.booking.enrol(who, at.course.id, at.client.id)


def test_an_instructor_sees_no_colleague_s_account(at: Furnished) -> None:
    small = at.small

    def seen(actor: StaffMember) -> list[str]:
        return [line.holder for line in small.conferencing.accounts(actor, small.rome.id).staff]

    assert seen(small.teacher) == ["Anna Ferri"]
    assert seen(small.desk) == seen(small.owner) == ["Anna Ferri", "Luca Rossi", "Marco Bruno", "Paola Greco"]


def test_a_link_is_revealed_to_whoever_may_change_it(at: Furnished) -> None:
    link = at.small.linking.reveal(at.small.teacher, at.session.id)

    assert link is not None
    assert link.url == a_link("anna").url


def test_every_refusal_is_one_sentence_of_the_studio(at: Furnished) -> None:
    for name, (allowed, act) in SECTION_7.items():
        for who in {OWNER, DESK, LEADER, COLLEAGUE} - allowed:
            with pytest.raises(StudioError) as refusal:
                act(at, getattr(at.small, who))
            sentence = str(refusal.value)
            assert sentence.endswith("."), name
            assert "\n" not in sentence, name
