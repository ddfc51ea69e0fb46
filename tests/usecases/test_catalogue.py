"""Sites, staff and services (SPEC §1, L2, L6, M1, M3)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from studio_tui.domain.agenda import ServiceLinkPreview
from studio_tui.domain.delivery import DeliveryState
from studio_tui.domain.errors import InvalidInput, NotFound
from studio_tui.domain.people import SiteId
from studio_tui.domain.services import Mode, Service, ServiceId, ServiceKind
from studio_tui.domain.sessions import Origin, Session
from studio_tui.usecases.catalogue import ServiceDraft
from tests.builders import HOUR, NOW, SmallStudio, a_link
from tests.usecases.support import assert_sound, contents

TEN = NOW + HOUR
FIELDS = ("id", "site_id", "name", "kind", "mode", "sessions_may_change_mode", "details", "capacity", "duration")


def a_draft(service: Service, **fields: Any) -> ServiceDraft:
    names = (*FIELDS, "colour", "active")
    return ServiceDraft(**{name: getattr(service, name) for name in names} | fields)


def url(small: SmallStudio, session: Session) -> str | None:
    link = small.linking.reveal(small.owner, session.id)
    return None if link is None else link.url


# Finding


def test_things_are_found_by_id_name_or_its_beginning_whatever_the_case(small: SmallStudio) -> None:
    assert small.catalogue.site("HACK") == small.catalogue.site(small.london.id) == small.catalogue.site("2")
    assert small.catalogue.find_service(small.rome.id, "yoga") == small.yoga
    assert small.catalogue.staff_member("anna ferri") == small.catalogue.staff_member("ANNA") == small.teacher
    assert small.catalogue.actor("anna") == small.teacher


def test_what_is_not_found_is_answered_with_what_there_is(small: SmallStudio) -> None:
    with pytest.raises(NotFound, match=r"There is no site called “paris”. There are: Hackney, Trastevere"):
        small.catalogue.site("paris")
    with pytest.raises(NotFound, match="There are: Movement advice, Pilates, Posture course, Yoga flow"):
        small.catalogue.find_service(small.rome.id, "barre")
    with pytest.raises(NotFound, match="could be more than one service: Pilates, Posture course"):
        small.catalogue.find_service(small.rome.id, "p")
    with pytest.raises(NotFound, match="Nobody on the staff has the login nobody"):
        small.catalogue.actor("nobody")
    with pytest.raises(NotFound):
        small.catalogue.service(ServiceId(99))


# Sites


def test_the_owner_makes_sites(small: SmallStudio) -> None:
    site = small.catalogue.add_site(small.owner, " Prati ", "Prati", "Europe/Rome", "it")

    assert (site.slug, site.name) == ("prati", "Prati")


@pytest.mark.parametrize(
    ("slug", "zone", "reason"),
    [("trastevere", "Europe/Rome", "short name"), ("", "Europe/Rome", "short name"), ("new", "Mars/Base", "time zone")],
)
def test_an_impossible_site_is_refused(small: SmallStudio, slug: str, zone: str, reason: str) -> None:
    before = contents(small.database)

    with pytest.raises(InvalidInput, match=reason):
        small.catalogue.add_site(small.owner, slug, "New", zone, "it")
    assert contents(small.database) == before


# Services


def test_a_service_is_kept_as_typed(small: SmallStudio) -> None:
    draft = ServiceDraft(
        site_id=small.rome.id,
        name=" Meditazione ",
        kind=ServiceKind.CLASS,
        mode=Mode.ONLINE,
        sessions_may_change_mode=True,
        details="Bring a cushion",
        capacity=40,
        duration=timedelta(minutes=45),
        colour="purple",
    )

    service = small.catalogue.save_service(small.desk, draft)

    assert a_draft(service) == replace(draft, id=service.id, name="Meditazione")
    assert (service.link, service.link_epoch, service.change.changed_by) == (None, 0, "Luca Rossi")
    changed = small.catalogue.save_service(small.desk, a_draft(service, capacity=50), version=1)
    assert (changed.capacity, changed.change.version) == (50, 2)


@pytest.mark.parametrize("name", ["yoga FLOW", "Yòga flow"])
def test_two_services_of_a_site_cannot_share_a_name(small: SmallStudio, name: str) -> None:
    with pytest.raises(InvalidInput, match="called Yoga flow already") as refusal:
        small.service(name)
    assert refusal.value.field == "name"
    small.service("Yoga flow", site_id=small.london.id)


def test_a_service_that_does_not_exist_is_not_found(small: SmallStudio) -> None:
    with pytest.raises(NotFound):
        small.catalogue.save_service(small.desk, ServiceDraft(id=ServiceId(99), site_id=SiteId(1), name="New"))


def test_saving_a_service_keeps_its_link(small: SmallStudio) -> None:
    small.catalogue.set_service_link(small.owner, small.yoga.id, a_link("S1"))

    small.catalogue.save_service(small.owner, a_draft(small.yoga, capacity=5))

    assert small.catalogue.service_link(small.owner, small.yoga.id) == a_link("S1")


def test_M1_M3_a_service_s_new_mode_holds_for_its_sessions_and_their_notices(small: SmallStudio) -> None:
    upcoming, cancelled = small.session(small.pilates, starts_at=TEN), small.session(small.pilates, starts_at=TEN)
    for session in (upcoming, cancelled):
        small.book(session)
    small.scheduling.cancel(small.owner, cancelled.id, version=None)

    small.catalogue.save_service(small.owner, a_draft(small.pilates, mode=Mode.ONLINE))
    assert [d.due_at for d in small.deliveries(upcoming)] == [TEN]
    assert small.deliveries(cancelled) == []
    small.scheduling.restore(small.owner, cancelled.id, version=None)
    assert [d.due_at for d in small.deliveries(cancelled)] == [TEN]
    small.catalogue.save_service(small.owner, a_draft(small.pilates, mode=Mode.IN_PERSON))

    assert [d.state for d in small.deliveries(upcoming)] == [DeliveryState.CANCELLED]
    assert_sound(small)


# L6


def test_L6_the_table_of_the_specification_with_its_preview(small: SmallStudio) -> None:
    small.catalogue.set_service_link(small.owner, small.barre.id, a_link("other"))
    no_link = small.session()
    typed, removed = small.session(), small.session()
    occasional, occasional_typed = small.session(origin=Origin.OCCASIONAL), small.session(origin=Origin.OCCASIONAL)
    for session in (typed, occasional_typed):
        small.linking.type_link(small.owner, session.id, a_link("H"), version=None)
    small.linking.remove(small.owner, removed.id, version=None)
    every = (no_link, typed, removed, occasional, occasional_typed)

    expected = ServiceLinkPreview(added=2, changed=0, kept=2, skipped=1)
    assert small.catalogue.preview_service_link(small.owner, small.yoga.id, a_link("S1")) == expected
    assert small.catalogue.set_service_link(small.owner, small.yoga.id, a_link("S1")) == expected
    after = [a_link(name).url if name else None for name in ("S1", "H", "S1", "", "H")]
    assert [url(small, session) for session in every] == after

    small.linking.remove(small.owner, removed.id, version=None)
    expected = ServiceLinkPreview(added=1, changed=1, kept=2, skipped=1)
    assert small.catalogue.set_service_link(small.owner, small.yoga.id, a_link("S2")) == expected
    after = [a_link(name).url if name else None for name in ("S2", "H", "S2", "", "H")]
    assert [url(small, session) for session in every] == after

    expected = ServiceLinkPreview(added=0, changed=2, kept=2, skipped=1)
    assert small.catalogue.set_service_link(small.owner, small.yoga.id, None) == expected
    assert [url(small, session) for session in every] == [None, a_link("H").url, None, None, a_link("H").url]


def test_L6_the_preview_counts_upcoming_active_sessions_of_the_service_alone(small: SmallStudio) -> None:
    small.session(starts_at=NOW - 3 * HOUR)
    small.session(small.pilates)
    cancelled, _ = small.session(), small.session()
    small.scheduling.cancel(small.owner, cancelled.id, version=None)

    preview = small.catalogue.preview_service_link(small.owner, small.yoga.id, a_link())

    assert preview == ServiceLinkPreview(added=1, changed=0, kept=0, skipped=0)


def test_L6_however_many_sessions_there_are_one_row_is_written(small: SmallStudio) -> None:
    sessions = [small.session() for _ in range(5)]
    before = contents(small.database)

    small.catalogue.set_service_link(small.owner, small.yoga.id, a_link("S1"))

    after = contents(small.database)
    assert {name for name in after if after[name] != before[name]} == {"service", "change_log", "edit"}
    assert {url(small, session) for session in sessions} == {a_link("S1").url}


def test_L6_a_course_s_typed_link_stays(small: SmallStudio) -> None:
    _, sessions = small.course()
    small.linking.type_link(small.owner, sessions[0].id, a_link("H"), version=None)

    preview = small.catalogue.set_service_link(small.owner, small.posture.id, a_link("S1"))

    assert preview == ServiceLinkPreview(added=0, changed=0, kept=3, skipped=0)
    assert [url(small, session) for session in sessions] == [a_link("H").url] * 3
