"""Meetings at Zoom, made and changed on behalf of one host."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import NamedTuple
from urllib.parse import quote

from studio_tui.domain.phrase import Phrase, phrase
from studio_tui.domain.providers import (
    CredentialKeeper,
    Credentials,
    Identity,
    MeetingGone,
    MeetingRequest,
    ProviderMeeting,
    ProviderRefused,
    SignInNeeded,
)
from studio_tui.domain.urls import UnsafeLink, dissect
from studio_tui.providers.web import Answer, Ask, Web
from studio_tui.providers.zoom_errors import ENDED, SIGN_IN_AGAIN, refusal, refuses_token, unreadable
from studio_tui.providers.zoom_meetings import carries, changed_meeting, is_meeting_id, new_meeting, read_meeting
from studio_tui.providers.zoom_sign_in import ZoomSignIn

_PAGE, _MOST_PAGES = "300", 40
_LONGEST_START_URL = 8_000


class _Call(NamedTuple):
    """A request without its token."""

    method: str
    path: str
    json: Mapping[str, object] | None = None
    query: Mapping[str, str] | None = None
    repeatable: bool = True


class ZoomProvider:
    """One host at Zoom; see `MeetingProvider`.

    Args:
        web: Carries the requests.
        sign_in: Renews tokens.
        tokens: Keeps what signs in.
        host: Keeps whose meetings they are: the same, or that of a host without tokens of their own.
        clock: The current instant, aware UTC.
    """

    def __init__(
        self,
        web: Web,
        sign_in: ZoomSignIn,
        tokens: CredentialKeeper,
        host: CredentialKeeper,
        clock: Callable[[], datetime],
    ) -> None:
        self._web = web
        self._sign_in = sign_in
        self._tokens = tokens
        self._host = host
        self._clock = clock

    async def create(self, request: MeetingRequest) -> ProviderMeeting:
        """Make a meeting; in doubt where the answer is lost: look for the marker before asking again."""
        body = new_meeting(request, self._clock())
        answer = await self._ask(_Call("POST", f"{await self._user()}/meetings", body, repeatable=False))
        made = read_meeting(answer.fields)
        if made is None:
            raise unreadable(doubtful=True)
        return made

    async def update(self, external_id: str, request: MeetingRequest) -> ProviderMeeting:
        """Move and rename a meeting and return it as it is now; one that has begun is only renamed."""
        path = _path(external_id)
        await self._ask(_Call("PATCH", path, changed_meeting(request, self._clock())))
        return await self._meeting(path)

    async def delete(self, external_id: str) -> None:
        """Remove a meeting; one that is gone or over is removed."""
        try:
            await self._ask(_Call("DELETE", _path(external_id)), fine=(ENDED,))
        except MeetingGone:
            return

    async def find(self, marker: str) -> list[ProviderMeeting]:
        """The host's meetings that carry the marker: among those to come, else among all that have not expired."""
        for kind in ("upcoming", "scheduled"):
            found = [await self._if_there(number) for number in await self._marked(marker, kind)]
            if any(found):
                return [meeting for meeting in found if meeting is not None]
        return []

    async def whoami(self) -> Identity:
        """Who is signed in, or on whose behalf."""
        answer = await self._ask(_Call("GET", await self._user()))
        user_id = answer.text("id")
        if not user_id:
            raise unreadable()
        return Identity(user_id, answer.words("email") or answer.words("display_name") or "Zoom")

    async def start_url(self, external_id: str) -> str:
        """A fresh address that lets the host in: a credential, dead after two hours."""
        answer = await self._ask(_Call("GET", _path(external_id)))
        try:
            if dissect(answer.text("start_url"), _LONGEST_START_URL).scheme == "https":
                return answer.text("start_url")
        except UnsafeLink:
            pass
        raise unreadable()

    async def _meeting(self, path: str) -> ProviderMeeting:
        meeting = read_meeting((await self._ask(_Call("GET", path))).fields)
        if meeting is None:
            raise unreadable()
        return meeting

    async def _if_there(self, external_id: str) -> ProviderMeeting | None:
        try:
            return await self._meeting(_path(external_id))
        except MeetingGone:  # since it was listed
            return None

    async def _marked(self, marker: str, kind: str) -> list[str]:
        """Ids of the listed meetings whose agenda carries the marker."""
        numbers, page = list[str](), ""
        for _other in range(_MOST_PAGES):
            query = {"type": kind, "page_size": _PAGE} | ({"next_page_token": page} if page else {})
            answer = await self._ask(_Call("GET", f"{await self._user()}/meetings", query=query))
            listed = answer.fields.get("meetings")
            if not isinstance(listed, list) or not all(isinstance(entry, dict) for entry in listed):
                raise unreadable()
            marked = (str(entry.get("id")) for entry in listed if carries(entry.get("agenda"), marker))
            numbers += [number for number in marked if is_meeting_id(number)]
            page = answer.text("next_page_token")
            if not page:
                break
        return list(dict.fromkeys(numbers))

    async def _user(self) -> str:
        return f"/users/{quote((await self._host.current()).get('host') or 'me', safe='@')}"

    async def _ask(self, call: _Call, fine: tuple[int, ...] = ()) -> Answer:
        """The good answer, or one with a code among `fine`; a token that is refused is renewed once."""
        credentials = await self._tokens.current()
        if self._sign_in.has_expired(credentials):
            credentials = await self._tokens.renew(credentials, self._sign_in.renewed)
        answer = await self._send(call, credentials)
        if refuses_token(answer):
            credentials = await self._tokens.renew(credentials, self._sign_in.renewed)
            answer = await self._send(call, credentials)
            if refuses_token(answer):
                raise SignInNeeded(Phrase(SIGN_IN_AGAIN))
        if answer.good or answer.number("code") in fine:
            return answer
        host = (await self._host.current()).get("host")
        raise refusal(answer, self._clock(), host=host, repeatable=call.repeatable)

    async def _send(self, call: _Call, credentials: Credentials) -> Answer:
        return await self._web.ask(
            Ask(
                method=call.method,
                url=f"{self._sign_in.api_url(credentials)}{call.path}",
                bearer=credentials.get("access_token"),
                json=call.json,
                query=call.query or {},
                repeatable=call.repeatable,
            )
        )


def _path(external_id: str) -> str:
    if not is_meeting_id(external_id):
        raise ProviderRefused(phrase("This is no number of a Zoom meeting: let the session make a new one."))
    return f"/meetings/{external_id}"
