"""From settings to the push servers that they name."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from studio_tui.channels.push_server import PushChannel
    from studio_tui.domain.delivery import Channel
    from studio_tui.settings import Settings


def push_channels(settings: Settings) -> dict[Channel, PushChannel]:
    """The push servers that the settings name, by channel."""
    from studio_tui.channels.gotify import Gotify
    from studio_tui.channels.ntfy import Ntfy
    from studio_tui.channels.push_server import PushChannel, PushServer
    from studio_tui.channels.pushover import Pushover
    from studio_tui.domain.delivery import Channel

    ntfy, gotify, pushover = settings.ntfy, settings.gotify, settings.pushover
    found: dict[Channel, PushChannel] = {}
    if ntfy.base_url is not None:
        server = PushServer(base_url=ntfy.base_url, connections=ntfy.connections, rate=ntfy.rate)
        found[Channel.PUSH] = PushChannel(server, Ntfy(ntfy.token or ""))
    if gotify.base_url is not None:
        server = PushServer(base_url=gotify.base_url, rate=gotify.rate)
        found[Channel.GOTIFY] = PushChannel(server, Gotify())
    if pushover.token is not None:
        # Two at a time is what Pushover asks of everybody.
        server = PushServer(base_url=pushover.base_url, rate=pushover.rate, connections=2)
        found[Channel.PUSHOVER] = PushChannel(server, Pushover(pushover.token))
    return found
