"""The double's sign-in host: apps, tokens that expire and rotate, codes to confirm, revocation."""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import parse_qsl, urlencode, urlsplit

Reply = tuple[int, dict[str, object]]

ACCOUNT_ID, OWNER = "acc-aurora", "owner@aurora.example"
SERVER_FORM = {"account_id": ACCOUNT_ID, "client_id": "server-app", "client_secret": "server-secret-4711"}
DEVICE_FORM = {"client_id": "device-app", "client_secret": "device-secret-4711"}
BROWSER_FORM = {"client_id": "browser-app"}
_SECRETS = {form["client_id"]: form["client_secret"] for form in (SERVER_FORM, DEVICE_FORM)}
_DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"


@dataclass(slots=True)
class Grant:
    """What one sign-in allows. `host`: whose it is; `wide`: it may act for every host of the account."""

    client_id: str
    host: str
    wide: bool = False
    refresh_token: str = ""
    revoked: bool = False


@dataclass(slots=True)
class Device:
    """A code that waits to be confirmed. `asked` counts the questions."""

    user_code: str
    expires_at: datetime
    interval: float
    host: str = ""
    denied: bool = False
    asked: int = 0
    last_asked_at: datetime | None = None


@dataclass(slots=True)
class Asked:
    """A browser's code that waits to be exchanged."""

    client_id: str
    challenge: str
    redirect: str
    host: str


@dataclass
class SignIns:
    """Everything that the sign-in host remembers. `clock` is the double's, `handed_out` every secret it ever gave."""

    clock: Callable[[], datetime]
    grants: list[Grant] = field(default_factory=list)
    access: dict[str, tuple[Grant, datetime]] = field(default_factory=dict)
    spent: set[str] = field(default_factory=set)
    devices: dict[str, Device] = field(default_factory=dict)
    codes: dict[str, Asked] = field(default_factory=dict)
    reused: list[str] = field(default_factory=list)
    handed_out: set[str] = field(default_factory=set)
    interval: int | None = 5
    slow_downs: int = 0
    life_s: int = 3600
    api_url: str = ""
    device_allowed: bool = True
    removed: bool = False

    def grant_of(self, header: str) -> Grant | None:
        """Whose access token it is; None for an unknown, expired or revoked one."""
        grant, ends_at = self.access.get(header.removeprefix("Bearer "), (None, self.clock()))
        return None if grant is None or grant.revoked or ends_at <= self.clock() else grant

    def token(self, client_id: str, form: Mapping[str, str]) -> Reply:
        kind = form.get("grant_type", "")
        if self.removed and kind == "account_credentials":
            return _no("invalid_client", "Invalid client_id or client_secret")
        if kind == "account_credentials":
            return self._by_account(client_id, form.get("account_id", ""))
        if kind == "refresh_token":
            return self._by_refresh(client_id, form.get("refresh_token", ""))
        if kind == "authorization_code":
            return self._by_code(client_id, form)
        if kind == _DEVICE_GRANT:
            return self._by_device(client_id, form.get("device_code", ""))
        return _no("unsupported_grant_type")

    def devicecode(self, client_id: str) -> Reply:
        if client_id != DEVICE_FORM["client_id"] or not self.device_allowed:
            return _no("unauthorized_client", "The app does not use the device flow")
        code, user_code = self._secret(), f"AURORA-{len(self.devices) + 1:02}"
        self.devices[code] = Device(user_code, self.clock() + timedelta(seconds=900), self.interval or 5)
        answer: dict[str, object] = {
            "device_code": code,
            "user_code": user_code,
            "verification_uri": "https://zoom.us/oauth_device",
            "verification_uri_complete": f"https://zoom.us/oauth/device/complete/{user_code}",
            "expires_in": 900,
        }
        return 200, answer if self.interval is None else {**answer, "interval": self.interval}

    def revoke(self, client_id: str, token: str) -> Reply:
        found = [grant for grant in self.grants if token and token == grant.refresh_token]
        found += [self.access[token][0]] if token in self.access else []
        if not found or found[0].client_id != client_id:
            return _no("invalid_token")
        found[0].revoked = True
        return 200, {"status": "success"}

    def browser(self, address: str, host: str, *, agree: bool) -> str:
        """Where a browser ends that opens the address, when the person agrees, or does not."""
        query = dict(parse_qsl(urlsplit(address).query))
        assert query["response_type"] == "code"
        assert query["code_challenge_method"] == "S256"
        if not agree:
            return f"{query['redirect_uri']}?{urlencode({'error': 'access_denied', 'state': query['state']})}"
        code = self._secret()
        self.codes[code] = Asked(query["client_id"], query["code_challenge"], query["redirect_uri"], host)
        return f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}"

    def _by_account(self, client_id: str, account_id: str) -> Reply:
        if client_id != SERVER_FORM["client_id"] or account_id != ACCOUNT_ID:
            return _no("invalid_request", "Bad Request")
        return 200, self._tokens(self._new(Grant(client_id, OWNER, wide=True)), rotating=False)

    def _by_refresh(self, client_id: str, token: str) -> Reply:
        if token in self.spent:
            self.reused.append(token)
        grant = next((grant for grant in self.grants if token and grant.refresh_token == token), None)
        if grant is None or grant.revoked or grant.client_id != client_id:
            return _no("invalid_grant", "Invalid Token!")
        self.spent.add(token)
        return 200, self._tokens(grant)

    def _by_code(self, client_id: str, form: Mapping[str, str]) -> Reply:
        asked = self.codes.pop(form.get("code", ""), None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        right = asked is not None and (asked.client_id, asked.redirect) == (client_id, form.get("redirect_uri"))
        if asked is None or not right or not secrets.compare_digest(asked.challenge, challenge):
            return _no("invalid_grant", "Invalid authorization code")
        return 200, self._tokens(self._new(Grant(client_id, asked.host)))

    def _by_device(self, client_id: str, code: str) -> Reply:
        device = self.devices.get(code)
        if device is None:
            return _no("invalid_grant")
        device.asked += 1
        now, last = self.clock(), device.last_asked_at
        device.last_asked_at = now
        if device.expires_at <= now:
            return _no("expired_token")
        if self.slow_downs > 0 or (last is not None and now - last < timedelta(seconds=device.interval)):
            self.slow_downs = max(0, self.slow_downs - 1)
            device.interval += 5
            return _no("slow_down")
        if device.denied:
            return _no("access_denied")
        if not device.host:
            return _no("authorization_pending")
        del self.devices[code]
        return 200, self._tokens(self._new(Grant(client_id, device.host)))

    def _secret(self, kind: str = "") -> str:
        made = f"{kind}{secrets.token_urlsafe(24)}"
        self.handed_out.add(made)
        return made

    def _new(self, grant: Grant) -> Grant:
        self.grants.append(grant)
        return grant

    def _tokens(self, grant: Grant, *, rotating: bool = True) -> dict[str, object]:
        token = self._secret("at_")
        self.access[token] = (grant, self.clock() + timedelta(seconds=self.life_s))
        answer: dict[str, object] = {"access_token": token, "token_type": "bearer", "expires_in": self.life_s}
        answer |= {"scope": "meeting:write:meeting", "api_url": self.api_url}
        if rotating:
            grant.refresh_token = self._secret("rt_")
            answer["refresh_token"] = grant.refresh_token
        return answer


def client_of(header: str, form: Mapping[str, str]) -> str | None:
    """Which app asks: by HTTP Basic, or a public one by its id; None if neither is right."""
    if not header.startswith("Basic "):
        return form.get("client_id") if form.get("client_id") == BROWSER_FORM["client_id"] else None
    name, _, secret = base64.b64decode(header.removeprefix("Basic ")).decode().partition(":")
    return name if _SECRETS.get(name) == secret else None


def _no(error: str, reason: str = "") -> Reply:
    return 401 if error == "invalid_client" else 400, {"reason": reason or error, "error": error}
