"""A number with its word, in the language of the screen: `1 client`, `7 clients`, `20,832 clients`, `no clients`."""

from __future__ import annotations

from studio_tui.domain.language import _, ngettext
from studio_tui.domain.spelling import grouped


def counted_bookings(number: int) -> str:
    """Bookings."""
    return _said(number, ngettext("{n} booking", "{n} bookings", number), _("no bookings"))


def counted_clients(number: int) -> str:
    """Clients."""
    return _said(number, ngettext("{n} client", "{n} clients", number), _("no clients"))


def counted_days(number: int) -> str:
    """Days."""
    return _said(number, ngettext("{n} day", "{n} days", number), _("no days"))


def counted_messages(number: int) -> str:
    """Messages of any kind."""
    return _said(number, ngettext("{n} message", "{n} messages", number), _("no messages"))


def counted_people(number: int) -> str:
    """Persons, e.g. that a room holds."""
    return _said(number, ngettext("{n} person", "{n} people", number), _("no people"))


def counted_places(number: int) -> str:
    """Places of a session."""
    return _said(number, ngettext("{n} place", "{n} places", number), _("no places"))


def counted_sessions(number: int) -> str:
    """Sessions."""
    return _said(number, ngettext("{n} session", "{n} sessions", number), _("no sessions"))


def counted_upcoming(number: int) -> str:
    """Upcoming sessions."""
    return _said(number, ngettext("{n} upcoming session", "{n} upcoming sessions", number), _("no upcoming sessions"))


def counted_due(number: int) -> str:
    """Messages whose time has come."""
    return ngettext("{n} due", "{n} due", number).format(n=number)


def counted_failed(number: int) -> str:
    """Messages that failed."""
    return ngettext("{n} failed", "{n} failed", number).format(n=number)


def counted_held(number: int) -> str:
    """Messages that are held."""
    return ngettext("{n} held", "{n} held", number).format(n=number)


def counted_planned(number: int) -> str:
    """Messages that are planned."""
    return ngettext("{n} planned", "{n} planned", number).format(n=number)


def counted_sending(number: int) -> str:
    """Messages that are on their way."""
    return ngettext("{n} sending", "{n} sending", number).format(n=number)


def counted_sent(number: int) -> str:
    """Messages that were sent."""
    return ngettext("{n} sent", "{n} sent", number).format(n=number)


def _said(number: int, some: str, none: str) -> str:
    return some.format(n=grouped(number)) if number else none
