"""Jitsi: every session gets a room of its own with an unguessable name; nothing is asked of any server (SPEC A3)."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import re
import secrets
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from studio_tui.domain.account_kinds import ConnectWay, FormField
from studio_tui.domain.errors import InvalidInput
from studio_tui.domain.language import N_, _
from studio_tui.domain.links import check_link, make_join_link, shown_host
from studio_tui.domain.phrase import phrase
from studio_tui.domain.providers import (
    CredentialKeeper,
    Credentials,
    Identity,
    MeetingRequest,
    MeetingTerms,
    ProviderMeeting,
    ProviderRefused,
    SignedIn,
)
from studio_tui.domain.urls import UnsafeLink, dissect
from studio_tui.providers.forms import read_form, way_called

if TYPE_CHECKING:
    from studio_tui.settings import Settings

PUBLIC = "https://meet.jit.si"
MARGIN = timedelta(hours=1)
"""So long before and after its session a signed room lets people in."""

_ROOM_BYTES = 20  # 160 random bits
_KEY_BYTES = 32  # RFC 7518 §3.2
_ADDRESS_LIMIT = 300
_ROOM = re.compile(r"[a-z0-9-]{20,100}", re.ASCII)
_WAY = ConnectWay(
    key="room",
    label=N_("A Jitsi server"),
    fields=(
        FormField("server", N_("Server"), _ADDRESS_LIMIT, hint=N_("the studio's own; empty: https://meet.jit.si")),
        FormField("app_id", N_("App ID"), 200, hint=N_("only for a server that wants signed rooms")),
        FormField("app_secret", N_("App secret"), 500, secret=True, hint=N_("belongs to the app ID")),
    ),
    hint=N_(
        "On meet.jit.si a moderator has to sign in there before a room opens; on the studio's own server nobody has to."
    ),
)


class Jitsi:
    """The Jitsi kind of account; see `MeetingKind`.

    Args:
        http_hosts: Hosts that the owner allows plain http for.
        clock: The current instant, aware UTC.
    """

    key = "jitsi"
    name = "Jitsi"
    summary = N_("every session gets a Jitsi room of its own; no account is needed")
    ways = (_WAY,)
    terms = MeetingTerms()

    def __init__(
        self, http_hosts: tuple[str, ...] = (), *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._http_hosts = http_hosts
        self._clock = clock

    @classmethod
    def from_settings(cls, settings: Settings) -> Jitsi:
        """The kind, on the hosts that the settings allow."""
        return cls(settings.links.http_hosts)

    async def sign_in(self, way: str, values: Mapping[str, str], lender: CredentialKeeper | None = None) -> SignedIn:
        """Take the server and what signs its rooms; there is nobody to ask.

        Raises:
            InvalidInput: Naming the field.
        """
        given = read_form(way_called(way, self.ways), values)
        del values  # a traceback that shows local values shows no secret of ours
        credentials = given.changed(server=self._server(given.get("server")))
        if bool(given.get("app_id")) != bool(given.get("app_secret")):
            missing = "app_secret" if given.get("app_id") else "app_id"
            raise InvalidInput(_("Signed rooms need both the app ID and the app secret, or neither."), field=missing)
        if given.get("app_id") and credentials.get("server") == PUBLIC:
            raise InvalidInput(
                _("meet.jit.si takes no signed rooms: name the studio's own server, or leave the app ID empty."),
                field="app_id",
            )
        return SignedIn(credentials, _identity(credentials))

    def open(self, keeper: CredentialKeeper, lender: CredentialKeeper | None = None) -> JitsiRooms:
        """The rooms of a server."""
        return JitsiRooms(keeper, self._http_hosts, self._clock)

    async def revoke(self, credentials: Credentials) -> None:
        """There is nothing to give up."""

    def _server(self, typed: str) -> str:
        """The server's address without a slash at its end."""
        if not typed:
            return PUBLIC
        address = typed if "://" in typed else f"https://{typed}"
        try:
            safe = check_link(address, http_hosts=self._http_hosts)
        except UnsafeLink as error:
            sentence = str(error).replace(_("The link"), _("The address"), 1)
            raise InvalidInput(sentence, field="server") from error
        if "?" in safe or "#" in safe:
            raise InvalidInput(
                _("This is more than a server's address: leave out everything from ? or # on."), field="server"
            )
        return safe.rstrip("/")


class JitsiRooms:
    """Rooms under a server's address; see `MeetingProvider`. A room begins to exist when somebody enters it."""

    def __init__(self, keeper: CredentialKeeper, http_hosts: tuple[str, ...], clock: Callable[[], datetime]) -> None:
        self._keeper = keeper
        self._http_hosts = http_hosts
        self._clock = clock

    async def create(self, request: MeetingRequest) -> ProviderMeeting:
        """A new room, whose name tells nothing about the session."""
        return await self._room(new_room(), request)

    async def update(self, external_id: str, request: MeetingRequest) -> ProviderMeeting:
        """The same room; a signed one lets people in at the session's new time."""
        if not _ROOM.fullmatch(external_id):
            raise ProviderRefused(phrase("This is no name of a Jitsi room: let the session make a new one."))
        return await self._room(external_id, request)

    async def delete(self, external_id: str) -> None:
        """Nothing: an empty room does not exist."""

    async def find(self, marker: str) -> list[ProviderMeeting]:
        """None: there is no list of rooms, and none is left behind."""
        return []

    async def whoami(self) -> Identity:
        """The server; it is not asked, and no room is opened."""
        return _identity(await self._keeper.current())

    async def start_url(self, external_id: str) -> str:
        """Refused: a room has no address for hosts."""
        raise ProviderRefused(phrase("A Jitsi room has no address for hosts: open its join link."))

    async def _room(self, room: str, request: MeetingRequest) -> ProviderMeeting:
        credentials = await self._keeper.current()
        url = f"{credentials.get('server') or PUBLIC}/{room}"
        if credentials.get("app_secret"):
            url += f"?jwt={await asyncio.to_thread(self._signed, room, request, credentials)}"
        return ProviderMeeting(room, make_join_link(url, http_hosts=self._http_hosts))

    def _signed(self, room: str, request: MeetingRequest, credentials: Credentials) -> str:
        """What lets into that room at that time alone; the same for the same room and time, so that links stay."""
        import jwt

        begins_at, ends_at = _open_between(request, self._clock())
        claims: dict[str, object] = {
            "iss": credentials.get("app_id"),
            "aud": "jitsi",
            "sub": "*",  # the server's inner domain need not be the one in its address
            "room": room,
            "exp": int(ends_at.timestamp()),
        }
        if begins_at is not None:
            claims["nbf"] = int(begins_at.timestamp())
        # HMAC itself fills a short key up with zeros (RFC 2104 §2); done here, the library finds it long enough.
        return jwt.encode(claims, credentials.get("app_secret").encode().ljust(_KEY_BYTES, b"\0"), algorithm="HS256")


def new_room() -> str:
    """A room's name nobody can guess: lower-case letters and digits, since servers compare it that way."""
    letters = base64.b32encode(secrets.token_bytes(_ROOM_BYTES)).decode("ascii").lower()
    return "-".join(letters[start : start + 8] for start in range(0, len(letters), 8))


def _open_between(request: MeetingRequest, now: datetime) -> tuple[datetime | None, datetime]:
    """When a room is open; without a fixed time until some New Year, so that it stays the same for months."""
    if request.starts_at is None:
        return None, datetime(now.year + 3, 1, 1, tzinfo=UTC)
    return request.starts_at - MARGIN, request.starts_at + (request.length or timedelta(0)) + MARGIN


def _identity(credentials: Credentials) -> Identity:
    """The server, and for signed rooms the app with a hint of its secret: another secret closes every room signed before."""
    parts, app_id = dissect(credentials.get("server") or PUBLIC, _ADDRESS_LIMIT), credentials.get("app_id")
    hint = hashlib.sha256(credentials.get("app_secret").encode()).hexdigest()[:4]
    who = f"{app_id}#{hint}@" if app_id else ""
    return Identity(f"{who}{parts.host}{parts.port}{parts.tail}"[:200], f"{shown_host(parts.host)}{parts.port}")
