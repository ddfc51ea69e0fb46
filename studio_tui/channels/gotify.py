"""Gotify: every client is an application of their own on the server. Nothing is replaced there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from studio_tui.channels.push_note import PushNote, as_json, shortened
from studio_tui.channels.push_server import PushAnswer, PushRequest, said_pause
from studio_tui.domain.delivery import Channel
from studio_tui.domain.outcomes import Gone, Outcome, Parcel, Refused, RelayTrouble
from studio_tui.domain.push_addresses import check_push_address

_MOST = 4000
_PRIORITY = {1: 0, 2: 2, 3: 4, 4: 7, 5: 9}
"""Gotify's apps stay silent below 1, make a sound from 4 and wake the phone from 8."""


@dataclass(frozen=True, slots=True)
class Gotify:
    """A server of one's own; see `PushService`. A client's address is the token of the application that is theirs."""

    name = "Gotify"

    @property
    def secrets(self) -> tuple[str, ...]:
        """None of ours: the address says it all."""
        return ()

    def headers(self) -> Mapping[str, str]:
        """None that are alike for everybody."""
        return {}

    def payload(self, note: PushNote, address: str, key: str) -> bytes:
        """JSON. The link is behind a tap, and in the text for whoever reads it in a browser."""
        check_push_address(Channel.GOTIFY, address)
        fields: dict[str, object] = {
            "title": note.title[:250],
            "message": shortened(note.message, _MOST),
            "priority": _PRIORITY[note.priority],
        }
        if note.click:
            fields["message"] = f"{fields['message']}\n\n{note.action}: {note.click}"
            fields["extras"] = {"client::notification": {"click": {"url": note.click}}}
        return as_json(fields)

    def request(self, parcel: Parcel) -> PushRequest:
        """The address is a header."""
        return PushRequest("/message", parcel.payload, {"X-Gotify-Key": parcel.recipient})

    def ref(self, answer: PushAnswer) -> str:
        """The message's number."""
        return str(answer.fields.get("id", ""))

    def pause(self, answer: PushAnswer, now: datetime) -> timedelta | None:
        """As in the header that everybody uses."""
        return said_pause(answer, now)

    def judge(self, answer: PushAnswer, text: str, *, proven: bool) -> Outcome:
        """Only the client's token tells who we are: an unknown one is a client's, unless nothing is as it should be."""
        if answer.code in (401, 403, 404, 410):
            return Gone(answer.code, text) if proven else RelayTrouble(answer.code, text, permanent=True)
        return Refused(answer.code, text)

    def probe_request(self) -> tuple[str, PushRequest]:
        """How the server is; anybody may ask."""
        return "GET", PushRequest("/health", b"")

    def is_well(self, answer: PushAnswer) -> bool:
        """Whether it is a Gotify server that says so."""
        return answer.code == 200 and "health" in answer.fields
