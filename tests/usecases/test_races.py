"""Several people at once, on both engines: nobody is booked twice, nothing is oversold, no change is lost unseen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from studio_tui.domain.errors import InvalidInput, NotPossible, StaleVersion, StudioError
from studio_tui.usecases.booking import ClientDraft
from tests.builders import HOUR, NOW, SmallStudio, a_link
from tests.usecases.support import assert_sound

AT_ONCE = 6


def all_at_once(acts: Sequence[Callable[[], object]]) -> list[type[StudioError] | None]:
    """Run each act in a thread of its own, all starting together; the kind of each refusal, None for success."""
    barrier = Barrier(len(acts))

    def run(act: Callable[[], object]) -> type[StudioError] | None:
        barrier.wait()
        try:
            act()
        except StudioError as refusal:
            return type(refusal)
        return None

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


@pytest.fixture
def small(small_anywhere: SmallStudio) -> SmallStudio:
    return small_anywhere


def test_the_last_places_go_to_as_many_as_there_are(small: SmallStudio) -> None:
    session = small.session(capacity=2)
    clients = [small.client() for _ in range(AT_ONCE)]

    came = all_at_once([lambda c=c: small.booking.book(small.desk, session.id, c.id) for c in clients])  # type: ignore[misc]

    assert Counter(came) == {None: 2, NotPossible: AT_ONCE - 2}
    assert small.read(session).booked == 2
    assert len(small.deliveries(session)) == 2
    assert_sound(small)


def test_one_client_gets_one_place_and_one_notice(small: SmallStudio) -> None:
    session, client = small.session(), small.client()

    came = all_at_once([lambda: small.booking.book(small.desk, session.id, client.id)] * AT_ONCE)

    assert Counter(came) == {None: 1, NotPossible: AT_ONCE - 1}
    assert len(small.deliveries(session)) == 1
    assert_sound(small)


def test_booking_and_cancelling_at_once_keep_the_count(small: SmallStudio) -> None:
    session = small.session(capacity=3)
    bookings = [small.book(session) for _ in range(3)]
    clients = [small.client() for _ in range(3)]
    acts: list[Callable[[], object]] = [lambda b=b: small.booking.cancel(small.desk, b.id) for b in bookings]  # type: ignore[misc]
    acts += [lambda c=c: small.booking.book(small.desk, session.id, c.id) for c in clients]  # type: ignore[misc]

    came = all_at_once(acts)

    assert came[:3] == [None] * 3
    assert small.read(session).booked == came[3:].count(None)
    assert_sound(small)


def test_one_client_is_enrolled_once(small: SmallStudio) -> None:
    course, sessions = small.course()
    client = small.client()

    came = all_at_once([lambda: small.booking.enrol(small.desk, course.id, client.id)] * 4)

    assert Counter(came) == {None: 1, NotPossible: 3}
    assert [small.read(session).booked for session in sessions] == [1, 1, 1]
    assert_sound(small)


def test_who_enrols_while_a_session_is_added_has_a_place_in_it(small: SmallStudio) -> None:
    course, _ = small.course()
    clients = [small.client() for _ in range(3)]
    acts: list[Callable[[], object]] = [
        lambda c=c: small.booking.enrol(small.desk, course.id, c.id)  # type: ignore[misc]
        for c in clients
    ]
    acts += [
        lambda n=n: small.session(small.posture, course_id=course.id, starts_at=NOW + n * HOUR)  # type: ignore[misc]
        for n in (72, 96)
    ]

    assert all_at_once(acts) == [None] * 5

    run = small.resources.read(lambda unit: unit.sessions.of_course(course.id))
    assert [session.booked for session in run] == [3] * 5
    assert_sound(small)


def test_of_two_edits_of_one_version_one_is_refused(small: SmallStudio) -> None:
    session = small.session()

    came = all_at_once(
        [
            lambda n=n: small.scheduling.move(small.desk, session.id, NOW + n * HOUR, version=session.change.version)  # type: ignore[misc]
            for n in range(2, 6)
        ]
    )

    assert Counter(came) == {None: 1, StaleVersion: 3}
    assert small.read(session).change.version == 2


def test_two_clients_of_one_address_are_not_both_saved(small: SmallStudio) -> None:
    draft = ClientDraft(name="Chiara Neri", email="chiara@clients.example")

    came = all_at_once([lambda: small.booking.save_client(small.desk, draft)] * 4)

    assert Counter(came) == {None: 1, InvalidInput: 3}
    assert len(small.booking.find_clients(small.desk, "chiara")) == 1


def test_two_default_accounts_become_one(small: SmallStudio) -> None:
    came = all_at_once([lambda: small.connect()] * 4)

    assert set(came) <= {None, StaleVersion}
    assert None in came
    accounts = small.conferencing.accounts(small.owner, small.rome.id)
    assert accounts.default.account is not None
    assert accounts.default.masked_link is not None


def test_two_services_of_one_name_are_not_both_made(small: SmallStudio) -> None:
    came = all_at_once([lambda: small.service("Barre")] * 4)

    assert Counter(came) == {None: 1, InvalidInput: 3}


def test_every_wish_to_send_again_is_kept(small: SmallStudio) -> None:
    session = small.session()
    booking = small.book(session)

    assert all_at_once([lambda: small.notifying.resend(small.desk, session.id, booking.id)] * 4) == [None] * 4

    assert len(small.deliveries(session)) == 5


def test_changes_of_everything_at_once_leave_rows_and_plan_in_line(small: SmallStudio) -> None:
    """Bookings, moves, links, addresses and modes at once: on PostgreSQL some of them wait for each other."""
    small.connect()
    session = small.session(small.pilates)
    clients = [small.client() for _ in range(4)]
    for client in clients[:2]:
        small.book(session, client)
    with_push = ClientDraft(id=clients[0].id, name="Push", email="push@clients.example", push_topic="push")

    def twice(act: Callable[[], object]) -> Callable[[], object]:
        return lambda: (act(), act())

    came = all_at_once(
        [
            twice(lambda: small.scheduling.move(small.desk, session.id, NOW + 2 * HOUR, version=None)),
            twice(lambda: small.scheduling.move(small.desk, session.id, NOW + 3 * HOUR, version=None)),
            lambda: small.linking.type_link(small.desk, session.id, a_link(), version=None),
            lambda: small.booking.save_client(small.desk, with_push),
            lambda: small.booking.book(small.desk, session.id, clients[2].id),
            lambda: small.booking.book(small.desk, session.id, clients[3].id),
            lambda: small.notifying.reconcile(repair=True),
        ]
    )

    assert came == [None] * 7
    assert small.read(session).booked == 4
    assert_sound(small)
