"""The desk between feed and lanes, with lanes that do as they are told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest

from studio_tui.channels.breaker import Breaker, Rests
from studio_tui.channels.desk import Desk
from studio_tui.channels.standing import Standing
from studio_tui.domain.outcomes import Outcome, Parcel, RelayTrouble, Sent
from tests.channels.feeds import ListFeed, a_parcel, parcels

SENT = Sent("", "ok")
CROWDED = RelayTrouble(421, "too many", permanent=False)
DOWN = RelayTrouble(None, "no answer", permanent=False)
LONG = timedelta(seconds=60)


def a_standing(most: int, clock: Callable[[], float]) -> Standing:
    rests = Rests(first=timedelta(milliseconds=10), longest=timedelta(milliseconds=10))
    return Standing(most, clock, breaker=Breaker(rests))


def a_clock(step: float) -> Callable[[], float]:
    """A clock that moves on each time somebody looks at it."""
    now = 0.0

    def read() -> float:
        nonlocal now
        now += step
        return now

    return read


async def send(desk: Desk, parcel: Parcel) -> None:
    assert await desk.intent(parcel)
    assert desk.holds(parcel)
    desk.report(parcel, SENT)


@pytest.mark.parametrize("step", [0.0007 * number for number in range(1, 25)])
async def test_a_rest_that_ends_while_it_is_looked_at_is_not_waited_for_for_ever(step: float) -> None:
    troubles = iter([DOWN] * 5)

    async def lane(desk: Desk, parcel: Parcel) -> None:
        trouble = next(troubles, None)
        if trouble is None:
            await send(desk, parcel)
        else:
            desk.report(parcel, trouble)

    feed = ListFeed(parcels(12))
    async with asyncio.timeout(10):
        await Desk(feed, a_standing(1, a_clock(step)), lane, LONG).run()

    assert sorted(feed.outcomes) == list(range(1, 13))
    assert list(feed.kinds().values()).count("RelayTrouble") >= 5


async def test_lanes_are_as_many_as_there_is_work_for_and_never_more_than_the_width() -> None:
    active = most = 0

    async def lane(desk: Desk, parcel: Parcel) -> None:
        nonlocal active, most
        active += 1
        most = max(most, active)
        following: Parcel | None = parcel
        while following is not None:
            await send(desk, following)
            following = desk.another()
        active -= 1

    feed = ListFeed(parcels(50))
    feed.intent_delay = 0.001
    await Desk(feed, a_standing(3, asyncio.get_running_loop().time), lane, LONG).run()

    assert most == 3
    assert len(feed.outcomes) == 50


async def test_an_idle_lane_gets_the_next_parcel() -> None:
    started = []

    async def lane(desk: Desk, parcel: Parcel) -> None:
        started.append(parcel.id)
        following: Parcel | None = parcel
        while following is not None:
            await send(desk, following)
            following = await desk.wait(LONG)

    feed = ListFeed([a_parcel(1)], closed=False)
    running = asyncio.create_task(Desk(feed, a_standing(4, a_clock(0.001)), lane, LONG).run())
    for number in range(2, 6):
        await feed.reports(number - 1)
        feed.offer(a_parcel(number))
    await feed.reports(5)
    feed.close()
    await running

    assert started == [1]


async def test_a_crowded_parcel_goes_to_a_lane_that_has_a_connection() -> None:
    connected = asyncio.Event()

    async def lane(desk: Desk, parcel: Parcel) -> None:
        if connected.is_set():
            desk.report(parcel, CROWDED)
            return
        connected.set()
        following: Parcel | None = parcel
        while following is not None:
            await send(desk, following)
            following = desk.another() or await desk.wait(LONG)

    feed = ListFeed(parcels(20))
    standing = a_standing(8, asyncio.get_running_loop().time)
    async with asyncio.timeout(10):
        await Desk(feed, standing, lane, LONG).run()

    assert set(feed.kinds().values()) == {"Sent"}
    assert standing.health().limit < 8


async def test_trouble_hands_back_what_is_waiting_too() -> None:
    outcomes: list[Outcome] = [DOWN]

    async def lane(desk: Desk, parcel: Parcel) -> None:
        # The intent takes long enough for the second parcel to be taken meanwhile.
        await desk.intent(parcel)
        if outcomes:
            desk.report(parcel, outcomes.pop())
        else:
            await send(desk, parcel)

    feed = ListFeed(parcels(2), closed=False)
    feed.intent_delay = 0.01
    running = asyncio.create_task(Desk(feed, a_standing(1, a_clock(0.0001)), lane, LONG).run())
    await feed.reports(2)
    feed.offer(a_parcel(3))
    feed.close()
    await running

    assert feed.kinds() == {1: "RelayTrouble", 2: "RelayTrouble", 3: "Sent"}
