"""Quick add from the keyboard: `a`, a line, Enter."""

from __future__ import annotations

import pytest
from syrupy.assertion import SnapshotAssertion

from studio_tui.domain.sessions import Origin, Session
from studio_tui.tui.screens.quick_add import QuickAddDialog
from tests.tui.aurora import Aurora
from tests.tui.cursor import chosen, messages, opened, slot
from tests.tui.settling import held_up, in_dialog, press, settled, write

SIZES = pytest.mark.parametrize("size", [(120, 40), (80, 24)], ids=["120x40", "80x24"])


def sessions(aurora: Aurora) -> list[Session]:
    with aurora.database.reading() as unit:
        return unit.sessions.between(aurora.rome.id, aurora.at(0, "00:00", week=-5), aurora.at(0, "00:00", week=9))


async def test_a_typed_line_is_told_word_by_word_and_made(aurora: Aurora) -> None:
    aurora.named("Vinyasa Flow")
    async with opened(aurora) as pilot:
        await press(pilot, "a")
        await write(pilot, "tue 18:30 vin anna 90m x7")
        said = in_dialog(pilot)
        for part in ("tue day Tue 24 Nov", "vin service Vinyasa Flow", "anna leader Anna Ferri", "90m length 90 min"):
            assert part in said
        assert "Vinyasa Flow · Tue 24 Nov 2026 18:30–20:00 · Anna Ferri · 7 places · online" in said
        assert sessions(aurora) == []

        await press(pilot, "enter")
        (made,) = sessions(aurora)
        assert (made.starts_at, made.ends_at) == (aurora.at(8, "18:30"), aurora.at(8, "20:00"))
        assert (made.capacity, made.staff_id, made.origin) == (7, aurora.teacher.id, Origin.OCCASIONAL)
        assert (slot(pilot), chosen(pilot)) == ("Tue 18:30", "Vinyasa Flow")
        assert "u undoes it" in messages(pilot)
        aurora.history.undo(aurora.desk)
        assert sessions(aurora) == []


async def test_what_is_not_typed_comes_from_the_cursor(aurora: Aurora) -> None:
    aurora.named("Yin")
    async with opened(aurora) as pilot:
        await press(pilot, "right", "down", "a")
        await write(pilot, "yin")
        assert "(the cursor) Sun 22 Nov, 09:45" in in_dialog(pilot)
        await press(pilot, "enter")
        assert [session.starts_at for session in sessions(aurora)] == [aurora.at(6, "09:45")]


async def test_what_is_missing_or_unknown_is_said_and_enter_makes_nothing(aurora: Aurora) -> None:
    aurora.named("Vinyasa Flow")
    aurora.named("Sunday Flow")
    async with opened(aurora) as pilot:
        await press(pilot, "a")
        await write(pilot, "flow xyz tue")
        assert "“flow” could be Sunday Flow, Vinyasa Flow, Yoga flow: type more of it." in in_dialog(pilot)
        assert "“xyz” is no day, time, service, person or room here." in in_dialog(pilot)
        await press(pilot, "enter")
        assert sessions(aurora) == []
        assert isinstance(pilot.app.screen, QuickAddDialog)


async def test_what_is_in_the_way_is_said_before(aurora: Aurora) -> None:
    aurora.put(5, "10:00", "Meditation")
    async with opened(aurora) as pilot:
        await press(pilot, "a")
        await write(pilot, "medi sat 10:30 anna")
        assert "⚠" in in_dialog(pilot)
        await press(pilot, "enter")
        assert len(sessions(aurora)) == 2


async def test_enter_before_the_answer_does_not_make_what_clashes(aurora: Aurora) -> None:
    aurora.put(5, "10:00", "Meditation")
    async with opened(aurora) as pilot:
        await press(pilot, "a")
        async with held_up(pilot):
            await pilot.press(*"medi sat 10:30 anna", "enter")
        await settled(pilot)
        assert "⚠" in in_dialog(pilot)
        assert len(sessions(aurora)) == 1
        await press(pilot, "enter")
        assert len(sessions(aurora)) == 2


async def test_a_refusal_stands_in_the_dialog_and_the_line_stays(aurora: Aurora) -> None:
    aurora.named("Yin")
    async with opened(aurora, login="anna") as pilot:
        await press(pilot, "a")
        await write(pilot, "yin tue 18 marco")
        assert "Anna Ferri is an instructor" in in_dialog(pilot)
        await press(pilot, "enter")
        assert sessions(aurora) == []
        assert "yin tue 18 marco" in in_dialog(pilot)


async def test_escape_keeps_the_line_for_the_next_time(aurora: Aurora) -> None:
    aurora.named("Yin")
    async with opened(aurora) as pilot:
        await press(pilot, "a")
        await write(pilot, "yin tue")
        await press(pilot, "escape", "a")
        assert "yin tue" in in_dialog(pilot)
        await press(pilot, "enter", "a")
        assert "yin tue" not in in_dialog(pilot)


async def test_a_clash_hides_clients_while_somebody_stands_at_the_counter(aurora: Aurora) -> None:
    aurora.named("Yin")
    async with opened(aurora, privacy=True) as pilot:
        await press(pilot, "a")
        await write(pilot, "yin tue 18 [bold]x[/]")
        assert "[bold]x[/]" in in_dialog(pilot)


@SIZES
async def test_picture_of_quick_add(aurora: Aurora, size: tuple[int, int], picture: SnapshotAssertion) -> None:
    aurora.fill_week()
    async with opened(aurora, size) as pilot:
        await press(pilot, "a")
        await write(pilot, "sun 10:15 vin anna 75m in studio 1 x12 online")
        assert pilot.app.export_screenshot(simplify=True) == picture


@SIZES
async def test_picture_of_a_line_with_mistakes(
    aurora: Aurora, size: tuple[int, int], picture: SnapshotAssertion
) -> None:
    aurora.fill_week()
    async with opened(aurora, size) as pilot:
        await press(pilot, "a")
        await write(pilot, "sun flow giuseppe tue weekly")
        assert pilot.app.export_screenshot(simplify=True) == picture
