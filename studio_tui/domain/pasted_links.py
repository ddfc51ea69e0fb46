"""A join link among what somebody types to find something: compared by its digest, never kept or told (SPEC L11)."""

from __future__ import annotations

import re

from studio_tui.domain.errors import InvalidInput
from studio_tui.domain.links import link_digest, make_join_link

_LIKE_A_LINK = re.compile(r"(?i)(?:https?://\S|(?:[a-z0-9-]+\.)+[a-z]{2,}/\S)")


def looks_like_link(typed: str) -> bool:
    """Whether what was typed is a link rather than words."""
    return _LIKE_A_LINK.match(typed.strip()) is not None


def digests_of(typed: str) -> list[str]:
    """Digests of the link that was typed, alone and with the password that follows it after a blank; none if it is no link."""
    url, _, password = typed.strip().partition(" ")
    try:
        links = [make_join_link(url)] + ([make_join_link(url, password.strip())] if password.strip() else [])
    except InvalidInput:
        return []
    return [link_digest(link) for link in links]
