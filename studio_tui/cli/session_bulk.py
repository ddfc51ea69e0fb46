"""The verbs of `studio-tui sessions` that make sessions of a typed line or of others, or change several at once."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING

from studio_tui.cli import records
from studio_tui.cli.bulk_documents import BulkDocument, CopyDocument, QuickDocument
from studio_tui.cli.context import Context
from studio_tui.cli.exits import Exit
from studio_tui.cli.output import counted
from studio_tui.cli.parsing import Parser, Verbs, entity_id, with_times
from studio_tui.cli.session_text import named, tell_change
from studio_tui.cli.times import parse_instant, show_instant
from studio_tui.domain.bulk import Cancel, Change, Lead, TakePlaceIn, parse_shift, refusal
from studio_tui.domain.dates import monday_of, parse_date
from studio_tui.domain.errors import InvalidInput
from studio_tui.domain.sessions import SessionId, title_of
from studio_tui.domain.zones import to_wall

if TYPE_CHECKING:
    from studio_tui.domain.bulk_report import BulkPreview
    from studio_tui.domain.clashes import Clash
    from studio_tui.domain.sessions import Session
    from studio_tui.usecases.copying import SpanPreview

_LINE = """\
words in any order: a day (tue, 24/12), a time (18:30, 18:30-19:45), a length (60m, 1h30), places (x10), online or
“in person”, and the beginnings of names: service, leader (“with Giulia”), room (“in Studio 2”); “called "…"” gives it a
title, “weekly until 18/12” or “weekly 10 times” makes a series."""


def add_verbs(verbs: Verbs) -> None:
    """Add the verbs."""
    quick = verbs.add("quick-add", _quick_add, "make a session of one typed line", more=_LINE)
    quick.add_argument("line", metavar="LINE", help='as "tue 18:30 Vinyasa Giulia 60m online"')
    _add_dry_run(quick)
    copy = verbs.add("copy", _copy, "make an occasional session like another one, without bookings", more=with_times())
    copy.add_argument("session", metavar="SESSION", type=entity_id, help="its id")
    copy.add_argument("when", metavar="WHEN", help="when the copy starts")
    for name, days, what in (("copy-day", 1, "a day"), ("copy-week", 7, "a week")):
        span = verbs.add(name, _copy_days, f"copy the sessions of {what} to another; what clashes there is left out")
        span.set_defaults(days=days)
        span.add_argument("source", metavar="FROM", help=f"{what} by any of its dates: today, 24/12, -1w")
        span.add_argument("target", metavar="TO", help="where to, in the same way")
        _add_dry_run(span)
    bulk = verbs.add("bulk", _bulk, "change several sessions at once: all of them, or none")
    bulk.add_argument("sessions", metavar="SESSION", type=entity_id, nargs="+", help="their ids")
    act = bulk.add_mutually_exclusive_group(required=True)
    act.add_argument("--move", metavar="BY", help="by a time: +30m, +1d, --move=-1w")
    act.add_argument("--cancel", action="store_true", help="and what was not yet sent for them")
    act.add_argument("--staff", metavar="WHO", help="who leads them: name, login or id; empty for nobody")
    act.add_argument("--room", help="where they take place; empty for none")
    _add_dry_run(bulk)
    bulk.add_argument("--tell", action="store_true", help="tell the clients")


def _add_dry_run(verb: Parser) -> None:
    verb.add_argument("--dry-run", action="store_true", help="only say what it would do")


def _today(context: Context) -> date:
    return to_wall(context.now, context.zone).date()


def _quick_add(context: Context, args: Namespace) -> int:
    from studio_tui.domain.quick_line import understand
    from studio_tui.domain.sessions import mode_of

    site, adding = context.site, context.studio.quick_adding
    names = adding.vocabulary(site.id)
    heard = understand(args.line, names, _today(context))
    if heard.session is None:
        raise InvalidInput(" ".join(heard.problems), field="line")
    if args.dry_run:
        found = adding.preview(context.actor, site, heard.session)
        session = found.session
        leader = None if session.staff_id is None else dict(names.staff)[session.staff_id]
        clashes = _sentences(context, found.clashes)
        document: QuickDocument = {
            "line": args.line,
            "title": title_of(session, found.service),
            "starts_at": records.utc(session.starts_at),
            "ends_at": records.utc(session.ends_at),
            "staff": leader,
            "room": session.room,
            "capacity": session.capacity,
            "mode": mode_of(session, found.service).value,
            "clashes": clashes,
        }
        readings = [f"{each.text}: {each.what} {each.meaning}" for each in heard.readings if each.meaning]
        context.out.give(document, [*readings, *(f"Clash: {clash}" for clash in clashes)])
        return Exit.OK
    made = adding.make(context.actor, site, heard.session)
    return tell_change(context, made.id, lambda detail, clock: f"{named(detail, clock)}, made.")


def _copy(context: Context, args: Namespace) -> int:
    session = context.detail(SessionId(args.session)).session
    day = to_wall(session.starts_at, context.zone).date()
    starts_at = parse_instant(args.when, context.zone, context.now, day=day)
    made = context.studio.copying.copy(context.actor, session.id, starts_at)
    return tell_change(context, made.id, lambda detail, clock: f"{named(detail, clock)}, made as a copy.")


def _copy_days(context: Context, args: Namespace) -> int:
    today, days = _today(context), args.days
    first, target = parse_date(args.source, today), parse_date(args.target, today)
    if days > 1:
        first, target = monday_of(first), monday_of(target)
    actor, site, copying = context.actor, context.site, context.studio.copying
    made: Sequence[Session] = ()
    if args.dry_run:
        span = copying.preview_days(actor, site.id, first, target, days)
    else:
        span, made = copying.copy_days(actor, site.id, first, target, days)
    context.out.give(_copy_document(context, span, made), _copy_lines(context, span, saved=not args.dry_run))
    return Exit.OK


def _copy_document(context: Context, span: SpanPreview, made: Sequence[Session]) -> CopyDocument:
    ids: list[int | None] = [session.id for session in made] or [None] * len(span.made)
    return {
        "saved": bool(made),
        "first": span.first.isoformat(),
        "target": span.target.isoformat(),
        "days": span.days,
        "made": [
            {
                "source_id": line.source.id,
                "session_id": key,
                "title": line.title,
                "starts_at": records.utc(line.copy.starts_at),
                "clashes": _sentences(context, line.clashes),
            }
            for line, key in zip(span.made, ids, strict=True)
        ],
        "left_out": [
            {
                "source_id": left.source.id,
                "title": left.title,
                "why": left.why or " ".join(_sentences(context, left.clashes)),
            }
            for left in span.skipped
        ],
    }


def _copy_lines(context: Context, span: SpanPreview, *, saved: bool) -> Iterator[str]:
    yield f"{counted(len(span.made), 'session')} {'made' if saved else 'would be made'}, without bookings."
    for line in span.made:
        yield f"  {show_instant(line.copy.starts_at, context.zone)}  {line.title}"
        for clash in _sentences(context, line.clashes):
            yield f"    Clash: {clash}"
    if span.skipped:
        yield f"{counted(len(span.skipped), 'session')} left out."
        for left in span.skipped:
            why = left.why or " ".join(_sentences(context, left.clashes))
            yield f"  {show_instant(left.source.starts_at, context.zone)}  {left.title}: {why}"


def _bulk(context: Context, args: Namespace) -> int:
    from studio_tui.domain.bulk_report import done_words

    change = _change(context, args)
    ids = [SessionId(each) for each in dict.fromkeys(args.sessions)]
    for session_id in ids:
        context.detail(session_id)  # names an unknown one, and makes the site theirs
    bulk, actor = context.studio.bulk, context.actor
    preview = bulk.preview(actor, ids, change)
    told = ""
    if not args.dry_run:
        after = bulk.apply(actor, {session.id: session.change.version for session in preview.before}, change)
        told = _tell(context, preview.before, after) if args.tell else ""
    elif preview.standing:
        raise refusal(preview.standing, len(preview.before), context.zone)
    else:
        after = preview.after
    names = {member.id: member.name for member in context.studio.catalogue.staff()}
    words = done_words(change, names, len(after))
    lines = [f"Would be done: {words}" if args.dry_run else words, *_bulk_lines(context, preview)]
    context.out.give(_bulk_document(context, preview, saved=not args.dry_run), [*lines, *filter(None, [told])])
    return Exit.OK


def _change(context: Context, args: Namespace) -> Change:
    if args.move is not None:
        return parse_shift(args.move)
    if args.cancel:
        return Cancel()
    return Lead(context.staff_id(args.staff)) if args.staff is not None else TakePlaceIn(args.room)


def _bulk_lines(context: Context, preview: BulkPreview) -> Iterator[str]:
    from studio_tui.domain.bulk_report import consequences

    yield from consequences(preview)
    for found in preview.clashes.values():
        for clash in _sentences(context, found):
            yield f"Clash: {clash}"


def _bulk_document(context: Context, preview: BulkPreview, *, saved: bool) -> BulkDocument:
    calendar = context.studio.calendar
    return {
        "saved": saved,
        "clients": preview.clients,
        "notices_following": preview.following,
        "notices_by_hand": preview.by_hand,
        "notices_too_late": preview.late,
        "clashes": [sentence for found in preview.clashes.values() for sentence in _sentences(context, found)],
        "in_the_way": [
            {"session_id": each.session_id, "title": each.title, "why": str(each.error)} for each in preview.standing
        ],
        "sessions": [records.of_session(calendar.detail(session.id).entry) for session in preview.before],
    }


def _tell(context: Context, before: Sequence[Session], after: Sequence[Session]) -> str:
    """Tell the clients what became of the sessions, and say how many that are."""
    from studio_tui.domain.announcements import news_by_kind, telling_words

    announcing, actor, told = context.studio.announcing, context.actor, news_by_kind(before, after)
    came = [announcing.announce(actor, kind, changes) for kind, changes in told.items()]
    return telling_words(sum(each.clients for each in came), sum(each.reached for each in came))


def _sentences(context: Context, clashes: Sequence[Clash]) -> list[str]:
    from studio_tui.domain.clash_words import clash_sentences

    return list(clash_sentences(clashes, context.zone))
