"""What a worker makes messages from: whom they are for, and versions of everything they say.

A message is made some moments before it goes out. Its stamp tells whether the session, or anything that decides its link,
was changed in between, so that no message leaves with what is no longer so (SPEC N6, A6).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, Connection, Select, bindparam, case, func, select

from studio_tui.domain.announcements import AnnouncementKind
from studio_tui.domain.delivery import Channel, DeliveryState
from studio_tui.domain.messages import DeliveryKind
from studio_tui.storage import schema

Stamp = tuple[int | str | None, ...]
"""Versions of everything that decides a session's link and what its notice says, and its meetings' links (SPEC L11)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressee:
    """Whom a booking's messages are for. Addresses are personal data: they are kept out of `repr`.

    Attributes:
        push_topic: None also while the address is switched off.
    """

    booking_id: int
    name: str = field(repr=False)
    email: str | None = field(repr=False)
    push_topic: str | None = field(repr=False)
    push_channel: Channel
    language: str
    email_verified: bool
    client_id: int = 0


class Told(NamedTuple):
    """A mail that went to somebody, or perhaps did.

    Attributes:
        link_digest: Which link it carried; None for none.
        link_changes: What its calendar file added to the session's SEQUENCE.
        sent: Surely.
    """

    id: int
    kind: DeliveryKind
    link_digest: str | None
    link_changes: int
    sent: bool


def told_before(db: Connection, booking_ids: Collection[int]) -> dict[int, list[Told]]:
    """The mails that went out for each booking, by its id, the last one last; those without any are left out.

    What was written by hand has no calendar file, and says nothing of a link.
    """
    told: dict[int, list[Told]] = {}
    if booking_ids:
        for booking_id, id_, kind, digest, changes, state in db.execute(_TOLD, {"b_ids": sorted(booking_ids)}):
            told.setdefault(booking_id, []).append(Told(id_, kind, digest, changes, state == DeliveryState.SENT))
    return told


def stamps(db: Connection, session_ids: Collection[int]) -> dict[int, Stamp]:
    """The present stamp of each session, by id."""
    if not session_ids:
        return {}
    found = db.execute(_STAMPS, {"b_ids": sorted(session_ids)})
    return {row[0]: tuple(row[1:]) for row in found}


def addressees(db: Connection, booking_ids: Collection[int]) -> dict[int, Addressee]:
    """Whom each booking's messages are for, by the booking's id."""
    if not booking_ids:
        return {}
    found = db.execute(_ADDRESSEES, {"b_ids": sorted(booking_ids)})
    return {row.booking_id: Addressee(**row._mapping) for row in found}


_IDS = bindparam("b_ids", expanding=True, type_=BigInteger())


def _all_stamps() -> Select[Any]:
    """The stamp of every session."""
    own = schema.conference_account.alias("own")
    default = schema.conference_account.alias("site_default")
    # A meeting that is made anew changes no version. A session of a run has its course's meeting.
    meetings = [
        (alias, (alias.c[subject] == id_) & (alias.c.sign_in_id == account.c.sign_in_id))
        for account in (own, default)
        for subject, id_ in (("session_id", schema.session.c.id), ("course_id", schema.session.c.course_id))
        for alias in (schema.meeting.alias(f"{account.name}_{subject}"),)
    ]
    found = (
        select(
            schema.session.c.id,
            schema.session.c.version,
            schema.service.c.version,
            schema.site.c.version,
            schema.course.c.version,
            schema.staff.c.version,
            own.c.id,
            own.c.version,
            default.c.id,
            default.c.version,
            *(meeting.c.link_digest for meeting, _ in meetings),
        )
        .select_from(schema.session)
        .join(schema.service, schema.service.c.id == schema.session.c.service_id)
        .join(schema.site, schema.site.c.id == schema.session.c.site_id)
        .outerjoin(schema.course, schema.course.c.id == schema.session.c.course_id)
        .outerjoin(schema.staff, schema.staff.c.id == schema.session.c.staff_id)
        .outerjoin(own, own.c.staff_id == schema.session.c.staff_id)
        .outerjoin(default, default.c.site_id == schema.session.c.site_id)
    )
    for meeting, is_decisive in meetings:
        found = found.outerjoin(meeting, is_decisive)
    return found


_TOLD = (
    select(
        schema.outbox.c.booking_id,
        schema.outbox.c.id,
        schema.outbox.c.kind,
        schema.outbox.c.link_digest,
        schema.outbox.c.link_changes,
        schema.outbox.c.state,
    )
    .outerjoin(schema.announcement, schema.announcement.c.id == schema.outbox.c.announcement_id)
    .where(
        schema.outbox.c.booking_id.in_(_IDS),
        schema.outbox.c.channel == Channel.EMAIL,
        schema.outbox.c.message_id.is_not(None),
        func.coalesce(schema.announcement.c.kind, "") != AnnouncementKind.WRITTEN.value,
    )
    .order_by(schema.outbox.c.date_ms, schema.outbox.c.id)
)
_STAMPS = _all_stamps().where(schema.session.c.id.in_(_IDS))
_ADDRESSEES = (
    select(
        schema.booking.c.id.label("booking_id"),
        schema.client.c.name,
        schema.client.c.email,
        case((schema.client.c.push_trouble == "", schema.client.c.push_topic)).label("push_topic"),
        schema.client.c.push_channel,
        schema.client.c.language,
        schema.client.c.email_verified,
        schema.client.c.id.label("client_id"),
    )
    .join(schema.client, schema.client.c.id == schema.booking.c.client_id)
    .where(schema.booking.c.id.in_(_IDS))
)
