"""Push services as people name them, and what a client's address looks like at each."""

from __future__ import annotations

import re

from studio_tui.domain.delivery import PUSHES, Channel
from studio_tui.domain.errors import InvalidInput
from studio_tui.domain.language import N_

NAMES = {channel: channel.label for channel in PUSHES}
"""The push services; a client has one address at one of them at a time."""

_SHAPES = {
    Channel.PUSH: (
        re.compile(r"[A-Za-z0-9_-]{1,64}"),
        N_("A push topic has letters, digits, - and _ only, at most 64."),
    ),
    Channel.GOTIFY: (
        re.compile(r"[A-Za-z0-9._-]{8,64}"),
        N_("A Gotify application token has 8 to 64 letters, digits, '.', - and _ only."),
    ),
    Channel.PUSHOVER: (re.compile(r"[A-Za-z0-9]{30}"), N_("A Pushover user key has exactly 30 letters and digits.")),
}


def push_service(name: str) -> Channel | None:
    """The service that people call so, None if there is none: `gotify` → `GOTIFY`."""
    return next((channel for channel, label in NAMES.items() if label.casefold() == name.strip().casefold()), None)


def check_push_address(service: Channel, text: str) -> str:
    """The address without what is around it.

    Raises:
        InvalidInput: It is none; the sentence says what one looks like, and does not repeat it.
    """
    shape, sentence = _SHAPES[service]
    if not shape.fullmatch(text.strip()):
        raise InvalidInput(sentence, field="push_topic")
    return text.strip()
