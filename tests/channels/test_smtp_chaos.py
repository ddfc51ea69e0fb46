"""Whatever the relay does: no dot without an intent, one report each, nothing lost, nothing doubled."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from studio_tui.channels.breaker import Rests
from studio_tui.channels.relay import SmtpRelay
from studio_tui.channels.relay_settings import RelaySettings, Timeouts
from studio_tui.domain.outcomes import Doubtful, Sent
from tests.channels.feeds import ListFeed, parcels
from tests.doubles.smtp_sink import Fault, Options, SmtpSink

SOON = timedelta(milliseconds=50)
STAGES = ["connect", "banner", "ehlo", "mail", "rcpt", "data", "dot"]
ACTIONS = ["drop", "abort", "silent", "421 bye", "451 later", "550 no", "454 slow", "199 what", "354-drop"]
DOT_ACTIONS = ["take-drop", "take-silent"]

fault = st.builds(
    Fault,
    stage=st.sampled_from(STAGES),
    action=st.sampled_from(ACTIONS),
    skip=st.integers(0, 12),
    times=st.integers(1, 6),
)
body_fault = st.builds(
    Fault,
    stage=st.just("body"),
    action=st.sampled_from(["drop", "abort", "silent", "421 bye"]),
    skip=st.integers(0, 12),
    times=st.integers(1, 6),
)
dot_fault = st.builds(
    Fault,
    stage=st.just("dot"),
    action=st.sampled_from(DOT_ACTIONS),
    skip=st.integers(0, 12),
    times=st.integers(1, 3),
)


async def carry(
    faults: list[Fault],
    *,
    pipelining: bool,
    connections: int,
    refused: set[int],
    lost: set[int],
    stop_after: int,
) -> tuple[ListFeed, SmtpSink]:
    async with SmtpSink(Options(pipelining=pipelining), faults=faults) as sink:
        feed = ListFeed(parcels(20))
        feed.refuse, feed.lost = refused, lost
        relay = SmtpRelay(
            RelaySettings(
                host="127.0.0.1",
                port=sink.port,
                security="none",
                sender="desk@studio.example",
                connections=connections,
                messages_per_connection=7,
                rests=Rests(
                    first=timedelta(milliseconds=1),
                    longest=timedelta(milliseconds=4),
                    first_permanent=timedelta(milliseconds=4),
                    longest_permanent=timedelta(milliseconds=4),
                ),
                timeouts=Timeouts(connect=SOON, command=SOON, final_dot=SOON, intent=SOON, goodbye=SOON),
            )
        )
        running = asyncio.create_task(relay.run(feed))
        if stop_after:
            await asyncio.wait(
                {running, asyncio.create_task(feed.reports(stop_after))}, return_when=asyncio.FIRST_COMPLETED
            )
            running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running
        assert relay.health().connections == 0
        return feed, sink


@settings(max_examples=80, deadline=None)
@given(
    faults=st.lists(st.one_of(fault, body_fault, dot_fault), max_size=6),
    pipelining=st.booleans(),
    connections=st.integers(1, 5),
    refused=st.sets(st.integers(1, 20), max_size=3),
    lost=st.sets(st.integers(1, 20), max_size=3),
    stop_after=st.integers(0, 19),
)
def test_no_fault_makes_the_channel_break_its_promise(
    faults: list[Fault],
    pipelining: bool,
    connections: int,
    refused: set[int],
    lost: set[int],
    stop_after: int,
) -> None:
    feed, sink = asyncio.run(
        carry(
            faults,
            pipelining=pipelining,
            connections=connections,
            refused=refused,
            lost=lost,
            stop_after=stop_after,
        )
    )

    arrived = Counter(int(message.message_id[3:].partition("@")[0]) for message in sink.taken)
    assert feed.outcomes.keys() == feed.taken.keys()
    assert set(arrived) <= feed.granted - lost
    assert set(arrived.values()) <= {1}
    for number, outcome in feed.outcomes.items():
        if isinstance(outcome, Sent):
            assert number in arrived
        elif number in arrived:
            assert isinstance(outcome, Doubtful)
    assert all(message.clean for message in sink.taken)
    assert {message.payload for message in sink.taken} <= {parcel.payload for parcel in feed.taken.values()}
    assert sink.violations == []
