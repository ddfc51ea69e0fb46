"""Time zones by name, as people type them: `Europe/Rome`, `europe/rome`, `rome`."""

from __future__ import annotations

import zoneinfo
from functools import cache

from studio_tui.domain.errors import InvalidInput
from studio_tui.domain.language import _
from studio_tui.domain.text import fold
from studio_tui.domain.zones import UnknownZone, zone

_AREAS = frozenset(
    {"Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific"}
)
_ENOUGH = 3
"""Letters that say something about what is meant."""
_MOST_NAMED = 5


@cache
def zone_names() -> tuple[str, ...]:
    """Every zone that is named by an area and a place, in order, and UTC."""
    names = (name for name in zoneinfo.available_timezones() if name.partition("/")[0] in _AREAS and "/" in name)
    return (*sorted(names), "UTC")


@cache
def place_names() -> tuple[str, ...]:
    """The places of the zones as people write them, in order: `New York`."""
    return tuple(sorted({_place(name) for name in zone_names()}))


def find_zone(text: str) -> str:
    """The name of the zone that somebody means who types `text`: its name or its place, or the only one that begins so.

    Raises:
        InvalidInput: There is none, or more than one; the sentence names the nearest.
    """
    wanted = fold(" ".join(text.replace("_", " ").split()))
    if not wanted:
        raise InvalidInput(_("Type a place of the time zone, such as Rome."), field="zone")
    known = {fold(name.replace("_", " ")): name for name in zone_names()}
    if wanted in known:
        return known[wanted]
    near = [name for name in zone_names() if fold(_place(name)) == wanted]
    if len(wanted) >= _ENOUGH:
        near = near or [name for name in zone_names() if fold(_place(name)).startswith(wanted)]
        near = near or [name for name in zone_names() if wanted in fold(name.replace("_", " "))]
    if len(near) == 1:
        return near[0]
    if not near:
        try:
            return zone(text.strip()).key
        except UnknownZone as error:
            error.field = "zone"
            raise
    more = " …" if len(near) > _MOST_NAMED else ""
    raise InvalidInput(
        _("Go on typing: {near}{more}").format(near=", ".join(near[:_MOST_NAMED]), more=more), field="zone"
    )


def _place(name: str) -> str:
    return name.rpartition("/")[2].replace("_", " ")
