"""Finding the one thing that somebody named at the command line."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

from studio_tui.domain.errors import NotFound
from studio_tui.domain.language import _
from studio_tui.domain.text import fold


class _Named(Protocol):
    """What can be picked by name."""

    @property
    def id(self) -> int: ...
    @property
    def name(self) -> str: ...


N = TypeVar("N", bound=_Named)


def pick(items: list[N], name: str | int, names: Callable[[N], tuple[str, ...]], what: str) -> N:
    """The item with this id, or the only one of which a name is, else begins with, the text; case and accents aside.

    Raises:
        NotFound: There is none, or more than one; the sentence lists them.
    """
    if isinstance(name, int) or name.isdecimal():
        matching = [item for item in items if item.id == int(name)]
    else:
        wanted = fold(name)
        folded = [(item, [fold(each) for each in names(item)]) for item in items]
        matching = [item for item, each in folded if wanted in each]
        matching = matching or [item for item, each in folded if any(one.startswith(wanted) for one in each)]
    if len(matching) == 1:
        return matching[0]
    known = ", ".join(item.name for item in (matching or items)[:20]) or _("none yet")
    if matching:
        raise NotFound(_("“{name}” could be more than one {what}: {known}.").format(name=name, what=what, known=known))
    raise NotFound(
        _("There is no {what} called “{name}”. There are: {known}.").format(what=what, name=name, known=known)
    )
