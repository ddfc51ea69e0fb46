"""What a studio says of its messages: which kinds go out and who decides it, and when those of a set time do (SPEC N10)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum

from studio_tui.domain.errors import InvalidInput
from studio_tui.domain.language import N_, _, ngettext
from studio_tui.domain.messages import NOTHING_SAID, MessageKind
from studio_tui.domain.people import Site
from studio_tui.domain.services import Service

MOST = timedelta(days=60)
"""The longest time before a session that anything can be set to."""
_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
_SIZES = {
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes", "minuti", "minuto", "minutos"), _MINUTE),
    **dict.fromkeys(("", "h", "hour", "hours", "ora", "ore", "hora", "horas"), _HOUR),
    **dict.fromkeys(("d", "g", "day", "days", "giorno", "giorni", "día", "dia", "días", "dias"), _DAY),
}
_PART = re.compile(r"(\d{1,5}) *([^\W\d_]*)")
_CLOCK = re.compile(r"(\d{1,4}):([0-5]\d)")


class Decider(Enum):
    """Whose word it is that a kind goes out, or not."""

    SERVICE = N_("the service")
    SITE = N_("the site")
    NOBODY = N_("nobody: on by default")

    @property
    def label(self) -> str:
        """Who that is in words."""
        return _(self.value)


@dataclass(frozen=True, slots=True)
class KindLine:
    """What becomes of one kind.

    Attributes:
        site: The site's own word; None says nothing.
        service: The service's own word; None says nothing, or there is no service in question.
        on: Whether such messages go out.
    """

    kind: MessageKind
    site: bool | None
    service: bool | None
    on: bool

    @property
    def decider(self) -> Decider:
        """Whose word that is."""
        if self.service is not None:
            return Decider.SERVICE
        return Decider.NOBODY if self.site is None else Decider.SITE


def kind_lines(site: Site, service: Service | None = None) -> tuple[KindLine, ...]:
    """Every kind, in the order of `MessageKind`: for the site, or for one service of it."""
    own = NOTHING_SAID if service is None else service.messages
    return tuple(
        KindLine(kind, site.messages.said.get(kind), own.said.get(kind), own.on(kind, site.messages))
        for kind in MessageKind
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteRules:
    """A site's rules, as `people.Site` has them.

    Attributes:
        reminder_lead: How long before the start reminders are due: 1 minute to `MOST` (SPEC N10).
        reply_to: Where clients' answers go; None for the sender.
        hide_links_in_mails: Only notices show the join link (SPEC C2).
        hide_links_in_area: Clients do not see it in their own area either (SPEC C3).
    """

    reminder_lead: timedelta
    reply_to: str | None
    hide_links_in_mails: bool
    hide_links_in_area: bool

    @classmethod
    def of(cls, site: Site) -> SiteRules:
        """Those of the site."""
        return cls(
            reminder_lead=site.reminder_lead,
            reply_to=site.reply_to,
            hide_links_in_mails=site.hide_links_in_mails,
            hide_links_in_area=site.hide_links_in_area,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceRules:
    """A service's rules, as `services.Service` has them.

    Attributes:
        reminder_lead: As `SiteRules` has it; None is as the site says.
        free_cancellation: How long before the start a place can be given back free of charge; None is no limit, and
            nobody is asked whether they come.
    """

    reminder_lead: timedelta | None
    free_cancellation: timedelta | None

    @classmethod
    def of(cls, service: Service) -> ServiceRules:
        """Those of the service."""
        return cls(reminder_lead=service.reminder_lead, free_cancellation=service.free_cancellation)


@dataclass(frozen=True, slots=True)
class SwitchEffect:
    """What switching a kind does to what waits.

    Attributes:
        stopped: Messages that wait and will not be sent; `clients` is to how many clients.
        planned: Messages that will be sent in their time.
        at_once: Those among them that are due already: the access links of sessions under way (SPEC N4).
    """

    stopped: int = 0
    clients: int = 0
    planned: int = 0
    at_once: int = 0


def check_lead(lead: timedelta, field: str) -> timedelta:
    """The length, if something can be set to so long before a session: whole minutes, one at least.

    Raises:
        InvalidInput: It cannot; names `field`.
    """
    if not _MINUTE <= lead <= MOST or lead % _MINUTE:
        raise InvalidInput(
            _("A time before the session must be from 1 minute to {days} days.").format(days=MOST.days), field=field
        )
    return lead


def parse_lead(text: str, field: str = "lead") -> timedelta:
    """The length of "24 h", "2 days", "1 d 12 h", "90 min", "1:30"; a number alone counts hours.

    Raises:
        InvalidInput: The text is no such length, or nothing can be set to it.
    """
    typed = " ".join(text.casefold().split())
    if clock := _CLOCK.fullmatch(typed):
        return check_lead(int(clock[1]) * _HOUR + int(clock[2]) * _MINUTE, field)
    parts = _PART.findall(typed)
    known = parts and all(unit in _SIZES for _number, unit in parts) and not _PART.sub("", typed).strip()
    if not known or (len(parts) > 1 and any(not unit for _number, unit in parts)):
        raise InvalidInput(_("That is no length of time: type it as “24 h”, “2 d” or “90 min”."), field=field)
    return check_lead(sum((int(number) * _SIZES[unit] for number, unit in parts), timedelta()), field)


def typed_lead(lead: timedelta) -> str:
    """A length as it stands in a form's field, which `parse_lead` reads back: `1 d 12 h`, `24 h`, `90 min`."""
    if lead == _DAY:
        return "24 h"
    days, rest = divmod(lead, _DAY)
    hours, rest = divmod(rest, _HOUR)
    sizes = ((days, "d"), (hours, "h"), (rest // _MINUTE, "min"))
    return " ".join(f"{number} {unit}" for number, unit in sizes if number)


def lead_words(lead: timedelta) -> str:
    """A length in words: `24 hours`, `1 day 12 hours`, `90 minutes`."""
    if lead == _DAY:
        return ngettext("{n} hour", "{n} hours", 24).format(n=24)
    days, rest = divmod(lead, _DAY)
    hours, rest = divmod(rest, _HOUR)
    minutes = rest // _MINUTE
    parts = []
    if days:
        parts.append(ngettext("{n} day", "{n} days", days).format(n=days))
    if hours:
        parts.append(ngettext("{n} hour", "{n} hours", hours).format(n=hours))
    if minutes:
        parts.append(ngettext("{n} minute", "{n} minutes", minutes).format(n=minutes))
    return " ".join(parts)
