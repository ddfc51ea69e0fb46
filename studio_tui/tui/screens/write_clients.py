"""Writing to the clients of sessions by hand: a subject, a text, and before it is sent how it will look and who gets it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from textual import work
from textual.binding import Binding

from studio_tui.domain.errors import NotPossible
from studio_tui.domain.language import N_, _, ngettext
from studio_tui.domain.writing import BODY_LIMIT, SUBJECT_LIMIT, left_out, went_words, why_nobody
from studio_tui.tui.desk import AtDesk, Desk
from studio_tui.tui.screens.form import Form
from studio_tui.tui.screens.letter_question import LetterQuestion, may_reach_others
from studio_tui.tui.widgets.form_rows import FormRow, NotesRow, TextRow, within
from studio_tui.tui.wording import named

if TYPE_CHECKING:
    from studio_tui.domain.changes import ChangeRow
    from studio_tui.domain.sessions import SessionId
    from studio_tui.domain.writing import Readers
    from studio_tui.usecases.writing import WritePreview

_NEAR_THE_LIMIT = 500
_NO_WAY_BACK = N_("What was sent cannot be taken back: u does not undo it.")


async def write_to_clients(place: AtDesk, session_ids: Sequence[SessionId], about: str) -> str:
    """Ask what to write to the clients of sessions, show it, send it, and say what came of it; empty if it was given up.

    Args:
        place: The screen that asks.
        session_ids: Whose clients are written to.
        about: What these sessions are called.

    Raises:
        StudioError: Nobody can be written to, for this reason.
    """
    actor, desk = place.desk.actor, place.desk
    readers = await desk.run(lambda studio: studio.writing.readers(actor, session_ids))
    if reason := why_nobody(readers):
        raise NotPossible(reason)
    return await place.app.push_screen_wait(WriteClients(desk, session_ids, about, readers)) or ""


class WriteClients(Form[tuple[str, str], str]):
    """Asks for subject and text; answers what sending came to. Nothing typed is lost while it is not sent."""

    HELP_TITLE = "Write to the clients"
    act = N_("Show and send")
    DEFAULT_CSS = """
    WriteClients {
        NotesRow Paragraph { height: 9; }
        &.-low NotesRow Paragraph { height: 7; }
    }
    """

    def __init__(self, desk: Desk, session_ids: Sequence[SessionId], about: str, readers: Readers) -> None:
        """Make the form. `readers`: who would get the message."""
        super().__init__(desk, self._show_and_send)
        self.heading = _("Write to the clients of {about}").format(about=about)
        self._session_ids, self._readers = tuple(session_ids), readers

    async def rows(self) -> Sequence[FormRow[Any]]:
        self._foretell_readers()
        return [
            TextRow("subject", "Subject", "", lambda text: within(SUBJECT_LIMIT, "subject", text)),
            NotesRow("text", "Text", "", _text_note),
        ]

    def read(self) -> tuple[str, str]:
        return self.text("subject"), self.text("text")

    def privacy_changed(self) -> None:
        self._foretell_readers()

    def studio_changed(self, changes: Sequence[ChangeRow]) -> None:
        """Say who would get it now: others book and cancel while somebody types."""
        super().studio_changed(changes)
        if may_reach_others(changes):
            self._read_readers()

    @work(exit_on_error=False, exclusive=True, group="readers")
    async def _read_readers(self) -> None:
        actor, ids = self.desk.actor, self._session_ids
        self._readers = await self.desk.run(lambda studio: studio.writing.readers(actor, ids))
        self._foretell_readers()

    def _foretell_readers(self) -> None:
        nobody = why_nobody(self._readers)
        self.foretell(f"! {nobody}" if nobody else "\n".join(readers_lines(self._readers, self.desk)))

    async def _show_and_send(self, letter: tuple[str, str]) -> str:
        """Show the mail as it will look, and send it if that is wished; else the form stays as it is."""
        actor, ids, (subject, text) = self.desk.actor, self._session_ids, letter
        preview = await self.desk.run(lambda studio: studio.writing.preview(actor, ids, subject, text))
        if not await self.app.push_screen_wait(SendLetter(self.desk, ids, letter, preview)):
            raise NotPossible(_("Nothing was sent: the text is still here."))
        wrote = await self.desk.run(lambda studio: studio.writing.send(actor, ids, subject, text))
        return went_words(wrote.readers)


class SendLetter(LetterQuestion):
    """Asks whether to send a message that somebody wrote."""

    HELP_TITLE = "Send it?"
    BINDINGS: ClassVar = [
        Binding("y", "answer(True)", "Send it", id="write.yes", tooltip="Send the message to these clients, at once"),
        Binding("n", "answer(False)", "Not yet", id="write.no", tooltip="Go back to the text, send nothing"),
    ]

    def __init__(
        self, desk: Desk, session_ids: Sequence[SessionId], letter: tuple[str, str], preview: WritePreview
    ) -> None:
        """Make the question. `letter`: subject and text as they were typed."""
        super().__init__(desk, subject=preview.subject, text=preview.text)
        self._about, self._typed, self._readers = tuple(session_ids), letter, preview.readers

    async def look_again(self) -> tuple[str, str] | None:
        actor, ids, (subject, text) = self.desk.actor, self._about, self._typed
        readers = await self.desk.run(lambda studio: studio.writing.readers(actor, ids))
        if why_nobody(readers):
            return None
        preview = await self.desk.run(lambda studio: studio.writing.preview(actor, ids, subject, text))
        self._readers = preview.readers
        return preview.subject, preview.text

    def question(self) -> str:
        count = self._readers.reach.clients
        return ngettext("Send it to {count} client?", "Send it to {count} clients?", count).format(count=count)

    def reach(self) -> list[str]:
        return [*readers_lines(self._readers, self.desk), _(_NO_WAY_BACK)]


def readers_lines(readers: Readers, desk: Desk) -> list[str]:
    """Who gets a message, over which ways, and who does not, for the screen."""
    reach = readers.reach
    ways = [_("{count} by mail").format(count=reach.by_mail)] if reach.by_mail else []
    ways += [_("{count} by push").format(count=reach.by_push)] if reach.by_push else []
    clients = ngettext("{count} client", "{count} clients", reach.clients).format(count=reach.clients)
    told = " · ".join(ways) or _("nobody can be reached now, so it is held")
    return [f"{clients}: {told}", *left_out(readers, lambda names: named([desk.client(name) for name in names]))]


def _text_note(text: str) -> str | None:
    """How much of the text's room is left, when that is little.

    Raises:
        TooLong: There is none.
    """
    within(BODY_LIMIT, "text", text.replace("\n", " "))
    left = BODY_LIMIT - len(text.strip())
    return _("{left} characters left.").format(left=left) if left < _NEAR_THE_LIMIT else None
