"""The command palette: every act that is possible here, by name, with its key."""

from __future__ import annotations

from collections.abc import Coroutine, Iterator
from functools import partial
from typing import NamedTuple

from textual.command import CommandInput, CommandPalette, DiscoveryHit, Hit, Hits, Provider
from textual.dom import DOMNode


class Command(NamedTuple):
    """An act: its name, its keys, and how it is run."""

    name: str
    keys: str
    action: str
    node: DOMNode


class ActProvider(Provider):
    """Finds the acts of the screen that the palette was opened on."""

    async def discover(self) -> Hits:
        for command in self._commands():
            yield DiscoveryHit(command.name, self._runner(command), help=command.keys)

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        for command in self._commands():
            score = matcher.match(command.name)
            if score > 0:
                yield Hit(score, matcher.highlight(command.name), self._runner(command), help=command.keys)

    def _commands(self) -> Iterator[Command]:
        found: dict[tuple[DOMNode, str], Command] = {}
        for node, binding, enabled, _tooltip in self.screen.active_bindings.values():
            if not enabled or binding.system or binding.id is None or not binding.description:
                continue
            key = self.app.get_key_display(binding)
            known = found.get((node, binding.action))
            keys = f"{known.keys}  {key}" if known is not None else key
            found[node, binding.action] = Command(binding.tooltip or binding.description, keys, binding.action, node)
        yield from found.values()

    def _runner(self, command: Command) -> partial[Coroutine[object, object, bool]]:
        return partial(self.app.run_action, command.action, command.node)


class ActPalette(CommandPalette):
    """The palette, with a cursor that does not blink."""

    def on_mount(self) -> None:
        self.query_one(CommandInput).cursor_blink = False
