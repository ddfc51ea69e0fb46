"""How screens put times, numbers and refusals into words. Pure: wall-clock times and the current one come in."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from studio_tui.domain.errors import StaleVersion, StudioError
from studio_tui.domain.language import _, ngettext
from studio_tui.domain.zones import to_wall
from studio_tui.tui.dates import spelt
from studio_tui.tui.nouns import counted_clients, counted_days, counted_upcoming

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from studio_tui.domain.agenda import LinkLoss, ServiceLinkPreview
    from studio_tui.domain.people import Change
    from studio_tui.usecases.scheduling import MovePreview

_MINUTE = timedelta(minutes=1)
_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)


def day_text(day: date) -> str:
    """A day in full: `Sat 21 Nov 2026`."""
    return spelt(day, "%a %-d %b %Y")


def clock_text(wall: datetime, near: date) -> str:
    """The time of day, with the day before it unless that is `near`: `09:58`, `20 Nov 09:58`, `2 Jan 2025 09:58`."""
    if wall.date() == near:
        return f"{wall:%H:%M}"
    year = "" if wall.year == near.year else f" {wall.year}"
    return f"{spelt(wall, '%-d %b')}{year} {wall:%H:%M}"


def span_text(start: datetime, end: datetime) -> str:
    """From when to when, as the wall clock shows it: `10:00–11:00`, with the day behind an end on another one."""
    later = "" if end.date() == start.date() else f" {spelt(end, '%a')}"
    return f"{start:%H:%M}–{end:%H:%M}{later}"


def length_text(length: timedelta) -> str:
    """A length: `45 min`, `1 h`, `1 h 30`, `2 days`."""
    minutes = round(length / _MINUTE)
    if minutes and minutes % 1440 == 0:
        return counted_days(minutes // 1440)
    hours, rest = divmod(minutes, 60)
    if not hours:
        return _("{n} min").format(n=rest)
    return (_("{hours} h {minutes}") if rest else _("{hours} h")).format(hours=hours, minutes=f"{rest:02}")


def other_clock_text(name: str, ahead: int, *, short: bool = False) -> str:
    """How another site's clock differs from the one that times are told by: `Thames House is 1 h earlier`.

    Args:
        name: The site's.
        ahead: By how many minutes the clock of what is told is ahead of the site's.
        short: As `Thames House -1 h`.
    """
    far = length_text(abs(ahead) * _MINUTE)
    if short:
        return f"{name} {'-' if ahead > 0 else '+'}{far}"
    words = _("{site} is {length} earlier") if ahead > 0 else _("{site} is {length} later")
    return words.format(site=name, length=far)


def ago_text(then: datetime, now: datetime, zone: ZoneInfo) -> str:
    """How long ago an instant was; after a day, its date and time in the zone."""
    passed = now - then
    if passed < _MINUTE:
        return _("just now")
    if passed < _HOUR:
        return _("{n} min ago").format(n=passed // _MINUTE)
    if passed < _DAY:
        return _("{n} h ago").format(n=passed // _HOUR)
    return clock_text(to_wall(then, zone), to_wall(now, zone).date())


def written_text(change: Change, now: datetime, zone: ZoneInfo) -> str:
    """Which version of a thing this is, who wrote it, and when: `version 3 by Ana, 5 min ago`."""
    return _("version {version} by {name}, {when}").format(
        version=change.version, name=change.changed_by, when=ago_text(change.changed_at, now, zone)
    )


def named(names: list[str], most: int = 5) -> str:
    """Names in a row, the first ones if there are many: `Alice, Bruno and 3 more`."""
    if len(names) <= most:
        return ", ".join(names)
    more = len(names) - most + 1
    return ngettext("{names} and {n} more", "{names} and {n} more", more).format(
        names=", ".join(names[: most - 1]), n=more
    )


def refusal(error: StudioError, zone: ZoneInfo, now: datetime) -> str:
    """The error's sentence; for somebody else's change, with the site's time and what becomes of the typed text."""
    if not isinstance(error, StaleVersion):
        return str(error)
    when = clock_text(to_wall(error.changed_at, zone), to_wall(now, zone).date())
    return _(
        "{name} changed this at {when}, after you opened it. Nothing was saved yet: look, then save again."
    ).format(name=error.changed_by or _("Somebody else"), when=when)


def move_text(
    preview: MovePreview, start: datetime, zone: ZoneInfo, near: date, *, online: bool, clashes: Iterable[str] = ()
) -> str:
    """What moving a session to `start` does, as one sentence and one more for each warning (SPEC N2, N9, L9).

    Args:
        preview: What the move would do.
        start: The new start, aware.
        zone: The site's.
        near: The day that the session is on now; another one is named.
        online: An in-person session has no notice to move.
        clashes: The preview's clashes in sentences.
    """
    words = _("Move to {when} — {clients}.")
    if online and preview.by_hand:
        words = _("Move to {when} — {clients}; notice by hand stays at {notice}.")
    elif online:
        words = _("Move to {when} — {clients}; automatic notice moves to {notice}.")
    said = words.format(
        when=clock_text(to_wall(start, zone), near),
        clients=counted_clients(preview.clients),
        notice=clock_text(to_wall(preview.notice_to, zone), near) if online else "",
    )
    warnings = [preview.warning] if preview.warning else []
    return "\n".join([said, *(f"⚠ {each}" for each in (*warnings, *clashes))])


def effect_of_service_link(preview: ServiceLinkPreview, *, cleared: bool = False) -> str:
    """What setting, or clearing, a service's link does to its upcoming sessions (SPEC L6)."""
    if cleared:
        words = _(
            "Upcoming sessions: {changed} go back to an account's link or to none, {kept} kept (typed by hand), "
            "{skipped} skipped (occasional)."
        )
    else:
        words = _(
            "Upcoming sessions: link added to {added}, changed on {changed}, {kept} kept (typed by hand), "
            "{skipped} skipped (occasional)."
        )
    return words.format(added=preview.added, changed=preview.changed, kept=preview.kept, skipped=preview.skipped)


def effect_of_disconnecting(loss: LinkLoss, *, default: bool) -> str:
    """What disconnecting an account takes away (SPEC A6)."""
    if not loss.sessions:
        return _("No upcoming session uses it now.")
    if default:
        words = ngettext(
            "{sessions} with {clients} loses its link, also those typed by hand.",
            "{sessions} with {clients} lose their link, also those typed by hand.",
            loss.sessions,
        )
    else:
        words = ngettext(
            "{sessions} with {clients} falls back to the default account's link.",
            "{sessions} with {clients} fall back to the default account's link.",
            loss.sessions,
        )
    return words.format(sessions=counted_upcoming(loss.sessions), clients=counted_clients(loss.clients))
