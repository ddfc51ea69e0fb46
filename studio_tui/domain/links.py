"""Join links: made from typed text, judged before they are stored, masked wherever they are shown.

A link and its password are credentials (SPEC L11), and whoever types or sends one may be hostile.
Nothing here fetches a link.
"""

import re
import string
from collections.abc import Collection
from dataclasses import dataclass

from studio_tui.domain.language import _
from studio_tui.domain.link_providers import (
    BULLETS,
    WRAPPED_LIMIT,
    LinkProvider,
    Recognised,
    masked,
    recognise,
    unwrap,
)
from studio_tui.domain.spelling import grouped
from studio_tui.domain.text import TooLong, clean_line
from studio_tui.domain.urls import UnsafeLink, dissect, shown_host

__all__ = [
    "BULLETS",
    "DESCRIPTION_LIMIT",
    "PASSWORD_LIMIT",
    "URL_LIMIT",
    "JoinLink",
    "LinkProvider",
    "Recognised",
    "UnsafeLink",
    "check_link",
    "link_digest",
    "make_join_link",
    "masked",
    "recognise",
    "shown_host",
    "unwrap",
]

URL_LIMIT, PASSWORD_LIMIT, DESCRIPTION_LIMIT = 2_000, 100, 200  # SPEC A3

# What chat programs and mails leave around a copied address.
_PASTED_AROUND = f"{string.whitespace}<>\u00a0\u200b\u200e\u200f\u2060\ufeff"
_WITHOUT_SCHEME = r"(?ai)(?:[a-z0-9-]+\.)+[a-z]{2,}(?:/\S*)?"


@dataclass(frozen=True, slots=True, repr=False)
class JoinLink:
    """What lets a client into a session (SPEC §1); `make_join_link` makes one from typed text.

    Raises:
        TooLong: If a part is longer than SPEC A3 allows.
    """

    url: str
    password: str | None = None
    description: str | None = None

    def __post_init__(self) -> None:
        _refuse_over(URL_LIMIT, self.url, "url")
        _refuse_over(PASSWORD_LIMIT, self.password, "password")
        _refuse_over(DESCRIPTION_LIMIT, self.description, "description")

    def __repr__(self) -> str:
        return f"JoinLink({masked(self.url)}, password={BULLETS if self.password else None})"


def make_join_link(
    url: str,
    password: str | None = None,
    description: str | None = None,
    http_hosts: Collection[str] = (),
) -> JoinLink:
    """Return a typed or pasted link: trimmed, taken out of Outlook's wrapping, judged.

    An address that starts with its host, as meeting programs show it, gets `https://` in front. A
    blank password or description becomes None.

    Raises:
        UnsafeLink: As for `check_link`.
        TooLong: If the password or the description is longer than SPEC A3 allows.
    """
    pasted = url.strip(_PASTED_AROUND)
    complete = f"https://{pasted}" if re.fullmatch(_WITHOUT_SCHEME, pasted[: WRAPPED_LIMIT + 1]) else pasted
    return JoinLink(
        check_link(unwrap(complete), http_hosts=http_hosts),
        clean_line(password or "", PASSWORD_LIMIT, field="password") or None,
        clean_line(description or "", DESCRIPTION_LIMIT, field="description") or None,
    )


def check_link(url: str, *, http_hosts: Collection[str] = ()) -> str:
    """Return a link in the form to be stored: ASCII, scheme and host in lower case, no default port.

    Args:
        url: As typed; nothing is trimmed.
        http_hosts: Hosts that the owner allows by http, by IP address or by a name without dots.

    Raises:
        UnsafeLink: If it is not https, hides where it leads, or can be read in two ways.
    """
    parts = dissect(url, URL_LIMIT)
    if parts.host.strip("[]") not in {host.strip().lower().strip("[]") for host in http_hosts}:
        if parts.scheme != "https":
            raise UnsafeLink(
                _(
                    "The link begins with http://, so others can read it on its way: use https://, "
                    "or let the owner allow this host in the settings."
                )
            )
        if parts.is_address or "." not in parts.host:
            raise UnsafeLink(
                _(
                    "The link leads to a bare network address: use the server's full name, "
                    "or let the owner allow this host in the settings."
                )
            )
    safe = str(parts)
    if len(safe) > URL_LIMIT:
        raise UnsafeLink(
            _("The link is longer than {url_limit} characters once its letters are encoded.").format(
                url_limit=grouped(URL_LIMIT)
            )
        )
    return safe


def link_digest(link: JoinLink) -> str:
    """Return the SHA-256 (hex) of URL and password: it tells which link a client was last sent (SPEC L8)."""
    import hashlib

    secret = f"{link.url}\0{link.password or ''}"
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _refuse_over(limit: int, text: str | None, field: str) -> None:
    if text is not None and len(text) > limit:
        raise TooLong(limit, field=field)
