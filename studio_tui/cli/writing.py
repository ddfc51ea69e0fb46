"""`studio-tui sessions write`: a message written by hand to the clients of sessions."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, TypedDict

from studio_tui.cli.context import Context
from studio_tui.cli.exits import Exit, UsageError
from studio_tui.cli.parsing import Verbs, entity_id
from studio_tui.cli.telling_documents import UnreachableDocument
from studio_tui.domain.sessions import SessionId
from studio_tui.domain.writing import BODY_LIMIT, MOST, SUBJECT_LIMIT, left_out, went_words

if TYPE_CHECKING:
    from studio_tui.domain.writing import Readers
    from studio_tui.usecases.writing import WritePreview

_MORE = f"""\
Each client gets it once, about the first of the sessions that they have a place in; at most {MOST} such messages in 24 hours,
whoever had them is named and gets none. What was sent cannot be undone; “studio-tui outbox cancel” stops what has not left."""


class WriteDocument(TypedDict):
    """What writing came to, or would come to; `subject` and `text` are one client's mail.

    `over_limit` had enough messages within 24 hours and get none, `refused` do not want any; for `unreachable` ones it is
    held. `sessions_over` counts sessions that were left out because they have ended, `messages` what was planned to leave.
    """

    clients: int
    by_mail: int
    by_push: int
    unreachable: list[UnreachableDocument]
    over_limit: list[str]
    refused: list[str]
    sessions: int
    sessions_over: int
    subject: str
    text: str
    messages: int


def add_verb(verbs: Verbs) -> None:
    """Add the verb `write`."""
    write = verbs.add("write", _write, "write to the clients of sessions", more=_MORE)
    write.add_argument("sessions", metavar="SESSION", type=entity_id, nargs="+", help="their ids")
    write.add_argument("--subject", required=True, help=f"what it is about, at most {SUBJECT_LIMIT} characters")
    text = write.add_mutually_exclusive_group(required=True)
    text.add_argument("--text", help=f"plain text, at most {BODY_LIMIT} characters")
    text.add_argument("--stdin", action="store_true", help="read the text from standard input")
    write.add_argument("--dry-run", action="store_true", help="only say whom it would reach, and show the mail")


def _write(context: Context, args: Namespace) -> int:
    ids = [SessionId(each) for each in args.sessions]
    body = _piped() if args.stdin else args.text
    preview = context.studio.writing.preview(context.actor, ids, args.subject, body)
    wrote = None if args.dry_run else context.studio.writing.send(context.actor, ids, args.subject, body)
    readers = preview.readers if wrote is None else wrote.readers
    lines = _shown(preview) if wrote is None else _came(readers)
    context.out.give(_document(preview, readers, 0 if wrote is None else wrote.messages), lines)
    return Exit.OK


def _piped() -> str:
    """The text on standard input; no more of it is read than could be a message's.

    Raises:
        UsageError: Nobody hands one in, or it is no text.
    """
    if sys.stdin.isatty():
        raise UsageError("There is no text on standard input: pipe a file into it, or use --text.")
    try:
        return sys.stdin.read(BODY_LIMIT * 5)
    except UnicodeDecodeError as error:
        raise UsageError("What is on standard input is not UTF-8 text.") from error


def _document(preview: WritePreview, readers: Readers, messages: int) -> WriteDocument:
    reach = readers.reach
    return {
        "clients": reach.clients,
        "by_mail": reach.by_mail,
        "by_push": reach.by_push,
        "unreachable": [{"client": each.name, "reason": each.reason} for each in reach.unreachable],
        "over_limit": list(readers.over_limit),
        "refused": list(readers.refused),
        "sessions": readers.sessions,
        "sessions_over": readers.over,
        "subject": preview.subject,
        "text": preview.text,
        "messages": messages,
    }


def _shown(preview: WritePreview) -> Iterator[str]:
    reach = preview.readers.reach
    yield f"Would be sent to: {reach.by_mail} by mail, {reach.by_push} by push."
    yield from left_out(preview.readers, _in_a_row)
    yield ""
    yield preview.subject
    yield from preview.text.strip().splitlines()


def _came(readers: Readers) -> Iterator[str]:
    yield went_words(readers)
    yield from left_out(readers, _in_a_row)


def _in_a_row(names: Sequence[str]) -> str:
    return ", ".join(names)
