"""Clashes in sentences, for the front desk."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from zoneinfo import ZoneInfo

from studio_tui.domain.clashes import Clash, ClashKind, Occupation, room_key
from studio_tui.domain.opening import WEEKDAYS, hours_text
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
            return f"{session.leader or other.leader or 'The same leader'} also leads {there}."
        case ClashKind.ROOM:
            return f"{session.room} is also taken by {there}."
        case ClashKind.CLIENT:
            also = "is also" if len(clash.clients) == 1 else "are also"
            return f"{named_clients([shown(client.name) for client in clash.clients])} {also} booked into {there}."
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
        return "It cannot be as it is planned."
    if clash.kind is ClashKind.CAPACITY:
        return (
            f"{session.room} holds {premises.rooms[room_key(session.room)]}, but {session.capacity} places are offered."
        )
    day = to_wall(session.starts_at, premises.zone).weekday()
    hours = hours_text(premises.hours, day)
    if hours == "closed":
        return f"The studio is closed on {WEEKDAYS[day]}s."
    return f"The studio is closed then: its hours on {WEEKDAYS[day]}s are {hours}."


def _one_meeting(session: Occupation, other: Occupation, there: str) -> str:
    """One link for two groups, or one host in more meetings than the licence allows (SPEC L9)."""
    overlaps = session.starts_at < other.ends_at and other.starts_at < session.ends_at
    nearness = "right before it" if other.ends_at == session.starts_at else "right after it"
    if (session.link is not None and session.link == other.link) or session.host is None:
        return (
            f"The same link also serves {there}."
            if overlaps
            else f"The same link serves {there}, {nearness}: the two groups may meet."
        )
    most = session.host.concurrent
    allowed = f"their licence allows {most} meeting{'' if most == 1 else 's'} at a time"
    return (
        f"The same host also holds {there}: {allowed}."
        if overlaps
        else f"The same host holds {there}, {nearness}: {allowed}, and one may not have ended."
    )


def _where(session: Occupation, other: Occupation, zone: ZoneInfo) -> str:
    """The other session by title, time, and site if it is another one."""
    start, end = to_wall(other.starts_at, zone), to_wall(other.ends_at, zone)
    site = f" at {other.site}" if other.site_id != session.site_id and other.site else ""
    return f"{other.title}{site}, {start:%a %H:%M}–{end:%H:%M}"


def named_clients(names: Sequence[str]) -> str:
    """Clients in a row: the first ones by name if there are many, only how many where names are hidden."""
    distinct = list(dict.fromkeys(names))
    if len(distinct) < len(names) or not all(names):
        return f"{len(names)} clients" if len(names) > 1 else "A client"
    if len(names) == 1:
        return names[0]
    if len(names) > _MOST_NAMES:
        return f"{', '.join(names[: _MOST_NAMES - 1])} and {len(names) - _MOST_NAMES + 1} more"
    return f"{', '.join(names[:-1])} and {names[-1]}"
