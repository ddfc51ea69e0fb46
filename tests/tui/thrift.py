"""What a test of the screens can do without: Textual's waiting for an idle machine, its drawing of what nobody sees yet, its
reading of styles anew.
"""

from __future__ import annotations

import asyncio
from asyncio import BaseEventLoop
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import Executor, Future
from typing import Any
from weakref import WeakKeyDictionary

import pytest
from rich.console import RenderableType
from textual._compositor import Compositor
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet
from textual.screen import Screen

_render_update = Compositor.render_update
_read_rules = Stylesheet._parse_rules
_rules: dict[Hashable, list[RuleSet]] = {}
_colours: dict[Hashable, int] = {}
_coloured: WeakKeyDictionary[Stylesheet, tuple[dict[str, str], int]] = WeakKeyDictionary()
_run_in_executor = BaseEventLoop.run_in_executor
_asked: WeakKeyDictionary[Executor, set[Future[Any]]] = WeakKeyDictionary()
"""What is neither answered nor given up, of each pool of threads."""


def apply(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let Textual leave these things out until the test ends."""
    for module in ("app", "pilot"):
        monkeypatch.setattr(f"textual.{module}.wait_for_idle", _a_moment)
    monkeypatch.setattr(Stylesheet, "_parse_rules", _rules_read_once)
    # What changes is laid out when a test waits for it (`settled`, `pilot.pause`), and not sixty times a second before it is
    # whole; then it is drawn.
    monkeypatch.setattr("textual.screen.UPDATE_PERIOD", 2.0)
    monkeypatch.setattr(Compositor, "render_update", _drawn_at_rest)
    monkeypatch.setattr(BaseEventLoop, "run_in_executor", _kept_count_of)


def asked_of(pool: Executor | None) -> Sequence[Future[Any]]:
    """What the threads of the pool still work at, or have before them; the answers to all else are before the loop."""
    return [] if pool is None else list(_asked.get(pool, ()))


def _kept_count_of(
    loop: BaseEventLoop, pool: Executor | None, work: Callable[..., Any], *args: Any
) -> asyncio.Future[Any]:
    """In place of asking threads whether they are idle, which wakes them each time: remember what they were asked."""
    if pool is None:
        return _run_in_executor(loop, pool, work, *args)
    asked = _asked.setdefault(pool, set())
    future = pool.submit(work, *args)
    asked.add(future)
    answer = asyncio.wrap_future(future, loop=loop)
    future.add_done_callback(asked.discard)  # comes after the one that hands the answer to the loop
    return answer


def draw(screen: Screen[Any]) -> None:
    """Draw all that has changed on the screen since it was last drawn: what cannot be drawn fails here."""
    _render_update(screen._compositor, screen_stack=screen.app._background_screens)


async def _a_moment(*_: float) -> None:
    """In place of 20 ms of an idle processor, twice after each key: `settled` looks at the program instead."""
    # A key comes in through the event loop, as from another thread: some rounds until it is in the queue.
    for _round in range(10):
        await asyncio.sleep(0)


def _drawn_at_rest(
    compositor: Compositor,
    full: bool = False,
    screen_stack: list[Screen[Any]] | None = None,
    simplify: bool = False,
) -> RenderableType | None:
    """In place of drawing what changed, step by step and for nobody: it stays due until the test waits, or draws all of it."""
    return _render_update(compositor, full, screen_stack, simplify) if full else None


def _rules_read_once(stylesheet: Stylesheet, css: str, *args: Any, **options: Any) -> list[RuleSet]:
    """Every program reads the same styles: they depend on nothing but their text and the theme's colours."""
    key = (css, args, tuple(options.items()), _colours_of(stylesheet))
    if key not in _rules:
        _rules[key] = _read_rules(stylesheet, css, *args, **options)
    return _rules[key]


def _colours_of(stylesheet: Stylesheet) -> int:
    """A number for what the theme gives to the styles: there are hundreds of names, and as many styles ask for them."""
    given, number = _coloured.get(stylesheet, (None, 0))
    if given is not stylesheet._variables:
        number = _colours.setdefault(tuple(stylesheet._variables.items()), len(_colours))
        _coloured[stylesheet] = (stylesheet._variables, number)
    return number
