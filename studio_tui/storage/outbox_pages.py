"""The outbox in pages: which messages a filter shows, newest due first, and what a line of them says."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, exists, false, func, or_, select

from studio_tui.domain.announcements import AnnouncementKind
from studio_tui.domain.delivery import Channel, DeliveryId, DeliveryState
from studio_tui.domain.errors import NotFound
from studio_tui.domain.language import _
from studio_tui.domain.messages import DeliveryKind, MessageKind, message_kind
from studio_tui.domain.outbox import OutboxFilter, OutboxLine
from studio_tui.domain.people import SiteId
from studio_tui.domain.search_text import holds, parts_of
from studio_tui.storage.outbox_turns import ClaimedRow, as_if_claimed
from studio_tui.storage.rows import AnyRow
from studio_tui.storage.schema import announcement, booking, client, outbox, service, session, site
from studio_tui.storage.search_clients import ClientSearch
from studio_tui.storage.search_names import names_of
from studio_tui.storage.types import from_ms, to_ms

_ORDER = (outbox.c.due_at.desc(), outbox.c.id.desc())
_LINE = (
    select(
        outbox,
        announcement.c.kind.label("news"),
        booking.c.client_id,
        client.c.name.label("client"),
        site.c.name.label("site"),
        site.c.zone,
        session.c.title.label("own_title"),
        service.c.name.label("service"),
        session.c.starts_at,
        session.c.ends_at,
    )
    .join(session, session.c.id == outbox.c.session_id)
    .join(service, service.c.id == session.c.service_id)
    .join(site, site.c.id == outbox.c.site_id)
    .join(booking, booking.c.id == outbox.c.booking_id)
    .join(client, client.c.id == booking.c.client_id)
    .outerjoin(announcement, announcement.c.id == outbox.c.announcement_id)
)


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
        """How many messages the filter shows in each state; states without any are left out."""
        stmt = self._narrowed(select(outbox.c.state, func.count().label("rows")), wanted).group_by(outbox.c.state)
        return {DeliveryState(row.state): row.rows for row in self._db.execute(stmt)}

    def page(self, wanted: OutboxFilter, first: int, limit: int, now: datetime) -> list[OutboxLine]:
        """The lines from the one at place `first` on: latest due first."""
        # The ids first, from an index alone: what is passed over costs no row.
        picked = self._narrowed(select(outbox.c.id), wanted).order_by(*_ORDER).offset(first).limit(limit)
        return self.lines([row.id for row in self._db.execute(picked)], now)

    def lines(self, ids: Sequence[int], now: datetime) -> list[OutboxLine]:
        """The lines of these messages, latest due first; unknown ids are left out."""
        if not ids:
            return []
        found = self._db.execute(_LINE.where(outbox.c.id.in_(ids)).order_by(*_ORDER))
        return [_to_line(row, now) for row in found]

    def envelope(self, delivery_id: DeliveryId, now: datetime) -> tuple[ClaimedRow, Sent]:
        """One message as a worker would take it now, and what it went out with; nothing is claimed.

        Raises:
            NotFound: There is none with that id.
        """
        row = self._db.execute(select(outbox).where(outbox.c.id == delivery_id)).one_or_none()
        if row is None:
            raise NotFound(_("That message does not exist."))
        sent = Sent(row.recipient, row.link_digest, from_ms(row.expires_at), row.crashes, row.relay_ref, row.message_id)
        # As it is made for the first time: to the present address.
        return replace(as_if_claimed(row, now), crashes=0), sent

    def place_of(self, wanted: OutboxFilter, delivery_id: DeliveryId) -> int | None:
        """At which place the message stands, or would stand if the filter showed it; None if there is none of that id."""
        at = self._db.execute(select(outbox.c.due_at).where(outbox.c.id == delivery_id)).scalar_one_or_none()
        if at is None:
            return None
        before = or_(outbox.c.due_at > at, and_(outbox.c.due_at == at, outbox.c.id > delivery_id))
        return self._how_many(wanted, before)

    def place_at(self, wanted: OutboxFilter, instant: datetime) -> int:
        """At which place the first message stands that is due at the instant or before."""
        return self._how_many(wanted, outbox.c.due_at > to_ms(instant))

    def _how_many(self, wanted: OutboxFilter, which: ColumnElement[bool]) -> int:
        stmt = self._narrowed(select(func.count()).select_from(outbox), wanted).where(which)
        return int(self._db.execute(stmt).scalar_one())

    def _narrowed(self, stmt: Select[Any], wanted: OutboxFilter) -> Select[Any]:
        parts = parts_of(wanted.text)
        conditions: list[ColumnElement[bool]] = [self._about(part, wanted.site_id) for part in parts]
        if wanted.text.strip() and not parts:
            conditions.append(false())
        if wanted.site_id is not None:
            conditions.append(outbox.c.site_id == wanted.site_id)
        if wanted.states:
            conditions.append(outbox.c.state.in_(sorted(int(state) for state in wanted.states)))
        if wanted.kinds:
            conditions.append(is_kind(wanted.kinds))
        if wanted.ways:
            conditions.append(outbox.c.channel.in_([channel for channel in Channel if channel.way in wanted.ways]))
        if wanted.client_id is not None:
            mine = select(booking.c.id).where(booking.c.client_id == wanted.client_id)
            conditions.append(outbox.c.booking_id.in_(mine))
        if wanted.session_id is not None:
            conditions.append(outbox.c.session_id == wanted.session_id)
        if wanted.since is not None:
            conditions.append(outbox.c.due_at >= to_ms(wanted.since))
        if wanted.until is not None:
            conditions.append(outbox.c.due_at < to_ms(wanted.until))
        return stmt.where(*conditions)

    def _about(self, part: str, site_id: SiteId | None) -> ColumnElement[bool]:
        """The part is found in the client, or in what the session is called."""
        whom = ClientSearch(self._db).narrow(select(client.c.id), part)
        booked = outbox.c.booking_id.in_(select(booking.c.id).where(booking.c.client_id.in_(whom)))
        sites = [site_id] if site_id is not None else self._db.execute(select(site.c.id)).scalars().all()
        names = [names_of(self._db, SiteId(each)) for each in sites]
        services = [key for each in names for key, name in each.services.items() if holds(part, name)]
        titles = [title for each in names for title in each.titles if holds(part, title)]
        if not services and not titles:
            return booked
        called = or_(session.c.service_id.in_(services), session.c.title.in_(titles))
        return or_(booked, exists().where(session.c.id == outbox.c.session_id, called))


def is_kind(kinds: Collection[MessageKind]) -> ColumnElement[bool]:
    """Is of one of the kinds; what a message tells of a change is said by its announcement."""
    rows = sorted({kind for kind in DeliveryKind if kind is not DeliveryKind.NEWS and message_kind(kind) in kinds})
    told = sorted(news.value for news in AnnouncementKind if message_kind(DeliveryKind.NEWS, news) in kinds)
    news = exists().where(announcement.c.id == outbox.c.announcement_id, announcement.c.kind.in_(told))
    others = outbox.c.kind.in_(rows)
    return or_(and_(outbox.c.kind == DeliveryKind.NEWS, news), others) if told else others


def _to_line(row: AnyRow, now: datetime) -> OutboxLine:
    news = None if row.news is None else AnnouncementKind(row.news)
    return OutboxLine(
        delivery_id=row.id,
        kind=message_kind(row.kind, news),
        news=news,
        way=row.channel.way,
        channel=row.channel,
        state=DeliveryState(row.state),
        reason=row.reason,
        client_id=row.client_id,
        client=row.client,
        site_id=row.site_id,
        site=row.site,
        zone=row.zone,
        session_id=row.session_id,
        title=row.own_title or row.service,
        starts_at=row.starts_at,
        over=row.ends_at <= now,
        due_at=from_ms(row.due_at),
        sent_at=None if row.sent_at is None else from_ms(row.sent_at),
        attempt=row.attempt,
        manual=row.manual,
        code=row.last_code,
        text=row.last_text,
    )
