from typing import Any

import pytest
from textual.app import App

from studio_tui.domain.services import Mode
from studio_tui.domain.sessions import LinkSay
from studio_tui.tui.screens.menu import Menu
from studio_tui.tui.screens.type_link import TypeLink
from tests.builders import a_link
from tests.tui.aurora import Aurora
from tests.tui.meditation import busy, detail_of, drawer_of, in_drawer, meditation, of, toasts
from tests.tui.settling import on_screen, press, write

NEW = "https://meet.google.com/abc-defg-hij"


async def test_l_shows_the_link_and_hides_it_again(aurora: Aurora) -> None:
    async with drawer_of(aurora, busy(aurora), size=(120, 40)) as pilot:
        await press(pilot, "L")
        shown = in_drawer(pilot)
        await press(pilot, "L")
        hidden = in_drawer(pilot)

    assert "https://meet.example.com/first" in shown
    assert "Password: tulip" in shown
    assert "meet.example.com/••••••••••" in hidden
    assert "tulip" not in hidden


async def test_y_sends_the_link_to_the_terminals_clipboard_and_never_says_copied(
    aurora: Aurora, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[str] = []
    monkeypatch.setattr(App, "copy_to_clipboard", lambda _, text: sent.append(text))

    async with drawer_of(aurora, busy(aurora)) as pilot:
        await press(pilot, "y")
        told, text = toasts(pilot), in_drawer(pilot)

    assert sent == ["https://meet.example.com/first"]
    assert told == ["The link was sent to the terminal's clipboard. If it is not there, select it in the drawer."]
    assert "https://meet.example.com/first" in text


@pytest.mark.parametrize("key", ["L", "y"])
async def test_without_a_link_the_refusal_says_why_there_is_none(aurora: Aurora, key: str) -> None:
    session = meditation(aurora)
    aurora.linking.remove(aurora.owner, session.id, version=None)

    async with drawer_of(aurora, session) as pilot:
        await press(pilot, key)
        text = in_drawer(pilot)

    assert "! There is no link to show. Removed by hand" in text


async def test_l1_a_typed_link_is_recognised_while_it_is_typed_and_saved(aurora: Aurora) -> None:
    session = meditation(aurora)

    async with drawer_of(aurora, session) as pilot:
        await press(pilot, "l", "t")
        await write(pilot, NEW)
        form = on_screen(pilot)
        await press(pilot, "ctrl+s")
        text = in_drawer(pilot)

    assert "Google Meet link." in form
    assert "Why: Typed by hand on this session." in text
    link = aurora.linking.reveal(aurora.owner, session.id)
    assert link is not None
    assert link.url == NEW


async def test_enter_walks_through_the_rows_and_saves_on_the_last(aurora: Aurora) -> None:
    session = meditation(aurora)

    async with drawer_of(aurora, session) as pilot:
        await press(pilot, "l", "t")
        await write(pilot, NEW)
        await press(pilot, "enter")
        await write(pilot, "tulip")
        await press(pilot, "enter")
        await write(pilot, "Knock.")
        await press(pilot, "enter")

    link = aurora.linking.reveal(aurora.owner, session.id)
    assert link == type(a_link())(NEW, "tulip", "Knock.")


async def test_a_hosts_own_link_is_warned_of_while_it_is_typed(aurora: Aurora) -> None:
    async with drawer_of(aurora, meditation(aurora)) as pilot:
        await press(pilot, "l", "t")
        await write(pilot, "https://zoom.us/s/123456789")
        text = " ".join(on_screen(pilot).split())

    assert "⚠ This is the host's own Zoom link" in text


async def test_an_unsafe_link_is_refused_beside_its_row_and_stays_typed(aurora: Aurora) -> None:
    session = meditation(aurora)

    async with drawer_of(aurora, session) as pilot:
        await press(pilot, "l", "t")
        await write(pilot, "http://meet.example.com/x")
        await press(pilot, "ctrl+s")

        form = pilot.app.screen
        assert isinstance(form, TypeLink)
        assert form.row("url").has_class("-refused")
        assert form.text("url") == "http://meet.example.com/x"

    assert detail_of(aurora, session).entry.link.source == "site"


async def test_o_restores_the_original_and_x_removes_the_link(aurora: Aurora) -> None:
    session = meditation(aurora)

    async with drawer_of(aurora, session) as pilot:
        await press(pilot, "l", "x")
        removed = aurora.read(session).own_link.say
        await press(pilot, "l", "o")

    assert removed is LinkSay.NONE
    assert aurora.read(session).own_link.say is LinkSay.INHERIT


async def test_what_cannot_be_done_about_the_link_is_closed_with_the_reason(aurora: Aurora) -> None:
    session = meditation(aurora)

    async with drawer_of(aurora, session) as pilot:
        await press(pilot, "l", "o")
        still_open, text = isinstance(pilot.app.screen, Menu), on_screen(pilot)

    assert still_open
    assert "It is the original already." in text


async def test_the_menu_answers_to_arrows_and_enter_too(aurora: Aurora) -> None:
    session = meditation(aurora)

    async with drawer_of(aurora, session) as pilot:
        await press(pilot, "l", "down", "enter")

    assert aurora.read(session).own_link.say is LinkSay.NONE


async def test_m2_typing_a_link_makes_a_session_in_person_online_and_says_so_before(aurora: Aurora) -> None:
    session = aurora.put(5, "10:00", "Reformer Pilates")

    async with drawer_of(aurora, session) as pilot:
        await press(pilot, "l", "t")
        form = " ".join(on_screen(pilot).split())
        await write(pilot, NEW)
        await press(pilot, "ctrl+s")

    assert "The session becomes online" in form
    assert aurora.read(session).mode is Mode.ONLINE


async def test_m2_where_sessions_may_not_change_mode_the_form_says_why_and_keeps_what_is_typed(aurora: Aurora) -> None:
    strict = aurora.service("Strict", mode=Mode.IN_PERSON, sessions_may_change_mode=False)
    session = aurora.session(strict, starts_at=aurora.at(5, "10:00"))

    async with drawer_of(aurora, session) as pilot:
        await press(pilot, "l", "t")
        await write(pilot, NEW)
        await press(pilot, "ctrl+s")
        text = " ".join(on_screen(pilot).split())
        kept = _form(pilot).text("url")

    assert "! Strict is in person and its sessions may not change mode" in text
    assert kept == NEW


async def test_l4_the_link_of_a_courses_session_is_typed_on_the_course(aurora: Aurora) -> None:
    aurora.connect()
    course, sessions = aurora.course()

    async with drawer_of(aurora, sessions[1]) as pilot:
        await press(pilot, "l")
        menu = on_screen(pilot)
        await press(pilot, "t")
        form = " ".join(on_screen(pilot).split())
        await write(pilot, NEW)
        await press(pilot, "ctrl+s")
        text = in_drawer(pilot)

    assert f"This is one session of the course “{course.name}”." in menu
    assert f"Type a link for the course “{course.name}”" in form
    assert "It holds for every session of the course" in form
    assert "Why: Typed by hand on the course: it holds for the whole run." in text
    assert {detail_of(aurora, session).entry.link.source for session in sessions} == {"typed_course"}


async def test_l8_after_a_change_exactly_those_who_hold_the_old_link_can_be_told(aurora: Aurora) -> None:
    session = busy(aurora)

    async with drawer_of(aurora, session, size=(120, 40)) as pilot:
        await press(pilot, "l", "t")
        await write(pilot, NEW)
        await press(pilot, "ctrl+s")
        question = on_screen(pilot)
        await press(pilot, "y")
        told = toasts(pilot)

    assert "1 client holds the old link." in question
    assert "Alice Rossi" in question
    assert "Chiara" not in question.split("Alice Rossi")[0]
    assert told[-1] == "The new link goes out to 1 client."
    assert [delivery.manual for delivery in of(aurora, session, "Alice Rossi")] == [False, False, True, True]
    assert not any(delivery.manual for delivery in of(aurora, session, "Chiara Neri"))


async def test_l8_nobody_is_told_unless_somebody_says_so(aurora: Aurora) -> None:
    session = busy(aurora)

    async with drawer_of(aurora, session) as pilot:
        await press(pilot, "l", "t")
        await write(pilot, NEW)
        await press(pilot, "ctrl+s", "n")
        text = in_drawer(pilot)

    assert "was sent a link that has changed since" in text
    assert not any(delivery.manual for delivery in aurora.deliveries(session))


async def test_l8_h_offers_it_later_and_says_when_nobody_holds_an_old_link(aurora: Aurora) -> None:
    session = busy(aurora)

    async with drawer_of(aurora, session) as pilot:
        await press(pilot, "H")
        nobody = toasts(pilot)
        aurora.linking.type_link(aurora.owner, session.id, a_link("second"), version=None)
        await press(pilot, "r", "H")
        question = on_screen(pilot)

    assert nobody == ["Nobody in this session holds an old link."]
    assert "1 client holds the old link." in question


async def test_somebody_elses_change_is_told_and_saving_again_goes_over_it(aurora: Aurora) -> None:
    session = meditation(aurora)

    async with drawer_of(aurora, session) as pilot:
        await press(pilot, "l", "t")
        await write(pilot, NEW)
        aurora.linking.type_link(aurora.owner, session.id, a_link("meanwhile"), version=None)
        await press(pilot, "ctrl+s")
        refused, kept = " ".join(on_screen(pilot).split()), _form(pilot).text("url")
        await press(pilot, "ctrl+s")

    assert "! Paola Greco changed this at 09:41, after you opened it." in refused
    assert kept == NEW
    link = aurora.linking.reveal(aurora.owner, session.id)
    assert link is not None
    assert link.url == NEW


async def test_an_instructor_is_refused_a_link_that_is_not_of_their_session(aurora: Aurora) -> None:
    session = meditation(aurora)

    async with drawer_of(aurora, session, login="marco") as pilot:
        await press(pilot, "L")
        text = in_drawer(pilot)

    assert "! Marco Bruno is an instructor and can change links of their own only: ask the front desk." in text


def _form(pilot: Any) -> TypeLink:
    form = pilot.app.screen
    assert isinstance(form, TypeLink)
    return form
