"""What bulk acts tell: clashes line by line, and the clients afterwards, if somebody wishes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from studio_tui.domain.language import ngettext

if TYPE_CHECKING:
    from studio_tui.domain.clashes import Clash
    from studio_tui.domain.sessions import Session
    from studio_tui.tui.desk import AtDesk, Desk


def clash_lines(clashes: Iterable[Sequence[Clash]], desk: Desk, most: int) -> list[str]:
    """A sentence for each clash, each once, and one that counts those beyond `most`."""
    from studio_tui.domain.clash_words import clash_sentences

    found = [sentence for each in clashes for sentence in clash_sentences(each, desk.zone, desk.client)]
    lines = [f"⚠ {sentence}" for sentence in dict.fromkeys(found)]
    more = len(lines) - most
    return lines if more <= 0 else [*lines[:most], ngettext("⚠ And {n} more.", "⚠ And {n} more.", more).format(n=more)]


async def tell_of(place: AtDesk, before: Sequence[Session], after: Sequence[Session]) -> str:
    """Offer to tell the clients of what became of sessions, as far as it concerns them; says what came of it.

    Args:
        place: The screen that asks.
        before: The sessions as they were.
        after: The same ones as they are now, in any order.
    """
    from studio_tui.domain.announcements import news_by_kind
    from studio_tui.tui.screens.tell_clients import offer_to_tell

    told = news_by_kind(before, after)
    said = [await offer_to_tell(place, kind, changes) for kind, changes in told.items()]
    return " ".join(filter(None, said))
