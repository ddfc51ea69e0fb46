"""What was put away long ago in the outbox on the screen, its filter by site, and a mail's HTML told as text."""

from __future__ import annotations

from studio_tui.storage.outbox_history import put_away
from studio_tui.storage.types import to_ms
from studio_tui.tui.screens.client_card import ClientCard
from tests.builders import a_link
from tests.tui.aurora import Aurora
from tests.tui.cursor import opened
from tests.tui.settling import on_screen, press, settled
from tests.tui.test_outbox_screen import furnish, outbox, screen, under_cursor


def put_all_away(aurora: Aurora) -> int:
    """Put away what of this Saturday's messages is finished, as if a year had passed; return how many."""
    furnish(aurora)
    with aurora.database.writing() as unit:
        return put_away(unit.db, to_ms(aurora.at(5, "10:00")) + 365 * 24 * 3_600_000)


async def test_o_shows_older_messages_too_which_can_be_read_and_nothing_else(aurora: Aurora) -> None:
    old = put_all_away(aurora)
    async with outbox(aurora) as pilot:
        young = screen(pilot).rows.total
        await press(pilot, "o")
        assert (old, screen(pilot).rows.total) == (2, young + old)
        assert "Outbox · Trastevere · with older ones · " in on_screen(pilot)
        await press(pilot, "G")
        assert under_cursor(pilot).past
        for act in ("retry", "resend", "hold", "send_now", "stop"):
            assert screen(pilot).check_action(act, ()) is False
        await press(pilot, "enter")
        assert "To: Alice Rossi" in on_screen(pilot)
        await press(pilot, "escape", "o")
        assert screen(pilot).rows.total == young


async def test_a_clients_outbox_has_the_older_ones_by_itself(aurora: Aurora) -> None:
    put_all_away(aurora)
    alice = aurora.booking.find_clients(aurora.owner, "alice", limit=1)[0]
    async with opened(aurora) as pilot:
        pilot.app.push_screen(ClientCard(pilot.app.desk, alice.id))  # type: ignore[attr-defined]
        await settled(pilot)
        await press(pilot, "O", "G")
        assert (screen(pilot).rows.total, under_cursor(pilot).past) == (3, True)
        assert screen(pilot).check_action("older", ()) is False


async def test_the_filter_offers_kinds_that_there_are_and_one_site_or_every_site(aurora: Aurora) -> None:
    furnish(aurora)
    async with outbox(aurora) as pilot:
        whole = screen(pilot).rows.total
        await press(pilot, "f")
        assert "access link  6" in on_screen(pilot)
        assert "reminder" not in on_screen(pilot)
        assert "[x] Trastevere" in on_screen(pilot)
        await press(pilot, "end", "space")
        assert "[ ] Trastevere" in on_screen(pilot)
        await press(pilot, "enter")
        assert "Outbox · every site · " in on_screen(pilot)
        assert screen(pilot).rows.total == whole
        await press(pilot, "f", "end", "up", "space", "enter")
        assert "Outbox · Hackney" in on_screen(pilot)
        assert screen(pilot).rows.total == 0
        await press(pilot, "escape")
        assert "Outbox · Trastevere · " in on_screen(pilot)


async def test_h_tells_the_html_body_as_text_with_the_link_masked(aurora: Aurora) -> None:
    furnish(aurora)
    async with outbox(aurora) as pilot:
        await press(pilot, "G", "enter", "h")
        text = on_screen(pilot)
        assert "As it would be made now, from its HTML" in text
        assert "[ Entra nella sessione ] → " in text
        assert a_link("default").url not in text
        await press(pilot, "L")
        assert a_link("default").url in on_screen(pilot)
        await press(pilot, "h")
        assert "[ Entra" not in on_screen(pilot)
