"""The double's HTTP side: Starlette's routes on a loopback socket, with the faults around them."""

from __future__ import annotations

import asyncio
import json
import secrets
import socket
import threading
from collections.abc import MutableMapping
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from tests.doubles.zoom_rules import broken_call, broken_form, broken_meeting
from tests.doubles.zoom_sign_ins import OWNER, Grant, client_of

if TYPE_CHECKING:
    from tests.doubles.zoom_double import Host, Meeting, ZoomDouble

_SCOPES = {"POST": "meeting:write:meeting", "PATCH": "meeting:update:meeting", "DELETE": "meeting:delete:meeting"}
_NO_MEETING = {"code": 3001, "message": "Meeting does not exist."}


class Serving:
    """A server for one double, on a socket that listens from the start."""

    def __init__(self, double: ZoomDouble, port: int) -> None:
        self._double = double
        self._socket = socket.socket()
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind(("127.0.0.1", port))
        self._socket.listen(64)
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        config = uvicorn.Config(
            self._faulty,
            interface="asgi3",
            loop="asyncio",
            http="h11",
            ws="none",
            lifespan="off",
            log_level="critical",
            access_log=False,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, args=([self._socket],), daemon=True)
        self._app = Starlette(
            routes=[
                Route("/oauth/token", self._oauth, methods=["POST"]),
                Route("/oauth/devicecode", self._oauth, methods=["POST"]),
                Route("/oauth/revoke", self._oauth, methods=["POST"]),
                Route("/oauth/authorize", self._authorize),
                Route("/v2/users/{user}", self._api, methods=["GET"]),
                Route("/v2/users/{user}/meetings", self._api, methods=["GET", "POST"]),
                Route("/v2/meetings/{meeting:int}", self._api, methods=["GET", "PATCH", "DELETE"]),
            ]
        )

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._server.should_exit = self._server.force_exit = True
        self._thread.join(5)
        self._socket.close()

    async def _faulty(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Carry out a request, with what the switches make of it."""
        switches, method, path = self._double.settings, scope["method"], scope["path"]
        self._double.requests.append((method, path))
        api = path.startswith("/v2/")
        if switches.latency:
            await asyncio.sleep(switches.latency)
        if api and switches.use("drop_requests"):
            await _cut(send)
        elif api and switches.use("silent"):
            await _hold(receive)
        elif switches.use("trouble"):
            await JSONResponse({"message": "Service unavailable"}, switches.trouble_status)(scope, receive, send)
        elif api and method != "GET" and (switches.drop_next_answer or switches.silence_next_answer):
            silent, switches.drop_next_answer, switches.silence_next_answer = switches.silence_next_answer, False, False
            await self._app(scope, receive, _nowhere)
            await (_hold(receive) if silent else _cut(send))
        elif api and switches.use("garbled"):
            await self._app(scope, receive, _nowhere)
            await Response('{"id": 8', 200, media_type="application/json")(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _oauth(self, request: Request) -> Response:
        path, sign_ins = request.url.path, self._double.sign_ins
        form = {name: str(value) for name, value in _form(await request.body())}
        self._double.violations += broken_form(path, request.headers, request.url.query, form)
        client = client_of(request.headers.get("authorization", ""), form)
        if client is None:
            return JSONResponse({"reason": "Invalid client_id or client_secret", "error": "invalid_client"}, 401)
        if path == "/oauth/token":
            status, answer = sign_ins.token(client, form)
        elif path == "/oauth/devicecode":
            status, answer = sign_ins.devicecode(client)
        else:
            status, answer = sign_ins.revoke(client, form.get("token", ""))
        return JSONResponse(answer, status)

    async def _authorize(self, request: Request) -> Response:
        return RedirectResponse(self._double.agree(str(request.url), OWNER))

    async def _api(self, request: Request) -> Response:
        double, body = self._double, await request.body()
        self._double.violations += broken_call(
            request.method, request.url.path, request.headers, dict(request.query_params), body
        )
        header = request.headers.get("authorization", "")
        if double.settings.use("refuse_tokens"):
            double.sign_ins.access.pop(header.removeprefix("Bearer "), None)
        grant = double.sign_ins.grant_of(header)
        if grant is None:
            return JSONResponse({"code": 124, "message": "Invalid access token."}, 401)
        if double.settings.use("busy"):
            headers = {"X-RateLimit-Type": "QPS", "Retry-After": double.settings.retry_after}
            return JSONResponse({"code": 429, "message": "Too many requests."}, 429, headers)
        if double.settings.answers:
            status, said, headers = double.settings.answers.pop(0)
            return JSONResponse(said, status, headers)
        if (scope := self._lacking(request, grant)) is not None:
            said = {"code": 4700, "message": f"Invalid access token, does not contain scopes:[{scope}]."}
            return JSONResponse(said, 400)
        return self._answer(request, grant, body)

    def _lacking(self, request: Request, grant: Grant) -> str | None:
        listing = request.url.path.endswith("/meetings")
        reading = "meeting:read:list_meetings" if listing else "meeting:read:meeting"
        if request.url.path.startswith("/v2/users/") and not listing:
            reading = "user:read:user"
        scope = _SCOPES.get(request.method, reading)
        if scope not in self._double.settings.missing_scopes:
            return None
        return f"{scope}:admin" if grant.wide else scope

    def _answer(self, request: Request, grant: Grant, body: bytes) -> Response:
        double = self._double
        if "user" in request.path_params:
            user = request.path_params["user"]
            host = double.host_called(user, grant)
            if host is None:
                return JSONResponse({"code": 1001, "message": f"User does not exist: {user}."}, 404)
            if request.url.path.endswith("/meetings"):
                return self._create(host, body) if request.method == "POST" else self._list(host, request)
            return JSONResponse({"id": host.user_id, "email": host.email, "display_name": host.name, "type": 2})
        meeting = double.meetings.get(request.path_params["meeting"])
        if meeting is None or not (grant.wide or meeting.host == grant.host):
            return JSONResponse(_NO_MEETING, 404)
        if request.method == "DELETE":
            del double.meetings[meeting.id]
            return Response(status_code=204)
        return self._update(meeting, body) if request.method == "PATCH" else JSONResponse(_shown(meeting))

    def _create(self, host: Host, body: bytes) -> Response:
        fields, refused = self._judged(host.email, body, new=True)
        return refused or JSONResponse(_shown(self._double.make(host, fields)), 201)

    def _update(self, meeting: Meeting, body: bytes) -> Response:
        fields, refused = self._judged(meeting.host, body, new=False)
        if refused is None:
            self._double.change(meeting, fields)
        return refused or Response(status_code=204)

    def _judged(self, host: str, body: bytes, *, new: bool) -> tuple[dict[str, Any], Response | None]:
        """What was sent, and the refusal if it breaks a rule or the day's limit."""
        double = self._double
        try:
            fields = json.loads(body)
        except ValueError:
            fields = None
        broken = list(broken_meeting(fields, double.now(), new=new))
        double.violations += broken
        if broken and not all("silently" in sentence for sentence in broken):
            return {}, JSONResponse({"code": 300, "message": "Validation Failed.", "errors": _errors(broken)}, 400)
        day = f"{double.now():%Y-%m-%d}"
        if double.writes[host, day] >= double.settings.daily_limit:
            return {}, _day_is_over(double.now(), double.settings.daily_limit)
        double.writes[host, day] += 1
        return fields, None

    def _list(self, host: Host, request: Request) -> Response:
        now, query = self._double.now(), request.query_params
        found = [meeting for meeting in self._double.meetings_of(host.email) if _listed(meeting, query, now)]
        size = min(int(query.get("page_size", "30")), self._double.settings.page_size)
        start = int(query.get("next_page_token", "page0").removeprefix("page"))
        shown = [_in_list(meeting) for meeting in found[start : start + size]]
        token = f"page{start + size}" if start + size < len(found) else ""
        return JSONResponse(
            {"page_size": size, "total_records": len(found), "next_page_token": token, "meetings": shown}
        )


def _listed(meeting: Meeting, query: Any, now: datetime) -> bool:
    """A list of what is to come has only what has a time, and is not over."""
    if query.get("type", "scheduled") == "scheduled":
        return True
    return meeting.starts_at is not None and meeting.starts_at + timedelta(minutes=meeting.duration) > now


def _shown(meeting: Meeting) -> dict[str, Any]:
    start = {} if meeting.starts_at is None else {"start_time": f"{meeting.starts_at:%Y-%m-%dT%H:%M:%SZ}"}
    return {
        "id": meeting.id,
        "uuid": f"{meeting.id:x}==",
        "host_email": meeting.host,
        "topic": meeting.topic,
        "type": meeting.type,
        "agenda": meeting.agenda,
        "duration": meeting.duration,
        "timezone": meeting.timezone,
        "join_url": meeting.join_url,
        "password": meeting.password,
        "start_url": f"https://us05web.zoom.us/s/{meeting.id}?zak=host_{secrets.token_hex(16)}",
        **start,
    }


def _in_list(meeting: Meeting) -> dict[str, Any]:
    shown = {name: value for name, value in _shown(meeting).items() if name not in ("password", "start_url")}
    return {**shown, "agenda": meeting.agenda[:250]}


def _errors(broken: list[str]) -> list[dict[str, str]]:
    return [{"field": sentence.partition(" ")[0], "message": sentence} for sentence in broken]


def _day_is_over(now: datetime, limit: int) -> Response:
    midnight = datetime.combine(now.date() + timedelta(days=1), time(), UTC)
    headers = {"X-RateLimit-Type": "Daily-limit", "Retry-After": f"{midnight:%Y-%m-%dT%H:%M:%SZ}"}
    said = f"You have exceeded the daily rate limit ({limit}) of Meeting Create/Update API requests."
    return JSONResponse({"code": 429, "message": said}, 429, headers)


def _form(body: bytes) -> list[tuple[str, str]]:
    from urllib.parse import parse_qsl

    return parse_qsl(body.decode(), keep_blank_values=True)


async def _nowhere(_message: MutableMapping[str, Any]) -> None:
    """Where an answer goes that is never given."""


async def _cut(send: Send) -> None:
    """Cut the connection: the server's own cycle knows its transport."""
    send.__self__.transport.abort()  # type: ignore[attr-defined]
    await asyncio.sleep(0.01)


async def _hold(receive: Receive) -> None:
    """Say nothing until the client gives up."""
    while (await receive())["type"] != "http.disconnect":
        pass
