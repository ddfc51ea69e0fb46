"""`studio-tui bookings`: clients' places in sessions."""

from __future__ import annotations

from argparse import Namespace

from studio_tui.cli import records
from studio_tui.cli.context import Context, line_of_client
from studio_tui.cli.documents import BookingDocument, ClientLineDocument
from studio_tui.cli.exits import Exit
from studio_tui.cli.parsing import Parser, Verbs, entity_id
from studio_tui.cli.session_text import client_table, named
from studio_tui.domain.bookings import Booking, BookingId
from studio_tui.domain.clash_words import clash_sentences
from studio_tui.domain.sessions import SessionId


def fill(parser: Parser, _noun: str) -> None:
    """Add the verbs."""
    verbs = Verbs(parser, printing={"list": ClientLineDocument, "book, cancel": BookingDocument})
    every = verbs.add("list", _list, "a session's clients, with what became of each message")
    every.add_argument("session", metavar="SESSION", type=entity_id, help="its id")
    book = verbs.add("book", _book, "give a client a place")
    book.add_argument("session", metavar="SESSION", type=entity_id, help="its id")
    book.add_argument("client", metavar="CLIENT", help="id, address, or beginnings of the name's words")
    cancel = verbs.add("cancel", _cancel, "take a place back, and cancel what was not yet sent")
    cancel.add_argument("id", metavar="BOOKING", type=entity_id, help="its id; with CLIENT: the session's id")
    cancel.add_argument("client", metavar="CLIENT", nargs="?", help="whose place in that session")


def _list(context: Context, args: Namespace) -> int:
    context.detail(SessionId(args.session))
    lines = context.studio.booking.bookings(SessionId(args.session))
    if not lines:
        context.out.note("Nobody is booked.")
    context.out.give([records.of_line(line) for line in lines], client_table(lines, context.zone))
    return Exit.OK


def _book(context: Context, args: Namespace) -> int:
    client, session_id = context.client(args.client), SessionId(args.session)
    context.detail(session_id)
    clashes = context.studio.clashing.of_booking(context.actor, session_id, client.id)
    booking = context.studio.booking.book(context.actor, session_id, client.id)
    for sentence in clash_sentences(clashes, context.zone):
        context.out.note(sentence)
    return _print(context, booking, f"{client.name} has a place (booking {booking.id})")


def _cancel(context: Context, args: Namespace) -> int:
    booking_id = BookingId(args.id)
    if args.client is not None:
        lines = context.detail(SessionId(args.id)).clients
        booking_id = line_of_client(lines, args.client).booking_id
    booking = context.studio.booking.cancel(context.actor, booking_id)
    client = context.studio.booking.client(context.actor, booking.client_id)
    return _print(context, booking, f"{client.name} no longer has a place")


def _print(context: Context, booking: Booking, sentence: str) -> int:
    detail = context.detail(booking.session_id)
    places = f"{detail.entry.booked} of {detail.entry.capacity} places are taken"
    context.out.give(records.of_booking(booking), [f"{sentence}: {named(detail, context.zone)}; {places}."])
    return Exit.OK
