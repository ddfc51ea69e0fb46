from datetime import timedelta

from studio_tui.domain.changes import ChangeRow
from studio_tui.tui.widgets.drawer_clients import ClientList
from tests.builders import a_link
from tests.tui.aurora import SATURDAY, Aurora
from tests.tui.meditation import HOSTILE, busy, drawer, drawer_of, in_drawer, meditation
from tests.tui.settling import on_screen, press, settled


async def test_the_drawer_says_what_when_where_and_who(aurora: Aurora) -> None:
    session = busy(aurora)

    async with drawer_of(aurora, session) as pilot:
        text = on_screen(pilot)

    assert "Meditation · online class" in text
    assert "Sat 21 Nov 2026  10:00–11:00" in text
    assert "Studio 2 · Luca Rossi" in text
    assert "Version 2 by Paola Greco, just now" in text
    assert "Clients 4 of 10" in text


async def test_the_link_is_masked_and_the_drawer_says_why_it_is_that_one(aurora: Aurora) -> None:
    async with drawer_of(aurora, meditation(aurora)) as pilot:
        text = on_screen(pilot)

    assert "meet.example.com/••••••••••" in text
    assert "Why: The default account of Trastevere." in text
    assert "meet.example.com/default" not in text


async def test_each_client_has_a_cell_per_channel_and_the_servers_answer_below(aurora: Aurora) -> None:
    async with drawer_of(aurora, busy(aurora)) as pilot:
        lines = {line.split("▌")[-1].strip() for line in on_screen(pilot).splitlines()}

    assert "✓ Alice Rossi            ✓ 09:58  ✓ 09:58" in lines
    assert "! Chiara Neri            ! failed –" in lines
    assert "mail 550 5.1.1 no such user here" in lines
    assert "‖ Davide Riva            ‖ held   –" in lines
    assert "mail held: no address" in lines
    assert "Emma Villa             · 10:00  –" in lines


async def test_n9_a_notice_time_that_a_move_made_too_late_is_warned_of(aurora: Aurora) -> None:
    session = meditation(aurora)
    aurora.scheduling.set_notice_time(aurora.owner, session.id, aurora.at(5, "10:45"), version=None)
    aurora.scheduling.move(aurora.owner, session.id, aurora.at(5, "09:30"), version=None)

    async with drawer_of(aurora, session) as pilot:
        text = in_drawer(pilot)

    assert "⚠ The notice time is after the end: nobody would get it. N sets it anew." in text


async def test_l9_clashes_are_told_in_the_drawer(aurora: Aurora) -> None:
    session = meditation(aurora)
    aurora.put(5, "10:30", "Yin", staff_id=aurora.desk.id, room="Studio 2")

    async with drawer_of(aurora, session, size=(120, 40)) as pilot:
        text = in_drawer(pilot)

    assert "⚠ Luca Rossi also leads Yin, Sat 10:30–11:30." in text
    assert "⚠ Studio 2 is also taken by Yin, Sat 10:30–11:30." in text
    assert "⚠ The same link also serves Yin, Sat 10:30–11:30." in text


async def test_a_clash_that_another_session_makes_is_seen_at_once_and_hides_names(aurora: Aurora) -> None:
    session, alice = meditation(aurora), aurora.client("Alice Rossi")
    aurora.book(session, alice)

    async with drawer_of(aurora, session) as pilot:
        yin = aurora.put(5, "10:30", "Yin", staff_id=None)
        aurora.linking.remove(aurora.owner, yin.id, version=None)
        aurora.book(yin, alice)
        drawer(pilot).studio_changed([_change("booking", yin.id)])
        await settled(pilot)
        assert "⚠ Alice Rossi is also booked into Yin, Sat 10:30–11:30." in in_drawer(pilot)
        await press(pilot, "asterisk")
        assert "⚠ •••••• is also booked into Yin" in in_drawer(pilot)


async def test_n8_a_missing_link_is_said_with_what_it_does_to_the_notices(aurora: Aurora) -> None:
    session = meditation(aurora)
    aurora.linking.remove(aurora.owner, session.id, version=None)

    async with drawer_of(aurora, session) as pilot:
        text = in_drawer(pilot)

    assert "○ Link missing" in text
    assert "Why: Removed by hand: type one, or restore the original." in text
    assert "‖ Without a link notices are held" in text


async def test_a_session_in_person_has_neither_link_nor_notice(aurora: Aurora) -> None:
    session = aurora.put(5, "10:00", "Reformer Pilates")

    async with drawer_of(aurora, session) as pilot:
        text = on_screen(pilot)

    assert "Reformer Pilates · class in person" in text
    assert "No link" in text
    assert "In person: no notice goes out." in text


async def test_l7_details_for_the_client_are_the_sessions_own_else_the_services(aurora: Aurora) -> None:
    session = meditation(aurora, details="Bring a blanket.")

    async with drawer_of(aurora, session, size=(120, 40)) as pilot:
        text = on_screen(pilot)

    assert "Details for the client" in text
    assert "Bring a blanket." in text


async def test_an_empty_session_teaches_how_to_book(aurora: Aurora) -> None:
    async with drawer_of(aurora, meditation(aurora)) as pilot:
        text = on_screen(pilot)

    assert "Nobody has a place yet. b: book a client" in text


async def test_hidden_names_are_hidden_in_the_drawer_too(aurora: Aurora) -> None:
    async with drawer_of(aurora, busy(aurora)) as pilot:
        await press(pilot, "asterisk")
        hidden = on_screen(pilot)
        await press(pilot, "asterisk")
        shown = on_screen(pilot)

    assert "Alice" not in hidden
    assert "••••••" in hidden
    assert "Alice Rossi" in shown


async def test_a_hostile_name_is_shown_as_text(aurora: Aurora) -> None:
    session = meditation(aurora)
    aurora.book(session, aurora.client(HOSTILE, email="h@clients.example"))

    async with drawer_of(aurora, session, size=(120, 40)) as pilot:
        await press(pilot, "enter")
        card = on_screen(pilot)
        await press(pilot, "escape")
        text = on_screen(pilot)

    assert "]52;c;aGVsbG8= [red]" in text
    assert "[red]x [/] [@click=app.quit]y" in card
    assert "\x1b" not in text + card


async def test_the_drawer_follows_what_others_change_and_keeps_the_cursor_on_its_client(aurora: Aurora) -> None:
    session = busy(aurora)

    async with drawer_of(aurora, session) as pilot:
        await press(pilot, "down")
        clients = drawer(pilot).query_one(ClientList)
        assert clients.chosen is not None
        assert clients.chosen.name == "Chiara Neri"
        aurora.book(session, aurora.client("Aaron Abba", email="aaron@clients.example"))
        drawer(pilot).studio_changed([_change("booking", session.id)])
        await settled(pilot)

        assert clients.chosen is not None
        assert clients.chosen.name == "Chiara Neri"
        assert "Clients 5 of 10" in on_screen(pilot)


async def test_what_concerns_other_sessions_is_not_read(aurora: Aurora) -> None:
    session = meditation(aurora)

    async with drawer_of(aurora, session) as pilot:
        before = drawer(pilot).detail
        aurora.book(session)
        drawer(pilot).studio_changed([_change("outbox", session.id + 1), _change("worker", 1)])
        await settled(pilot)

        assert drawer(pilot).detail is before


async def test_a_link_that_changed_elsewhere_is_masked_again(aurora: Aurora) -> None:
    session = meditation(aurora)

    async with drawer_of(aurora, session) as pilot:
        await press(pilot, "L")
        assert "https://meet.example.com/default" in on_screen(pilot)
        aurora.linking.type_link(aurora.owner, session.id, a_link("other"), version=None)
        drawer(pilot).studio_changed([_change("session", session.id)])
        await settled(pilot)
        text = on_screen(pilot)

    assert "https://meet.example.com" not in text
    assert "Why: Typed by hand on this session." in text


async def test_escape_closes_the_drawer_and_masks_the_link(aurora: Aurora) -> None:
    session = meditation(aurora)

    async with drawer_of(aurora, session) as pilot:
        await press(pilot, "L", "escape")

        assert not drawer(pilot).has_class("-open")
        assert drawer(pilot).link is None


async def test_a_click_on_the_cross_closes_the_drawer(aurora: Aurora) -> None:
    async with drawer_of(aurora, meditation(aurora)) as pilot:
        await pilot.click("#drawer-close")
        await settled(pilot)

        assert not drawer(pilot).has_class("-open")


async def test_tab_walks_inside_the_drawer(aurora: Aurora) -> None:
    async with drawer_of(aurora, busy(aurora)) as pilot:
        walked = []
        for key in ("tab", "tab", "shift+tab"):
            await press(pilot, key)
            walked.append(pilot.app.focused.id if pilot.app.focused is not None else None)

    assert walked == ["drawer-facts", "drawer-clients", "drawer-facts"]


async def test_another_session_takes_the_place_of_the_first(aurora: Aurora) -> None:
    first, second = meditation(aurora), aurora.put(5, "12:00", "Yin")

    async with drawer_of(aurora, first) as pilot:
        await press(pilot, "L")
        drawer(pilot).show(second.id)
        await settled(pilot)
        text = on_screen(pilot)

        assert drawer(pilot).session_id == second.id
        assert drawer(pilot).link is None

    assert "Yin · online class" in text


async def test_keys_do_nothing_until_the_session_is_read(aurora: Aurora) -> None:
    session = meditation(aurora)

    async with drawer_of(aurora, session) as pilot:
        drawer(pilot).detail = None
        await press(pilot, "m", "e", "d", "N")

        assert len(pilot.app.screen_stack) == 1
        assert "still being read" in on_screen(pilot)


async def test_a_terminal_without_signs_gets_ascii(aurora: Aurora) -> None:
    async with drawer_of(aurora, busy(aurora), ascii=True) as pilot:
        text = in_drawer(pilot)

    assert text.isascii()
    assert "meet.example.com/**********" in text


async def test_a_cancelled_session_says_so_first(aurora: Aurora) -> None:
    session = meditation(aurora)
    aurora.scheduling.cancel(aurora.owner, session.id, version=None)

    async with drawer_of(aurora, session) as pilot:
        text = on_screen(pilot)

    assert "× Cancelled. Its bookings are kept" in text


def _change(topic: str, subject_id: int) -> ChangeRow:
    return ChangeRow(
        id=1, at=SATURDAY + timedelta(seconds=1), topic=topic, subject_id=subject_id, actor="Marco", what="changed"
    )
