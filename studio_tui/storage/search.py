"""Finding by parts of words: clients, staff, services, courses, rooms, links, and the sessions that all of those name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from studio_tui.domain.finding import ClientHit, Found, SessionHit, ThingHit
from studio_tui.domain.finding_days import Reading, ranges, readings
from studio_tui.domain.pasted_links import digests_of, looks_like_link
from studio_tui.domain.people import ClientId, Site, SiteId
from studio_tui.domain.search_text import parts_of
from studio_tui.domain.sessions import SessionStatus
from studio_tui.domain.zones import to_wall, zone
from studio_tui.storage.people import PeopleRepository
from studio_tui.storage.rows import AnyRow
from studio_tui.storage.search_clients import ClientSearch
from studio_tui.storage.search_names import names_of
from studio_tui.storage.search_sessions import Meaning, SessionSearch, meaning, sessions_of_clients
from studio_tui.storage.search_things import ThingSearch

_CLIENTS_OF_SESSIONS = 5
"""Clients of a name whose sessions are looked at."""


class SearchRepository:
    """What can be found in one open transaction."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    def find(self, text: str, site_id: SiteId | None, limit: int, now: datetime, *, clients: bool = True) -> Found:
        """What somebody means who types `text`: every part in it must be found, in whatever order.

        A part of one or two letters begins a word, a longer one may stand inside. A day or a time narrows sessions. A
        join link is compared by its digest.

        Args:
            text: As typed; nothing in it is an error.
            site_id: Where services, courses, rooms and sessions are looked for; None for every site.
            limit: So many of each kind, at most.
            now: Aware UTC; sessions that are not over come first.
            clients: Whether clients, and sessions through them, may be found.
        """
        every = {site.id: site for site in PeopleRepository(self._db).sites()}
        sites = [site for site in every.values() if site_id in (None, site.id)]
        if looks_like_link(text):
            return self._linked(text, sites, limit, now)
        parts = parts_of(text)
        searches = {site.id: _SiteSearch(self._db, site, now) for site in sites}
        found = Found(parts=parts)
        for search in searches.values():
            found = _joined(found, search.find(text, parts, limit, clients=clients), limit, now)
        if not clients:
            return found
        return replace(found, clients=self._clients(parts, searches, every, limit, now))

    def _clients(
        self,
        parts: Sequence[str],
        searches: dict[SiteId, _SiteSearch],
        every: Mapping[SiteId, Site],
        limit: int,
        now: datetime,
    ) -> tuple[ClientHit, ...]:
        """The best clients, each with the next session that takes place, at whichever site."""
        rows = ClientSearch(self._db).best(parts, limit)
        following: dict[int, SessionHit] = {}
        for row in sessions_of_clients(self._db, [row.id for row in rows], now) if rows else ():
            if row.client_id not in following and row.status is SessionStatus.ACTIVE:
                if row.site_id not in searches:
                    searches[row.site_id] = _SiteSearch(self._db, every[row.site_id], now)
                following[row.client_id] = searches[row.site_id].hit(row)
        return tuple(
            ClientHit(id=ClientId(row.id), name=row.name, email=row.email, phone=row.phone, next=following.get(row.id))
            for row in rows
        )

    def _linked(self, text: str, sites: Sequence[Site], limit: int, now: datetime) -> Found:
        """What has exactly this join link."""
        digests, found = digests_of(text), Found()
        for site in sites if digests else ():
            search = _SiteSearch(self._db, site, now)
            found = _joined(found, search.linked(digests, limit), limit, now)
        return found


class _SiteSearch:
    """Finding at one site."""

    def __init__(self, db: Connection, site: Site, now: datetime) -> None:
        self._db = db
        self._names = names_of(db, site.id)
        self._zone = zone(site.zone)
        self._today = to_wall(now, self._zone).date()
        self._sessions = SessionSearch(db, self._names, now)
        self._things = ThingSearch(db, self._names, self._sessions)

    def find(self, text: str, parts: Sequence[str], limit: int, *, clients: bool) -> Found:
        """Things that the parts name, and sessions in each way to read the text."""
        rows: list[tuple[AnyRow, str]] = []
        for reading in readings(text, self._today):
            rows += self._meant(reading, limit, clients=clients)
        named = {row.id: who for row, who in reversed(rows)}
        ordered = self._sessions.in_order(row for row, _ in rows)[:limit]
        hits = tuple(self._sessions.hit(row, named[row.id]) for row in ordered)
        return Found(parts=tuple(parts), things=self._things.named(parts, limit), sessions=hits)

    def hit(self, row: AnyRow) -> SessionHit:
        """A row of this site as it is shown."""
        return self._sessions.hit(row)

    def linked(self, digests: Sequence[str], limit: int) -> Found:
        """Things and sessions that have a link with one of these digests."""
        rows = self._sessions.in_order(self._things.sessions_linked(digests, limit))[:limit]
        hits = tuple(self._sessions.hit(row) for row in rows)
        return Found(things=self._things.linked(digests, limit), sessions=hits)

    def _meant(self, reading: Reading, limit: int, *, clients: bool) -> list[tuple[AnyRow, str]]:
        """Sessions that a reading means, each with the client whom it was found through."""
        parts = parts_of(reading.words)
        if not parts and not reading.narrowed:
            return []
        meanings = {part: meaning(part, self._names) for part in parts}
        direct = self._rows(reading, list(meanings.values()), limit)
        found = [(row, "") for row in direct]
        if clients and parts and len(direct) < limit:
            found += self._through_clients(reading, meanings, limit)
        return found

    def _rows(self, reading: Reading, meanings: Sequence[Meaning], limit: int) -> list[AnyRow]:
        if reading.narrowed:
            return self._sessions.within(ranges(reading, self._today, self._zone), meanings, limit)
        return self._sessions.meant(meanings, limit)

    def _through_clients(self, reading: Reading, meanings: dict[str, Meaning], limit: int) -> list[tuple[AnyRow, str]]:
        """Sessions of clients whom the parts name that can mean nothing else; if there is none, that all of them name."""
        others = [part for part, each in meanings.items() if not each] or list(meanings)
        rest = [each for part, each in meanings.items() if part not in others]
        found = ClientSearch(self._db).best(others, _CLIENTS_OF_SESSIONS)
        if not found:
            return []
        names = {row.id: row.name for row in found}
        spans = ranges(reading, self._today, self._zone) if reading.narrowed else None
        rows = [
            row
            for row in self._sessions.of_clients(list(names))
            if all(each.fits(row) for each in rest)
            and (spans is None or any(start <= row.starts_at < end for start, end in spans))
        ]
        return [(row, names[row.client_id]) for row in self._sessions.in_order(rows)[:limit]]


def _joined(one: Found, other: Found, limit: int, now: datetime) -> Found:
    """What was found at two sites."""
    coming = sorted((h for h in (*one.sessions, *other.sessions) if h.ends_at > now), key=_start)
    over = sorted((h for h in (*one.sessions, *other.sessions) if h.ends_at <= now), key=_start, reverse=True)
    known = {(thing.kind, thing.id, thing.site_id): thing for thing in (*one.things, *other.things)}
    return replace(one, things=tuple(_first(known.values(), limit)), sessions=tuple([*coming, *over][:limit]))


def _start(hit: SessionHit) -> tuple[datetime, int]:
    return hit.starts_at, hit.id


def _first(things: Iterable[ThingHit], limit: int) -> list[ThingHit]:
    """So many of each kind, kinds in their order."""
    kept: dict[str, list[ThingHit]] = {}
    for thing in things:
        kept.setdefault(thing.kind, []).append(thing)
    return [thing for kind in kept.values() for thing in kind[:limit]]
