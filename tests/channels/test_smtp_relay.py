"""The relay's connections: how many, how secured, when closed, when rested."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from studio_tui.channels.breaker import Rests
from studio_tui.domain.outcomes import RelayTrouble
from tests.channels.feeds import ListFeed, a_parcel, parcels
from tests.channels.relays import QUICK_RESTS, relay_to, settings
from tests.doubles.smtp_sink import Fault, Options, SmtpSink


@pytest.mark.parametrize("pipelining", [True, False])
async def test_every_parcel_arrives_once_byte_for_byte(pipelining: bool) -> None:
    async with SmtpSink(Options(pipelining=pipelining)) as sink:
        feed = ListFeed(parcels(300))
        await relay_to(sink).run(feed)

    assert set(feed.kinds().values()) == {"Sent"}
    sent = {parcel.recipient: parcel.payload for parcel in feed.taken.values()}
    assert len(sink.taken) == 300
    assert {message.recipient: message.payload for message in sink.taken} == sent
    assert sink.violations == []
    assert sink.most_connections == 4


async def test_the_next_envelope_goes_with_the_body_so_a_message_costs_one_round_trip(sink: SmtpSink) -> None:
    feed = ListFeed(parcels(50))
    await relay_to(sink, connections=1).run(feed)

    greeting_and_leaving, first_envelope = 2, 1
    assert sink.reads == 50 + greeting_and_leaving + first_envelope
    assert sink.connections == 1


async def test_a_connection_is_replaced_after_its_messages(sink: SmtpSink) -> None:
    feed = ListFeed(parcels(25))
    await relay_to(sink, connections=1, messages_per_connection=10).run(feed)

    assert [len([m for m in sink.taken if m.connection == n]) for n in range(3)] == [10, 10, 5]
    assert sink.most_connections == 1


async def test_after_its_trouble_the_relay_is_used_again(sink: SmtpSink) -> None:
    await sink.listen(False)
    feed = ListFeed(parcels(2), closed=False)
    relay = relay_to(sink)
    running = asyncio.create_task(relay.run(feed))
    await feed.reports(2)
    assert set(feed.kinds().values()) == {"RelayTrouble"}

    await sink.listen(True)
    feed.offer(*parcels(10, first=3))
    await feed.reports(12)
    feed.close()
    await running

    assert [feed.kinds()[number] for number in range(3, 13)].count("Sent") == len(sink.taken)
    assert feed.kinds()[12] == "Sent"
    assert relay.health().trouble is None


async def test_while_the_relay_rests_nothing_is_taken_from_the_feed(sink: SmtpSink) -> None:
    sink.faults.append(Fault("banner", "421 4.3.2 shutting down"))
    feed = ListFeed(parcels(1), closed=False)
    relay = relay_to(sink, rests=Rests(first=timedelta(hours=1), longest=timedelta(hours=1)))
    running = asyncio.create_task(relay.run(feed))
    await feed.reports(1)
    feed.offer(*parcels(5, first=2))
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await asyncio.shield(running)

    # One may have been waited for already: it was handed back.
    assert feed.queue.qsize() >= 4
    assert set(feed.kinds().values()) == {"RelayTrouble"}
    assert feed.outcomes.keys() == feed.taken.keys()
    paused_for = relay.health().paused_for
    assert paused_for is not None
    assert paused_for > timedelta(minutes=59)
    running.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await running


async def test_a_wrong_password_is_permanent_trouble_and_is_never_shown() -> None:
    async with SmtpSink(Options(credentials=("desk", "right"))) as sink:
        sink.faults.append(Fault("auth", "535 5.7.8 you said wr0ng-pass and AGRlc2sAd3IwbmctcGFzcw=="))
        rest = timedelta(minutes=5)
        relay = relay_to(sink, username="desk", password="wr0ng-pass", rests=replace(QUICK_RESTS, first_permanent=rest))
        feed = ListFeed(parcels(1), closed=False)
        running = asyncio.create_task(relay.run(feed))
        await feed.reports(1)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    outcome = feed.outcomes[1]
    assert isinstance(outcome, RelayTrouble)
    assert (outcome.code, outcome.permanent) == (535, True)
    for shown in (outcome.text, repr(relay.health()), repr(settings(sink, password="wr0ng-pass"))):
        assert "wr0ng" not in shown
        assert "AGRlc2sAd3IwbmctcGFzcw" not in shown
    paused_for = relay.health().paused_for
    assert paused_for is not None
    assert paused_for > rest - timedelta(seconds=20)


async def test_a_wrong_password_is_tried_by_one_connection_only_however_many_wait() -> None:
    async with SmtpSink(Options(credentials=("desk", "right"), delay=0.02)) as sink:
        relay = relay_to(
            sink, username="desk", password="wrong", connections=8, rests=Rests(first_permanent=timedelta(minutes=5))
        )
        feed = ListFeed(parcels(8), closed=False)
        running = asyncio.create_task(relay.run(feed))
        await feed.reports(8)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    assert (sink.connections, set(feed.kinds().values())) == (1, {"RelayTrouble"})


async def test_once_let_in_the_other_connections_sign_in_side_by_side() -> None:
    async with SmtpSink(Options(credentials=("desk", "right"), delay=0.01)) as sink:
        await relay_to(sink, username="desk", password="right", connections=4).run(ListFeed(parcels(40)))

    assert sink.most_connections == 4


@pytest.mark.parametrize("security", ["none", "starttls", "tls"])
async def test_it_signs_in_over_every_kind_of_line(security: str) -> None:
    async with SmtpSink(Options(tls=security, credentials=("desk", "s3cret"))) as sink:
        changes = {"security": security, "username": "desk", "password": "s3cret", "ca_file": sink.ca_file}
        feed = ListFeed(parcels(20))
        await relay_to(sink, **changes).run(feed)
        probe = await relay_to(sink, **changes).probe()

    assert set(feed.kinds().values()) == {"Sent"}
    assert probe.ok
    assert "signed in as desk" in probe.text
    assert "s3cret" not in probe.text


@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_a_certificate_nobody_vouches_for_is_permanent_trouble(security: str) -> None:
    async with SmtpSink(Options(tls=security)) as sink:
        probe = await relay_to(sink, security=security).probe()

    assert not probe.ok
    assert "certificate" in probe.text


async def test_a_server_without_starttls_is_not_used_in_the_clear(sink: SmtpSink) -> None:
    feed = ListFeed(parcels(1))
    await relay_to(sink, security="starttls", rests=replace(QUICK_RESTS, longest=timedelta(milliseconds=1))).run(feed)

    outcome = feed.outcomes[1]
    assert isinstance(outcome, RelayTrouble)
    assert outcome.permanent
    assert sink.taken == []


async def test_probing_says_in_a_sentence_what_is_wrong(sink: SmtpSink) -> None:
    assert (await relay_to(sink).probe()).ok
    await sink.listen(False)
    refused = await relay_to(sink).probe()

    assert not refused.ok
    assert f"127.0.0.1:{sink.port}" in refused.text


async def test_a_missing_authority_file_is_said_so(sink: SmtpSink, tmp_path: Path) -> None:
    probe = await relay_to(sink, security="tls", ca_file=tmp_path / "none.pem").probe()

    assert not probe.ok
    assert "none.pem cannot be read" in probe.text


async def test_a_goodbye_after_enough_messages_is_no_trouble() -> None:
    async with SmtpSink(Options(max_messages=7)) as sink:
        feed = ListFeed(parcels(40))
        relay = relay_to(sink, connections=1)
        await relay.run(feed)

    assert set(feed.kinds().values()) == {"Sent"}
    assert len(sink.taken) == 40


async def test_a_connection_dropped_while_idle_does_not_fail_the_next_mail(sink: SmtpSink) -> None:
    feed = ListFeed(parcels(1), closed=False)
    running = asyncio.create_task(relay_to(sink).run(feed))
    await feed.reports(1)
    sink.drop_all()
    feed.offer(a_parcel(2))
    await feed.reports(2)
    feed.close()
    await running

    assert feed.kinds() == {1: "Sent", 2: "Sent"}
    assert sink.connections == 2


async def test_an_idle_connection_is_closed(sink: SmtpSink) -> None:
    feed = ListFeed(parcels(1), closed=False)
    relay = relay_to(sink, idle_close=timedelta(milliseconds=20))
    running = asyncio.create_task(relay.run(feed))
    await feed.reports(1)
    await sink.until(lambda: not sink.sessions)
    feed.close()
    await running

    assert feed.kinds() == {1: "Sent"}


async def test_a_relay_that_bears_one_connection_gets_everything_over_one() -> None:
    async with SmtpSink(Options(max_connections=1, delay=0.001)) as sink:
        feed = ListFeed(parcels(200))
        relay = relay_to(sink, connections=16)
        await relay.run(feed)

    assert set(feed.kinds().values()) == {"Sent"}
    assert len(sink.taken) == 200
    assert relay.health().limit <= 4


@pytest.mark.parametrize("stage", ["banner", "mail", "data", "dot"])
async def test_when_cancelled_everything_taken_is_reported_as_what_it_is(sink: SmtpSink, stage: str) -> None:
    skip = 3 if stage == "banner" else 8
    sink.faults.append(Fault(stage, "take-silent" if stage == "dot" else "silent", skip=skip))
    feed = ListFeed(parcels(60), closed=False)
    running = asyncio.create_task(relay_to(sink, connections=4).run(feed))
    await sink.until(lambda: sink.struck[stage] == (1 if stage == "banner" else 4))
    running.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await running

    assert running.cancelled()
    assert feed.outcomes.keys() == feed.taken.keys()
    taken = {message.recipient for message in sink.taken}
    for number, kind in feed.kinds().items():
        arrived = f"client{number}@client.example" in taken
        assert kind in (("Sent", "Doubtful") if arrived else ("NotTaken", "Doubtful"))
    assert "Doubtful" in feed.kinds().values() or stage != "dot"
