"""A meeting in Zoom's words: what is sent within Zoom's limits, and what is read from its answers."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from studio_tui.domain.errors import InvalidInput
from studio_tui.domain.language import _
from studio_tui.domain.links import JoinLink, make_join_link, recognise
from studio_tui.domain.phrase import phrase
from studio_tui.domain.providers import MeetingRequest, ProviderMeeting, ProviderRefused

TOPIC_LIMIT, AGENDA_LIMIT, PASSWORD_LIMIT = 200, 2_000, 10
LONGEST = timedelta(minutes=1440)
_SCHEDULED, _WITHOUT_TIME = 2, 3
_ID = re.compile(r"[0-9]{1,19}", re.ASCII)
_JOINED = "\u200d\ufe0e\ufe0f"
_NOTE = "Made by studio-tui for the studio's calendar, which changes and removes it; please keep the line above."


def new_meeting(request: MeetingRequest, now: datetime) -> dict[str, object]:
    """What to send for a meeting that does not exist yet.

    Raises:
        ProviderRefused: It has begun, or lasts too long: Zoom would silently make another one than was asked for.
        ValueError: An instant without its zone.
    """
    if _has_begun(request, now):
        raise ProviderRefused(
            phrase(
                "The session has begun, and Zoom plans meetings only ahead of time: use a meeting without a fixed time."
            )
        )
    return {**_described(request), **_timed(request), "settings": {"use_pmi": False}}


def changed_meeting(request: MeetingRequest, now: datetime) -> dict[str, object]:
    """What to send for a meeting that exists; of one that has begun only its name: Zoom would move it to now.

    Raises:
        ProviderRefused, ValueError: As for `new_meeting`.
    """
    if _has_begun(request, now):
        return _described(request)
    return {**_described(request), **_timed(request)}


def read_meeting(fields: Mapping[str, Any]) -> ProviderMeeting | None:
    """The meeting in an answer; None if it is none, or its link lets in a host. The host's address is left behind."""
    external_id, url, password = str(fields.get("id", "")), fields.get("join_url"), fields.get("password")
    if not _ID.fullmatch(external_id) or not isinstance(url, str):
        return None
    try:
        link = make_join_link(url, password if isinstance(password, str) else None)
    except InvalidInput:
        return None
    return None if recognise(link.url).host_link else ProviderMeeting(external_id, JoinLink(link.url, link.password))


def is_meeting_id(text: str) -> bool:
    """Whether a text has the form of a meeting's id (64 bits)."""
    return _ID.fullmatch(text) is not None


def carries(agenda: object, marker: str) -> bool:
    """Whether an agenda holds our marker, whole and not as a part of another."""
    return isinstance(agenda, str) and re.search(rf"(?<![\w-]){re.escape(marker)}(?![\w-])", agenda) is not None


def _described(request: MeetingRequest) -> dict[str, object]:
    """The marker comes first: a list of meetings shows the beginning of an agenda only."""
    return {"topic": cut_topic(request.topic), "agenda": f"{request.marker}\n{_NOTE}"[:AGENDA_LIMIT]}


def _has_begun(request: MeetingRequest, now: datetime) -> bool:
    if request.starts_at is not None and request.starts_at.tzinfo is None:
        raise ValueError("a meeting's start needs its zone")
    return request.starts_at is not None and request.starts_at <= now


def _timed(request: MeetingRequest) -> dict[str, object]:
    if request.starts_at is None:
        return {"type": _WITHOUT_TIME}
    length = timedelta(hours=1) if request.length is None else request.length
    if not timedelta(0) < length <= LONGEST:
        raise ProviderRefused(
            phrase("A Zoom meeting lasts at least a minute and at most 24 hours: change the session's end.")
        )
    return {
        "type": _SCHEDULED,
        "start_time": f"{request.starts_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "timezone": request.zone,
        "duration": -(-length // timedelta(minutes=1)),
    }


def cut_topic(topic: str, limit: int = TOPIC_LIMIT) -> str:
    """A name of at most `limit` characters: cut at a blank where one is near, never inside a letter."""
    line = " ".join(topic.split()) or _("Online session")
    if len(line) <= limit:
        return line
    end = limit - 1
    blank = line.rfind(" ", end - 30, end + 1)
    if blank > 0:
        return f"{line[:blank].rstrip()}…"
    while end > 1 and (unicodedata.combining(line[end]) or line[end] in _JOINED or line[end - 1] in _JOINED):
        end -= 1
    return f"{line[:end]}…"
