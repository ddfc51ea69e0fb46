"""Sites, services and courses, and who acts: what the studio is made of."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import timedelta

from studio_tui.domain import permissions
from studio_tui.domain.agenda import ServiceLinkPreview
from studio_tui.domain.conferences import ServiceLinkEffect, effect_of_service_link, own_link_of, resolve_link
from studio_tui.domain.errors import InvalidInput, NotFound, NotPossible
from studio_tui.domain.language import _, ngettext
from studio_tui.domain.links import JoinLink
from studio_tui.domain.people import Author, Change, Site, SiteId, StaffId, StaffMember
from studio_tui.domain.permissions import Act
from studio_tui.domain.phrase import phrase
from studio_tui.domain.services import COLOURS, CourseId, Mode, Service, ServiceId, ServiceKind, check_service
from studio_tui.domain.sessions import Course
from studio_tui.domain.text import clean_line, clean_text, fold
from studio_tui.domain.zones import zone
from studio_tui.storage.unit_of_work import UnitOfWork
from studio_tui.usecases.link_context import LinkContexts
from studio_tui.usecases.picking import pick
from studio_tui.usecases.planning import hold_and_bring_into_line, release_for_link
from studio_tui.usecases.resources import Resources

NAME_LIMIT, DETAILS_LIMIT = 200, 4_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceDraft:
    """What the service form holds; `id` None makes a new service."""

    id: ServiceId | None = None
    site_id: SiteId
    name: str
    kind: ServiceKind = ServiceKind.CLASS
    mode: Mode = Mode.IN_PERSON
    sessions_may_change_mode: bool | None = None
    details: str = ""
    capacity: int = 10
    duration: timedelta = timedelta(hours=1)
    colour: str = COLOURS[0]
    active: bool = True


class Catalogue:
    """The use cases of sites and services; staff are found here and changed by `team`."""

    def __init__(self, resources: Resources) -> None:
        self._resources = resources

    def sites(self) -> list[Site]:
        """Every site, by name."""
        return self._resources.read(lambda unit: unit.people.sites())

    def site(self, name: str | SiteId) -> Site:
        """The site with this id, short name or name.

        Raises:
            NotFound: There is none; the sentence lists those that there are.
        """
        return pick(self.sites(), name, lambda s: (s.slug, s.name), "site")

    def actor(self, login: str) -> StaffMember:
        """The staff member who acts under this operating system user.

        Raises:
            NotFound: Nobody does; says how to mend it.
        """
        member = self._resources.read(lambda unit: unit.people.staff_by_login(login))
        if member is None:
            raise NotFound(
                _(
                    "Nobody on the staff has the login {login}: let the owner set it with “studio-tui staff "
                    "change NAME --login {login}”, or name somebody with --as."
                ).format(login=login)
            )
        return member

    def staff(self, site_id: SiteId | None = None) -> list[StaffMember]:
        """Staff of the site (all staff without one): active ones first, then by name."""
        return self._resources.read(lambda unit: unit.people.staff(site_id))

    def staff_member(self, name: str | StaffId, site_id: SiteId | None = None) -> StaffMember:
        """The staff member with this id, login or name.

        Raises:
            NotFound: There is none; the sentence lists those that there are.
        """
        return pick(self.staff(site_id), name, lambda m: (m.login or "", m.name), _("staff member"))

    def services(self, site_id: SiteId) -> list[Service]:
        """The site's services: active ones first, then by name."""
        return self._resources.read(lambda unit: unit.services.of_site(site_id))

    def service(self, service_id: ServiceId) -> Service:
        """One service.

        Raises:
            NotFound: There is none with that id.
        """
        return self._resources.read(lambda unit: unit.services.get(service_id))

    def find_service(self, site_id: SiteId, name: str | ServiceId) -> Service:
        """The site's service with this id or name.

        Raises:
            NotFound: There is none; the sentence lists those that there are.
        """
        return pick(self.services(site_id), name, lambda s: (s.name,), "service")

    def courses(self, site_id: SiteId) -> list[Course]:
        """The site's courses, by name."""
        return self._resources.read(lambda unit: unit.services.courses_of_site(site_id))

    def course(self, site_id: SiteId, name: str | CourseId) -> Course:
        """The site's course with this id or name.

        Raises:
            NotFound: There is none; the sentence lists those that there are.
        """
        return pick(self.courses(site_id), name, lambda c: (c.name,), "course")

    def save_service(self, actor: StaffMember, draft: ServiceDraft, *, version: int | None = None) -> Service:
        """Make or change a service and return it. A new mode holds for its sessions, whose notices follow (SPEC M1, M3).

        Raises:
            NotAllowed, InvalidInput, StaleVersion, NotFound: Nothing was saved.
        """

        def work(unit: UnitOfWork) -> Service:
            permissions.check(actor, Act.MANAGE_SERVICES)
            now = self._resources.clock()
            author = Author(actor.name, now)
            name = clean_line(draft.name, NAME_LIMIT, field="name")
            check_service(name, draft.kind, draft.capacity, draft.duration, draft.colour)
            _check_name_is_free(unit, draft, name)
            unit.history.begin(
                actor,
                now,
                phrase("made the service {name}", name=name)
                if draft.id is None
                else phrase("changed the service {name}", name=name),
            )
            if draft.id is None:
                saved = unit.services.add(_from_draft(draft, name, None, author), author)
            else:
                before = unit.services.get(draft.id)
                saved = unit.services.save(_from_draft(draft, name, before, author), version, author)
                if saved.mode is not before.mode:
                    affected = unit.sessions.upcoming_ids(now, service_id=saved.id)
                    hold_and_bring_into_line(unit, affected, now)
            unit.changes.record("service", saved.id, author, phrase("saved the service {name}", name=name))
            return saved

        return self._resources.write(work)

    def upcoming(self, service_id: ServiceId) -> int:
        """How many active sessions of the service have not ended."""
        return self._resources.read(
            lambda unit: len(unit.sessions.upcoming_ids(self._resources.clock(), service_id=service_id))
        )

    def preview_service_link(
        self, actor: StaffMember, service_id: ServiceId, link: JoinLink | None
    ) -> ServiceLinkPreview:
        """Count what setting the service's link does to its upcoming sessions, before it is done (SPEC L6)."""
        return self._resources.read(
            lambda unit: self._preview(unit, unit.services.get(service_id), clears=link is None)
        )

    def set_service_link(
        self, actor: StaffMember, service_id: ServiceId, link: JoinLink | None, *, version: int | None = None
    ) -> ServiceLinkPreview:
        """Set or clear the service's link: one row is written, however many sessions there are (SPEC L6).

        Raises:
            NotAllowed, StaleVersion, NotFound: Nothing was changed.
        """

        def work(unit: UnitOfWork) -> ServiceLinkPreview:
            permissions.check(actor, Act.MANAGE_SERVICES)
            author = Author(actor.name, self._resources.clock())
            service = unit.services.get(service_id)
            preview = self._preview(unit, service, clears=link is None)
            sealed = None if link is None else self._resources.vault.seal(link, f"service:{service_id}")
            what = (
                phrase("set the link of the service {name}", name=service.name)
                if link
                else phrase("cleared the link of the service {name}", name=service.name)
            )
            unit.history.begin(actor, author.at, what)
            unit.services.save_link(service, sealed, version, author)
            release_for_link(unit, unit.sessions.upcoming_ids(author.at, service_id=service_id), author.at)
            unit.changes.record("service", service_id, author, what)
            return preview

        return self._resources.write(work)

    def service_link(self, actor: StaffMember, service_id: ServiceId) -> JoinLink | None:
        """The service's link in the clear, for its form; a credential (SPEC L11).

        Raises:
            NotAllowed, NotFound, WrongKey: It cannot be shown.
        """
        permissions.check(actor, Act.MANAGE_SERVICES)
        service = self.service(service_id)
        return None if service.link is None else self._resources.vault.open(service.link, f"service:{service_id}")

    def add_site(self, actor: StaffMember, slug: str, name: str, zone_name: str, language: str) -> Site:
        """Make a site and return it; only the owner can.

        Raises:
            NotAllowed, InvalidInput: Nothing was made.
        """

        def work(unit: UnitOfWork) -> Site:
            permissions.check(actor, Act.MANAGE_SITE)
            author = Author(actor.name, self._resources.clock())
            unit.history.begin(actor, author.at)
            return make_site(unit, author, slug, name, zone_name, language)

        return self._resources.write(work)

    def change_site(self, actor: StaffMember, site: Site, *, version: int | None = None) -> Site:
        """Write a site's name, zone and language as given and return it; only the owner can.

        Raises:
            NotAllowed, InvalidInput, StaleVersion: Nothing was changed.
            NotPossible: Another zone while sessions are to come: their clock times would change with it.
        """

        def work(unit: UnitOfWork) -> Site:
            permissions.check(actor, Act.MANAGE_SITE)
            author = Author(actor.name, self._resources.clock())
            before = unit.people.site(site.id)
            name = clean_line(site.name, NAME_LIMIT, field="name")
            if not name:
                raise InvalidInput(_("A site needs a name."), field="name")
            upcoming = len(unit.sessions.upcoming_ids(author.at, site_id=site.id))
            if zone(site.zone).key != before.zone and upcoming:
                has = ngettext("{n} session", "{n} sessions", upcoming).format(n=upcoming)
                raise NotPossible(
                    _(
                        "{name} has {has} to come, and another time zone would change their clock times: cancel them "
                        "first."
                    ).format(name=before.name, has=has)
                )
            wanted = replace(before, name=name, zone=zone(site.zone).key, language=_language(site.language))
            unit.history.begin(actor, author.at, phrase("changed the site {name}", name=name))
            saved = unit.people.save_site(wanted, version, author)
            unit.changes.record("site", site.id, author, phrase("changed the site {name}", name=name))
            return saved

        return self._resources.write(work)

    def _preview(self, unit: UnitOfWork, service: Service, *, clears: bool) -> ServiceLinkPreview:
        """Every upcoming session counts once; those alike in what decides their link are judged together."""
        counts = dict.fromkeys(ServiceLinkEffect, 0)
        contexts = LinkContexts(unit)
        contexts.remember([service])
        for group in unit.sessions.link_groups(self._resources.clock(), service_id=service.id):
            session = group.example
            context = contexts.of(session)
            effect = effect_of_service_link(
                own_link_of(session, context.course),
                session.origin,
                resolve_link(session, context),
                clears=clears,
            )
            counts[effect] += group.sessions
        return ServiceLinkPreview(
            added=counts[ServiceLinkEffect.ADDED],
            changed=counts[ServiceLinkEffect.CHANGED],
            kept=counts[ServiceLinkEffect.KEPT],
            skipped=counts[ServiceLinkEffect.SKIPPED],
        )


def make_site(unit: UnitOfWork, author: Author, slug: str, name: str, zone_name: str, language: str) -> Site:
    """Make a site in the open transaction, and return it.

    Raises:
        InvalidInput: It cannot be.
    """
    short = clean_line(slug, 60, field="slug").lower()
    if not short or any(site.slug == short for site in unit.people.sites()):
        raise InvalidInput(_("A site needs a short name that no other site has."), field="slug")
    known = clean_line(name, NAME_LIMIT, field="name") or short
    site = unit.people.add_site(short, known, zone(zone_name).key, _language(language), author)
    unit.changes.record("site", site.id, author, phrase("made the site {name}", name=site.name))
    unit.history.say(phrase("made the site {name}", name=site.name))
    return site


def _language(text: str) -> str:
    language = clean_line(text, 20, field="language")
    if not re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*", language):
        raise InvalidInput(_("A language is written as en, it or pt-BR."), field="language")
    return language


def _check_name_is_free(unit: UnitOfWork, draft: ServiceDraft, name: str) -> None:
    for other in unit.services.of_site(draft.site_id):
        if other.id != draft.id and fold(other.name) == fold(name):
            raise InvalidInput(_("There is a service called {name} already.").format(name=other.name), field="name")


def _from_draft(draft: ServiceDraft, name: str, before: Service | None, author: Author) -> Service:
    return Service(
        id=draft.id or ServiceId(0),
        site_id=draft.site_id,
        name=name,
        kind=draft.kind,
        mode=draft.mode,
        sessions_may_change_mode=draft.sessions_may_change_mode,
        link=None if before is None else before.link,
        link_epoch=0 if before is None else before.link_epoch,
        details=clean_text(draft.details, DETAILS_LIMIT, field="details"),
        capacity=draft.capacity,
        duration=draft.duration,
        colour=draft.colour,
        active=draft.active,
        change=Change(version=0, changed_by=author.name, changed_at=author.at),
    )
