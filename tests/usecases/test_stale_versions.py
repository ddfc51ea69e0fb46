"""A write based on an old version is refused, says who wrote since and when, and changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from studio_tui.domain.errors import StaleVersion
from studio_tui.domain.opening import OpeningHours
from studio_tui.domain.people import ClientId, StaffMember
from studio_tui.domain.services import Mode
from studio_tui.domain.sessions import SessionId
from studio_tui.usecases.booking import ClientDraft
from studio_tui.usecases.catalogue import ServiceDraft
from studio_tui.usecases.premises import RoomDraft
from studio_tui.usecases.scheduling import SessionEdit
from tests.builders import HOUR, MINUTE, NOW, SmallStudio, a_link
from tests.usecases.support import contents

Write = Callable[[SmallStudio, StaffMember, int | None], object]
SESSION, COURSE_SESSIONS, CLIENT = SessionId(1), (SessionId(2), SessionId(3)), ClientId(1)


def service(small: SmallStudio, who: StaffMember, version: int | None) -> object:
    draft = ServiceDraft(id=small.yoga.id, site_id=small.rome.id, name="Yoga flow", mode=Mode.ONLINE)
    return small.catalogue.save_service(who, draft, version=version)


def room(small: SmallStudio, who: StaffMember, version: int | None) -> object:
    loft = small.premises.room(small.rome.id, "Loft")
    return small.premises.save(who, RoomDraft(id=loft.id, site_id=small.rome.id, name="Loft"), version=version)


def edit(small: SmallStudio, who: StaffMember, version: int | None) -> object:
    form = SessionEdit(starts_at=NOW, ends_at=NOW + HOUR, staff_id=None, room="", title=None, capacity=10, details=None)
    return small.scheduling.edit(who, SESSION, form, version=version)


def restore(small: SmallStudio, who: StaffMember, version: int | None) -> object:
    if version is None:
        return small.scheduling.cancel(who, SESSION, version=None)
    return small.scheduling.restore(who, SESSION, version=version)


def account(small: SmallStudio, who: StaffMember, version: int | None) -> object:
    values = {"url": a_link("new").url}
    return small.conferencing.connect(who, small.rome.id, None, "custom", values, version=version)


def disconnect(small: SmallStudio, who: StaffMember, version: int | None) -> object:
    if version is None:
        return account(small, who, None)
    return small.conferencing.disconnect(who, small.rome.id, None, version=version)


def of_course(small: SmallStudio, who: StaffMember, version: int | None) -> object:
    """Somebody sets the run's link at its first session, another at its second."""
    which = COURSE_SESSIONS[0] if version is None else COURSE_SESSIONS[1]
    return small.linking.type_link(who, which, a_link(f"by {who.id}"), version=version)


WRITES: dict[str, tuple[str, int, Write]] = {
    "change_staff": (
        "Staff member Anna Ferri",
        1,
        lambda small, who, v: small.team.change(who, replace(small.teacher, email="a@b.example"), version=v),
    ),
    "set_hours": (
        "The site Trastevere",
        1,
        lambda small, who, v: small.premises.set_hours(who, small.rome.id, [OpeningHours(0, 0, v or 9)], version=v),
    ),
    "save a room": ("The room Loft", 1, room),
    "save_service": ("The service Yoga flow", 1, service),
    "set_service_link": (
        "The service Yoga flow",
        1,
        lambda small, who, v: small.catalogue.set_service_link(who, small.yoga.id, a_link(), version=v),
    ),
    "save_client": (
        "The client Chiara Neri",
        1,
        lambda small, who, v: small.booking.save_client(who, ClientDraft(id=CLIENT, name="Chiara Neri"), version=v),
    ),
    "edit": ("Yoga flow", 1, edit),
    "move": ("Yoga flow", 1, lambda small, who, v: small.scheduling.move(who, SESSION, NOW, version=v)),
    "cancel": (
        "Yoga flow",
        1,
        lambda small, who, v: (
            small.scheduling.move(who, SESSION, NOW, version=v)
            if v is None
            else small.scheduling.cancel(who, SESSION, version=v)
        ),
    ),
    "restore": ("Yoga flow", 1, restore),
    "switch_mode": (
        "Yoga flow",
        1,
        lambda small, who, v: small.scheduling.switch_mode(who, SESSION, Mode.ONLINE, version=v),
    ),
    "set_notice_time": (
        "Yoga flow",
        1,
        lambda small, who, v: small.scheduling.set_notice_time(who, SESSION, NOW, version=v),
    ),
    "type_link": ("Yoga flow", 1, lambda small, who, v: small.linking.type_link(who, SESSION, a_link(), version=v)),
    "remove": ("Yoga flow", 1, lambda small, who, v: small.linking.remove(who, SESSION, version=v)),
    "restore a link": ("Yoga flow", 1, lambda small, who, v: small.linking.restore(who, SESSION, version=v)),
    "type_link, another session of the run": ("Posture course", 1, of_course),
    "connect": ("The conference account", 2, account),
    "disconnect": ("The conference account", 2, disconnect),
}


@pytest.mark.parametrize("name", WRITES)
def test_a_write_over_an_old_version_is_refused_and_says_who_and_when(small: SmallStudio, name: str) -> None:
    what, version, write = WRITES[name]
    small.session(starts_at=NOW + HOUR)
    small.course()
    small.client("Chiara Neri")
    small.connect()
    small.premises.save(small.owner, RoomDraft(site_id=small.rome.id, name="Loft"))
    somebody = small.owner if name in ("change_staff", "connect", "disconnect", "set_hours") else small.desk
    small.clock.set(NOW + 5 * MINUTE)
    write(small, somebody, None)
    small.clock.set(NOW + 9 * MINUTE)
    before, commits = contents(small.database), small.commits

    with pytest.raises(StaleVersion) as refusal:
        write(small, small.owner, version)

    assert str(refusal.value).startswith(f"{what} was changed by {somebody.name} at 09:05:00 UTC")
    assert (refusal.value.changed_by, refusal.value.changed_at) == (somebody.name, NOW + 5 * MINUTE)
    assert contents(small.database) == before
    assert small.commits == commits


def test_a_write_over_the_version_that_was_read_passes(small_anywhere: SmallStudio) -> None:
    small = small_anywhere
    session = small.session()

    moved = small.scheduling.move(small.owner, session.id, NOW, version=session.change.version)
    assert moved.change.version == session.change.version + 1
    with pytest.raises(StaleVersion):
        small.scheduling.move(small.owner, session.id, NOW + HOUR, version=session.change.version)
    small.scheduling.move(small.owner, session.id, NOW + HOUR, version=moved.change.version)


def test_a_booking_does_not_make_an_open_form_old(small: SmallStudio) -> None:
    session = small.session()
    small.book(session)

    small.scheduling.move(small.owner, session.id, NOW, version=session.change.version)
