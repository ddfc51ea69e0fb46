"""A client's card, from the keyboard. The drawer's tests open it too."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion
from textual.pilot import Pilot

from studio_tui.domain.bookings import BookingStatus
from studio_tui.domain.delivery import DeliveryState
from studio_tui.domain.messages import MessageKind
from studio_tui.domain.outcomes import Gone, Sent
from studio_tui.domain.people import Client
from studio_tui.domain.sessions import Session
from studio_tui.tui.screens.calendar import CalendarScreen
from studio_tui.tui.screens.client_card import ClientCard
from studio_tui.tui.screens.find import FindScreen
from studio_tui.tui.widgets.session_drawer import SessionDrawer
from tests.doubles.phone import Phone
from tests.tui.aurora import SATURDAY, Aurora
from tests.tui.cursor import chosen, messages, opened
from tests.tui.settling import in_dialog, on_screen, press, settled, write

DAY = timedelta(days=1)


def furnish(aurora: Aurora) -> tuple[Client, dict[str, Session]]:
    """Alice was in Vinyasa on Friday (mail sent, push failed), comes to Meditation and Barre, and gave Yin back."""
    alice = aurora.client(
        "Alice Rossi", email="alice@clients.example", email_verified=True, phone="+39 06 555", push_topic="alice"
    )
    aurora.clock.set(SATURDAY - 5 * DAY)
    aurora.connect()
    made = {
        "vinyasa": aurora.put(4, "07:00", "Vinyasa Flow", room="Sala Grande"),
        "meditation": aurora.put(6, "10:00", "Meditation", room="Studio 2", staff_id=aurora.substitute.id),
        "barre": aurora.put(1, "18:30", "Barre", week=1),
        "yin": aurora.put(2, "18:30", "Yin", week=1),
    }
    for session in made.values():
        aurora.book(session, alice)
    (yin,) = aurora.resources.read(lambda unit: unit.bookings.of_session(made["yin"].id))
    aurora.booking.cancel(aurora.owner, yin.id)
    aurora.clock.set(made["vinyasa"].starts_at)
    aurora.send_due()
    email, push = aurora.deliveries(made["vinyasa"])
    aurora.set_delivery(
        email.id, DeliveryState.SENT, last_code=250, last_text="2.0.0 queued as 4F1", recipient=alice.email
    )
    aurora.set_delivery(push.id, DeliveryState.FAILED, last_code=404, last_text="no such topic", sent_at=None)
    aurora.clock.set(SATURDAY)
    return alice, made


@asynccontextmanager
async def card_of(
    aurora: Aurora, client: Client, size: tuple[int, int] = (120, 40), **options: Any
) -> AsyncIterator[Pilot[None]]:
    async with opened(aurora, size, **options) as pilot:
        app = pilot.app
        app.push_screen(ClientCard(app.desk, client.id))  # type: ignore[attr-defined]
        await settled(pilot)
        yield pilot


def booked(aurora: Aurora, session: Session, client: Client) -> bool:
    found = aurora.resources.read(lambda unit: unit.bookings.of_client(session.id, client.id))
    return found is not None and found.status is BookingStatus.BOOKED


async def test_the_card_tells_who_it_is_what_comes_next_and_what_was(aurora: Aurora) -> None:
    alice, _ = furnish(aurora)
    aurora.studio.refusing.refuse(aurora.owner, alice.id, MessageKind.REMINDER, True)
    async with card_of(aurora, alice) as pilot:
        text = on_screen(pilot)

    assert "Alice Rossi · 2 bookings to come, 1 past" in text
    assert "alice@clients.example, verified · phone +39 06 555 · it · push" in text
    assert "Next: Sun 22 Nov 10:00 Meditation · Marco Bruno · Studio 2" in text
    places = [
        text.index(words)
        for words in ("To come", "Sun 22 Nov 10:00  Med", "Tue 24 Nov", "× Wed 25 Nov", "Past", "! Fri 20 Nov")
    ]
    assert places == sorted(places)
    assert "Does not want: reminder" in text


async def test_the_panel_tells_what_was_sent_and_what_the_server_answered(aurora: Aurora) -> None:
    alice, _ = furnish(aurora)
    async with card_of(aurora, alice) as pilot:
        coming = on_screen(pilot)
        await press(pilot, "end")
        text = on_screen(pilot)

    assert "· Mail planned for 22 Nov 10:00" in coming
    assert "✓ Mail sent 20 Nov 07:00 to alice@clients.example: 250 2.0.0 queued as 4F1" in text
    assert "! Push failed: 404 no such topic" in text


async def test_the_panel_says_the_state_of_a_message_once(aurora: Aurora) -> None:
    alice, made = furnish(aurora)
    mail, push = aurora.deliveries(made["vinyasa"])
    aurora.set_delivery(mail.id, DeliveryState.HELD, reason="no address", recipient=None)
    aurora.set_delivery(push.id, DeliveryState.EXPIRED, reason="no link", last_code=None, last_text="")
    async with card_of(aurora, alice) as pilot:
        await press(pilot, "end")
        text = on_screen(pilot)
    assert "‖ Mail held: no address" in text
    assert "Push expired: no link" in text


async def test_all_that_is_told_of_another_sites_session_is_by_that_sites_clock(aurora: Aurora) -> None:
    aurora.connect(aurora.london)
    alice = aurora.client("Alice Rossi")
    barre = aurora.session(aurora.barre, starts_at=SATURDAY + timedelta(hours=3))
    aurora.book(barre, alice)
    async with card_of(aurora, alice) as pilot:
        text = on_screen(pilot)
    assert "Next: Sat 21 Nov 11:41 Barre · Hackney · Holly Shaw" in text
    assert "· 11:41" in next(line for line in text.splitlines() if line.startswith("   Sat 21 Nov"))
    assert "Barre, Sat 21 Nov 11:41 · Hackney" in text
    assert "Booked 08:41" in text
    assert "Mail planned for 11:41" in text


async def test_enter_goes_to_the_session_in_the_calendar(aurora: Aurora) -> None:
    alice, made = furnish(aurora)
    async with card_of(aurora, alice) as pilot:
        await press(pilot, "down", "enter")
        assert isinstance(pilot.app.screen, CalendarScreen)
        assert chosen(pilot) == "Barre"
        assert pilot.app.screen.query_one(SessionDrawer).session_id == made["barre"].id


async def test_b_books_into_a_session_that_is_found_by_typing(aurora: Aurora) -> None:
    alice, _ = furnish(aurora)
    flow = aurora.put(3, "07:00", "Sunday Flow", week=1)
    async with card_of(aurora, alice) as pilot:
        await press(pilot, "b")
        assert isinstance(pilot.app.screen, FindScreen)
        asked = in_dialog(pilot)
        await write(pilot, "thu flow")
        await press(pilot, "enter")
        assert messages(pilot) == "Alice Rossi has a place in Sunday Flow. u undoes it."
        assert "Thu 26 Nov 07:00  Sunday Flow" in on_screen(pilot)
    assert asked.startswith("Book Alice Rossi into")
    assert booked(aurora, flow, alice)


async def test_a_full_session_is_refused_in_place(aurora: Aurora) -> None:
    alice, _ = furnish(aurora)
    full = aurora.put(3, "07:00", "Quick Check", week=1, capacity=1)
    aurora.book(full)
    async with card_of(aurora, alice) as pilot:
        await press(pilot, "b")
        await write(pilot, "quick")
        await press(pilot, "enter")
        assert "! Quick Check is full (1 of 1)" in on_screen(pilot)


async def test_a_client_who_is_elsewhere_at_that_time_is_booked_only_if_somebody_says_so(aurora: Aurora) -> None:
    alice, _ = furnish(aurora)
    yin = aurora.put(6, "10:30", "Quick Check")
    async with card_of(aurora, alice) as pilot:
        await press(pilot, "b")
        await write(pilot, "quick")
        await press(pilot, "enter")
        asked = in_dialog(pilot)
        await press(pilot, "n")
        refused = booked(aurora, yin, alice)
        await press(pilot, "b")
        await write(pilot, "quick")
        await press(pilot, "enter", "y")
    assert "Book Alice Rossi into Quick Check?" in asked
    assert "Meditation" in asked
    assert not refused
    assert booked(aurora, yin, alice)


async def test_x_takes_the_place_back(aurora: Aurora) -> None:
    alice, made = furnish(aurora)
    async with card_of(aurora, alice) as pilot:
        await press(pilot, "d")
        assert "× Sun 22 Nov" in on_screen(pilot)
        assert "Next: Tue 24 Nov 18:30 Barre" in on_screen(pilot)
    assert not booked(aurora, made["meditation"], alice)


async def test_a_course_asks_whether_here_or_in_all(aurora: Aurora) -> None:
    client = aurora.client("Nina Rota")
    course, run = aurora.course([SATURDAY + DAY, SATURDAY + 2 * DAY])
    aurora.booking.enrol(aurora.owner, course.id, client.id)
    async with card_of(aurora, client) as pilot:
        await press(pilot, "d", "c")
    assert [booked(aurora, session, client) for session in run] == [False, False]


async def test_r_sends_again_f_retries_and_s_stops(aurora: Aurora) -> None:
    alice, made = furnish(aurora)
    held = aurora.deliveries(made["meditation"])
    aurora.set_delivery(held[1].id, DeliveryState.FAILED, last_code=503, last_text="try later")
    async with card_of(aurora, alice) as pilot:
        await press(pilot, "F")
        retried = [d.state for d in aurora.deliveries(made["meditation"])]
        await press(pilot, "R")
        again = aurora.deliveries(made["meditation"])
        await press(pilot, "s")
        stopped = aurora.deliveries(made["meditation"])

    assert retried == [DeliveryState.READY, DeliveryState.READY]
    assert [d.manual for d in again] == [False, False, True, True]
    assert {d.state for d in stopped} == {DeliveryState.CANCELLED}


async def test_what_is_over_is_refused_with_the_reason(aurora: Aurora) -> None:
    alice, _ = furnish(aurora)
    async with card_of(aurora, alice) as pilot:
        await press(pilot, "end", "R")
        assert "! The session is over: its notice is no longer of use." in on_screen(pilot)


async def test_e_edits_and_the_card_follows(aurora: Aurora) -> None:
    alice, _ = furnish(aurora)
    async with card_of(aurora, alice) as pilot:
        await press(pilot, "e", "home")
        await write(pilot, "Dr ")
        await press(pilot, "ctrl+s")
        assert on_screen(pilot).startswith(" Dr Alice Rossi")


async def test_saving_a_corrected_address_says_what_goes_there(aurora: Aurora) -> None:
    alice, made = furnish(aurora)
    mail, _ = aurora.deliveries(made["barre"])
    aurora.set_delivery(mail.id, DeliveryState.FAILED, attempt=1, recipient=alice.email, last_code=550)
    async with card_of(aurora, alice) as pilot:
        await press(pilot, "e", "tab", "home")
        await write(pilot, "new.")
        await press(pilot, "ctrl+s")
        said = "Alice Rossi is saved. u undoes it. 1 message that failed goes to the new address."
        assert messages(pilot) == said
    assert aurora.deliveries(made["barre"])[0].state is DeliveryState.READY


async def test_o_shows_older_bookings(aurora: Aurora) -> None:
    client = aurora.client("Nina Rota")
    for day in range(1, 53):
        aurora.book(aurora.put(5, "07:00", "Yin", week=-day), client)
    async with card_of(aurora, client) as pilot:
        before = on_screen(pilot)
        await press(pilot, "o", "end")
        after = on_screen(pilot)
    assert "Past · 50 of 52, o: older" in before
    assert "o: older" not in after
    assert "22 Nov 2025 07:00" in after


async def test_a_session_elsewhere_says_so_by_its_own_clock(aurora: Aurora) -> None:
    client = aurora.client("Nina Rota")
    session = aurora.session(aurora.barre, starts_at=SATURDAY + DAY)
    aurora.book(session, client)
    async with card_of(aurora, client) as pilot:
        assert "Sun 22 Nov 08:41  Barre · Hackney" in on_screen(pilot)
        await press(pilot, "enter")
        assert "Hackney" in on_screen(pilot).splitlines()[0]


async def test_a_client_without_bookings_is_told_how_to_begin(aurora: Aurora) -> None:
    client = aurora.client("Nina Rota")
    async with card_of(aurora, client) as pilot:
        text = on_screen(pilot)
        await press(pilot, "d", "R", "enter", "F", "s", "o")
        assert isinstance(pilot.app.screen, ClientCard)
    assert "No bookings yet." in text
    assert "Next: nothing booked" in text


async def test_hidden_names_are_hidden_on_the_card(aurora: Aurora) -> None:
    alice, _ = furnish(aurora)
    async with card_of(aurora, alice) as pilot:
        await press(pilot, "end", "asterisk")
        text = on_screen(pilot)
    assert not any(word in text for word in ("Alice", "alice@", "555"))


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_picture_of_a_card(aurora: Aurora, picture: SnapshotAssertion, size: tuple[int, int]) -> None:
    alice, _ = furnish(aurora)
    async with card_of(aurora, alice, size) as pilot:
        await press(pilot, "end")
        assert pilot.app.export_screenshot(simplify=True) == picture


async def test_picture_of_a_card_with_hidden_names_in_ascii(aurora: Aurora, picture: SnapshotAssertion) -> None:
    alice, _ = furnish(aurora)
    async with card_of(aurora, alice, (80, 24), privacy=True, ascii=True) as pilot:
        assert pilot.app.export_screenshot(simplify=True) == picture


async def test_picture_of_a_card_without_bookings(aurora: Aurora, picture: SnapshotAssertion) -> None:
    async with card_of(aurora, aurora.client("Nina Rota"), (80, 24)) as pilot:
        assert pilot.app.export_screenshot(simplify=True) == picture


async def test_a_test_message_switches_the_push_address_off_and_on_again(aurora: Aurora) -> None:
    alice = aurora.client("Alice Rossi", push_topic="topic-of-alice")
    phone = Phone(Gone(404, "no such topic")).serve(aurora)
    async with card_of(aurora, alice, (80, 24)) as pilot:
        await press(pilot, "t")
        assert "push is switched off" in " ".join(on_screen(pilot).split())
        assert "! Push: the server said 404 no such topic · e: new address, t: test" in on_screen(pilot)

        phone.outcome = Sent("N1", "ok")
        await press(pilot, "t")
        assert "the server said" not in on_screen(pilot)
        assert "topic-of-alice" not in on_screen(pilot)
        assert "took the test message" in messages(pilot)


async def test_there_is_nothing_to_test_without_a_push_address(aurora: Aurora) -> None:
    async with card_of(aurora, aurora.client("Bruno Conti")) as pilot:
        await press(pilot, "t")
        assert "test message" not in on_screen(pilot)
