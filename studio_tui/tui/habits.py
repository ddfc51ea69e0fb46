"""How somebody looked at the timetable last: kept in a file of their own, so that the next start shows the same."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

_OWNER_ONLY_FOLDER = 0o700


class Habits(NamedTuple):
    """The view by its id, and the minutes of a row in those views where somebody chose them."""

    view: str = "week"
    zooms: tuple[tuple[str, int], ...] = ()


def remembered(path: Path | None) -> Habits:
    """What was kept; the usual where nothing was, or where it cannot be read: nobody should be kept from working by that."""
    try:
        found = json.loads(path.read_text(encoding="utf-8")) if path is not None else {}
        zooms = tuple((str(view), int(minutes)) for view, minutes in found.get("zooms", {}).items())
        return Habits(str(found.get("view", "week")), zooms)
    except (OSError, ValueError, TypeError, AttributeError):
        return Habits()


def remember(path: Path, habits: Habits) -> None:
    """Keep how somebody looks at the timetable; a disk that is full or write-protected is no reason to bother them."""
    with suppress(OSError):
        path.parent.mkdir(mode=_OWNER_ONLY_FOLDER, parents=True, exist_ok=True)
        path.write_text(json.dumps({"view": habits.view, "zooms": dict(habits.zooms)}), encoding="utf-8")
