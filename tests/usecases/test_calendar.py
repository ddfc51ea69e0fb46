"""What the calendar and the drawer show (SPEC §3, L7, L9, N8, N11)."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from studio_tui.domain.agenda import NoticeCounts, SessionDetail
from studio_tui.domain.clash_words import clash_sentences
from studio_tui.domain.conferences import LinkSource
from studio_tui.domain.delivery import DeliveryState
from studio_tui.domain.errors import NotFound
from studio_tui.domain.services import Mode
from studio_tui.domain.sessions import Origin, SessionId
from studio_tui.domain.zones import zone
from studio_tui.storage.types import to_ms
from tests.builders import HOUR, MINUTE, NOW, SmallStudio, a_link

TEN = NOW + HOUR
MONDAY = date(2026, 3, 2)


def test_a_week_is_the_site_s_local_one_from_monday_to_sunday(small: SmallStudio) -> None:
    """In Rome the week of 2 March 2026 begins on 1 March at 23:00 UTC."""
    begins, ends = datetime(2026, 3, 1, 23, tzinfo=UTC), datetime(2026, 3, 8, 23, tzinfo=UTC)
    first = small.session(starts_at=begins - 30 * MINUTE, title="Over midnight")
    small.session(starts_at=begins - 2 * HOUR, title="Sunday before")
    last = small.session(starts_at=ends - MINUTE, title="Last minute")
    small.session(starts_at=ends, title="Monday after")
    small.session(small.barre, starts_at=TEN)

    week = small.calendar.week(small.rome, MONDAY)

    assert (week.starts_at, week.ends_at) == (begins, ends)
    assert [entry.id for entry in week.entries] == [first.id, last.id]
    assert [entry.id for entry in small.calendar.between(small.rome.id, begins, ends)] == [first.id, last.id]


def test_an_entry_says_all_that_a_block_shows(small: SmallStudio) -> None:
    small.connect()
    session = small.session(small.pilates, title="Barre", room="Loft", mode=Mode.ONLINE, origin=Origin.OCCASIONAL)
    small.book(session)
    small.scheduling.set_notice_time(small.owner, session.id, NOW + MINUTE, version=None)

    (entry,) = small.calendar.week(small.rome, MONDAY).entries

    assert (entry.title, entry.staff_name, entry.room, entry.colour) == ("Barre", "Anna Ferri", "Loft", "blue")
    assert (entry.booked, entry.capacity, entry.online, entry.occasional) == (1, 10, True, True)
    assert (entry.cancelled, entry.notice_by_hand, entry.notice_too_late, entry.clash) == (False, True, False, False)
    assert entry.link.source is LinkSource.SITE
    assert entry.notices == NoticeCounts(planned=1)


def test_an_entry_counts_its_messages_by_state(small: SmallStudio) -> None:
    session = small.session()
    for _ in range(6):
        small.book(session)
    states = (
        DeliveryState.CLAIMED,
        DeliveryState.SENDING,
        DeliveryState.SENT,
        DeliveryState.FAILED,
        DeliveryState.HELD,
    )
    for delivery, state in zip(small.deliveries(session), states, strict=False):
        small.set_delivery(delivery.id, state)

    (entry,) = small.calendar.week(small.rome, MONDAY).entries

    assert entry.notices == NoticeCounts(planned=2, sending=1, sent=1, failed=1, held=1)


def test_N9_an_entry_shows_that_its_notice_comes_too_late(small: SmallStudio) -> None:
    session = small.session(starts_at=TEN)
    small.scheduling.set_notice_time(small.owner, session.id, TEN + 30 * MINUTE, version=None)
    small.scheduling.move(small.owner, session.id, NOW, version=None)

    (entry,) = small.calendar.week(small.rome, MONDAY).entries

    assert entry.notice_too_late


def test_the_status_counts_what_matters_at_the_site_now(small: SmallStudio) -> None:
    small.session(small.barre)
    session = small.session(starts_at=TEN)
    small.session(small.pilates)
    small.session(starts_at=TEN + 30 * HOUR)
    for _ in range(5):
        small.book(session)
    small.clock.set(TEN + MINUTE)
    states = (DeliveryState.CLAIMED, DeliveryState.FAILED, DeliveryState.HELD)
    for delivery, state in zip(small.deliveries(session), states, strict=False):
        small.set_delivery(delivery.id, state, lease_until=to_ms(TEN + HOUR))

    status = small.calendar.status(small.rome.id)

    assert (status.due, status.failed, status.held, status.missing_soon) == (3, 1, 1, 1)
    assert status.worker_seen_at is None
    small.clock.set(session.ends_at)
    assert small.calendar.status(small.rome.id).failed == 0


def test_the_drawer_says_where_the_link_comes_from(small: SmallStudio) -> None:
    session = small.session()
    whys = [small.calendar.detail(session.id).why]
    small.connect()
    whys.append(small.calendar.detail(session.id).why)
    small.connect(staff=small.teacher, room="anna")
    whys.append(small.calendar.detail(session.id).why)
    small.catalogue.set_service_link(small.owner, small.yoga.id, a_link("S1"))
    whys.append(small.calendar.detail(session.id).why)
    small.linking.type_link(small.owner, session.id, a_link("own"), version=None)
    whys.append(small.calendar.detail(session.id).why)
    small.linking.remove(small.owner, session.id, version=None)
    whys.append(small.calendar.detail(session.id).why)

    assert whys == [
        "No link: type one here, set the service's link, or connect an account.",
        "The default account of Trastevere.",
        "Anna Ferri's own account.",
        "The link of the service Yoga flow.",
        "Typed by hand on this session.",
        "Removed by hand: type one, or restore the original.",
    ]


def test_the_drawer_shows_the_link_s_description_and_that_it_has_a_password(small: SmallStudio) -> None:
    session = small.session()
    small.linking.type_link(small.owner, session.id, a_link("own", "pa55", "Dial in"), version=None)

    detail = small.calendar.detail(session.id)

    assert (detail.has_password, detail.link_description) == (True, "Dial in")


def test_L7_details_are_the_session_s_own_or_the_service_s(small: SmallStudio) -> None:
    service = small.service("With details", details="Of the service")

    assert small.calendar.detail(small.session(service).id).details == "Of the service"
    assert small.calendar.detail(small.session(service, details="Own").id).details == "Own"
    assert small.calendar.detail(small.session(service, details="").id).details == ""


def test_a_session_that_does_not_exist_is_not_found(small: SmallStudio) -> None:
    with pytest.raises(NotFound):
        small.calendar.detail(SessionId(99))


# L9


def told(detail: SessionDetail) -> list[str]:
    """The clashes as the drawer says them."""
    return list(clash_sentences(detail.clashes, zone(detail.site.zone)))


def test_L9_clashes_by_leader_room_and_link_are_told(small: SmallStudio) -> None:
    small.connect()
    session = small.session(starts_at=TEN, room="Loft")
    small.session(small.pilates, starts_at=TEN + 30 * MINUTE, title="By leader")
    small.session(small.pilates, starts_at=TEN, title="By room", room="Loft", staff_id=None)
    small.session(starts_at=TEN + HOUR, title="By link", staff_id=None)
    small.session(starts_at=TEN + HOUR + MINUTE, title="None", staff_id=None)

    detail = small.calendar.detail(session.id)

    assert told(detail) == [
        "Loft is also taken by By room, Mon 11:00–12:00.",
        "Anna Ferri also leads By leader, Mon 11:30–12:30.",
        "The same link serves By link, Mon 12:00–13:00, right after it: the two groups may meet.",
    ]
    assert detail.entry.clash
    flagged = {entry.title: entry.clash for entry in small.calendar.week(small.rome, MONDAY).entries}
    assert flagged == {"Yoga flow": True, "By leader": True, "By room": True, "By link": True, "None": True}


def test_L9_one_link_at_two_sites_is_told(small: SmallStudio) -> None:
    here, there = small.session(starts_at=TEN), small.session(small.barre, starts_at=TEN)
    for session in (here, there):
        small.linking.type_link(small.owner, session.id, a_link("shared"), version=None)

    assert told(small.calendar.detail(here.id)) == ["The same link also serves Barre at Hackney, Mon 11:00–12:00."]
    assert told(small.calendar.detail(there.id)) == [
        "The same link also serves Yoga flow at Trastevere, Mon 10:00–11:00."
    ]
    for site in (small.rome, small.london):
        assert [entry.clash for entry in small.calendar.week(site, MONDAY).entries] == [True]


def test_L9_rooms_of_one_name_at_two_sites_do_not_clash(small: SmallStudio) -> None:
    here = small.session(starts_at=TEN, room="Loft")
    small.session(small.barre, starts_at=TEN, room="Loft")

    assert small.calendar.detail(here.id).clashes == ()


def test_L9_a_cancelled_session_is_in_nobody_s_way(small: SmallStudio) -> None:
    first, second = small.session(starts_at=TEN), small.session(starts_at=TEN)
    assert small.calendar.detail(first.id).entry.clash
    small.scheduling.cancel(small.owner, second.id, version=None)

    assert not small.calendar.detail(first.id).entry.clash
    assert small.calendar.detail(second.id).clashes == ()
    assert [entry.clash for entry in small.calendar.week(small.rome, MONDAY).entries] == [False, False]
