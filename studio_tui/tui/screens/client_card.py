"""A client's card: how to reach them, what they have booked, and every word that a server said (SPEC N11)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.widgets import Static

from studio_tui.domain.client_card import CardBooking
from studio_tui.domain.errors import NotPossible
from studio_tui.domain.language import _
from studio_tui.tui.desk import Desk
from studio_tui.tui.going import Visit
from studio_tui.tui.screens.card_acts import CardActs
from studio_tui.tui.screens.list_screen import Line
from studio_tui.tui.widgets import card_texts as texts

if TYPE_CHECKING:
    from studio_tui.domain.people import ClientId
    from studio_tui.domain.sessions import SessionId

_PAST = 50
_UPCOMING_LINE, _PAST_LINE = "upcoming", "past"


class ClientCard(CardActs):
    """A client's bookings in lines; the panel says what was sent about the one under the cursor."""

    DEFAULT_CSS = """
    ClientCard #facts { height: auto; padding: 0 1; margin-top: 1; }
    """
    HELP_TITLE = "A client's card"
    BINDINGS: ClassVar = [
        Binding("enter", "go", "To the session", id="card.go", tooltip="Show the session in the calendar"),
        Binding("b", "book", "Book", id="card.book", tooltip="Book the client into a session"),
        Binding(
            "d,delete", "cancel_booking", "Cancel booking", id="card.cancel_booking", tooltip="Take the place back"
        ),
        Binding("e", "edit", "Edit", id="card.edit", tooltip="Edit name and addresses"),
        Binding("R", "resend", "Send again", id="card.resend", tooltip="Send this session's notice again"),
        Binding(
            "t",
            "test_push",
            "Test push",
            id="card.test_push",
            show=False,
            tooltip="Send a test message to the client's phone",
        ),
        Binding("F", "retry", "Retry", id="card.retry", tooltip="Try what failed or is held again"),
        Binding("s", "stop", "Do not send", id="card.stop", tooltip="Do not send what waits"),
        Binding("O", "outbox", "Outbox", id="card.outbox", show=False, tooltip="All that was ever sent to the client"),
        Binding("o", "older", "Older", id="card.older", tooltip="Show older bookings too"),
    ]
    topics = ("client", "booking", "session", "outbox", "service", "staff", "account")

    def __init__(self, desk: Desk, client_id: ClientId, *, session_id: SessionId | None = None) -> None:
        """Make the card. `session_id`: the session whose booking the cursor begins at."""
        super().__init__(desk)
        self.client_id = client_id
        self._past = _PAST
        if session_id is not None:
            self.begin_at(str(session_id))

    def compose(self) -> ComposeResult:
        parts = iter(super().compose())
        yield next(parts)
        yield Static("", id="facts", markup=False)
        yield from parts

    # What is shown

    @property
    def when_empty(self) -> str:
        return _("No bookings yet.\nb: book into a session · e: edit")

    def title_now(self) -> str:
        return "" if self.card is None else texts.title(self.card, self.desk)

    async def load(self) -> Sequence[Line[CardBooking]]:
        actor, client_id, past = self.desk.actor, self.client_id, self._past
        self.card = card = await self.desk.run(lambda studio: studio.cards.card(actor, client_id, past=past))
        self._say_who()
        coming = [Line[CardBooking](_UPCOMING_LINE, None)] if card.upcoming else []
        over = [Line[CardBooking](_PAST_LINE, None)] if card.past else []
        return [*coming, *map(_line, card.upcoming), *over, *map(_line, card.past)]

    def row(self, line: Line[CardBooking], width: int) -> Content:
        if line.item is not None:
            return texts.booking_row(line.item, width, self.desk)
        if line.key == _UPCOMING_LINE or self.card is None:
            return texts.columns_row(_("To come"), width)
        shown, all_of_them = len(self.card.past), self.card.past_bookings
        words = _("Past · {shown} of {total}, o: older") if shown < all_of_them else _("Past")
        title = words.format(shown=shown, total=all_of_them)
        return texts.columns_row(title, width, columns=not self.card.upcoming)

    def panel(self, item: CardBooking) -> tuple[str, str]:
        return texts.panel_heading(item, self.desk), "\n".join(texts.told_lines(item, self.desk))

    def show_panel(self) -> None:
        super().show_panel()
        self.refresh_bindings()

    def privacy_changed(self) -> None:
        """Hide or show who it is."""
        self._say_who()
        self.show_panel()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer only what can be done with the booking under the cursor now."""
        item = self.chosen if self.card is not None and self.query("#list") else None
        match action:
            case "retry":
                return item is not None and bool(texts.to_retry(item))
            case "stop":
                return item is not None and bool(texts.waiting(item))
            case "resend" | "cancel_booking":
                return item is not None and item.booking.active
            case "test_push":
                return self.card is not None and bool(self.card.client.push_topic)
            case "go":
                return item is not None
            case "older":
                return self.card is not None and len(self.card.past) < self.card.past_bookings
        return True

    # Where to

    def enter(self) -> None:
        self.action_go()

    def action_go(self) -> None:
        """Show the session in the calendar."""
        if self.chosen is None:
            raise NotPossible(_("No booking is chosen. Enter shows the session of the one under the cursor."))
        self.post_message(Visit(self.chosen.session_id, self.chosen.site.id, self.chosen.starts_at))

    def action_outbox(self) -> None:
        """Show every message that went or goes to the client."""
        from studio_tui.tui.screens.outbox import OutboxScreen

        if self.card is not None:
            self.app.push_screen(OutboxScreen(self.desk, client=self.card.client))

    @work(exit_on_error=False, exclusive=True, group="load")
    async def action_older(self) -> None:
        """Read older bookings too."""
        self._past += 4 * _PAST
        await self.read_again()

    def _say_who(self) -> None:
        if self.card is not None:
            self._say("#title", self.title_now())
            self._say("#facts", "\n".join(texts.facts(self.card, self.desk)))


def _line(item: CardBooking) -> Line[CardBooking]:
    return Line(str(item.session_id), item)
