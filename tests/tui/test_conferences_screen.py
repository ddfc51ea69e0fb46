from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from textual.pilot import Pilot

from studio_tui.domain.account_kinds import AccountDraft, ConferenceKind, ConnectWay, FormField
from studio_tui.domain.conferences import AccountState
from studio_tui.domain.errors import InvalidInput
from studio_tui.tui.screens.account_form import AccountForm
from studio_tui.tui.screens.conferences import ConferencesScreen
from studio_tui.usecases.conferencing import Conferencing
from tests.builders import a_link
from tests.tui.aurora import Aurora
from tests.tui.meditation import HOSTILE, meditation, toasts
from tests.tui.settling import in_dialog, on_screen, press, settled, write

NEW = "https://meet.google.com/abc-defg-hij"


@asynccontextmanager
async def conferences(
    aurora: Aurora, *, login: str = "paola", size: tuple[int, int] = (80, 24), **options: Any
) -> AsyncIterator[Pilot[None]]:
    async with aurora.app(login=login, **options).run_test(size=size) as pilot:
        await settled(pilot)
        await press(pilot, "V")
        assert isinstance(pilot.app.screen, ConferencesScreen)
        yield pilot


def state_of(aurora: Aurora, staff_id: int | None = None) -> AccountState | None:
    accounts = aurora.conferencing.accounts(aurora.owner, aurora.rome.id)
    line = next(line for line in (accounts.default, *accounts.staff) if line.staff_id == staff_id)
    return None if line.account is None else line.account.state


def line_with(pilot: Pilot[None], words: str) -> str:
    return next(line for line in on_screen(pilot).splitlines() if words in line)


async def test_without_any_account_the_screen_teaches_what_to_do(aurora: Aurora) -> None:
    async with conferences(aurora) as pilot:
        text = " ".join(on_screen(pilot).split())

    assert "none: typed links and services' links only" in text
    assert "a adds it." in text
    assert "Anna Ferri – no account" in text


async def test_every_account_stands_in_a_line_with_its_kind_its_state_and_what_it_serves(aurora: Aurora) -> None:
    meditation(aurora)
    aurora.connect(staff=aurora.teacher, room="anna")
    aurora.put(5, "12:00", "Yin")

    async with conferences(aurora, size=(120, 40)) as pilot:
        default, own, other = (line_with(pilot, name) for name in ("Default account", "Anna Ferri", "Luca Rossi"))

    assert "● Custom link · meet.example.com · connected" in default
    assert default.endswith("1 upcoming")
    assert own.endswith("1 upcoming")
    assert "– uses the default account" in other


async def test_the_link_is_masked_until_l_is_pressed(aurora: Aurora) -> None:
    aurora.connect()

    async with conferences(aurora) as pilot:
        masked = on_screen(pilot)
        await press(pilot, "L")
        shown = on_screen(pilot)
        await press(pilot, "L")
        again = on_screen(pilot)

    assert "meet.example.com/•••••••••• (L shows it)" in masked
    assert "Meeting link: https://meet.example.com/default" in shown
    assert "/default" not in masked + again


@pytest.mark.parametrize("key", ["a", "enter"])
async def test_a1_adding_the_default_account_asks_for_the_kind_and_what_it_needs(aurora: Aurora, key: str) -> None:
    async with conferences(aurora) as pilot:
        await press(pilot, key)
        form = in_dialog(pilot)
        await press(pilot, "tab")
        await write(pilot, NEW)
        judged = in_dialog(pilot)
        await press(pilot, "ctrl+s")
        text, told = on_screen(pilot), toasts(pilot)

    assert "Add the default account Kind Custom link" in form
    assert "It will serve every online session of the site that has no link of its own." in form
    assert "Google Meet link." in judged
    assert state_of(aurora) is AccountState.CONNECTED
    assert "● Google Meet (meet.google.com) · connected" in text
    assert told == ["The default account is connected. u undoes it."]


async def test_an_account_is_judged_by_its_kind_while_it_is_typed(aurora: Aurora) -> None:
    async with conferences(aurora) as pilot:
        await press(pilot, "a", "tab")
        await write(pilot, "http://insecure.example.com/x")
        quiet = in_dialog(pilot)
        await press(pilot, "ctrl+s")
        loud, form = in_dialog(pilot), pilot.app.screen

        assert isinstance(form, AccountForm)
        assert form.text("url") == "http://insecure.example.com/x"

    assert "The link begins with http://" in quiet
    assert "! The link begins with http://" in loud
    assert state_of(aurora) is None


async def test_changing_an_account_begins_with_what_is_stored_masked(aurora: Aurora) -> None:
    aurora.connect()
    aurora.put(5, "12:00", "Yin")

    async with conferences(aurora) as pilot:
        await press(pilot, "enter")
        form = in_dialog(pilot)
        await press(pilot, "f2")
        revealed = in_dialog(pilot)
        await press(pilot, "tab", "ctrl+u")
        await write(pilot, NEW)
        await press(pilot, "ctrl+s")

    assert "Change the default account" in form
    assert "The link changes for 1 upcoming session" in form
    assert "meet.example.com/default" not in form
    assert "https://meet.example.com/default" in revealed
    assert aurora.conferencing.values(aurora.owner, aurora.rome.id, None)["url"] == NEW


async def test_a_adds_and_never_changes(aurora: Aurora) -> None:
    aurora.connect()

    async with conferences(aurora) as pilot:
        await press(pilot, "a")
        text = on_screen(pilot)

    assert "! The default account is there already: Enter changes it." in text


async def test_a4_an_own_account_needs_a_default_one_and_is_refused_before_anything_is_typed(aurora: Aurora) -> None:
    async with conferences(aurora) as pilot:
        await press(pilot, "down", "a")
        text = " ".join(on_screen(pilot).split())
        asked = isinstance(pilot.app.screen, AccountForm)

    assert "! Trastevere has no default account connected: connect one first, then Anna Ferri can have" in text
    assert not asked


async def test_a2_an_own_account_is_added_for_the_person_under_the_cursor(aurora: Aurora) -> None:
    aurora.connect()

    async with conferences(aurora) as pilot:
        await press(pilot, "down", "a", "tab")
        await write(pilot, NEW)
        await press(pilot, "ctrl+s")
        screen = pilot.app.screen
        assert isinstance(screen, ConferencesScreen)
        chosen = screen.chosen

    assert state_of(aurora, aurora.teacher.id) is AccountState.CONNECTED
    assert chosen is not None
    assert chosen.holder == "Anna Ferri"


async def test_a6_disconnecting_tells_first_what_it_takes_away(aurora: Aurora) -> None:
    session = meditation(aurora)
    aurora.book(session)
    aurora.book(session)

    async with conferences(aurora) as pilot:
        await press(pilot, "d")
        question = in_dialog(pilot)
        await press(pilot, "n")
        kept = state_of(aurora)
        await press(pilot, "d", "y")
        text, told = " ".join(on_screen(pilot).split()), toasts(pilot)

    assert "Disconnect the default account?" in question
    assert "1 upcoming session with 2 clients loses its link, also those typed by hand." in question
    assert kept is AccountState.CONNECTED
    assert state_of(aurora) is AccountState.DISCONNECTED
    assert "No join link is shown or sent for any session of the site" in text
    assert told == ["The default account is disconnected. u undoes it."]


async def test_a6_connecting_again_brings_the_links_back(aurora: Aurora) -> None:
    session = meditation(aurora)
    aurora.conferencing.disconnect(aurora.owner, aurora.rome.id, None)

    async with conferences(aurora) as pilot:
        await press(pilot, "delete")

    assert state_of(aurora) is AccountState.CONNECTED
    assert aurora.linking.reveal(aurora.owner, session.id) == a_link("default")


async def test_a4_an_own_account_cannot_be_connected_again_without_a_default_one(aurora: Aurora) -> None:
    aurora.connect()
    aurora.connect(staff=aurora.teacher, room="anna")
    aurora.conferencing.disconnect(aurora.owner, aurora.rome.id, aurora.teacher.id)
    aurora.conferencing.disconnect(aurora.owner, aurora.rome.id, None)

    async with conferences(aurora) as pilot:
        await press(pilot, "down", "d")
        text = on_screen(pilot)

    assert "! Trastevere has no default account connected" in text
    assert state_of(aurora, aurora.teacher.id) is AccountState.DISCONNECTED


async def test_there_is_nothing_to_disconnect_or_show_where_there_is_no_account(aurora: Aurora) -> None:
    async with conferences(aurora) as pilot:
        await press(pilot, "d")
        disconnecting = on_screen(pilot)
        await press(pilot, "L")
        showing = on_screen(pilot)

    assert "! The site has no account to disconnect: a adds one." in disconnecting
    assert "! There is no account here whose link could be shown: a adds one." in showing


async def test_a5_an_instructor_sees_and_changes_only_their_own(aurora: Aurora) -> None:
    aurora.connect()

    async with conferences(aurora, login="anna") as pilot:
        text = on_screen(pilot)
        await press(pilot, "d")
        refused = on_screen(pilot)
        await press(pilot, "down", "a", "tab")
        await write(pilot, NEW)
        await press(pilot, "ctrl+s")

    assert "Anna Ferri" in text
    assert "Luca Rossi" not in text
    assert "! Only the owner can change the default account; Anna Ferri is instructor." in refused
    assert state_of(aurora, aurora.teacher.id) is AccountState.CONNECTED


async def test_a5_the_front_desk_may_change_everybodys_but_not_the_default_one(aurora: Aurora) -> None:
    aurora.connect()
    aurora.connect(staff=aurora.teacher, room="anna")

    async with conferences(aurora, login="luca") as pilot:
        await press(pilot, "L")
        refused = on_screen(pilot)
        await press(pilot, "down", "L")
        shown = on_screen(pilot)

    assert "! Only the owner can change the default account; Luca Rossi is front desk." in refused
    assert "https://meet.example.com/anna" in shown


async def test_a_refusal_goes_when_the_cursor_moves(aurora: Aurora) -> None:
    async with conferences(aurora) as pilot:
        await press(pilot, "d")
        before = on_screen(pilot)
        await press(pilot, "down")
        after = on_screen(pilot)

    assert "! The site has no account" in before
    assert "! The site has no account" not in after


async def test_r_reads_everything_anew_and_the_cursor_stays(aurora: Aurora) -> None:
    async with conferences(aurora) as pilot:
        await press(pilot, "down", "down")
        aurora.connect()
        await press(pilot, "r")
        text, screen = on_screen(pilot), pilot.app.screen
        assert isinstance(screen, ConferencesScreen)
        chosen = screen.chosen

    assert "● meet.example.com · connected" in text
    assert chosen is not None
    assert chosen.holder == "Luca Rossi"


async def test_what_others_change_is_followed_while_a_form_is_half_typed(aurora: Aurora) -> None:
    async with conferences(aurora) as pilot:
        screen = pilot.app.screen
        assert isinstance(screen, ConferencesScreen)
        await press(pilot, "a", "tab")
        await write(pilot, "https://half")
        aurora.connect()
        screen.refresh_data()
        await settled(pilot)
        form = pilot.app.screen
        assert isinstance(form, AccountForm)

        assert form.text("url") == "https://half"
        assert screen.chosen is not None
        assert screen.chosen.account is not None


async def test_somebody_elses_account_is_not_gone_over_unseen(aurora: Aurora) -> None:
    aurora.connect()

    async with conferences(aurora) as pilot:
        await press(pilot, "enter", "tab", "ctrl+u")
        await write(pilot, NEW)
        aurora.connect(room="meanwhile")
        await press(pilot, "ctrl+s")
        refused = in_dialog(pilot)
        await press(pilot, "ctrl+s")

    assert "! Paola Greco changed this at 09:41" in refused
    assert aurora.conferencing.values(aurora.owner, aurora.rome.id, None)["url"] == NEW


async def test_a_click_on_a_line_opens_its_form(aurora: Aurora) -> None:
    async with conferences(aurora) as pilot:
        await pilot.click("#list", offset=(5, 1))
        await settled(pilot)

        assert isinstance(pilot.app.screen, AccountForm)


async def test_escape_goes_back_to_the_calendar(aurora: Aurora) -> None:
    async with conferences(aurora) as pilot:
        await press(pilot, "escape")

        assert len(pilot.app.screen_stack) == 1


async def test_a_hostile_staff_name_is_text(aurora: Aurora) -> None:
    aurora.team.add(aurora.owner, HOSTILE, aurora.teacher.role, [aurora.rome.id])

    async with conferences(aurora, size=(120, 40)) as pilot:
        await press(pilot, "end")
        await press(pilot, "home", *["down"] * 4, "a")
        text = on_screen(pilot)

    assert "]52;c;aGVsbG8= [" in text
    assert "\x1b" not in text


class Pair:
    """A kind of account that needs other things than a custom link."""

    key = "pair"
    name = "Pair"
    summary = "two words that belong together"
    ways = (
        ConnectWay(
            key="words",
            label="Words",
            fields=(
                FormField("first", "First word", 20, required=True),
                FormField("url", "Second word", 20, secret=True),
            ),
        ),
    )

    def draft(self, values: dict[str, str]) -> AccountDraft:
        if not values.get("first"):
            raise InvalidInput("It needs a first word.", field="first")
        return AccountDraft(label=values["first"], link=a_link())


async def test_another_kind_asks_for_other_things_and_what_has_the_same_name_stays(aurora: Aurora) -> None:
    kinds: list[ConferenceKind] = [*aurora.conferencing.kinds(), Pair()]
    object.__setattr__(aurora.studio, "conferencing", Conferencing(aurora.resources, kinds))

    async with conferences(aurora) as pilot:
        await press(pilot, "a", "tab")
        await write(pilot, "https://kept.example.com/x")
        await press(pilot, "shift+tab", "right")
        form = in_dialog(pilot)
        await press(pilot, "tab")
        await write(pilot, "alpha")
        await press(pilot, "ctrl+s")

    assert "two words that belong together." in form
    assert "First word" in form
    assert "Password" not in form
    assert state_of(aurora) is AccountState.CONNECTED
