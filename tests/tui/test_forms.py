"""What every form has in common, shown on the forms of a link, a client and a service."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from studio_tui.domain.errors import InvalidInput, NotPossible, StudioError
from studio_tui.tui.screens.dialogs import Confirm
from studio_tui.tui.screens.form import Form
from studio_tui.tui.widgets.form_rows import FormRow, NotesRow, PickRow, TextRow
from tests.tui.aurora import Aurora
from tests.tui.settling import on_screen, press, settled, write


class Sample(Form[dict[str, Any], str]):
    heading = "Sample [red]"

    async def rows(self) -> Sequence[FormRow[Any]]:
        self.foretell("Something will come of it.")
        return [
            TextRow("name", "Name", "", _needed),
            PickRow("kind", "Kind", [("first [x]", 1), ("second", 2), ("third", 3)], 2),
            TextRow("secret", "Secret", "hunter2", secret=True),
            NotesRow("notes", "Notes", ""),
            TextRow("last", "Last", ""),
        ]

    def read(self) -> dict[str, Any]:
        return {row.key: row.value for row in self.form_rows}


def _needed(text: str) -> str:
    if not text:
        raise InvalidInput("It needs a name.", field="name")
    return f"{len(text)} letters."


class Desk:
    """Takes what forms submit, or refuses it."""

    def __init__(self) -> None:
        self.taken: list[dict[str, Any]] = []
        self.refusal: StudioError | None = None
        self.gate = asyncio.Event()
        self.gate.set()

    async def submit(self, choice: dict[str, Any]) -> str:
        await self.gate.wait()
        if self.refusal is not None:
            raise self.refusal
        self.taken.append(choice)
        return "saved"


async def _open(pilot: Any, desk: Desk) -> list[str | None]:
    answers: list[str | None] = []
    await settled(pilot)
    pilot.app.push_screen(Sample(pilot.app.desk, desk.submit), answers.append)
    await settled(pilot)
    return answers


def _form(pilot: Any) -> Sample:
    assert isinstance(pilot.app.screen, Sample)
    return pilot.app.screen


async def test_ctrl_s_hands_over_what_is_filled_in_and_closes_with_the_answer(aurora: Aurora) -> None:
    desk = Desk()
    async with aurora.app().run_test(size=(80, 24)) as pilot:
        answers = await _open(pilot, desk)
        await write(pilot, "Ada")
        await press(pilot, "ctrl+s")

    assert answers == ["saved"]
    assert desk.taken == [{"name": "Ada", "kind": 2, "secret": "hunter2", "notes": "", "last": ""}]


async def test_enter_goes_from_row_to_row_and_saves_on_the_last(aurora: Aurora) -> None:
    desk = Desk()
    async with aurora.app().run_test(size=(80, 24)) as pilot:
        answers = await _open(pilot, desk)
        await write(pilot, "Ada")
        await press(pilot, "enter")
        on_kind = pilot.app.focused is _form(pilot).row("kind").control
        await press(pilot, "tab", "enter", "tab", "enter")

    assert on_kind
    assert answers == ["saved"]


@pytest.mark.parametrize("height", [24, 10])
async def test_up_and_down_walk_the_rows_also_where_not_all_of_them_fit(aurora: Aurora, height: int) -> None:
    async with aurora.app().run_test(size=(80, height)) as pilot:
        await _open(pilot, Desk())
        seen = []
        for key in ("down", "down", "up", "up", "tab", "shift+tab"):
            await press(pilot, key)
            seen += [at for at, row in enumerate(_form(pilot).form_rows) if row.control is pilot.app.focused]

    assert seen == [1, 2, 1, 0, 1, 0]


async def test_arrows_step_through_values_without_opening_the_list(aurora: Aurora) -> None:
    desk = Desk()
    async with aurora.app().run_test(size=(80, 24)) as pilot:
        await _open(pilot, desk)
        await write(pilot, "Ada")
        await press(pilot, "tab", "right", "right", "left", "left", "left", "ctrl+s")

    assert desk.taken[0]["kind"] == 1


async def test_the_list_of_values_opens_with_enter_and_answers_to_typing(aurora: Aurora) -> None:
    desk = Desk()
    async with aurora.app().run_test(size=(80, 24)) as pilot:
        await _open(pilot, desk)
        await write(pilot, "Ada")
        await press(pilot, "tab", "enter")
        opened = on_screen(pilot)
        await press(pilot, "t", "h", "enter", "ctrl+s")

    assert "first [x]" in opened
    assert desk.taken[0]["kind"] == 3


async def test_a_value_is_judged_quietly_while_typing_and_loudly_when_saved(aurora: Aurora) -> None:
    desk = Desk()
    async with aurora.app().run_test(size=(80, 24)) as pilot:
        await _open(pilot, desk)
        row = _form(pilot).row("name")
        untouched = on_screen(pilot)
        await write(pilot, "A")
        note = on_screen(pilot)
        await press(pilot, "backspace", "ctrl+s")
        refused, loud = on_screen(pilot), row.has_class("-refused")

    assert "It needs a name." not in untouched
    assert "1 letters." in note
    assert "! It needs a name." in refused
    assert loud
    assert desk.taken == []


async def test_a_refusal_that_names_a_row_stands_beside_it_and_takes_the_focus_there(aurora: Aurora) -> None:
    desk = Desk()
    desk.refusal = InvalidInput("That is taken [already].", field="last")
    async with aurora.app().run_test(size=(80, 24)) as pilot:
        answers = await _open(pilot, desk)
        await write(pilot, "Ada")
        _form(pilot).row("last").value = "x"
        await press(pilot, "ctrl+s")
        text, there = on_screen(pilot), pilot.app.focused is _form(pilot).row("last").control

        await press(pilot, "shift+tab")
        left = on_screen(pilot)

    assert "! That is taken [already]." in text
    assert "! That is taken [already]." in left
    assert there
    assert answers == []


async def test_any_other_refusal_stands_below_and_everything_typed_stays(aurora: Aurora) -> None:
    desk = Desk()
    desk.refusal = NotPossible("The moon is full.")
    async with aurora.app().run_test(size=(80, 24)) as pilot:
        answers = await _open(pilot, desk)
        await write(pilot, "Ada")
        await press(pilot, "ctrl+s")
        refused, kept = on_screen(pilot), _form(pilot).text("name")
        desk.refusal = None
        await write(pilot, " L")
        typed_on = on_screen(pilot)
        await press(pilot, "ctrl+s")

    assert "! The moon is full." in refused
    assert kept == "Ada"
    assert "The moon is full." not in typed_on
    assert answers == ["saved"]


async def test_escape_leaves_an_untouched_form_at_once(aurora: Aurora) -> None:
    async with aurora.app().run_test(size=(80, 24)) as pilot:
        answers = await _open(pilot, Desk())
        await press(pilot, "escape")

    assert answers == [None]


async def test_escape_never_throws_typed_text_away_without_asking(aurora: Aurora) -> None:
    async with aurora.app().run_test(size=(80, 24)) as pilot:
        answers = await _open(pilot, Desk())
        await write(pilot, "Ada")
        await press(pilot, "escape")
        asked = isinstance(pilot.app.screen, Confirm)
        await press(pilot, "n")
        kept = _form(pilot).text("name")
        await press(pilot, "escape", "escape")
        kept_again = _form(pilot).text("name")
        await press(pilot, "escape", "y")

    assert asked
    assert (kept, kept_again) == ("Ada", "Ada")
    assert answers == [None]


async def test_escape_in_an_open_list_closes_only_the_list(aurora: Aurora) -> None:
    async with aurora.app().run_test(size=(80, 24)) as pilot:
        answers = await _open(pilot, Desk())
        await write(pilot, "Ada")
        await press(pilot, "tab", "enter", "escape")

        assert _form(pilot).text("name") == "Ada"
        assert pilot.app.focused is _form(pilot).row("kind").control

    assert answers == []


async def test_no_key_that_only_scrolls_takes_typed_text_away(aurora: Aurora) -> None:
    async with aurora.app().run_test(size=(80, 24)) as pilot:
        await _open(pilot, Desk())
        await write(pilot, "Ada")
        await press(pilot, "pagedown", "pageup", "home", "end")

        assert _form(pilot).text("name") == "Ada"


async def test_nothing_is_saved_twice_and_escape_waits_while_it_is_being_saved(aurora: Aurora) -> None:
    desk = Desk()
    desk.gate.clear()
    async with aurora.app().run_test(size=(80, 24)) as pilot:
        answers = await _open(pilot, desk)
        await write(pilot, "Ada")
        await pilot.press("ctrl+s", "ctrl+s", "escape")
        still_open = isinstance(pilot.app.screen, Sample)
        desk.gate.set()
        await settled(pilot)

    assert still_open
    assert len(desk.taken) == 1
    assert answers == ["saved"]


async def test_a_form_that_is_covered_when_it_is_saved_closes_when_it_is_uncovered(aurora: Aurora) -> None:
    desk = Desk()
    desk.gate.clear()
    async with aurora.app().run_test(size=(80, 24)) as pilot:
        answers = await _open(pilot, desk)
        await write(pilot, "Ada")
        await pilot.press("ctrl+s")
        cover = Confirm(_form(pilot).desk, question="Something else?", consequences=[], act="Yes")
        await pilot.app.push_screen(cover)
        desk.gate.set()
        await settled(pilot)
        covered = (pilot.app.screen is cover, list(answers))
        await press(pilot, "n")

    assert covered == (True, [])
    assert answers == ["saved"]


async def test_what_is_secret_shows_bullets_until_it_is_revealed_or_changed(aurora: Aurora) -> None:
    async with aurora.app().run_test(size=(80, 24)) as pilot:
        await _open(pilot, Desk())
        masked = on_screen(pilot)
        await press(pilot, "f2")
        revealed = on_screen(pilot)
        await press(pilot, "f2", "tab", "tab", "end", "x")
        changed = on_screen(pilot)

    assert "hunter2" not in masked
    assert "hunter2" in revealed
    assert "hunter2x" in changed


async def test_consequences_and_headings_are_text_not_markup(aurora: Aurora) -> None:
    async with aurora.app().run_test(size=(80, 24)) as pilot:
        await _open(pilot, Desk())
        text = on_screen(pilot)

    assert "Sample [red]" in text
    assert "Something will come of it." in text


async def test_no_field_of_a_form_blinks(aurora: Aurora) -> None:
    async with aurora.app().run_test(size=(80, 24)) as pilot:
        await _open(pilot, Desk())
        blinking = [
            row.key
            for row in _form(pilot).form_rows
            if not isinstance(row, PickRow) and row.control.cursor_blink  # type: ignore[attr-defined]
        ]

    assert blinking == []


@pytest.mark.parametrize("size", [(80, 24), (60, 16), (120, 40)])
async def test_the_keys_of_a_form_are_in_sight_at_every_size(aurora: Aurora, size: tuple[int, int]) -> None:
    async with aurora.app().run_test(size=size) as pilot:
        await _open(pilot, Desk())
        text = on_screen(pilot)

    assert "^s Save" in text
    assert "Sample" in text
