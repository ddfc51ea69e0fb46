"""What is said about a link while somebody types it."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from studio_tui.domain.errors import InvalidInput
from studio_tui.domain.language import _

if TYPE_CHECKING:
    from studio_tui.domain.links import JoinLink

LINK_HINT = "https://meet.google.com/abc-defg-hij"


def make_link(url: str, password: str, description: str, http_hosts: Collection[str] = ()) -> JoinLink:
    """The link of a filled-in form.

    Raises:
        InvalidInput: Naming the field: url, password or description.
    """
    from studio_tui.domain.links import make_join_link

    return make_join_link(url, password, description, http_hosts)


def judge_link(url: str, http_hosts: Collection[str] = (), *, required: bool = True) -> str | None:
    """One sentence about a typed link: whose it is, or what to beware of; None for an empty one that is not required.

    Raises:
        InvalidInput: It cannot be used; says why.
    """
    from studio_tui.domain.links import make_join_link, masked, recognise

    if not url.strip():
        if required:
            raise InvalidInput(_("Type or paste the link, beginning with https://."), field="url")
        return None
    link = make_join_link(url, http_hosts=http_hosts)
    seen = recognise(link.url)
    if seen.warning is not None:
        return f"⚠ {seen.warning}"
    host = masked(link.url).partition("/")[0]
    return (
        _("{provider} link.").format(provider=seen.provider.label)
        if seen.provider is not None
        else _("A link to {host}.").format(host=host)
    )
