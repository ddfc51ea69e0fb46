"""Asking whether the clients are told of a change: by keys, on a wide and on a small terminal."""

from __future__ import annotations

from datetime import timedelta

import pytest
from syrupy.assertion import SnapshotAssertion

from studio_tui.domain.announcements import AnnouncementKind, SessionNews
from studio_tui.domain.delivery import Delivery, DeliveryState
from studio_tui.domain.sessions import Session, SessionStatus
from studio_tui.tui.screens.tell_clients import TellClients, offer_to_tell
from tests.tui.aurora import Aurora
from tests.tui.cursor import messages
from tests.tui.settling import in_dialog, press, settled
from tests.usecases.test_permissions import edit_of

SIZES = [(120, 40), (80, 24)]


def booked(aurora: Aurora) -> Session:
    """Sunday's meditation with a client for each way there is or is not to reach them."""
    session = aurora.put(6, "10:00", room="Studio 2")
    for name, draft in (
        ("Alice Rossi", {"email_verified": True}),
        ("Bruno Conti", {"email_verified": True, "push_topic": "bruno"}),
        ("Chiara Neri", {}),
        ("Davide Riva", {"email": "", "language": "en"}),
    ):
        aurora.book(session, aurora.client(name, **draft))
    return session


def news(aurora: Aurora, session: Session) -> list[Delivery]:
    return [delivery for delivery in aurora.deliveries(session) if delivery.announcement_id is not None]


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_after_a_move_it_asks_with_what_the_clients_would_read(
    aurora: Aurora, size: tuple[int, int], picture: SnapshotAssertion
) -> None:
    session = booked(aurora)
    async with aurora.app().run_test(size=size) as pilot:
        await settled(pilot)
        await press(pilot, "tab", "m", "down", "enter")
        assert isinstance(pilot.app.screen, TellClients)
        assert news(aurora, session) == []
        assert pilot.app.screen.query_one("#tell-message").max_scroll_y >= 0
        assert pilot.app.export_screenshot(simplify=True) == picture


async def test_y_tells_them_and_says_so(aurora: Aurora) -> None:
    session = booked(aurora)
    async with aurora.app().run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await press(pilot, "tab", "m", "down", "enter", "y")
        assert "2 clients will be told, 2 cannot be reached." in messages(pilot)
    assert [row.state for row in news(aurora, session)].count(DeliveryState.READY) == 3
    assert aurora.read(session).starts_at == session.starts_at + timedelta(minutes=15)


@pytest.mark.parametrize("key", ["n", "escape"])
async def test_n_and_escape_tell_nobody_and_keep_the_change(aurora: Aurora, key: str) -> None:
    session = booked(aurora)
    async with aurora.app().run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await press(pilot, "tab", "m", "down", "enter", "enter", "space", key)
        assert "Nobody was told." in messages(pilot)
    assert news(aurora, session) == []
    assert aurora.read(session).starts_at == session.starts_at + timedelta(minutes=15)


async def test_cancelling_and_bringing_back_ask_as_well(aurora: Aurora) -> None:
    session = booked(aurora)
    async with aurora.app().run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await press(pilot, "tab", "d", "y")
        assert "Annullata: Meditation" in in_dialog(pilot)
        await press(pilot, "y")
        assert aurora.read(session).status is SessionStatus.CANCELLED
        for row in news(aurora, session):
            aurora.set_delivery(row.id, DeliveryState.SENT, sent_at=1_800_000_000_000)
        await press(pilot, "d", "y")
        assert "Si tiene regolarmente: Meditation" in in_dialog(pilot)


async def test_a_session_without_clients_asks_nothing(aurora: Aurora) -> None:
    aurora.put(6, "10:00")
    async with aurora.app().run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await press(pilot, "tab", "m", "down", "enter")
        assert not isinstance(pilot.app.screen, TellClients)
        assert "was moved" in messages(pilot)


async def test_names_are_hidden_in_the_question_too(aurora: Aurora) -> None:
    booked(aurora)
    async with aurora.app(privacy=True).run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await press(pilot, "tab", "m", "down", "enter")
        said = in_dialog(pilot)
        assert "Chiara" not in said
        assert "address not verified: ••••••" in said


async def test_names_and_titles_are_shown_as_they_are_typed(aurora: Aurora) -> None:
    session = aurora.put(6, "10:00", title="[@click=app.quit]Yin[/x]")
    aurora.book(session, aurora.client("[bold]Anna[/] \u202eevil"))
    async with aurora.app().run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await press(pilot, "tab", "m", "down", "enter")
        said = in_dialog(pilot)
        assert "address not verified: [bold]Anna[/] evil" in said
        assert "Nuovo orario: [@click=app.quit]Yin[/x]" in said


async def test_an_instructor_who_gives_a_session_away_is_not_asked(aurora: Aurora) -> None:
    session = booked(aurora)
    async with aurora.app(login="anna").run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        desk = pilot.app.screen.desk  # type: ignore[attr-defined]
        edit = edit_of(session, staff_id=aurora.substitute.id)
        aurora.scheduling.edit(aurora.owner, session.id, edit, version=None)
        assert desk.actor == aurora.teacher
        came = await offer_to_tell(pilot.app.screen, AnnouncementKind.CHANGED, [SessionNews(session.id)])  # type: ignore[arg-type]
        assert came == ""
    assert news(aurora, session) == []
