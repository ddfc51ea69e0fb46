"""Finding by typing parts of words. Reads only; nothing here needs a permission (SPEC §7 is about changing)."""

from __future__ import annotations

from studio_tui.domain.finding import Found
from studio_tui.domain.people import SiteId, StaffMember
from studio_tui.usecases.resources import Resources

FEW = 8


class Finding:
    """The use cases of finding."""

    def __init__(self, resources: Resources) -> None:
        self._resources = resources

    def find(
        self, actor: StaffMember, text: str, site_id: SiteId | None, limit: int = FEW, *, clients: bool = True
    ) -> Found:
        """What somebody means who types `text`; whatever it holds, it is no error.

        Args:
            actor: Who asks.
            text: Parts of words, days ("fri", "21/12"), a time ("18:30"), or a join link.
            site_id: Where sessions, services, courses and rooms are looked for; None for every site.
            limit: So many of each kind, at most.
            clients: False leaves out clients, and sessions that only a client's name would find.
        """
        now = self._resources.clock()
        return self._resources.read(lambda unit: unit.search.find(text, site_id, limit, now, clients=clients))
