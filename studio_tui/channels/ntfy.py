"""ntfy: a message is published to the client's topic; a repeat with the same key replaces it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from studio_tui.channels.message import key_digest
from studio_tui.channels.push_note import PushNote, as_json, fitting
from studio_tui.channels.push_server import PushAnswer, PushRequest, said_pause
from studio_tui.domain.delivery import Channel
from studio_tui.domain.errors import InvalidInput
from studio_tui.domain.outcomes import Gone, Outcome, Parcel, Refused, RelayTrouble
from studio_tui.domain.push_addresses import check_push_address

MAX_BYTES = 4096
_NOT_FOUND, _GONE = 404, 410


@dataclass(frozen=True, slots=True)
class Ntfy:
    """`https://ntfy.sh` or a server of one's own; see `PushService`. A client's address is a topic.

    Attributes:
        token: Ours; empty for an open server, where a topic is a password.
    """

    token: str = field(default="", repr=False)
    name = "push"

    @property
    def secrets(self) -> tuple[str, ...]:
        """The token, if there is one."""
        return (self.token,) if self.token else ()

    def headers(self) -> Mapping[str, str]:
        """The token, if there is one."""
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}

    def payload(self, note: PushNote, address: str, key: str) -> bytes:
        """JSON of at most 4,096 bytes; the message is cut to fit, the link never."""
        check_push_address(Channel.PUSH, address)
        if not 1 <= note.priority <= 5:
            raise InvalidInput("A push message's priority is from 1 to 5.", field="priority")
        fields: dict[str, object] = {
            "topic": address,
            "title": note.title[:250],
            "message": "",
            "priority": note.priority,
            # Older servers ignore it; newer ones take letters, digits, _ and - only.
            "sequence_id": key_digest(key).removeprefix("k."),
        }
        if note.tags:
            fields["tags"] = list(note.tags)
        if note.click:
            fields["click"] = note.click
            button = {"action": "view", "label": note.action, "url": note.click}
            if note.action and _room({**fields, "actions": [button]}) > 0:
                fields["actions"] = [button]
        room = _room(fields)
        if room < 0:
            raise InvalidInput("The link is too long for a push message.", field="click")
        fields["message"] = fitting(note.message, room)
        return as_json(fields)

    def request(self, parcel: Parcel) -> PushRequest:
        """Topic and all are in the body."""
        return PushRequest("", parcel.payload)

    def ref(self, answer: PushAnswer) -> str:
        """The message's id."""
        return str(answer.fields.get("id", ""))

    def pause(self, answer: PushAnswer, now: datetime) -> timedelta | None:
        """As in the header that everybody uses."""
        return said_pause(answer, now)

    def judge(self, answer: PushAnswer, text: str, *, proven: bool) -> Outcome:
        """A wrong token, or a topic that is forbidden or unknown, once it is known that the server is not at fault."""
        code = answer.code
        if code == 401 or (code in (403, _NOT_FOUND, _GONE) and not proven):
            return RelayTrouble(code, text, permanent=True)
        return Gone(code, text) if code in (_NOT_FOUND, _GONE) else Refused(code, text)

    def probe_request(self) -> tuple[str, PushRequest]:
        """With a token, whose it is; without, how the server is."""
        return "GET", PushRequest("/v1/account" if self.token else "/v1/health", b"")

    def is_well(self, answer: PushAnswer) -> bool:
        """Whether it says so."""
        return answer.code == 200


def _room(fields: dict[str, object]) -> int:
    return MAX_BYTES - len(as_json(fields))
