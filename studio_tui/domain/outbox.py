"""The outbox as people look at it: which messages are shown, what a line says, and what can be done about one (SPEC N11)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from studio_tui.domain.announcements import AnnouncementKind
from studio_tui.domain.channel_words import answer_words
from studio_tui.domain.delivery import Channel, Delivery, DeliveryId, DeliveryState, HeldReason, Way
from studio_tui.domain.errors import StudioError
from studio_tui.domain.language import N_, _, ngettext
from studio_tui.domain.messages import MessageKind
from studio_tui.domain.people import ClientId, SiteId
from studio_tui.domain.sessions import SessionId
from studio_tui.domain.spelling import grouped

PLANNED = (DeliveryState.READY, DeliveryState.CLAIMED)
STATES: Mapping[str, tuple[DeliveryState, ...]] = {
    "planned": PLANNED,
    "sending": (DeliveryState.SENDING,),
    "sent": (DeliveryState.SENT,),
    "failed": (DeliveryState.FAILED,),
    "held": (DeliveryState.HELD,),
    "skipped": (DeliveryState.SKIPPED,),
    "expired": (DeliveryState.EXPIRED,),
    "cancelled": (DeliveryState.CANCELLED,),
}
"""What people call the states, in the order in which they are listed; `state_label` says them on screens."""
WAYS: Mapping[Way, str] = {Way.MAIL: N_("mail"), Way.PUSH: N_("push")}


def state_label(name: str) -> str:
    """One of `STATES` in the language of the screen."""
    return STATES[name][0].label


class OutboxAct(Enum):
    """What a person can do about messages; the value says it of one that it cannot be done to."""

    HOLD = N_("be held")
    RELEASE = N_("be let go")
    SEND_NOW = N_("be sent before its time")
    RETRY = N_("be tried again")
    RESEND = N_("be sent again")
    CANCEL = N_("be stopped")


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxFilter:
    """Which messages are shown: what is empty or None narrows nothing. Instants are aware UTC.

    Attributes:
        text: Parts of the client's name, address or number, or of the session's title; each must be found.
        since: Due then or later; `until`: due before then.
        history: Also those that were put away long after their session.
    """

    site_id: SiteId | None = None
    states: frozenset[DeliveryState] = frozenset()
    kinds: frozenset[MessageKind] = frozenset()
    ways: frozenset[Way] = frozenset()
    text: str = ""
    client_id: ClientId | None = None
    session_id: SessionId | None = None
    since: datetime | None = None
    until: datetime | None = None
    history: bool = False

    def words(self) -> str:
        """What is asked for beyond the site, in a few words; empty if nothing is."""
        states = [state_label(name) for name, those in STATES.items() if self.states.issuperset(those)]
        kinds = [kind.label for kind in MessageKind if kind in self.kinds]
        ways = [_(WAYS[way]) for way in Way if way in self.ways]
        text = [f"“{self.text.strip()}”"] if self.text.strip() else []
        return " · ".join(_(" or ").join(part) for part in (states, kinds, ways, text) if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxLine:
    """One message in a list. Instants are aware UTC.

    Attributes:
        news: What a message tells of a change; None for other kinds.
        zone: The name of the site's zone, in which its times are told.
        over: The session is over.
        manual: A person asked for it.
        code, text: The server's last answer.
        past: It was put away: it can be read, and nothing else.
        stuck: What keeps it from leaving though it is due, in words; empty if nothing does.
    """

    delivery_id: DeliveryId
    kind: MessageKind
    news: AnnouncementKind | None
    way: Way
    channel: Channel
    state: DeliveryState
    reason: str
    client_id: ClientId
    client: str = field(repr=False)
    site_id: SiteId
    site: str
    zone: str
    session_id: SessionId
    title: str
    starts_at: datetime
    over: bool
    due_at: datetime
    sent_at: datetime | None
    attempt: int
    manual: bool
    code: int | None
    text: str
    past: bool = False
    stuck: str = ""

    @property
    def answer(self) -> str:
        """The server's last answer, with its code; empty if it never gave one."""
        return answer_words(self.code, self.text)

    @property
    def why(self) -> str:
        """What happened to it or what it waits for, in words; the state is told beside it."""
        match self.state:
            case DeliveryState.SENT:
                return self.answer
            case DeliveryState.FAILED:
                return self.answer or _("without an answer")
            case DeliveryState.HELD | DeliveryState.SKIPPED | DeliveryState.CANCELLED:
                return _(self.reason) or self.answer
            case DeliveryState.EXPIRED:
                return _(self.reason) or self.answer or _("the session was over")
            case _ if self.stuck:
                return self.stuck
            case _ if self.attempt:
                return _("attempt {n} after: {answer}").format(n=self.attempt + 1, answer=self.answer)
            case _ if self.kind is MessageKind.LINK:
                return _("for whoever holds an old link")
            case _ if self.manual and self.news is None:
                return _("sent again on purpose")
        return ""


@dataclass(frozen=True, slots=True)
class OutboxCounts:
    """How many messages are shown, and how many in each state; states without any are left out."""

    by_state: Mapping[DeliveryState, int]

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.by_state.values())

    def of(self, state: str) -> int:
        """How many are in one of `STATES`."""
        return sum(self.by_state.get(each, 0) for each in STATES[state])


@dataclass(frozen=True, slots=True)
class ActReport:
    """What became of an act on messages, each by its id: done, or refused with the reason; `later` of those done wait now."""

    done: tuple[DeliveryId, ...]
    refused: tuple[tuple[DeliveryId, StudioError], ...]
    later: tuple[DeliveryId, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxMessage:
    """One message, whole. Instants are aware UTC.

    Attributes:
        recipient: The address that it went to; None if it never left.
        subject, body: The message in plain text as it would be made now; its link is masked unless it was asked for.
        html: A mail's HTML body, told as text; empty for push messages.
        unmade: Why it cannot be made now; empty if it can.
        hides_link: The body has a link that is masked.
        link_changed: The link that was sent is not the present one any more (SPEC L8).
        attempts: Answers that the server gave so far.
        crashes: How often a worker ended while sending it.
    """

    line: OutboxLine
    recipient: str | None = field(repr=False)
    subject: str
    body: str = field(repr=False)
    html: str = field(default="", repr=False)
    unmade: str = ""
    hides_link: bool = False
    link_changed: bool = False
    expires_at: datetime
    attempts: int
    crashes: int
    server_ref: str
    message_id: str | None


_NOT_HELD = (OutboxAct.RELEASE, OutboxAct.SEND_NOW, OutboxAct.RESEND)
"""Acts that are for what waits, or went, by itself: what is held for a reason can be tried again."""


def done_words(act: OutboxAct, number: int, later: int = 0) -> str:
    """To how many messages an act was done and when they leave, without a full stop.

    Args:
        act: What was done.
        number: To how many.
        later: How many of them wait for their own time; the others leave at once.
    """
    words = {
        OutboxAct.HOLD: ngettext(
            "{messages} held until somebody lets go", "{messages} held until somebody lets go", number
        ),
        OutboxAct.RELEASE: ngettext(
            "{messages} let go, to leave at once", "{messages} let go, to leave at once", number
        ),
        OutboxAct.SEND_NOW: ngettext("{messages} to leave now", "{messages} to leave now", number),
        OutboxAct.RETRY: ngettext(
            "{messages} to be tried again at once", "{messages} to be tried again at once", number
        ),
        OutboxAct.RESEND: ngettext("{messages} to be sent again", "{messages} to be sent again", number),
        OutboxAct.CANCEL: ngettext("{messages} not to be sent", "{messages} not to be sent", number),
    }[act]
    if later and act in (OutboxAct.RELEASE, OutboxAct.RETRY):
        words = _later_words(act, number, later)
    messages = ngettext("{n} message", "{n} messages", number).format(n=grouped(number)) if number else _("no messages")
    return words.format(messages=messages, later=grouped(later))


def retried_words(tried: Sequence[Delivery], now: datetime) -> str:
    """What was done to messages that are tried again, at once or at their own time, as a sentence."""
    return f"{done_words(OutboxAct.RETRY, len(tried), sum(each.due_at > now for each in tried))}."


def _later_words(act: OutboxAct, number: int, later: int) -> str:
    if act is OutboxAct.RELEASE:
        every = ngettext(
            "{messages} let go, to leave at the usual time", "{messages} let go, to leave at the usual time", number
        )
        some = ngettext(
            "{messages} let go, {later} of them to leave at the usual time",
            "{messages} let go, {later} of them to leave at the usual time",
            number,
        )
    else:
        every = ngettext(
            "{messages} to be tried again at the usual time", "{messages} to be tried again at the usual time", number
        )
        some = ngettext(
            "{messages} to be tried again, {later} of them at the usual time",
            "{messages} to be tried again, {later} of them at the usual time",
            number,
        )
    return every if later == number else some


def cannot(act: OutboxAct, state: DeliveryState, reason: str) -> str:
    """Why an act cannot be done to a message in that state, in a sentence; empty if it can.

    The session may have more to say: that it is over, or was moved.
    """
    if state is DeliveryState.SENDING and act is not OutboxAct.RESEND:
        return _("That message is being sent at this moment: it cannot {value} any more.").format(value=_(act.value))
    by_hand = state is DeliveryState.HELD and reason == HeldReason.BY_HAND
    if by_hand and act is OutboxAct.RESEND:
        return _("That message is held by hand: let it go, or send it now.")
    if state is DeliveryState.HELD and not by_hand and act in _NOT_HELD:
        return _("That message is held because: {reason}. Mend that, or try it again.").format(reason=_(reason))
    if act is OutboxAct.HOLD and state is DeliveryState.HELD:
        return _("That message is held already: {reason}.").format(reason=_(reason))
    fits, only = {
        OutboxAct.HOLD: (state in PLANNED, _("only one that is planned can be held")),
        OutboxAct.RELEASE: (by_hand, _("only one that is held by hand can be let go")),
        OutboxAct.SEND_NOW: (state.waiting, _("only one that is planned can be sent before its time")),
        OutboxAct.RETRY: (state.stuck, _("only a failed or held one can be tried again")),
        OutboxAct.RESEND: (not state.waiting, _("it goes out by itself")),
        OutboxAct.CANCEL: (state.waiting, _("it cannot be stopped any more")),
    }[act]
    return "" if fits else _("That message is {label}: {only}.").format(label=state.label, only=only)
