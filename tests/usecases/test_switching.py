"""What switching a kind does is what was foreseen, and what the plan of every session says (SPEC N10, N11)."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from studio_tui.domain.announcements import AnnouncementKind, SessionNews
from studio_tui.domain.delivery import CancelReason, DeliveryState, HeldReason
from studio_tui.domain.errors import NotPossible
from studio_tui.domain.message_rules import SwitchEffect
from studio_tui.domain.messages import DeliveryKind, MessageKind
from studio_tui.storage.outbox_waiting import waiting
from studio_tui.usecases import switching
from tests.builders import HOUR, MINUTE, SmallStudio
from tests.usecases.support import assert_sound
from tests.worker.test_query_plans import _statements

KINDS = [*MessageKind]
FATES = ["stays", "stays", "sent", "failed", "perhaps sent", "held", "stopped"]
STARTS = [-30, 60 * 24 * 2]
Switching = tuple[MessageKind, bool, bool | None]
SAID = st.sampled_from([False, True, None])
SWITCHINGS: st.SearchStrategy[Switching] = st.tuples(st.sampled_from(KINDS), st.booleans(), SAID)
NO_SHRINKING = (Phase.explicit, Phase.reuse, Phase.generate)


def a_full_outbox(small: SmallStudio, fates: list[str], news: list[bool]) -> None:
    """Sessions of two services at all times, with every kind of message, some of which something became of."""
    small.begin_again()
    small.switch_messages()
    small.connect()
    clients = [small.client(email_verified=True, push_topic="topic"), small.client(email_verified=True), small.client()]
    for minutes, told in zip(STARTS, news, strict=True):
        for service in (small.yoga, small.service(f"Barre {minutes}")):
            starts_at = small.clock() + timedelta(minutes=minutes)
            session = small.session(service, starts_at=starts_at)
            bookings = [small.book(session, client) for client in clients]
            small.booking.cancel(small.owner, bookings[1].id)
            if told:
                change = SessionNews(session.id, was_at=session.starts_at)
                small.announcing.announce(small.owner, AnnouncementKind.CHANGED, [change])
                with suppress(NotPossible):  # nobody is written to more than twice a day
                    small.studio.writing.send(small.owner, [session.id], "Mats", "Bring your own.")
            for fate, row in zip(fates * 4, small.deliveries(session), strict=False):
                become(small, fate, row.id)
    small.notifying.reconcile(repair=True)
    assert_sound(small)


def become(small: SmallStudio, fate: str, row_id: int) -> None:
    match fate:
        case "sent":
            small.set_delivery(row_id, DeliveryState.SENT, sent_at=0)
        case "failed":
            small.set_delivery(row_id, DeliveryState.FAILED, attempt=1, recipient="old-topic")
        case "perhaps sent":
            small.set_delivery(row_id, DeliveryState.HELD, reason=HeldReason.AFTER_CRASH.value)
        case "held":
            small.set_delivery(row_id, DeliveryState.HELD, reason=HeldReason.BY_HAND.value)
        case "stopped":
            small.set_delivery(row_id, DeliveryState.CANCELLED, reason=CancelReason.BY_HAND.value)


def switched(small: SmallStudio, kind: MessageKind, of_yoga: bool, on: bool | None) -> SwitchEffect:
    """Switch it, and return what became of what waits, as it is counted before and after."""
    services = [service.id for service in small.catalogue.services(small.rome.id)]

    def now() -> tuple[int, int, int]:
        with small.database.reading() as unit:
            found = waiting(unit.db, small.rome.id, services, kind, small.clock())
            return found.messages, found.clients, found.due

    was = now()
    told = small.studio.messages.switch(small.owner, small.rome.id, small.yoga.id if of_yoga else None, kind, on)
    messages, _, due = (after - before for before, after in zip(was, now(), strict=True))
    assert (told.planned - told.stopped, max(0, told.at_once)) == (messages, max(0, due))
    return told


@given(
    fates=st.lists(st.sampled_from(FATES), min_size=4, max_size=7),
    news=st.tuples(st.booleans(), st.booleans()),
    acts=st.lists(SWITCHINGS, min_size=4, max_size=6),
)
@settings(
    max_examples=5,
    phases=NO_SHRINKING,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_what_was_foreseen_is_what_comes_and_what_the_plan_says(
    small_anywhere: SmallStudio, fates: list[str], news: tuple[bool, ...], acts: list[Switching]
) -> None:
    small = small_anywhere
    a_full_outbox(small, fates, [*news])
    for kind, of_yoga, on in acts:
        service = small.yoga.id if of_yoga else None
        foreseen = small.studio.messages.foresee(small.owner, small.rome.id, service, kind, on)
        assert switched(small, kind, of_yoga, on) == foreseen
        assert_sound(small)
        small.clock.advance(MINUTE)
        small.notifying.reconcile(repair=True)


def test_news_of_a_cancelled_session_are_stopped_too(small: SmallStudio) -> None:
    small.switch_messages()
    session = small.session(starts_at=small.clock() + 48 * HOUR)
    small.book(session, small.client(email_verified=True))
    for row in small.deliveries(session):
        small.set_delivery(row.id, DeliveryState.SENT, sent_at=0)
    small.scheduling.cancel(small.owner, session.id, version=None)
    small.announcing.announce(small.owner, AnnouncementKind.CANCELLED, [SessionNews(session.id)])
    told = small.studio.messages.switch(small.owner, small.rome.id, None, MessageKind.CANCELLED, False)
    assert told == SwitchEffect(stopped=1, clients=1)
    assert_sound(small)


@pytest.mark.parametrize("on", [False, True])
@pytest.mark.parametrize("kind", [MessageKind.NOTICE, MessageKind.REMINDER])
def test_switching_and_foreseeing_say_no_more_to_the_database_the_more_messages_there_are(
    small: SmallStudio, kind: MessageKind, on: bool
) -> None:
    assert statements(small, kind, 1, on=on) == statements(small, kind, 6, on=on)


def statements(small: SmallStudio, kind: MessageKind, clients: int, *, on: bool) -> tuple[int, int]:
    """How many statements foreseeing and switching take, for a session with so many clients."""
    small.begin_again()
    small.switch_messages(f"{kind}=off" if on else "")
    session = small.session(starts_at=small.clock() + 48 * HOUR, capacity=8)
    for _ in range(clients):
        small.book(session, small.client(email_verified=True))
    small.switch_messages("" if on else f"{kind}=off")
    whose = (small.rome.id, [small.yoga.id], kind, on, small.clock())
    with small.database.writing() as unit:
        looked = _statements(unit.db, lambda _: switching.foresee(unit, *whose))
        done = _statements(unit.db, lambda _: switching.switch(unit, *whose))
    waits = [row.state.waiting for row in small.deliveries(session) if row.kind is DeliveryKind(kind.value)]
    assert waits == ([True] * clients if on else [False] * clients)
    return len(looked), len(done)
