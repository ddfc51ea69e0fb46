"""Clients and their places (SPEC §1, N3, N4, N7)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from studio_tui.domain.bookings import BookingId, BookingStatus
from studio_tui.domain.delivery import Channel, DeliveryState, HeldReason
from studio_tui.domain.errors import InvalidInput, NotFound, NotPossible
from studio_tui.domain.messages import MessageKind
from studio_tui.domain.people import Client, ClientId
from studio_tui.storage.types import to_ms
from studio_tui.usecases.booking import ClientDraft
from tests.builders import HOUR, MINUTE, NOW, SmallStudio
from tests.usecases.support import assert_sound, contents

TEN = NOW + HOUR
READY, CANCELLED = DeliveryState.READY, DeliveryState.CANCELLED


def a_draft(client: Client, **fields: Any) -> ClientDraft:
    defaults: dict[str, Any] = {"email": client.email or "", "push_topic": client.push_topic or ""}
    return ClientDraft(id=client.id, name=client.name, language=client.language, **defaults | fields)


# Clients


def test_a_client_is_kept_as_typed_and_cleaned(small: SmallStudio) -> None:
    client = small.booking.save_client(
        small.desk,
        ClientDraft(
            name="  Chiara \x1b[31mNeri ",
            email=" Chiara.Neri@Clients.EXAMPLE ",
            email_verified=True,
            phone=" +39 06 123 ",
            language="it",
            push_topic="chiara-42",
        ),
    )

    assert (client.name, client.email) == ("Chiara [31mNeri", "Chiara.Neri@clients.example")
    assert (client.email_verified, client.phone, client.language) == (True, "+39 06 123", "it")
    assert client.push_topic == "chiara-42"
    assert small.booking.client(small.desk, client.id) == client


def test_empty_texts_mean_none(small: SmallStudio) -> None:
    client = small.booking.save_client(small.desk, ClientDraft(name="Ugo", email=" ", phone="", language=""))

    assert (client.email, client.phone, client.push_topic, client.language) == (None, None, None, "en")


def test_what_a_client_refuses_stays_until_an_edit_says_otherwise(small: SmallStudio) -> None:
    client = small.client()
    kept = frozenset({MessageKind.REMINDER})
    asked = kept | {MessageKind.NOTICE}  # the link itself cannot be refused
    assert small.booking.save_client(small.desk, a_draft(client, refuses=asked)).refuses == kept
    assert small.booking.save_client(small.desk, a_draft(client)).refuses == kept
    assert small.booking.save_client(small.desk, a_draft(client, refuses=frozenset())).refuses == frozenset()


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        (ClientDraft(name=" "), "name"),
        (ClientDraft(name="x" * 201), "name"),
        (ClientDraft(name="Ugo", email="ugo"), "email"),
        (ClientDraft(name="Ugo", email="ugo@clients.example\nBcc: all@clients.example"), "email"),
        (ClientDraft(name="Ugo", phone="1" * 41), "phone"),
        (ClientDraft(name="Ugo", push_topic="not/a topic"), "push_topic"),
        (ClientDraft(name="Ugo", push_topic="x" * 65), "push_topic"),
    ],
)
def test_a_client_that_cannot_be_is_refused_at_the_field(small: SmallStudio, draft: ClientDraft, field: str) -> None:
    before = contents(small.database)

    with pytest.raises(InvalidInput) as refusal:
        small.booking.save_client(small.desk, draft)
    assert refusal.value.field == field
    assert contents(small.database) == before


def test_two_clients_cannot_share_an_address(small: SmallStudio) -> None:
    first = small.client("Chiara Neri", email="chiara@clients.example")

    with pytest.raises(InvalidInput, match="Chiara Neri's address already") as refusal:
        small.client("Somebody", email="chiara@Clients.example")
    assert refusal.value.field == "email"
    small.booking.save_client(small.desk, a_draft(first, phone="1"))


def test_a_client_who_does_not_exist_is_not_found(small: SmallStudio) -> None:
    with pytest.raises(NotFound):
        small.booking.client(small.desk, ClientId(99))
    with pytest.raises(NotFound):
        small.booking.save_client(small.desk, ClientDraft(id=ClientId(99), name="Ugo"))


def test_clients_are_found_by_the_beginnings_of_their_names(small: SmallStudio) -> None:
    for name in ("Chiara Neri", "Niccolò Chiari", "Ada de’ Neri", "100% Sport"):
        small.client(name)

    def found(query: str) -> list[str]:
        return [client.name for client in small.booking.find_clients(small.desk, query)]

    assert found("chiar") == ["Chiara Neri", "Niccolò Chiari"]
    assert found("NER chi") == ["Chiara Neri"]
    assert found("niccolo") == ["Niccolò Chiari"]
    assert found("100%") == ["100% Sport"]
    assert found("%") == []
    assert found("_") == []
    assert len(found("")) == 4
    assert [c.name for c in small.booking.list_clients(small.desk, limit=2, offset=1)] == [
        "Ada de’ Neri",
        "Chiara Neri",
    ]


# Places


def test_a_booking_and_its_notice_are_made_together(small: SmallStudio) -> None:
    session = small.session(starts_at=TEN)

    booking = small.book(session, small.client(push_topic="chiara"))

    assert (booking.status, booking.booked_at) == (BookingStatus.BOOKED, NOW)
    assert {d.channel: (d.due_at, d.expires_at) for d in small.deliveries(session)} == {
        Channel.EMAIL: (TEN, TEN + HOUR),
        Channel.PUSH: (TEN, TEN + HOUR),
    }
    assert small.read(session).booked == 1
    assert_sound(small)


def test_N3_the_notice_goes_to_an_address_that_was_never_verified(small: SmallStudio) -> None:
    session = small.session()

    small.book(session, small.client(email_verified=False))

    assert [d.channel for d in small.deliveries(session)] == [Channel.EMAIL]


@pytest.mark.parametrize(
    ("now", "due"),
    [(TEN - MINUTE, [TEN]), (TEN + 20 * MINUTE, [TEN + 20 * MINUTE]), (TEN + HOUR, []), (TEN + 2 * HOUR, [])],
    ids=["before", "late, at once", "at the end, never", "after the end, never"],
)
def test_N4_when_a_booking_s_notice_is_due(small: SmallStudio, now: datetime, due: list[datetime]) -> None:
    session = small.session(starts_at=TEN)
    small.clock.set(now)

    small.book(session)

    assert [d.due_at for d in small.deliveries(session)] == due
    assert_sound(small)


def test_N4_booked_cancelled_and_booked_again_gets_one(small: SmallStudio) -> None:
    session, client = small.session(starts_at=TEN), small.client()
    small.connect()
    first = small.book(session, client)
    small.booking.cancel(small.owner, first.id)
    assert [d.state for d in small.deliveries(session)] == [CANCELLED]
    assert small.read(session).booked == 0

    again = small.book(session, client)

    assert (again.id, again.cancelled_at) == (first.id, None)
    assert [d.state for d in small.deliveries(session)] == [READY]
    small.clock.set(TEN)
    assert len(small.send_due()) == 1
    small.booking.cancel(small.owner, again.id)
    small.book(session, client)
    assert small.send_due() == []
    assert_sound(small)


def test_a_full_session_takes_nobody_more(small: SmallStudio) -> None:
    session = small.session(capacity=1)
    first = small.book(session)
    client = small.client()
    before = contents(small.database)

    with pytest.raises(NotPossible, match=r"Yoga flow is full \(1 of 1\)"):
        small.book(session, client)
    assert contents(small.database) == before
    small.booking.cancel(small.owner, first.id)
    small.book(session, client)
    assert_sound(small)


def test_nobody_has_two_places(small: SmallStudio) -> None:
    session, client = small.session(title="Barre"), small.client("Chiara Neri")
    small.book(session, client)

    with pytest.raises(NotPossible, match="Chiara Neri already has a place in Barre"):
        small.book(session, client)


def test_a_cancelled_session_takes_no_booking(small: SmallStudio) -> None:
    session = small.session()
    small.scheduling.cancel(small.owner, session.id, version=None)

    with pytest.raises(NotPossible, match="is cancelled"):
        small.book(session)


def test_a_booking_is_cancelled_once(small: SmallStudio) -> None:
    booking = small.book(small.session())
    cancelled = small.booking.cancel(small.owner, booking.id)

    assert (cancelled.status, cancelled.cancelled_at) == (BookingStatus.CANCELLED, NOW)
    with pytest.raises(NotPossible, match="cancelled already"):
        small.booking.cancel(small.owner, booking.id)
    with pytest.raises(NotFound):
        small.booking.cancel(small.owner, BookingId(99))


def test_a_failed_booking_leaves_neither_place_nor_notice(small: SmallStudio) -> None:
    session = small.session()
    before = contents(small.database)

    with pytest.raises(NotFound):
        small.booking.book(small.owner, session.id, ClientId(99))
    assert contents(small.database) == before


# Addresses that come and go


def test_N3_a_new_push_address_is_told_too_and_a_removed_one_is_not(small: SmallStudio) -> None:
    session, client = small.session(starts_at=TEN), small.client()
    small.book(session, client)

    client = small.booking.save_client(small.desk, a_draft(client, push_topic="chiara"))
    assert [(d.channel, d.state) for d in small.deliveries(session)] == [(Channel.EMAIL, READY), (Channel.PUSH, READY)]

    small.booking.save_client(small.desk, a_draft(client, push_topic=""))
    assert [(d.channel, d.state) for d in small.deliveries(session)] == [
        (Channel.EMAIL, READY),
        (Channel.PUSH, CANCELLED),
    ]
    assert_sound(small)


def test_a_notice_held_for_want_of_an_address_goes_once_there_is_one(small: SmallStudio) -> None:
    session, client = small.session(starts_at=TEN), small.client(email="")
    small.book(session, client)
    small.clock.set(TEN + MINUTE)
    (delivery,) = small.deliveries(session)
    small.set_delivery(delivery.id, DeliveryState.HELD, reason=HeldReason.NO_ADDRESS.value)

    small.booking.save_client(small.desk, a_draft(client, email="chiara@clients.example"))

    (released,) = small.deliveries(session)
    assert (released.state, released.due_at) == (READY, TEN + MINUTE)
    assert_sound(small)


def test_a_new_address_of_somebody_else_s_frees_nothing(small: SmallStudio) -> None:
    session = small.session(starts_at=TEN)
    small.book(session, small.client(email=""))
    other = small.client()
    (delivery,) = small.deliveries(session)
    small.set_delivery(delivery.id, DeliveryState.HELD, reason=HeldReason.NO_ADDRESS.value, due_at=to_ms(NOW))

    small.booking.save_client(small.desk, a_draft(other, email="new@clients.example"))

    assert [d.state for d in small.deliveries(session)] == [DeliveryState.HELD]


def test_the_list_of_clients_shows_active_ones_first_then_by_name(small: SmallStudio) -> None:
    session = small.session()
    bookings = [small.book(session, small.client(name)) for name in ("Zoe", "ada", "Carla", "Bruno")]
    small.booking.cancel(small.owner, bookings[1].id)

    lines = small.booking.bookings(session.id)

    assert [(line.name, line.active) for line in lines] == [
        ("Bruno", True),
        ("Carla", True),
        ("Zoe", True),
        ("ada", False),
    ]
    assert all(line.email is not None and line.push is None for line in lines)
