"""`studio-tui series`: sessions that recur by a rule."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from studio_tui.cli.context import Context
from studio_tui.cli.exits import Exit, UsageError
from studio_tui.cli.output import facts, table
from studio_tui.cli.parsing import Parser, Verbs, add_details, add_version, entity_id, minutes, with_times
from studio_tui.cli.series_documents import (
    SeriesChangeDocument,
    SeriesDetailDocument,
    SeriesDocument,
    of_series,
    of_series_detail,
)
from studio_tui.cli.series_scope import cancel_series, tell_preview, tell_result
from studio_tui.cli.telling import add_tell
from studio_tui.cli.times import parse_instant, show_span
from studio_tui.domain.dates import DATE_HINT, parse_date, parse_time
from studio_tui.domain.errors import NotFound
from studio_tui.domain.recurrence import Frequency, Rule, RuleDay, weekly
from studio_tui.domain.repeat_text import DAYS_HINT, END_HINT, parse_dates, parse_days, parse_end
from studio_tui.domain.rule_text import RULE_HINT, parse_rule, rule_text
from studio_tui.domain.series import KEEP, Patch, Scope
from studio_tui.domain.sessions import SeriesId
from studio_tui.domain.zones import to_wall

if TYPE_CHECKING:
    from studio_tui.domain.series import Series
    from studio_tui.usecases.series import SeriesLine

_PRINTING = {
    "list": SeriesDocument,
    "show": SeriesDetailDocument,
    "add, change, cancel, and --scope of sessions": SeriesChangeDocument,
}
_RULES = f"""\
a series is weekly, on the days of --days, unless --rule says otherwise; it always ends.
--rule takes {RULE_HINT.removeprefix("a rule as ")} (RFC 5545), with or without its end.
past sessions stay as they were, and so do those that were edited by hand."""


def fill(parser: Parser, _noun: str) -> None:
    """Add the verbs."""
    verbs = Verbs(parser, printing=_PRINTING)
    verbs.add("list", _list, "the site's series, by their first date")
    _add_series(verbs.add("show", _show, "one series with its sessions"))
    add = verbs.add("add", _add, "make a series with all its sessions", more=with_times(_RULES))
    add.add_argument("--service", required=True, help="of this service: name or id")
    add.add_argument(
        "--at", metavar="WHEN", required=True, help="when it starts: the first day it can be on, and the time"
    )
    add.add_argument("--ends", metavar="END", help=END_HINT)
    add.add_argument("--every", type=int, metavar="N", default=1, help="every so many weeks")
    add.add_argument("--course", metavar="NAME", help="of a course service: make a new run of this name")
    _add_rule(add)
    _add_fields(add)
    add.add_argument("--dry-run", action="store_true", help="only say what it would do")
    change = verbs.add("change", _change, "change a series; what is not given stays", more=with_times(_RULES))
    _add_series(change)
    change.add_argument("--from", dest="since", metavar="DAY", help=f"only from that day on: {DATE_HINT}")
    change.add_argument("--at", metavar="TIME", help="another time of the day")
    change.add_argument("--ends", metavar="END", help=f"another end: {END_HINT}")
    _add_rule(change)
    _add_fields(change)
    cancel = verbs.add("cancel", _cancel, "cancel all of a series that has not begun, or from a day on", more=_RULES)
    _add_series(cancel)
    cancel.add_argument("--from", dest="since", metavar="DAY", help=f"only from that day on: {DATE_HINT}")
    add_version(change)
    for verb in (change, cancel):
        verb.add_argument("--dry-run", action="store_true", help="only say what it would do")
        add_tell(verb)


def _add_series(verb: Parser) -> None:
    verb.add_argument("series", metavar="SERIES", type=entity_id, help="its id")


def _add_rule(verb: Parser) -> None:
    verb.add_argument("--days", help=f"days of the week: {DAYS_HINT}")
    verb.add_argument("--rule", metavar="RRULE", help="any other rule")
    verb.add_argument("--except", dest="exceptions", metavar="DAYS", help='days without one: "24/12, 31/12"')


def _add_fields(verb: Parser) -> None:
    verb.add_argument("--minutes", metavar="N", type=minutes, help="how long each lasts")
    verb.add_argument("--staff", help="who leads them: name, login or id")
    verb.add_argument("--room")
    verb.add_argument("--title", help="what they are called instead of their service's name")
    verb.add_argument("--capacity", type=int, metavar="N", help="places")
    add_details(verb)


def _list(context: Context, _args: Namespace) -> int:
    lines = context.studio.series.of_site(context.site.id)
    rows = [(line.series.id, _name(context, line), line.words, _sum(line), line.series.room) for line in lines]
    context.out.give([of_series(line) for line in lines], table(("ID", "SESSION", "WHEN", "SESSIONS", "ROOM"), rows))
    return Exit.OK


def _show(context: Context, args: Namespace) -> int:
    line = _find(context, args)
    series = line.series
    known = [
        ("Series", f"{_name(context, line)} (#{series.id})"),
        ("When", line.words),
        ("Rule", rule_text(series.rule)),
        ("Except", ", ".join(day.isoformat() for day in series.exceptions) or None),
        ("Room", series.room or None),
        ("Sessions", _sum(line)),
    ]
    rows = [
        (
            session.id,
            show_span(session.starts_at, session.ends_at, context.zone),
            f"{session.booked}/{session.capacity}",
            ", ".join(word for word, holds in _remarks(session.status.value, session.series_edited) if holds),
        )
        for session in line.sessions
    ]
    text = [*facts(known), "", *table(("ID", f"WHEN ({context.site.zone})", "BOOKED", "REMARKS"), rows)]
    context.out.give(of_series_detail(line), text)
    return Exit.OK


def _add(context: Context, args: Namespace) -> int:
    from studio_tui.usecases.scheduling import SessionDraft

    service = context.studio.catalogue.find_service(context.site.id, args.service)
    starts_at = parse_instant(args.at, context.zone, context.now)
    first, today = to_wall(starts_at, context.zone).date(), _today(context)
    draft = SessionDraft(
        site_id=context.site.id,
        service_id=service.id,
        starts_at=starts_at,
        ends_at=starts_at + (service.duration if args.minutes is None else args.minutes),
        staff_id=context.staff_id(args.staff),
        room=args.room or "",
        title=args.title,
        capacity=args.capacity,
        details=args.details or None,
    )
    rule = _new_rule(args, first, today)
    exceptions = parse_dates(args.exceptions or "", today)
    desk = context.studio.series
    preview = desk.preview_create(context.actor, draft, rule, exceptions)
    if args.dry_run:
        return tell_preview(context, preview, None, saved=False)
    return tell_result(context, args, preview, desk.create(context.actor, draft, rule, exceptions, run=args.course))


def _new_rule(args: Namespace, first: date, today: date) -> Rule:
    if args.rule is not None:
        return parse_rule(_ended(args.rule, args.ends, today), first)
    if args.ends is None:
        raise UsageError(f"A series ends: add --ends with {END_HINT}.")
    count, until = parse_end(args.ends, today)
    days = [first.weekday()] if args.days is None else parse_days(args.days)
    return weekly(days, interval=args.every, count=count, until=until)


def _ended(rule: str, ends: str | None, today: date) -> str:
    """The typed rule with the end that stands beside it."""
    if ends is None:
        return rule
    count, until = parse_end(ends, today)
    return f"{rule.rstrip('; ')};" + (f"COUNT={count}" if until is None else f"UNTIL={until:%Y%m%d}")


def _change(context: Context, args: Namespace) -> int:
    line, today = _find(context, args), _today(context)
    patch = Patch(
        at=None if args.at is None else parse_time(args.at),
        length=args.minutes,
        staff_id=KEEP if args.staff is None else context.staff_id(args.staff),
        room=KEEP if args.room is None else args.room,
        title=KEEP if args.title is None else args.title or None,
        capacity=KEEP if args.capacity is None else args.capacity,
        details=KEEP if args.details is None else args.details or None,
        rule=_changed_rule(line.series, args, today),
        exceptions=KEEP if args.exceptions is None else parse_dates(args.exceptions, today),
    )
    if patch == Patch():
        raise UsageError("Say what is to change; see studio-tui series change --help.")
    since = None if args.since is None else parse_date(args.since, today)
    desk, series_id = context.studio.series, line.series.id
    preview = desk.preview_change(context.actor, series_id, patch, since=since)
    if args.dry_run:
        return tell_preview(context, preview, series_id, saved=False)
    result = desk.change(context.actor, series_id, patch, since=since, version=args.if_version)
    return tell_result(context, args, preview, result)


def _changed_rule(series: Series, args: Namespace, today: date) -> Rule | None:
    if args.rule is None and args.days is None and args.ends is None:
        return None
    rule = series.rule
    if args.rule is not None:
        own_end = "COUNT=" in args.rule.upper() or "UNTIL=" in args.rule.upper()
        kept = "" if own_end or args.ends is not None else rule_text(rule).rpartition(";")[2]
        typed = f"{args.rule.rstrip('; ')};{kept}" if kept else args.rule
        return parse_rule(_ended(typed, args.ends, today), series.first_on)
    if args.days is not None:
        if rule.frequency is not Frequency.WEEKLY:
            raise UsageError("--days goes with a weekly series only: give its --rule instead.")
        rule = replace(rule, days=tuple(RuleDay(day) for day in parse_days(args.days)))
    if args.ends is not None:
        count, until = parse_end(args.ends, today)
        rule = replace(rule, count=count, until=until)
    return rule


def _cancel(context: Context, args: Namespace) -> int:
    line = _find(context, args)
    sessions = list(line.sessions)
    if args.since is not None:
        since = parse_date(args.since, _today(context))
        sessions = [each for each in sessions if each.series_on is not None and each.series_on >= since]
    if not sessions:
        raise NotFound("The series has no session from that day on.")
    return cancel_series(context, args, sessions[0], Scope.ALL if args.since is None else Scope.FOLLOWING)


def _find(context: Context, args: Namespace) -> SeriesLine:
    line = context.studio.series.get(SeriesId(args.series))
    if line.series.site_id != context.site.id:
        raise NotFound("That series belongs to another site: name it with --site.")
    return line


def _name(context: Context, line: SeriesLine) -> str:
    return line.series.title or context.studio.catalogue.service(line.series.service_id).name


def _sum(line: SeriesLine) -> str:
    by_hand = sum(session.series_edited for session in line.sessions)
    return f"{len(line.sessions)}{f', {by_hand} edited by hand' if by_hand else ''}"


def _remarks(status: str, by_hand: bool) -> list[tuple[str, bool]]:
    return [("cancelled", status == "cancelled"), ("edited by hand", by_hand)]


def _today(context: Context) -> date:
    return to_wall(context.now, context.zone).date()
