"""What Zoom accepts, read strictly: every request that breaks a rule is named, also where Zoom itself would be lenient."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import available_timezones

GRANTS = {
    "account_credentials": {"account_id"},
    "refresh_token": {"refresh_token"},
    "authorization_code": {"code", "redirect_uri", "code_verifier"},
    "urn:ietf:params:oauth:grant-type:device_code": {"device_code"},
}
FORMS = {"/oauth/devicecode": {"client_id"}, "/oauth/revoke": {"token"}}
_MEETING = {"topic", "type", "start_time", "timezone", "duration", "password", "agenda", "settings"}
_SETTINGS = {"join_before_host", "waiting_room", "use_pmi", "mute_upon_entry", "host_video", "participant_video"}
_LISTING = {"type", "page_size", "next_page_token"}
_KINDS = {"upcoming", "scheduled", "live", "upcoming_meetings", "previous_meetings"}
_ZONES = available_timezones()
_START = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)
_FORM, _JSON = "application/x-www-form-urlencoded", "application/json"


def broken_form(path: str, headers: Mapping[str, str], query: str, form: Mapping[str, str]) -> Iterator[str]:
    """What is wrong with a request to the sign-in host."""
    if query:
        yield f"{path}: parameters belong into the form body, not behind the address"
    if headers.get("content-type", "").partition(";")[0] != _FORM:
        yield f"{path}: the body is no form"
    basic = headers.get("authorization", "").startswith("Basic ")
    if not basic and not form.get("client_id"):
        yield f"{path}: neither HTTP Basic nor a client_id"
    wanted = FORMS.get(path)
    if path == "/oauth/token":
        grant = form.get("grant_type", "")
        if grant not in GRANTS:
            yield f"{path}: unknown grant_type {grant!r}"
            return
        wanted = GRANTS[grant] | {"grant_type"}
    unknown, missing = set(form) - (wanted or set()) - {"client_id"}, (wanted or set()) - set(form)
    if unknown or missing:
        yield f"{path}: unknown fields {sorted(unknown)}, missing fields {sorted(missing)}"
    if any(not value for value in form.values()):
        yield f"{path}: an empty field"


def broken_call(
    method: str, path: str, headers: Mapping[str, str], query: Mapping[str, str], body: bytes
) -> Iterator[str]:
    """What is wrong with a request to the API, its meeting aside."""
    if not re.fullmatch(r"Bearer [\x21-\x7e]+", headers.get("authorization", "")):
        yield f"{method} {path}: no bearer token"
    if "cookie" in headers:
        yield f"{method} {path}: a cookie"
    if method in ("POST", "PATCH"):
        if headers.get("content-type", "").partition(";")[0] != _JSON:
            yield f"{method} {path}: the body is no JSON"
    elif body:
        yield f"{method} {path}: a body where none belongs"
    listing = method == "GET" and path.endswith("/meetings")
    if unknown := set(query) - (_LISTING if listing else set()):
        yield f"{method} {path}: unknown parameters {sorted(unknown)}"
    if listing:
        if query.get("type", "scheduled") not in _KINDS:
            yield f"{method} {path}: unknown type {query['type']!r}"
        size = query.get("page_size", "30")
        if not size.isdigit() or not 1 <= int(size) <= 300:
            yield f"{method} {path}: page_size {size!r} is not within 1 and 300"


def broken_meeting(body: Any, now: datetime, *, new: bool) -> Iterator[str]:
    """What is wrong with a meeting that is to be made or changed."""
    if not isinstance(body, dict):
        yield "the meeting is no JSON object"
        return
    if unknown := set(body) - _MEETING:
        yield f"unknown fields {sorted(unknown)}"
    if new:
        missing = {"topic", "type"} - set(body)
        if missing:
            yield f"missing fields {sorted(missing)}"
    yield from _broken_texts(body)
    if "type" in body and (isinstance(body["type"], bool) or body["type"] not in (2, 3)):
        yield f"type {body['type']!r} is neither 2 nor 3"
    yield from _broken_times(body, now, new=new)
    yield from _broken_settings(body.get("settings", {}))


def _broken_texts(body: Mapping[str, Any]) -> Iterator[str]:
    for name, limit in (("topic", 200), ("agenda", 2000), ("password", 10)):
        text = body.get(name, "")
        if not isinstance(text, str):
            yield f"{name} is no text"
        elif len(text) > limit:
            yield f"{name} has {len(text)} characters, {limit} at most"
    topic = body.get("topic", "a topic")
    if isinstance(topic, str) and (not topic.strip() or re.search(r"[\x00-\x1f\x7f]", topic)):
        yield "topic is empty or more than one line"
    if not re.fullmatch(r"[A-Za-z0-9@\-_*]*", str(body.get("password", ""))):
        yield "password has characters that Zoom does not take"


def _broken_times(body: Mapping[str, Any], now: datetime, *, new: bool) -> Iterator[str]:
    if body.get("type") == 3 and "start_time" in body:
        yield "a meeting without a fixed time has a start_time"
    if body.get("type") == 2 and not {"start_time", "duration"} <= set(body):
        yield "a scheduled meeting lacks start_time or duration"
    if new and "start_time" in body and "timezone" not in body:
        yield "start_time without timezone"
    if "start_time" in body:
        start = body["start_time"]
        if not isinstance(start, str) or not _START.fullmatch(start):
            yield f"start_time {start!r} is not YYYY-MM-DDTHH:MM:SSZ"
        elif instant(start) <= now:
            yield f"start_time {start} has passed: it would silently become now"
    if "timezone" in body and body["timezone"] not in _ZONES:
        yield f"timezone {body['timezone']!r} is unknown"
    duration = body.get("duration", 60)
    if not isinstance(duration, int) or isinstance(duration, bool) or not 1 <= duration <= 1440:
        yield f"duration {duration!r} is no number of minutes from 1 to 1440"


def _broken_settings(settings: Any) -> Iterator[str]:
    if not isinstance(settings, dict):
        yield "settings is no object"
        return
    if unknown := set(settings) - _SETTINGS:
        yield f"unknown settings {sorted(unknown)}"
    if not all(isinstance(value, bool) for value in settings.values()):
        yield "a setting is neither true nor false"
    if settings.get("waiting_room") and settings.get("join_before_host"):
        yield "waiting_room switches join_before_host off"
    if settings.get("use_pmi"):
        yield "use_pmi: every session would share the host's personal room"


def instant(start: str) -> datetime:
    """A start_time as an instant."""
    return datetime.strptime(start, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
