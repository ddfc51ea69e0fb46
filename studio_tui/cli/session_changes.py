"""The verbs of `studio-tui sessions` that change something."""

from __future__ import annotations

from argparse import Namespace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from studio_tui.cli import records, telling
from studio_tui.cli.context import Context
from studio_tui.cli.documents import CancelledSessionDocument, MoveDocument
from studio_tui.cli.exits import Exit
from studio_tui.cli.output import counted
from studio_tui.cli.parsing import Parser, Verbs, add_details, add_length, add_version, entity_id, mode, with_times
from studio_tui.cli.series_scope import add_scope, beyond_this, cancel_series, edit_series
from studio_tui.cli.session_text import named, tell_change
from studio_tui.cli.telling import add_tell, tell_if_asked
from studio_tui.cli.times import parse_end, parse_instant, show_instant
from studio_tui.domain.clash_words import clash_sentences
from studio_tui.domain.series import Scope
from studio_tui.domain.sessions import Origin, Session, SessionId
from studio_tui.domain.zones import to_wall, zone

if TYPE_CHECKING:
    from studio_tui.domain.agenda import SessionDetail
    from studio_tui.usecases.scheduling import MovePreview


def add_verbs(verbs: Verbs) -> None:
    """Add the verbs that change sessions."""
    new = verbs.add("new", _new, "make a session", more=with_times())
    new.add_argument("--service", required=True, help="of this service: name or id")
    new.add_argument("--at", metavar="WHEN", required=True, help="when it starts")
    _add_fields(new)
    new.add_argument("--scheduled", action="store_true", help="part of the timetable, so the service's link is its own")
    new.add_argument("--mode", type=mode, metavar="{online,in-person}", help="instead of the service's mode")
    new.add_argument("--course", help="one more session of this course: name or id")
    edit = verbs.add("edit", _edit, "change a session; what is not given stays, empty clears", more=with_times())
    _add_session(edit)
    edit.add_argument("--at", metavar="WHEN", help="when it starts")
    _add_fields(edit)
    add_scope(edit)
    add_tell(edit)
    move = verbs.add("move", _move, "move a session to another time", more=with_times())
    _add_session(move)
    move.add_argument("when", metavar="WHEN", help="when it starts")
    add_length(move)
    add_scope(move)
    add_tell(move)
    cancel = verbs.add("cancel", _cancel, "cancel a session, and what was not yet sent for it")
    add_scope(cancel)
    restore = verbs.add("restore", _restore, "take a cancellation back")
    for verb in (cancel, restore):
        _add_session(verb)
        add_tell(verb)
    telling.add_verb(verbs)
    switch = verbs.add("mode", _mode, "hold a session online or in person")
    _add_session(switch)
    switch.add_argument("mode", type=mode, metavar="{online,in-person}")


def _add_session(verb: Parser) -> None:
    verb.add_argument("session", metavar="SESSION", type=entity_id, help="its id")
    add_version(verb)


def _add_fields(verb: Parser) -> None:
    add_length(verb)
    verb.add_argument("--staff", help="who leads it: name, login or id")
    verb.add_argument("--room")
    verb.add_argument("--title", help="what it is called instead of its service's name")
    verb.add_argument("--capacity", type=int, metavar="N", help="places")
    add_details(verb)


def _new(context: Context, args: Namespace) -> int:
    from studio_tui.usecases.scheduling import SessionDraft

    catalogue, site = context.studio.catalogue, context.site
    starts_at = parse_instant(args.at, context.zone, context.now)
    draft = SessionDraft(
        site_id=site.id,
        service_id=catalogue.find_service(site.id, args.service).id,
        starts_at=starts_at,
        ends_at=_end(context, args, starts_at),
        staff_id=context.staff_id(args.staff),
        room=args.room or "",
        title=args.title,
        capacity=args.capacity,
        origin=Origin.SCHEDULED if args.scheduled or args.course else Origin.OCCASIONAL,
        mode=args.mode,
        details=args.details or None,
        course_id=None if args.course is None else catalogue.course(site.id, args.course).id,
    )
    session = context.studio.scheduling.create(context.actor, draft)
    return tell_change(context, session.id, lambda detail, clock: f"{named(detail, clock)}, made.")


def _edit(context: Context, args: Namespace) -> int:
    from studio_tui.usecases.scheduling import SessionEdit

    session = context.detail(SessionId(args.session)).session
    starts_at = session.starts_at if args.at is None else _start(context, session, args.at)
    edit = SessionEdit(
        starts_at=starts_at,
        ends_at=_end(context, args, starts_at) or starts_at + session.length,
        staff_id=session.staff_id if args.staff is None else context.staff_id(args.staff),
        room=_given(args.room, session.room),
        title=_given(args.title, session.title) or None,
        capacity=_given(args.capacity, session.capacity),
        details=_given(args.details, session.details) or None,
    )
    if beyond_this(args) or args.dry_run:
        return edit_series(context, args, session, edit)
    version = _given(args.if_version, session.change.version)
    saved = context.studio.scheduling.edit(context.actor, session.id, edit, version=version)
    tell_if_asked(context, args, session)
    return tell_change(context, saved.id, lambda detail, clock: f"{named(detail, clock)}, changed.")


def _move(context: Context, args: Namespace) -> int:
    session = context.detail(SessionId(args.session)).session
    starts_at = _start(context, session, args.when)
    ends_at = _end(context, args, starts_at)
    if beyond_this(args):
        from studio_tui.usecases.session_drafts import moved_edit

        return edit_series(context, args, session, moved_edit(session, starts_at, ends_at))
    preview = context.studio.scheduling.preview_move(context.actor, session.id, starts_at, ends_at)
    if args.dry_run:
        return _print_preview(context, session.id, starts_at, preview)
    context.studio.scheduling.move(context.actor, session.id, starts_at, ends_at, version=args.if_version)
    tell_if_asked(context, args, session)
    return tell_change(
        context,
        session.id,
        lambda detail, clock: f"{named(detail, clock)}, moved. {_notice_words(context, preview, 'is now')}",
    )


def _print_preview(context: Context, session_id: SessionId, starts_at: datetime, preview: MovePreview) -> int:
    clashes = clash_sentences(preview.clashes, context.zone)
    document: MoveDocument = {
        "session_id": session_id,
        "starts_at": records.utc(starts_at),
        "clients": preview.clients,
        "notice_from": records.utc(preview.notice_from),
        "notice_to": records.utc(preview.notice_to),
        "notice_by_hand": preview.by_hand,
        "warning": preview.warning,
        "clashes": list(clashes),
    }
    text = [
        f"Session {session_id} would start {show_instant(starts_at, context.zone)}, "
        f"with {counted(preview.clients, 'client')}. {_notice_words(context, preview, 'would be')}",
        *([preview.warning] if preview.warning else []),
        *clashes,
    ]
    context.out.give(document, text)
    return Exit.OK


def _notice_words(context: Context, preview: MovePreview, verb: str) -> str:
    shown = show_instant(preview.notice_to, context.zone)
    return f"Its notice time stays {shown} (set by hand)." if preview.by_hand else f"Its notice time {verb} {shown}."


def _cancel(context: Context, args: Namespace) -> int:
    scheduling = context.studio.scheduling
    before = context.detail(SessionId(args.session)).session
    if beyond_this(args) or args.dry_run:
        return cancel_series(context, args, before, Scope(args.scope))
    result = scheduling.cancel(context.actor, before.id, version=args.if_version)
    tell_if_asked(context, args, before)
    detail = context.detail(result.session.id)
    told = f", {result.already_told} of them had been sent its notice" if result.already_told else ""
    document: CancelledSessionDocument = {
        **records.of_detail(detail),
        "clients_booked": result.clients,
        "already_told": result.already_told,
    }
    sentence = f"{named(detail, context.zone)}, cancelled: {counted(result.clients, 'client')} had a place{told}."
    context.out.give(document, [sentence])
    return Exit.OK


def _restore(context: Context, args: Namespace) -> int:
    scheduling = context.studio.scheduling
    before = context.detail(SessionId(args.session)).session
    session = scheduling.restore(context.actor, before.id, version=args.if_version)
    tell_if_asked(context, args, before)
    return tell_change(context, session.id, lambda detail, clock: f"{named(detail, clock)}, takes place again.")


def _mode(context: Context, args: Namespace) -> int:
    scheduling = context.studio.scheduling
    session = scheduling.switch_mode(context.actor, SessionId(args.session), args.mode, version=args.if_version)

    def sentence(detail: SessionDetail, clock: Any) -> str:
        return f"{named(detail, clock)}, is {args.mode.label}. {detail.why}"

    return tell_change(context, session.id, sentence)


def _start(context: Context, session: Session, text: str) -> datetime:
    """A typed start; a time alone is on the day of the session."""
    clock = zone(context.site.zone)
    return parse_instant(text, clock, context.now, day=to_wall(session.starts_at, clock).date())


def _end(context: Context, args: Namespace, starts_at: datetime) -> datetime | None:
    """The end that was typed, as a time or as a length; None if neither was."""
    if args.minutes is not None:
        length: timedelta = args.minutes
        return starts_at + length
    if args.until is None:
        return None
    return parse_end(args.until, starts_at, context.zone, context.now)


def _given(value: Any, otherwise: Any) -> Any:
    return otherwise if value is None else value
