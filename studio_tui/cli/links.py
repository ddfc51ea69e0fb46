"""`studio-tui links`: the join link of one session; for a session of a course it is the course's (SPEC L4)."""

from __future__ import annotations

import asyncio
from argparse import Namespace

from studio_tui.cli import records
from studio_tui.cli.context import Context
from studio_tui.cli.documents import ClientLineDocument, HostDocument, LinkDocument
from studio_tui.cli.exits import Exit
from studio_tui.cli.join_links import CARE, add_link_options, judged, read_link, warning_about
from studio_tui.cli.output import counted, facts
from studio_tui.cli.parsing import Parser, Verbs, add_version, entity_id
from studio_tui.cli.session_text import client_table
from studio_tui.domain.clash_words import clash_sentences
from studio_tui.domain.links import JoinLink
from studio_tui.domain.sessions import SessionId

_HOSTING = """\
Whoever opens this link becomes the host: it is for the session's leader alone, works for a short while, and is kept
nowhere."""
_REVEALED = "`url` and `password` are null unless --reveal is given."


def fill(parser: Parser, _noun: str) -> None:
    """Add the verbs."""
    verbs = Verbs(parser, printing={"a link": LinkDocument, "host": HostDocument, "holders": ClientLineDocument})
    show = verbs.add("show", _show, "the session's link, masked, and why it is that one", more=_REVEALED)
    _add_session(show)
    show.add_argument("--reveal", action="store_true", help="print link and password in the clear")
    put = verbs.add("set", _set, "type a link by hand; a session in person becomes online", more=CARE)
    _add_session(put)
    add_link_options(put)
    remove = verbs.add("remove", _remove, "take the link away until one is typed, restored, or the service's set anew")
    restore = verbs.add("restore", _restore, "let service and accounts decide again")
    for verb in (remove, restore):
        _add_session(verb)
    for verb in (put, remove, restore):
        add_version(verb)
    host = verbs.add("host", _host, "a fresh link that starts the session's meeting as its host", more=_HOSTING)
    _add_session(host)
    _add_session(verbs.add("retry", _retry, "try at once to make the session's meeting, whatever failed before"))
    _add_session(verbs.add("holders", _holders, "clients who were last sent another link than the one of now"))


def _add_session(verb: Parser) -> None:
    verb.add_argument("session", metavar="SESSION", type=entity_id, help="its id")


def _show(context: Context, args: Namespace) -> int:
    session_id = SessionId(args.session)
    link = context.studio.linking.reveal(context.actor, session_id) if args.reveal else None
    return _print(context, session_id, link)


def _set(context: Context, args: Namespace) -> int:
    link = judged(read_link(args), context.studio.resources.http_hosts)
    if warning := warning_about(link.url):
        context.out.note(warning)
    session_id = SessionId(args.session)
    context.studio.linking.type_link(context.actor, session_id, link, version=args.if_version)
    return _print_changed(context, session_id)


def _remove(context: Context, args: Namespace) -> int:
    session_id = SessionId(args.session)
    context.studio.linking.remove(context.actor, session_id, version=args.if_version)
    return _print_changed(context, session_id)


def _restore(context: Context, args: Namespace) -> int:
    session_id = SessionId(args.session)
    context.studio.linking.restore(context.actor, session_id, version=args.if_version)
    return _print_changed(context, session_id)


def _host(context: Context, args: Namespace) -> int:
    session_id = SessionId(args.session)
    url = asyncio.run(context.studio.signing_in.start_url(context.actor, session_id))
    document: HostDocument = {"session_id": session_id, "start_url": url}
    context.out.give(document, [url])
    return Exit.OK


def _retry(context: Context, args: Namespace) -> int:
    session_id = SessionId(args.session)
    context.studio.signing_in.try_again(context.actor, session_id)
    context.out.note("The worker tries again at once.")
    return _print(context, session_id, None)


def _holders(context: Context, args: Namespace) -> int:
    context.detail(SessionId(args.session))
    lines = context.studio.linking.holders_of_old_link(context.actor, SessionId(args.session))
    if not lines:
        context.out.note("Nobody holds an old link.")
    context.out.give([records.of_line(line) for line in lines], client_table(lines, context.zone))
    return Exit.OK


def _print_changed(context: Context, session_id: SessionId) -> int:
    """Print the link as it is now, and who still has another one (SPEC L8)."""
    code = _print(context, session_id, None)
    holders = context.studio.linking.holders_of_old_link(context.actor, session_id)
    if holders:
        who = counted(len(holders), "client holds", "clients hold")
        context.out.note(f"{who} an old link: see “links holders {session_id}” and “notices resend”.")
    for clash in clash_sentences(context.detail(session_id).clashes, context.zone):
        context.out.note(clash)
    return code


def _print(context: Context, session_id: SessionId, link: JoinLink | None) -> int:
    """Print a session's link: masked, and also in the clear if `link` is given."""
    detail = context.detail(session_id)
    document: LinkDocument = {
        "session_id": session_id,
        "source": detail.entry.link.source.value,
        "why": detail.why,
        "meeting": detail.meeting or None,
        "masked_link": detail.masked_link,
        "has_password": detail.has_password,
        "description": detail.link_description,
        "url": None if link is None else link.url,
        "password": None if link is None else link.password,
    }
    known = [
        ("Session", f"{detail.entry.title} (#{session_id})"),
        ("Link", link.url if link else detail.masked_link or "none"),
        ("Password", link.password if link else "yes, masked" if detail.has_password else None),
        ("Said beside it", detail.link_description),
        ("Why", detail.why),
        ("Meeting", detail.meeting or None),
    ]
    context.out.give(document, facts(known))
    return Exit.OK
