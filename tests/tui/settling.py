"""Waiting for the screens, also while a dialog is open: the work that opened it waits for its answer."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from textual._context import visible_screen_stack
from textual.message_pump import MessagePump
from textual.pilot import Pilot
from textual.screen import Screen
from textual.timer import Timer
from textual.widget import Widget

from studio_tui.tui.app import StudioApp
from studio_tui.tui.data import THREADS
from studio_tui.tui.screens.calendar import CalendarScreen
from tests.tui import thrift

_PATIENCE_S = 30.0
_SOON_S = 0.5


async def settled(pilot: Pilot[None]) -> None:
    """Wait until every query is answered and what came of it is on the screen: until nothing changes any more."""
    until, quiet = time.monotonic() + _PATIENCE_S, 0
    while time.monotonic() < until:
        await _answered(pilot)
        await _idle(pilot, until)
        if _lay_out(pilot):
            quiet = 0
        elif _busy(pilot):
            quiet = 0
            await asyncio.sleep(0.002)
        elif quiet:
            thrift.draw(pilot.app.screen)
            return
        else:
            quiet += 1
    raise AssertionError("the screen does not come to rest")


async def with_newest_state(pilot: Pilot[None]) -> None:
    """Let the line about the studio's state tell how it is now: by itself it comes round every few seconds."""
    calendar = pilot.app.screen_stack[0]
    assert isinstance(calendar, CalendarScreen)
    calendar.read_status()
    await settled(pilot)


async def press(pilot: Pilot[None], *keys: str) -> None:
    """Press keys, and wait for what comes of each."""
    for key in keys:
        await pilot.app._press_keys([key])
        await settled(pilot)


async def write(pilot: Pilot[None], text: str) -> None:
    """Type a text, and wait for what comes of it."""
    for character in text:
        await pilot.app._press_keys([character])
        await _idle(pilot, time.monotonic() + _PATIENCE_S)
    await settled(pilot)


def on_screen(pilot: Pilot[None]) -> str:
    """The text on the screen, line by line."""
    visible_screen_stack.set(pilot.app._background_screens)  # what lies below a dialog shines through
    return "\n".join(strip.text.rstrip() for strip in pilot.app.screen._compositor.render_strips())


def in_dialog(pilot: Pilot[None]) -> str:
    """The words in the dialog on top, in one line however they are wrapped."""
    frame = next(widget for widget in pilot.app.screen.query("#frame, .dialog"))
    region = frame.content_region
    lines = [line.ljust(region.right)[region.x : region.right] for line in on_screen(pilot).splitlines()]
    return " ".join(" ".join(lines[region.y : region.bottom]).split())


@asynccontextmanager
async def held_up(pilot: Pilot[None]) -> AsyncIterator[None]:
    """Nothing that is asked of the studio is answered inside the block."""
    app, gate = pilot.app, threading.Event()
    assert isinstance(app, StudioApp)
    waiting = [asyncio.ensure_future(app.desk.run(lambda _: gate.wait(30))) for _ in range(THREADS)]
    try:
        yield
    finally:
        gate.set()
        await asyncio.gather(*waiting)


async def _idle(pilot: Pilot[None], until: float) -> None:
    """Wait until everything on the screen has dealt with all that it was sent: until nothing is left for the loop to do."""
    ready: Sequence[object] = asyncio.get_running_loop()._ready  # type: ignore[attr-defined]
    rounds = 0
    while time.monotonic() < until:
        # What is put into a queue from outside the loop arrives a round later.
        rounds = 0 if ready else rounds + 1
        if rounds > 2 or pilot.app._exception is not None:
            return
        await asyncio.sleep(0)


def _lay_out(pilot: Pilot[None]) -> bool:
    """Lay out what has changed, as the program's clock does sixty times a second; whether there was any."""
    screens = pilot.app.screen_stack
    # What lies below shines through. It stays old also when it is up to date: only its clock tells that it changed.
    due = [screen for screen in screens[:-1] if _is_due(screen)]
    if _is_old(screens[-1]):
        due.append(screens[-1])
    for screen in due:
        screen._on_timer_update()
    return bool(due)


def _is_due(screen: Screen[Any]) -> bool:
    """Whether its clock will draw it, or somebody waits until it does."""
    return bool(screen._callbacks) or screen._update_timer._active.is_set()


def _is_old(screen: Screen[Any]) -> bool:
    """Whether something on it has changed since it was laid out."""
    return bool(
        screen._layout_required
        or screen._scroll_required
        or screen._repaint_required
        or screen._recompose_required
        or screen._dirty_widgets
        or screen._callbacks
    )


def _at_work(pump: MessagePump) -> bool:
    """Whether it is starting, or has a message in hand or before it."""
    if pump._task is None or pump._task.done():
        return False
    arrived: asyncio.Event = pump._message_queue.ready_event
    return arrived.is_set() or not arrived._waiters


def _pumps(pilot: Pilot[None]) -> Iterator[MessagePump]:
    """The program, and every widget of its screens."""
    yield pilot.app
    nodes: list[Widget] = [*pilot.app.screen_stack]
    while nodes:
        node = nodes.pop()
        nodes.extend(node._nodes)
        yield node


def _busy(pilot: Pilot[None]) -> bool:
    """Whether work is going on that does not just wait for somebody to answer a dialog."""
    screens = pilot.app.screen_stack
    if any(_at_work(pump) or pump._next_callbacks or any(map(_is_near, pump._timers)) for pump in _pumps(pilot)):
        return True
    if not all(screen.is_mounted for screen in screens):
        return True
    callbacks = [callback for screen in screens for callback in screen._result_callbacks]
    futures = [callback.future for callback in callbacks if callback.future is not None]
    # Every screen has a future; only where work waits for its answer is somebody told when it comes.
    waiting = [future for future in futures if not future.done() and future._callbacks]
    # Work of the group "outside" waits for somebody far away, e.g. who confirms a sign-in on a phone.
    at_work = [worker for worker in pilot.app.workers if not worker.is_finished and worker.group != "outside"]
    return len(at_work) > len(waiting)


def _is_near(timer: Timer) -> bool:
    """Whether it will do something once, and soon: not a clock that goes on, and not a message that stays for a while."""
    return timer._repeat == 0 and timer._interval <= _SOON_S and timer._task is not None and not timer._task.done()


async def _answered(pilot: Pilot[None]) -> None:
    """Wait until all that was asked of the studio is answered."""
    app = pilot.app
    assert isinstance(app, StudioApp)
    while asked := thrift.asked_of(app.desk._threads._pool):
        await asyncio.gather(*map(asyncio.wrap_future, asked), return_exceptions=True)
