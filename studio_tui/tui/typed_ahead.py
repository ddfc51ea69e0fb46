"""Keys that come before a form or a list is open wait for it: what lies behind must not take them as acts of its own."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any
from weakref import WeakSet

from textual import events, work
from textual.app import App
from textual.dom import DOMNode
from textual.screen import Screen
from textual.worker import NoActiveWorker, Worker, get_current_worker

OPENS = "opens"
"""Group of the background work that opens a screen; until the screen is there, keys wait."""
FILLS = "fill"
"""Group of the background work that fills a screen that has just been opened."""

_LOOK_S = 0.01
"""Seconds between two looks at whether the keys can be given on."""
_AT_ONCE = frozenset({"escape", "ctrl+q"})


class TypedAhead(App[None]):
    """The part of the program that keeps keys back while a screen is being opened, or the key before is being handled.

    They go on one by one, in the order in which they were typed, once the screen can take them. If it does not come,
    because it was refused or `Esc` was pressed, they are dropped.
    """

    _shown: WeakSet[Worker[Any]]
    _behind: Screen[Any] | None = None

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._shown = WeakSet()
        self._ahead: list[events.Key] = []

    async def on_event(self, event: events.Event) -> None:
        if not isinstance(event, events.Key) or event.is_forwarded:
            await super().on_event(event)
        elif event.key in _AT_ONCE:
            if not self._give_up_opening():
                await super().on_event(event)
        elif self._ahead or self._is_opening() or self._is_under_way():
            self._keep_back(event)
        else:
            await super().on_event(event)

    def on_key(self, event: events.Key) -> None:
        """Keep back what was on its way to the screen behind when the key before it began to open another one."""
        if event.key not in _AT_ONCE and self._is_opening():
            event.prevent_default()
            self._keep_back(event)

    async def push_screen_wait(self, screen: Any, *, mode: str | None = None) -> Any:
        with suppress(NoActiveWorker):
            self._shown.add(get_current_worker())
        return await super().push_screen_wait(screen, mode=mode)

    def _openers(self) -> list[Worker[Any]]:
        """Work that is going to open a screen and has not yet done so."""
        found = [worker for worker in self.workers if worker.group == OPENS and not worker.is_finished]
        return [worker for worker in found if worker not in self._shown]

    def _is_opening(self) -> bool:
        """Whether a screen is on its way, or there without the rows that it asks to be filled in."""
        if self._openers():
            return True
        top = self.screen
        filled = (worker.is_finished for worker in self.workers if worker.group == FILLS and worker.node is top)
        return len(self.screen_stack) > 1 and (not top.is_mounted or not all(filled))

    def _keep_back(self, event: events.Key) -> None:
        if self._openers():
            self._behind = self.screen
        key = events.Key(event.key, event.character)
        key.time = event.time
        self._ahead.append(key)
        # One may have been further on its way than another.
        self._ahead.sort(key=lambda each: each.time)
        if len(self._ahead) == 1:
            self._give_on()

    @work(exit_on_error=False, group="typed-ahead")
    async def _give_on(self) -> None:
        while self._ahead:
            if self._is_opening():
                await asyncio.sleep(_LOOK_S)
            elif self.screen is self._behind:
                self._ahead.clear()
            elif self._is_under_way():
                await asyncio.sleep(0)
            else:
                await super().on_event(self._ahead.pop(0))
        self._behind = None

    def _is_under_way(self) -> bool:
        """Whether the key before is still being handled: an Enter must not overtake the letters before it."""
        place: DOMNode | None = self.focused or self.screen
        while place is not None and not place.message_queue_size:
            place = place.parent
        return place is not None

    def _give_up_opening(self) -> bool:
        """Open nothing and forget what was typed for it; returns whether something was on its way."""
        self._ahead.clear()
        openers = self._openers()
        for worker in openers:
            worker.cancel()
        return bool(openers)
