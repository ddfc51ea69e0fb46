"""Which messages go out, on the screen: switched, previewed, and their rules."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion
from textual.pilot import Pilot

from studio_tui.domain.messages import MessageKind
from studio_tui.tui.screens.messages import MessagesScreen
from studio_tui.tui.widgets.fields import Field
from tests.tui.aurora import Aurora
from tests.tui.meditation import toasts
from tests.tui.settling import in_dialog, on_screen, press, settled, write

SIZES = [pytest.param((120, 40), id="wide"), pytest.param((80, 24), id="small")]
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def every_kind_goes_out(aurora: Aurora) -> None:
    aurora.switch_messages()


@asynccontextmanager
async def messages(
    aurora: Aurora, at: str | None = None, login: str = "paola", size: tuple[int, int] = (100, 32)
) -> AsyncIterator[Pilot[None]]:
    """The screen, with the cursor on a line."""
    async with aurora.app(login=login).run_test(size=size) as pilot:
        await settled(pilot)
        await press(pilot, "M")
        screen = pilot.app.screen
        assert isinstance(screen, MessagesScreen)
        if at is not None:
            screen.choose(at)
            await settled(pilot)
        yield pilot


def said(aurora: Aurora, kind: MessageKind, *, of_yoga: bool = False) -> tuple[bool | None, bool | None, bool]:
    """What the site says of a kind, what yoga says, and whether it goes out."""
    lines = aurora.studio.messages.settings(None, aurora.rome.id, aurora.yoga.id if of_yoga else None).lines
    return next((line.site, line.service, line.on) for line in lines if line.kind is kind)


def lines_of(pilot: Pilot[None]) -> list[str]:
    return [" ".join(line.split()) for line in on_screen(pilot).splitlines()]


async def test_whose_messages_they_are_stays_in_the_title_whatever_the_site_is_called(aurora: Aurora) -> None:
    long = "Centro 東京 di yoga, danza, musica e benessere di Trastevere vecchia"
    aurora.studio.catalogue.change_site(aurora.owner, replace(aurora.rome, name=long))
    async with messages(aurora, size=(80, 24)) as pilot:
        assert lines_of(pilot)[0].endswith("… · the whole site")
        await pilot.resize_terminal(120, 40)
        await settled(pilot)
        assert lines_of(pilot)[0].endswith(f"{long} · the whole site")


async def test_a_kind_is_switched_off_with_what_waits_told_and_on_again(aurora: Aurora) -> None:
    session = aurora.put(3, "18:00", week=1)
    for number in range(2):
        client = aurora.client(f"Zoe {number}", email=f"zoe{number}@clients.example", email_verified=True)
        aurora.book(session, client)

    async with messages(aurora, "kind reminder") as pilot:
        await press(pilot, "space")
        asked = in_dialog(pilot)
        await press(pilot, "n")
        left = said(aurora, MessageKind.REMINDER)
        await press(pilot, "space", "y")
        off = lines_of(pilot)
        await press(pilot, "space")
        told = toasts(pilot)

    assert "Switch “reminder” off for Trastevere?" in asked
    assert "2 messages that wait will not be sent, to 2 clients." in asked
    assert left == (None, None, True)
    assert "× reminder off the site 24 hours before the start" in off
    assert any("2 messages planned. Nothing whose time has passed is sent." in each for each in told)
    assert said(aurora, MessageKind.REMINDER) == (True, None, True)


async def test_a_service_says_its_own_and_takes_it_back(aurora: Aurora) -> None:
    offered = [each.id for each in aurora.catalogue.services(aurora.rome.id) if each.active]
    at = offered.index(aurora.yoga.id) + 1

    async with messages(aurora, "kind notice", login="luca") as pilot:
        await press(pilot, "d")
        nothing = on_screen(pilot)
        await press(pilot, "s")
        await press(pilot, *["down"] * at, "enter")
        await press(pilot, "space")
        asked = in_dialog(pilot)
        await press(pilot, "y")
        off = said(aurora, MessageKind.NOTICE, of_yoga=True)
        lines = lines_of(pilot)
        await press(pilot, "d")
        back = toasts(pilot)

    assert "“access link” goes out again." in back[-1]
    assert "Nothing is said of it here" in nothing
    assert "Clients of online sessions will not get the link at the notice time." in asked
    assert off == (None, False, False)
    assert "× access link off this service at the notice time" in lines
    assert said(aurora, MessageKind.NOTICE, of_yoga=True) == (None, None, True)


async def test_a_word_that_changes_nothing_is_taken_back_with_what_decides_then(aurora: Aurora) -> None:
    aurora.switch_messages("notice=on")
    async with messages(aurora, "kind notice") as pilot:
        await press(pilot, "d")
        assert toasts(pilot)[-1] == "“access link” goes out by default again. u undoes it."


async def test_the_front_desk_is_told_that_the_site_is_the_owners(aurora: Aurora) -> None:
    async with messages(aurora, "kind reminder", login="luca") as pilot:
        await press(pilot, "space")
        text = on_screen(pilot)

    assert "may not change sites" in text
    assert said(aurora, MessageKind.REMINDER) == (None, None, True)


async def test_the_rules_are_typed_checked_and_kept(aurora: Aurora) -> None:
    async with messages(aurora, "rule 0") as pilot:
        await press(pilot, "enter")
        await write(pilot, "soon")
        await press(pilot, "ctrl+s")
        refused = in_dialog(pilot)
        await press(pilot, *["backspace"] * 8)
        await write(pilot, "2 d")
        await press(pilot, "tab")
        await write(pilot, "desk@studio.example")
        await press(pilot, "tab", "right", "ctrl+s")
        lines = lines_of(pilot)

        screen = pilot.app.screen
        assert isinstance(screen, MessagesScreen)
        screen.choose("rule 1")
        await press(pilot, "enter")
        focused = pilot.app.focused

    assert isinstance(focused, Field)
    assert focused.value == "desk@studio.example", "what the cursor was on comes first"
    assert "That is no length of time: type it as “24 h”, “2 d” or “90 min”." in refused
    assert "Reminders 2 days before the start" in lines
    assert "Answers go to desk@studio.example" in lines
    assert "Confirmations without the join link" in lines
    site = aurora.catalogue.site("trastevere")
    assert (site.reminder_lead, site.hide_links_in_mails, site.hide_links_in_area) == (48 * HOUR, True, False)


async def test_a_message_is_looked_at_as_mail_and_push_in_three_languages(aurora: Aurora) -> None:
    session = aurora.put(5, "23:00")

    async with messages(aurora, "kind cancelled") as pilot:
        await press(pilot, "enter")
        mail = in_dialog(pilot)
        await press(pilot, "p", "f")
        push = in_dialog(pilot)
        await press(pilot, "f", "x")
        real = in_dialog(pilot)

    assert "Session cancelled · as a mail · Italiano" in mail
    assert "Ciao Maria Rossi," in mail
    assert "as a push message · Español" in push
    assert "as a push message · English" in real
    assert session.title in (None, "") or session.title in real
    assert "Of the next session" in real


async def test_the_session_under_the_cursor_can_be_looked_at_and_scrolled(aurora: Aurora) -> None:
    aurora.put(5, "20:00")
    aurora.put(5, "22:00", title="Late Flow", details="\n".join(f"Line {number}" for number in range(30)))

    async with aurora.app(login="paola").run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await press(pilot, "tab", "tab")
        await press(pilot, "M")
        screen = pilot.app.screen
        assert isinstance(screen, MessagesScreen)
        screen.choose("kind booked")
        await press(pilot, "enter", "f", "f", "x")
        top = in_dialog(pilot)
        await press(pilot, "pagedown", "down", "up", "pageup", "pagedown", "pagedown")
        below = in_dialog(pilot)

    assert "Of the chosen session" in top
    assert "Late Flow" in top
    assert "Line 29" not in top
    assert "Line 12" in below


async def test_from_the_services_the_messages_are_those_of_the_service(aurora: Aurora) -> None:
    async with aurora.app(login="luca").run_test(size=(100, 32)) as pilot:
        await settled(pilot)
        await press(pilot, "S", "down", "M")
        screen = pilot.app.screen
        assert isinstance(screen, MessagesScreen)
        await press(pilot, "e")
        await write(pilot, "3 h")
        await press(pilot, "tab")
        await write(pilot, "12 h")
        await press(pilot, "ctrl+s")
        lines = lines_of(pilot)

    assert "attendance request on default 13 hours 30 minutes before the start" in [line.lstrip("● ") for line in lines]
    assert "Reminders 3 hours before the start" in lines
    assert [each.free_cancellation for each in aurora.catalogue.services(aurora.rome.id)].count(12 * HOUR) == 1


@pytest.mark.parametrize("size", SIZES)
async def test_the_messages_look_as_approved(aurora: Aurora, picture: SnapshotAssertion, size: tuple[int, int]) -> None:
    aurora.studio.messages.switch(aurora.owner, aurora.rome.id, None, MessageKind.REMINDER, False)
    async with messages(aurora, "kind reminder", size=size) as pilot:
        assert pilot.app.export_screenshot(simplify=True) == picture


@pytest.mark.parametrize("size", SIZES)
async def test_a_message_beforehand_looks_as_approved(
    aurora: Aurora, picture: SnapshotAssertion, size: tuple[int, int]
) -> None:
    async with messages(aurora, "kind notice", size=size) as pilot:
        await press(pilot, "enter")
        assert pilot.app.export_screenshot(simplify=True) == picture


async def test_a_mail_is_looked_at_as_its_html_says_it_and_put_where_a_browser_finds_it(
    aurora: Aurora, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SSH_CONNECTION", "192.0.2.1 5 192.0.2.2 22")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    async with messages(aurora, "kind reminder") as pilot:
        await press(pilot, "enter", "h")
        assert "# " in on_screen(pilot)
        await press(pilot, "b")
        told = toasts(pilot)
        await press(pilot, "p")
        assert not pilot.app.screen.check_action("browser", ())

    [page] = pages(tmp_path)
    assert "</html>" in contents(page)
    assert any(str(page) in said for said in told)


def pages(folder: Path) -> list[Path]:
    return list(folder.glob("studio-tui-*/message.html"))


def contents(page: Path) -> str:
    return page.read_text(encoding="utf-8")
