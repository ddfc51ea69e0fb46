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
from typing import TYPE_CHECKING, Protocol, TypeGuard

from studio_tui import providers

if TYPE_CHECKING:
    from studio_tui.domain.account_kinds import ConferenceKind
    from studio_tui.settings import Settings

GROUP = "studio_tui.conference_kinds"

_log = logging.getLogger(__name__)


class KindClass(Protocol):
    """What finding asks of a kind's class."""

    key: str
    name: str

    @classmethod
    def from_settings(cls, settings: Settings) -> ConferenceKind:
        """The kind, as the settings want it."""
        ...


def find_kinds(settings: Settings) -> list[ConferenceKind]:
    """Every kind of account, by name; our own come before others with the same key."""
    kinds: dict[str, ConferenceKind] = {}
    for found in (*_own(), *_installed()):
        if found.key in kinds:
            _log.warning("There are two kinds of conference account called %s; the second is left out.", found.key)
        else:
            kinds[found.key] = found.from_settings(settings)
    return sorted(kinds.values(), key=lambda kind: kind.name.casefold())


def _own() -> Iterator[type[KindClass]]:
    for module in pkgutil.iter_modules(providers.__path__, f"{providers.__name__}."):
        yield from _in_module(importlib.import_module(module.name))


def _in_module(module: ModuleType) -> Iterator[type[KindClass]]:
    for _, member in inspect.getmembers(module, inspect.isclass):
        if member.__module__ == module.__name__ and _is_kind(member):
            yield member


def _installed() -> Iterator[type[KindClass]]:
    from importlib.metadata import entry_points

    for entry in entry_points(group=GROUP):
        try:
            found = entry.load()
        except (ImportError, AttributeError) as error:
            _log.warning("The conference kind %s cannot be loaded: %s", entry.name, error)
            continue
        if _is_kind(found):
            yield found
        else:
            _log.warning("The conference kind %s is no class with a key, a name and from_settings.", entry.name)


def _is_kind(found: object) -> TypeGuard[type[KindClass]]:
    named = isinstance(getattr(found, "key", None), str) and isinstance(getattr(found, "name", None), str)
    return inspect.isclass(found) and named and callable(getattr(found, "from_settings", None))
