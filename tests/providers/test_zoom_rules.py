"""The double is strict: what Zoom forbids, or silently makes something else of, fails the test that sends it."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.doubles.zoom_double import BROWSER_FORM, SERVER_FORM, ZoomDouble
from tests.doubles.zoom_rules import broken_call, broken_form, broken_meeting
from tests.providers.keeping import NOW

FINE = {
    "topic": "Vinyasa flow",
    "type": 2,
    "start_time": "2026-03-03T17:30:00Z",
    "timezone": "Europe/Rome",
    "duration": 60,
    "agenda": "marker",
    "password": "a1@-_*",
    "settings": {"use_pmi": False, "waiting_room": True},
}
FORM, BEARER = {"content-type": "application/x-www-form-urlencoded"}, {"authorization": "Bearer at_1"}
TOKEN = {"grant_type": "refresh_token", "refresh_token": "rt_1", **BROWSER_FORM}


def test_a_sound_meeting_is_let_through() -> None:
    assert list(broken_meeting(FINE, NOW, new=True)) == []
    assert list(broken_meeting({"topic": "Yin"}, NOW, new=False)) == []


@pytest.mark.parametrize(
    "change",
    [
        {"topic": "x" * 201},
        {"topic": " "},
        {"topic": "two\nlines"},
        {"topic": 7},
        {"agenda": "x" * 2001},
        {"password": "x" * 11},
        {"password": "ü"},
        {"type": 1},
        {"type": True},
        {"type": 3},
        {"start_time": "2026-03-02T09:00:00Z"},
        {"start_time": "2026-03-03T17:30:00+01:00"},
        {"start_time": "2026-03-03 17:30"},
        {"timezone": "Mars/Olympus"},
        {"duration": 0},
        {"duration": 1441},
        {"duration": 60.0},
        {"settings": {"use_pmi": True}},
        {"settings": {"waiting_room": True, "join_before_host": True}},
        {"settings": {"colour": True}},
        {"settings": {"mute_upon_entry": "no"}},
        {"start_url": "https://zoom.us/s/1"},
    ],
    ids=str,
)
def test_each_broken_limit_is_named(change: dict[str, Any]) -> None:
    assert len(list(broken_meeting({**FINE, **change}, NOW, new=True))) == 1


@pytest.mark.parametrize("missing", ["topic", "type", "start_time", "timezone", "duration"])
def test_a_new_meeting_lacks_nothing(missing: str) -> None:
    body = {name: value for name, value in FINE.items() if name != missing}

    assert len(list(broken_meeting(body, NOW, new=True))) == 1


@pytest.mark.parametrize(
    ("path", "headers", "query", "form"),
    [
        ("/oauth/token", FORM, "", {**TOKEN, "client_secret": "s"}),
        ("/oauth/token", FORM, "", {**TOKEN, "code": "c"}),
        ("/oauth/token", FORM, "", {"grant_type": "password", **BROWSER_FORM}),
        ("/oauth/token", FORM, "", {"grant_type": "refresh_token", **BROWSER_FORM}),
        ("/oauth/token", FORM, "", {**TOKEN, "refresh_token": ""}),
        ("/oauth/token", FORM, "account_id=1", TOKEN),
        ("/oauth/token", {"content-type": "application/json"}, "", TOKEN),
        ("/oauth/token", FORM, "", {"grant_type": "refresh_token", "refresh_token": "rt_1"}),
        ("/oauth/revoke", FORM, "", BROWSER_FORM),
    ],
)
def test_each_broken_form_of_the_sign_in_is_named(
    path: str, headers: dict[str, str], query: str, form: dict[str, str]
) -> None:
    assert list(broken_form("/oauth/token", FORM, "", TOKEN)) == []
    assert len(list(broken_form(path, headers, query, form))) == 1


@pytest.mark.parametrize(
    ("method", "path", "headers", "query", "body"),
    [
        ("GET", "/v2/users/me", {}, {}, b""),
        ("GET", "/v2/users/me", {**BEARER, "cookie": "a=b"}, {}, b""),
        ("GET", "/v2/users/me", BEARER, {"access_token": "at_1"}, b""),
        ("DELETE", "/v2/meetings/1", BEARER, {}, b"{}"),
        ("PATCH", "/v2/meetings/1", BEARER, {}, b"{}"),
        ("GET", "/v2/users/me/meetings", BEARER, {"type": "all"}, b""),
        ("GET", "/v2/users/me/meetings", BEARER, {"page_size": "301"}, b""),
    ],
)
def test_each_broken_call_is_named(
    method: str, path: str, headers: dict[str, str], query: dict[str, str], body: bytes
) -> None:
    assert len(list(broken_call(method, path, headers, query, body))) == 1


def test_what_is_sent_over_the_wire_is_judged_too(zoom: ZoomDouble) -> None:
    zoom.set_time(NOW)
    signing = {"grant_type": "account_credentials", "account_id": SERVER_FORM["account_id"]}
    app = (SERVER_FORM["client_id"], SERVER_FORM["client_secret"])
    token = httpx.post(f"{zoom.base_url}/oauth/token", data=signing, auth=app).json()["access_token"]
    header = {"Authorization": f"Bearer {token}"}

    answer = httpx.post(f"{zoom.api_url}/users/me/meetings", json={**FINE, "duration": 0}, headers=header)
    past = httpx.post(
        f"{zoom.api_url}/users/me/meetings", json={**FINE, "start_time": "2026-03-01T09:00:00Z"}, headers=header
    )

    assert (answer.status_code, answer.json()["code"]) == (400, 300)
    assert past.status_code == 201
    assert [meeting.starts_at for meeting in zoom.meetings.values()] == [NOW]
    assert len(zoom.violations) == 2
    zoom.violations.clear()
