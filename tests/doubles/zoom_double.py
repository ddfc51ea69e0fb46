"""Zoom on loopback: signs in, keeps meetings, refuses what Zoom refuses, and goes wrong on demand.

`double.meetings_of("owner@aurora.example")` is what exists there; `double.settings` are the switches; `double.violations`
names every request that Zoom's rules forbid, and the fixture `zoom` fails a test that has any. `python -m
tests.doubles.zoom_double` runs it alone and prints the settings to use.
"""

from __future__ import annotations

import secrets
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.doubles.zoom_rules import instant
from tests.doubles.zoom_serving import Serving
from tests.doubles.zoom_sign_ins import BROWSER_FORM, DEVICE_FORM, OWNER, SERVER_FORM, Grant, SignIns

__all__ = ["BROWSER_FORM", "DEVICE_FORM", "OWNER", "SERVER_FORM", "Host", "Meeting", "Switches", "ZoomDouble"]


@dataclass(slots=True)
class Host:
    """A person with a licence in the studio's Zoom account."""

    email: str
    user_id: str
    name: str


@dataclass(slots=True)
class Meeting:
    """A meeting at Zoom; `starts_at` None for one without a fixed time."""

    id: int
    host: str
    topic: str
    type: int
    agenda: str = ""
    starts_at: datetime | None = None
    duration: int = 60
    timezone: str = "UTC"
    password: str = field(default_factory=lambda: secrets.token_hex(3))
    settings: dict[str, bool] = field(default_factory=dict)

    @property
    def join_url(self) -> str:
        """What lets clients in."""
        return f"https://us05web.zoom.us/j/{self.id}?pwd={self.password}.1"


@dataclass(slots=True)
class Switches:
    """What goes wrong. Counts are for the next so many requests to the API, and used up; None is for ever.

    Attributes:
        latency: Seconds before every answer.
        drop_next_answer: The next write is carried out, and the connection cut instead of an answer.
        silence_next_answer: The next write is carried out, and no answer ever comes.
        drop_requests: The connection is cut before anything is done.
        silent: No answer ever comes, and nothing is done.
        trouble: Answered with `trouble_status`, the sign-in as well.
        busy: Answered 429 for the rate, with `retry_after`.
        garbled: Carried out, and answered with half a JSON object.
        refuse_tokens: Answered 401 with code 124; the token is dead then.
        missing_scopes: Permissions that the app lacks, without `:admin`.
        answers: Answered with these, in order: status, body, headers.
        daily_limit: Creates and updates per host and UTC day.
        page_size: Meetings on a page of a list at most.
    """

    latency: float = 0.0
    drop_next_answer: bool = False
    silence_next_answer: bool = False
    drop_requests: int | None = 0
    silent: int | None = 0
    trouble: int | None = 0
    trouble_status: int = 503
    busy: int | None = 0
    retry_after: str = "1"
    garbled: int | None = 0
    refuse_tokens: int | None = 0
    missing_scopes: set[str] = field(default_factory=set)
    answers: list[tuple[int, dict[str, Any], dict[str, str]]] = field(default_factory=list)
    daily_limit: int = 100
    page_size: int = 300

    def use(self, name: str) -> bool:
        """Whether a counted switch strikes now."""
        left = getattr(self, name)
        if left is None:
            return True
        if left > 0:
            setattr(self, name, left - 1)
        return bool(left > 0)


class ZoomDouble:
    """The double. It serves from a thread of its own between `start` and `stop`; `reset` forgets everything.

    Attributes:
        base_url: For the setting `zoom.sign_in_url`; `api_url` for `zoom.api_url`.
        requests: Method and path of every request, in order.
        violations: What requests did that Zoom does not accept.
    """

    def __init__(self, port: int = 0) -> None:
        self._serving = Serving(self, port)
        self.base_url = self._serving.url
        self.api_url = f"{self.base_url}/v2"
        self.reset()

    def reset(self) -> None:
        """Forget everything; the account has its owner as the only host, and the clock is the real one."""
        self.settings = Switches()
        self.sign_ins = SignIns(self.now, api_url=self.base_url)
        self.meetings: dict[int, Meeting] = {}
        self.hosts: dict[str, Host] = {}
        self.requests: list[tuple[str, str]] = []
        self.violations: list[str] = []
        self.writes: Counter[tuple[str, str]] = Counter()
        self._at: datetime | None = None
        self._made = 0
        self.add_host(OWNER, "Studio Aurora")

    def start(self) -> None:
        self._serving.start()

    def stop(self) -> None:
        self._serving.stop()

    @property
    def environment(self) -> dict[str, str]:
        """The variables that point the program here."""
        return {"STUDIO_TUI_ZOOM_SIGN_IN_URL": self.base_url, "STUDIO_TUI_ZOOM_API_URL": self.api_url}

    def now(self) -> datetime:
        """The double's time, aware UTC."""
        return self._at or datetime.now(UTC)

    def set_time(self, at: datetime) -> None:
        """Stop the clock at an instant."""
        self._at = at

    def advance(self, by: timedelta) -> None:
        """Move a stopped clock on."""
        self._at = self.now() + by

    def add_host(self, email: str, name: str = "A host") -> Host:
        """Give somebody a licence."""
        host = Host(email, f"U{len(self.hosts) + 1:05}", name)
        self.hosts[email] = host
        return host

    def meetings_of(self, host: str) -> list[Meeting]:
        """The meetings of a host, by e-mail, in the order they were made."""
        return [meeting for meeting in self.meetings.values() if meeting.host == host]

    def forget_meeting(self, meeting_id: int | str) -> None:
        """Somebody deletes a meeting at Zoom, behind our back."""
        del self.meetings[int(meeting_id)]

    def calls(self, method: str, path: str = "") -> int:
        """How many requests there were with that method, whose path holds `path`."""
        return sum(1 for seen in self.requests if seen[0] == method and path in seen[1])

    def confirm_device(self, host: str = OWNER) -> None:
        """The person confirms every waiting code on their phone."""
        for device in self.sign_ins.devices.values():
            device.host = host

    def deny_device(self) -> None:
        """The person refuses every waiting code."""
        for device in self.sign_ins.devices.values():
            device.denied = True

    def agree(self, address: str, host: str = OWNER) -> str:
        """Where the browser ends after the person opened the address, signed in and agreed."""
        return self.sign_ins.browser(address, host, agree=True)

    def disagree(self, address: str) -> str:
        """Where the browser ends after the person said no."""
        return self.sign_ins.browser(address, OWNER, agree=False)

    def expire_tokens(self) -> None:
        """Every access token is over; refresh tokens stay."""
        self.sign_ins.access.clear()

    def revoke_everything(self) -> None:
        """The app is removed at Zoom: no token works any more, and the studio's own app brings no new one."""
        self.sign_ins.removed = True
        for grant in self.sign_ins.grants:
            grant.revoked = True

    def allow_again(self) -> None:
        """The app is back: whoever signs in anew is let in."""
        self.sign_ins.removed = False

    def make(self, host: Host, body: dict[str, Any]) -> Meeting:
        """A new meeting as asked for; a start in the past becomes now, as at Zoom."""
        self._made += 1
        meeting = Meeting(
            80_000_000_000 + self._made * 7919, host.email, str(body.get("topic", "")), int(body.get("type", 2))
        )
        self.meetings[meeting.id] = meeting
        self.change(meeting, body)
        return meeting

    def change(self, meeting: Meeting, body: dict[str, Any]) -> None:
        """Change what is named."""
        for name in ("topic", "type", "agenda", "duration", "timezone"):
            if name in body:
                setattr(meeting, name, body[name])
        if "start_time" in body:
            meeting.starts_at = max(instant(body["start_time"]), self.now())
        elif body.get("type") == 3:
            meeting.starts_at = None
        meeting.settings |= body.get("settings", {})

    def host_called(self, user: str, grant: Grant) -> Host | None:
        """Whom a path means; a person's own sign-in reaches themselves only."""
        if user == "me":
            return self.hosts.get(grant.host)
        host = next((host for host in self.hosts.values() if user in (host.email, host.user_id)), None)
        return host if host is not None and (grant.wide or host.email == grant.host) else None


def main() -> None:
    """Run the double until it is interrupted; devices confirm themselves after their third question."""
    double = ZoomDouble()
    double.start()
    print("\n".join(f"export {name}={value}" for name, value in double.environment.items()))
    print("\n".join(f"# {way}: {form}" for way, form in {"server": SERVER_FORM, "device": DEVICE_FORM}.items()))
    print(f"# browser: {BROWSER_FORM}; the address ends by itself where it should be pasted from", flush=True)
    try:
        while True:
            time.sleep(1)
            for device in double.sign_ins.devices.values():
                device.host = OWNER if device.asked >= 3 else ""
    finally:
        double.stop()


if __name__ == "__main__":
    main()
