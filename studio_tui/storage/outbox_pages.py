"""The outbox in pages: which messages a filter shows, newest due first, and what a line of them says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Select,
    Table,
    and_,
    exists,
    false,
    func,
    literal,
    or_,
    select,
    union_all,
)

from studio_tui.domain.announcements import AnnouncementKind
from studio_tui.domain.delivery import Channel, DeliveryId, DeliveryState
from studio_tui.domain.errors import NotFound
from studio_tui.domain.language import _
from studio_tui.domain.messages import DeliveryKind, MessageKind, message_kind
from studio_tui.domain.outbox import OutboxFilter, OutboxLine
from studio_tui.domain.people import SiteId
from studio_tui.domain.search_text import holds, parts_of
from studio_tui.storage.outbox_lines import lines_of
from studio_tui.storage.outbox_turns import ClaimedRow, as_if_claimed
from studio_tui.storage.schema import announcement, booking, client, outbox, outbox_history, session, site
from studio_tui.storage.search_clients import ClientSearch
from studio_tui.storage.search_names import names_of
from studio_tui.storage.types import from_ms, to_ms


@dataclass(frozen=True, slots=True)
class Sent:
    """What a message went out with, as far as it did; `expires_at` is aware UTC. The address is kept out of `repr`."""

    recipient: str | None = field(repr=False)
    link_digest: str | None
    expires_at: datetime
    crashes: int
    server_ref: str
    message_id: str | None


class OutboxPages:
    """What is read of the outbox for lists, in one open transaction."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    def counts(self, wanted: OutboxFilter) -> dict[DeliveryState, int]:
        """How many messages the filter shows in each state, but for those that were put away; others are left out."""
        return self._counted(wanted, outbox)

    def old_counts(self, wanted: OutboxFilter) -> dict[DeliveryState, int]:
        """The same of those that were put away."""
        return self._counted(wanted, outbox_history)

    def kinds(self, wanted: OutboxFilter) -> dict[MessageKind, int]:
        """How many messages there are of each kind, but for those that were put away; kinds without any are left out."""
        stmt = select(outbox.c.kind, announcement.c.kind.label("news"), func.count().label("rows"))
        stmt = stmt.outerjoin(announcement, announcement.c.id == outbox.c.announcement_id)
        stmt = self._narrowed(stmt, wanted, outbox).group_by(outbox.c.kind, announcement.c.kind)
        found: Counter[MessageKind] = Counter()
        for row in self._db.execute(stmt):
            found[message_kind(row.kind, None if row.news is None else AnnouncementKind(row.news))] += row.rows
        return found

    def page(self, wanted: OutboxFilter, first: int, limit: int, now: datetime) -> list[OutboxLine]:
        """The lines from the one at place `first` on: latest due first."""
        # The ids first, from indexes alone: what is passed over costs no row.
        picked = [self._narrowed(select(each.c.due_at, each.c.id), wanted, each) for each in _tables(wanted)]
        if len(picked) == 1:
            page = picked[0].order_by(*_latest(outbox))
        else:
            # No table has more on the page than it would have alone; without that PostgreSQL reads and sorts all of both.
            ordered = [stmt.order_by(*_latest(each)) for stmt, each in zip(picked, _tables(wanted), strict=True)]
            both = union_all(*(select(stmt.limit(first + limit).subquery()) for stmt in ordered)).subquery()
            page = select(both).order_by(*_latest(both))
        found = self._db.execute(page.offset(first).limit(limit))
        return self.lines([row.id for row in found], now)

    def lines(self, ids: Sequence[int], now: datetime) -> list[OutboxLine]:
        """The lines of these messages, latest due first; unknown ids are left out."""
        return lines_of(self._db, ids, now)

    def put_away(self, ids: Sequence[int]) -> set[int]:
        """Those of these messages that were put away."""
        return set(self._db.execute(select(outbox_history.c.id).where(outbox_history.c.id.in_(ids))).scalars())

    def envelope(self, delivery_id: DeliveryId, now: datetime) -> tuple[ClaimedRow, Sent]:
        """One message as a worker would take it now, and what it went out with; nothing is claimed.

        Raises:
            NotFound: There is none with that id.
        """
        row = self._db.execute(select(outbox).where(outbox.c.id == delivery_id)).one_or_none()
        row = row or self._db.execute(_OLD.where(outbox_history.c.id == delivery_id)).one_or_none()
        if row is None:
            raise NotFound(_("That message does not exist."))
        sent = Sent(row.recipient, row.link_digest, from_ms(row.expires_at), row.crashes, row.relay_ref, row.message_id)
        # As it is made for the first time: to the present address.
        return replace(as_if_claimed(row, now), crashes=0), sent

    def place_of(self, wanted: OutboxFilter, delivery_id: DeliveryId) -> int | None:
        """At which place the message stands, or would stand if the filter showed it; None if there is none of that id."""
        due = (select(each.c.due_at).where(each.c.id == delivery_id) for each in _tables(wanted))
        at = next((at for stmt in due if (at := self._db.execute(stmt).scalar_one_or_none()) is not None), None)
        if at is None:
            return None
        return self._how_many(
            wanted, lambda each: or_(each.c.due_at > at, and_(each.c.due_at == at, each.c.id > delivery_id))
        )

    def place_at(self, wanted: OutboxFilter, instant: datetime) -> int:
        """At which place the first message stands that is due at the instant or before."""
        return self._how_many(wanted, lambda each: each.c.due_at > to_ms(instant))

    def _counted(self, wanted: OutboxFilter, messages: Table) -> dict[DeliveryState, int]:
        stmt = select(messages.c.state, func.count().label("rows"))
        stmt = self._narrowed(stmt, wanted, messages).group_by(messages.c.state)
        return {DeliveryState(row.state): row.rows for row in self._db.execute(stmt)}

    def _how_many(self, wanted: OutboxFilter, which: Callable[[Table], ColumnElement[bool]]) -> int:
        found = 0
        for each in _tables(wanted):
            stmt = self._narrowed(select(func.count()).select_from(each), wanted, each).where(which(each))
            found += int(self._db.execute(stmt).scalar_one())
        return found

    def _narrowed(self, stmt: Select[Any], wanted: OutboxFilter, messages: Table) -> Select[Any]:
        parts, of = parts_of(wanted.text), messages.c
        conditions: list[ColumnElement[bool]] = [self._about(part, wanted.site_id, messages) for part in parts]
        if wanted.text.strip() and not parts:
            conditions.append(false())
        if wanted.site_id is not None:
            conditions.append(of.site_id == wanted.site_id)
        if wanted.states:
            conditions.append(of.state.in_(sorted(int(state) for state in wanted.states)))
        if wanted.kinds:
            conditions.append(is_kind(wanted.kinds, messages))
        if wanted.ways:
            conditions.append(of.channel.in_([channel for channel in Channel if channel.way in wanted.ways]))
        if wanted.client_id is not None:
            conditions.append(_is_to(select(literal(wanted.client_id)), messages))
        if wanted.session_id is not None:
            conditions.append(of.session_id == wanted.session_id)
        if wanted.since is not None:
            conditions.append(of.due_at >= to_ms(wanted.since))
        if wanted.until is not None:
            conditions.append(of.due_at < to_ms(wanted.until))
        return stmt.where(*conditions)

    def _about(self, part: str, site_id: SiteId | None, messages: Table) -> ColumnElement[bool]:
        """The part is found in the client, or in what the session is called."""
        booked = _is_to(ClientSearch(self._db).narrow(select(client.c.id), part), messages)
        sites = [site_id] if site_id is not None else self._db.execute(select(site.c.id)).scalars().all()
        names = [names_of(self._db, SiteId(each)) for each in sites]
        services = [key for each in names for key, name in each.services.items() if holds(part, name)]
        titles = [title for each in names for title in each.titles if holds(part, title)]
        if not services and not titles:
            return booked
        called = or_(session.c.service_id.in_(services), session.c.title.in_(titles))
        return or_(booked, exists().where(session.c.id == messages.c.session_id, called))


_OLD = select(outbox_history, literal(0).label("crashes"), literal(0).label("lane"))


def _tables(wanted: OutboxFilter) -> tuple[Table, ...]:
    return (outbox, outbox_history) if wanted.history else (outbox,)


def _latest(messages: FromClause) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    """Latest due first."""
    return messages.c.due_at.desc(), messages.c.id.desc()


def _is_to(whom: Select[Any], messages: Table) -> ColumnElement[bool]:
    """Is to one of these clients."""
    if messages is outbox_history:
        return messages.c.client_id.in_(whom)
    return messages.c.booking_id.in_(select(booking.c.id).where(booking.c.client_id.in_(whom)))


def is_kind(kinds: Collection[MessageKind], messages: Table = outbox) -> ColumnElement[bool]:
    """Is of one of the kinds; what a message tells of a change is said by its announcement."""
    rows = sorted({kind for kind in DeliveryKind if kind is not DeliveryKind.NEWS and message_kind(kind) in kinds})
    told = sorted(news.value for news in AnnouncementKind if message_kind(DeliveryKind.NEWS, news) in kinds)
    news = exists().where(announcement.c.id == messages.c.announcement_id, announcement.c.kind.in_(told))
    others = messages.c.kind.in_(rows)
    return or_(and_(messages.c.kind == DeliveryKind.NEWS, news), others) if told else others
