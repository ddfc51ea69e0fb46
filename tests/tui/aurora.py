"""The studio of the screen tests."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from studio_tui.domain.account_kinds import ConferenceKind
from studio_tui.domain.delivery import DeliveryState
from studio_tui.domain.services import Mode, Service
from studio_tui.domain.sessions import Session
from studio_tui.domain.workers import Role
from studio_tui.domain.zones import to_utc, zone
from studio_tui.storage import outbox_leases
from studio_tui.storage.types import to_ms
from studio_tui.storage.unit_of_work import Database
from studio_tui.tui.app import StudioApp
from studio_tui.tui.desk import TuiOptions
from tests.builders import FixedClock, SmallStudio, a_link
from tests.prepared import prepared

SATURDAY = datetime(2026, 11, 21, 8, 41, tzinfo=UTC)
MONDAY = date(2026, 11, 16)
ROME = zone("Europe/Rome")

# weekday, start, minutes, service, leader, booked, capacity
_WEEK: Sequence[tuple[int, str, int, str, str, int, int]] = (
    (0, "07:00", 60, "Vinyasa Flow", "Giulia", 8, 12),
    (0, "18:30", 75, "Reformer Pilates", "Marco", 6, 6),
    (1, "08:00", 90, "Reformer Pilates", "Marco", 5, 6),
    (1, "12:30", 45, "Lunch Stretch", "Elena", 4, 15),
    (2, "07:00", 60, "Vinyasa Flow", "Giulia", 11, 12),
    (2, "09:15", 45, "Breath Work", "Sara", 2, 8),
    (3, "08:00", 90, "Reformer Pilates", "Marco", 6, 6),
    (3, "17:00", 60, "Barre", "Elena", 9, 10),
    (4, "07:00", 60, "Vinyasa Flow", "Giulia", 6, 12),
    (4, "10:00", 30, "Quick Check", "Sara", 1, 1),
    (5, "08:00", 60, "Yin", "Sara", 4, 10),
    (5, "08:30", 75, "Barre", "Elena", 7, 10),
    (5, "10:00", 60, "Meditation", "Sara", 7, 10),
    (5, "11:30", 60, "Vinyasa Flow", "Giulia", 12, 12),
    (5, "11:45", 45, "Yin", "Sara", 3, 10),
    (5, "12:00", 60, "Barre", "Elena", 2, 10),
    (6, "10:00", 90, "Sunday Flow", "Giulia", 5, 20),
    (6, "10:30", 60, "Meditation", "Marco", 0, 10),
)
_COLOURS = {
    "Vinyasa Flow": "blue",
    "Reformer Pilates": "purple",
    "Lunch Stretch": "yellow",
    "Breath Work": "cyan",
    "Barre": "magenta",
    "Quick Check": "orange",
    "Yin": "green",
    "Meditation": "cyan",
    "Sunday Flow": "red",
}
_CLIENTS = 15
_left: dict[Hashable, tuple[datetime, int]] = {}
"""When it was in a studio after it was furnished, and how many clients it had."""
_IN_PERSON = ("Reformer Pilates", "Lunch Stretch", "Sunday Flow")


class Aurora(SmallStudio):
    """Luca sits at the front desk in Rome on a Saturday morning in November."""

    def __init__(self, database: Database, kinds: Sequence[ConferenceKind] = ()) -> None:
        super().__init__(database, FixedClock(SATURDAY), kinds=kinds)
        self._named: dict[str, Service] = {}
        self._leaders = {"Giulia": self.teacher, "Marco": self.substitute, "Sara": self.desk, "Elena": self.owner}

    def app(self, *, login: str = "luca", site: str | None = "trastevere", **options: Any) -> StudioApp:
        """The program on this studio."""
        chosen = TuiOptions(login=login, site=site, **options)
        return StudioApp(lambda: self.studio, options=chosen, clock=self.clock)

    def at(self, weekday: int, clock: str, *, week: int = 0) -> datetime:
        """An instant of the pictures' week by its wall-clock time in Rome, aware UTC."""
        day = MONDAY + timedelta(days=weekday, weeks=week)
        return to_utc(datetime.combine(day, time.fromisoformat(clock)), ROME)

    def named(self, name: str) -> Service:
        """The service of that name, made when it is first asked for."""
        if name not in self._named:
            mode = Mode.IN_PERSON if name in _IN_PERSON else Mode.ONLINE
            self._named[name] = self.service(name, mode=mode, colour=_COLOURS.get(name, "blue"))
        return self._named[name]

    def put(self, weekday: int, clock: str, name: str = "Meditation", *, week: int = 0, **draft: Any) -> Session:
        """A session at a wall-clock time in Rome."""
        return self.session(self.named(name), starts_at=self.at(weekday, clock, week=week), **draft)

    def fill_week(self) -> None:
        """The week of the pictures: full ones, overlapping ones, notices in every state, a typed link, a cancelled one."""
        self.furnish("week", self._fill_week)

    def furnish(self, what: Hashable, make: Callable[[], None]) -> None:
        """Do what `make` does: in a studio that was just made by copying what came of it the first time.

        Args:
            what: Names all that `make` depends on.
            make: Writes with committed transactions, and may set the clock.
        """
        if self.commits:
            make()
            return
        prepared(self.database, what, make)
        left = _left.setdefault(what, (self.clock(), self._clients))
        self.clock.set(left[0])
        self._clients = left[1]
        self._named = {service.name: service for service in self.catalogue.services(self.rome.id)}
        self.commits += 1

    def worker_seen(self, at: datetime) -> None:
        """A worker takes a turn at that instant."""
        with self.database.writing() as unit:
            outbox_leases.enter(unit.db, to_ms(at), token="a-worker", host="desk", pid=1, role=Role.SERVICE)

    def _fill_week(self) -> None:
        self.clock.set(SATURDAY - timedelta(days=9))
        self.connect()
        made = []
        clients = [self.client(f"Client {number}") for number in range(1, _CLIENTS + 1)]
        for weekday, start, minutes, name, leader, booked, capacity in _WEEK:
            begins = self.at(weekday, start)
            session = self.put(
                weekday,
                start,
                name,
                ends_at=begins + timedelta(minutes=minutes),
                staff_id=self._leaders[leader].id,
                capacity=capacity,
                room=f"Studio {1 + weekday % 3}",
            )
            for client in clients[:booked]:
                self.book(session, client)
            made.append(session)
        for session in made:
            if session.starts_at < SATURDAY:
                self.clock.set(session.starts_at)
                self.send_due()
        self._trouble(made)
        self.clock.set(SATURDAY)

    def _trouble(self, made: list[Session]) -> None:
        barre, meditation, flow = made[11], made[12], made[13]
        failed = self.deliveries(barre)[0]
        self.set_delivery(failed.id, DeliveryState.FAILED, last_code=550, last_text="no such user here")
        self.linking.type_link(self.owner, flow.id, a_link("typed"), version=None)
        self.linking.remove(self.owner, meditation.id, version=None)
        self.scheduling.set_notice_time(self.owner, flow.id, self.at(5, "11:00"), version=None)
        self.scheduling.cancel(self.owner, made[15].id, version=None)
