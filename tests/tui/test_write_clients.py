"""Writing to clients by hand at the desk: typed, shown as it will look, sent, and never lost on the way."""

from __future__ import annotations

from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion
from textual.pilot import Pilot

from studio_tui.domain.delivery import Channel, Delivery, DeliveryState
from studio_tui.domain.sessions import Session
from studio_tui.tui.app import ChangesSeen
from studio_tui.tui.drafts import take
from studio_tui.tui.screens.write_clients import SendLetter, WriteClients
from tests.tui.aurora import Aurora
from tests.tui.cursor import messages, opened
from tests.tui.meditation import drawer_of, in_drawer, meditation, toasts
from tests.tui.settling import in_dialog, press, settled, write

SIZES = [(120, 40), (80, 24)]


def booked(aurora: Aurora) -> Session:
    """Sunday's meditation with clients who are reached by mail, by both ways, and not at all."""
    session = aurora.put(6, "10:00", room="Studio 2")
    for name, draft in (
        ("Alice Rossi", {"email_verified": True}),
        ("Bruno Conti", {"email_verified": True, "push_topic": "bruno"}),
        ("Chiara Neri", {}),
    ):
        aurora.book(session, aurora.client(name, **draft))
    return session


def written(aurora: Aurora, *sessions: Session) -> list[Delivery]:
    rows = [row for session in sessions for row in aurora.deliveries(session)]
    return [row for row in rows if row.announcement_id is not None]


async def type_letter(pilot: Pilot[None], subject: str = "Blankets", text: str = "Bring one.") -> None:
    await write(pilot, subject)
    await press(pilot, "tab")
    await write(pilot, text)


async def hear(pilot: Pilot[None]) -> None:
    """Somebody else changed bookings."""
    pilot.app.post_message(ChangesSeen(()))
    await settled(pilot)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_what_is_typed_is_shown_as_it_will_look_and_sent_after_a_yes(
    aurora: Aurora, size: tuple[int, int], picture: SnapshotAssertion
) -> None:
    session = booked(aurora)
    async with aurora.app().run_test(size=size) as pilot:
        await settled(pilot)
        await press(pilot, "tab", "K")
        assert isinstance(pilot.app.screen, WriteClients)
        assert "3 clients: 2 by mail · 1 by push" in in_dialog(pilot)
        assert "address not verified: Chiara Neri" in in_dialog(pilot)
        await type_letter(pilot)
        await press(pilot, "ctrl+s")
        assert isinstance(pilot.app.screen, SendLetter)
        assert pilot.app.export_screenshot(simplify=True) == picture
        await press(pilot, "enter", "space")
        assert written(aurora, session) == []
        await press(pilot, "y")
        assert "2 clients get the message, 1 cannot be reached." in messages(pilot)
    assert [row.channel for row in written(aurora, session) if row.state is DeliveryState.READY] == [
        Channel.EMAIL,
        Channel.EMAIL,
        Channel.PUSH,
    ]


async def test_a_no_keeps_what_was_typed_and_a_wrong_text_is_refused_beside_its_field(aurora: Aurora) -> None:
    session = booked(aurora)
    async with aurora.app().run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await press(pilot, "tab", "K", "ctrl+s")
        assert "A message needs a subject" in in_dialog(pilot)
        await type_letter(pilot, "Blankets", "")
        await press(pilot, "ctrl+s")
        assert "There is no text yet" in in_dialog(pilot)
        await write(pilot, "Bring one.")
        await press(pilot, "ctrl+s", "n")
        form = pilot.app.screen
        assert isinstance(form, WriteClients)
        assert form.read() == ("Blankets", "Bring one.")
        assert "Nothing was sent: the text is still here." in in_dialog(pilot)
        await press(pilot, "escape", "y")
        assert not isinstance(pilot.app.screen, WriteClients)
    assert written(aurora, session) == []


async def test_marked_sessions_are_written_to_at_once_and_each_client_once(aurora: Aurora) -> None:
    first, second = booked(aurora), aurora.put(6, "12:00", room="Studio 2")
    aurora.book(second, aurora.client("Davide Riva", email_verified=True))
    async with aurora.app().run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await press(pilot, "tab", "space", "tab", "space", "G")
        assert "Write to the clients" in in_dialog(pilot)
        await press(pilot, "down", "down", "down", "down", "enter")
        assert "the clients of 2 marked sessions" in in_dialog(pilot)
        await type_letter(pilot)
        await press(pilot, "ctrl+s", "y")
        assert "3 clients get the message" in messages(pilot)
    assert {row.session_id for row in written(aurora, first, second)} == {first.id, second.id}


async def test_from_the_drawer_and_beyond_the_limit_with_a_sentence(aurora: Aurora) -> None:
    session = meditation(aurora)
    aurora.book(session, aurora.client("Alice Rossi", email_verified=True))
    for _ in range(2):
        aurora.studio.writing.send(aurora.desk, [session.id], "Blankets", "Bring one.")
    async with drawer_of(aurora, session) as pilot:
        await press(pilot, "K")
        assert "Nobody would get it: everybody there had 2 messages in 24 hours" in in_drawer(pilot)
        aurora.book(session, aurora.client("Bruno Conti", email_verified=True))
        await press(pilot, "K")
        assert "Had 2 messages in 24 hours and gets none: Alice Rossi" in in_dialog(pilot)
        await type_letter(pilot)
        await press(pilot, "ctrl+s", "y")
        assert toasts(pilot)[-1] == "1 client gets the message, 1 had enough messages for today."


async def test_what_is_being_typed_survives_a_line_that_drops_even_while_it_is_shown(
    aurora: Aurora, tmp_path: Path
) -> None:
    booked(aurora)
    path = tmp_path / "drafts.json"
    async with opened(aurora, drafts=path) as pilot:
        await press(pilot, "tab", "K")
        await type_letter(pilot)
        await press(pilot, "ctrl+s")
        pilot.app.hung_up(129)  # type: ignore[attr-defined]
        await settled(pilot)
    [kept] = take(path)
    assert (kept.what, kept.texts) == (
        "Write to the clients of Meditation",
        {"Subject": "Blankets", "Text": "Bring one."},
    )


async def test_who_gets_it_follows_what_others_book_meanwhile_and_the_text_stays(aurora: Aurora) -> None:
    session = booked(aurora)
    async with aurora.app().run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await press(pilot, "tab", "K")
        await type_letter(pilot)
        aurora.book(session, aurora.client("Elena Gallo", email_verified=True))
        await hear(pilot)
        assert "4 clients: 3 by mail · 1 by push" in in_dialog(pilot)
        await press(pilot, "ctrl+s")
        assert "Send it to 4 clients?" in in_dialog(pilot)
        aurora.book(session, aurora.client("Fabio Longo", email_verified=True))
        await hear(pilot)
        assert "Send it to 5 clients?" in in_dialog(pilot)
        assert "Bring one." in in_dialog(pilot)
        await press(pilot, "y")
        assert "4 clients get the message, 1 cannot be reached." in messages(pilot)


async def test_a_question_whose_last_reader_has_gone_closes_and_sends_nothing(aurora: Aurora) -> None:
    session = aurora.put(6, "10:00", room="Studio 2")
    aurora.book(session, aurora.client("Alice Rossi", email_verified=True))
    async with aurora.app().run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await press(pilot, "tab", "K")
        await type_letter(pilot)
        await press(pilot, "ctrl+s")
        assert "Send it to 1 client?" in in_dialog(pilot)
        [booking] = aurora.studio.calendar.detail(session.id).clients
        aurora.studio.booking.cancel(aurora.owner, booking.booking_id)
        await hear(pilot)
        assert "Bring one." in in_dialog(pilot)
        assert "! Nobody has a place there: there is nobody" in in_dialog(pilot)
    assert written(aurora, session) == []
