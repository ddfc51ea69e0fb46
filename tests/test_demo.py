"""The demo studio is what its first look promises."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from studio_tui.demo.build import build_demo
from studio_tui.domain.delivery import DeliveryState
from studio_tui.domain.people import Role
from studio_tui.domain.services import ServiceKind
from studio_tui.domain.sessions import SessionId
from studio_tui.storage.unit_of_work import Database
from studio_tui.usecases.studio import Studio
from tests.builders import FixedClock, make_studio
from tests.prepared import prepared

NOW = datetime(2026, 11, 21, 8, 41, 30, tzinfo=UTC)


@pytest.fixture
def demo(sqlite_database: Database) -> Studio:
    studio = make_studio(sqlite_database, FixedClock(NOW))
    prepared(sqlite_database, "demo", lambda: build_demo(studio.resources, "somebody"))
    return studio


def sessions_of(demo: Studio, slug: str) -> list[SessionId]:
    site = demo.catalogue.site(slug)
    entries = demo.calendar.between(site.id, NOW - timedelta(days=60), NOW + timedelta(days=60))
    return [entry.id for entry in entries]


def test_two_sites_six_staff_fifteen_services_of_every_kind_and_120_clients(demo: Studio) -> None:
    sites = demo.catalogue.sites()
    services = [service for site in sites for service in demo.catalogue.services(site.id)]
    assert {site.zone for site in sites} == {"Europe/Rome", "Europe/London"}
    assert len(demo.catalogue.staff()) == 6
    assert len(services) == 15
    assert {service.kind for service in services} == set(ServiceKind)
    owner = demo.catalogue.actor("somebody")
    assert owner.role is Role.OWNER
    assert len(demo.booking.list_clients(owner, limit=500)) == 120


def test_three_weeks_around_now_are_full(demo: Studio) -> None:
    site = demo.catalogue.site("aurora")
    monday = datetime(2026, 11, 16).date()  # noqa: DTZ001 - a local date
    weeks = [demo.calendar.week(site, monday + timedelta(weeks=n)) for n in (-2, -1, 0, 1, 2)]
    assert [len(week.entries) > 20 for week in weeks] == [False, True, True, True, False]


def test_some_sessions_start_within_the_next_minutes_with_notices_planned(demo: Studio) -> None:
    for slug in ("aurora", "thames"):
        site = demo.catalogue.site(slug)
        soon = [
            entry for entry in demo.calendar.between(site.id, NOW, NOW + timedelta(minutes=10)) if entry.starts_at > NOW
        ]
        assert len(soon) == 2
        assert all(entry.online and entry.notices.planned > 0 for entry in soon)


def test_the_outbox_agrees_with_the_plan_from_the_first_moment(demo: Studio) -> None:
    report = demo.notifying.reconcile(repair=False)
    assert report.checked > 30
    assert report.differing == ()


def test_what_has_begun_was_told_and_the_running_session_had_one_refusal(demo: Studio) -> None:
    site = demo.catalogue.site("aurora")
    (running,) = [
        e for e in demo.calendar.between(site.id, NOW, NOW + timedelta(seconds=1)) if e.starts_at < NOW and e.online
    ]
    states = {delivery.state for delivery in demo.notifying.deliveries(running.id)}
    assert DeliveryState.FAILED in states
    assert running.notices.sent > 0


def test_a_site_without_an_account_shows_missing_links(demo: Studio) -> None:
    assert demo.calendar.status(demo.catalogue.site("thames").id).missing_soon > 0
    assert demo.calendar.status(demo.catalogue.site("aurora").id).missing_soon == 0
    assert len(sessions_of(demo, "thames")) > 20
