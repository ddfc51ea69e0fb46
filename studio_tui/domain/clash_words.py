"""Clashes in sentences, for the front desk."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from zoneinfo import ZoneInfo

from studio_tui.domain.clashes import Clash, ClashKind, Occupation, room_key
from studio_tui.domain.language import _, ngettext
from studio_tui.domain.opening import CLOSED, WEEKDAYS, hours_text
from studio_tui.domain.spelling import spelt
from studio_tui.domain.zones import to_wall

_MOST_NAMES = 3


def _as_it_is(name: str) -> str:
    return name


def clash_sentence(clash: Clash, zone: ZoneInfo, shown: Callable[[str], str] = _as_it_is) -> str:
    """What is wrong, in one sentence that begins with who or what is short.

    Args:
        clash: The clash.
        zone: Whose wall clock the times are told by.
        shown: What may be shown of a client's name.
    """
    session, other = clash.session, clash.other
    if other is None:
        return _alone(clash)
    there = _where(session, other, zone)
    match clash.kind:
        case ClashKind.LEADER:
            leader = session.leader or other.leader or _("The same leader")
            return _("{leader} also leads {there}.").format(leader=leader, there=there)
        case ClashKind.ROOM:
            return _("{room} is also taken by {there}.").format(room=session.room, there=there)
        case ClashKind.CLIENT:
            who = named_clients([shown(client.name) for client in clash.clients])
            words = ngettext(
                "{who} is also booked into {there}.", "{who} are also booked into {there}.", len(clash.clients)
            )
            return words.format(who=who, there=there)
        case _:
            return _one_meeting(session, other, there)


def clash_sentences(
    clashes: Iterable[Clash], zone: ZoneInfo, shown: Callable[[str], str] = _as_it_is
) -> tuple[str, ...]:
    """One sentence for each clash."""
    return tuple(clash_sentence(clash, zone, shown) for clash in clashes)


def _alone(clash: Clash) -> str:
    session, premises = clash.session, clash.premises
    if premises is None:
        return _("It cannot be as it is planned.")
    if clash.kind is ClashKind.CAPACITY:
        return _("{room} holds {holds}, but {capacity} places are offered.").format(
            room=session.room, holds=premises.rooms[room_key(session.room)], capacity=session.capacity
        )
    day = to_wall(session.starts_at, premises.zone).weekday()
    hours = hours_text(premises.hours, day)
    if hours == CLOSED:
        return _("The studio is closed on {weekday}s.").format(weekday=_(WEEKDAYS[day]))
    return _("The studio is closed then: its hours on {weekday}s are {hours}.").format(
        weekday=_(WEEKDAYS[day]), hours=hours
    )


def _one_meeting(session: Occupation, other: Occupation, there: str) -> str:
    """One link for two groups, or one host in more meetings than the licence allows (SPEC L9)."""
    overlaps = session.starts_at < other.ends_at and other.starts_at < session.ends_at
    after = other.ends_at == session.starts_at
    if (session.link is not None and session.link == other.link) or session.host is None:
        if overlaps:
            words = _("The same link also serves {there}.")
        elif after:
            words = _("The same link serves {there}, right before it: the two groups may meet.")
        else:
            words = _("The same link serves {there}, right after it: the two groups may meet.")
        return words.format(there=there)
    most = session.host.concurrent
    allowed = ngettext(
        "their licence allows {n} meeting at a time", "their licence allows {n} meetings at a time", most
    ).format(n=most)
    if overlaps:
        words = _("The same host also holds {there}: {allowed}.")
    elif after:
        words = _("The same host holds {there}, right before it: {allowed}, and one may not have ended.")
    else:
        words = _("The same host holds {there}, right after it: {allowed}, and one may not have ended.")
    return words.format(there=there, allowed=allowed)


def _where(session: Occupation, other: Occupation, zone: ZoneInfo) -> str:
    """The other session by title, time, and site if it is another one."""
    start, end = to_wall(other.starts_at, zone), to_wall(other.ends_at, zone)
    site = _(" at {site}").format(site=other.site) if other.site_id != session.site_id and other.site else ""
    return f"{other.title}{site}, {spelt(start, '%a %H:%M')}–{end:%H:%M}"


def named_clients(names: Sequence[str]) -> str:
    """Clients in a row: the first ones by name if there are many, only how many where names are hidden."""
    distinct = list(dict.fromkeys(names))
    if len(distinct) < len(names) or not all(names):
        return ngettext("A client", "{n} clients", len(names)).format(n=len(names))
    if len(names) == 1:
        return names[0]
    if len(names) > _MOST_NAMES:
        return _("{names} and {n} more").format(
            names=", ".join(names[: _MOST_NAMES - 1]), n=len(names) - _MOST_NAMES + 1
        )
    return _("{first} and {last}").format(first=", ".join(names[:-1]), last=names[-1])
