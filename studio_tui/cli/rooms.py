"""`studio-tui rooms`: where sessions take place."""

from __future__ import annotations

import argparse
from argparse import Namespace

from studio_tui.cli.context import Context
from studio_tui.cli.exits import Exit
from studio_tui.cli.output import counted, facts, table
from studio_tui.cli.parsing import Parser, Verbs, add_version
from studio_tui.cli.premises_documents import RemovedRoomDocument, RoomDocument, RoomLineDocument, of_room
from studio_tui.domain.rooms import Room

_CARRIED = "Every session of the site takes a new name along."


def fill(parser: Parser, _noun: str) -> None:
    """Add the verbs."""
    verbs = Verbs(parser, printing={"a room": RoomDocument, "list": RoomLineDocument, "remove": RemovedRoomDocument})
    verbs.add("list", _list, "the site's rooms, and names that only sessions carry")
    _add_which(verbs.add("show", _show, "one room"))
    add = verbs.add("add", _add, "make a room")
    add.add_argument("name", metavar="NAME")
    _add_capacity(add)
    change = verbs.add("change", _change, "change a room; what is not given stays", more=_CARRIED)
    _add_which(change)
    change.add_argument("--name")
    _add_capacity(change)
    change.add_argument("--active", action=argparse.BooleanOptionalAction, help="whether it is in use")
    add_version(change)
    remove = verbs.add("remove", _remove, "take a room off the list; sessions keep its name")
    _add_which(remove)
    remove.add_argument("--yes", action="store_true", help="do not ask, whatever sessions are in it")
    add_version(remove)


def _add_which(parser: Parser) -> None:
    parser.add_argument("room", metavar="ROOM", help="name or id")


def _add_capacity(parser: Parser) -> None:
    parser.add_argument("--capacity", type=int, metavar="N", help="how many people it holds; 0 for nobody knows")


def _list(context: Context, _args: Namespace) -> int:
    lines = context.studio.premises.lines(context.site.id)
    documents: list[RoomLineDocument] = [
        {
            "name": line.name,
            "room": None if line.room is None else of_room(line.room),
            "upcoming_sessions": line.upcoming,
        }
        for line in lines
    ]
    rows = [
        (None, line.name, None, line.upcoming, "not in the list")
        if line.room is None
        else (line.room.id, line.name, line.room.capacity, line.upcoming, "" if line.room.active else "not in use")
        for line in lines
    ]
    context.out.give(documents, table(("ID", "NAME", "HOLDS", "UPCOMING", "STATE"), rows))
    return Exit.OK


def _show(context: Context, args: Namespace) -> int:
    return _print(context, _find(context, args))


def _add(context: Context, args: Namespace) -> int:
    from studio_tui.usecases.premises import RoomDraft

    draft = RoomDraft(site_id=context.site.id, name=args.name, capacity=args.capacity or None)
    return _print(context, context.studio.premises.save(context.actor, draft))


def _change(context: Context, args: Namespace) -> int:
    from studio_tui.usecases.premises import RoomDraft

    room = _find(context, args)
    draft = RoomDraft(
        id=room.id,
        site_id=room.site_id,
        name=room.name if args.name is None else args.name,
        capacity=room.capacity if args.capacity is None else args.capacity or None,
        active=room.active if args.active is None else args.active,
    )
    version = room.change.version if args.if_version is None else args.if_version
    saved = context.studio.premises.save(context.actor, draft, version=version)
    if saved.name != room.name:
        carried = context.studio.premises.use(saved.id).sessions
        context.out.note(f"{counted(carried, 'session')} took the name along.")
    return _print(context, saved)


def _remove(context: Context, args: Namespace) -> int:
    room = _find(context, args)
    premises = context.studio.premises
    if upcoming := premises.use(room.id).upcoming:
        context.confirm(f"{counted(upcoming, 'upcoming session')} in {room.name} will keep the name.", yes=args.yes)
    version = room.change.version if args.if_version is None else args.if_version
    use = premises.remove(context.actor, room.id, version=version)
    document: RemovedRoomDocument = {
        **of_room(room),
        "sessions": use.sessions,
        "upcoming_sessions": use.upcoming,
    }
    context.out.give(document, [f"{room.name} is off the list; {counted(use.sessions, 'session')} keep its name."])
    return Exit.OK


def _find(context: Context, args: Namespace) -> Room:
    return context.studio.premises.room(context.site.id, args.room)


def _print(context: Context, room: Room) -> int:
    known = [
        ("Room", f"{room.name} (#{room.id})"),
        ("Holds", None if room.capacity is None else counted(room.capacity, "person", "people")),
        ("State", None if room.active else "not in use"),
    ]
    context.out.give(of_room(room), facts(known))
    return Exit.OK
