"""`--scope` of the verbs that change a session: this one, those that follow in its series too, or all."""

from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING

from studio_tui.cli.context import Context
from studio_tui.cli.exits import Exit
from studio_tui.cli.parsing import Parser
from studio_tui.cli.series_documents import of_preview
from studio_tui.cli.telling import tell_all
from studio_tui.domain.announcements import by_kind
from studio_tui.domain.series import Scope
from studio_tui.domain.series_words import preview_lines

if TYPE_CHECKING:
    from studio_tui.domain.series_words import SeriesPreview, SeriesResult
    from studio_tui.domain.sessions import Session
    from studio_tui.usecases.scheduling import SessionEdit


def add_scope(verb: Parser, *, dry_run: bool = True) -> None:
    """Add --scope, and --dry-run where the verb has none yet."""
    verb.add_argument(
        "--scope",
        choices=[scope.value for scope in Scope],
        default=Scope.THIS.value,
        help="of a series: this session (default), this and following ones, or all that have not begun",
    )
    if dry_run:
        verb.add_argument("--dry-run", action="store_true", help="only say what it would do")


def beyond_this(args: Namespace) -> bool:
    """Whether the command reaches further than one session."""
    return Scope(args.scope) is not Scope.THIS


def edit_series(context: Context, args: Namespace, session: Session, edit: SessionEdit) -> int:
    """Carry the edit of a session out in the scope that was asked for, or only tell it."""
    desk, scope = context.studio.series, Scope(args.scope)
    preview = desk.preview_edit(context.actor, session.id, edit, scope)
    if args.dry_run:
        return tell_preview(context, preview, None, saved=False)
    result = desk.edit(context.actor, session.id, edit, scope, version=args.if_version)
    return tell_result(context, args, preview, result)


def cancel_series(context: Context, args: Namespace, session: Session, scope: Scope) -> int:
    """Cancel a session in that scope, or only tell what it would do."""
    desk = context.studio.series
    preview = desk.preview_cancel(context.actor, session.id, scope)
    if args.dry_run:
        return tell_preview(context, preview, None, saved=False)
    result = desk.cancel(context.actor, session.id, scope, version=getattr(args, "if_version", None))
    return tell_result(context, args, preview, result)


def tell_result(context: Context, args: Namespace, preview: SeriesPreview, result: SeriesResult) -> int:
    """Say what was done, and tell the clients if --tell was given."""
    if getattr(args, "tell", False):
        tell_all(context, by_kind(result.news))
    return tell_preview(context, preview, None if result.series is None else result.series.id, saved=True)


def tell_preview(context: Context, preview: SeriesPreview, series_id: int | None, *, saved: bool) -> int:
    """Print what an edit does, in sentences or as JSON."""
    lines = preview_lines(preview, context.zone)
    context.out.give(
        of_preview(preview, context.zone, saved=saved, series_id=series_id),
        [*lines, *([] if saved else ["Nothing was changed."])],
    )
    return Exit.OK
