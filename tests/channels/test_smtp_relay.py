"""The relay against a real server that misbehaves: what each fault means for a message (WORKER §3, G8, G9)."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from studio_tui.channels.relay import SmtpRelay
from studio_tui.channels.relay_settings import RelaySettings, Timeouts
from studio_tui.domain.outcomes import Deferred, Doubtful, Refused, RelayTrouble, Sent, Withdrawn
from tests.channels.feeds import ListFeed, a_parcel, parcels
from tests.doubles.smtp_sink import Fault, Options, SmtpSink

SOON = timedelta(seconds=0.2)
HASTY = Timeouts(connect=SOON, command=SOON, final_dot=SOON, intent=SOON, goodbye=SOON)


def settings(sink: SmtpSink, **changes: object) -> RelaySettings:
    values: dict[str, object] = {
        "host": "127.0.0.1",
        "port": sink.port,
        "security": "none",
        "sender": "desk@studio.example",
        "first_rest": timedelta(milliseconds=10),
    }
    return RelaySettings(**{**values, **changes})  # type: ignore[arg-type]


def relay_to(sink: SmtpSink, **changes: object) -> SmtpRelay:
    return SmtpRelay(settings(sink, **changes))


@pytest.fixture
async def sink() -> AsyncIterator[SmtpSink]:
    async with SmtpSink() as running:
        yield running


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


async def test_the_queue_id_and_the_answer_are_kept(sink: SmtpSink) -> None:
    feed = ListFeed(parcels(1))
    await relay_to(sink).run(feed)

    assert feed.outcomes[1] == Sent("Q000001", "2.0.0 Ok: queued as Q000001")


async def test_lone_line_ends_never_reach_the_server(sink: SmtpSink) -> None:
    payload = b".\nSubject: x\n\nsmuggled\n.\nMAIL FROM:<x@y.example>\r.\rend"
    feed = ListFeed([a_parcel(1, payload=payload)])
    await relay_to(sink).run(feed)

    assert [message.payload for message in sink.taken] == [
        b".\r\nSubject: x\r\n\r\nsmuggled\r\n.\r\nMAIL FROM:<x@y.example>\r\n.\r\nend\r\n"
    ]


@pytest.mark.parametrize("pipelining", [True, False])
@pytest.mark.parametrize("stage", ["mail", "rcpt", "data", "dot"])
@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ("550 5.1.1 no such person", Refused(550, "5.1.1 no such person")),
        ("451 4.3.0 later", Deferred(451, "4.3.0 later")),
        ("454 4.7.0 too fast", Deferred(454, "4.7.0 too fast")),
    ],
)
async def test_an_answer_to_one_message_concerns_that_message_only(
    stage: str, answer: str, outcome: object, pipelining: bool
) -> None:
    async with SmtpSink(Options(pipelining=pipelining)) as sink:
        sink.faults.append(Fault(stage, answer, skip=3, times=1))
        feed = ListFeed(parcels(8))
        await relay_to(sink, connections=1).run(feed)

    assert feed.outcomes[4] == outcome
    assert [feed.kinds()[number] for number in (1, 2, 3, 5, 6, 7, 8)] == ["Sent"] * 7
    assert [message.recipient for message in sink.taken] == [
        f"client{number}@client.example" for number in (1, 2, 3, 5, 6, 7, 8)
    ]
    assert sink.connections == 1
    assert sink.violations == []


async def test_a_server_that_wants_a_body_after_refusing_the_person_gets_none(sink: SmtpSink) -> None:
    sink.faults += [Fault("rcpt", "550 no", times=1), Fault("data", "354 go on", times=1)]
    feed = ListFeed(parcels(3))
    await relay_to(sink, connections=1).run(feed)

    assert feed.kinds() == {1: "Refused", 2: "Sent", 3: "Sent"}
    assert sink.connections == 2


async def test_a_refused_intent_is_never_followed_by_a_dot(sink: SmtpSink) -> None:
    feed = ListFeed(parcels(30))
    feed.refuse = {1, 5, 6, 30}
    await relay_to(sink, connections=2).run(feed)

    withdrawn = {number for number, outcome in feed.outcomes.items() if outcome == Withdrawn()}
    assert withdrawn == {1, 5, 6, 30}
    assert len(sink.taken) == 26
    assert not {message.recipient for message in sink.taken} & {f"client{n}@client.example" for n in withdrawn}


async def test_a_claim_lost_just_before_the_dot_stops_it(sink: SmtpSink) -> None:
    feed = ListFeed(parcels(3))
    feed.lost = {2}
    await relay_to(sink).run(feed)

    assert feed.kinds() == {1: "Sent", 2: "Withdrawn", 3: "Sent"}
    assert len(sink.taken) == 2


async def test_an_intent_is_asked_only_after_the_last_message_of_that_connection_is_reported(
    sink: SmtpSink,
) -> None:
    feed = ListFeed(parcels(20))
    unreported: list[int] = []
    feed.on_intent = lambda parcel: unreported.extend(feed.asked - feed.outcomes.keys() - {parcel.id})
    await relay_to(sink, connections=1).run(feed)

    assert unreported == []
    assert len(feed.asked) == 20


async def test_an_intent_that_is_not_answered_in_time_frees_the_connection(sink: SmtpSink) -> None:
    feed = ListFeed(parcels(2))
    feed.intent_delay = 60
    await relay_to(sink, timeouts=HASTY).run(feed)

    assert feed.kinds() == {1: "Withdrawn", 2: "Withdrawn"}
    assert feed.granted == set()
    assert sink.taken == []


@pytest.mark.parametrize("stage", ["mail", "rcpt", "data"])
@pytest.mark.parametrize("action", ["drop", "abort"])
async def test_a_connection_lost_before_the_dot_is_tried_again_at_once(sink: SmtpSink, stage: str, action: str) -> None:
    # A reset also destroys the last answer on its way, so nothing may be before it.
    sink.faults.append(Fault(stage, action, skip=0 if action == "abort" else 2, times=2))
    feed = ListFeed(parcels(6))
    await relay_to(sink, connections=1).run(feed)

    assert set(feed.kinds().values()) == {"Sent"}
    assert len(sink.taken) == 6
    assert sink.connections == 3


async def test_what_is_lost_before_the_dot_three_times_is_the_relays_trouble(sink: SmtpSink) -> None:
    sink.faults.append(Fault("data", "drop", times=3))
    feed = ListFeed(parcels(3))
    await relay_to(sink, connections=1).run(feed)

    assert feed.outcomes[1] == RelayTrouble(None, "The mail server closed the connection.", permanent=False)
    assert len(sink.taken) == list(feed.kinds().values()).count("Sent")


@pytest.mark.parametrize(("action", "taken"), [("take-drop", 1), ("drop", 0), ("take-silent", 1), ("silent", 0)])
async def test_a_connection_lost_after_the_dot_leaves_a_doubt_and_no_repeat(
    sink: SmtpSink, action: str, taken: int
) -> None:
    sink.faults.append(Fault("dot", action, times=1))
    feed = ListFeed([a_parcel(1)])
    await relay_to(sink, timeouts=HASTY).run(feed)

    assert isinstance(feed.outcomes[1], Doubtful)
    assert len(sink.taken) == taken


async def test_a_doubt_does_not_spread_to_the_message_chained_behind(sink: SmtpSink) -> None:
    sink.faults.append(Fault("dot", "take-drop", skip=1, times=1))
    feed = ListFeed(parcels(5))
    await relay_to(sink, connections=1).run(feed)

    assert feed.kinds() == {1: "Sent", 2: "Doubtful", 3: "Sent", 4: "Sent", 5: "Sent"}
    assert len(sink.taken) == 5


@pytest.mark.parametrize("stage", ["banner", "ehlo", "mail", "rcpt", "data"])
async def test_a_server_that_never_answers_is_given_up_in_time(sink: SmtpSink, stage: str) -> None:
    sink.faults.append(Fault(stage, "silent"))
    feed = ListFeed([a_parcel(1)])
    await relay_to(sink, timeouts=HASTY).run(feed)

    assert isinstance(feed.outcomes[1], RelayTrouble)
    assert sink.taken == []


@pytest.mark.parametrize(
    "fault",
    [
        Fault("banner", "421 4.3.2 shutting down"),
        Fault("banner", "554 5.7.1 not you"),
        Fault("connect", "abort"),
        Fault("ehlo", "421 4.3.2 shutting down"),
        Fault("mail", "421 4.7.0 not now"),
        Fault("rcpt", "421 4.7.0 not now"),
        Fault("dot", "421 4.7.0 not now"),
        Fault("mail", "530 5.7.0 sign in first"),
    ],
    ids=lambda fault: f"{fault.stage} {fault.action}",
)
async def test_the_relays_trouble_is_not_the_messages(sink: SmtpSink, fault: Fault) -> None:
    sink.faults.append(fault)
    feed = ListFeed(parcels(2))
    relay = relay_to(sink, longest_rest=timedelta(milliseconds=20))
    await relay.run(feed)

    assert set(feed.kinds().values()) == {"RelayTrouble"}
    assert sink.taken == []
    assert isinstance(relay.health().trouble, RelayTrouble)


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
    relay = relay_to(sink, first_rest=timedelta(hours=1), longest_rest=timedelta(hours=1))
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
        relay = relay_to(sink, username="desk", password="wr0ng-pass")
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
    assert paused_for > timedelta(seconds=50)


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
    await relay_to(sink, security="starttls", longest_rest=timedelta(milliseconds=1)).run(feed)

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


async def test_impossible_addresses_are_refused_without_troubling_the_server(sink: SmtpSink) -> None:
    sink.configure(smtputf8=False)
    feed = ListFeed(
        [
            a_parcel(1, recipient="nobody"),
            a_parcel(2, recipient="anna@client.example>\r\nRCPT TO:<all@victim.example"),
            a_parcel(3, recipient="zoë@client.example"),
            a_parcel(4, recipient="anna@münchen.example"),
        ]
    )
    await relay_to(sink, connections=1).run(feed)

    assert feed.kinds() == {1: "Refused", 2: "Refused", 3: "Refused", 4: "Sent"}
    assert [message.recipient for message in sink.taken] == ["anna@xn--mnchen-3ya.example"]
    refused = feed.outcomes[3]
    assert isinstance(refused, Refused)
    assert refused.code == 553


async def test_smtputf8_is_used_where_it_is_needed_and_nowhere_else(sink: SmtpSink) -> None:
    sink.configure(size=1_000_000)
    feed = ListFeed([a_parcel(1, recipient="zoë@client.example"), a_parcel(2)])
    await relay_to(sink, connections=1).run(feed)

    options = [message.options for message in sink.taken]
    assert sink.taken[0].recipient == "zoë@client.example"
    assert options[0].endswith("BODY=8BITMIME SMTPUTF8")
    assert options[1] == f"SIZE={len(a_parcel(2).payload)}"


async def test_a_hostile_answer_is_cleaned_and_cut(sink: SmtpSink) -> None:
    sink.faults.append(Fault("dot", "550 \x1b]52;c;aGk=\x07 \u202e" + "x" * 2000, times=1))
    feed = ListFeed(parcels(1))
    await relay_to(sink).run(feed)

    outcome = feed.outcomes[1]
    assert isinstance(outcome, Refused)
    assert outcome.text.isprintable()
    assert len(outcome.text) == 500


@pytest.mark.parametrize(
    "answer",
    ["nonsense", "2", "250-" + "x" * 70_000, "999 what", "150 wait"],
    ids=["no code", "short", "endless", "unknown code", "out of turn"],
)
async def test_what_is_not_smtp_is_the_relays_trouble(sink: SmtpSink, answer: str) -> None:
    sink.faults.append(Fault("mail", answer))
    feed = ListFeed(parcels(1))
    await relay_to(sink, timeouts=HASTY).run(feed)

    assert isinstance(feed.outcomes[1], RelayTrouble)


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
