"""What each answer and each fault of a relay means for a message (WORKER §3, G8, G9)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from studio_tui.domain.outcomes import Deferred, Doubtful, Refused, RelayTrouble, Sent, Withdrawn
from tests.channels.feeds import ListFeed, a_parcel, parcels
from tests.channels.relays import HASTY, QUICK_RESTS, relay_to
from tests.doubles.smtp_sink import Fault, Options, SmtpSink


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


async def test_a_message_that_the_relay_always_hangs_up_on_waits_and_the_others_go(sink: SmtpSink) -> None:
    sink.faults.append(Fault("rcpt", "drop", recipient="client3@client.example"))
    feed = ListFeed(parcels(200))
    relay = relay_to(sink)
    await relay.run(feed)

    assert feed.outcomes[3] == Deferred(0, "The mail server closed the connection.")
    assert list(feed.kinds().values()).count("Sent") == len(sink.taken) == 199
    assert relay.health().trouble is None


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
    relay = relay_to(sink, rests=replace(QUICK_RESTS, longest=timedelta(milliseconds=20)))
    await relay.run(feed)

    assert set(feed.kinds().values()) == {"RelayTrouble"}
    assert sink.taken == []
    assert isinstance(relay.health().trouble, RelayTrouble)


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
