"""What a site and its services say of their messages: which kinds go out, and when. What waits follows at once."""

from __future__ import annotations

from dataclasses import dataclass, replace

from studio_tui.domain import permissions
from studio_tui.domain.errors import InvalidInput, NotFound
from studio_tui.domain.language import _
from studio_tui.domain.message_rules import KindLine, ServiceRules, SiteRules, SwitchEffect, check_lead, kind_lines
from studio_tui.domain.messages import MessageKind, MessageSwitches
from studio_tui.domain.people import Author, Site, SiteId, StaffMember
from studio_tui.domain.permissions import Act
from studio_tui.domain.phrase import Phrase, phrase
from studio_tui.domain.services import Service, ServiceId
from studio_tui.storage.unit_of_work import UnitOfWork
from studio_tui.usecases import switching
from studio_tui.usecases.booking import mail_address
from studio_tui.usecases.resources import Resources


@dataclass(frozen=True, slots=True)
class MessageSettings:
    """All that a site says of its messages, or it and one of its services."""

    site: Site
    service: Service | None
    lines: tuple[KindLine, ...]


class _Tried(Exception):
    """Everything was tried, and is taken back."""

    def __init__(self, effect: SwitchEffect) -> None:
        self.effect = effect


@dataclass(frozen=True, slots=True)
class _Switch:
    """A switch as somebody asks for it, allowed to them.

    Attributes:
        site, service: As they are after it; without a service it is the site's.
        changed: Services of which the kind goes out now and did not before, or the other way round.
        sends: Whether it does; None if nothing changes.
    """

    site: Site
    service: Service | None
    changed: tuple[ServiceId, ...]
    sends: bool | None


class Messages:
    """The use cases of which messages go out. Looking needs no permission."""

    def __init__(self, resources: Resources) -> None:
        self._resources = resources

    def settings(
        self, actor: StaffMember | None, site_id: SiteId, service_id: ServiceId | None = None
    ) -> MessageSettings:
        """What the site says, and the service if one is named, with every kind in the order of `MessageKind`.

        Raises:
            NotFound: There is no such site, or it has no such service.
        """

        def work(unit: UnitOfWork) -> MessageSettings:
            site, service = _subject(unit, site_id, service_id)
            return MessageSettings(site, service, kind_lines(site, service))

        return self._resources.read(work)

    def foresee(
        self, actor: StaffMember, site_id: SiteId, service_id: ServiceId | None, kind: MessageKind, on: bool | None
    ) -> SwitchEffect:
        """What `switch` would do to what waits; nothing is changed.

        Raises:
            NotAllowed, NotFound: It could not be switched.
        """

        def look(unit: UnitOfWork) -> SwitchEffect | None:
            asked = _asked(unit, actor, (site_id, service_id), kind, on)
            if asked.sends is None:
                return SwitchEffect()
            return switching.foresee(unit, site_id, asked.changed, kind, asked.sends, self._resources.clock())

        def attempt(unit: UnitOfWork) -> SwitchEffect:
            raise _Tried(self._switch(unit, actor, (site_id, service_id), kind, on, None))

        foreseen = self._resources.read(look)
        if foreseen is not None:
            return foreseen
        try:
            return self._resources.database.write(attempt)
        except _Tried as tried:
            return tried.effect

    def switch(
        self,
        actor: StaffMember,
        site_id: SiteId,
        service_id: ServiceId | None,
        kind: MessageKind,
        on: bool | None,
        *,
        version: int | None = None,
    ) -> SwitchEffect:
        """Switch a kind for the site, or for one service of it; None leaves it to whoever comes next.

        What waits of a kind that is off now will not be sent; of one that is on again nothing goes out whose time has
        passed, but for access links of sessions under way (SPEC N4, N10). `version` is the site's or the service's.

        Raises:
            NotAllowed, NotFound, StaleVersion: Nothing was changed.
        """
        return self._resources.write(lambda unit: self._switch(unit, actor, (site_id, service_id), kind, on, version))

    def set_rules(self, actor: StaffMember, site_id: SiteId, rules: SiteRules, *, version: int | None = None) -> Site:
        """Write the site's rules; reminders that wait move to their new time, and those it has passed are skipped.

        Raises:
            NotAllowed, InvalidInput, NotFound, StaleVersion: Nothing was changed.
        """

        def work(unit: UnitOfWork) -> Site:
            permissions.check(actor, Act.MANAGE_SITE)
            site, author = unit.people.site(site_id), Author(actor.name, self._resources.clock())
            what = phrase("changed the rules of messages of {name}", name=site.name)
            wanted = replace(
                site,
                reminder_lead=check_lead(rules.reminder_lead, "reminder_lead"),
                reply_to=_reply_to(rules.reply_to),
                hide_links_in_mails=rules.hide_links_in_mails,
                hide_links_in_area=rules.hide_links_in_area,
            )
            unit.history.begin(actor, author.at, what)
            saved = unit.people.save_site_messages(wanted, version, author)
            if saved.reminder_lead != site.reminder_lead:
                followers = [each for each in unit.services.of_site(site_id) if each.reminder_lead is None]
                switching.plan_anew(unit, [each.id for each in followers], switching.REMINDING, author.at)
            unit.changes.record("site", site_id, author, phrase("changed the rules of messages"))
            return saved

        return self._resources.write(work)

    def set_service_rules(
        self, actor: StaffMember, service_id: ServiceId, rules: ServiceRules, *, version: int | None = None
    ) -> Service:
        """Write the service's rules; reminders and attendance requests that wait follow.

        Raises:
            NotAllowed, InvalidInput, NotFound, StaleVersion: Nothing was changed.
        """

        def work(unit: UnitOfWork) -> Service:
            permissions.check(actor, Act.MANAGE_SERVICES)
            service, author = unit.services.get(service_id), Author(actor.name, self._resources.clock())
            lead, limit = rules.reminder_lead, rules.free_cancellation
            wanted = replace(
                service,
                reminder_lead=None if lead is None else check_lead(lead, "reminder_lead"),
                free_cancellation=None if limit is None else check_lead(limit, "free_cancellation"),
            )
            what = phrase("changed the rules of messages of {name}", name=service.name)
            unit.history.begin(actor, author.at, what)
            saved = unit.services.save_messages(wanted, version, author)
            if ServiceRules.of(saved) != ServiceRules.of(service):
                switching.plan_anew(unit, [service_id], switching.REMINDING, author.at)
            unit.changes.record("service", service_id, author, phrase("changed the rules of messages"))
            return saved

        return self._resources.write(work)

    def _switch(
        self,
        unit: UnitOfWork,
        actor: StaffMember,
        whose: tuple[SiteId, ServiceId | None],
        kind: MessageKind,
        on: bool | None,
        version: int | None,
    ) -> SwitchEffect:
        asked = _asked(unit, actor, whose, kind, on)
        site, service = asked.site, asked.service
        author = Author(actor.name, self._resources.clock())
        unit.history.begin(actor, author.at, _switched(kind, on, (service or site).name))
        if service is not None:
            unit.services.save_messages(service, version, author)
            unit.changes.record("service", service.id, author, phrase("switched a kind of message"))
        else:
            unit.people.save_site_messages(site, version, author)
            unit.changes.record("site", site.id, author, phrase("switched a kind of message"))
        if asked.sends is None:
            return SwitchEffect()
        return switching.switch(unit, site.id, asked.changed, kind, asked.sends, author.at)


def _asked(
    unit: UnitOfWork,
    actor: StaffMember,
    whose: tuple[SiteId, ServiceId | None],
    kind: MessageKind,
    on: bool | None,
) -> _Switch:
    """What there is to switch.

    Raises:
        NotAllowed, NotFound: It cannot be switched.
    """
    site, service = _subject(unit, *whose)
    permissions.check(actor, Act.MANAGE_SITE if service is None else Act.MANAGE_SERVICES)
    if service is not None:
        after = replace(service, messages=service.messages.saying(kind, on))
        was, sends = (each.messages.on(kind, site.messages) for each in (service, after))
        return _Switch(site, after, (service.id,), None if was is sends else sends)
    there = replace(site, messages=site.messages.saying(kind, on))
    was, sends = (MessageSwitches().on(kind, each.messages) for each in (site, there))
    followers = tuple(each.id for each in unit.services.of_site(site.id) if kind not in each.messages.said)
    return _Switch(there, None, followers, None if was is sends else sends)


def _subject(unit: UnitOfWork, site_id: SiteId, service_id: ServiceId | None) -> tuple[Site, Service | None]:
    site = unit.people.site(site_id)
    service = None if service_id is None else unit.services.get(service_id)
    if service is not None and service.site_id != site_id:
        raise NotFound(_("{site} has no service {service}.").format(site=site.name, service=service.name))
    return site, service


def _switched(kind: MessageKind, on: bool | None, name: str) -> Phrase:
    """The edit in words, as after "Undo:"."""
    if on is None:
        return phrase("left it to the site whether “{kind}” goes out: {name}", kind=kind.phrase, name=name)
    if on:
        return phrase("switched “{kind}” on: {name}", kind=kind.phrase, name=name)
    return phrase("switched “{kind}” off: {name}", kind=kind.phrase, name=name)


def _reply_to(typed: str | None) -> str | None:
    """The address as it is stored.

    Raises:
        InvalidInput: It is none that mail can go to.
    """
    try:
        return mail_address(typed or "")
    except InvalidInput as error:
        raise InvalidInput(str(error), field="reply_to") from error
