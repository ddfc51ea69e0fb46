"""From settings to the push servers that they name."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from studio_tui.channels.push_server import PushChannel
    from studio_tui.domain.delivery import Channel
    from studio_tui.settings import Settings


def push_channels(settings: Settings) -> dict[Channel, PushChannel]:
    """The push servers that the settings name, by channel."""
    from studio_tui.channels.ntfy import Ntfy
    from studio_tui.channels.push_server import PushChannel, PushServer
    from studio_tui.domain.delivery import Channel

    found: dict[Channel, PushChannel] = {}
    if settings.ntfy.base_url is not None:
        ntfy = settings.ntfy
        server = PushServer(base_url=settings.ntfy.base_url, connections=ntfy.connections, rate=ntfy.rate)
        found[Channel.PUSH] = PushChannel(server, Ntfy(ntfy.token or ""))
    return found
