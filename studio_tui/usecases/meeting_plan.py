"""Which meetings there should be: read from the sessions and the accounts, as the resolver of links decides (SPEC L4, L10)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from studio_tui.domain.conferences import ConferenceAccount, LinkDecision, LinkSource
from studio_tui.domain.meetings import Meeting, MeetingPlan, SignInId, Subject, Wanted, topic_of
from studio_tui.domain.people import Site, SiteId
from studio_tui.domain.sessions import Session, SessionId, SessionStatus
from studio_tui.storage.unit_of_work import UnitOfWork
from studio_tui.usecases.link_context import LinkContexts, subject_of

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


def picture_of(unit: UnitOfWork, now: datetime, horizon: timedelta) -> Picture:
    """Read all that matters: sessions that start within the horizon, and what was begun for whatever else."""
    accounts: dict[SignInId, list[ConferenceAccount]] = {}
    for account in unit.conferences.all():
        if account.sign_in is not None:
            accounts.setdefault(account.sign_in.id, []).append(account)
    opened = unit.meetings.open(now)
    if not accounts and not opened:
        return Picture((), {}, {})
    sessions: dict[SessionId, Session] = {}
    courses = {m.subject.course_id for m in opened if m.subject.course_id is not None}
    if accounts:
        sessions = {s.id: s for s in unit.sessions.near(now, now + horizon) if s.ends_at > now}
        courses.update(unit.sessions.courses_to_come(now))  # their one meeting is made as soon as there is a session
    begun = [m.subject.session_id for m in opened if m.subject.session_id is not None]
    sessions |= {s.id: s for s in unit.sessions.by_ids([key for key in begun if key not in sessions])}
    for course_id in sorted(courses):
        sessions |= {s.id: s for s in unit.sessions.of_course(course_id)}
    wanted = _wanted(unit, list(sessions.values()), {m.subject for m in opened}, now)
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
    name, site = session.title or contexts.service(session.service_id).name, sites[session.site_id]
    fixed = subject.course_id is None
    plan = MeetingPlan(
        topic=topic_of(name, site.name),
        starts_at=session.starts_at if fixed else None,
        length=_in_minutes(session.length) if fixed else None,
        zone=site.zone,
    )
    sign_in_id = None if account is None or account.sign_in is None else account.sign_in.id
    return Wanted(subject=subject, sign_in_id=sign_in_id, plan=plan, needed_at=session.starts_at)


def _in_minutes(length: timedelta) -> timedelta:
    """As providers plan it: whole minutes, one at the least."""
    return max(1, -(-length // _MINUTE)) * _MINUTE


def _by_meeting(decision: LinkDecision) -> bool:
    return decision.account is not None and decision.account.sign_in is not None
