"""`--tell` of the verbs that change sessions, and `studio-tui sessions tell`: clients hear of a change."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from studio_tui.cli.context import Context
from studio_tui.cli.exits import Exit
from studio_tui.cli.output import counted
from studio_tui.cli.parsing import Parser, Verbs, entity_id, with_times
from studio_tui.cli.telling_documents import TellDocument
from studio_tui.cli.times import parse_instant
from studio_tui.domain.announcements import CHANGES, AnnouncementKind, SessionNews, news_of, telling_words
from studio_tui.domain.sessions import Session, SessionId
from studio_tui.domain.zones import to_wall, zone

if TYPE_CHECKING:
    from studio_tui.usecases.announcing import TellPreview, Told


def add_tell(verb: Parser) -> None:
    """Add the option --tell."""
    verb.add_argument("--tell", action="store_true", help="tell the clients of it, by mail and push")


def add_verb(verbs: Verbs) -> None:
    """Add the verb `tell`."""
    tell = verbs.add("tell", _tell, "tell the clients of a change that was made before", more=with_times(_MORE))
    tell.add_argument("session", metavar="SESSION", type=entity_id, help="its id")
    tell.add_argument("--kind", required=True, choices=[kind.value for kind in CHANGES], help="what happened")
    tell.add_argument("--was", metavar="WHEN", help="when it started before, for one that was moved")
    tell.add_argument("--dry-run", action="store_true", help="only say whom it would reach, and show the text")


_MORE = "each client is told what fits what they were told before; who knows it already gets nothing"


def tell_if_asked(context: Context, args: Namespace, before: Session) -> None:
    """Tell the clients of what became of a session, if --tell was given; say on standard error what came of it."""
    if not args.tell:
        return
    after = context.studio.calendar.detail(before.id).session
    news = news_of(before, after)
    if news is None:
        context.out.note("Nothing changed that concerns clients: nobody was told.")
        return
    kind, change = news
    told = context.studio.announcing.announce(context.actor, kind, [change])
    context.out.note(_came(told))


def tell_all(context: Context, news: Mapping[AnnouncementKind, Sequence[SessionNews]]) -> None:
    """Tell the clients of several changes, by their kind; say on standard error what came of each."""
    for kind, changes in news.items():
        told = context.studio.announcing.announce(context.actor, kind, changes)
        context.out.note(_came(told))


def _tell(context: Context, args: Namespace) -> int:
    session = context.detail(SessionId(args.session)).session
    clock = zone(context.site.zone)
    was_at = None
    if args.was is not None:
        was_at = parse_instant(args.was, clock, context.now, day=to_wall(session.starts_at, clock).date())
    kind, news = AnnouncementKind(args.kind), [SessionNews(session.id, was_at, said=was_at is not None)]
    preview = context.studio.announcing.preview(context.actor, kind, news)
    told = None if args.dry_run else context.studio.announcing.announce(context.actor, kind, news)
    document: TellDocument = {
        "session_id": session.id,
        "kind": kind.value,
        "clients": preview.clients,
        "by_mail": preview.by_mail,
        "by_push": preview.by_push,
        "unreachable": [{"client": each.name, "reason": each.reason} for each in preview.unreachable],
        "languages": dict(preview.languages),
        "replaced": preview.replaced,
        "waiting": preview.waiting,
        "switched_off": preview.switched_off,
        "subject": preview.subject,
        "text": preview.text,
        "messages": 0 if told is None else told.messages,
    }
    context.out.give(document, _lines(preview, told))
    return Exit.OK


def _lines(preview: TellPreview, told: Told | None) -> Iterator[str]:
    if told is None:
        reach = f"{preview.by_mail} by mail, {preview.by_push} by push"
        yield f"{counted(preview.clients, 'client')} would be told: {reach}."
    else:
        yield _came(told)
    if preview.replaced:
        replace = "would replace" if told is None else "replaces"
        yield f"For {counted(preview.replaced, 'client')} it {replace} news that still waited to be sent."
    if preview.waiting:
        yield f"For {counted(preview.waiting, 'client')} the news that wait to be sent say it already."
    if preview.switched_off:
        yield f"{counted(preview.switched_off, 'client')} are not told: messages of this kind are switched off."
    for each in preview.unreachable:
        yield f"{each.name} cannot be reached: {each.reason}."
    if told is None and preview.text:
        yield ""
        yield preview.subject
        yield from preview.text.strip().splitlines()


def _came(told: Told) -> str:
    with_messages = f" That takes {counted(told.messages, 'message')}." if told.messages else ""
    return f"{telling_words(told.clients, told.reached)}{with_messages}"
