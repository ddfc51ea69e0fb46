"""Filling an empty database with the demo studio, in one transaction."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import cycle, islice, product

from studio_tui.demo import timetable
from studio_tui.demo.history import confirm_some, remind_in_the_past, tell_the_past
from studio_tui.demo.timetable import DemoService
from studio_tui.domain.conferences import AccountState
from studio_tui.domain.links import make_join_link
from studio_tui.domain.messages import MessageKind
from studio_tui.domain.opening import parse_hours
from studio_tui.domain.people import Author, Change, Client, ClientId, Site, SiteId, StaffId, StaffMember
from studio_tui.domain.recurrence import Rule, dates_of, weekly
from studio_tui.domain.series import Series, occurrences
from studio_tui.domain.services import CourseId, Service, ServiceId, ServiceKind
from studio_tui.domain.sessions import Origin, SeriesId, Session, new_session
from studio_tui.domain.zones import to_wall, zone
from studio_tui.storage.unit_of_work import UnitOfWork
from studio_tui.usecases.planning import bring_into_line
from studio_tui.usecases.resources import Resources

WEEKS = 3


def build_demo(resources: Resources, login: str) -> None:
    """Fill the empty database with the demo studio around now; its owner acts under `login`.

    Two sites, six staff, fifteen services of all three kinds, three weeks of sessions, 120 clients; some sessions
    start within the next minutes.
    """
    resources.write(lambda unit: _Demo(unit, resources, login).build())


class _Demo:
    """The demo on its way into the open transaction."""

    def __init__(self, unit: UnitOfWork, resources: Resources, login: str) -> None:
        self.unit = unit
        self.resources = resources
        self.login = login
        self.now = resources.clock().replace(microsecond=0)
        self.author = Author("demo", self.now)
        self.sessions: list[Session] = []

    def build(self) -> None:
        self.sites = {
            s.slug: self.unit.people.add_site(s.slug, s.name, s.zone, s.language, self.author) for s in timetable.SITES
        }
        for slug, site in self.sites.items():
            quiet = replace(site, messages=site.messages.saying(MessageKind.REMINDER, False))
            self.sites[slug] = self.unit.people.save_site_messages(quiet, None, self.author)
        self._premises()
        self.staff = {member.name: member for member in self._staff()}
        self._accounts()
        self.clients = list(self._clients())
        services = {spec.name: (spec, self._service(spec)) for spec in timetable.SERVICES}
        for spec, service in services.values():
            self._weeks(spec, service)
        for name, minutes in timetable.SOON:
            self._soon(*services[name], minutes)
        self._running(*services["Vinyasa Yoga"])
        self._book()
        ids = [session.id for session in self.sessions]
        bring_into_line(self.unit, ids, self.now)
        tell_the_past(self.unit, ids, self.now)
        remind_in_the_past(self.unit, ids, self.now)
        confirm_some(self.unit, ids, self.now)

    def _premises(self) -> None:
        for slug, site in self.sites.items():
            for name, capacity in timetable.ROOMS[slug].items():
                self.unit.rooms.add(site.id, name, capacity, True, self.author)
            typed = enumerate(timetable.HOURS[slug])
            self.unit.opening.replace(site.id, [each for day, text in typed for each in parse_hours(text, day)])

    def _staff(self) -> Iterator[StaffMember]:
        for index, member in enumerate(timetable.STAFF):
            sites = tuple(self.sites[slug].id for slug in member.sites)
            login = self.login if index == 0 else None
            email = f"{member.name.split()[0].lower()}@aurora.example"
            yield self.unit.people.add_staff(member.name, member.role, login, email, sites, self.author)

    def _accounts(self) -> None:
        for slug, url in timetable.DEFAULT_LINKS.items():
            self._account(self.sites[slug].id, None, url)
        for member in timetable.STAFF:
            if member.link:
                self._account(None, self.staff[member.name].id, member.link)

    def _account(self, site_id: SiteId | None, staff_id: StaffId | None, url: str) -> None:
        link = make_join_link(url)
        account = self.unit.conferences.add(site_id, staff_id, "custom", url.split("/")[2], self.author)
        self.unit.conferences.save(
            account,
            kind=account.kind,
            label=account.label,
            state=AccountState.CONNECTED,
            link=self.resources.vault.seal(link, f"account:{account.id}"),
            version=None,
            author=self.author,
        )

    def _clients(self) -> Iterator[Client]:
        change = Change(version=0, changed_by="demo", changed_at=self.now)
        for index, (last, first) in enumerate(product(timetable.LAST_NAMES, timetable.FIRST_NAMES)):
            client = Client(
                id=ClientId(0),
                name=f"{first} {last}",
                email=None if index % 40 == 39 else f"{first}.{last}@clients.example".lower(),
                email_verified=index % 3 != 0,
                phone=None,
                language=("it", "en", "it", "es")[index % 4],
                push_topic=None,
                change=change,
            )
            yield self.unit.clients.add(client, self.author)

    def _service(self, spec: DemoService) -> Service:
        service = self.unit.services.add(
            Service(
                id=ServiceId(0),
                site_id=self.sites[spec.site].id,
                name=spec.name,
                kind=spec.kind,
                mode=spec.mode,
                sessions_may_change_mode=None,
                link=None,
                link_epoch=0,
                details=spec.details,
                capacity=spec.capacity,
                duration=timedelta(minutes=spec.minutes),
                colour=spec.colour,
                active=True,
                change=Change(version=0, changed_by="demo", changed_at=self.now),
            ),
            self.author,
        )
        if spec.name in timetable.REMINDED:
            reminding = replace(service, messages=service.messages.saying(MessageKind.REMINDER, True))
            service = self.unit.services.save_messages(reminding, None, self.author)
        if spec.link is None:
            return service
        sealed = self.resources.vault.seal(make_join_link(spec.link), f"service:{service.id}")
        return self.unit.services.save_link(service, sealed, None, self.author)

    def _weeks(self, spec: DemoService, service: Service) -> None:
        """A series for each weekly time of the service: last week, this one and the next."""
        site = self.sites[spec.site]
        course_id = None
        if spec.kind is ServiceKind.COURSE:
            course_id = self.unit.services.add_course(service, f"{spec.name}, autumn", self.author).id
        for weekdays, at in timetable.weekly_times(spec):
            rule = weekly(weekdays, count=WEEKS * len(weekdays))
            series = self._series(spec, service, rule, self._monday(site), at)
            for occurrence in occurrences(series, zone(site.zone)):
                place = (series.id, occurrence.on)
                self._session(spec, service, occurrence.starts_at, Origin.SCHEDULED, course_id, place)

    def _series(self, spec: DemoService, service: Service, rule: Rule, monday: date, at: time) -> Series:
        series = Series(
            id=SeriesId(0),
            site_id=service.site_id,
            service_id=service.id,
            rule=rule,
            first_on=dates_of(rule, monday)[0],
            at=at,
            length=service.duration,
            staff_id=self.staff[spec.leader].id,
            room=spec.room,
            title=None,
            capacity=service.capacity,
            details=None,
            exceptions=(),
            change=service.change,
        )
        return self.unit.series.add(series, self.author)

    def _monday(self, site: Site) -> date:
        today = to_wall(self.now, zone(site.zone)).date()
        return today - timedelta(days=today.weekday() + 7)

    def _soon(self, spec: DemoService, service: Service, minutes: int) -> None:
        start = self.now.replace(second=0) + timedelta(minutes=minutes + 1)
        self._session(spec, service, start, Origin.SCHEDULED, None)

    def _running(self, spec: DemoService, service: Service) -> None:
        """One that began a while ago: most of its clients have the link, one mail was refused."""
        start = self.now.replace(second=0) - timedelta(minutes=20 + self.now.minute % 5)
        self._session(spec, service, start, Origin.OCCASIONAL, None)

    def _session(
        self,
        spec: DemoService,
        service: Service,
        start: datetime,
        origin: Origin,
        course_id: CourseId | None,
        place: tuple[SeriesId | None, date | None] = (None, None),
    ) -> None:
        session = replace(
            new_session(service, start, start + service.duration),
            course_id=course_id,
            staff_id=self.staff[spec.leader].id,
            room=spec.room,
            origin=origin,
            series_id=place[0],
            series_on=place[1],
        )
        self.sessions.append(self.unit.sessions.add(session, self.author))

    def _book(self) -> None:
        """Book between a third of the places and all of them, the same clients in every session of a course."""
        booked_at = self.now - timedelta(days=15)
        waiting = cycle(self.clients)
        runs: dict[CourseId, list[Client]] = {}
        for index, session in enumerate(self.sessions):
            places = max(1, session.capacity * (4 + index % 9) // 12)
            if session.course_id is None:
                for client in islice(waiting, places):
                    self.unit.bookings.book(session.id, client.id, booked_at)
                continue
            run = runs.setdefault(session.course_id, list(islice(waiting, places)))
            for client in run:
                enrolment = self.unit.bookings.enrolment_of(session.course_id, client.id)
                enrolment = enrolment or self.unit.bookings.enrol(session.course_id, client.id, booked_at)
                self.unit.bookings.book(session.id, client.id, booked_at, enrolment.id)
