"""Telling clients of a change: which of them there is something to say to, and what, from what each was told before.

Beside that there is what a person wrote by hand, which says nothing of the session that could become untrue. Nothing here
reads a clock or a row. An announcement is told as the session is when it is sent, never as it was planned, so one that
waits follows its session, and one that no longer says anything true is dropped.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NewType

from studio_tui.domain.delivery import Delivery, DeliveryId
from studio_tui.domain.language import N_, _, ngettext
from studio_tui.domain.messages import DeliveryKind, message_kind
from studio_tui.domain.missed import at_new_address
from studio_tui.domain.plans import Alignment, Changes, Follow, NoticeFacts
from studio_tui.domain.sessions import Session, SessionId, SessionStatus

AnnouncementId = NewType("AnnouncementId", int)


class AnnouncementKind(StrEnum):
    """What happened to the session, as its clients are told of it; or `WRITTEN`, which somebody wrote by hand."""

    MOVED = "moved"
    CANCELLED = "cancelled"
    RESTORED = "restored"
    CHANGED = "changed"
    CORRECTED = "corrected"
    WRITTEN = "written"

    @property
    def label(self) -> str:
        """The kind in words, for lists and logs."""
        return _LABELS.get(self.value, self.value)

    @property
    def changes(self) -> bool:
        """It tells of a change of the session, so that a newer one takes its place."""
        return self is not AnnouncementKind.WRITTEN


_LABELS = {"restored": N_("takes place after all"), "corrected": "correction", "written": N_("written by hand")}
CHANGES = tuple(kind for kind in AnnouncementKind if kind.changes)
"""What can have happened to a session."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """What was told of one session to some of its clients. Instants are aware UTC.

    Attributes:
        was_at: The start that these clients knew of; None if nobody said.
        subject, body: What was written by hand; empty for other kinds.
    """

    id: AnnouncementId
    session_id: SessionId
    kind: AnnouncementKind
    was_at: datetime | None
    made_by: str
    made_at: datetime
    subject: str = field(default="", repr=False)
    body: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class SessionNews:
    """One changed session; `was_at` is its start before the change, aware UTC, for one that was moved.

    With `said`, a person said that clients know that start: it counts more than what still waits to be told.
    """

    session_id: SessionId
    was_at: datetime | None = None
    said: bool = False


def news_of(before: Session, after: Session) -> tuple[AnnouncementKind, SessionNews] | None:
    """What there is to tell of an edit; None if it does not concern clients."""
    if before.status is not after.status:
        over = after.status is SessionStatus.CANCELLED
        return AnnouncementKind.CANCELLED if over else AnnouncementKind.RESTORED, SessionNews(after.id)
    if before.starts_at != after.starts_at:
        return AnnouncementKind.MOVED, SessionNews(after.id, was_at=before.starts_at)
    if any(getattr(before, name) != getattr(after, name) for name in ("ends_at", "staff_id", "room", "title")):
        return AnnouncementKind.CHANGED, SessionNews(after.id, was_at=before.starts_at)
    return None


def news_by_kind(before: Iterable[Session], after: Iterable[Session]) -> dict[AnnouncementKind, list[SessionNews]]:
    """What there is to tell of edits, as far as they concern clients, by its kind.

    Args:
        before: The sessions as they were; their order is kept.
        after: The same ones as they are now, in any order.
    """
    now = {session.id: session for session in after}
    return by_kind(news for session in before if (news := news_of(session, now[session.id])) is not None)


def by_kind(news: Iterable[tuple[AnnouncementKind, SessionNews]]) -> dict[AnnouncementKind, list[SessionNews]]:
    """News of one kind together, for each kind is told in words of its own; the order is kept."""
    found: dict[AnnouncementKind, list[SessionNews]] = {}
    for kind, change in news:
        found.setdefault(kind, []).append(change)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Belief:
    """What a client takes the session for.

    Attributes:
        starts_at: When it starts, aware UTC; None if nobody knows.
        told: They were told of a change since they booked, and this is the newest that they were told.
        waiting: Kinds of what was meant for them since and did not leave.
    """

    starts_at: datetime | None
    cancelled: bool
    told: AnnouncementKind | None = None
    waiting: frozenset[AnnouncementKind] = frozenset()


def belief_of(
    asked: AnnouncementKind,
    news: SessionNews,
    booked_at: datetime,
    history: Iterable[Delivery],
    announcements: Mapping[int, Announcement],
    now: datetime,
) -> Belief:
    """What a client takes the session for, from their booking's messages.

    Args:
        asked: What is to be told: it says what the session was before, to those who were never told anything.
        news: The change.
        booked_at: When the place was booked; what is older was told to somebody without a place.
        history: The booking's messages, notices too: they also tell a start. What was written by hand tells none, nor that a
            booking was taken back.
        announcements: Those of the session, by id.
        now: The current instant; what is being sent counts as told.
    """
    told: list[tuple[datetime, int, Delivery]] = []
    unsent: list[tuple[datetime, int, Announcement]] = []
    for delivery in history:
        announcement = None if delivery.announcement_id is None else announcements[delivery.announcement_id]
        if delivery.kind is DeliveryKind.UNBOOKED or (announcement is not None and not announcement.kind.changes):
            continue
        if delivery.sent_or_going:
            at = delivery.sent_at or now
            if at >= booked_at:
                told.append((at, delivery.id, delivery))
        elif announcement is not None and announcement.made_at >= booked_at:
            unsent.append((announcement.made_at, announcement.id, announcement))
    newest = max(told, default=None, key=lambda each: each[:2])
    since = sorted(each for each in unsent if newest is None or each[0] > newest[0])
    waiting = frozenset(each[2].kind for each in since)
    if newest is not None:
        delivery = newest[2]
        kind = None if delivery.announcement_id is None else announcements[delivery.announcement_id].kind
        return Belief(
            starts_at=delivery.announces, cancelled=kind is AnnouncementKind.CANCELLED, told=kind, waiting=waiting
        )
    if since:
        first = since[0][2]
        said = news.was_at if news.said else None
        return Belief(
            starts_at=said or first.was_at,
            cancelled=first.kind is AnnouncementKind.RESTORED,
            told=None,
            waiting=waiting,
        )
    return Belief(starts_at=news.was_at, cancelled=asked is AnnouncementKind.RESTORED)


def what_to_say(
    asked: AnnouncementKind, belief: Belief, starts_at: datetime, *, cancelled: bool
) -> AnnouncementKind | None:
    """What a client is to be told of the session as it is now; None if they know it already.

    A correction is for those who were told of a change. Whoever was not sent what is replaced now hears of both changes
    in one: a session that was moved there and back, with nothing sent in between, is no news.

    Args:
        asked: What happened, one of `CHANGES`.
        belief: What the client takes the session for.
        starts_at: When it starts now, aware UTC.
        cancelled: It does not take place.
    """
    if cancelled:
        return None if belief.cancelled else AnnouncementKind.CANCELLED
    if belief.cancelled:
        return AnnouncementKind.RESTORED
    same = belief.starts_at == starts_at
    if asked is AnnouncementKind.CORRECTED:
        if belief.told is None or (belief.told is AnnouncementKind.CORRECTED and same):
            return None
        return AnnouncementKind.CORRECTED
    if asked is AnnouncementKind.CHANGED and belief.starts_at is None:
        return AnnouncementKind.CHANGED
    if asked is AnnouncementKind.RESTORED and belief.starts_at is None:
        return None
    if not same:
        return AnnouncementKind.MOVED
    changed = AnnouncementKind.CHANGED
    return changed if asked is changed or changed in belief.waiting else None


def telling_words(clients: int, reached: int) -> str:
    """What telling came to, as a sentence: who cannot be reached is not said to be told.

    Args:
        clients: To how many there was something to say.
        reached: How many of them a message goes out to; for the others it is held.
    """
    if not clients:
        return _("There is nobody to tell.")
    if not reached:
        return _("{clients} cannot be reached: the news are held.").format(clients=_clients(clients))
    left = _(", {n} cannot be reached").format(n=clients - reached) if reached < clients else ""
    return _("{clients} will be told{left}.").format(clients=_clients(reached), left=left)


def _clients(number: int) -> str:
    return ngettext("{n} client", "{n} clients", number).format(n=number)


def is_wanted(announcement: Announcement, facts: NoticeFacts, booked_at: datetime | None) -> bool:
    """Whether an announcement that waits still says something true to somebody who has a place.

    Args:
        announcement: What is to be told.
        facts: The session as it is now.
        booked_at: When the client booked the place they have; None if they have none.
    """
    if booked_at is None or booked_at > announcement.made_at:
        return False
    if not announcement.kind.changes:
        return True
    if (announcement.kind is AnnouncementKind.CANCELLED) is facts.active:
        return False
    return announcement.kind is not AnnouncementKind.MOVED or announcement.was_at != facts.starts_at


def follow(
    facts: NoticeFacts,
    places: Mapping[int, datetime],
    history: Sequence[Delivery],
    announcements: Mapping[int, Announcement],
    now: datetime,
    refusing: Collection[int] = (),
    missed: Collection[DeliveryId] = (),
) -> Alignment:
    """What brings a session's announcements into line with it: those that wait follow it, or are dropped.

    News take the place of older news. What was written by hand stands for itself.

    Args:
        facts: The session as it is now.
        places: When each active booking was made, by booking.
        history: Deliveries of the session; notices among them are left alone.
        announcements: Those of the session, by id.
        now: The current instant; at the session's end what waits expires.
        refusing: Bookings whose clients do not want what is written by hand.
        missed: Those that failed at an address which their client has no more (`missed_messages`).
    """
    newest: dict[int, int] = {}
    for delivery in history:
        if delivery.announcement_id is not None and announcements[delivery.announcement_id].kind.changes:
            newest[delivery.booking_id] = max(newest.get(delivery.booking_id, 0), delivery.announcement_id)
    changes = Changes()
    for delivery in history:
        anew = delivery.id in missed
        if delivery.announcement_id is None or delivery.doubtful or not (delivery.state.waiting or anew):
            continue
        announcement = announcements[delivery.announcement_id]
        on = message_kind(delivery.kind, announcement.kind) in facts.kinds
        replaced = announcement.kind.changes and newest[delivery.booking_id] > announcement.id
        refused = not announcement.kind.changes and delivery.booking_id in refusing
        wanted = not (replaced or refused) and is_wanted(announcement, facts, places.get(delivery.booking_id))
        if not anew:
            _keep_or_drop(changes, delivery, facts, now, on=on, wanted=wanted)
        elif on and wanted and now < facts.ends_at:
            changes.update.append((delivery.id, at_new_address(delivery, facts, now)))
    return changes.alignment()


def _keep_or_drop(
    changes: Changes, delivery: Delivery, facts: NoticeFacts, now: datetime, *, on: bool, wanted: bool
) -> None:
    """Let one that waits follow its session, or end it."""
    present = (facts.starts_at, facts.ends_at, facts.generation)
    if not on:
        changes.silence.append(delivery.id)
    elif not wanted:
        changes.cancel.append(delivery.id)
    elif now >= facts.ends_at:
        changes.expire.append(delivery.id)
    elif (delivery.announces, delivery.expires_at, delivery.generation) != present:
        changes.follows.append(Follow(delivery.id, *present))
