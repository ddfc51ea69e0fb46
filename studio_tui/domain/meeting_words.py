"""How a session's meeting stands, in words of the studio (SPEC L10)."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from studio_tui.domain.conferences import AccountState, LinkDecision
from studio_tui.domain.meetings import MeetingState
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
            return f"The last change has not reached the meeting. {meeting.trouble}{again}"
        return ""
    if account.state is AccountState.NEEDS_SIGN_IN:
        return "It is made after the next sign-in: V shows the accounts."
    if meeting is not None and meeting.busy(now):
        return "It is being made."
    trouble = (meeting.trouble if meeting is not None else "") or sign_in.trouble
    if trouble:
        waits = [] if meeting is None else [meeting.next_try_at]
        return (
            f"Not made. {trouble}{_again(max(filter(None, (*waits, sign_in.paused_until)), default=None), now, zone)}"
        )
    if meeting is None and starts_at - horizon > now:
        made_on = to_wall(starts_at - horizon, zone)
        return f"It is made {horizon.days} days before the start, on {made_on:%a} {made_on.day} {made_on:%b}."
    return "It is made within moments, while the worker runs."


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
        return " It is tried again within moments."
    wall = to_wall(at, zone)
    day = "" if wall.date() == to_wall(now, zone).date() else f" on {wall:%a} {wall.day} {wall:%b}"
    return f" Next try at {wall:%H:%M}{day}."
