"""`u`, `U` and `H`: undo, redo and the list of edits, from the keyboard."""

from __future__ import annotations

import pytest

from studio_tui.domain.sessions import Session, SessionStatus
from studio_tui.usecases.scheduling import SessionDraft
from tests.builders import MINUTE
from tests.tui.aurora import SATURDAY, Aurora
from tests.tui.cursor import chosen, grid, messages, opened
from tests.tui.settling import in_dialog, on_screen, press, settled, write


@pytest.fixture
def meditation(aurora: Aurora) -> Session:
    """At ten, with two clients."""
    session = aurora.put(5, "10:00")
    for name in ("Giulia Rossi", "Anna Bianchi"):
        aurora.book(session, aurora.client(name))
    return session


async def test_u_undoes_a_move_and_U_does_it_again(aurora: Aurora, meditation: Session) -> None:
    async with opened(aurora) as pilot:
        await press(pilot, "tab", "m", "1", "1", "enter", "n")
        assert "u undoes it" in messages(pilot)
        await press(pilot, "u")
        assert "Undo: moved Meditation, Sat 21 Nov 10:00 → 11:00, 2 bookings. U does it again." in messages(pilot)
        assert aurora.read(meditation).starts_at == aurora.at(5, "10:00")
        await press(pilot, "U")
        assert "Redo: moved Meditation, Sat 21 Nov 10:00 → 11:00, 2 bookings. u takes it back." in messages(pilot)
        assert aurora.read(meditation).starts_at == aurora.at(5, "11:00")


async def test_what_is_undone_is_on_the_screen_at_once(aurora: Aurora) -> None:
    session = aurora.put(5, "10:00", title="Guest class")
    aurora.scheduling.cancel(aurora.desk, session.id, version=None)
    async with opened(aurora) as pilot:
        assert "cancelled" in on_screen(pilot)
        await press(pilot, "pagedown", "u", "escape")
        assert "cancelled" not in on_screen(pilot)
        assert chosen(pilot) == "Guest class"


async def test_an_edit_of_before_a_restart_is_undone(aurora: Aurora, meditation: Session) -> None:
    async with opened(aurora) as pilot:
        await press(pilot, "tab", "d", "y", "n")
    async with opened(aurora) as pilot:
        await press(pilot, "u")
        assert "Undo: cancelled Meditation, Sat 21 Nov 10:00, 2 bookings." in messages(pilot)
    assert aurora.read(meditation).status is SessionStatus.ACTIVE


async def test_there_may_be_nothing_to_undo_or_redo(aurora: Aurora) -> None:
    async with opened(aurora) as pilot:
        await press(pilot, "u", "U")
        assert messages(pilot) == "There is nothing to undo.\nThere is nothing to redo."


async def test_u_is_a_letter_where_one_types(aurora: Aurora, meditation: Session) -> None:
    aurora.scheduling.cancel(aurora.desk, meditation.id, version=None)
    async with opened(aurora) as pilot:
        await press(pilot, "g")
        await write(pilot, "uU")
        assert "uU" in on_screen(pilot)
        await press(pilot, "escape")
        assert aurora.read(meditation).status is SessionStatus.CANCELLED


async def test_a_session_in_the_hand_is_put_down_first(aurora: Aurora, meditation: Session) -> None:
    async with opened(aurora) as pilot:
        await press(pilot, "tab", "m", "u")
        assert "Meditation in your hand: Enter drops, Esc puts back." in messages(pilot)
        await press(pilot, "escape")
        assert chosen(pilot) == "Meditation"


async def test_u_works_in_the_drawer_and_after_its_session_is_gone(aurora: Aurora) -> None:
    session = aurora.scheduling.create(aurora.desk, _draft(aurora))
    async with opened(aurora) as pilot:
        await press(pilot, "tab", "enter", "i", "u")
        assert "Undo: switched Meditation, Sat 21 Nov 10:00 to in person." in messages(pilot)
        assert aurora.read(session).mode is None
        await press(pilot, "u")
        assert "Undo: made Meditation, Sat 21 Nov 10:00." in messages(pilot)
        await press(pilot, "escape")
        assert pilot.app.focused is grid(pilot)
        assert chosen(pilot) is None
        await press(pilot, "U", "enter")
        assert "Meditation · online class" in on_screen(pilot)


def _draft(aurora: Aurora) -> SessionDraft:
    service = aurora.service("Meditation", sessions_may_change_mode=True)
    return SessionDraft(site_id=aurora.rome.id, service_id=service.id, starts_at=aurora.at(5, "10:00"))


async def test_what_somebody_else_changed_stands_and_can_be_left_for_the_one_before_it(
    aurora: Aurora, meditation: Session
) -> None:
    other = aurora.put(5, "12:00", "Yin")
    aurora.scheduling.cancel(aurora.desk, other.id, version=None)
    aurora.scheduling.cancel(aurora.desk, meditation.id, version=None)
    aurora.scheduling.restore(aurora.owner, meditation.id, version=None)
    async with opened(aurora) as pilot:
        await press(pilot, "u")
        asked = in_dialog(pilot)
        assert "“cancelled Meditation, Sat 21 Nov 10:00, 2 bookings” cannot be undone" in asked
        assert "Meditation, Sat 21 Nov 10:00 was changed by Paola Greco at 09:41 (restored a session)." in asked
        await press(pilot, "n", "u", "y")
        assert "It was skipped. u comes to: cancelled Yin, Sat 21 Nov 12:00." in messages(pilot)
        await press(pilot, "u")
        assert aurora.read(other).status is SessionStatus.ACTIVE


async def test_clients_who_were_told_of_a_move_are_offered_a_correction(aurora: Aurora, meditation: Session) -> None:
    aurora.connect()
    aurora.scheduling.move(aurora.desk, meditation.id, SATURDAY + 2 * MINUTE, version=None)
    aurora.clock.advance(2 * MINUTE)
    aurora.send_due()
    async with opened(aurora) as pilot:
        await pilot.press("u")
        await settled(pilot)
        said = messages(pilot)
        assert "Meditation, Sat 21 Nov 10:00: 2 clients were sent the notice for Sat 21 Nov 09:43 already:" in said
        assert "Anna Bianchi, Giulia Rossi" in said
        assert "Tell the 2 clients?" in in_dialog(pilot)
        await press(pilot, "y")
        assert "2 clients cannot be reached: the news are held." in messages(pilot)


async def test_names_are_hidden_in_what_is_said_of_an_undo(aurora: Aurora, meditation: Session) -> None:
    aurora.booking.book(aurora.desk, meditation.id, aurora.client("Carla Verdi").id)
    async with opened(aurora, privacy=True) as pilot:
        await press(pilot, "H")
        assert "booked •••••• into Meditation" in in_dialog(pilot)
        await press(pilot, "escape", "u")
        assert "Undo: booked •••••• into Meditation, Sat 21 Nov 10:00." in messages(pilot)
        assert "Carla" not in messages(pilot)


async def test_H_lists_the_recent_edits_and_which_comes_next(aurora: Aurora, meditation: Session) -> None:
    other = aurora.put(5, "12:00", "Yin")
    aurora.scheduling.cancel(aurora.desk, other.id, version=None)
    aurora.scheduling.cancel(aurora.desk, meditation.id, version=None)
    async with opened(aurora) as pilot:
        await press(pilot, "u", "H")
        listed = in_dialog(pilot)
        assert "U 09:41 cancelled Meditation, Sat 21 Nov 10:00, 2 bookings (undone)" in listed
        assert "u 09:41 cancelled Yin, Sat 21 Nov 12:00" in listed


async def test_whoever_changed_nothing_has_an_empty_list(aurora: Aurora) -> None:
    async with opened(aurora) as pilot:
        await press(pilot, "H")
        assert "You have changed nothing yet." in in_dialog(pilot)
