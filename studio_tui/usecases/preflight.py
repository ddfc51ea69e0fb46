"""The pre-flight board: reads a site's next hours, and finds what somebody should mend before clients notice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from studio_tui.domain.bookings import BookingId
from studio_tui.domain.channel_words import retold
from studio_tui.domain.clashes import Attendee, Ground
from studio_tui.domain.conferences import AccountState, ConferenceAccount, LinkDecision, LinkSource
from studio_tui.domain.delivery import Channel, Delivery, DeliveryState, HeldReason
from studio_tui.domain.errors import InvalidInput
from studio_tui.domain.language import N_, _, ngettext
from studio_tui.domain.meeting_words import meeting_sentence
from studio_tui.domain.meetings import HORIZON
from studio_tui.domain.outbox import WAYS
from studio_tui.domain.people import Site, SiteId, StaffMember
from studio_tui.domain.preflight import (
    MOST_HOURS,
    PATIENCE,
    Board,
    Mend,
    Problem,
    ProblemKind,
    clash_problems,
    in_order,
    late_notice,
)
from studio_tui.domain.services import Mode, ServiceKind
from studio_tui.domain.sessions import Session, SessionId, mode_of, notice_comes_too_late, title_of
from studio_tui.domain.workers import in_words, troubles_of
from studio_tui.domain.zones import to_wall, zone
from studio_tui.storage.unit_of_work import UnitOfWork
from studio_tui.usecases.clashing import occupations_of, premises_of
from studio_tui.usecases.link_context import LinkContexts
from studio_tui.usecases.resources import Resources


class Preflight:
    """The board. Reads only."""

    def __init__(self, resources: Resources, horizon: timedelta = HORIZON) -> None:
        self._resources = resources
        self._horizon = horizon

    def board(self, actor: StaffMember | None, site_id: SiteId, hours: int = 24) -> Board:
        """What is wrong at the site in the next `hours`.

        Raises:
            InvalidInput: The number of hours makes no sense.
            NotFound: There is no such site.
        """
        if not 1 <= hours <= MOST_HOURS:
            raise InvalidInput(
                _("The board looks 1 to {most_hours} hours ahead.").format(most_hours=MOST_HOURS), field="hours"
            )
        now = self._resources.clock()
        return self._resources.read(
            lambda unit: _Look(unit, unit.people.site(site_id), now, hours, self._horizon).board()
        )


class _Look:
    """One look at a site, in one transaction."""

    def __init__(self, unit: UnitOfWork, site: Site, now: datetime, hours: int, horizon: timedelta) -> None:
        self._unit, self._site, self._now, self._horizon = unit, site, now, horizon
        self._until = now + timedelta(hours=hours)
        self._zone = zone(site.zone)
        self._contexts = LinkContexts(unit)
        self._sessions = unit.sessions.upcoming(site.id, now, self._until)
        self._decisions = self._contexts.decide(self._sessions)
        self._online = [s for s in self._sessions if self._is_online(s)]
        self._troubled = unit.outbox.troubled(site.id, now)
        self._trouble = in_words(troubles_of(unit.workers.seen(), now))

    def board(self) -> Board:
        problems = [
            *self._relay(),
            *self._accounts(),
            *self._links(),
            *self._notices(),
            *self._addresses(),
            *self._messages(),
            *self._late(),
            *self._clashes(),
        ]
        return Board(site_id=self._site.id, at=self._now, until=self._until, problems=in_order(problems))

    def _relay(self) -> Iterable[Problem]:
        """One line if the workers cannot send, on the first session that has it before it."""
        if self._sessions and self._trouble:
            yield self._problem(
                ProblemKind.RELAY,
                self._sessions[0],
                _("Messages cannot go out. {trouble}").format(trouble=self._trouble),
            )

    def _accounts(self) -> Iterable[Problem]:
        """One line for an account, on the first session that it concerns."""
        default = self._contexts.default(self._site.id)
        leaders = {member.id: member.name for member in self._unit.people.staff()}
        concerned: dict[int, tuple[ConferenceAccount, list[Session]]] = {}
        for session in self._online:
            for account in (self._contexts.own(session.staff_id), default):
                if account is not None and self._concerns(account, session, self._decisions[session.id]):
                    concerned.setdefault(account.id, (account, []))[1].append(session)
        for account, sessions in concerned.values():
            whose = (
                _("The default account")
                if account.staff_id is None
                else _("{leaders}'s own account").format(leaders=leaders[account.staff_id])
            )
            yield self._problem(ProblemKind.ACCOUNT, sessions[0], _account_words(whose, account, len(sessions)))

    def _concerns(self, account: ConferenceAccount, session: Session, decision: LinkDecision) -> bool:
        """Whether the session lacks its link, or may come to lack it, for what is the matter with the account (SPEC A6, A7).

        A person's own account that was disconnected is none: the default one serves instead (L3, L4).
        """
        if account.state is AccountState.DISCONNECTED:
            return decision.source is LinkSource.DISCONNECTED and account.site_id is not None
        if account.state is not AccountState.NEEDS_SIGN_IN:
            return False
        own = account.staff_id is not None
        course = self._contexts.service(session.service_id).kind is ServiceKind.COURSE
        waits = decision.source is LinkSource.MISSING and not (own and course)
        return waits or (decision.account is not None and decision.account.id == account.id)

    def _links(self) -> Iterable[Problem]:
        held = self._held_for_link()
        for session in self._online:
            decision = self._decisions[session.id]
            if decision.missing and decision.source is not LinkSource.DISCONNECTED:
                waiting = held.get(session.id, [])
                stands = meeting_sentence(decision, session.starts_at, self._now, self._zone, self._horizon)
                words = _link_words(decision, session, len(waiting), stands)
                yield self._problem(ProblemKind.NO_LINK, session, words, deliveries=waiting)

    def _held_for_link(self) -> dict[SessionId, list[Delivery]]:
        found: dict[SessionId, list[Delivery]] = defaultdict(list)
        for delivery in self._troubled:
            if delivery.state is DeliveryState.HELD and delivery.reason == HeldReason.NO_LINK:
                found[SessionId(delivery.session_id)].append(delivery)
        return found

    def _notices(self) -> Iterable[Problem]:
        for session in self._online:
            if session.notice_at is not None and notice_comes_too_late(session):
                yield self._problem(ProblemKind.NOTICE, session, late_notice(session.notice_at, self._zone))

    def _addresses(self) -> Iterable[Problem]:
        without = self._unit.bookings.without_address([session.id for session in self._online])
        for session in self._online:
            for client in without.get(session.id, ()):
                words = _("no mail address, so the link cannot be mailed.")
                yield self._problem(ProblemKind.ADDRESS, session, words, clients=(client,))
        everybody = [session.id for session in self._sessions]
        off, back = self._unit.bookings.with_push_off(everybody), self._unit.bookings.with_mail_back(everybody)
        yield from self._once_each(off, N_("push is switched off, the server said {trouble}."))
        yield from self._once_each(back, N_("mail to this client comes back: {trouble}. Is the address right?"))

    def _once_each(self, troubled: Mapping[int, Sequence[tuple[Attendee, str]]], words: str) -> Iterable[Problem]:
        """One line for a client, on their first session."""
        told = set[int]()
        for session in self._sessions:
            for client, trouble in troubled.get(session.id, ()):
                if client.id not in told:
                    told.add(client.id)
                    said = _(words).format(trouble=trouble)
                    yield self._problem(ProblemKind.ADDRESS, session, said, clients=(client,))

    def _messages(self) -> Iterable[Problem]:
        """Failed and held messages: those of one session that tell the same are one line."""
        told_otherwise = {session.id for session in self._online}
        groups: dict[tuple[int, DeliveryState, Channel, str], list[Delivery]] = defaultdict(list)
        for delivery in self._troubled:
            why = _why(delivery)
            held = delivery.state is DeliveryState.HELD
            known = held and delivery.reason in (HeldReason.NO_LINK, HeldReason.NO_ADDRESS)
            if known and delivery.session_id in told_otherwise:
                continue
            groups[delivery.session_id, delivery.state, delivery.channel, why].append(delivery)
        sessions = {s.id: s for s in self._unit.sessions.by_ids(sorted({key[0] for key in groups}))}
        self._contexts.decide(sessions.values())
        clients = self._unit.bookings.who_booked([d.booking_id for group in groups.values() for d in group])
        for (session_id, state, channel, why), group in groups.items():
            named = tuple(dict.fromkeys(clients[BookingId(d.booking_id)] for d in group))
            kind = ProblemKind.FAILED if state is DeliveryState.FAILED else ProblemKind.HELD
            yield self._problem(
                kind,
                sessions[SessionId(session_id)],
                _("{way} {state}, {why}.").format(way=_(WAYS[channel.way]), state=state.label, why=why),
                clients=named,
                deliveries=group,
                way=_way(group[0]),
            )

    def _late(self) -> Iterable[Problem]:
        groups: dict[int, list[Delivery]] = defaultdict(list)
        for delivery in self._unit.outbox.overdue(self._site.id, self._now - PATIENCE, self._now):
            groups[delivery.session_id].append(delivery)
        sessions = self._unit.sessions.by_ids(sorted(groups))
        self._contexts.decide(sessions)
        for session in sessions:
            late = groups[session.id]
            since = to_wall(late[0].due_at, self._zone)
            words = ngettext(
                "{n} message is due since {since} and not sent: {why}",
                "{n} messages are due since {since} and not sent: {why}",
                len(late),
            )
            why, way = (self._trouble, Mend.SERVER) if self._trouble else (_("does the worker run?"), None)
            said = words.format(n=len(late), since=f"{since:%H:%M}", why=why)
            yield self._problem(ProblemKind.LATE, session, said, deliveries=late, way=way)

    def _clashes(self) -> Iterable[Problem]:
        if not self._sessions:
            return ()
        near = self._unit.sessions.near(self._now, max(session.ends_at for session in self._sessions))
        clients = self._unit.bookings.attendees([session.id for session in near])
        ground = Ground(occupations_of(self._unit, near, clients, contexts=self._contexts), premises_of(self._unit))
        lines = {session.id: self._problem(ProblemKind.CLASH, session) for session in self._sessions}
        return clash_problems(ground.all_clashes(), lines)

    def _problem(
        self,
        kind: ProblemKind,
        session: Session,
        what: str = "",
        *,
        clients: Sequence[Attendee] = (),
        deliveries: Sequence[Delivery] = (),
        way: Mend | None = None,
    ) -> Problem:
        service = self._contexts.service(session.service_id)
        return Problem(
            kind=kind,
            session_id=session.id,
            title=title_of(session, service),
            starts_at=session.starts_at,
            ends_at=session.ends_at,
            what=what,
            clients=tuple(clients),
            deliveries=tuple(delivery.id for delivery in deliveries),
            way=way,
        )

    def _is_online(self, session: Session) -> bool:
        return mode_of(session, self._contexts.service(session.service_id)) is Mode.ONLINE


def _account_words(whose: str, account: ConferenceAccount, sessions: int) -> str:
    if account.state is AccountState.DISCONNECTED:
        return ngettext(
            "{whose} is disconnected: {n} session has no link.",
            "{whose} is disconnected: {n} sessions have no link.",
            sessions,
        ).format(whose=whose, n=sessions)
    trouble = f" {account.sign_in.trouble}" if account.sign_in is not None and account.sign_in.trouble else ""
    return ngettext(
        "{whose} needs a new sign-in: new links for {n} session wait for it.{trouble}",
        "{whose} needs a new sign-in: new links for {n} sessions wait for it.{trouble}",
        sessions,
    ).format(whose=whose, n=sessions, trouble=trouble)


def _link_words(decision: LinkDecision, session: Session, held: int, stands: str) -> str:
    why = _("The link was removed by hand") if decision.source is LinkSource.REMOVED else _("No join link")
    clients = (
        ngettext("{n} client is booked", "{n} clients are booked", session.booked).format(n=session.booked)
        if session.booked
        else _("nobody is booked yet")
    )
    waiting = (
        ngettext("; {n} message is held for it", "; {n} messages are held for it", held).format(n=held) if held else ""
    )
    return (
        _("{why}, and {clients}{waiting}. {stands}")
        .format(why=why, clients=clients, waiting=waiting, stands=stands)
        .rstrip()
    )


def _why(delivery: Delivery) -> str:
    """What the server answered, or why it is held."""
    if delivery.state is DeliveryState.HELD:
        return _(delivery.reason)
    answer = f"{'' if delivery.last_code is None else delivery.last_code} {retold(delivery.last_text)}".strip()
    return answer or _("without an answer")


def _way(delivery: Delivery) -> Mend | None:
    """What a held message waits for, where trying again would not help."""
    if delivery.state is not DeliveryState.HELD:
        return None
    ways = {
        HeldReason.NO_ADDRESS.value: Mend.CLIENT,
        HeldReason.UNVERIFIED.value: Mend.CLIENT,
        HeldReason.NO_LINK.value: Mend.LINK,
        HeldReason.AFTER_CRASH.value: Mend.LOOK,
    }
    return ways.get(delivery.reason)
