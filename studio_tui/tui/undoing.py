"""Undo and redo with a key: what is said of it, what is offered to clients who were told, and the list of edits."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from studio_tui.domain.edit_words import told_words
from studio_tui.domain.edits import EditStands, EditState
from studio_tui.domain.errors import StudioError
from studio_tui.domain.language import _, ngettext
from studio_tui.domain.spelling import grouped
from studio_tui.tui.desk import AtDesk, Desk
from studio_tui.tui.wording import clock_text, named

if TYPE_CHECKING:
    from studio_tui.domain.edits import Edit, Told, Turned
    from studio_tui.domain.sessions import SessionId

_LISTED = 15


async def turn_edit(place: AtDesk, changed: Callable[[], None], *, undo: bool) -> None:
    """Undo or redo the person's next edit and say what was done; an edit that stands can be left for the one before it.

    Args:
        place: The screen that has the focus; it says and asks everything.
        changed: Called after the write: what is on the screens is read anew.
        undo: False redoes.
    """
    if under_way := place.in_hand():
        place.app.notify(under_way, severity="warning", markup=False)
        return
    try:
        await _turn(place, changed, undo=undo)
    except StudioError as error:
        place.failed(error)


async def _turn(place: AtDesk, changed: Callable[[], None], *, undo: bool) -> None:
    actor, desk = place.desk.actor, place.desk
    try:
        turned = await desk.run(lambda studio: studio.history.undo(actor) if undo else studio.history.redo(actor))
    except EditStands as stands:
        await _ask_to_leave(place, stands)
        return
    except StudioError as error:
        place.app.notify(str(error), severity="warning", markup=False)
        return
    changed()
    words = _("{what}. U does it again.") if undo else _("{what}. u takes it back.")
    place.tell(words.format(what=hidden(desk, turned.sentence, turned.edit.names)))
    for sentence in (*turned.kept, *told_lines(desk, turned.told)):
        place.app.notify(sentence, severity="warning", timeout=15, markup=False)
    await place.show_touched(turned.sessions)
    await _offer_correction(place, turned)


async def _ask_to_leave(place: AtDesk, stands: EditStands) -> None:
    """Say why an edit stands, and let it be on request, so that the next key comes to the one before it."""
    from studio_tui.tui.screens.dialogs import Confirm

    desk, actor, edit = place.desk, place.desk.actor, stands.edit
    undo = stands.verb == "undone"
    words = _("“{what}” cannot be undone") if undo else _("“{what}” cannot be redone")
    question = hidden(desk, words.format(what=edit.what), stands.names)
    reason = hidden(desk, stands.reason, stands.names)
    dialog = Confirm(
        desk,
        question=question,
        consequences=[
            f"{reason[:1].upper()}{reason[1:]}",
            "",
            _("Skip it, so that u comes to the edit before it?")
            if undo
            else _("Skip it, so that U comes to the edit after it?"),
        ],
        act=_("Skip it"),
    )
    if await place.app.push_screen_wait(dialog):
        await desk.run(lambda studio: studio.history.set_aside(actor, edit.id))
        turns = await desk.run(lambda studio: studio.history.peek(actor))
        following = turns.undo if undo else turns.redo
        if following is None:
            place.tell(
                _("It was skipped. There is nothing more to undo.")
                if undo
                else _("It was skipped. There is nothing more to redo.")
            )
        else:
            words = _("It was skipped. u comes to: {what}.") if undo else _("It was skipped. U comes to: {what}.")
            place.tell(words.format(what=hidden(desk, following.what, following.names)))


_TELLS_START = ("notice", "booked", "reminder", "attendance", "link")


async def _offer_correction(place: AtDesk, turned: Turned) -> None:
    """Offer to tell the clients who were sent something since that it no longer holds."""
    from studio_tui.domain.announcements import CHANGES, AnnouncementKind, SessionNews
    from studio_tui.tui.screens.tell_clients import offer_to_tell

    changes = {kind.value for kind in CHANGES}
    corrected: set[SessionId] = {each.session_id for each in turned.told if each.kind in changes}
    noticed = {
        each.session_id: each.start
        for each in turned.told
        if each.kind in _TELLS_START and each.session_id not in corrected
    }
    if corrected:
        news = [SessionNews(session_id) for session_id in sorted(corrected)]
        if came := await offer_to_tell(place, AnnouncementKind.CORRECTED, news):
            place.tell(came)
    if noticed:
        news = [SessionNews(session_id, was_at=start) for session_id, start in sorted(noticed.items())]
        if came := await offer_to_tell(place, AnnouncementKind.MOVED, news):
            place.tell(came)


async def newest_edit(place: AtDesk) -> Edit | None:
    """The person's newest edit, without its rows; None before the first one."""
    actor = place.desk.actor
    return next(iter(await place.desk.run(lambda studio: studio.history.recent(actor, limit=1))), None)


async def tell_newest(place: AtDesk, *, but: Edit | None = None) -> None:
    """Say what the person's newest edit did, if it is another one than `but`."""
    edit = await newest_edit(place)
    if edit is not None and (but is None or edit.id != but.id):
        what = hidden(place.desk, edit.what, edit.names)
        place.tell(_("{what}. u undoes it.").format(what=f"{what[:1].upper()}{what[1:]}"))


async def show_edits(place: AtDesk) -> None:
    """Show the person's recent edits, and which of them the keys come to next."""
    from studio_tui.tui.screens.dialogs import Show

    actor, desk = place.desk.actor, place.desk
    edits = await desk.run(lambda studio: studio.history.recent(actor, limit=_LISTED))
    lines = list(edit_lines(desk, edits)) or [_("You have changed nothing yet.")]
    await place.app.push_screen_wait(Show(desk, title=_("Your recent edits, newest first"), lines=lines))


def edit_lines(desk: Desk, edits: Iterable[Edit]) -> Iterator[str]:
    """One line for each edit; the one that undo or redo comes to next has its key in front."""
    edits = list(edits)
    undo = next((edit.id for edit in edits if edit.state is EditState.DONE), None)
    redo = next((edit.id for edit in reversed(edits) if edit.state is EditState.UNDONE), None)
    today = desk.wall(desk.now()).date()
    for edit in edits:
        key = "u" if edit.id == undo else "U" if edit.id == redo else " "
        state = f" ({_('undone')})" if edit.state is EditState.UNDONE else ""
        when = clock_text(desk.wall(edit.made_at), today)
        yield f"{key}  {when}  {hidden(desk, edit.what, edit.names)}{state}"


def told_lines(desk: Desk, told: Iterable[Told]) -> Iterator[str]:
    """What clients were sent meanwhile: an undo cannot take it back."""
    for each in told:
        names = named([desk.client(name) for name in each.names])
        what = told_words(each.kind, each.start, desk.zone)
        words = ngettext(
            "{session}: {n} client was {told}: {names}.",
            "{session}: {n} clients were {told}: {names}.",
            len(each.names),
        )
        yield words.format(session=each.session, n=grouped(len(each.names)), told=what, names=names)


def hidden(desk: Desk, text: str, names: Iterable[str]) -> str:
    """The text with clients' names as they may be shown."""
    for name in names:
        text = text.replace(name, desk.client(name))
    return text
