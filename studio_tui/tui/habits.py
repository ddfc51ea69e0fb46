"""How somebody looked at the timetable last: kept among what they chose, so that the next start shows the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from studio_tui.tui import preferences

_VIEW, _ZOOM = "view", "zoom "


class Habits(NamedTuple):
    """The view by its id, and the minutes of a row in those views where somebody chose them."""

    view: str = "week"
    zooms: tuple[tuple[str, int], ...] = ()


def remembered(path: Path | None) -> Habits:
    """What was kept; the usual where nothing was, or where it cannot be read: nobody should be kept from working by that."""
    kept = preferences.read(path)
    return Habits(kept.get(_VIEW, "week"), tuple(_zooms(kept)))


def remember(path: Path, habits: Habits) -> None:
    """Keep how somebody looks at the timetable; a disk that is full or write-protected is no reason to bother them."""
    zooms = {f"{_ZOOM}{view}": str(minutes) for view, minutes in habits.zooms}
    preferences.keep_quietly(path, **{_VIEW: habits.view}, **zooms)


def _zooms(kept: Mapping[str, str]) -> Iterator[tuple[str, int]]:
    for name, minutes in kept.items():
        if name.startswith(_ZOOM):
            with suppress(ValueError):
                yield name.removeprefix(_ZOOM), int(minutes)
