"""`studio-tui sites hours`: when a site is open."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence

from studio_tui.cli.context import Context
from studio_tui.cli.exits import Exit, UsageError
from studio_tui.cli.output import counted, facts
from studio_tui.cli.parsing import Verbs, add_version
from studio_tui.cli.premises_documents import of_hours
from studio_tui.domain.opening import WEEKDAYS, OpeningHours, hours_text, normalised, parse_hours
from studio_tui.domain.people import Site

_EXAMPLE = """Without DAY=HOURS they are printed. A day that is not named keeps its hours.
  studio-tui sites hours aurora mon-fri=7-13,15:30-22 sat=9-13 sun=closed
  studio-tui sites hours aurora fri,sat=18-02
"""


def add_hours(verbs: Verbs) -> None:
    """Add the verb."""
    hours = verbs.add("hours", _hours, "print or set a site's opening hours (owner only)", more=_EXAMPLE)
    hours.add_argument("name", metavar="SITE", help="short name, name or id")
    hours.add_argument("days", metavar="DAY=HOURS", nargs="*", help="mon, mon-fri or sat,sun; times, or closed")
    hours.add_argument("--clear", action="store_true", help="forget them: the site counts as open at any time")
    hours.add_argument("--dry-run", action="store_true", help="only say how many upcoming sessions would lie outside")
    add_version(hours)


def _hours(context: Context, args: Namespace) -> int:
    studio = context.studio
    site = studio.catalogue.site(args.name)
    stored = studio.premises.hours(site.id)
    if args.clear and args.days:
        raise UsageError("Either --clear or DAY=HOURS, not both.")
    wanted = () if args.clear else changed(stored, args.days)
    outside = studio.premises.outside(site.id, wanted) if wanted else None
    if (args.clear or args.days) and not args.dry_run:
        version = site.change.version if args.if_version is None else args.if_version
        site = studio.premises.set_hours(context.actor, site.id, wanted, version=version)
    return _print(context, site, wanted, outside)


def changed(stored: Sequence[OpeningHours], typed: Sequence[str]) -> tuple[OpeningHours, ...]:
    """The hours after `mon-fri=7-13` and the like were typed over the stored ones.

    Raises:
        UsageError: A text names no day.
        InvalidInput: A text holds no hours.
    """
    days = {weekday: hours_text(stored, weekday) for weekday in range(len(WEEKDAYS))}
    for text in typed:
        names, equals, hours = text.partition("=")
        if not equals:
            raise UsageError(f"“{text}” does not say a day and its hours, such as mon-fri=7-13.")
        for weekday in _weekdays(names):
            parse_hours(hours, weekday)
            days[weekday] = hours
    return normalised(each for weekday, hours in days.items() for each in parse_hours(hours, weekday))


def _weekdays(names: str) -> list[int]:
    found: list[int] = []
    for part in names.split(","):
        first, _, last = part.partition("-")
        start, end = _weekday(first), _weekday(last or first)
        found += [day % 7 for day in range(start, end + 1 if end >= start else end + 8)]
    return found


def _weekday(name: str) -> int:
    typed = name.strip().lower()
    for weekday, known in enumerate(WEEKDAYS):
        if len(typed) >= 2 and known.lower().startswith(typed):
            return weekday
    raise UsageError(f"“{name}” is no weekday: mon, tue, wed, thu, fri, sat or sun.")


def _print(context: Context, site: Site, hours: tuple[OpeningHours, ...], outside: int | None) -> int:
    known = [(name, hours_text(hours, weekday)) for weekday, name in enumerate(WEEKDAYS)] if hours else []
    lines = list(facts([("Site", site.name), *known]))
    if not hours:
        lines.append("No hours are set: the site counts as open at any time.")
    elif outside:
        lines.append(f"{counted(outside, 'upcoming session')} outside these hours.")
    context.out.give(of_hours(site, hours, outside), lines)
    return Exit.OK
