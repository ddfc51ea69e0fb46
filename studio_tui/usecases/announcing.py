"""Telling clients of what changed: who is told what, planned in one transaction right after the change."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from studio_tui.domain import permissions
from studio_tui.domain.announcements import (
    Announcement,
    AnnouncementId,
    AnnouncementKind,
    SessionNews,
    belief_of,
    what_to_say,
)
from studio_tui.domain.batches import batched
from studio_tui.domain.confirmations import tells_of_enrolment
from studio_tui.domain.delivery import Delivery, DeliveryState
from studio_tui.domain.errors import NotFound
from studio_tui.domain.language import _
from studio_tui.domain.messages import DeliveryKind, MessageKind, message_kind
from studio_tui.domain.people import Author, StaffMember
from studio_tui.domain.permissions import Act
from studio_tui.domain.reach import Unreachable
from studio_tui.domain.sessions import Session, SessionId, SessionStatus
from studio_tui.domain.wording import words_for
from studio_tui.storage.announcements import Listener, PlannedWord
from studio_tui.storage.unit_of_work import UnitOfWork
from studio_tui.usecases.letters.news import News, news_text
from studio_tui.usecases.letters.session_facts import session_facts
from studio_tui.usecases.letters.template_book import TemplateBook
from studio_tui.usecases.planning import bring_into_line, facts_by_session
from studio_tui.usecases.reaching import is_reached, planned_words, reach_of
from studio_tui.usecases.resources import Resources

SOMEBODY = "…"
"""Stands for the reader's name where a text is shown before it is sent."""
_BATCH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class TellPreview:
    """What telling would come to.

    Attributes:
        clients: How many clients there is something to say to, the unreachable ones too.
        sessions: In how many sessions they have a place.
        by_mail: How many of them get a mail; `by_push` a push message.
        languages: How many of those who can be reached read which language.
        replaced: For how many of them news that wait are replaced by these: only these are sent.
        waiting: How many others are not told because the news that wait for them say it already.
        switched_off: How many others are not told because messages of that kind are switched off.
        subject: What one of them would read, in the language of most; so is `text`. Empty if there is nobody.
    """

    clients: int
    sessions: int
    by_mail: int
    by_push: int
    unreachable: tuple[Unreachable, ...]
    languages: Mapping[str, int]
    replaced: int
    waiting: int
    switched_off: int
    subject: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What was planned: the announcements made, how many sessions and clients they concern, how many messages wait.

    Attributes:
        reached: How many of the clients a message goes out to; for the others it is held.
    """

    announcement_ids: tuple[AnnouncementId, ...]
    sessions: int
    clients: int
    reached: int
    messages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldSoFar:
    """What was told of a session: to how many clients it was sent, and what and when last; aware UTC."""

    clients: int
    kind: AnnouncementKind
    at: datetime


@dataclass(frozen=True, slots=True)
class _Word:
    """What one client is to be told of one session; `follows` news that wait and are not sent then."""

    session: Session
    listener: Listener
    kind: AnnouncementKind
    was_at: datetime | None
    follows: bool


@dataclass(slots=True)
class _Words:
    """What is said, by session in the order of ids, then by booking.

    Attributes:
        enough: For whom news wait to which there is nothing to add.
        off: Who would be told if messages of that kind were not switched off.
    """

    said: list[_Word] = field(default_factory=list)
    enough: set[int] = field(default_factory=set)
    off: set[int] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is to be told of one session, and what was so far."""

    kind: AnnouncementKind
    news: SessionNews
    session: Session
    history: Sequence[Delivery]
    announcements: Mapping[int, Announcement]
    now: datetime

    def sort(self, listeners: Iterable[Listener], kinds: Collection[MessageKind], words: _Words) -> None:
        """Add to `words` what each listener is told, as far as messages of these kinds are sent."""
        cancelled = self.session.status is SessionStatus.CANCELLED
        messages: dict[int, list[Delivery]] = defaultdict(list)
        for delivery in self.history:
            messages[delivery.booking_id].append(delivery)
        for listener in listeners:
            told = messages[listener.booking_id]
            belief = belief_of(self.kind, self.news, listener.booked_at, told, self.announcements, self.now)
            say = what_to_say(self.kind, belief, self.session.starts_at, cancelled=cancelled)
            confirmed = any(map(_tells_of_present, told))
            waits = confirmed or any(_waits(each, self.announcements) for each in told)
            sent = say is not None and message_kind(DeliveryKind.NEWS, say) in kinds
            if say is not None and sent and not confirmed:
                words.said.append(_Word(self.session, listener, say, belief.starts_at, waits))
            elif waits:
                words.enough.add(listener.client_id)
            elif say is not None:
                words.off.add(listener.client_id)


class Announcing:
    """The use cases of telling clients of changes."""

    def __init__(self, resources: Resources) -> None:
        self._resources = resources

    def preview(self, actor: StaffMember, kind: AnnouncementKind, changes: Sequence[SessionNews]) -> TellPreview:
        """Tell what `announce` would do. Sessions that are over are left out.

        Args:
            actor: Who asks.
            kind: What happened, one of `CHANGES`.
            changes: The changed sessions, as they are stored now.

        Raises:
            NotAllowed, NotFound: It would be refused, for this reason.
        """

        def work(unit: UnitOfWork) -> TellPreview:
            found = _words(unit, actor, kind, changes, self._resources.clock(), lock=False)
            words = found.said
            people = {word.listener.client_id: word.listener for word in words}
            reach = reach_of(people.values())
            languages = Counter(listener.language for listener in people.values() if is_reached(listener))
            subject, text = "", ""
            if words:
                [(most, _other)] = (languages or Counter(each.language for each in people.values())).most_common(1)
                subject, text = _sample(
                    unit, self._resources.templates, next(word for word in words if word.listener.language == most)
                )
            return TellPreview(
                clients=reach.clients,
                sessions=len({word.session.id for word in words}),
                by_mail=reach.by_mail,
                by_push=reach.by_push,
                unreachable=reach.unreachable,
                languages=languages,
                replaced=len({word.listener.client_id for word in words if word.follows}),
                waiting=len(found.enough - people.keys()),
                switched_off=len(found.off - people.keys()),
                subject=subject,
                text=text,
            )

        return self._resources.read(work)

    def announce(self, actor: StaffMember, kind: AnnouncementKind, changes: Sequence[SessionNews]) -> Told:
        """Plan the messages, due at once, and drop what still waited for the same clients (SPEC N11).

        Args:
            actor: Who tells.
            kind: What happened; each client is told it in words that fit what they were told before.
            changes: The changed sessions, as they are stored now.

        Raises:
            NotAllowed, NotFound: Nothing was planned.
        """

        def work(unit: UnitOfWork) -> Told:
            now = self._resources.clock()
            author = Author(actor.name, now)
            words = _words(unit, actor, kind, changes, now, lock=True).said
            made, planned = _write(unit, words, author)
            session_ids = sorted({word.session.id for word in words})
            bring_into_line(unit, session_ids, now)
            unit.changes.record_each("outbox", dict.fromkeys(session_ids, f"tells clients: {kind.label}"), author)
            return Told(
                announcement_ids=made,
                sessions=len(session_ids),
                clients=len({word.listener.client_id for word in words}),
                reached=len({word.listener.client_id for word in words if is_reached(word.listener)}),
                messages=planned,
            )

        return self._resources.write(work)

    def told_of(self, session_ids: Sequence[SessionId]) -> dict[SessionId, ToldSoFar]:
        """What was sent to clients about each session's changes; sessions of which nobody was told are left out."""

        def work(unit: UnitOfWork) -> dict[SessionId, ToldSoFar]:
            found: dict[SessionId, ToldSoFar] = {}
            for ids in batched(sorted(set(session_ids)), _BATCH):
                announcements = unit.announcements.of(ids)
                for session_id, history in unit.outbox.history(ids).items():
                    sent = [d for d in history if d.sent_or_going and _is_news(d, announcements)]
                    if sent:
                        last = max(sent, key=lambda delivery: delivery.announcement_id or 0)
                        newest = announcements[last.announcement_id or 0]
                        clients = len({delivery.booking_id for delivery in sent})
                        found[SessionId(session_id)] = ToldSoFar(clients=clients, kind=newest.kind, at=newest.made_at)
            return found

        return self._resources.read(work)


def _words(
    unit: UnitOfWork,
    actor: StaffMember,
    kind: AnnouncementKind,
    changes: Sequence[SessionNews],
    now: datetime,
    *,
    lock: bool,
) -> _Words:
    """Who is to be told what."""
    news = {change.session_id: change for change in changes}
    words = _Words()
    for ids in batched(sorted(news), _BATCH):
        sessions = unit.sessions.by_ids(ids, lock=lock)
        if len(sessions) < len(ids):
            raise NotFound(_("That session does not exist."))
        for session in sessions:
            permissions.check(actor, Act.MANAGE_NOTICES, leader=session.staff_id)
        listeners = unit.announcements.listeners(ids)
        history = unit.outbox.history(ids, lock=lock)
        announcements = unit.announcements.of(ids)
        facts = facts_by_session(unit, sessions)
        for session in sessions:
            if session.ends_at > now:
                asked = _Asked(kind, news[session.id], session, history.get(session.id, []), announcements, now)
                asked.sort(listeners.get(session.id, []), facts[session.id].kinds, words)
    return words


def _tells_of_present(delivery: Delivery) -> bool:
    """Whether it confirms the booking and goes out by itself: then it tells how the session is, and news would be old."""
    goes = delivery.state in (DeliveryState.READY, DeliveryState.CLAIMED)
    return goes and delivery.kind is DeliveryKind.BOOKED and not tells_of_enrolment(delivery.key)


def _is_news(delivery: Delivery, announcements: Mapping[int, Announcement]) -> bool:
    """Whether it tells of a change."""
    return delivery.announcement_id is not None and announcements[delivery.announcement_id].kind.changes


def _waits(delivery: Delivery, announcements: Mapping[int, Announcement]) -> bool:
    return delivery.state.waiting and not delivery.doubtful and _is_news(delivery, announcements)


def _write(unit: UnitOfWork, words: Sequence[_Word], author: Author) -> tuple[tuple[AnnouncementId, ...], int]:
    """Make one announcement of those of a session who are told the same; return them, and how many messages go out."""
    groups: dict[tuple[SessionId, AnnouncementKind, datetime | None], list[_Word]] = defaultdict(list)
    for word in words:
        groups[word.session.id, word.kind, word.was_at].append(word)
    planned: list[PlannedWord] = []
    made: list[AnnouncementId] = []
    for (session_id, kind, was_at), alike in groups.items():
        announcement_id = unit.announcements.add(session_id, kind, was_at, author)
        made.append(announcement_id)
        for word in alike:
            planned += planned_words(announcement_id, word.session, word.listener, author.at, word.was_at)
    unit.announcements.plan(planned, author.at)
    return tuple(made), sum(each.state is DeliveryState.READY for each in planned)


def _sample(unit: UnitOfWork, book: TemplateBook, word: _Word) -> tuple[str, str]:
    """Subject and text of one client's mail, with a sign in the place of their name."""
    session = word.session
    site = unit.people.site(session.site_id)
    leader = "" if session.staff_id is None else unit.people.staff_member(session.staff_id).name
    facts = session_facts(session, unit.services.get(session.service_id), site, leader)
    news = News(kind=word.kind, session=facts, was_at=word.was_at)
    return news_text(news, words_for(word.listener.language, site.language), SOMEBODY, book)
