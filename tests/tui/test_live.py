import threading
import time
from collections.abc import Callable, Sequence
from datetime import timedelta

from studio_tui.domain.changes import ChangeRow
from studio_tui.storage.watching import watch
from studio_tui.tui.app import ChangesSeen, StudioApp
from studio_tui.tui.desk import TuiOptions
from studio_tui.usecases.studio import Studio
from tests.tui.aurora import SATURDAY, Aurora
from tests.tui.cursor import chosen, messages, opened, slot, time_grid
from tests.tui.settling import on_screen, press, settled, write


def a_change(topic: str, subject_id: int = 1) -> ChangeRow:
    return ChangeRow(id=1, at=SATURDAY, topic=topic, subject_id=subject_id, actor="Paola Greco", what="did something")


def watching(
    studio: Studio,
    on_change: Callable[[Sequence[ChangeRow]], None],
    stop: threading.Event,
    on_error: Callable[[Exception | None], None],
) -> None:
    watch(studio.resources.database, on_change, stop, on_error)


async def test_what_another_program_commits_comes_on_the_screen_by_itself(aurora: Aurora) -> None:
    app = StudioApp(lambda: aurora.studio, options=TuiOptions(login="luca"), clock=aurora.clock, watch=watching)
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        aurora.put(5, "14:00", "Meditation")
        began = time.monotonic()
        while "Meditation" not in on_screen(pilot):
            assert time.monotonic() - began < 20
            await pilot.pause(0.02)
    app.release()


async def test_a_change_leaves_the_cursor_and_the_chosen_session_where_they_are(aurora: Aurora) -> None:
    aurora.put(5, "10:00", "Meditation")
    async with opened(aurora) as pilot:
        await press(pilot, "tab", "down")
        before = slot(pilot)
        aurora.put(5, "10:00", "Yin", staff_id=aurora.desk.id)
        pilot.app.post_message(ChangesSeen((a_change("session"),)))
        await settled(pilot)
        assert "Yin" in on_screen(pilot)
        assert (slot(pilot), chosen(pilot)) == (before, "Meditation")


async def test_a_change_of_another_week_draws_nothing(aurora: Aurora) -> None:
    aurora.put(5, "10:00", "Meditation")
    async with opened(aurora) as pilot:
        lines = time_grid(pilot)._canvas
        assert lines is not None
        drawn = list(lines._lines)
        aurora.put(5, "10:00", "Yin", week=2)
        pilot.app.post_message(ChangesSeen((a_change("session"),)))
        await settled(pilot)
        assert lines._lines == drawn


async def test_a_change_keeps_half_typed_text(aurora: Aurora) -> None:
    async with opened(aurora) as pilot:
        await press(pilot, "g")
        await write(pilot, "24/1")
        aurora.put(5, "14:00", "Meditation")
        pilot.app.post_message(ChangesSeen((a_change("session"),)))
        await settled(pilot)
        assert "24/1" in on_screen(pilot)
        await write(pilot, "2")
        await press(pilot, "enter")
        assert slot(pilot) == "Thu 09:30"


async def test_a_carried_session_stays_in_the_hand_while_others_work(aurora: Aurora) -> None:
    aurora.put(5, "10:00", "Meditation")
    async with opened(aurora) as pilot:
        await press(pilot, "tab", "m", "down")
        aurora.put(5, "14:00", "Yin")
        pilot.app.post_message(ChangesSeen((a_change("session"),)))
        await settled(pilot)
        assert "10:15 Medit" in on_screen(pilot)
        assert "Yin" in on_screen(pilot)


async def test_a_worker_s_sign_of_life_is_seen_without_reading_the_week(aurora: Aurora) -> None:
    async with opened(aurora) as pilot:
        assert "no worker" in on_screen(pilot)
        aurora.worker_seen(SATURDAY - timedelta(seconds=2))
        pilot.app.post_message(ChangesSeen((a_change("worker"),)))
        await settled(pilot)
        assert "● worker 2 s" in on_screen(pilot)


async def test_trouble_with_watching_is_told_once_and_its_end_reads_everything_again(aurora: Aurora) -> None:
    async with opened(aurora) as pilot:
        app = pilot.app
        assert isinstance(app, StudioApp)
        app._tell_watching(OSError("gone"))
        app._tell_watching(OSError("gone"))
        await settled(pilot)
        assert messages(pilot).count("What others change is not seen at the moment") == 1
        aurora.put(0, "10:00", "Yin")  # where no news lie over it
        app._tell_watching(None)
        await settled(pilot)
        assert "Yin" in on_screen(pilot)
        assert "is seen again" in messages(pilot)
