"""Accounts that somebody signs in to, from the keyboard: every way in, what can go wrong, and that nothing typed is lost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from textual import events
from textual.pilot import Pilot

from studio_tui.domain.agenda import AccountLine
from studio_tui.domain.conferences import AccountState, ConferenceAccount
from studio_tui.domain.providers import ProviderRefused, ProviderUnavailable
from studio_tui.storage.unit_of_work import Database
from studio_tui.tui.screens.account_form import AccountForm
from studio_tui.tui.screens.conferences import ConferencesScreen
from studio_tui.tui.screens.sign_in import DeviceSignIn, PasteSignIn
from studio_tui.tui.screens.waiting import Waiting
from tests.doubles.doors import ADDRESS, ANSWER, BROWSER, CODE, DoorKind, Doors
from tests.doubles.rooms import a_sign_in
from tests.tui.aurora import SATURDAY, Aurora
from tests.tui.meditation import toasts
from tests.tui.settling import in_dialog, on_screen, press, settled, write


@dataclass
class Entrance:
    """The studio, and the provider's ways in."""

    aurora: Aurora
    doors: Doors
    kind: DoorKind

    def line(self, staff_id: int | None = None) -> AccountLine:
        accounts = self.aurora.conferencing.accounts(self.aurora.owner, self.aurora.rome.id)
        return next(line for line in (accounts.default, *accounts.staff) if line.staff_id == staff_id)

    def account(self, staff_id: int | None = None) -> ConferenceAccount:
        account = self.line(staff_id).account
        assert account is not None
        return account

    def connect(self, user: str = "rosa", way: str = "key") -> None:
        signed_in = a_sign_in(user)
        credentials = signed_in.credentials.changed(way=way, secret="s3cret")
        signing_in, owner, site_id = self.aurora.signing_in, self.aurora.owner, self.aurora.rome.id
        signing_in.connect(owner, site_id, None, "house", way, type(signed_in)(credentials, signed_in.identity))


@pytest.fixture
def entrance(sqlite_database: Database) -> Entrance:
    doors = Doors()
    kind = DoorKind(doors, SATURDAY)
    return Entrance(Aurora(sqlite_database, [kind]), doors, kind)


@asynccontextmanager
async def form(
    entrance: Entrance, way: int = 0, size: tuple[int, int] = (80, 24), **options: Any
) -> AsyncIterator[Pilot[None]]:
    """The form of the default account, with the house as its kind and one of its ways chosen; the focus on the user."""
    async with conferences(entrance, size, **options) as pilot:
        await press(pilot, "a", "right", "tab", *["right"] * way, "tab")
        yield pilot


@asynccontextmanager
async def conferences(
    entrance: Entrance, size: tuple[int, int] = (80, 24), login: str = "paola", **options: Any
) -> AsyncIterator[Pilot[None]]:
    async with entrance.aurora.app(login=login, **options).run_test(size=size) as pilot:
        await settled(pilot)
        await press(pilot, "V")
        yield pilot


async def until(pilot: Pilot[None], holds: Callable[[], bool]) -> None:
    """Wait for what comes of a key that a hanging provider keeps from settling."""
    for _ in range(500):
        await pilot.pause(0.005)
        if holds():
            return
    raise AssertionError("it never came to that")


async def fill(pilot: Pilot[None], user: str = "rosa", secret: str = "s3cret") -> None:
    await write(pilot, user)
    await press(pilot, "tab")
    await write(pilot, secret)


# With a key


async def test_L10_a_host_is_signed_in_and_shown(entrance: Entrance) -> None:
    async with form(entrance) as pilot:
        await fill(pilot)
        typed = on_screen(pilot)
        await press(pilot, "ctrl+s")
        text, told = on_screen(pilot), toasts(pilot)

    assert entrance.doors.asked == [("key", {"user": "rosa", "secret": "s3cret"})]
    assert entrance.account().state is AccountState.CONNECTED
    assert "s3cret" not in typed + text
    assert "● House · rosa@example.com · connected" in text
    assert "Signed in as rosa@example.com · The studio's key · 1 meeting at a time" in text
    assert "100 of 100 left today" in text
    assert told == ["The default account is connected, signed in as rosa@example.com. u undoes it."]


async def test_what_is_missing_or_cannot_be_is_said_beside_its_row(entrance: Entrance) -> None:
    async with form(entrance) as pilot:
        await write(pilot, "two words")
        quiet = in_dialog(pilot)
        await press(pilot, "ctrl+s")
        loud = in_dialog(pilot)

    assert "User has a blank or a line break in it: paste it alone." in quiet
    assert "! User has a blank" in loud
    assert "! Secret is missing" in loud
    assert entrance.doors.asked == []


async def test_what_the_provider_refuses_is_told_and_what_was_typed_stays(entrance: Entrance) -> None:
    entrance.doors.refusal = ProviderRefused("The house refuses [b]this[/b] \x1b]52;c;aGk=\x07key.")

    async with form(entrance) as pilot:
        await fill(pilot)
        await press(pilot, "ctrl+s")
        refused, screen = in_dialog(pilot), pilot.app.screen
        assert isinstance(screen, AccountForm)
        assert screen.text("secret") == "s3cret"
        entrance.doors.refusal = None
        await press(pilot, "ctrl+s")

    assert "! The house refuses [b]this[/b]" in refused
    assert "\x1b" not in refused
    assert entrance.account().state is AccountState.CONNECTED


async def test_a_provider_that_does_not_answer_can_be_given_up_at_once(entrance: Entrance) -> None:
    entrance.doors.hangs = True

    async with form(entrance) as pilot:
        await fill(pilot)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(pilot.app.screen, Waiting))
        waiting = on_screen(pilot)
        await press(pilot, "escape")
        text, screen = in_dialog(pilot), pilot.app.screen
        assert isinstance(screen, AccountForm)
        assert screen.text("user") == "rosa"

    assert "Signing in to House…" in waiting
    assert "! You gave up waiting: nothing was changed." in text
    assert entrance.line().account is None


async def test_L9_how_many_meetings_at_a_time_is_a_setting_of_the_account(entrance: Entrance) -> None:
    async with form(entrance) as pilot:
        await fill(pilot)
        await press(pilot, "tab", "ctrl+u")
        await write(pilot, "0")
        await press(pilot, "ctrl+s")
        refused = in_dialog(pilot)
        await press(pilot, "backspace")
        await write(pilot, "2")
        await press(pilot, "ctrl+s")

    assert "! Type how many meetings can run at a time: 1 to 100." in refused
    assert entrance.account().concurrent == 2


async def test_a_kind_without_a_limit_does_not_ask_for_it(sqlite_database: Database) -> None:
    doors = Doors()
    kind = DoorKind(doors, SATURDAY, concurrent=None)

    async with form(Entrance(Aurora(sqlite_database, [kind]), doors, kind)) as pilot:
        assert "At a time" not in in_dialog(pilot)


# By the site's own sign-in


async def test_A2_a_colleague_of_a_signed_in_site_is_offered_its_sign_in_first(entrance: Entrance) -> None:
    entrance.connect()

    async with conferences(entrance) as pilot:
        await press(pilot, "down", "a", "right", "tab")
        text = in_dialog(pilot)
        await press(pilot, "tab")
        await write(pilot, "emma")
        await press(pilot, "ctrl+s")

    assert "A guest of the house" in text
    assert "Secret" not in text
    assert entrance.account(entrance.aurora.teacher.id).label == "emma@example.com"


@pytest.mark.parametrize("way", ["", "code"])
async def test_what_the_site_cannot_lend_is_not_offered(entrance: Entrance, way: str) -> None:
    entrance.aurora.connect() if not way else entrance.connect(way=way)

    async with conferences(entrance) as pilot:
        await press(pilot, "down", "a", "right", "tab", "right", "right", "right")
        seen = {way.key for way in entrance.kind.ways if way.label in on_screen(pilot)}
        screen = pilot.app.screen
        assert isinstance(screen, AccountForm)
        offered = [way.key for way in screen._ways()]

    assert offered == ["key", "code", "browser"]
    assert seen == {"key"}


# With a code


async def test_a_code_is_shown_with_its_address_and_a_picture_until_it_is_confirmed(entrance: Entrance) -> None:
    async with form(entrance, way=1) as pilot:
        await fill(pilot)
        await press(pilot, "ctrl+s")
        assert isinstance(pilot.app.screen, DeviceSignIn)
        shown = on_screen(pilot)
        entrance.doors.confirmed.set()
        await until(pilot, lambda: isinstance(pilot.app.screen, ConferencesScreen))
        await settled(pilot)
        told = toasts(pilot)

    assert CODE in shown
    assert "house.example.com" in shown
    assert "█▀▀▀▀▀█" in shown
    assert "It holds for 15:00 more." in shown
    assert entrance.account().state is AccountState.CONNECTED
    assert told == ["The default account is connected, signed in as rosa@example.com. u undoes it."]


async def test_giving_up_a_code_ends_the_questions_and_loses_nothing(entrance: Entrance) -> None:
    async with form(entrance, way=1) as pilot:
        await fill(pilot)
        await press(pilot, "ctrl+s", "escape")
        await until(pilot, lambda: entrance.doors.given_up == 1)
        screen = pilot.app.screen
        assert isinstance(screen, AccountForm)
        assert screen.text("secret") == "s3cret"
        refused = in_dialog(pilot)

    assert "nothing was changed" in refused
    assert entrance.line().account is None


async def test_a_code_that_is_refused_elsewhere_says_so_in_the_form(entrance: Entrance) -> None:
    async with form(entrance, way=1) as pilot:
        await fill(pilot)
        await press(pilot, "ctrl+s")
        entrance.doors.refusal = ProviderRefused("The sign-in was refused on the other device.")
        entrance.doors.confirmed.set()
        await until(pilot, lambda: isinstance(pilot.app.screen, AccountForm))
        await settled(pilot)
        text = in_dialog(pilot)

    assert "! The sign-in was refused on the other device." in text


@pytest.mark.parametrize("options", [{"ascii": True}, {"theme": "studio-mono"}])
async def test_where_no_phone_could_read_the_picture_there_is_the_address_alone(
    entrance: Entrance, options: dict[str, Any]
) -> None:
    async with form(entrance, way=1, **options) as pilot:
        await fill(pilot)
        await press(pilot, "ctrl+s")
        text = on_screen(pilot)
        await press(pilot, "y", "escape")
        copied = pilot.app.clipboard

    assert ADDRESS in text
    assert CODE in text
    assert "▀" not in text
    assert copied == f"{ADDRESS}?code={CODE}"


async def test_the_help_over_a_code_does_not_swallow_the_confirmation(entrance: Entrance) -> None:
    async with form(entrance, way=1) as pilot:
        await fill(pilot)
        await press(pilot, "ctrl+s", "f1")
        entrance.doors.confirmed.set()
        await asyncio.sleep(0)
        await press(pilot, "escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, ConferencesScreen))
        await settled(pilot)

    assert entrance.account().state is AccountState.CONNECTED


# With a browser


async def test_the_address_goes_to_the_clipboard_and_the_answer_is_pasted_back(entrance: Entrance) -> None:
    async with form(entrance, way=2) as pilot:
        await write(pilot, "rosa")
        await press(pilot, "ctrl+s")
        assert isinstance(pilot.app.screen, PasteSignIn)
        await press(pilot, "y")
        copied, told = pilot.app.clipboard, toasts(pilot)
        pilot.app.screen.post_message(events.Paste(f"{ANSWER[:30]}\n{ANSWER[30:]}\n"))
        await settled(pilot)
        pasted = on_screen(pilot)
        await press(pilot, "enter")

    assert copied == BROWSER
    assert "sent to the terminal's clipboard" in told[0]
    assert "the-code" not in pasted
    assert f"{len(ANSWER)} characters" in pasted
    assert entrance.account().state is AccountState.CONNECTED


async def test_another_address_is_refused_beside_the_field_and_stays(entrance: Entrance) -> None:
    async with form(entrance, way=2) as pilot:
        await write(pilot, "rosa")
        await press(pilot, "ctrl+s", "enter")
        empty = in_dialog(pilot)
        await write(pilot, "https://elsewhere.example")
        await press(pilot, "enter")
        refused = in_dialog(pilot)
        await press(pilot, "ctrl+u")
        await write(pilot, ANSWER)
        await press(pilot, "enter")

    assert "Paste the address where the browser ended." in empty
    assert "! This is not where the browser ended." in refused
    assert entrance.account().state is AccountState.CONNECTED


async def test_escape_ends_the_waiting_first_and_the_dialog_then(entrance: Entrance) -> None:
    async with form(entrance, way=2) as pilot:
        await write(pilot, "rosa")
        await press(pilot, "ctrl+s", "tab")
        await write(pilot, ANSWER)
        entrance.doors.hangs = True
        await pilot.press("enter")
        await until(pilot, lambda: "Signing in…" in on_screen(pilot))
        await press(pilot, "escape")
        given_up = in_dialog(pilot)
        await press(pilot, "escape")
        screen = pilot.app.screen
        assert isinstance(screen, AccountForm)
        assert screen.text("user") == "rosa"

    assert "You gave up waiting; Enter tries again." in given_up


# Again, as somebody else, and testing


async def test_the_form_of_a_signed_in_account_shows_no_secret_and_needs_none(entrance: Entrance) -> None:
    entrance.connect()
    entrance.aurora.put(5, "12:00", "Yin")

    async with conferences(entrance) as pilot:
        await press(pilot, "enter")
        shown = in_dialog(pilot)
        await press(pilot, "f2")
        revealed = in_dialog(pilot)
        await press(pilot, "ctrl+s")

    assert "stored; empty keeps it" in shown
    assert "The same host signing in the same way keeps every link." in shown
    assert "s3cret" not in shown + revealed
    assert entrance.doors.asked == [("key", {"user": "rosa", "secret": "s3cret"})]


async def test_A7_s_signs_in_again_with_what_is_stored(entrance: Entrance) -> None:
    entrance.connect()
    entrance.kind.house.signed_out.add("rosa")

    async with conferences(entrance) as pilot:
        await press(pilot, "t")
        refused = on_screen(pilot)
        await press(pilot, "s")
        text, told = on_screen(pilot), toasts(pilot)

    assert "! The house does not know you any more" in refused
    assert "⚠ House · rosa@example.com · needs sign-in" in refused
    assert "● House · rosa@example.com · connected" in text
    assert "signed in as rosa@example.com" in told[-1]


async def test_another_host_is_asked_about_and_given_up_on_no(entrance: Entrance) -> None:
    entrance.connect(way="code")
    entrance.aurora.put(5, "12:00", "Yin")
    entrance.doors.user, entrance.doors.label = "emma", "emma@example.com"
    entrance.doors.confirmed.set()

    async with conferences(entrance) as pilot:
        await press(pilot, "enter", "ctrl+s")
        question = in_dialog(pilot)
        await press(pilot, "n")
        kept = in_dialog(pilot)
        label = entrance.account().label
        await press(pilot, "ctrl+s", "y")

    assert "Until now it was rosa@example.com; signed in is emma@example.com." in question
    assert "1 upcoming session gets a new meeting and link." in question
    assert "! The account stays as it was." in kept
    assert entrance.kind.house.revoked == ["emma"]
    assert label == "rosa@example.com"
    assert entrance.account().label == "emma@example.com"


async def test_t_asks_the_provider_and_never_opens_a_typed_link(entrance: Entrance) -> None:
    entrance.aurora.connect()

    async with conferences(entrance) as pilot:
        await press(pilot, "t")
        refused = " ".join(on_screen(pilot).split())
        entrance.connect()
        await press(pilot, "r", "t")
        told = toasts(pilot)

    assert "! This account is a link alone, which is never opened" in refused
    assert told == ["House answers: rosa@example.com."]
    assert entrance.kind.house.calls == ["whoami"]


async def test_A6_disconnecting_says_that_the_provider_is_told(entrance: Entrance) -> None:
    entrance.connect(way="code")

    async with conferences(entrance) as pilot:
        await press(pilot, "d")
        question = in_dialog(pilot)
        await press(pilot, "n", "L")
        refused = " ".join(on_screen(pilot).split())

    assert "House is told, so connecting it again needs a new sign-in. Its meetings stay there." in question
    assert "! Every session has a link of its own here" in refused


async def test_A5_an_instructor_signs_in_and_tests_only_their_own(entrance: Entrance) -> None:
    entrance.connect()

    async with conferences(entrance, login="anna") as pilot:
        refusals = []
        for key in ("t", "s", "enter"):
            await press(pilot, key)
            refusals.append("! Only the owner can change the default account" in on_screen(pilot))
        await press(pilot, "down", "a", "right", "tab", "tab")
        await write(pilot, "anna")
        await press(pilot, "ctrl+s")

    assert refusals == [True] * 3
    assert entrance.account(entrance.aurora.teacher.id).label == "anna@example.com"


async def test_a_hostile_name_of_a_host_is_text(entrance: Entrance) -> None:
    entrance.doors.label = "[red]rosa[/red]\x1b]52;c;aGVsbG8=\x07\u202e@example.com"
    entrance.doors.confirmed.set()

    async with form(entrance, way=1, size=(120, 40)) as pilot:
        await fill(pilot)
        await press(pilot, "ctrl+s")
        text = on_screen(pilot)

    assert "[red]rosa[/red]" in text
    assert "\x1b" not in text
    assert "\u202e" not in text


async def test_nothing_secret_is_written_down_in_edits_or_changes(entrance: Entrance) -> None:
    async with form(entrance) as pilot:
        await fill(pilot)
        await press(pilot, "ctrl+s")
    with entrance.aurora.database.reading() as unit:
        read = unit.db.exec_driver_sql
        edits = read("SELECT what, names, images FROM edit").all()
        changes = read("SELECT actor, what, topic FROM change_log").all()
        credentials = read("SELECT credentials FROM sign_in").all()

    assert edits
    assert "s3cret" not in repr([edits, changes, credentials])


async def test_a_provider_that_is_down_is_told_below_the_list(entrance: Entrance) -> None:
    entrance.connect()
    entrance.doors.refusal = ProviderUnavailable("The house is closed.")

    async with conferences(entrance) as pilot:
        await press(pilot, "s")
        text = in_dialog(pilot)

    assert "! The house is closed." in text
