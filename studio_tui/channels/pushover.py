"""Pushover: the studio is an application there, and a client is named by a user key. Nothing is replaced there."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from studio_tui.channels.push_note import PushNote, as_json, shortened
from studio_tui.channels.push_server import PushAnswer, PushRequest, said_pause
from studio_tui.channels.retry_after import LONGEST
from studio_tui.domain.delivery import Channel
from studio_tui.domain.errors import InvalidInput
from studio_tui.domain.outcomes import Gone, Outcome, Parcel, Refused, RelayTrouble
from studio_tui.domain.push_addresses import check_push_address

_TITLE, _MESSAGE, _URL, _URL_TITLE = 250, 1024, 512, 100
"""Characters that Pushover takes."""


@dataclass(frozen=True, slots=True)
class Pushover:
    """`https://api.pushover.net`; see `PushService`. A client's address is their user key.

    Attributes:
        token: That of the studio's application.
    """

    token: str = field(default="", repr=False)
    name = "Pushover"

    @property
    def secrets(self) -> tuple[str, ...]:
        """The token."""
        return (self.token,) if self.token else ()

    def headers(self) -> Mapping[str, str]:
        """None: the token is in the body."""
        return {}

    def payload(self, note: PushNote, address: str, key: str) -> bytes:
        """JSON without our token, which is in nothing that is kept. A link that is too long for its place is in the text."""
        fields: dict[str, object] = {
            "user": check_push_address(Channel.PUSHOVER, address),
            "title": shortened(note.title, _TITLE),
            "message": shortened(note.message, _MESSAGE),
            "priority": 1 if note.priority >= 4 else 0,
        }
        if len(note.click) > _URL:
            kept = _MESSAGE - len(note.click) - 1
            if kept < 1:
                raise InvalidInput("The link is too long for a push message.", field="click")
            fields["message"] = f"{shortened(note.message, kept)}\n{note.click}"
        elif note.click:
            fields["url"] = note.click
            if note.action:
                fields["url_title"] = shortened(note.action, _URL_TITLE)
        return as_json(fields)

    def request(self, parcel: Parcel) -> PushRequest:
        """What was made, and our token."""
        return PushRequest("/1/messages.json", as_json({"token": self.token, **json.loads(parcel.payload)}))

    def ref(self, answer: PushAnswer) -> str:
        """The request's id."""
        return str(answer.fields.get("request", ""))

    def pause(self, answer: PushAnswer, now: datetime) -> timedelta | None:
        """Until the month's messages begin anew, where those were all used up; at most a day."""
        reset = answer.headers.get("X-Limit-App-Reset", "")
        if (
            answer.headers.get("X-Limit-App-Remaining") == "0"
            and reset.isascii()
            and reset.isdigit()
            and len(reset) < 12
        ):
            return min(max(timedelta(seconds=int(reset) - now.timestamp()), timedelta(0)), LONGEST)
        return said_pause(answer, now)

    def judge(self, answer: PushAnswer, text: str, *, proven: bool) -> Outcome:
        """It names what is wrong: our token, or the client's key."""
        if answer.fields.get("token") == "invalid":
            return RelayTrouble(answer.code, text, permanent=True)
        if answer.fields.get("user") == "invalid":
            return Gone(answer.code, text)
        if answer.code in (401, 403, 404, 410) and not proven:
            return RelayTrouble(answer.code, text, permanent=True)
        return Refused(answer.code, text)

    def probe_request(self) -> tuple[str, PushRequest]:
        """Whether nobody is a user: it sends nothing, and tells whether the token is known."""
        return "POST", PushRequest("/1/users/validate.json", as_json({"token": self.token, "user": ""}))

    def is_well(self, answer: PushAnswer) -> bool:
        """Whether Pushover answers, and has nothing against the token."""
        return answer.code in (200, 400) and "status" in answer.fields and answer.fields.get("token") != "invalid"
