"""Carrying parcels where each stands alone: no connection to keep, one request or one file per parcel."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from studio_tui.channels.desk import Desk
from studio_tui.domain.channel_words import STOPPED_BEFORE, STOPPED_WITHIN
from studio_tui.domain.outcomes import Doubtful, NotTaken, Outcome, Parcel, Withdrawn

Deliver = Callable[[Parcel], Awaitable[Outcome]]


async def carry_singly(desk: Desk, parcel: Parcel, deliver: Deliver) -> None:
    """Carry a parcel and then whatever waits: intent first, then `deliver`, again if it was not taken.

    A `deliver` that is cancelled leaves its parcel in doubt.
    """
    following: Parcel | None = parcel
    while following is not None:
        if await _may_go(desk, following):
            desk.report(following, await _deliver(desk, following, deliver))
        else:
            desk.report(following, Withdrawn())
        following = desk.another()


async def _may_go(desk: Desk, parcel: Parcel) -> bool:
    try:
        return await desk.intent(parcel)
    except asyncio.CancelledError:
        desk.report(parcel, NotTaken(STOPPED_BEFORE))
        raise


async def _deliver(desk: Desk, parcel: Parcel, deliver: Deliver) -> Outcome:
    try:
        while desk.holds(parcel):
            outcome = await deliver(parcel)
            if not isinstance(outcome, NotTaken) or not desk.may_retry(parcel):
                return outcome
        return Withdrawn()
    except asyncio.CancelledError:
        desk.report(parcel, Doubtful(STOPPED_WITHIN))
        raise
