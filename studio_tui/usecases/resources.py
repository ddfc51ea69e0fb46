"""What every use case stands on: the database, the vault, the clock, and what happens after a commit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from studio_tui.storage.unit_of_work import Database, UnitOfWork
from studio_tui.storage.vault import Vault
from studio_tui.usecases.letters.template_book import TemplateBook

T = TypeVar("T")


def system_clock() -> datetime:
    """The current instant, aware UTC."""
    return datetime.now(UTC)


def _nothing() -> None:
    """What happens after a commit where no worker listens."""


@dataclass(frozen=True, slots=True)
class Resources:
    """Handed to every use case by `bootstrap`.

    Attributes:
        clock: Returns the current instant, aware UTC.
        committed: Called after each committed write; wakes the worker of this process.
        http_hosts: Hosts that the owner allows plain http links for.
        templates: Of mails.
        settle: So long after a booking was made or taken back its message waits, for what is undone at once.
        unsubscribe_url: Where clients refuse mails, with `{token}` in it; None: by a mail to the studio.
    """

    database: Database
    vault: Vault
    clock: Callable[[], datetime] = system_clock
    committed: Callable[[], None] = _nothing
    http_hosts: tuple[str, ...] = ()
    templates: TemplateBook = field(default_factory=TemplateBook)
    settle: timedelta = timedelta(0)
    unsubscribe_url: str | None = None

    def read(self, work: Callable[[UnitOfWork], T]) -> T:
        """Run `work` in a reading transaction and return its result."""
        return self.database.read(work)

    def write(self, work: Callable[[UnitOfWork], T]) -> T:
        """Run `work` in a writing transaction, commit, wake the worker, and return the result."""
        result = self.database.write(work)
        self.committed()
        return result
