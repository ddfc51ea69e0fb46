"""`studio-tui outbox`: every message that goes out or went, and what can be done about it (SPEC N11)."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, TypedDict

from studio_tui.cli import bounced
from studio_tui.cli.context import Context
from studio_tui.cli.exits import Exit
from studio_tui.cli.output import counted, facts, table
from studio_tui.cli.parsing import Parser, Verbs, entity_id, with_times
from studio_tui.cli.records import utc, utc_or_none
from studio_tui.cli.times import parse_instant, show_instant
from studio_tui.domain.delivery import DeliveryId
from studio_tui.domain.messages import MessageKind
from studio_tui.domain.outbox import STATES, WAYS, OutboxAct, OutboxFilter, OutboxLine, done_words
from studio_tui.domain.sessions import SessionId
from studio_tui.domain.zones import zone

if TYPE_CHECKING:
    from studio_tui.domain.messages import MessageKind
from studio_tui.domain.outbox import ActReport

_LIMIT = 100
_ACTS = {
    "hold": (OutboxAct.HOLD, "hold messages that are planned until somebody releases them"),
    "release": (OutboxAct.RELEASE, "let messages that somebody holds wait for their own time again"),
    "now": (OutboxAct.SEND_NOW, "send messages that wait before their time"),
    "retry": (OutboxAct.RETRY, "try failed or held messages again: at once, or at their own time if that lies ahead"),
    "resend": (OutboxAct.RESEND, "send messages to the same clients once more"),
    "cancel": (OutboxAct.CANCEL, "do not send messages that wait"),
}


class OutboxLineDocument(TypedDict):
    """A message, without its address and text."""

    id: int
    kind: str
    tells: str | None
    channel: str
    state: str
    why: str
    client_id: int
    client: str
    site_id: int
    session_id: int
    title: str
    starts_at: str
    due_at: str
    sent_at: str | None
    attempt: int
    on_purpose: bool
    answer_code: int | None
    answer: str
    put_away: bool


class OutboxMessageDocument(OutboxLineDocument):
    """A message with its text as it would be made now; `unmade` says why it cannot be, `html_text` tells a mail's HTML body."""

    expires_at: str
    link_changed: bool
    subject: str
    text: str
    html_text: str
    unmade: str


class OutboxListDocument(TypedDict):
    """The messages, and how many there are in all and in each state."""

    total: int
    by_state: dict[str, int]
    messages: list[OutboxLineDocument]


class RefusedDocument(TypedDict):
    """A message that was left as it is, and why."""

    id: int
    reason: str


class OutboxActDocument(TypedDict):
    """What became of an act; `later` are those that wait for their own time now, instead of leaving at once."""

    done: list[int]
    later: list[int]
    refused: list[RefusedDocument]


_PRINTING = {
    "list": OutboxListDocument,
    "each of messages": OutboxLineDocument,
    "show": OutboxMessageDocument,
    ", ".join(_ACTS): OutboxActDocument,
    "each of refused": RefusedDocument,
    "each of bounced": bounced.BouncedDocument,
}


def fill(parser: Parser, _noun: str) -> None:
    """Add the verbs."""
    verbs = Verbs(parser, printing=_PRINTING)
    every = verbs.add("list", _list, "messages of the site, latest due first", more=with_times())
    add = every.add_argument
    add("--state", choices=list(STATES), action="append", default=[], help="in this state; may be said several times")
    add(
        "--kind",
        choices=[kind.value for kind in MessageKind],
        action="append",
        default=[],
        help="of this kind; may be said several times",
    )
    add("--way", choices=list(WAYS.values()), action="append", default=[], help="by mail or by push")
    add("--client", metavar="CLIENT", help="to this client, of every site: id, address or name")
    add("--session", metavar="SESSION", type=entity_id, help="about this session: its id")
    add("--find", metavar="TEXT", default="", help="parts of clients' names or of sessions' titles")
    add("--since", metavar="WHEN", help="due then or later")
    add("--until", metavar="WHEN", help="due before then")
    add("--limit", metavar="N", type=int, default=_LIMIT, help=f"at most so many (default: {_LIMIT})")
    add("--all-sites", action="store_true", help="of every site")
    add("--history", action="store_true", help="also those that were put away long after their session")
    show = verbs.add("show", _show, "one message with its text as it would be made now; its join link is masked")
    show.add_argument("id", metavar="MESSAGE", type=entity_id, help="its id")
    show.add_argument("--html", action="store_true", help="tell what its HTML body says instead of its plain text")
    show.add_argument("--reveal", action="store_true", help="show the join link, which lets whoever has it in")
    for name, (_, summary) in _ACTS.items():
        verb = verbs.add(name, _act, f"{summary}; exit code 5 if any is refused")
        verb.set_defaults(verb=name)
        verb.add_argument("ids", metavar="MESSAGE", type=entity_id, nargs="+", help="its id")
    bounced.add_to(verbs)


def _list(context: Context, args: Namespace) -> int:
    wanted = _filter(context, args)
    outbox = context.studio.outbox
    counts = outbox.count(None, wanted)
    lines = outbox.page(None, wanted, 0, max(args.limit, 0))
    document: OutboxListDocument = {
        "total": counts.total,
        "by_state": {state: counts.of(state) for state in STATES if counts.of(state)},
        "messages": [_of_line(line) for line in lines],
    }
    if len(lines) < counts.total:
        context.out.note(f"{counted(len(lines), 'message')} of {counts.total:,}: --limit shows more.")
    elif not lines:
        context.out.note("There is no such message.")
    context.out.give(document, _rows(lines))
    return Exit.OK


def _filter(context: Context, args: Namespace) -> OutboxFilter:
    client_id = context.client(args.client).id if args.client else None
    if args.session:
        context.detail(SessionId(args.session))  # refuses one that does not exist
    everywhere = args.all_sites or args.session is not None or client_id is not None
    since, until = (
        None if text is None else parse_instant(text, context.zone, context.now) for text in (args.since, args.until)
    )
    return OutboxFilter(
        site_id=None if everywhere else context.site.id,
        states=frozenset(state for name in args.state for state in STATES[name]),
        kinds=frozenset(map(MessageKind, args.kind)),
        ways=frozenset(way for way, name in WAYS.items() if name in args.way),
        text=args.find,
        client_id=client_id,
        session_id=args.session,
        since=since,
        until=until,
        history=args.history,
    )


def _rows(lines: Sequence[OutboxLine]) -> Iterator[str]:
    rows = (
        (
            line.delivery_id,
            show_instant(line.due_at, zone(line.zone)),
            line.client,
            line.kind.label,
            WAYS[line.way],
            line.state.label,
            f"{line.title} (#{line.session_id})",
            line.why,
        )
        for line in lines
    )
    return table(("ID", "DUE", "CLIENT", "KIND", "WAY", "STATE", "SESSION", "WHY"), rows)


def _show(context: Context, args: Namespace) -> int:
    message = context.studio.outbox.message(None, DeliveryId(args.id), reveal=args.reveal)
    line = message.line
    document: OutboxMessageDocument = {
        **_of_line(line),
        "expires_at": utc(message.expires_at),
        "link_changed": message.link_changed,
        "subject": message.subject,
        "text": message.body,
        "html_text": message.html,
        "unmade": message.unmade,
    }
    body = message.html if args.html else message.body
    known = [
        ("To", line.client),
        ("Message", f"{line.kind.label} by {line.way.value} (#{line.delivery_id})"),
        ("Session", f"{line.title} (#{line.session_id}), {show_instant(line.starts_at, zone(line.zone))}"),
        ("Due", show_instant(line.due_at, zone(line.zone))),
        ("State", f"{line.state.label}: {line.why}" if line.why else line.state.label),
        ("Link", "not the present one any more" if message.link_changed else None),
        ("Not made", message.unmade or None),
        ("Subject", message.subject or None),
        ("Text", f"\n{body}" if body else None),
    ]
    context.out.give(document, facts(known))
    return Exit.OK


def _act(context: Context, args: Namespace) -> int:
    act, _ = _ACTS[args.verb]
    report = context.studio.outbox.act(context.actor, [DeliveryId(each) for each in args.ids], act)
    if not report.done and len(report.refused) == 1:
        raise report.refused[0][1]
    document: OutboxActDocument = {
        "done": [int(each) for each in report.done],
        "later": [int(each) for each in report.later],
        "refused": [{"id": int(each), "reason": str(error)} for each, error in report.refused],
    }
    for delivery_id, error in report.refused:
        context.out.note(f"Message {delivery_id}: {error}")
    context.out.give(document, [f"{done_words(act, len(report.done), len(report.later))}."])
    return _code(report)


def _code(report: ActReport) -> Exit:
    return Exit.REFUSED if report.refused else Exit.OK


def _of_line(line: OutboxLine) -> OutboxLineDocument:
    return {
        "id": line.delivery_id,
        "kind": line.kind.value,
        "tells": None if line.news is None else line.news.value,
        "channel": line.channel.value,
        "state": line.state.label,
        "why": line.why,
        "client_id": line.client_id,
        "client": line.client,
        "site_id": line.site_id,
        "session_id": line.session_id,
        "title": line.title,
        "starts_at": utc(line.starts_at),
        "due_at": utc(line.due_at),
        "sent_at": utc_or_none(line.sent_at),
        "attempt": line.attempt,
        "on_purpose": line.manual,
        "answer_code": line.code,
        "answer": line.text,
        "put_away": line.past,
    }
