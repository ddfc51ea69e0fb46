"""What the rows of a table of sessions mean at one site: names become records, wall-clock times instants."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from studio_tui.domain.clashes import room_key
from studio_tui.domain.errors import InvalidInput
from studio_tui.domain.language import _
from studio_tui.domain.people import Site, StaffId
from studio_tui.domain.services import Mode, Service, ServiceId
from studio_tui.domain.sessions import Session, SessionId, SessionStatus, title_of
from studio_tui.domain.text import fold
from studio_tui.domain.zones import to_utc, to_utc_last, to_wall, zone
from studio_tui.storage.unit_of_work import UnitOfWork

if TYPE_CHECKING:
    from studio_tui.interchange.records import ImportedSession


@dataclass(frozen=True, slots=True, kw_only=True)
class TableRow:
    """A row as this site understands it. What it leaves open is None or empty, and stays as it is.

    Attributes:
        own_id: The session of this site that it is of, by the number that the export gave it.
        leaders: Who goes by the leader's name: several where two people share it, none where the row names nobody.
        starts: What the clock of `clock` shows at the start.
        starts_at: That as an instant, aware UTC; of a time that comes twice the first.
        ends_at: Aware UTC, None where the row does not say.
        title: The session's own title; empty where the row does not say.
        skipped_hour: The clock never shows the start that is written.
    """

    own_id: SessionId | None
    service: Service
    leaders: tuple[StaffId, ...]
    clock: ZoneInfo
    starts: datetime
    starts_at: datetime
    ends: datetime | None
    ends_at: datetime | None
    length: timedelta | None
    title: str
    room: str
    capacity: int | None
    mode: Mode | None
    cancelled: bool | None
    line: int

    @property
    def name(self) -> str:
        """What the session is called."""
        return self.title or self.service.name

    @property
    def skipped_hour(self) -> bool:
        return not self.shows(self.starts, self.starts_at)

    def shows(self, wall: datetime, instant: datetime) -> bool:
        """Whether the clock shows that time at the instant; in an hour that comes twice both do."""
        return to_wall(instant, self.clock).replace(tzinfo=None, second=0, microsecond=0) == wall

    @property
    def begins(self) -> frozenset[datetime]:
        """The instants, aware UTC, that the written start can be: two in an hour that comes twice."""
        return frozenset({self.starts_at, to_utc_last(self.starts, self.clock)})

    def begins_with(self, session: Session) -> bool:
        """Whether the session's start is the one that is written."""
        return minute_of(session) in self.begins


class RowReader:
    """Reads rows with the names that the site knows."""

    def __init__(self, unit: UnitOfWork, site: Site, service_id: ServiceId | None) -> None:
        self._site = site
        self._here = {fold(site.slug), fold(site.name)}
        self._services = {service.id: service for service in unit.services.of_site(site.id)}
        self._default = None if service_id is None else unit.services.get(service_id)
        self._by_name: dict[str, Service] = {}
        for service in sorted(self._services.values(), key=lambda s: not s.active):
            self._by_name.setdefault(_key(service.name), service)
        self._staff: dict[str, list[StaffId]] = {}
        for member in sorted(unit.people.staff(), key=lambda m: (not m.active, site.id not in m.site_ids)):
            for name in {_key(member.name), _key(member.login or "")} - {""}:
                self._staff.setdefault(name, []).append(member.id)
        self._rooms = {room_key(room.name): room.name for room in unit.rooms.of_site(site.id)}

    def service(self, service_id: ServiceId) -> Service:
        """A service of the site."""
        return self._services[service_id]

    def read(self, row: ImportedSession) -> TableRow:
        """Return the row as this site understands it.

        Raises:
            InvalidInput: It names what is not here; the sentence says how to mend it.
        """
        if row.site and fold(row.site) not in self._here:
            raise InvalidInput(
                _("It is of the site {site}, and this is {name}: bring it in there.").format(
                    site=row.site, name=self._site.name
                )
            )
        service, title = self._service_of(row)
        clock = self._clock(row.zone)
        starts_at = to_utc(row.starts_at, clock)
        return TableRow(
            own_id=None if row.id is None or not row.site else SessionId(row.id),
            service=service,
            leaders=self._leaders(row.staff),
            clock=clock,
            starts=row.starts_at,
            starts_at=starts_at,
            ends=row.ends_at,
            ends_at=_end(row, clock, starts_at),
            length=row.length,
            title=title,
            room=self._rooms.get(room_key(row.room), row.room),
            capacity=row.capacity,
            mode=None if row.mode is None else Mode(row.mode),
            cancelled=row.cancelled,
            line=row.line,
        )

    def _service_of(self, row: ImportedSession) -> tuple[Service, str]:
        """The service, and the title: an unknown service's name is what the session of the default one is called."""
        known = self._by_name.get(_key(row.service)) if row.service else None
        if known is not None:
            return known, row.title
        if self._default is not None:
            return self._default, row.title or row.service
        if not row.service:
            raise InvalidInput(_("It names no service: write one, or choose which service such lines are of."))
        raise InvalidInput(
            _(
                'There is no service "{service}" here: make it first, write it as it is called here, or '
                "choose which service such lines are of."
            ).format(service=row.service)
        )

    def _leaders(self, name: str) -> tuple[StaffId, ...]:
        if not name:
            return ()
        found = self._staff.get(_key(name))
        if found is None:
            raise InvalidInput(
                _('Nobody here is called "{name}": add them to the team, or leave the name out.').format(name=name)
            )
        return tuple(found)

    def _clock(self, name: str) -> ZoneInfo:
        return zone(name or self._site.zone)


def _end(row: ImportedSession, clock: ZoneInfo, starts_at: datetime) -> datetime | None:
    if row.ends_at is None:
        return None if row.length is None else starts_at + row.length
    ends_at = to_utc(row.ends_at, clock)
    if ends_at <= starts_at:  # perhaps the second time that a clock which is set back shows it
        ends_at = to_utc_last(row.ends_at, clock)
    return ends_at


def _key(name: str) -> str:
    return " ".join(fold(name).split())


def minute_of(session: Session) -> datetime:
    """The start of a session, as exactly as a table has it."""
    return session.starts_at.replace(second=0, microsecond=0)


def is_like(row: TableRow, session: Session) -> int | None:
    """How well a session fits a row, whose service and start it has, by leader, room and the rest; None if not at all.

    What the row says and the session has must not differ both in leader and room; more agreement is a higher number.
    """
    leader = _agreement(bool(row.leaders), session.staff_id is not None, session.staff_id in row.leaders)
    room = _agreement(bool(row.room), bool(session.room), room_key(session.room) == room_key(row.room))
    if min(leader, room) < 0 and max(leader, room) < 2:
        return None
    title = title_of(session, row.service) == row.name
    living = (session.status is SessionStatus.CANCELLED) == bool(row.cancelled)
    return 4 * (leader + room) + 2 * title + living


def _agreement(said: bool, has: bool, same: bool) -> int:
    """2 where both say the same, 1 where neither says anything, 0 where only one does, -1 where they differ."""
    if said and has:
        return 2 if same else -1
    return int(said == has)
