"""Whose meeting a link leads to: by parsed host and path, never by a substring."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import unquote

from studio_tui.domain.language import _
from studio_tui.domain.urls import UnsafeLink, UrlParts, dissect, shown_host

BULLETS = "•" * 10
WRAPPED_LIMIT = 8_000  # a wrapper repeats the whole link in percent-encoded form

_MOST_WRAPS = 10
_WRAPPERS = ("safelinks.protection.outlook.com", "safelinks.protection.office365.us")


class LinkProvider(StrEnum):
    """A conference system whose links are known by sight."""

    ZOOM = "zoom"
    GOOGLE_MEET = "google_meet"
    TEAMS = "teams"
    WEBEX = "webex"
    JITSI = "jitsi"
    GOTO = "goto"
    WHEREBY = "whereby"
    EIGHT_BY_EIGHT = "8x8"

    @property
    def label(self) -> str:
        """The provider's name for people."""
        return _RULES[self].label


@dataclass(frozen=True, slots=True)
class Recognised:
    """What a link's host and path say about it.

    Attributes:
        provider: None if no provider's meeting links look like this.
        host_link: Whoever opens the link becomes the host: it must not go to clients.
        warning: One sentence for whoever typed it, None if there is nothing to say.
    """

    provider: LinkProvider | None
    host_link: bool = False
    warning: str | None = None


@dataclass(frozen=True, slots=True)
class _Rule:
    """Hosts stand for their sub-domains too; `kinds` are beginnings of a path that are no secret.

    `join` and `host_path` are patterns for the whole decoded path, compiled at their first use.
    """

    label: str
    hosts: tuple[str, ...]
    join: str
    kinds: tuple[str, ...] = ()
    host_path: str = ""
    host_parameter: str = ""


_RULES = {
    LinkProvider.ZOOM: _Rule(
        "Zoom",
        ("zoom.us", "zoom.com", "zoomgov.com"),
        r"/[jw]/[0-9]{9,11}/?|/my/[^/]+/?|/wc/join/[0-9]{9,11}/?|/wc/[0-9]{9,11}/join/?",
        kinds=("j", "w", "my", "wc", "s"),
        host_path=r"(?ais)/+s(?:/.*)?|/+wc/+[0-9]+/+start/?",
        host_parameter="zak",
    ),
    LinkProvider.GOOGLE_MEET: _Rule("Google Meet", ("meet.google.com",), r"/[a-z]{3}-[a-z]{4}-[a-z]{3}/?"),
    LinkProvider.TEAMS: _Rule(
        "Microsoft Teams",
        ("teams.microsoft.com", "teams.live.com"),
        r"/l/meetup-join/.+|/meet/[0-9]+/?",
        kinds=("l/meetup-join", "meet"),
    ),
    LinkProvider.WEBEX: _Rule(
        "Webex",
        ("webex.com",),
        r"/(?:meet|join)/[^/]+/?|(?:/[^/]+)*/j\.php",
        kinds=("meet", "join"),
    ),
    LinkProvider.JITSI: _Rule("Jitsi", ("meet.jit.si",), r"/[^/]+/?"),
    LinkProvider.GOTO: _Rule(
        "GoTo Meeting",
        ("gotomeeting.com", "meet.goto.com"),
        r"(?:/join)?/[0-9]+/?",
        kinds=("join",),
    ),
    LinkProvider.WHEREBY: _Rule("Whereby", ("whereby.com",), r"/[^/]+/?", host_parameter="roomkey"),
    LinkProvider.EIGHT_BY_EIGHT: _Rule("8x8", ("8x8.vc",), r"/[^/]+/[^/]+/?"),
}


def recognise(url: str, *, jitsi_hosts: Collection[str] = ()) -> Recognised:
    """Return whose meeting link this is; a wrapped one is judged by what is inside.

    Args:
        url: Any text; what is no link is recognised as nothing.
        jitsi_hosts: The studio's own Jitsi servers.
    """
    try:
        parts = dissect(unwrap(url), WRAPPED_LIMIT)
    except UnsafeLink:
        return Recognised(None)
    provider = _provider_of(parts, jitsi_hosts)
    if provider is None:
        return Recognised(None)
    if _is_host_link(parts, _RULES[provider]):
        warning = _(
            "This is the host's own {label} link: whoever opens it becomes the host. Paste the link for participants."
        ).format(label=provider.label)
        return Recognised(provider, host_link=True, warning=warning)
    if re.fullmatch(_RULES[provider].join, parts.path):
        return Recognised(provider)
    warning = _(
        "This address belongs to {label} but does not look like a meeting's link: check that it lets clients in."
    ).format(label=provider.label)
    return Recognised(None, warning=warning)


def unwrap(url: str) -> str:
    """Return the link inside Outlook's safe links, however often it is wrapped; any other text as it is.

    Raises:
        UnsafeLink: If it is wrapped more than ten times.
    """
    for _other in range(_MOST_WRAPS + 1):
        inner = _inside_wrapper(url)
        if inner is None:
            return url
        url = inner
    raise UnsafeLink(
        _("The link is wrapped more than {most_wraps} times: copy it from the meeting itself.").format(
            most_wraps=_MOST_WRAPS
        )
    )


def masked(url: str) -> str:
    """Return what may be shown of a link: host and kind of path, as in `zoom.us/j/••••••••••` (SPEC L11).

    The bullets are as many for every link; a text that is no link is bullets alone.
    """
    try:
        parts = dissect(url, WRAPPED_LIMIT)
    except UnsafeLink:
        return BULLETS
    where = f"{shown_host(parts.host)}{parts.port}"
    if not parts.tail.strip("/"):
        return where
    kind = _kind_of(parts)
    return f"{where}/{kind}/{BULLETS}" if kind else f"{where}/{BULLETS}"


def _provider_of(parts: UrlParts, jitsi_hosts: Collection[str]) -> LinkProvider | None:
    for provider, rule in _RULES.items():
        if any(parts.is_on(host) for host in rule.hosts):
            return provider
    own = {host.strip().lower() for host in jitsi_hosts}
    return LinkProvider.JITSI if parts.host in own else None


def _is_host_link(parts: UrlParts, rule: _Rule) -> bool:
    if rule.host_path and re.fullmatch(rule.host_path, parts.path):
        return True
    return bool(rule.host_parameter) and parts.query(rule.host_parameter) is not None


def _kind_of(parts: UrlParts) -> str | None:
    provider = _provider_of(parts, ())
    kinds = _RULES[provider].kinds if provider else ()
    return next((kind for kind in kinds if re.match(f"/{kind}/.", parts.path)), None)


def _inside_wrapper(url: str) -> str | None:
    try:
        parts = dissect(url, WRAPPED_LIMIT)
        wrapped = parts.query("url") if any(parts.is_on(host) for host in _WRAPPERS) else None
        return unquote(wrapped, errors="strict").strip() if wrapped else None
    except (UnsafeLink, UnicodeDecodeError):
        return None
