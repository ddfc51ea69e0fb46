"""What Zoom refuses, and what the front desk reads about it."""

from __future__ import annotations

import re
import socket
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio_tui.domain.providers import (
    MeetingGone,
    ProviderBusy,
    ProviderError,
    ProviderRefused,
    ProviderUnavailable,
    SignInNeeded,
)
from studio_tui.domain.text import has_control
from studio_tui.providers.web import Answer, retry_at
from studio_tui.providers.zoom import Zoom
from studio_tui.providers.zoom_errors import refusal, refuses_token, sign_in_refusal
from tests.doubles.zoom_double import OWNER, ZoomDouble
from tests.providers.keeping import NOW, a_kind, a_provider, a_request, signed_in


async def refused(zoom: ZoomDouble, status: int, body: dict[str, Any], **headers: str) -> ProviderError:
    """What becomes of an answer to a new meeting."""
    provider = await a_provider(zoom)
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    zoom.settings.answers = [(status, body, sent)]
    with pytest.raises(ProviderError) as caught:
        await provider.create(a_request())
    return caught.value


@pytest.mark.parametrize(
    ("status", "body", "kind", "sentence"),
    [
        (404, {"code": 3001, "message": "Meeting does not exist."}, MeetingGone, "it was deleted there"),
        (404, {"code": 1001, "message": "User does not exist: x."}, ProviderRefused, "check the host's e-mail address"),
        (400, {"code": 1010, "message": "User does not belong."}, ProviderRefused, "check the host's e-mail address"),
        (
            400,
            {"code": 300, "message": "Invalid topic."},
            ProviderRefused,
            r"does not accept a value \(Invalid topic\)",
        ),
        (400, {"code": 300}, ProviderRefused, r"does not accept a value \(error 300\)"),
        (
            400,
            {"code": 300, "message": "Validation Failed.", "errors": [{"field": "topic", "message": "Too long."}]},
            ProviderRefused,
            r"\(Validation Failed: Too long\)",
        ),
        (400, {"code": 200, "message": "Only for paid users."}, ProviderRefused, r"\(Only for paid users, error 200\)"),
        (403, {}, ProviderRefused, r"Zoom refuses this \(error 403\)"),
        (404, {}, ProviderRefused, r"Zoom refuses this \(error 404\)"),
        (302, {}, ProviderRefused, "correct zoom.api_url"),
        (500, {"message": "Internal"}, ProviderUnavailable, r"trouble of its own \(error 500\)"),
        (503, {}, ProviderUnavailable, "try again in some minutes"),
    ],
)
async def test_each_refusal_becomes_its_own_error_and_says_what_to_do(
    zoom: ZoomDouble, status: int, body: dict[str, Any], kind: type[ProviderError], sentence: str
) -> None:
    error = await refused(zoom, status, body)

    assert isinstance(error, kind)
    assert re.search(sentence, str(error))
    assert zoom.meetings == {}


async def test_a_missing_permission_is_named(zoom: ZoomDouble) -> None:
    provider = await a_provider(zoom)
    zoom.settings.missing_scopes = {"meeting:write:meeting"}

    with pytest.raises(ProviderRefused, match="add the scope meeting:write:meeting:admin to it"):
        await provider.create(a_request())


async def test_an_app_that_may_not_list_meetings_is_told_so_when_one_is_looked_for(zoom: ZoomDouble) -> None:
    provider = await a_provider(zoom)
    zoom.settings.missing_scopes = {"meeting:read:list_meetings"}

    with pytest.raises(ProviderRefused, match="add the scope meeting:read:list_meetings:admin"):
        await provider.find("m")


@pytest.mark.parametrize("code", [4700, 4711])
def test_several_missing_permissions_are_all_named_once(code: int) -> None:
    said = "Invalid access token, does not contain scopes:[user:read:user, meeting:write:meeting, user:read:user]."

    error = refusal(Answer(400, {}, {"code": code, "message": said}), NOW)

    assert "add the scopes user:read:user, meeting:write:meeting to it" in str(error)


def test_a_permission_that_lacks_with_401_is_not_taken_for_a_bad_token() -> None:
    answer = Answer(401, {}, {"code": 4700, "message": "does not contain scopes."})

    assert not refuses_token(answer)
    assert type(refusal(answer, NOW)) is ProviderRefused


async def test_the_rate_of_a_moment_is_waited_for_in_seconds(zoom: ZoomDouble) -> None:
    provider = await a_provider(zoom)
    zoom.settings.busy, zoom.settings.retry_after = 1, "7"

    with pytest.raises(ProviderBusy) as caught:
        await provider.create(a_request())

    assert caught.value.retry_at == NOW + timedelta(seconds=7)
    assert not caught.value.daily


async def test_the_limit_of_the_day_is_waited_for_until_midnight_utc(zoom: ZoomDouble) -> None:
    provider = await a_provider(zoom)
    zoom.settings.daily_limit = 2
    first = await provider.create(a_request())
    await provider.update(first.external_id, a_request("Renamed"))

    with pytest.raises(ProviderBusy, match="no more new or changed meetings until 00:00 UTC on 2026-03-03") as caught:
        await provider.create(a_request())

    assert caught.value.daily
    assert caught.value.retry_at == datetime(2026, 3, 3, tzinfo=UTC)
    zoom.set_time(caught.value.retry_at)
    await provider.create(a_request())


async def test_a_limit_without_a_time_is_waited_for_all_the_same(zoom: ZoomDouble) -> None:
    day = await refused(zoom, 429, {"code": 429, "message": "You have exceeded the daily rate limit (100)"})
    moment = await refused(zoom, 429, {})

    assert isinstance(day, ProviderBusy)
    assert isinstance(moment, ProviderBusy)
    assert (day.daily, day.retry_at) == (True, datetime(2026, 3, 3, tzinfo=UTC))
    assert (moment.daily, moment.retry_at) == (False, NOW + timedelta(seconds=5))


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("0", 0),
        (" 120 ", 120),
        ("99999999999999999999", 86_400),
        ("2026-03-02T09:00:30Z", 30),
        ("2026-03-02T10:00:30+01:00", 30),
        ("2026-03-02T09:00:30", 30),
        ("2026-03-01T00:00:00Z", 0),
        ("2027-01-01T00:00:00Z", 86_400),
        ("Mon, 02 Mar 2026 09:02:00 GMT", 120),
    ],
)
def test_both_forms_of_retry_after_are_read(said: str, seconds: int) -> None:
    assert retry_at(said, NOW) == NOW + timedelta(seconds=seconds)


@pytest.mark.parametrize("said", [None, "", "soon", "-5", "1.5", "0001-01-01T00:00:00+23:59", "٣"])
def test_a_retry_after_that_says_nothing_is_left_aside(said: str | None) -> None:
    assert retry_at(said, NOW) is None


@given(st.text(max_size=40))
def test_whatever_retry_after_says_the_wait_is_at_most_a_day(said: str) -> None:
    at = retry_at(said, NOW)

    assert at is None or NOW <= at <= NOW + timedelta(days=1)


async def test_a_bad_token_is_renewed_once_and_nobody_notices(zoom: ZoomDouble) -> None:
    kind = a_kind(zoom)
    keeper = await signed_in(kind)
    zoom.settings.refuse_tokens = 1

    await kind.open(keeper).create(a_request())

    assert len(zoom.meetings_of(OWNER)) == 1
    assert len(keeper.stored) == 2


async def test_a_token_that_stays_bad_asks_for_a_sign_in(zoom: ZoomDouble) -> None:
    kind = a_kind(zoom)
    keeper = await signed_in(kind)
    zoom.settings.refuse_tokens = None

    with pytest.raises(SignInNeeded, match="connect the account again under Manage video conferences"):
        await kind.open(keeper).create(a_request())

    assert zoom.calls("POST", "/meetings") == 2
    assert zoom.meetings == {}


async def test_a_server_that_nobody_answers_for_leaves_no_doubt(zoom: ZoomDouble) -> None:
    kind = a_kind(zoom)
    keeper = await signed_in(kind)
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{reserved.getsockname()[1]}"
        lost = Zoom(nobody, f"{nobody}/v2", clock=zoom.now).open(
            type(keeper)((await keeper.current()).changed(api_url=f"{nobody}/v2"))
        )

        with pytest.raises(ProviderUnavailable, match=r"Zoom cannot be reached .*: check the internet") as caught:
            await lost.create(a_request())

    assert not caught.value.doubtful


@pytest.mark.parametrize("switch", ["silent", "drop_requests"])
async def test_no_answer_to_a_new_meeting_is_in_doubt_but_to_anything_else_is_not(
    zoom: ZoomDouble, switch: str
) -> None:
    made = await (await a_provider(zoom)).create(a_request())
    provider = await a_provider(zoom, limit=0.3)
    setattr(zoom.settings, switch, None)

    with pytest.raises(ProviderUnavailable, match="did not answer in time") as creating:
        await provider.create(a_request())
    with pytest.raises(ProviderUnavailable) as moving:
        await provider.update(made.external_id, a_request())
    with pytest.raises(ProviderUnavailable) as asking:
        await provider.whoami()

    assert (creating.value.doubtful, moving.value.doubtful, asking.value.doubtful) == (True, False, False)


async def test_trouble_while_making_a_meeting_is_in_doubt(zoom: ZoomDouble) -> None:
    made = await refused(zoom, 502, {})
    provider = await a_provider(zoom)
    zoom.settings.trouble = 1
    with pytest.raises(ProviderUnavailable) as asking:
        await provider.whoami()

    assert isinstance(made, ProviderUnavailable)
    assert (made.doubtful, asking.value.doubtful) == (True, False)


async def test_half_an_answer_to_a_new_meeting_is_in_doubt(zoom: ZoomDouble) -> None:
    provider = await a_provider(zoom)
    zoom.settings.garbled = 1

    with pytest.raises(ProviderUnavailable, match="answer cannot be understood") as caught:
        await provider.create(a_request())

    assert caught.value.doubtful
    assert len(await provider.find(a_request().marker)) == 1


@pytest.mark.parametrize("body", [{}, {"meetings": "none"}, {"meetings": [7]}, {"meetings": [{"id": "../x"}]}])
async def test_a_list_that_is_none_is_not_taken_for_an_empty_one(zoom: ZoomDouble, body: dict[str, Any]) -> None:
    provider = await a_provider(zoom)
    zoom.settings.answers = [(200, body, {}), (200, body, {})]

    if body == {"meetings": [{"id": "../x"}]}:
        assert await provider.find("m") == []
    else:
        with pytest.raises(ProviderUnavailable, match="cannot be understood"):
            await provider.find("m")


async def test_a_redirect_is_never_followed(zoom: ZoomDouble) -> None:
    provider = await a_provider(zoom)
    zoom.settings.answers = [(307, {}, {"Location": f"{zoom.base_url}/elsewhere"})]

    with pytest.raises(ProviderRefused, match="points elsewhere"):
        await provider.create(a_request())

    assert zoom.calls("POST", "elsewhere") == 0


def test_what_zoom_says_is_shown_as_one_harmless_line() -> None:
    said = "Bad\x1b]52;c;x\x07 \u202etopic\nsee https://zoom.us/s/1?zak=host_1 " + "x" * 500

    sentence = str(refusal(Answer(400, {}, {"code": 300, "message": said}), NOW))

    assert sentence.isprintable()
    assert "zak" not in sentence
    assert len(sentence) < 300


SAID = st.dictionaries(
    st.sampled_from(["code", "message", "errors", "error", "reason", "error_description"]),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=30),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=2),
        max_leaves=4,
    ),
)


@given(status=st.integers(100, 599), said=SAID, headers=st.dictionaries(st.just("Retry-After"), st.text(max_size=20)))
def test_whatever_zoom_answers_there_is_one_sentence_for_it(
    status: int, said: dict[str, Any], headers: dict[str, str]
) -> None:
    answer = Answer(status, headers, said)

    for error in (refusal(answer, NOW, repeatable=False), sign_in_refusal(answer, NOW)):
        assert isinstance(error, ProviderError)
        assert not has_control(str(error))
        assert str(error).endswith(".")
