"""How a session's meeting stands, in words of the studio (SPEC L10)."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from studio_tui.domain.conferences import AccountState, LinkDecision
from studio_tui.domain.language import _
from studio_tui.domain.meetings import MeetingState
from studio_tui.domain.spelling import spelt
from studio_tui.domain.zones import to_wall


def meeting_sentence(
    decision: LinkDecision, starts_at: datetime, now: datetime, zone: ZoneInfo, horizon: timedelta
) -> str:
    """One or two sentences: being made, made later, failed and tried again when; empty where all is well or nothing is made.

    Args:
        decision: Of the session.
        starts_at: Its start, aware UTC.
        now: The current instant, aware UTC.
        zone: Whose wall clock the times are told by.
        horizon: How long before its start a meeting is made.
    """
    account, meeting = decision.account, decision.meeting
    if account is None or account.sign_in is None:
        return ""
    sign_in = account.sign_in
    if not decision.pending:
        if meeting is not None and meeting.trouble:
            again = _again(max(filter(None, (meeting.next_try_at, sign_in.paused_until)), default=None), now, zone)
            return _("The last change has not reached the meeting. {trouble}{again}").format(
                trouble=meeting.trouble, again=again
            )
        return ""
    if account.state is AccountState.NEEDS_SIGN_IN:
        return _("It is made after the next sign-in: V shows the accounts.")
    if meeting is not None and meeting.busy(now):
        return _("It is being made.")
    trouble = (meeting.trouble if meeting is not None else "") or sign_in.trouble
    if trouble:
        waits = [] if meeting is None else [meeting.next_try_at]
        again = _again(max(filter(None, (*waits, sign_in.paused_until)), default=None), now, zone)
        return _("Not made. {trouble}{again}").format(trouble=trouble, again=again)
    if meeting is None and starts_at - horizon > now:
        made_on = to_wall(starts_at - horizon, zone)
        words = _("It is made {n} days before the start, on {day}.")
        return words.format(n=horizon.days, day=spelt(made_on, "%a %-d %b"))
    return _("It is made within moments, while the worker runs.")


def failed(decision: LinkDecision) -> bool:
    """Whether a meeting that should be there could not be made."""
    if not decision.pending or decision.account is None:
        return False
    meeting, sign_in = decision.meeting, decision.account.sign_in
    if meeting is not None and meeting.state is not MeetingState.MADE and meeting.trouble:
        return True
    return sign_in is not None and (bool(sign_in.trouble) or not sign_in.accepted)


def _again(at: datetime | None, now: datetime, zone: ZoneInfo) -> str:
    if at is None or at <= now:
        return _(" It is tried again within moments.")
    wall = to_wall(at, zone)
    if wall.date() == to_wall(now, zone).date():
        return _(" Next try at {time}.").format(time=f"{wall:%H:%M}")
    return _(" Next try at {time} on {day}.").format(time=f"{wall:%H:%M}", day=spelt(wall, "%a %-d %b"))
