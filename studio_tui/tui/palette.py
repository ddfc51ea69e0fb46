"""The command palette: every act that is possible here, by name, with its key."""

from __future__ import annotations

from collections.abc import Coroutine
from functools import partial
from typing import NamedTuple

from textual.app import App
from textual.command import CommandInput, CommandPalette, DiscoveryHit, Hit, Hits, Provider, SearchIcon
from textual.content import Content
from textual.dom import DOMNode
from textual.screen import Screen

from studio_tui.domain.language import _
from studio_tui.tui.widgets.key_bar import in_order


class Command(NamedTuple):
    """An act: its name, its keys, and how it is run."""

    name: str
    keys: str
    action: str
    node: DOMNode


def commands(screen: Screen[object]) -> list[Command]:
    """The acts that are possible on a screen: the screen's own first, then the program's, then those of the focus."""
    found: dict[tuple[DOMNode, str], Command] = {}
    for node, binding in in_order(screen):
        if binding.system or binding.id is None or not binding.description:
            continue
        key = screen.app.get_key_display(binding)
        known = found.get((node, binding.action))
        keys = f"{known.keys} {key}" if known is not None else key
        found[node, binding.action] = Command(_(binding.tooltip or binding.description), keys, binding.action, node)
    return sorted(found.values(), key=lambda command: _rank(command.node))


def _rank(node: DOMNode) -> int:
    return 0 if isinstance(node, Screen) else 1 if isinstance(node, App) else 2


class ActProvider(Provider):
    """Finds the acts of the screen that the palette was opened on."""

    async def discover(self) -> Hits:
        for command in commands(self.screen):
            yield DiscoveryHit(_line(Content(command.name), command.keys), self._runner(command), text=command.name)

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        for command in commands(self.screen):
            score = matcher.match(command.name)
            if score > 0:
                line = _line(matcher.highlight(command.name), command.keys)
                yield Hit(score, line, self._runner(command), text=command.name)

    def _runner(self, command: Command) -> partial[Coroutine[object, object, bool]]:
        return partial(self.app.run_action, command.action, command.node)


def _line(name: Content, keys: str) -> Content:
    return Content.assemble(name, "   ", (keys, "dim"))


class ActPalette(CommandPalette):
    """The palette as it suits a slow line: no cursor that blinks, nothing behind it that is dimmed."""

    DEFAULT_CSS = """
    ActPalette {
        background: transparent;
        SearchIcon { display: none; }
    }
    """

    def on_mount(self) -> None:
        self.query_one(CommandInput).cursor_blink = False
        self.query_one(SearchIcon).icon = ""
