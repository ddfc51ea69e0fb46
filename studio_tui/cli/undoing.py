"""`studio-tui undo` and `redo`: take back the acting person's newest edit, whichever program it was made with."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator
from typing import TYPE_CHECKING, TypedDict
from zoneinfo import ZoneInfo

from studio_tui.cli.context import Context
from studio_tui.cli.exits import Exit
from studio_tui.cli.output import table
from studio_tui.cli.parsing import Parser, add_common, explain_fields
from studio_tui.cli.records import utc
from studio_tui.cli.times import show_instant
from studio_tui.domain.edit_words import told_words
from studio_tui.domain.zones import zone

if TYPE_CHECKING:
    from studio_tui.domain.edits import Edit, Turned

_MORE = """\
Edits made with the screens count too, and those of before a restart; everybody has edits of their own. What somebody else
has changed since is not undone, and the command says who, when and what (exit code 5); --skip lets such an edit stand, so
that the one before it is the next. What clients were sent meanwhile cannot be taken back: it is told. A new edit ends what
could be redone."""


class EditDocument(TypedDict):
    """An edit; `state` is done, undone or dropped."""

    id: int
    what: str
    state: str
    made_at: str
    turned_at: str


class ToldDocument(TypedDict):
    """What clients of a session were sent since the edit: `kind` is notice or what was announced, `start` what it named."""

    session_id: int
    session: str
    kind: str
    start: str
    clients: list[str]


class TurnedDocument(EditDocument):
    """An edit that was undone or redone; `kept` says what could not go because clients were told of it."""

    sessions: list[int]
    told: list[ToldDocument]
    kept: list[str]


def fill(parser: Parser, noun: str) -> None:
    """Add the noun's arguments."""
    add_common(parser)
    documents = {"what was done": TurnedDocument, "each of told": ToldDocument, "each edit of --list": EditDocument}
    parser.epilog = f"{_MORE}\n\n{explain_fields(documents)}"
    parser.set_defaults(run=_undo if noun == "undo" else _redo)
    group = parser.add_mutually_exclusive_group()
    group.add_argument("--list", dest="listed", action="store_true", help="only list the recent edits, newest first")
    group.add_argument("--skip", action="store_true", help="let the next one stand as it is, and go no further")


def _undo(context: Context, args: Namespace) -> int:
    history = context.studio.history
    if args.listed:
        return _list(context)
    if args.skip:
        return _skip(context, history.peek(context.actor).undo, "undo")
    return _give(context, history.undo(context.actor))


def _redo(context: Context, args: Namespace) -> int:
    history = context.studio.history
    if args.listed:
        return _list(context)
    if args.skip:
        return _skip(context, history.peek(context.actor).redo, "redo")
    return _give(context, history.redo(context.actor))


def _list(context: Context) -> int:
    edits = context.studio.history.recent(context.actor)
    clock = _clock(context)
    rows = [(each.state.value, show_instant(each.made_at, clock), each.what) for each in edits]
    context.out.give([_document(each) for each in edits], table(("STATE", "MADE", "WHAT"), rows))
    return Exit.OK


def _skip(context: Context, edit: Edit | None, verb: str) -> int:
    from studio_tui.domain.errors import NotPossible

    if edit is None:
        raise NotPossible(f"There is nothing to {verb}.")
    left = context.studio.history.set_aside(context.actor, edit.id)
    context.out.give(_document(left), [f"“{left.what}” stands as it is."])
    return Exit.OK


def _give(context: Context, turned: Turned) -> int:
    document: TurnedDocument = {
        **_document(turned.edit),
        "sessions": [int(each) for each in turned.sessions],
        "told": [
            {
                "session_id": int(each.session_id),
                "session": each.session,
                "kind": each.kind,
                "start": utc(each.start),
                "clients": list(each.names),
            }
            for each in turned.told
        ],
        "kept": list(turned.kept),
    }
    context.out.give(document, _sentences(turned, _clock(context)))
    return Exit.OK


def _sentences(turned: Turned, clock: ZoneInfo) -> Iterator[str]:
    yield f"{turned.sentence}."
    yield from turned.kept
    for each in turned.told:
        were = "was" if len(each.names) == 1 else "were"
        what = told_words(each.kind, each.start, clock)
        yield f"{each.session}: {', '.join(each.names)} {were} {what}; that cannot be taken back."


def _document(edit: Edit) -> EditDocument:
    return {
        "id": int(edit.id),
        "what": edit.what,
        "state": edit.state.value,
        "made_at": utc(edit.made_at),
        "turned_at": utc(edit.turned_at),
    }


def _clock(context: Context) -> ZoneInfo:
    """The zone of the first site where the person works; edits belong to no site."""
    sites = context.studio.catalogue.sites()
    own = [site for site in sites if site.id in context.actor.site_ids]
    return zone((own or sites)[0].zone if sites else "UTC")
