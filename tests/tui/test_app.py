import json
import os
import subprocess
import sys
import threading
from collections.abc import Mapping
from datetime import timedelta

import pytest
from sqlalchemy.exc import OperationalError
from textual.pilot import Pilot

from studio_tui.domain.errors import NotPossible
from studio_tui.tui.app import CRASHED, StudioApp, TroubleTold, UnknownTheme
from studio_tui.tui.desk import STAYS, TuiOptions
from studio_tui.tui.screens.calendar import CalendarScreen
from studio_tui.tui.themes import ANSI, DARK, LIGHT, MONO, suitable_theme
from studio_tui.usecases.studio import Studio
from tests.tui.aurora import Aurora
from tests.tui.cursor import grid, messages, opened
from tests.tui.settling import on_screen, press, settled
from tests.tui.terminal import ROOT

OPTIONS = TuiOptions(login="luca", site="trastevere")


async def calm(pilot: Pilot[None]) -> None:
    """Wait for a program whose studio does not open."""
    for _ in range(6):
        await pilot.pause(0.01)


FIRST_FRAME = """
import asyncio, json, sys
from datetime import datetime, UTC
from studio_tui.domain.errors import NotPossible
from studio_tui.tui.app import StudioApp
from studio_tui.tui.desk import TuiOptions

seen = []

def open_studio():
    seen.extend(sys.modules)
    raise NotPossible("Enough was seen.")

async def main():
    app = StudioApp(open_studio, options=TuiOptions(login="luca"), clock=lambda: datetime(2026, 11, 21, tzinfo=UTC))
    async with app.run_test(size=(120, 40)) as pilot:
        while not seen:
            await pilot.pause(0.01)

asyncio.run(main())
print(json.dumps(seen))
"""
HEAVY = {
    "sqlalchemy",
    "httpx",
    "aiosmtplib",
    "alembic",
    "icalendar",
    "cryptography",
    "pydantic",
    "jinja2",
    "babel",
    "sqlite3",
}


def test_the_first_frame_needs_no_library_but_textual() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", FIRST_FRAME],
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=60,
        check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    seen = json.loads(ran.stdout.splitlines()[-1])
    assert "textual" in seen
    assert not HEAVY & set(seen)
    assert not [name for name in seen if name.startswith(("studio_tui.usecases.", "studio_tui.storage."))]
    assert "studio_tui.tui.widgets.session_drawer" not in seen


async def test_the_frame_is_shown_before_the_studio_is_opened(aurora: Aurora) -> None:
    gate = threading.Event()

    def open_studio() -> Studio:
        gate.wait(20)
        return aurora.studio

    aurora.put(5, "10:00")
    app = StudioApp(open_studio, options=OPTIONS, clock=aurora.clock)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        assert "Mon 16" in on_screen(pilot)
        assert "Meditation" not in on_screen(pilot)
        await pilot.pause(0.3)
        assert "Opening the studio …" in on_screen(pilot)
        gate.set()
        await settled(pilot)
        assert "Meditation" in on_screen(pilot)
        assert "Opening" not in on_screen(pilot)


async def test_a_key_before_the_studio_is_open_says_so_and_breaks_nothing(aurora: Aurora) -> None:
    gate = threading.Event()

    def open_studio() -> Studio:
        gate.wait(20)
        return aurora.studio

    app = StudioApp(open_studio, options=OPTIONS, clock=aurora.clock)
    async with app.run_test(size=(120, 40)) as pilot:
        for key in ("t", "n", "exclamation_mark", "s", "pagedown", "l", "j", "r", *"VSTBCOMKg", "asterisk"):
            await pilot.press(key)
        assert app.is_running
        assert "The studio is still being opened" in messages(pilot)
        # In a moment it is no longer true.
        assert all(note.timeout < STAYS for note in app._notifications)
        while len(app.screen_stack) > 1:
            await pilot.press("escape")
        gate.set()
        await settled(pilot)
        await press(pilot, "t")
        assert "Sat 21" in on_screen(pilot)


async def test_a_studio_that_cannot_be_opened_says_why_and_r_tries_again(aurora: Aurora) -> None:
    tries: list[int] = []

    def open_studio() -> Studio:
        tries.append(1)
        if len(tries) == 1:
            raise NotPossible("The key of this studio is missing: put it back.")
        return aurora.studio

    aurora.put(5, "10:00")
    app = StudioApp(open_studio, options=OPTIONS, clock=aurora.clock)
    async with app.run_test(size=(120, 40)) as pilot:
        await calm(pilot)
        assert "The key of this studio is missing: put it back." in on_screen(pilot)
        assert "r: try again" in on_screen(pilot)
        await press(pilot, "r")
        assert "Meditation" in on_screen(pilot)


async def test_a_database_that_does_not_answer_is_a_sentence_and_not_the_end(aurora: Aurora) -> None:
    aurora.put(5, "10:00")
    async with opened(aurora) as pilot:
        aurora.database.close()
        url, aurora.database.engine = aurora.database.engine, _Gone()  # type: ignore[assignment]
        try:
            # The next week was read ahead; the one after it was not.
            await press(pilot, "pagedown", "pagedown")
            assert "The database cannot be used" in on_screen(pilot)
            assert "r: try again" in on_screen(pilot)
        finally:
            aurora.database.engine = url
        await press(pilot, "r")
        assert "cannot be used" not in on_screen(pilot)
        await press(pilot, "pageup", "pageup")
        assert "Meditation" in on_screen(pilot)


class _Gone:
    """An engine whose server has gone."""

    def __getattr__(self, name: str) -> object:
        raise OperationalError("SELECT secret", {}, Exception("server closed the connection"))


async def test_a_login_that_nobody_has_is_told_in_the_empty_week(aurora: Aurora) -> None:
    app = aurora.app(login="nobody")
    async with app.run_test(size=(120, 40)) as pilot:
        await calm(pilot)
        assert "nobody" in on_screen(pilot)


async def test_a_site_that_does_not_exist_is_told_with_those_that_do(aurora: Aurora) -> None:
    app = aurora.app(site="paris")
    async with app.run_test(size=(120, 40)) as pilot:
        await calm(pilot)
        assert "paris" in on_screen(pilot)
        assert "Trastevere" in on_screen(pilot)


async def test_without_a_chosen_site_the_person_s_own_is_opened(aurora: Aurora) -> None:
    async with opened(aurora, login="holly", site=None) as pilot:
        assert "Hackney" in on_screen(pilot)


async def test_an_error_that_nobody_foresaw_ends_the_program_with_its_own_code(
    aurora: Aurora, caplog: pytest.LogCaptureFixture
) -> None:
    app = aurora.app()
    with pytest.raises(ZeroDivisionError):
        await _break(app)
    assert app.return_code == CRASHED
    assert "ended by ZeroDivisionError" in caplog.text
    assert "Chiara" not in caplog.text


async def _break(app: StudioApp) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        app.screen.run_worker(_broken("Chiara Neri"), exit_on_error=False)
        await pilot.pause(0.1)


async def _broken(client: str) -> float:
    return len(client) / 0


async def test_privacy_reaches_every_screen_that_is_open(aurora: Aurora) -> None:
    aurora.book(aurora.put(5, "10:00"), aurora.client("Chiara Neri"))
    async with opened(aurora) as pilot:
        await press(pilot, "tab", "enter")
        assert "Chiara Neri" in on_screen(pilot)
        await press(pilot, "asterisk")
        assert "Chiara Neri" not in on_screen(pilot)
        assert "Clients' names are hidden." in messages(pilot)
        await press(pilot, "asterisk")
        assert "Chiara Neri" in on_screen(pilot)


async def test_the_options_can_begin_with_hidden_names(aurora: Aurora) -> None:
    aurora.book(aurora.put(5, "10:00"), aurora.client("Chiara Neri"))
    async with opened(aurora, privacy=True) as pilot:
        await press(pilot, "tab", "enter")
        assert "Chiara Neri" not in on_screen(pilot)


async def test_q_quits(aurora: Aurora) -> None:
    app = aurora.app()
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await pilot.press("q")
    assert app.return_code == 0
    assert app._exit


async def test_ctrl_l_draws_everything_again(aurora: Aurora) -> None:
    async with opened(aurora) as pilot:
        before = on_screen(pilot)
        await press(pilot, "ctrl+l")
        assert on_screen(pilot) == before


async def test_a_worker_that_cannot_start_is_told(aurora: Aurora) -> None:
    class Refusing:
        def start(self) -> None:
            raise NotPossible("No mail server is set.")

        def stop(self) -> None:
            """Nothing runs."""

    app = StudioApp(lambda: aurora.studio, options=OPTIONS, clock=aurora.clock, background=Refusing())
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await settled(pilot)
        assert "No worker runs in this program: No mail server is set." in messages(pilot)


async def test_news_do_not_cover_the_keys_of_a_dialog(aurora: Aurora) -> None:
    async with aurora.app().run_test(size=(80, 24), notifications=True) as pilot:
        await settled(pilot)
        await press(pilot, "question_mark")
        below = on_screen(pilot).splitlines()[-4:]
        assert any("Close" in line for line in below)
        pilot.app.notify("It was moved: this is news.", timeout=3600)
        await settled(pilot)
        assert "It was moved" in on_screen(pilot)
        assert on_screen(pilot).splitlines()[-4:] == below


async def test_errors_stay_until_escape_and_news_go_by_themselves(aurora: Aurora) -> None:
    async with opened(aurora) as pilot:
        app = pilot.app
        assert isinstance(app, StudioApp)
        assert isinstance(app.screen, CalendarScreen)
        app.screen.refuse("It was refused [for a reason].")
        app.post_message(TroubleTold("Something happened."))
        await settled(pilot)
        stays, goes = sorted(app._notifications, key=lambda message: -message.timeout)
        assert stays.message == "It was refused [for a reason]."
        assert stays.timeout > timedelta(hours=12).total_seconds()
        assert goes.timeout < 60
        await press(pilot, "escape")
        assert messages(pilot) == ""


@pytest.mark.parametrize(
    ("environment", "theme"),
    [
        ({}, DARK.name),
        ({"COLORFGBG": "15;0"}, DARK.name),
        ({"COLORFGBG": "0;15"}, LIGHT.name),
        ({"COLORFGBG": "0;default;7"}, LIGHT.name),
        ({"NO_COLOR": "1"}, MONO.name),
        ({"NO_COLOR": "", "COLORFGBG": "0;15"}, MONO.name),
        ({"TERM": "vt220"}, MONO.name),
        ({"TERM": "linux"}, ANSI.name),
        ({"TERM": "xterm-16color"}, ANSI.name),
        ({"TERM": "xterm-256color"}, DARK.name),
    ],
)
def test_the_theme_suits_the_terminal(environment: Mapping[str, str], theme: str) -> None:
    assert suitable_theme(environment) == theme


async def test_a_terminal_without_colour_shows_the_week(aurora: Aurora, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    aurora.fill_week()
    async with opened(aurora) as pilot:
        assert "Vinyasa Flow" in on_screen(pilot)
        styles = {
            segment.style
            for y in range(grid(pilot).size.height)
            for segment in grid(pilot).render_lines(grid(pilot).region.reset_offset)[y]
        }
        assert not [style for style in styles if style and style.color and not style.color.is_default]


async def test_plain_ascii_has_no_other_sign_of_the_program_s_own(aurora: Aurora) -> None:
    aurora.fill_week()
    async with opened(aurora, ascii=True) as pilot:
        await press(pilot, "tab", "enter")
        strips = [strip.text for strip in pilot.app.screen._compositor.render_strips()]
        assert [line for line in strips if not line.isascii()] == []


def test_a_theme_that_does_not_exist_is_refused_with_those_that_do(aurora: Aurora) -> None:
    with pytest.raises(UnknownTheme, match=r"no theme called 'pink'.*nord.*studio-dark"):
        aurora.app(theme="pink")


async def test_the_theme_of_the_settings_is_used(aurora: Aurora) -> None:
    async with opened(aurora, theme="nord") as pilot:
        assert pilot.app.theme == "nord"
