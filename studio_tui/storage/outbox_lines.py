"""Lines of the outbox: a message with whom and what it is about, whether it may still go out or was put away long ago."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, Table, literal, select

from studio_tui.domain.announcements import AnnouncementKind
from studio_tui.domain.delivery import DeliveryState
from studio_tui.domain.messages import message_kind
from studio_tui.domain.outbox import OutboxLine
from studio_tui.storage.rows import AnyRow
from studio_tui.storage.schema import announcement, booking, client, outbox, outbox_history, service, session, site
from studio_tui.storage.types import from_ms


def lines_of(db: Connection, ids: Sequence[int], now: datetime) -> list[OutboxLine]:
    """The lines of these messages, latest due first; unknown ids are left out."""
    if not ids:
        return []
    lines = [_to_line(row, now) for row in db.execute(_PRESENT.where(outbox.c.id.in_(ids)))]
    if rest := set(ids).difference(line.delivery_id for line in lines):
        old = db.execute(_PUT_AWAY.where(outbox_history.c.id.in_(rest)))
        lines += [_to_line(row, now) for row in old]
    return sorted(lines, key=lambda line: (line.due_at, line.delivery_id), reverse=True)


def _selected(messages: Table, client_id: Any) -> Select[Any]:
    """What a line needs. A session of long ago could be gone: its message is shown all the same."""
    return (
        select(
            messages,
            literal(messages is outbox_history).label("past"),
            announcement.c.kind.label("news"),
            client.c.id.label("whose"),
            client.c.name.label("client"),
            site.c.name.label("site"),
            site.c.zone,
            session.c.title.label("own_title"),
            service.c.name.label("service"),
            session.c.starts_at,
            session.c.ends_at,
        )
        .outerjoin(session, session.c.id == messages.c.session_id)
        .outerjoin(service, service.c.id == session.c.service_id)
        .join(site, site.c.id == messages.c.site_id)
        .outerjoin(booking, booking.c.id == messages.c.booking_id)
        .join(client, client.c.id == client_id)
        .outerjoin(announcement, announcement.c.id == messages.c.announcement_id)
    )


_PRESENT = _selected(outbox, booking.c.client_id)
_PUT_AWAY = _selected(outbox_history, outbox_history.c.client_id)


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
        client_id=row.whose,
        client=row.client,
        site_id=row.site_id,
        site=row.site,
        zone=row.zone,
        session_id=row.session_id,
        title=row.own_title or row.service or "—",
        starts_at=row.starts_at or from_ms(row.announces_ms),
        over=(row.ends_at or from_ms(row.expires_at)) <= now,
        due_at=from_ms(row.due_at),
        sent_at=None if row.sent_at is None else from_ms(row.sent_at),
        attempt=row.attempt,
        manual=row.manual,
        code=row.last_code,
        text=row.last_text,
        past=row.past,
    )
