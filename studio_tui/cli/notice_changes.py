"""The verbs of `studio-tui notices` that change something."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from studio_tui.cli import records
from studio_tui.cli.context import Context, line_of_client
from studio_tui.cli.exits import Exit
from studio_tui.cli.parsing import Parser, Verbs, add_version, entity_id, with_times
from studio_tui.cli.session_text import delivery_words, named, tell_change
from studio_tui.cli.times import parse_instant, show_instant
from studio_tui.domain.delivery import Delivery, DeliveryId, Way
from studio_tui.domain.sessions import SessionId, notice_time
from studio_tui.domain.zones import to_wall

if TYPE_CHECKING:
    from studio_tui.domain.agenda import SessionDetail

_WAYS = {"email": Way.MAIL, "push": Way.PUSH}


def add_verbs(verbs: Verbs) -> None:
    """Add the verbs that change notices."""
    more = with_times("a time alone is on the session's day")
    set_time = verbs.add(
        "set-time", _set_time, "set a session's notice time by hand: it stays when the session moves", more=more
    )
    _add_session(set_time)
    set_time.add_argument("when", metavar="WHEN", help="before the session's end")
    auto = verbs.add("auto", _auto, "let a session's notice time be its start again")
    _add_session(auto)
    for verb in (set_time, auto):
        add_version(verb)
    resend = verbs.add("resend", _resend, "send one client's notice again on purpose")
    _add_session(resend)
    resend.add_argument("client", metavar="CLIENT", help="id, or beginnings of the name's words")
    resend.add_argument("--channel", choices=list(_WAYS), help="only over this one")
    for name, run, summary in (
        ("retry", _retry, "try a failed or held message again: at once, or at its own time if that lies ahead"),
        ("cancel", _cancel, "cancel a message that still waits"),
    ):
        verbs.add(name, run, summary).add_argument("id", metavar="MESSAGE", type=entity_id, help="its id")


def _add_session(verb: Parser) -> None:
    verb.add_argument("session", metavar="SESSION", type=entity_id, help="its id")


def _set_time(context: Context, args: Namespace) -> int:
    session = context.detail(SessionId(args.session)).session
    day = to_wall(session.starts_at, context.zone).date()
    notice_at = parse_instant(args.when, context.zone, context.now, day=day)
    context.studio.scheduling.set_notice_time(context.actor, session.id, notice_at, version=args.if_version)
    return tell_change(context, session.id, _noticed)


def _auto(context: Context, args: Namespace) -> int:
    session_id = SessionId(args.session)
    context.studio.scheduling.set_notice_time(context.actor, session_id, None, version=args.if_version)
    return tell_change(context, session_id, _noticed)


def _noticed(detail: SessionDetail, clock: ZoneInfo) -> str:
    how = "set by hand" if detail.entry.notice_by_hand else "automatic"
    return f"{named(detail, clock)}: its notice is due {show_instant(notice_time(detail.session), clock)} ({how})."


def _resend(context: Context, args: Namespace) -> int:
    detail = context.detail(SessionId(args.session))
    line = line_of_client(detail.clients, args.client)
    way = None if args.channel is None else _WAYS[args.channel]
    made = context.studio.notifying.resend(context.actor, detail.session.id, line.booking_id, way)
    return _print(context, made, line.name, many=True)


def _retry(context: Context, args: Namespace) -> int:
    delivery = context.studio.notifying.retry(context.actor, DeliveryId(args.id))
    return _print(context, [delivery], _client_of(context, delivery))


def _cancel(context: Context, args: Namespace) -> int:
    delivery = context.studio.notifying.cancel(context.actor, DeliveryId(args.id))
    return _print(context, [delivery], _client_of(context, delivery))


def _client_of(context: Context, delivery: Delivery) -> str:
    lines = context.detail(SessionId(delivery.session_id)).clients
    return next(line.name for line in lines if line.booking_id == delivery.booking_id)


def _print(context: Context, deliveries: Sequence[Delivery], client: str, *, many: bool = False) -> int:
    """Print the messages: a list for what can make several, else the one."""
    documents = [records.of_delivery(each, client) for each in deliveries]
    text = [
        f"Message {each.id} to {client} ({each.channel.value}): {delivery_words(each)}, "
        f"due {show_instant(each.due_at, context.zone)}."
        for each in deliveries
    ]
    context.out.give(documents if many else documents[0], text)
    return Exit.OK
