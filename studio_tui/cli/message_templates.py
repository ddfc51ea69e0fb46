"""`studio-tui messages`: which go out, a studio's own templates, and how messages will look."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path
from typing import TypedDict

from studio_tui.cli import message_switches
from studio_tui.cli.context import Context
from studio_tui.cli.exits import Exit
from studio_tui.cli.message_documents import MailPreviewDocument
from studio_tui.cli.output import counted
from studio_tui.cli.parsing import Parser, Verbs, entity_id
from studio_tui.domain.announcements import CHANGES, AnnouncementKind
from studio_tui.domain.delivery import Way
from studio_tui.domain.errors import NotPossible
from studio_tui.domain.language import LANGUAGES
from studio_tui.domain.messages import MessageKind
from studio_tui.domain.wording import words_for
from studio_tui.usecases.letters.template_kinds import KINDS


class TemplateProblemDocument(TypedDict):
    """A file that is refused. `line` is None where it is not a line that is wrong."""

    file: str
    line: int | None
    sentence: str


class TemplateCheckDocument(TypedDict):
    """The folder, the files that are used and those that are refused."""

    folder: str | None
    used: list[str]
    problems: list[TemplateProblemDocument]


class TemplateCopyDocument(TypedDict):
    """The files that were written."""

    written: list[str]


_PRINTING = {
    "check": TemplateCheckDocument,
    "each of problems": TemplateProblemDocument,
    "templates": TemplateCopyDocument,
    "preview": MailPreviewDocument,
    **message_switches.PRINTING,
}
_MORE = """\
A template is a file FOLDER/SITE/KIND.txt or KIND.html, or KIND.LANGUAGE.txt and so on; SITE is a site's short
name, or “all”. What is refused is not used: mails then have the built-in words."""


_KINDS = list(dict.fromkeys([*KINDS, *(kind.value for kind in MessageKind)]))


def fill(parser: Parser, _noun: str) -> None:
    """Add the verbs."""
    verbs = Verbs(parser, printing=_PRINTING)
    message_switches.add_verbs(verbs)
    verbs.add("check", _check, "look for mistakes in your own templates; exit code 1 if any is refused", more=_MORE)
    copy = verbs.add("templates", _copy, "write the built-in templates into a folder, to begin with", more=_MORE)
    copy.add_argument("--copy", metavar="FOLDER", type=Path, required=True, help="where; nothing there is overwritten")
    preview = verbs.add(
        "preview", _preview, "show how a message of the site will look, with invented data or a session's"
    )
    add = preview.add_argument
    add("--kind", choices=_KINDS, default="notice", metavar="KIND", help=f"{', '.join(_KINDS)} (default: notice)")
    add("--session", type=entity_id, metavar="ID", help="of this session, as it is now; its link is masked")
    add("--push", action="store_true", help="as a push message")
    add(
        "--news",
        choices=[each.value for each in CHANGES],
        default=AnnouncementKind.MOVED.value,
        help="what an announcement tells (default: moved)",
    )
    add("--language", choices=LANGUAGES, help="of the reader (default: the site's)")
    add("--html", metavar="FILE", type=Path, help="write the HTML body into this file, for a browser")


def _check(context: Context, _args: Namespace) -> int:
    book = context.studio.resources.templates
    problems = book.problems([site.slug for site in context.studio.catalogue.sites()])
    used = book.files()
    document: TemplateCheckDocument = {
        "folder": None if book.folder is None else str(book.folder),
        "used": [str(path) for path in used],
        "problems": [
            {"file": str(each.path), "line": each.line or None, "sentence": each.sentence} for each in problems
        ],
    }
    lines = [str(problem) for problem in problems]
    refused = len({problem.path for problem in problems})
    said = f"{counted(len(used), 'template')} of your own in use, {refused} refused: {book.folder}"
    if not (used or problems):
        said = f"No templates of your own in {book.folder}: mails have the built-in words."
    context.out.give(document, [*lines, said])
    return Exit.PROBLEM if problems else Exit.OK


def _copy(context: Context, args: Namespace) -> int:
    from studio_tui.usecases.letters.template_kinds import explained

    texts = {args.copy / name: explained(kind, name) for kind in KINDS.values() for name in kind.built_in}
    there = next((path for path in texts if path.exists()), None)
    if there is not None:
        raise NotPossible(f"{there} is there already: nothing was written. Name another folder.")
    for path, text in texts.items():
        _write(path, text)
    document: TemplateCopyDocument = {"written": [str(path) for path in texts]}
    context.out.give(document, document["written"])
    context.out.note("Change what you like, delete the rest, and run “studio-tui messages check”.")
    return Exit.OK


def _preview(context: Context, args: Namespace) -> int:
    if args.kind in KINDS and args.session is None and not args.push:
        document = _sample(context, args)
    else:
        document = _shown(context, args)
    if args.html is not None:
        if not document["html"]:
            raise NotPossible(f"There is no HTML to write: {document['unmade'] or 'a push message has none'}")
        _write(args.html, document["html"])
    lines = [f"Subject: {document['subject']}", "", *document["text"].splitlines()]
    context.out.give(document, [document["unmade"]] if document["unmade"] else lines)
    for problem in context.studio.resources.templates.problems():
        context.out.note(f"Refused, so the built-in template is used: {problem}")
    return Exit.PROBLEM if document["unmade"] else Exit.OK


def _sample(context: Context, args: Namespace) -> MailPreviewDocument:
    """A mail with invented data, of any kind that there are templates of."""
    from studio_tui.domain.zones import zone
    from studio_tui.usecases.letters.template_samples import sample_mail

    site, book = context.site, context.studio.resources.templates
    words = words_for(args.language or site.language)
    mail = sample_mail(book, KINDS[args.kind], words, site, zone(site.zone), AnnouncementKind(args.news))
    return {
        "kind": args.kind,
        "way": Way.MAIL.value,
        "site": site.slug,
        "session_id": None,
        "language": words.language,
        "subject": mail.subject,
        "text": mail.text,
        "html": mail.html,
        "calendar": "",
        "unmade": "",
    }


def _shown(context: Context, args: Namespace) -> MailPreviewDocument:
    """A message as the worker's writers make it."""
    kind = MessageKind.MOVED if args.kind == "announcement" else MessageKind(args.kind)
    if args.kind == "announcement" and args.news == AnnouncementKind.CANCELLED:
        kind = MessageKind.CANCELLED
    shown = context.studio.message_previews.show(
        context.actor,
        context.site.id,
        kind,
        session_id=args.session,
        language=args.language,
        way=Way.PUSH if args.push else Way.MAIL,
    )
    return {
        "kind": args.kind,
        "way": shown.way.value,
        "site": context.site.slug,
        "session_id": shown.session_id,
        "language": shown.language,
        "subject": shown.subject,
        "text": shown.text,
        "html": shown.html,
        "calendar": shown.calendar,
        "unmade": shown.unmade,
    }


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise NotPossible(f"{path} cannot be written: {error.strerror}.") from None
