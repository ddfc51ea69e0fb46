"""What a test of the screens can do without: Textual's waiting for an idle machine, its drawing of what nobody sees yet, its
reading of styles anew.
"""

from __future__ import annotations

import asyncio
from collections.abc import Hashable
from typing import Any

import pytest
from rich.console import RenderableType
from textual._compositor import Compositor
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet
from textual.screen import Screen

_render_update = Compositor.render_update
_read_rules = Stylesheet._parse_rules
_rules: dict[Hashable, list[RuleSet]] = {}


def apply(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let Textual leave these things out until the test ends."""
    for module in ("app", "pilot"):
        monkeypatch.setattr(f"textual.{module}.wait_for_idle", _a_moment)
    monkeypatch.setattr(Stylesheet, "_parse_rules", _rules_read_once)
    # What changes is laid out when a test waits for it, and not sixty times a second before it is whole; then it is drawn.
    monkeypatch.setattr("textual.screen.UPDATE_PERIOD", 0.25)
    monkeypatch.setattr(Compositor, "render_update", _drawn_at_rest)


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
    key = (css, args, tuple(options.items()), tuple(stylesheet._variables.items()))
    if key not in _rules:
        _rules[key] = _read_rules(stylesheet, css, *args, **options)
    return _rules[key]
