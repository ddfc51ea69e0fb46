"""Which meetings there should be: read from the sessions and the accounts, as the resolver of links decides (SPEC L4, L10)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from studio_tui.domain.conferences import ConferenceAccount, LinkDecision, LinkSource, SignIn
from studio_tui.domain.meetings import Meeting, MeetingPlan, SignInId, Subject, Wanted, topic_of
from studio_tui.domain.people import Site, SiteId
from studio_tui.domain.sessions import Session, SessionId, SessionStatus, title_of
from studio_tui.storage.meeting_glance import Glimpse, MeetingGlance
from studio_tui.storage.unit_of_work import UnitOfWork
from studio_tui.usecases.link_context import LinkContexts, subject_of

_AT_A_LOOK = 20
"""So many sessions of each host without a meeting are read at once; more than a keeper makes before it looks again."""
_MINUTE, _AFTER_A_COURSE = timedelta(minutes=1), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Picture:
    """What should be and what there is, at one moment.

    Attributes:
        wanted: One for each subject that should have a meeting or has one.
        meetings: What was begun, by subject.
        accounts: Every account, by the sign-in that its meetings are made with.
    """

    wanted: Sequence[Wanted]
    meetings: Mapping[Subject, Sequence[Meeting]]
    accounts: Mapping[SignInId, Sequence[ConferenceAccount]]


def picture_of_open(unit: UnitOfWork, asked: Collection[SignInId], now: datetime, horizon: timedelta) -> Picture:
    """What may need something now; whatever is as it should be is left out, and costs next to nothing.

    Of the sessions that have no meeting yet only the nearest come, so many for each host, and only those whose meeting can
    be made with a sign-in of `asked`.
    """
    return standing_of(unit, asked, now, horizon).picture


class Standing(NamedTuple):
    """What may need something, and for how many sessions nothing was begun yet, by the sign-in that will make it."""

    picture: Picture
    bare: Mapping[SignInId, int]


def standing_of(unit: UnitOfWork, asked: Collection[SignInId], now: datetime, horizon: timedelta) -> Standing:
    """As `picture_of_open`, beside the number of sessions for which nothing was begun."""
    accounts, glance = _accounts(unit), MeetingGlance(unit.db)
    if not accounts and not glance.any():
        return Standing(Picture((), {}, {}), {})
    sessions, courses = glance.others(now, now + horizon)
    begun = {Subject(course_id=each) for each in courses} | {Subject(session_id=each) for each in sessions}
    unsettled, bare = _unsettled(unit, glance.sessions(now, now + horizon), asked)
    found = unit.sessions.by_ids(sorted(sessions | unsettled))
    return Standing(_picture(unit, accounts, found, begun, now), bare)


def _unsettled(
    unit: UnitOfWork, near: Sequence[Glimpse], asked: Collection[SignInId]
) -> tuple[set[SessionId], Mapping[SignInId, int]]:
    """Which of these may need something: what decides is looked at once for each group of sessions that are alike."""
    first = {each.group: each.id for each in reversed(near)}
    contexts = LinkContexts(unit)
    examples = {session.id: session for session in unit.sessions.by_ids(sorted(first.values()))}
    decisions = contexts.decide(examples.values())
    sites = {site.id: site for site in unit.people.sites()}
    rulings = {group: _Ruling.of(examples[key], decisions[key], contexts, sites) for group, key in first.items()}
    twice = [key for key, count in Counter(each.id for each in near).items() if count > 1]
    found, bare, taken = set[SessionId](twice), Counter[SignInId](), Counter[str]()
    for each in near:
        ruling = rulings[each.group]
        if ruling.frozen or (each.settled and ruling.fits(each)):
            continue
        if each.sign_in_id is not None:
            found.add(each.id)
        elif ruling.sign_in is not None:
            bare[ruling.sign_in.id] += 1
            taken[ruling.sign_in.host] += ruling.sign_in.id in asked
            if ruling.sign_in.id in asked and taken[ruling.sign_in.host] <= _AT_A_LOOK:
                found.add(each.id)
    return found, bare


@dataclass(frozen=True, slots=True)
class _Ruling:
    """What holds for all sessions of a group."""

    sign_in: SignIn | None
    topic: str
    zone: str
    frozen: bool

    @classmethod
    def of(
        cls, session: Session, decision: LinkDecision, contexts: LinkContexts, sites: Mapping[SiteId, Site]
    ) -> _Ruling:
        site = sites[session.site_id]
        return cls(
            sign_in=None if decision.account is None else decision.account.sign_in,
            topic=_topic(session, contexts, site),
            zone=site.zone,
            frozen=decision.source is LinkSource.DISCONNECTED,
        )

    def fits(self, each: Glimpse) -> bool:
        """Whether the meeting is the one that the session should have."""
        made_with = None if self.sign_in is None else self.sign_in.id
        return (each.sign_in_id, each.topic, each.zone) == (made_with, self.topic, self.zone)


def _accounts(unit: UnitOfWork) -> dict[SignInId, list[ConferenceAccount]]:
    """Every account that makes meetings, by its sign-in."""
    accounts: dict[SignInId, list[ConferenceAccount]] = {}
    for account in unit.conferences.all():
        if account.sign_in is not None:
            accounts.setdefault(account.sign_in.id, []).append(account)
    return accounts


def _picture(
    unit: UnitOfWork,
    accounts: Mapping[SignInId, Sequence[ConferenceAccount]],
    sessions: Sequence[Session],
    begun: set[Subject],
    now: datetime,
) -> Picture:
    """The picture of these sessions, and of all courses: one's meeting is made as soon as there is a session."""
    courses = {subject.course_id for subject in begun if subject.course_id is not None}
    courses |= {session.course_id for session in sessions if session.course_id is not None}
    if accounts:
        courses.update(unit.sessions.courses_to_come(now))
    alone = [session for session in sessions if session.course_id is None]
    wanted = _wanted(unit, [*alone, *unit.sessions.of_courses(courses)], begun, now)
    known = unit.meetings.of({each.subject for each in wanted})
    return Picture(wanted, {subject: list(each.values()) for subject, each in known.items()}, accounts)


def _wanted(unit: UnitOfWork, sessions: Sequence[Session], begun: set[Subject], now: datetime) -> list[Wanted]:
    contexts = LinkContexts(unit)
    decisions = contexts.decide(sessions)
    sites: dict[SiteId, Site] = {site.id: site for site in unit.people.sites()}
    runs: dict[Subject, list[Session]] = {}
    for session in sorted(sessions, key=lambda s: (s.starts_at, s.id)):
        runs.setdefault(subject_of(session), []).append(session)
    found = []
    for subject in runs.keys() | begun:
        run = runs.get(subject, [])
        to_come = [s for s in run if s.ends_at > now]
        if run and not to_come and not _is_left_behind(subject, run, now):
            continue  # over: whatever there is at the provider is of no use and does no harm
        found.append(_one(subject, to_come, contexts, decisions, sites, now))
    return found


def _is_left_behind(subject: Subject, run: Sequence[Session], now: datetime) -> bool:
    """Whether a course is over for long: its meeting has no time at which it would end by itself."""
    return subject.course_id is not None and max(session.ends_at for session in run) <= now - _AFTER_A_COURSE


def _one(
    subject: Subject,
    to_come: Sequence[Session],
    contexts: LinkContexts,
    decisions: Mapping[SessionId, LinkDecision],
    sites: Mapping[SiteId, Site],
    now: datetime,
) -> Wanted:
    """What a subject should have; without any session (deleted) nothing."""
    if not to_come:
        return Wanted(subject=subject, needed_at=now)
    first = to_come[0]
    if any(decisions[s.id].source is LinkSource.DISCONNECTED for s in to_come):
        return Wanted(subject=subject, needed_at=first.starts_at, frozen=True)
    served = [s for s in to_come if s.status is SessionStatus.ACTIVE and _by_meeting(decisions[s.id])]
    if not served:
        return Wanted(subject=subject, needed_at=first.starts_at)
    session = served[0]
    account = decisions[session.id].account
    site = sites[session.site_id]
    fixed = subject.course_id is None
    plan = MeetingPlan(
        topic=_topic(session, contexts, site),
        starts_at=session.starts_at if fixed else None,
        length=_in_minutes(session.length) if fixed else None,
        zone=site.zone,
    )
    sign_in_id = None if account is None or account.sign_in is None else account.sign_in.id
    return Wanted(subject=subject, sign_in_id=sign_in_id, plan=plan, needed_at=session.starts_at)


def _topic(session: Session, contexts: LinkContexts, site: Site) -> str:
    return topic_of(title_of(session, contexts.service(session.service_id)), site.name)


def _in_minutes(length: timedelta) -> timedelta:
    """As providers plan it: whole minutes, one at the least."""
    return max(1, -(-length // _MINUTE)) * _MINUTE


def _by_meeting(decision: LinkDecision) -> bool:
    return decision.account is not None and decision.account.sign_in is not None
