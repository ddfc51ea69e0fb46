"""Gotify and Pushover: what is sent, what each answer means, and that credentials stay where they belong."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio_tui.channels.gotify import Gotify
from studio_tui.channels.ntfy import Ntfy
from studio_tui.channels.push_note import PushNote
from studio_tui.channels.push_server import PushAnswer, PushChannel, PushServer, PushService
from studio_tui.channels.pushover import Pushover
from studio_tui.domain.delivery import Channel
from studio_tui.domain.errors import InvalidInput
from studio_tui.domain.outcomes import Deferred, Gone, Outcome, Parcel, Refused, RelayTrouble, Sent
from studio_tui.domain.push_addresses import check_push_address, push_service
from tests.doubles.ntfy_double import NtfyDouble, Reply

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
TOKEN = "aStudioTokenOfThirtyCharacters"
USER = "uAliceUserKeyOfThirtyChars0123"
APP = "AliceApp.Token-1"
NOTE = PushNote(title="Pilates", message="Starts now", click="https://s.example/j/1", action="Join", priority=4)
SERVICES: list[tuple[PushService, str]] = [
    (Ntfy("tk_ours"), "topic-of-alice"),
    (Gotify(), APP),
    (Pushover(TOKEN), USER),
]
EACH = pytest.mark.parametrize(("service", "address"), SERVICES, ids=lambda value: getattr(value, "name", ""))
UNKNOWN_USER = {"user": "invalid", "errors": ["user key is invalid"], "status": 0}
UNKNOWN_TOKEN = {"token": "invalid", "errors": ["application token is invalid"], "status": 0}


def to(server: NtfyDouble, service: PushService) -> PushChannel:
    return PushChannel(PushServer(base_url=server.url, timeout=timedelta(seconds=5)), service)


async def outcome_of(service: PushService, address: str, *replies: Reply) -> tuple[Outcome, NtfyDouble]:
    async with NtfyDouble(replies) as server:
        return await to(server, service).send(NOTE, address, "start:1:g1:1"), server


def test_gotify_takes_the_link_behind_a_tap_and_in_the_text() -> None:
    assert json.loads(Gotify().payload(NOTE, APP, "key")) == {
        "title": "Pilates",
        "message": "Starts now\n\nJoin: https://s.example/j/1",
        "priority": 7,
        "extras": {"client::notification": {"click": {"url": "https://s.example/j/1"}}},
    }


def test_pushover_takes_the_link_with_its_label_and_our_token_only_when_it_leaves() -> None:
    service = Pushover(TOKEN)
    payload = service.payload(NOTE, USER, "key")
    fields = {
        "user": USER,
        "title": "Pilates",
        "message": "Starts now",
        "priority": 1,
        "url": "https://s.example/j/1",
        "url_title": "Join",
    }

    assert json.loads(payload) == fields
    assert json.loads(service.request(Parcel(1, "key", USER, payload)).body) == {"token": TOKEN, **fields}


@given(message=st.text(max_size=3000), path=st.integers(0, 1500))
def test_a_link_of_any_length_is_whole_at_pushover_or_refused(message: str, path: int) -> None:
    link = "https://s.example/" + "a" * path
    note = PushNote(title="x" * 400, message=message, click=link, action="Join")
    if len(link) > 1022:
        with pytest.raises(InvalidInput):
            Pushover(TOKEN).payload(note, USER, "key")
        return
    fields = json.loads(Pushover(TOKEN).payload(note, USER, "key"))
    assert link in (fields.get("url"), fields["message"].rpartition("\n")[2])
    assert len(fields["message"]) <= 1024
    assert len(fields["title"]) <= 250
    assert len(fields.get("url", "")) <= 512


@EACH
async def test_every_service_takes_a_message(service: PushService, address: str) -> None:
    outcome, server = await outcome_of(service, address)

    assert isinstance(outcome, Sent)
    assert [request[0] for request in server.requests] == [
        {"push": "POST /", "Gotify": "POST /message", "Pushover": "POST /1/messages.json"}[service.name]
    ]
    assert server.requests[0][1].get("x-gotify-key") == (APP if service.name == "Gotify" else None)


@EACH
@pytest.mark.parametrize(
    ("reply", "outcome"),
    [
        (Reply(429, "slow", {"Retry-After": "120"}), Deferred(429, "slow", timedelta(seconds=120))),
        (Reply(503, "busy"), Deferred(503, "busy")),
        (Reply(400, "bad"), Refused(400, "bad")),
    ],
    ids=lambda value: str(value.status) if isinstance(value, Reply) else "",
)
async def test_what_means_the_same_everywhere(
    service: PushService, address: str, reply: Reply, outcome: Outcome
) -> None:
    again = Reply(reply.status, reply.error, reply.headers)
    assert (await outcome_of(service, address, again))[0] == outcome


@pytest.mark.parametrize("code", [401, 403, 404, 410])
async def test_a_gotify_token_that_is_unknown_is_the_clients_unless_the_server_is_none(code: int) -> None:
    well = Reply(200, body={"health": "green", "database": "green"})
    assert (await outcome_of(Gotify(), APP, Reply(code, "no"), well))[0] == Gone(code, "no")
    assert (await outcome_of(Gotify(), APP, Reply(code, "no", times=2)))[0] == RelayTrouble(code, "no", permanent=True)


@pytest.mark.parametrize(
    ("reply", "outcome"),
    [
        (Reply(400, body=UNKNOWN_USER, times=None), Gone(400, "user key is invalid")),
        (
            Reply(400, body=UNKNOWN_TOKEN, times=None),
            RelayTrouble(400, "application token is invalid", permanent=True),
        ),
        (Reply(404, "not found", times=None), RelayTrouble(404, "not found", permanent=True)),
    ],
    ids=["user", "token", "server"],
)
async def test_pushover_says_whose_fault_it_is(reply: Reply, outcome: Outcome) -> None:
    assert (await outcome_of(Pushover(TOKEN), USER, reply))[0] == outcome


@pytest.mark.parametrize(
    ("headers", "pause"),
    [
        ({"X-Limit-App-Remaining": "0", "X-Limit-App-Reset": str(int(NOW.timestamp()) + 90)}, timedelta(seconds=90)),
        ({"X-Limit-App-Remaining": "0", "X-Limit-App-Reset": str(int(NOW.timestamp()) + 10**7)}, timedelta(days=1)),
        ({"X-Limit-App-Remaining": "0", "X-Limit-App-Reset": "soon", "Retry-After": "5"}, timedelta(seconds=5)),
        ({"X-Limit-App-Remaining": "7", "X-Limit-App-Reset": str(int(NOW.timestamp()) + 90)}, None),
    ],
)
def test_pushover_is_left_alone_until_the_months_messages_begin_anew(
    headers: Mapping[str, str], pause: timedelta | None
) -> None:
    assert Pushover(TOKEN).pause(PushAnswer(429, "", headers, {}), NOW) == pause


@EACH
async def test_credentials_are_in_nothing_that_is_told(service: PushService, address: str) -> None:
    said = f"no {address} with {' '.join(service.secrets)}"
    outcome, server = await outcome_of(service, address, Reply(400, said))
    request = service.request(Parcel(1, "key", address, service.payload(NOTE, address, "key")))

    told = " ".join([repr(outcome), repr(service), repr(request), repr(to(server, service))])
    assert not [secret for secret in (*service.secrets, address) if secret in told]


async def test_probing_pushover_tells_a_wrong_token_from_a_right_one() -> None:
    async with NtfyDouble([Reply(400, body=UNKNOWN_USER), Reply(400, body=UNKNOWN_TOKEN)]) as server:
        channel = to(server, Pushover(TOKEN))
        assert (await channel.probe()).ok
        assert not (await channel.probe()).ok


@pytest.mark.parametrize(
    ("service", "good", "bad"),
    [
        (Channel.PUSH, "alice-1_x", "alice 1"),
        (Channel.PUSH, "a" * 64, "a" * 65),
        (Channel.GOTIFY, APP, "short"),
        (Channel.GOTIFY, "A" * 64, "Alice/App\nX-Evil: 1"),
        (Channel.PUSHOVER, USER, USER + "x"),
        (Channel.PUSHOVER, "a" * 30, "ü" * 30),
    ],
)
def test_each_services_addresses_are_known_by_their_shape(service: Channel, good: str, bad: str) -> None:
    assert check_push_address(service, f" {good} ") == good
    with pytest.raises(InvalidInput) as refused:
        check_push_address(service, bad)
    assert bad not in str(refused.value)


def test_services_are_found_by_their_names() -> None:
    assert [push_service(name) for name in ("ntfy", " GOTIFY ", "Pushover", "telegram", "")] == [
        Channel.PUSH,
        Channel.GOTIFY,
        Channel.PUSHOVER,
        None,
        None,
    ]
