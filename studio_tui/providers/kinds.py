"""Which kinds of account there are: every class that says how it is made from the settings, found where it lies.

A provider is one module with one small class, a `LinkKind` or a `MeetingKind` with a class method `from_settings`. It lies
in this package, or in an installed package that names the class in the entry-point group `studio_tui.conference_kinds`.
Nothing else knows of it.
"""

from __future__ import annotations

import importlib
import inspect
import logging
import pkgutil
from collections.abc import Iterator
from types import ModuleType
from typing import TYPE_CHECKING, Protocol, cast

from studio_tui import providers
from studio_tui.domain.account_kinds import LinkKind
from studio_tui.domain.providers import MeetingKind

if TYPE_CHECKING:
    from studio_tui.domain.account_kinds import ConferenceKind
    from studio_tui.settings import Settings

GROUP = "studio_tui.conference_kinds"

_log = logging.getLogger(__name__)


class KindClass(Protocol):
    """What finding asks of a kind's class."""

    @classmethod
    def from_settings(cls, settings: Settings) -> ConferenceKind:
        """The kind, as the settings want it."""
        ...


def find_kinds(settings: Settings) -> list[ConferenceKind]:
    """Every kind of account, by name; our own come before others with the same key."""
    kinds = {kind.key: kind for kind in (found.from_settings(settings) for found in _own())}
    for kind in _installed(settings):
        if kind.key in kinds:
            _log.warning("There are two kinds of conference account called %s; the second is left out.", kind.key)
        else:
            kinds[kind.key] = kind
    return sorted(kinds.values(), key=lambda kind: kind.name.casefold())


def _own() -> Iterator[type[KindClass]]:
    for module in pkgutil.iter_modules(providers.__path__, f"{providers.__name__}."):
        yield from _in_module(importlib.import_module(module.name))


def _in_module(module: ModuleType) -> Iterator[type[KindClass]]:
    for _, member in inspect.getmembers(module, inspect.isclass):
        if member.__module__ == module.__name__ and member is not KindClass and hasattr(member, "from_settings"):
            yield cast("type[KindClass]", member)


def _installed(settings: Settings) -> Iterator[ConferenceKind]:
    """The kinds that other packages bring; one that fails must not take ours along."""
    from importlib.metadata import entry_points

    for entry in entry_points(group=GROUP):
        try:
            kind = entry.load().from_settings(settings)
        except Exception as error:  # noqa: BLE001
            _log.warning("The conference kind %s cannot be used: %s: %s", entry.name, type(error).__name__, error)
            continue
        if isinstance(kind, (LinkKind, MeetingKind)):
            yield kind
        else:
            _log.warning("The conference kind %s is neither a LinkKind nor a MeetingKind.", entry.name)
