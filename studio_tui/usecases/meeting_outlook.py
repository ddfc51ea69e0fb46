"""What the keeper of meetings can do now: the difference between what should be and what is, as far as providers let it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from studio_tui.domain.agenda import MeetingTally
from studio_tui.domain.conferences import AccountState, ConferenceAccount, SignIn
from studio_tui.domain.meetings import SOON, MeetingState, SignInId, Step, StepKind, is_ahead, next_look, next_steps
from studio_tui.domain.providers import MeetingKind
from studio_tui.storage.unit_of_work import UnitOfWork
from studio_tui.usecases.meeting_plan import picture_of_open, standing_of

_HELD_BACK = 10
"""A tenth of a day's limit is kept for sessions that start soon (SPEC L10)."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """What the keeper can do now.

    Attributes:
        steps: The most urgent first.
        sign_ins: Those that the steps are taken with, by the id that a step names.
        next_look: When there may be something to do again, though nobody edits anything; None if never.
        given_up: Sign-ins that nothing needs any more.
    """

    steps: Sequence[Step]
    sign_ins: Mapping[SignInId, SignIn]
    next_look: datetime | None
    given_up: Sequence[SignIn] = ()


def outlook_of(unit: UnitOfWork, kinds: Mapping[str, MeetingKind], now: datetime, horizon: timedelta) -> Outlook:
    """Read what can be done now.

    Left out are the steps of a sign-in that is no longer accepted or whose provider is left alone for a while, and those
    that the day's limit does not allow: a tenth of it is kept for sessions that start soon. What an old sign-in made can be
    removed with another one of the same host.
    """
    sign_ins = {each.id: each for each in unit.sign_ins.stored() if each.kind in kinds}
    steps, waits = list[Step](), list[datetime]()
    asked = {each.id: each for each in sign_ins.values() if _accepted(each, sign_ins)}
    picture = picture_of_open(unit, asked, now, horizon)
    left = {each.host: left_today(unit, each, kinds[each.kind], now) for each in sign_ins.values()}
    found = next_steps(picture.wanted, picture.meetings, now, horizon)
    asked |= _stand_ins(unit, [s.sign_in_id for s in found if s.sign_in_id not in asked], asked.values())
    for step in found:
        sign_in = asked.get(step.sign_in_id)
        if sign_in is None or (sign_in.id != step.sign_in_id and not _tidies(step)):
            continue
        if sign_in.paused_until is not None and is_ahead(sign_in.paused_until, now):
            waits.append(sign_in.paused_until)
        elif step.counts and not _allowed(step, left[sign_in.host], now):
            waits.append(_midnight(now))
        else:
            left[sign_in.host] = left[sign_in.host].one_less(step)
            steps.append(step)
    begun = [meeting for some in picture.meetings.values() for meeting in some]
    at = next_look(picture.wanted, begun, now, horizon)
    return Outlook(
        steps=steps,
        sign_ins=asked,
        next_look=min([*waits, *([] if at is None else [at])], default=None),
        given_up=_given_up(unit, kinds, sign_ins.values(), picture.accounts, now),
    )


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a host may still make or change today (UTC); `left` None is without limit."""

    left: int | None
    held_back: int = 0

    def one_less(self, step: Step) -> Allowance:
        """What is left after the step."""
        return self if self.left is None or not step.counts else Allowance(self.left - 1, self.held_back)


def left_today(unit: UnitOfWork, sign_in: SignIn, kind: MeetingKind, now: datetime) -> Allowance:
    """What the provider's daily limit leaves to the sign-in's host."""
    limit = kind.terms.daily_limit
    if limit is None:
        return Allowance(None)
    return Allowance(max(0, limit - unit.sign_ins.used(sign_in.host, now.date())), limit // _HELD_BACK)


def tallies(
    unit: UnitOfWork, kinds: Mapping[str, MeetingKind], now: datetime, horizon: timedelta
) -> dict[SignInId, MeetingTally]:
    """How the meetings of each sign-in that an account has stand now."""
    picture, bare = standing_of(unit, (), now, horizon)
    waiting, failed = Counter(bare), Counter[SignInId]()
    for wanted in picture.wanted:
        if wanted.sign_in_id is None or wanted.frozen:
            continue
        known = picture.meetings.get(wanted.subject, ())
        meeting = next((each for each in known if each.sign_in_id == wanted.sign_in_id), None)
        if meeting is not None and meeting.trouble:
            failed[wanted.sign_in_id] += 1
        elif (meeting is None or meeting.state is not MeetingState.MADE) and wanted.needed_at <= now + horizon:
            waiting[wanted.sign_in_id] += 1
    found = {}
    for sign_in in unit.sign_ins.by_ids(list(picture.accounts)).values():
        kind = kinds.get(sign_in.kind)
        found[sign_in.id] = MeetingTally(
            waiting=waiting[sign_in.id],
            failed=failed[sign_in.id],
            left=None if kind is None else left_today(unit, sign_in, kind, now).left,
            limit=None if kind is None else kind.terms.daily_limit,
        )
    return found


def _accepted(sign_in: SignIn, stored: Mapping[SignInId, SignIn]) -> bool:
    """Whether its provider can be asked: also the sign-in that it borrows, if it borrows one, is accepted."""
    if sign_in.lender_id is None:
        return sign_in.accepted
    lender = stored.get(sign_in.lender_id)
    return sign_in.accepted and lender is not None and lender.accepted


def _stand_ins(unit: UnitOfWork, old: Collection[SignInId], accepted: Iterable[SignIn]) -> Mapping[SignInId, SignIn]:
    """For sign-ins that cannot be used any more: another one of the same host, where there is one."""
    if not old:
        return {}
    by_host = {each.host: each for each in accepted}
    return {key: by_host[each.host] for key, each in unit.sign_ins.by_ids(old).items() if each.host in by_host}


def _tidies(step: Step) -> bool:
    """Whether the step only removes what is not wanted; whatever lets clients in waits for the account's own sign-in."""
    gone = step.meeting is not None and step.meeting.state is MeetingState.REMOVED
    return step.kind in (StepKind.REMOVE, StepKind.DROP) or (step.kind is StepKind.LOOK and gone)


def _allowed(step: Step, allowance: Allowance, now: datetime) -> bool:
    if allowance.left is None:
        return True
    return allowance.left > (0 if step.needed_at <= now + SOON else allowance.held_back)


def _midnight(now: datetime) -> datetime:
    """When the day's limit begins anew: 00:00 UTC."""
    return datetime.combine(now.date() + timedelta(days=1), time(), tzinfo=UTC)


def _given_up(
    unit: UnitOfWork,
    kinds: Mapping[str, MeetingKind],
    sign_ins: Iterable[SignIn],
    accounts: Mapping[SignInId, Sequence[ConferenceAccount]],
    now: datetime,
) -> list[SignIn]:
    """Sign-ins that nothing needs any more.

    One that no account has is kept as long as its meetings are to be removed. A site's disconnected account gives it up at
    once, and its meetings stay (SPEC A6); a person's keeps it until the meetings are removed. Where nothing has to be told
    to the provider, a disconnected account keeps it: connecting again is one key.
    """
    lent = {each.lender_id for each in sign_ins}
    found = []
    for sign_in in sign_ins:
        holders = accounts.get(sign_in.id, ())
        if sign_in.id in lent or any(holder.state is not AccountState.DISCONNECTED for holder in holders):
            continue
        if is_ahead(sign_in.paused_until, now):
            continue
        revocable = any(way.key == sign_in.way and way.revocable for way in kinds[sign_in.kind].ways)
        if holders and not revocable:
            continue
        kept = any(holder.site_id is not None for holder in holders)
        if kept or not sign_in.accepted or not unit.meetings.with_sign_in(sign_in.id, now):
            found.append(sign_in)
    return found
