"""How clients are reached by what is told or written to them: over which channels, and if over none, why (SPEC N3)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from studio_tui.domain.announcements import AnnouncementId
from studio_tui.domain.delivery import PUSHES, Channel, DeliveryState, HeldReason
from studio_tui.domain.reach import Reach, Unreachable
from studio_tui.domain.sessions import Session
from studio_tui.storage.announcements import Listener, PlannedWord
from studio_tui.storage.outbox_turns import AT_ONCE, BULK

SOON = timedelta(days=1)
"""What is told of a session that starts within so long leaves beside notices; the rest waits behind them."""


def reach_of(listeners: Iterable[Listener]) -> Reach:
    """How these clients, each of them named once, are reached; who is not stands there in their order."""
    ways = [(listener.name, dict(ways_of(listener))) for listener in listeners]
    return Reach(
        clients=len(ways),
        by_mail=sum(way.get(Channel.EMAIL) == "" for _, way in ways),
        by_push=sum(any(way.get(push) == "" for push in PUSHES) for _, way in ways),
        unreachable=tuple(Unreachable(name, way[Channel.EMAIL]) for name, way in ways if "" not in way.values()),
    )


def ways_of(listener: Listener) -> list[tuple[Channel, str]]:
    """The channels of a client's news, mail first, each with the words of the `HeldReason` why it cannot be used.

    Words that are empty say that it can. Mail always is one of them (SPEC N3).
    """
    mail = "" if listener.verified else HeldReason.UNVERIFIED.value
    if not listener.has_email:
        mail = HeldReason.NO_ADDRESS.value
    return [(Channel.EMAIL, mail), *([(listener.push_channel, "")] if listener.has_push else [])]


def is_reached(listener: Listener) -> bool:
    """Whether any channel can be used."""
    return any(not reason for _, reason in ways_of(listener))


def planned_words(
    announcement_id: AnnouncementId, session: Session, listener: Listener, now: datetime, was_at: datetime | None = None
) -> list[PlannedWord]:
    """One message for each channel, mail first, due at once until the session's end.

    One that cannot be used is skipped if another reaches the client, else held.

    Args:
        announcement_id: What is told.
        session: Of what.
        listener: To whom.
        now: The current instant, aware UTC.
        was_at: The old start of a session that was moved, aware UTC: what begins or began soon leaves beside notices.
    """
    ways = ways_of(listener)
    stuck = DeliveryState.SKIPPED if any(not reason for _, reason in ways) else DeliveryState.HELD
    return [
        PlannedWord(
            announcement_id=announcement_id,
            session_id=session.id,
            booking_id=listener.booking_id,
            channel=channel,
            announces=session.starts_at,
            generation=session.generation,
            expires_at=session.ends_at,
            state=stuck if reason else DeliveryState.READY,
            reason=reason,
            lane=AT_ONCE if min(session.starts_at, was_at or session.starts_at) - now < SOON else BULK,
        )
        for channel, reason in ways
    ]
