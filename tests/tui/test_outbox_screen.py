"""The outbox on the screen: what each key does, that it is live, and how it looks."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from sqlalchemy import text
from syrupy.assertion import SnapshotAssertion
from textual.pilot import Pilot

from studio_tui.domain.announcements import AnnouncementKind, SessionNews
from studio_tui.domain.changes import ChangeRow
from studio_tui.domain.delivery import DeliveryState
from studio_tui.domain.outbox import OutboxAct, OutboxLine
from studio_tui.storage.types import to_ms
from studio_tui.tui.screens.client_card import ClientCard
from studio_tui.tui.screens.outbox import OutboxScreen
from tests.builders import a_link
from tests.tui.aurora import SATURDAY, Aurora
from tests.tui.cursor import messages, opened
from tests.tui.meditation import HOSTILE
from tests.tui.settling import held_up, in_dialog, on_screen, press, settled, write

SIZES = pytest.mark.parametrize("size", [(120, 40), (80, 24)], ids=["wide", "small"])
SENT, FAILED, HELD = DeliveryState.SENT, DeliveryState.FAILED, DeliveryState.HELD


@asynccontextmanager
async def outbox(aurora: Aurora, size: tuple[int, int] = (120, 40), **options: Any) -> AsyncIterator[Pilot[None]]:
    async with opened(aurora, size, **options) as pilot:
        await press(pilot, "O")
        yield pilot


def screen(pilot: Pilot[None]) -> OutboxScreen:
    return next(each for each in reversed(pilot.app.screen_stack) if isinstance(each, OutboxScreen))


def under_cursor(pilot: Pilot[None]) -> OutboxLine:
    line = screen(pilot).rows.chosen
    assert line is not None
    return line


def furnish(aurora: Aurora) -> None:
    """Two sessions of this Saturday: at eight one message was sent and one failed, at ten three are planned, one held."""
    aurora.connect()
    clients = [
        aurora.client(name, email_verified=True, push_topic="chiara" if name.startswith("Chiara") else "")
        for name in ("Alice Rossi", "Bruno Conti", "Chiara Neri")
    ]
    over, coming = aurora.put(5, "09:15", "Yin"), aurora.put(5, "10:00", "Meditation")
    for session in (over, coming):
        for client in clients[:2] if session is over else clients:
            aurora.book(session, client)
    sent, failed = aurora.deliveries(over)
    aurora.set_delivery(
        sent.id, SENT, sent_at=to_ms(aurora.at(5, "09:15")), last_code=250, last_text="2.0.0 ok", attempt=1
    )
    aurora.set_delivery(failed.id, FAILED, last_code=550, last_text="5.1.1 no such user here", attempt=1)
    aurora.announcing.announce(aurora.owner, AnnouncementKind.CHANGED, [SessionNews(coming.id)])
    aurora.studio.outbox.act(aurora.owner, [aurora.deliveries(coming)[1].id], OutboxAct.HOLD)


async def test_the_cursor_begins_at_what_was_due_last_and_what_comes_is_above_it(aurora: Aurora) -> None:
    furnish(aurora)
    async with outbox(aurora) as pilot:
        line = under_cursor(pilot)
        assert (line.due_at, line.kind.label) == (SATURDAY, "session changed")
        assert "7 of" not in on_screen(pilot).splitlines()[0]
        assert " · 1 failed · 1 held" in on_screen(pilot).splitlines()[0]
        await press(pilot, "g")
        assert under_cursor(pilot).title == "Meditation"
        await press(pilot, "G")
        assert (under_cursor(pilot).title, under_cursor(pilot).state) == ("Yin", SENT)
        await press(pilot, "J")
        assert under_cursor(pilot) == line


async def test_the_filter_shows_what_was_ticked_and_escape_shows_all(aurora: Aurora) -> None:
    furnish(aurora)
    async with outbox(aurora) as pilot:
        await press(pilot, "f", "space", "backspace", "down", "down", "down", "space", "enter")
        assert "only failed" in on_screen(pilot)
        assert (screen(pilot).rows.total, under_cursor(pilot).client) == (1, "Bruno Conti")
        await press(pilot, "slash")
        await write(pilot, "alice")
        await press(pilot, "enter")
        assert "No message fits: failed · “alice”." in on_screen(pilot)
        await press(pilot, "escape")
        assert screen(pilot).rows.total == 10
        await press(pilot, "escape")
        assert not isinstance(pilot.app.screen, OutboxScreen)


async def test_a_failed_one_is_tried_again_and_a_sent_one_sent_again(aurora: Aurora) -> None:
    furnish(aurora)
    aurora.clock.set(aurora.at(5, "09:50"))
    async with outbox(aurora) as pilot:
        await press(pilot, "slash")
        await write(pilot, "yin")
        await press(pilot, "enter", "g")
        assert "550 5.1.1 no such user here" in on_screen(pilot)
        await press(pilot, "F")
        assert messages(pilot) == "1 message to be tried again at once."
        assert (under_cursor(pilot).client, under_cursor(pilot).state.label) == ("Bruno Conti", "planned")
        await press(pilot, "G", "R")
        assert "1 message to be sent again." in messages(pilot)
        assert screen(pilot).rows.total == 3


async def test_z_holds_and_lets_go_t_sends_at_once_and_s_stops(aurora: Aurora) -> None:
    furnish(aurora)
    async with outbox(aurora) as pilot:
        await press(pilot, "g", "Z")
        held = under_cursor(pilot)
        assert (held.state, held.reason) == (HELD, "held by hand")
        await press(pilot, "F")
        assert messages(pilot).endswith("1 message to be tried again at the usual time.")
        assert under_cursor(pilot).due_at == held.due_at
        await press(pilot, "Z", "Z")
        assert messages(pilot).endswith("1 message let go, to leave at the usual time.")
        assert under_cursor(pilot).state.label == "planned"
        await press(pilot, "t")
        now = under_cursor(pilot)
        assert (now.delivery_id, now.due_at) == (held.delivery_id, SATURDAY)
        await press(pilot, "s")
        assert (under_cursor(pilot).state.label, under_cursor(pilot).reason) == ("cancelled", "cancelled by hand")
        await press(pilot, "s", "t", "Z")  # nothing that a cancelled one can be done to
        assert under_cursor(pilot).state.label == "cancelled"


async def test_a_smaller_window_keeps_the_counts_in_the_title(aurora: Aurora) -> None:
    furnish(aurora)
    async with outbox(aurora) as pilot:
        assert "Trastevere" in on_screen(pilot).splitlines()[0]
        await pilot.resize_terminal(40, 16)
        await settled(pilot)
        assert on_screen(pilot).splitlines()[0].rstrip().endswith("1 failed · 1 held")


async def test_what_is_held_says_how_it_gets_on_its_way(aurora: Aurora) -> None:
    session = aurora.put(5, "10:00", "Meditation")
    aurora.book(session, aurora.client("Alice Rossi", email_verified=True))
    aurora.set_delivery(aurora.deliveries(session)[0].id, HELD, reason="no join link yet")
    async with outbox(aurora) as pilot:
        await press(pilot, "g")
        assert "held: no join link yet. It leaves by itself once there is one (l in the session" in on_screen(pilot)


async def test_marked_ones_are_done_together_and_what_is_refused_is_told(aurora: Aurora) -> None:
    furnish(aurora)
    async with outbox(aurora) as pilot:
        await press(pilot, "g", "space", "space", "space", "G", "space")
        assert "4 marked" in on_screen(pilot)
        await press(pilot, "s")
        assert "! 3 messages not to be sent, but 1 message stayed as before:" in on_screen(pilot)
        assert "Alice Rossi: That message is sent: it cannot be stopped any more." in on_screen(pilot)
        assert "marked" not in on_screen(pilot)
        await press(pilot, "space", "escape")
        assert isinstance(pilot.app.screen, OutboxScreen)
        assert "marked" not in on_screen(pilot)


async def test_what_is_refused_stays_in_sight_though_the_messages_change_places(aurora: Aurora) -> None:
    furnish(aurora)
    aurora.clock.set(aurora.at(5, "09:50"))
    async with outbox(aurora) as pilot:
        await press(pilot, "G", "up", "space", "space", "up", "up")
        before = screen(pilot).rows.cursor
        await press(pilot, "F")
        assert screen(pilot).rows.cursor == before + 1
        assert "! 1 message to be tried again at once, but 1 message stayed as before:" in on_screen(pilot)
        await press(pilot, "up")
        assert "stayed as before" not in on_screen(pilot)


async def test_c_opens_the_card_of_the_client_and_r_reads_everything_anew(aurora: Aurora) -> None:
    furnish(aurora)
    async with outbox(aurora) as pilot:
        await press(pilot, "G", "c")
        assert isinstance(pilot.app.screen, ClientCard)
        assert "Alice Rossi" in on_screen(pilot).splitlines()[0]
        await press(pilot, "escape")
        aurora.set_delivery(under_cursor(pilot).delivery_id, SENT, last_text="read anew")
        await press(pilot, "r")
        assert "read anew" in on_screen(pilot)


async def test_an_instructor_reads_a_refusal_and_nothing_changes(aurora: Aurora) -> None:
    furnish(aurora)
    async with outbox(aurora, login="marco") as pilot:
        await press(pilot, "g", "s")
        assert "! Marco Bruno is an instructor and can" in on_screen(pilot)
        assert under_cursor(pilot).state.label == "planned"


async def test_what_a_worker_does_is_seen_and_the_cursor_stays_on_its_message(aurora: Aurora) -> None:
    furnish(aurora)
    async with outbox(aurora) as pilot:
        await press(pilot, "G", "up")
        mine = under_cursor(pilot)
        aurora.book(aurora.put(5, "12:00", "Barre"), aurora.client("Zoe Blu"))
        aurora.set_delivery(mine.delivery_id, SENT, sent_at=to_ms(SATURDAY), last_code=250, last_text="late but there")
        screen(pilot)._rested()
        screen(pilot).studio_changed([])
        await settled(pilot)
        assert under_cursor(pilot).delivery_id == mine.delivery_id
        assert "late but there" in on_screen(pilot)
        assert "10 of 11" in on_screen(pilot)


async def test_a_burst_of_changes_is_read_once_a_second(aurora: Aurora) -> None:
    furnish(aurora)
    async with outbox(aurora) as pilot:
        shown = screen(pilot)
        shown._rest()
        turn = shown._turn
        for _ in range(20):
            shown.studio_changed([])
        await settled(pilot)
        assert (shown._turn, shown._outdated) == (turn, True)
        shown._rested()
        await settled(pilot)
        assert (shown._turn, shown._outdated) == (turn + 1, False)


async def test_hidden_names_are_hidden_here_too(aurora: Aurora) -> None:
    furnish(aurora)
    async with outbox(aurora, privacy=True) as pilot:
        assert not any(name in on_screen(pilot) for name in ("Alice", "Bruno", "Chiara"))
        await press(pilot, "asterisk")
        assert "Alice Rossi" in on_screen(pilot)


async def test_the_cards_outbox_shows_all_that_was_ever_sent_to_the_client(aurora: Aurora) -> None:
    furnish(aurora)
    alice = aurora.booking.find_clients(aurora.owner, "alice", limit=1)[0]
    async with opened(aurora) as pilot:
        pilot.app.push_screen(ClientCard(pilot.app.desk, alice.id))  # type: ignore[attr-defined]
        await settled(pilot)
        await press(pilot, "O")
        assert on_screen(pilot).splitlines()[0].startswith(" Outbox · Alice Rossi · ")
        assert screen(pilot).rows.total == 3
        assert not any(name in on_screen(pilot) for name in ("Bruno", "Chiara"))
        await press(pilot, "escape")
        assert isinstance(pilot.app.screen, ClientCard)


@pytest.mark.parametrize("ascii_only", [False, True])
async def test_a_hostile_client_and_server_reach_no_terminal(aurora: Aurora, ascii_only: bool) -> None:
    session = aurora.put(5, "10:00", title="[red]Yoga[/x]")
    aurora.book(session, aurora.client(HOSTILE))
    aurora.set_delivery(
        aurora.deliveries(session)[0].id, FAILED, last_code=550, last_text="\x1b]52;c;eA==\x07[@click=q]x"
    )
    async with outbox(aurora, ascii=ascii_only) as pilot:
        await press(pilot, "g", "space")
        assert "\x1b" not in on_screen(pilot)
        assert "[red]Yoga[/x]" in on_screen(pilot)


def many(aurora: Aurora, count: int) -> None:
    """So many messages, by a statement: an hour between two, back into the past."""
    aurora.book(aurora.put(5, "10:00"), aurora.client("Alice Rossi"))
    columns = (
        "kind, channel, site_id, session_id, booking_id, generation, announces_ms, manual, expires_at, lane, created_at, "
        "updated_at"
    )
    with aurora.database.writing() as unit:
        unit.db.execute(
            text(
                f"WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < :rows) "
                f"INSERT INTO outbox (key, due_at, state, last_text, {columns}) "
                f"SELECT 'k' || n, due_at - n * 3600000, 3, 'answer ' || n, {columns} FROM outbox, n"
            ),
            {"rows": count},
        )


async def test_the_cursor_does_not_wait_for_pages_and_the_end_of_a_long_outbox_is_read(aurora: Aurora) -> None:
    many(aurora, 20_000)
    async with outbox(aurora) as pilot:
        async with held_up(pilot):
            await pilot.press("end", "up")
            assert screen(pilot).rows.cursor == 19_999
        await settled(pilot)
        assert under_cursor(pilot).text == "answer 19999"
        assert "20,000 of 20,001" in on_screen(pilot)
        assert len(screen(pilot).rows._pages) <= 4


async def test_enter_shows_the_message_and_its_link_only_when_asked(aurora: Aurora) -> None:
    furnish(aurora)
    async with outbox(aurora) as pilot:
        await press(pilot, "G", "enter")
        text = on_screen(pilot)
        assert "To: Alice Rossi" in text
        assert "The server said: 250 2.0.0 ok" in text
        assert "••••" in text
        assert a_link("default").url not in text
        await press(pilot, "L", "j", "k")
        assert a_link("default").url in on_screen(pilot)
        await press(pilot, "L")
        assert a_link("default").url not in on_screen(pilot)
        await press(pilot, "escape", "g", "enter")
        assert "Nothing here writes messages for that service." in on_screen(pilot)


async def test_page_down_and_up_read_a_message_that_is_longer_than_the_screen(aurora: Aurora) -> None:
    furnish(aurora)
    async with outbox(aurora, size=(80, 24)) as pilot:
        await press(pilot, "G", "enter")
        top = on_screen(pilot)
        await press(pilot, "pagedown")
        assert on_screen(pilot) != top
        await press(pilot, "pageup")
        assert on_screen(pilot) == top


async def test_a_message_is_hidden_with_the_names(aurora: Aurora) -> None:
    furnish(aurora)
    async with outbox(aurora, privacy=True) as pilot:
        await press(pilot, "G", "enter")
        assert "The text is hidden with the names (*)." in on_screen(pilot)
        assert "Alice" not in on_screen(pilot)


async def test_a_message_that_is_open_tells_what_becomes_of_it_meanwhile(aurora: Aurora) -> None:
    furnish(aurora)
    async with outbox(aurora) as pilot:
        await press(pilot, "g", "enter")
        assert "State: planned for" in in_dialog(pilot)
        line = under_cursor(pilot)
        aurora.set_delivery(line.delivery_id, SENT, sent_at=to_ms(SATURDAY), last_code=250, last_text="2.0.0 ok")
        change = ChangeRow(
            id=1, at=SATURDAY, topic="outbox", subject_id=line.session_id, actor="worker", what="notices: 1 sent"
        )
        pilot.app.screen.studio_changed([change])  # type: ignore[attr-defined]
        await settled(pilot)
        assert "State: sent 09:41" in in_dialog(pilot)


async def test_the_first_days_of_a_month_leave_no_hole_in_a_sentence(aurora: Aurora) -> None:
    aurora.connect()
    aurora.book(aurora.put(5, "10:00", week=2), aurora.client("Alice Rossi"))
    async with outbox(aurora) as pilot:
        await press(pilot, "g")
        assert "planned for 5 Dec 10:00" in on_screen(pilot)
        assert "Meditation, 5 Dec 10:00" in on_screen(pilot)


@SIZES
async def test_a_failed_message_with_its_answer(
    aurora: Aurora, picture: SnapshotAssertion, size: tuple[int, int]
) -> None:
    furnish(aurora)
    async with outbox(aurora, size) as pilot:
        await press(pilot, "G", "up", "enter")
        assert pilot.app.export_screenshot(simplify=True) == picture


@SIZES
async def test_the_outbox_in_every_state(aurora: Aurora, picture: SnapshotAssertion, size: tuple[int, int]) -> None:
    furnish(aurora)
    async with outbox(aurora, size) as pilot:
        await press(pilot, "down", "space")
        assert pilot.app.export_screenshot(simplify=True) == picture


@SIZES
async def test_the_outbox_of_failed_ones(aurora: Aurora, picture: SnapshotAssertion, size: tuple[int, int]) -> None:
    furnish(aurora)
    async with outbox(aurora, size) as pilot:
        await press(pilot, "f", "down", "down", "down", "space", "enter")
        assert pilot.app.export_screenshot(simplify=True) == picture


@SIZES
async def test_the_filter_of_the_outbox(aurora: Aurora, picture: SnapshotAssertion, size: tuple[int, int]) -> None:
    furnish(aurora)
    async with outbox(aurora, size) as pilot:
        await press(pilot, "f", "down", "space")
        assert pilot.app.export_screenshot(simplify=True) == picture


@SIZES
async def test_an_empty_outbox(aurora: Aurora, picture: SnapshotAssertion, size: tuple[int, int]) -> None:
    async with outbox(aurora, size) as pilot:
        assert pilot.app.export_screenshot(simplify=True) == picture
