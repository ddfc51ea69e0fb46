"""A worker that dies when it makes the message of a certain client."""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from studio_tui.domain.delivery import Channel
from studio_tui.domain.wording import Words
from studio_tui.storage.outbox_material import Addressee
from studio_tui.storage.outbox_turns import ClaimedRow
from studio_tui.storage.unit_of_work import Database
from studio_tui.storage.vault import VARIABLE, Vault
from studio_tui.usecases.letters.forms import Said
from studio_tui.usecases.letters.mail import Draft, Finished, MailWriter
from studio_tui.worker.runner import Port, Worker
from tests.worker.support import IDENTITY, QUICK, a_relay

POISON = "Person poison0"
LEASE = timedelta(seconds=1)
DEATH = 77


@dataclass(frozen=True)
class _Deadly:
    draft_of: Draft

    def finish(self, row: ClaimedRow, addressee: Addressee) -> Finished:
        if addressee.name == POISON:
            os._exit(DEATH)
        return self.draft_of.finish(row, addressee)


class DeadlyWriter:
    """Writes real mails, but for one."""

    def draft(self, said: Said, words: Words) -> Draft:
        return _Deadly(MailWriter(IDENTITY).draft(said, words))


def main(url: str, port: int, key: str) -> None:
    """Work until the process is ended."""
    options = replace(QUICK, lease=LEASE)
    ports = {Channel.EMAIL: Port(DeadlyWriter(), a_relay(port))}
    asyncio.run(Worker(Database(url), Vault(Path("no-key-file"), {VARIABLE: key}), ports, options).run())
