"""A push server for tests of test messages: answers as told, without sockets."""

from __future__ import annotations

from studio_tui.channels.push_note import PushNote
from studio_tui.domain.delivery import Channel
from studio_tui.domain.outcomes import Outcome
from studio_tui.usecases.push_tests import PushTests
from tests.builders import SmallStudio


class Phone:
    """Keeps what came, as (note, address, key)."""

    def __init__(self, outcome: Outcome) -> None:
        self.outcome = outcome
        self.came: list[tuple[PushNote, str, str]] = []

    async def send(self, note: PushNote, address: str, key: str) -> Outcome:
        self.came.append((note, address, key))
        return self.outcome

    def serve(self, studio: SmallStudio) -> Phone:
        """Be the studio's ntfy server."""
        studio.studio.push_tests = PushTests(studio.resources, lambda: {Channel.PUSH: self})
        return self
