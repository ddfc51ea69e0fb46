"""Connecting Zoom from the keyboard, over HTTP, to a double that refuses what Zoom refuses."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from textual.pilot import Pilot

from studio_tui.domain.conferences import AccountState
from studio_tui.providers.zoom import Zoom
from studio_tui.storage.unit_of_work import Database
from studio_tui.tui.screens.account_form import AccountForm
from tests.doubles.zoom_double import BROWSER_FORM, DEVICE_FORM, OWNER, SERVER_FORM, ZoomDouble
from tests.tui.aurora import Aurora
from tests.tui.settling import in_dialog, on_screen, press, settled, write


@asynccontextmanager
async def form(aurora: Aurora, way: int) -> AsyncIterator[Pilot[None]]:
    """The form of the default account on Zoom, with a way chosen and the focus on the first field."""
    async with aurora.app(login="paola").run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        await press(pilot, "V", "a", "right", "tab", *["right"] * way, "tab")
        yield pilot


def at_zoom(database: Database, zoom: ZoomDouble) -> Aurora:
    async def no_pause(_: float) -> None:
        zoom.confirm_device()

    aurora = Aurora(database)
    kind = Zoom(zoom.base_url, zoom.api_url, clock=aurora.clock, pause=no_pause)
    zoom.set_time(aurora.clock())
    return Aurora(database, [kind])


def account_text(aurora: Aurora) -> tuple[str, AccountState]:
    account = aurora.conferencing.accounts(aurora.owner, aurora.rome.id).default.account
    assert account is not None
    return account.label, account.state


async def test_the_studios_app_is_connected_tested_and_refused(sqlite_database: Database, zoom: ZoomDouble) -> None:
    aurora = at_zoom(sqlite_database, zoom)

    async with form(aurora, 0) as pilot:
        for name, value in SERVER_FORM.items():
            await write(pilot, f"{value}x" if name == "client_secret" else value)
            await press(pilot, "tab")
        await press(pilot, "ctrl+s")
        refused, screen = in_dialog(pilot), pilot.app.screen
        assert isinstance(screen, AccountForm)
        await press(pilot, "end", "backspace", "ctrl+s")
        connected = on_screen(pilot)
        zoom.revoke_everything()
        zoom.expire_tokens()
        await press(pilot, "t")
        revoked = on_screen(pilot)

    assert "! Zoom does not accept this client ID and secret" in refused
    assert f"● Zoom · {OWNER} · connected" in connected
    assert "server-secret" not in refused + connected + revoked
    assert f"⚠ Zoom · {OWNER} · needs sign-in" in revoked


async def test_a_code_is_confirmed_elsewhere(sqlite_database: Database, zoom: ZoomDouble) -> None:
    aurora = at_zoom(sqlite_database, zoom)

    async with form(aurora, 1) as pilot:
        for value in DEVICE_FORM.values():
            await write(pilot, value)
            await press(pilot, "tab")
        await press(pilot, "ctrl+s")
        for _ in range(20):
            await pilot.pause(0.02)
            await settled(pilot)

    assert account_text(aurora) == (OWNER, AccountState.CONNECTED)


async def test_the_browsers_answer_is_pasted_back(sqlite_database: Database, zoom: ZoomDouble) -> None:
    aurora = at_zoom(sqlite_database, zoom)

    async with form(aurora, 2) as pilot:
        await write(pilot, BROWSER_FORM["client_id"])
        await press(pilot, "ctrl+s", "y", "tab")
        opened = pilot.app.clipboard
        await write(pilot, "http://127.0.0.1:49152/studio-tui?code=x&state=another")
        await press(pilot, "enter")
        refused = in_dialog(pilot)
        await press(pilot, "ctrl+u")
        await write(pilot, zoom.agree(opened))
        await press(pilot, "enter")

    assert "! This address answers another sign-in" in refused
    assert account_text(aurora) == (OWNER, AccountState.CONNECTED)
