from datetime import timedelta

import pytest

from studio_tui.domain.sessions import SessionStatus
from tests.builders import a_link
from tests.tui.aurora import SATURDAY, Aurora
from tests.tui.cursor import chosen, grid, messages, opened, slot
from tests.tui.settling import on_screen, press, settled, write


@pytest.mark.parametrize(
    ("key", "what"),
    [
        ("enter", "to open"),
        ("e", "to edit"),
        ("m", "to move"),
        ("d", "to cancel"),
        ("delete", "to cancel"),
        ("y", "to send the link of"),
        ("L", "to show the link of"),
    ],
)
async def test_a_key_that_needs_a_session_says_so_where_there_is_none(aurora: Aurora, key: str, what: str) -> None:
    async with opened(aurora) as pilot:
        await press(pilot, key)
        assert f"No session under the cursor {what}" in on_screen(pilot)
        await press(pilot, "down")
        assert "No session under the cursor" not in on_screen(pilot)


async def test_n_opens_the_form_of_a_new_session_at_the_cursor(aurora: Aurora) -> None:
    aurora.named("Meditation")
    async with opened(aurora) as pilot:
        await press(pilot, "j", "n")
        form = on_screen(pilot)
        assert "New session" in form
        assert "09:45" in form
        await press(pilot, "escape")
        assert slot(pilot) == "Sat 09:45"


async def test_e_opens_the_form_of_the_session_under_the_cursor(aurora: Aurora) -> None:
    aurora.put(5, "10:00", room="Garden room")
    async with opened(aurora) as pilot:
        await press(pilot, "tab", "e")
        assert "Garden room" in on_screen(pilot)
        await press(pilot, "escape")
        assert chosen(pilot) == "Meditation"


async def test_enter_opens_the_drawer_and_escape_gives_the_week_back(aurora: Aurora) -> None:
    aurora.put(5, "10:00")
    async with opened(aurora) as pilot:
        await press(pilot, "tab", "enter")
        assert "Meditation · online class" in on_screen(pilot)
        assert "Mon 16" not in on_screen(pilot)
        await press(pilot, "escape")
        assert "Meditation · online class" not in on_screen(pilot)
        assert "Mon 16" in on_screen(pilot)
        assert pilot.app.focused is grid(pilot)


async def test_cancelling_asks_first_tells_the_consequences_and_can_be_taken_back(aurora: Aurora) -> None:
    aurora.connect()
    session = aurora.put(5, "10:00")
    aurora.book(session)
    async with opened(aurora) as pilot:
        await press(pilot, "tab", "d")
        assert "Cancel Meditation, Sat 21 Nov 10:00?" in on_screen(pilot)
        assert "1 client booked." in on_screen(pilot)
        assert "1 notice not sent yet will not go out." in on_screen(pilot)
        await press(pilot, "n")
        assert aurora.read(session).status is SessionStatus.ACTIVE
        await press(pilot, "d", "y")
        assert aurora.read(session).status is SessionStatus.CANCELLED
        assert "Meditation is cancelled. u undoes it." in messages(pilot)
        assert chosen(pilot) == "Meditation"
        assert "Tell the client?" in on_screen(pilot)
        await press(pilot, "n", "d")
        assert "Bring back Meditation" in on_screen(pilot)
        await press(pilot, "y")
        assert aurora.read(session).status is SessionStatus.ACTIVE


async def test_a_cancellation_over_somebody_else_s_change_is_refused_with_who_it_was(aurora: Aurora) -> None:
    session = aurora.put(5, "10:00")
    async with opened(aurora) as pilot:
        await press(pilot, "tab", "d")
        aurora.scheduling.move(aurora.owner, session.id, aurora.at(5, "11:00"), version=None)
        await press(pilot, "y")
        assert aurora.read(session).status is SessionStatus.ACTIVE
        assert "was changed by Paola Greco" in messages(pilot)


async def test_what_a_role_may_not_do_is_refused_with_the_reason(aurora: Aurora) -> None:
    session = aurora.put(5, "10:00", staff_id=aurora.desk.id)
    async with opened(aurora, login="anna") as pilot:
        await press(pilot, "tab", "d")
        assert "Anna Ferri is an instructor and can change sessions of their own only" in messages(pilot)
        assert aurora.read(session).status is SessionStatus.ACTIVE
        await press(pilot, "escape")
        assert messages(pilot) == ""


async def test_y_sends_the_link_to_the_terminal_s_clipboard_and_does_not_claim_more(aurora: Aurora) -> None:
    session = aurora.put(5, "10:00")
    aurora.linking.type_link(aurora.owner, session.id, a_link("secret"), version=None)
    async with opened(aurora) as pilot:
        await press(pilot, "tab", "y")
        assert pilot.app.clipboard == "https://meet.example.com/secret"
        said = messages(pilot)
        assert "The link of Meditation was sent to the terminal's clipboard" in said
        assert "copied" not in said
        assert "meet.example.com/secret" not in said


async def test_capital_l_shows_the_link_with_its_password_until_it_is_closed(aurora: Aurora) -> None:
    session = aurora.put(5, "10:00")
    aurora.linking.type_link(aurora.owner, session.id, a_link("secret", "pass-7"), version=None)
    async with opened(aurora) as pilot:
        await press(pilot, "tab", "L")
        assert "https://meet.example.com/secret" in on_screen(pilot)
        assert "Password: pass-7" in on_screen(pilot)
        await press(pilot, "escape")
        assert "meet.example.com" not in on_screen(pilot)


@pytest.mark.parametrize("key", ["y", "L"])
async def test_a_session_without_a_link_says_why_it_has_none(aurora: Aurora, key: str) -> None:
    aurora.put(5, "10:00")
    async with opened(aurora) as pilot:
        await press(pilot, "tab", key)
        assert "Meditation has no link to" in on_screen(pilot)
        assert "No link: type one here" in on_screen(pilot)


async def test_the_capital_letters_open_video_conferences_and_services(aurora: Aurora) -> None:
    aurora.named("Meditation")
    async with opened(aurora) as pilot:
        await press(pilot, "V")
        assert "Manage video conferences" in on_screen(pilot)
        await press(pilot, "escape", "S")
        assert "Services" in on_screen(pilot)
        assert "Meditation" in on_screen(pilot)
        await press(pilot, "escape")
        assert slot(pilot) == "Sat 09:30"


async def test_r_reads_what_changed_behind_the_program_s_back(aurora: Aurora) -> None:
    async with opened(aurora) as pilot:
        assert "No sessions this week." in on_screen(pilot)
        aurora.put(5, "14:00")
        await press(pilot, "r")
        assert "Meditation" in on_screen(pilot)


async def test_the_only_site_cannot_be_switched_and_the_key_says_so(aurora: Aurora) -> None:
    async with opened(aurora) as pilot:
        pilot.app.desk.sites = pilot.app.desk.sites[:1]  # type: ignore[attr-defined]
        await press(pilot, "s")
        assert "Trastevere is the only site." in on_screen(pilot)


async def test_sessions_end_and_the_now_line_moves_while_the_program_is_open(aurora: Aurora) -> None:
    aurora.put(5, "09:00", ends_at=SATURDAY + timedelta(minutes=4))
    async with opened(aurora) as pilot:
        assert "▶" in on_screen(pilot)
        await press(pilot, "shift+tab", "t", "down", "down", "down", "down")
        assert "▎Meditation" in on_screen(pilot)
        aurora.clock.advance(timedelta(minutes=30))
        grid(pilot).tick(aurora.clock())
        await settled(pilot)
        assert "▶──10:11" in on_screen(pilot)
        assert "┆Meditation" in on_screen(pilot)


async def test_the_command_palette_finds_every_act_by_name_and_shows_its_key(aurora: Aurora) -> None:
    aurora.put(5, "10:00")
    async with opened(aurora) as pilot:
        await press(pilot, "tab", "colon")
        await write(pilot, "cancel the")
        assert "d del" in on_screen(pilot)
        await press(pilot, "enter")
        assert "Cancel Meditation" in on_screen(pilot)


async def test_the_help_lists_keys_signs_and_the_names_for_the_settings(aurora: Aurora) -> None:
    async with opened(aurora, size=(120, 110)) as pilot:
        await press(pilot, "question_mark")
        text = on_screen(pilot)
        for part in ("calendar.move", "In the timetable", "Everywhere", "online, link missing", "left edge: full"):
            assert part in text
        await press(pilot, "question_mark")
        assert "calendar.move" not in on_screen(pilot)


async def test_every_key_of_the_calendar_is_in_the_help(aurora: Aurora) -> None:
    async with opened(aurora, size=(120, 100)) as pilot:
        names = {
            binding.binding.id
            for binding in pilot.app.screen.active_bindings.values()
            if binding.binding.id and not binding.binding.system
        }
        await press(pilot, "f1")
        text = on_screen(pilot)
        assert not {name for name in names if name not in text}


async def test_the_footer_can_be_clicked(aurora: Aurora) -> None:
    async with opened(aurora) as pilot:
        x = on_screen(pilot).splitlines()[-1].index("Go to")
        await pilot.click("KeyBar", offset=(x, 0))
        await settled(pilot)
        assert "24/12" in on_screen(pilot)
