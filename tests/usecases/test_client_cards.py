"""The clients' list and a client's card."""

from __future__ import annotations

from datetime import timedelta

import pytest

from studio_tui.domain.delivery import DeliveryState
from studio_tui.domain.errors import NotFound
from studio_tui.domain.people import ClientId
from tests.builders import HOUR, NOW, SmallStudio, a_link

DAY = timedelta(days=1)


def test_a_card_has_what_is_to_come_by_start_and_what_is_over_newest_first(small_anywhere: SmallStudio) -> None:
    small = small_anywhere
    nina = small.client("Nina Rota")
    sessions = {n: small.session(starts_at=NOW + n * DAY) for n in (-3, -1, 4, 2)}
    for session in sessions.values():
        small.book(session, nina)
    small.booking.cancel(small.desk, small.book(small.session(starts_at=NOW + DAY), nina).id)
    small.book(small.session())

    card = small.cards.card(small.desk, nina.id)
    assert card.client.name == "Nina Rota"
    assert [(line.starts_at - NOW).days for line in card.upcoming] == [1, 2, 4]
    assert [line.booking.active for line in card.upcoming] == [False, True, True]
    assert [line.session_id for line in card.past] == [sessions[-1].id, sessions[-3].id]
    assert card.next is not None
    assert card.next.session_id == sessions[2].id
    assert (card.next.title, card.next.staff, card.next.site.name) == ("Yoga flow", "Anna Ferri", "Trastevere")

    shorter = small.cards.card(small.desk, nina.id, past=1)
    assert ([line.session_id for line in shorter.past], shorter.past_bookings) == ([sessions[-1].id], 2)


def test_a_card_tells_what_was_sent_and_what_the_server_said(small: SmallStudio) -> None:
    small.connect()
    session, nina = small.session(), small.client("Nina Rota", push_topic="nina")
    small.book(session, nina)
    email, push = small.deliveries(session)
    small.set_delivery(push.id, DeliveryState.FAILED, last_code=404, last_text="no such topic")
    small.clock.set(NOW + HOUR)
    small.send_due()

    (line,) = small.cards.card(small.desk, nina.id).upcoming
    assert [(d.id, d.state) for d in line.deliveries] == [
        (email.id, DeliveryState.SENT),
        (push.id, DeliveryState.FAILED),
    ]
    assert (line.deliveries[1].last_code, line.deliveries[1].last_text) == (404, "no such topic")
    assert not line.old_link
    small.linking.type_link(small.desk, session.id, a_link("typed"), version=None)
    assert small.cards.card(small.desk, nina.id).upcoming[0].old_link


def test_there_is_no_card_of_nobody(small: SmallStudio) -> None:
    with pytest.raises(NotFound):
        small.cards.card(small.desk, ClientId(99))


def test_the_list_is_read_page_by_page_and_narrowed_by_what_is_typed(small: SmallStudio) -> None:
    for name in ("Carla Rossi", "Álvaro Rossi", "Bruno Neri"):
        small.client(name)

    assert small.cards.count(small.desk) == 3
    assert [client.name for client in small.cards.page(small.desk, 2)] == ["Álvaro Rossi", "Bruno Neri"]
    assert [client.name for client in small.cards.page(small.desk, 2, 1, "ross")] == ["Carla Rossi"]
    assert small.cards.count(small.desk, "ross") == 2
