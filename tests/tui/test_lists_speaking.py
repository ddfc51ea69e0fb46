"""What is typed in lists and forms is understood in their language, and they are written anew when it changes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from studio_tui.domain.language import use_language
from studio_tui.tui.screens.form import Form
from tests.tui.aurora import Aurora
from tests.tui.cursor import opened
from tests.tui.settling import on_screen, press, write


@pytest.fixture(autouse=True)
def _english_again() -> Iterator[None]:
    yield
    use_language("en")


@pytest.mark.parametrize(("same", "shut"), [("uguale", "chiuso"), ("same", "closed")])
async def test_opening_hours_are_typed_in_the_screens_language_or_in_english(
    aurora: Aurora, same: str, shut: str
) -> None:
    async with opened(aurora, (80, 24), language="it", login="paola") as pilot:
        await press(pilot, "B", "G", *"kkkkkk", "enter")
        for text in ("7-13", same, shut):
            await press(pilot, "ctrl+u")
            await write(pilot, text)
            await press(pilot, "enter")
        await press(pilot, "ctrl+s")
        hours = aurora.premises.hours(aurora.rome.id)
        assert [each.weekday for each in hours] == [0, 1]
        assert "chiuso" in on_screen(pilot)


async def test_a_list_is_written_anew_when_its_site_gets_another_language(aurora: Aurora) -> None:
    async with opened(aurora, (80, 24), language="site", login="paola") as pilot:
        await press(pilot, "B", "home", "enter")
        form = pilot.app.screen
        assert isinstance(form, Form)
        form.row("language").value = "es"
        await press(pilot, "ctrl+s")
        text = on_screen(pilot)
        assert "Salas y horarios" in text
        assert "Horario de apertura" in text
        assert "Editar" in text.splitlines()[-1]
