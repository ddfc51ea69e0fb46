"""`studio-tui clients`: whom the studio writes to."""

from __future__ import annotations

import argparse
import asyncio
import sys
from argparse import Namespace
from collections.abc import Sequence

from studio_tui.cli import records
from studio_tui.cli.card_documents import CardBookingDocument, ClientCardDocument
from studio_tui.cli.context import Context
from studio_tui.cli.documents import ClientDocument, PushTestedDocument
from studio_tui.cli.exits import Exit
from studio_tui.cli.message_documents import AreaBookingDocument
from studio_tui.cli.output import facts, table
from studio_tui.cli.parsing import Parser, Verbs, add_version
from studio_tui.domain.delivery import Channel
from studio_tui.domain.messages import REFUSABLE, MessageKind
from studio_tui.domain.missed import anew_words
from studio_tui.domain.people import Client
from studio_tui.domain.push_addresses import NAMES, push_service

_PAGE = 1_000
_PAST = 20
_TOPIC_CARE = """\
A push topic is a credential: whoever knows it can read what is sent to it. --push-topic-stdin takes it from standard
input, so that it does not stay in the shell's history."""
_REFUSABLE = [kind.value for kind in MessageKind if kind in REFUSABLE]
_AREA = """\
With --json each place comes with its join link, a credential, for the client's own eyes; the table says only whether there
is one. A site that hides links in the client's area (“messages rules --hide-links-in-area”) leaves it out."""
_TOKEN = """\
Mails that a client can refuse carry a token, which says whose they are and which kind. Whatever receives the client's
answer (a mailbox, a web page) calls this with it; only this studio's own tokens count."""


def fill(parser: Parser, _noun: str) -> None:
    """Add the verbs."""
    verbs = Verbs(
        parser,
        printing={
            "a client": ClientDocument,
            "show": ClientCardDocument,
            "each of its bookings": CardBookingDocument,
            "test-push": PushTestedDocument,
            "each of bookings": AreaBookingDocument,
        },
    )
    every = verbs.add("list", _list, "clients, by name")
    every.add_argument("--limit", type=int, metavar="N", help="at most so many")
    every.add_argument("--offset", type=int, metavar="N", default=0, help="leave out the first so many")
    find = verbs.add("find", _find, "clients by the beginnings of their names' words, or of their address")
    find.add_argument("query", metavar="TEXT")
    find.add_argument("--limit", type=int, metavar="N", default=20, help="at most so many (default: 20)")
    show = verbs.add("show", _show, "one client, with bookings and every message about them")
    _add_who(show)
    show.add_argument("--past", type=int, metavar="N", default=_PAST, help=f"bookings that are over (default: {_PAST})")
    add = verbs.add("add", _add, "add a client", more=_TOPIC_CARE)
    add.add_argument("name", metavar="NAME")
    _add_fields(add)
    test = verbs.add("test-push", _test_push, "send a test message to a client's push address")
    _add_who(test)
    refuse = verbs.add("refuse", _refuse, "note that a client does not want some messages, or wants them again")
    _add_who(refuse)
    refuse.add_argument("kind", choices=_REFUSABLE, help="which messages")
    refuse.add_argument("on", choices=["on", "off"], help="on: the client refuses them; off: not any more")
    add_version(refuse)
    leave = verbs.add("unsubscribe", _unsubscribe, "note what the token of a client's mail refuses", more=_TOKEN)
    leave.add_argument("token", metavar="TOKEN", help="from the mail's List-Unsubscribe, such as 12.reminder.k5…")
    area = verbs.add("bookings", _bookings, "a client's places to come, as a web page may show them", more=_AREA)
    _add_who(area)
    change = verbs.add("change", _change, "change a client; what is not given stays, empty clears", more=_TOPIC_CARE)
    _add_who(change)
    change.add_argument("--name")
    _add_fields(change)
    add_version(change)


def _add_who(parser: Parser) -> None:
    parser.add_argument("who", metavar="CLIENT", help="id, address, or beginnings of the name's words")


def _add_fields(parser: Parser) -> None:
    parser.add_argument("--email", metavar="ADDRESS")
    parser.add_argument("--verified", action=argparse.BooleanOptionalAction, help="whether the address is verified")
    parser.add_argument("--phone")
    parser.add_argument("--language", help="language of the client's mails, such as it")
    services = [name.lower() for name in NAMES.values()]
    parser.add_argument("--push-service", choices=services, help="whose the push address is (default: ntfy)")
    topic = parser.add_mutually_exclusive_group()
    topic.add_argument("--push-topic", metavar="TOPIC", help="the client's push address (seen by others: see below)")
    topic.add_argument("--push-topic-stdin", action="store_true", help="read it from standard input")


def _list(context: Context, args: Namespace) -> int:
    return _print_all(context, _page(context, args.limit, max(args.offset, 0)))


def _page(context: Context, limit: int | None, offset: int) -> list[Client]:
    """So many clients, or all of them."""
    desk = context.studio.booking
    if limit is not None:
        return desk.list_clients(context.actor, limit=max(limit, 0), offset=offset)
    found: list[Client] = []
    while more := desk.list_clients(context.actor, limit=_PAGE, offset=offset + len(found)):
        found += more
    return found


def _find(context: Context, args: Namespace) -> int:
    found = context.studio.booking.find_clients(context.actor, args.query, limit=max(args.limit, 0))
    if not found:
        context.out.note(f"No client matches “{args.query}”.")
    return _print_all(context, found)


def _show(context: Context, args: Namespace) -> int:
    from studio_tui.cli.card_records import card_lines, of_card

    client = context.client(args.who)
    card = context.studio.cards.card(context.actor, client.id, past=max(args.past, 0))
    context.out.give(of_card(card), card_lines(card))
    return Exit.OK


def _test_push(context: Context, args: Namespace) -> int:
    client = context.client(args.who)
    tested = asyncio.run(context.studio.push_tests.send(context.actor, client.id, context.site.id))
    document: PushTestedDocument = {"client_id": client.id, "ok": tested.ok, "sentence": tested.sentence}
    context.out.give(document, [tested.sentence])
    return Exit.OK if tested.ok else Exit.PROBLEM


def _bookings(context: Context, args: Namespace) -> int:
    from studio_tui.cli.card_records import area_table, of_area

    found = context.studio.client_area.bookings(context.actor, context.client(args.who).id)
    context.out.give([of_area(each) for each in found], area_table(found))
    return Exit.OK


def _refuse(context: Context, args: Namespace) -> int:
    client, kind = context.client(args.who), MessageKind(args.kind)
    return _print(
        context,
        context.studio.refusing.refuse(context.actor, client.id, kind, args.on == "on", version=args.if_version),
    )


def _unsubscribe(context: Context, args: Namespace) -> int:
    client, kind = context.studio.refusing.unsubscribe(context.actor, args.token)
    context.out.note(f"{client.name} does not get these any more: {kind.label}.")
    return _print(context, client)


def _add(context: Context, args: Namespace) -> int:
    from studio_tui.usecases.booking import ClientDraft

    draft = ClientDraft(
        name=args.name,
        email=args.email or "",
        email_verified=bool(args.verified),
        phone=args.phone or "",
        language=args.language or context.site.language,
        push_topic=_topic(args) or "",
        push_channel=_service(args) or Channel.PUSH,
    )
    return _print(context, context.studio.booking.save_client(context.actor, draft))


def _change(context: Context, args: Namespace) -> int:
    from studio_tui.usecases.booking import ClientDraft

    client = context.client(args.who)
    topic = _topic(args)
    draft = ClientDraft(
        id=client.id,
        name=client.name if args.name is None else args.name,
        email=(client.email or "") if args.email is None else args.email,
        email_verified=_still_verified(client, args),
        phone=(client.phone or "") if args.phone is None else args.phone,
        language=args.language or client.language,
        push_topic=(client.push_topic or "") if topic is None else topic,
        push_channel=_service(args) or client.push_channel,
    )
    version = client.change.version if args.if_version is None else args.if_version
    saved = context.studio.booking.correct_client(context.actor, draft, version=version)
    if saved.anew:
        context.out.note(anew_words(saved.anew))
    return _print(context, saved.client)


def _still_verified(client: Client, args: Namespace) -> bool:
    """As given; a new address has not been verified by anybody."""
    if args.verified is not None:
        return bool(args.verified)
    return client.email_verified and args.email in (None, client.email)


def _service(args: Namespace) -> Channel | None:
    return None if args.push_service is None else push_service(args.push_service)


def _topic(args: Namespace) -> str | None:
    if args.push_topic_stdin:
        return sys.stdin.readline().strip()
    topic: str | None = args.push_topic
    return topic


def _print_all(context: Context, clients: Sequence[Client]) -> int:
    rows = [
        (
            client.id,
            client.name,
            client.email,
            ("verified" if client.email_verified else "not verified") if client.email else "",
            client.phone,
            client.language,
            ("push off" if client.push_trouble else "push") if client.push_topic else "",
        )
        for client in clients
    ]
    headings = ("ID", "NAME", "MAIL", "ADDRESS IS", "PHONE", "LANGUAGE", "PUSH")
    context.out.give([records.of_client(client) for client in clients], table(headings, rows))
    return Exit.OK


def _print(context: Context, client: Client) -> int:
    known = [
        ("Client", f"{client.name} (#{client.id})"),
        ("Mail", records.mail_words(client)),
        ("Phone", client.phone),
        ("Language", client.language),
        ("Push", records.push_words(client)),
        ("Refuses", records.refused_words(client)),
    ]
    context.out.give(records.of_client(client), facts(known))
    return Exit.OK
