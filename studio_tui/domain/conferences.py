"""Conference accounts, and the one resolver that decides which link a session has and why (SPEC §§2–3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, NewType

from studio_tui.domain.errors import NotPossible
from studio_tui.domain.language import N_, _
from studio_tui.domain.meetings import Meeting, MeetingState, SignInId
from studio_tui.domain.people import Change, SiteId, StaffId
from studio_tui.domain.phrase import Phrase
from studio_tui.domain.services import Mode, SealedLink, Service, ServiceKind
from studio_tui.domain.sessions import Course, LinkSay, Origin, OwnLink, Session, mode_of

AccountId = NewType("AccountId", int)


class AccountState(StrEnum):
    """Disconnecting deletes nothing: connecting again brings the links back (SPEC A6, A7)."""

    CONNECTED = "connected"
    NEEDS_SIGN_IN = "needs_sign_in"
    DISCONNECTED = "disconnected"

    @property
    def label(self) -> str:
        """The state in words, for the screen."""
        return str(self.phrase)

    @property
    def phrase(self) -> Phrase:
        """The state in words, to be kept."""
        return Phrase(_STATES[self])


_STATES = {
    AccountState.CONNECTED: N_("connected"),
    AccountState.NEEDS_SIGN_IN: N_("needs sign-in"),
    AccountState.DISCONNECTED: N_("disconnected"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """A sign-in at a provider: accounts use it, and meetings are made and removed with it. Its credentials stay sealed.

    Attributes:
        kind: Key of a `MeetingKind`, e.g. "zoom".
        way: Key of the `ConnectWay` that it was made in.
        user_id: The provider's id of the host; two sign-ins with the same one are the same host.
        label: What may be shown of it, e.g. the host's e-mail address.
        accepted: Whether the provider still takes it; False asks for a new one (SPEC A7).
        stored: Whether its credentials are kept; False once it was given up.
        trouble: What failed last, in a sentence; empty if all is well.
        paused_until: The provider is not asked again before; aware UTC.
    """

    id: SignInId
    kind: str
    way: str
    user_id: str
    label: str
    accepted: bool = True
    stored: bool = True
    trouble: str = ""
    failures: int = 0
    paused_until: datetime | None = None
    lender_id: SignInId | None = None

    @property
    def host(self) -> str:
        """What tells hosts apart: meetings of one are made, counted and held together (SPEC L9)."""
        return f"{self.kind}:{self.user_id}"


class Host(NamedTuple):
    """Who has to be in a meeting, and in how many at a time they can be (SPEC L9)."""

    key: str
    concurrent: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ConferenceAccount:
    """A connection to a video provider: a site's default account (`site_id` set) or a person's own (`staff_id` set).

    Attributes:
        kind: Key of a `ConferenceKind`, e.g. "custom".
        label: What may be shown of it without a key press, e.g. "meet.google.com".
        state: NEEDS_SIGN_IN also where its sign-in is no longer accepted (SPEC A7).
        link: The link that every session gets, for a kind whose link is static.
        sign_in: What its meetings are made with, for a kind whose sessions get a meeting each.
        concurrent: How many meetings its host can run at a time (its licence); None for any number.
    """

    id: AccountId
    site_id: SiteId | None
    staff_id: StaffId | None
    kind: str
    label: str
    state: AccountState
    link: SealedLink | None
    change: Change
    sign_in: SignIn | None = None
    concurrent: int | None = None

    @property
    def gives_links(self) -> bool:
        """Whether sessions get a link by it: its own, or a meeting's."""
        return self.link is not None or self.sign_in is not None

    @property
    def host(self) -> Host | None:
        """Who has to be in its meetings; None where nobody has to be (SPEC L9)."""
        if self.sign_in is None:
            return Host(f"account:{self.id}", 1)
        return None if self.concurrent is None else Host(self.sign_in.host, self.concurrent)

    @property
    def serves(self) -> bool:
        """Whether links of this account are shown and sent: also while it needs a sign-in (SPEC A7)."""
        return self.state is not AccountState.DISCONNECTED


class LinkSource(StrEnum):
    """Where a session's link comes from, or why it has none; the order is that of SPEC §3."""

    IN_PERSON = "in_person"
    DISCONNECTED = "disconnected"
    TYPED = "typed"
    TYPED_COURSE = "typed_course"
    REMOVED = "removed"
    SERVICE = "service"
    LEADER = "leader"
    SITE = "site"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class LinkDecision:
    """Which link a session has, and why. `link` is None exactly when there is none to show or send.

    Attributes:
        owner: The record that the link was sealed for, e.g. "service:3": it opens for that one only.
        account: The account that decides (LEADER, SITE), also while its meeting is still to be made.
        meeting: What is known of that meeting; None if none was begun.
    """

    source: LinkSource
    link: SealedLink | None = None
    owner: str = ""
    account: ConferenceAccount | None = field(default=None, compare=False)
    meeting: Meeting | None = field(default=None, compare=False)

    @property
    def missing(self) -> bool:
        """Whether an online session lacks a link: the calendar marks it and its notices are held (SPEC L5, N8)."""
        return self.link is None and self.source is not LinkSource.IN_PERSON

    @property
    def pending(self) -> bool:
        """Whether the link comes with a meeting that is still to be made (SPEC L10)."""
        return self.link is None and self.account is not None

    @property
    def host(self) -> Host | None:
        """Who has to be in the meeting; None where the link comes from somewhere else (SPEC L9)."""
        return None if self.account is None else self.account.host


@dataclass(frozen=True, slots=True)
class LinkContext:
    """All that decides a session's link beside the session itself (SPEC L11).

    Attributes:
        meetings: Those that were begun for the session, or for its course, by the sign-in they were begun with.
    """

    service: Service
    course: Course | None = None
    leader_account: ConferenceAccount | None = None
    default_account: ConferenceAccount | None = None
    meetings: Mapping[SignInId, Meeting] = field(default_factory=dict)


def resolve_link(session: Session, context: LinkContext) -> LinkDecision:
    """Decide the session's link: the first of L0–L5 that matches.

    A leader's own account counts only where the site has a default account connected (A4, A6).
    """
    service, default = context.service, context.default_account
    if mode_of(session, service) is Mode.IN_PERSON:
        return LinkDecision(LinkSource.IN_PERSON)
    if default is not None and not default.serves:
        return LinkDecision(LinkSource.DISCONNECTED)
    own = own_link_of(session, context.course)
    if own.say is LinkSay.TYPED:
        if context.course is not None:
            return LinkDecision(LinkSource.TYPED_COURSE, own.link, f"course:{context.course.id}")
        return LinkDecision(LinkSource.TYPED, own.link, f"session:{session.id}")
    if removal_holds(own, session.origin, service):
        return LinkDecision(LinkSource.REMOVED)
    if service.link is not None and session.origin is Origin.SCHEDULED:
        return LinkDecision(LinkSource.SERVICE, service.link, f"service:{service.id}")
    return _account_link(context)


def own_link_of(session: Session, course: Course | None) -> OwnLink:
    """Whose own say counts: for a session of a course the course's (SPEC L1, L4)."""
    return session.own_link if course is None else course.own_link


def removal_holds(own: OwnLink, origin: Origin, service: Service) -> bool:
    """Whether a removal by hand still stands: until the service's link is set anew (SPEC L6), for good if occasional."""
    return own.say is LinkSay.NONE and (origin is Origin.OCCASIONAL or own.epoch >= service.link_epoch)


def _account_link(context: LinkContext) -> LinkDecision:
    leader, default = context.leader_account, context.default_account
    if default is None:
        return LinkDecision(LinkSource.MISSING)
    if context.service.kind is not ServiceKind.COURSE and leader is not None and leader.serves and leader.gives_links:
        return _link_by(leader, LinkSource.LEADER, context.meetings)
    if default.gives_links:
        return _link_by(default, LinkSource.SITE, context.meetings)
    return LinkDecision(LinkSource.MISSING)


def _link_by(account: ConferenceAccount, source: LinkSource, meetings: Mapping[SignInId, Meeting]) -> LinkDecision:
    """The account's own link, or that of the meeting made with its sign-in: one made with another does not count."""
    if account.sign_in is None:
        return LinkDecision(source, account.link, f"account:{account.id}", account)
    meeting = meetings.get(account.sign_in.id)
    if meeting is None or meeting.state is not MeetingState.MADE or meeting.link is None:
        return LinkDecision(source, account=account, meeting=meeting)
    return LinkDecision(source, meeting.link, meeting.owner, account, meeting)


def explain_link(decision: LinkDecision, *, service: str, leader: str, site: str) -> str:
    """One sentence, in words of the studio, why a session has the link that it has (SPEC §3)."""
    if decision.pending:
        whose = (
            _("{leader}'s own account").format(leader=leader)
            if decision.source is LinkSource.LEADER
            else _("The default account of {site}").format(site=site)
        )
        return _("{whose} gives it a meeting of its own.").format(whose=whose)
    return {
        LinkSource.IN_PERSON: _("In person: no link."),
        LinkSource.DISCONNECTED: _("The default account of {site} is disconnected: no link is shown or sent.").format(
            site=site
        ),
        LinkSource.TYPED: _("Typed by hand on this session."),
        LinkSource.TYPED_COURSE: _("Typed by hand on the course: it holds for the whole run."),
        LinkSource.REMOVED: _("Removed by hand: type one, or restore the original."),
        LinkSource.SERVICE: _("The link of the service {service}.").format(service=service),
        LinkSource.LEADER: _("{leader}'s own account.").format(leader=leader),
        LinkSource.SITE: _("The default account of {site}.").format(site=site),
        LinkSource.MISSING: _("No link: type one here, set the service's link, or connect an account."),
    }[decision.source]


class ServiceLinkEffect(StrEnum):
    """What setting the service's link does to one session (SPEC L6)."""

    ADDED = "added"
    CHANGED = "changed"
    KEPT = "kept"
    SKIPPED = "skipped"
    UNTOUCHED = "untouched"


def effect_of_service_link(own: OwnLink, origin: Origin, before: LinkDecision, *, clears: bool) -> ServiceLinkEffect:
    """Foretell what setting the service's link (or clearing it) does to a session whose link is now `before` (SPEC L6).

    UNTOUCHED is a session whose link does not depend on it: in person, the default account disconnected, or the
    service's link is cleared and the session does not use it.
    """
    if own.say is LinkSay.TYPED:
        return ServiceLinkEffect.KEPT
    if origin is Origin.OCCASIONAL:
        return ServiceLinkEffect.SKIPPED
    if before.source in (LinkSource.IN_PERSON, LinkSource.DISCONNECTED):
        return ServiceLinkEffect.UNTOUCHED
    if clears:
        return ServiceLinkEffect.CHANGED if before.source is LinkSource.SERVICE else ServiceLinkEffect.UNTOUCHED
    return ServiceLinkEffect.ADDED if before.link is None else ServiceLinkEffect.CHANGED


def check_can_add_own(staff_name: str, site_name: str, default: ConferenceAccount | None) -> None:
    """Refuse a staff member's own account while the site has no default account connected (SPEC A4).

    Raises:
        NotPossible: With what to do first.
    """
    if default is None or not default.serves:
        raise NotPossible(
            _(
                "{site_name} has no default account connected: connect one first, then {staff_name} can have their own."
            ).format(site_name=site_name, staff_name=staff_name)
        )
