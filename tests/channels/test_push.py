from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio_tui.channels.breaker import Rests
from studio_tui.channels.ntfy import MAX_BYTES, Ntfy
from studio_tui.channels.push_note import PushNote
from studio_tui.channels.push_server import PushChannel, PushServer
from studio_tui.domain.errors import InvalidInput
from studio_tui.domain.outcomes import Deferred, Doubtful, Gone, Outcome, Parcel, Refused, RelayTrouble, Sent
from tests.channels.feeds import ListFeed
from tests.doubles.ntfy_double import NtfyDouble, Reply

TOPIC = "studio-anna-5d41402abc4b2a76"


def a_push(number: int = 1, key: str = "") -> Parcel:
    key = key or f"start:{number}:push"
    note = PushNote(title="Pilates", message=f"Starts now ({number})", click="https://s.example/j/1")
    return Parcel(number, key, TOPIC, Ntfy().payload(note, TOPIC, key))


def channel_to(
    server: NtfyDouble, *, token: str = "", connections: int = 4, timeout: timedelta = timedelta(seconds=0.3)
) -> PushChannel:
    return PushChannel(
        PushServer(
            base_url=server.url,
            connections=connections,
            timeout=timeout,
            rests=Rests(
                first=timedelta(milliseconds=5),
                longest=timedelta(milliseconds=10),
                first_permanent=timedelta(milliseconds=10),
            ),
        ),
        Ntfy(token),
    )


async def outcome_of(reply: Reply) -> tuple[Outcome, NtfyDouble]:
    async with NtfyDouble([reply]) as server:
        feed = ListFeed([a_push()])
        await channel_to(server).run(feed)
        return feed.outcomes[1], server


async def test_every_push_arrives_once_with_all_its_fields() -> None:
    async with NtfyDouble(token="tk_secret") as server:
        feed = ListFeed(a_push(number) for number in range(1, 41))
        await channel_to(server, token="tk_secret").run(feed)

    assert set(feed.kinds().values()) == {"Sent"}
    assert sorted(message["message"] for message in server.taken) == sorted(
        f"Starts now ({number})" for number in range(1, 41)
    )
    assert server.taken[0]["click"] == "https://s.example/j/1"
    assert {request[0] for request in server.requests} == {"POST /"}


async def test_a_repeat_replaces_the_message_instead_of_adding_one() -> None:
    async with NtfyDouble() as server:
        for _ in range(2):
            await channel_to(server).run(ListFeed([a_push(key="start:1:g1:2:push")]))

    assert len(server.taken) == 2
    assert server.taken[0] == server.taken[1]
    assert len(server.shown()) == 1


async def test_a_proxy_that_the_environment_names_carries_the_push(monkeypatch: pytest.MonkeyPatch) -> None:
    async with NtfyDouble() as proxy:
        monkeypatch.setenv("http_proxy", proxy.url.removeprefix("http://"))
        monkeypatch.setenv("no_proxy", "here.example")
        channel = PushChannel(PushServer(base_url="http://push.example"), Ntfy())
        feed = ListFeed([a_push()])
        await channel.run(feed)

    assert set(feed.kinds().values()) == {"Sent"}
    assert [message["message"] for message in proxy.taken] == ["Starts now (1)"]


async def test_a_host_that_the_environment_excepts_is_reached_without_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("no_proxy", "127.0.0.1")

    outcome, server = await outcome_of(Reply())

    assert isinstance(outcome, Sent)
    assert len(server.taken) == 1


@pytest.mark.parametrize(
    ("reply", "outcome"),
    [
        (Reply(404, "no such topic"), Gone(404, "no such topic")),
        (Reply(410, "gone"), Gone(410, "gone")),
        (Reply(400, "invalid request"), Refused(400, "invalid request")),
        (Reply(413, "too large"), Refused(413, "too large")),
        (Reply(429, "slow"), Deferred(429, "slow")),
        (
            Reply(429, "slow", {"Retry-After": "120"}),
            Deferred(429, "slow", timedelta(seconds=120)),
        ),
        (Reply(429, "slow", {"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}), Deferred(429, "slow", timedelta(0))),
        (Reply(500, "broken"), Deferred(500, "broken")),
        (Reply(503, "", {"Retry-After": "7"}), Deferred(503, "Said", timedelta(seconds=7))),
        (Reply(401, "unauthorized"), RelayTrouble(401, "unauthorized", permanent=True)),
        (Reply(403, "forbidden", times=2), RelayTrouble(403, "forbidden", permanent=True)),
        (Reply(404, "page not found", times=2), RelayTrouble(404, "page not found", permanent=True)),
    ],
    ids=lambda value: f"{value.status} {dict(value.headers)}" if isinstance(value, Reply) else "",
)
async def test_each_status_has_its_meaning(reply: Reply, outcome: Outcome) -> None:
    assert (await outcome_of(reply))[0] == outcome


async def test_a_redirect_is_not_followed() -> None:
    async with NtfyDouble() as elsewhere:
        outcome, server = await outcome_of(Reply(302, headers={"Location": elsewhere.url}))

    assert isinstance(outcome, RelayTrouble)
    assert outcome.permanent
    assert elsewhere.requests == []
    assert len(server.requests) == 1


@pytest.mark.parametrize(("action", "taken"), [("take-drop", 1), ("drop", 0), ("silent", 1)])
async def test_a_request_that_got_no_answer_is_in_doubt_and_not_repeated(action: str, taken: int) -> None:
    outcome, server = await outcome_of(Reply(action=action))

    assert isinstance(outcome, Doubtful)
    assert len(server.taken) == taken
    assert len(server.requests) == 1


async def test_the_status_counts_even_if_the_body_breaks_off() -> None:
    outcome, _server = await outcome_of(Reply(action="cut"))

    assert isinstance(outcome, Sent)


async def test_a_server_that_is_down_is_tried_three_times_and_costs_the_message_nothing() -> None:
    async with NtfyDouble() as server:
        channel = channel_to(server)
    feed = ListFeed([a_push()])
    await channel.run(feed)

    outcome = feed.outcomes[1]
    assert isinstance(outcome, RelayTrouble)
    assert not outcome.permanent
    assert server.url in outcome.text
    assert channel.health().trouble == outcome


async def test_while_the_server_asks_to_wait_the_others_are_not_tried_one_after_the_other() -> None:
    async with NtfyDouble([Reply(429, "slow", {"Retry-After": "60"}, times=None)]) as server:
        feed = ListFeed((a_push(number) for number in range(1, 21)), closed=False)
        running = asyncio.create_task(channel_to(server, connections=1).run(feed))
        async with asyncio.timeout(10):
            await feed.reports(1)
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running

    assert feed.outcomes[1] == Deferred(429, "slow", timedelta(seconds=60))
    assert len(server.requests) <= 3
    assert len(feed.taken) <= 3


async def test_a_topic_that_is_forbidden_does_not_stop_the_others() -> None:
    async with NtfyDouble([Reply(), Reply(403, "forbidden"), Reply()]) as server:
        feed = ListFeed(a_push(number) for number in range(1, 4))
        await channel_to(server, connections=1).run(feed)

    assert feed.kinds() == {1: "Sent", 2: "Refused", 3: "Sent"}


async def test_a_refused_intent_sends_no_request() -> None:
    async with NtfyDouble() as server:
        feed = ListFeed(a_push(number) for number in range(1, 4))
        feed.refuse, feed.lost = {1}, {3}
        await channel_to(server).run(feed)

    assert feed.kinds() == {1: "Withdrawn", 2: "Sent", 3: "Withdrawn"}
    assert [message["message"] for message in server.taken] == ["Starts now (2)"]


async def test_when_cancelled_everything_taken_is_reported_as_what_it_is() -> None:
    async with NtfyDouble([Reply(times=5), Reply(action="silent", times=None)]) as server:
        feed = ListFeed((a_push(number) for number in range(1, 31)), closed=False)
        running = asyncio.create_task(channel_to(server, timeout=timedelta(seconds=30)).run(feed))
        async with asyncio.timeout(10):
            await feed.reports(5)
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running

    assert feed.outcomes.keys() == feed.taken.keys()
    kinds = list(feed.kinds().values())
    assert kinds.count("Sent") == 5
    assert set(kinds) <= {"Sent", "Doubtful", "NotTaken"}
    arrived = {message["message"] for message in server.taken}
    for number, kind in feed.kinds().items():
        assert kind != "NotTaken" or f"Starts now ({number})" not in arrived


async def test_token_and_topic_are_in_no_text_and_no_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    said = f"no access to {TOPIC} with tk_secret"
    async with NtfyDouble([Reply(401, said), Reply(429, said), Reply(400, said)]) as server:
        channel = channel_to(server, token="tk_secret")
        feed = ListFeed(a_push(number) for number in range(1, 4))
        await channel.run(feed)

    shown = [repr(feed.outcomes), repr(channel.health()), repr(Ntfy("tk_secret")), repr(channel), caplog.text]
    assert not [text for text in shown if "tk_secret" in text or TOPIC in text]


async def test_probing_tells_a_working_server_from_a_wrong_token_and_a_dead_one() -> None:
    async with NtfyDouble(token="tk_right") as server:
        assert (await channel_to(server, token="tk_right").probe()).ok
        wrong = await channel_to(server, token="tk_wrong").probe()
    dead = await channel_to(server).probe()

    assert (wrong.ok, dead.ok) == (False, False)
    assert "401" in wrong.text
    assert server.url in dead.text


@pytest.mark.parametrize(
    "url",
    [
        "ftp://ntfy.example",
        "https://",
        "ntfy.example",
        "https://user:pass@ntfy.example",
        "https://ntfy.example?x=1",
        "https://ntfy.example/\nHost: evil.example",
        "https://ntfy.example:99999",
        "https://ntfy.example\\@evil.example",
        "https://[ntfy.example",
    ],
)
def test_an_address_that_is_not_plain_is_refused(url: str) -> None:
    with pytest.raises(InvalidInput):
        PushServer(base_url=url)


def test_a_token_is_never_sent_in_the_clear() -> None:
    with pytest.raises(InvalidInput):
        PushChannel(PushServer(base_url="http://ntfy.example"), Ntfy("tk_secret"))
    PushChannel(PushServer(base_url="http://127.0.0.1:8080"), Ntfy("tk_secret"))
    with pytest.raises(InvalidInput):
        PushChannel(PushServer(base_url="https://ntfy.example"), Ntfy("tk\r\nX-Evil: 1"))


@given(
    title=st.text(max_size=400),
    message=st.text(max_size=6000),
    path=st.text("abc/", max_size=2000),
    action=st.text(max_size=80),
)
def test_a_push_always_fits_and_keeps_its_link(title: str, message: str, path: str, action: str) -> None:
    click = f"https://s.example/{path}"
    body = Ntfy().payload(PushNote(title=title, message=message, click=click, action=action), TOPIC, "start:1:push")
    read = json.loads(body)

    assert len(body) <= MAX_BYTES
    assert read["click"] == click
    assert read["topic"] == TOPIC
    if read["message"] != message:
        assert message.startswith(read["message"].removesuffix("…"))
        assert len(body) > MAX_BYTES - 16


def test_a_short_push_is_not_shortened_and_has_its_button() -> None:
    body = Ntfy().payload(
        PushNote(
            title="Pilates",
            message="Già iniziata ✨",
            click="https://s.example/j/1",
            action="Join",
            tags=("yoga",),
            priority=4,
        ),
        TOPIC,
        "start:1:push",
    )

    assert json.loads(body) == {
        "topic": TOPIC,
        "title": "Pilates",
        "message": "Già iniziata ✨",
        "click": "https://s.example/j/1",
        "actions": [{"action": "view", "label": "Join", "url": "https://s.example/j/1"}],
        "tags": ["yoga"],
        "priority": 4,
        "sequence_id": json.loads(body)["sequence_id"],
    }
    assert len(json.loads(body)["sequence_id"]) == 26


@pytest.mark.parametrize(
    "changes",
    [{"topic": "a/b"}, {"topic": ""}, {"topic": "x" * 65}, {"priority": 6}, {"click": "https://x/" + "y" * 4100}],
    ids=["slash", "empty", "long", "priority", "link"],
)
def test_a_push_that_cannot_be_is_refused(changes: dict[str, object]) -> None:
    values = {"title": "x", "message": "y", **changes}
    topic = str(values.pop("topic", TOPIC))
    with pytest.raises(InvalidInput):
        Ntfy().payload(PushNote(**values), topic, "key")  # type: ignore[arg-type]
