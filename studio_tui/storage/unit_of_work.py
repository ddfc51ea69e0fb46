"""One transaction per use case, with every repository on the same connection."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import IntegrityError, OperationalError

from studio_tui.domain.errors import Unreachable
from studio_tui.domain.language import _
from studio_tui.domain.text import safe_display
from studio_tui.storage import engine as engines
from studio_tui.storage.announcements import AnnouncementRepository
from studio_tui.storage.bookings import BookingRepository
from studio_tui.storage.changes import ChangeLog
from studio_tui.storage.client_bookings import ClientBookings
from studio_tui.storage.clients import ClientRepository
from studio_tui.storage.conferences import ConferenceRepository
from studio_tui.storage.edits import EditRepository
from studio_tui.storage.history import History
from studio_tui.storage.meetings import MeetingRepository
from studio_tui.storage.opening import OpeningRepository
from studio_tui.storage.outbox import OutboxRepository
from studio_tui.storage.outbox_bounces import OutboxBounces
from studio_tui.storage.outbox_by_hand import OutboxByHand
from studio_tui.storage.outbox_history import OutboxHistory
from studio_tui.storage.outbox_pages import OutboxPages
from studio_tui.storage.people import PeopleRepository
from studio_tui.storage.rooms import RoomRepository
from studio_tui.storage.search import SearchRepository
from studio_tui.storage.series import SeriesRepository
from studio_tui.storage.services import ServiceRepository
from studio_tui.storage.sessions import SessionRepository
from studio_tui.storage.sign_ins import SignInRepository
from studio_tui.storage.told_links import ToldLinks
from studio_tui.storage.workers import WorkerRepository

T = TypeVar("T")
_STEP_BACK_S = (0.02, 0.1)


class UnitOfWork:
    """The repositories of one open transaction. They never commit; leaving the block does."""

    def __init__(self, db: Connection) -> None:
        self.db = db
        self.history = History(db)

    @cached_property
    def people(self) -> PeopleRepository:
        return PeopleRepository(self.db)

    @cached_property
    def rooms(self) -> RoomRepository:
        return RoomRepository(self.db)

    @cached_property
    def opening(self) -> OpeningRepository:
        return OpeningRepository(self.db)

    @cached_property
    def clients(self) -> ClientRepository:
        return ClientRepository(self.db)

    @cached_property
    def client_bookings(self) -> ClientBookings:
        return ClientBookings(self.db)

    @cached_property
    def services(self) -> ServiceRepository:
        return ServiceRepository(self.db)

    @cached_property
    def sessions(self) -> SessionRepository:
        return SessionRepository(self.db)

    @cached_property
    def series(self) -> SeriesRepository:
        return SeriesRepository(self.db)

    @cached_property
    def bookings(self) -> BookingRepository:
        return BookingRepository(self.db)

    @cached_property
    def conferences(self) -> ConferenceRepository:
        return ConferenceRepository(self.db)

    @cached_property
    def sign_ins(self) -> SignInRepository:
        return SignInRepository(self.db)

    @cached_property
    def meetings(self) -> MeetingRepository:
        return MeetingRepository(self.db)

    @cached_property
    def outbox(self) -> OutboxRepository:
        return OutboxRepository(self.db)

    @cached_property
    def outbox_pages(self) -> OutboxPages:
        return OutboxPages(self.db)

    @cached_property
    def outbox_by_hand(self) -> OutboxByHand:
        return OutboxByHand(self.db)

    @cached_property
    def bounces(self) -> OutboxBounces:
        return OutboxBounces(self.db)

    @cached_property
    def outbox_history(self) -> OutboxHistory:
        return OutboxHistory(self.db)

    @cached_property
    def told_links(self) -> ToldLinks:
        return ToldLinks(self.db)

    @cached_property
    def workers(self) -> WorkerRepository:
        return WorkerRepository(self.db)

    @cached_property
    def edits(self) -> EditRepository:
        return EditRepository(self.db)

    @cached_property
    def search(self) -> SearchRepository:
        return SearchRepository(self.db)

    @cached_property
    def announcements(self) -> AnnouncementRepository:
        return AnnouncementRepository(self.db)

    @cached_property
    def changes(self) -> ChangeLog:
        return ChangeLog(self.db)


class Database:
    """A database that use cases open transactions on."""

    def __init__(self, url: str) -> None:
        self.engine: Engine = engines.make_engine(url)

    @contextmanager
    def reading(self) -> Iterator[UnitOfWork]:
        """A transaction that only reads, on one state of the database."""
        with engines.reading(self.engine) as db:
            yield UnitOfWork(db)

    @contextmanager
    def writing(self) -> Iterator[UnitOfWork]:
        """A transaction that commits on leaving and rolls back on any error.

        Raises:
            DatabaseBusy: Another program held the database for too long.
        """
        with engines.writing(self.engine) as db:
            unit = UnitOfWork(db)
            yield unit
            unit.history.finish()

    def read(self, work: Callable[[UnitOfWork], T]) -> T:
        """Run `work` in a reading transaction.

        Raises:
            Unreachable: The database cannot be used at the moment.
        """
        try:
            with self.reading() as unit:
                return work(unit)
        except OperationalError as error:
            raise _unreachable(error) from error

    def write(self, work: Callable[[UnitOfWork], T]) -> T:
        """Run `work` in a writing transaction, whole once more if another program was in its way.

        That is a lock, a deadlock, or a row that somebody else has just made: the second time `work` sees it, and refuses
        in its own words.

        Raises:
            DatabaseBusy: Other programs held the database both times; nothing was written.
            Unreachable: The database cannot be used at the moment; nothing was written.
        """
        try:
            with self.writing() as unit:
                return work(unit)
        except IntegrityError as error:
            if not _is_taken(error):
                raise
        except OperationalError as error:
            if not _is_contention(error):
                raise _unreachable(error) from error
            # Of two that were in each other's way the other one goes first: it has yet to wake up.
            time.sleep(random.uniform(*_STEP_BACK_S))
        try:
            with self.writing() as unit:
                return work(unit)
        except OperationalError as error:
            if not _is_contention(error):
                raise _unreachable(error) from error
            raise engines.DatabaseBusy(_("Other programs are writing to the database: try again.")) from error

    def close(self) -> None:
        """Close every pooled connection."""
        self.engine.dispose()


def _is_contention(error: OperationalError) -> bool:
    """Whether the engine only asks to try again: a lock, a deadlock or a serialization failure."""
    state = getattr(error.orig, "sqlstate", None)
    return state in ("40P01", "40001", "55P03") or "database is locked" in str(error.orig)


def _unreachable(error: OperationalError) -> Unreachable:
    """The engine's first line names what is wrong: a server that is away, a full disk, a file that cannot be opened."""
    reason = safe_display(str(error.orig).strip().partition("\n")[0]).rstrip(".")
    return Unreachable(
        _("The database cannot be used at the moment ({reason}); nothing was saved. Try again later.").format(
            reason=reason
        )
    )


def _is_taken(error: IntegrityError) -> bool:
    """Whether a unique key is in use; on SQLite, with its one writer, `work` would have seen it before."""
    return getattr(error.orig, "sqlstate", None) == "23505"
