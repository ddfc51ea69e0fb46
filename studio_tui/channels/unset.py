"""A channel that the settings do not name: it carries nothing, and says so instead of letting messages wait."""

from __future__ import annotations

from studio_tui.domain.delivery import Channel
from studio_tui.domain.language import N_, _
from studio_tui.domain.outcomes import ChannelHealth, Feed, ProbeResult, Refused

_NO_SUCH_MAILBOX = 550


class UnsetChannel:
    """Refuses every parcel; see `DeliveryChannel` for what it guarantees."""

    def __init__(self, name: str, sentence: str) -> None:
        self.name = name
        self._sentence = sentence

    async def run(self, feed: Feed) -> None:
        """Refuse parcels until the feed ends, or until cancelled."""
        while (parcel := await feed.next()) is not None:
            feed.report(parcel, Refused(_NO_SUCH_MAILBOX, self._sentence))

    async def probe(self) -> ProbeResult:
        """There is nothing to knock at."""
        return ProbeResult(True, self._sentence)

    def health(self) -> ChannelHealth:
        """Always the same."""
        return ChannelHealth(trouble=None, paused_for=None, connections=0, limit=1)


_SERVICES = {
    Channel.PUSH: N_("Push is not set up: let the owner name a server under [ntfy] in the settings, then try again."),
    Channel.GOTIFY: N_(
        "Gotify is not set up: let the owner name a server under [gotify] in the settings, then try again."
    ),
    Channel.PUSHOVER: N_(
        "Pushover is not set up: let the owner put its token under [pushover] in the settings, then try again."
    ),
}


def push_unset(channel: Channel) -> str:
    """What is told of a push message whose service the settings do not name."""
    return _(_SERVICES[channel])
