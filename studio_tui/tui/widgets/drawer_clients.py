"""The clients of a session: who has a place, and what became of each one's notice on each channel (SPEC N11)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.content import Content
from textual.widgets.option_list import Option

from studio_tui.domain.channel_words import answer_words
from studio_tui.domain.delivery import Delivery, DeliveryState
from studio_tui.domain.language import N_, _
from studio_tui.domain.terminal import pad, safe_display
from studio_tui.domain.zones import to_wall
from studio_tui.tui.dates import spelt
from studio_tui.tui.signs import in_ascii, state_sign
from studio_tui.tui.widgets.row_list import RowList
from studio_tui.tui.wording import clock_text

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from studio_tui.domain.agenda import ClientLine, NewsLine
    from studio_tui.tui.desk import Desk

WAYS = (N_("mail"), N_("push"))
_CELLS = 9
_CELL_WORDS = {
    DeliveryState.SENDING: N_("{sign} now"),
    DeliveryState.SENT: N_("{sign} sent"),
    DeliveryState.FAILED: N_("{sign} failed"),
    DeliveryState.HELD: N_("{sign} held"),
    DeliveryState.EXPIRED: N_("{sign} late"),
    DeliveryState.CANCELLED: N_("{sign} off"),
    DeliveryState.SKIPPED: N_("{sign} unsent"),
}
"""States in short: a column has room for six letters beside the sign."""
_NAME_FROM = 2


class ClientList(RowList):
    """The clients, one row each, with what went wrong below. Keeps its cursor on the same client."""

    DEFAULT_CSS = """
    ClientList { height: 1fr; min-height: 3; }
    """

    def __init__(self, desk: Desk) -> None:
        super().__init__(id="drawer-clients")
        self._desk = desk
        self._clients: tuple[ClientLine, ...] = ()
        self._shown: list[Content] = []

    @property
    def chosen(self) -> ClientLine | None:
        """The client under the cursor."""
        if self.highlighted is None or self.highlighted >= len(self._clients):
            return None
        return self._clients[self.highlighted]

    def show(self, lines: Sequence[ClientLine]) -> None:
        """Show these clients; the cursor stays on its client, or where it was if that one has gone."""
        chosen, at = self.chosen, self.highlighted
        self._clients = tuple(lines)
        self._draw(chosen.booking_id if chosen is not None else None, at)

    def choose(self, client_id: int) -> None:
        """Put the cursor on a client."""
        for index, line in enumerate(self._clients):
            if line.client_id == client_id:
                self.highlighted = index

    def redraw(self) -> None:
        """Write the same clients again: names were hidden or shown, or there is more room."""
        self.show(self._clients)

    def on_resize(self) -> None:
        self.redraw()

    def _draw(self, booking_id: int | None, at: int | None) -> None:
        width = self.scrollable_content_region.width
        rows = [client_row(line, width, self._desk) for line in self._clients]
        if not rows:
            rows = [Content(_("Nobody has a place yet. b: book a client")).stylize("dim")]
        if rows == self._shown:
            return
        self._shown = rows
        self.clear_options()
        self.add_options([Option(row, disabled=not self._clients) for row in rows])
        if self._clients:
            stays = next((i for i, line in enumerate(self._clients) if line.booking_id == booking_id), None)
            self.highlighted = stays if stays is not None else min(at or 0, len(self._clients) - 1)


def columns() -> tuple[tuple[str, int], ...]:
    """The ways to a client, with the cells of each one's column."""
    return tuple((_(name), _CELLS) for name in WAYS)


def client_row(line: ClientLine, width: int, desk: Desk) -> Content:
    """A client's row: sign, name, and a cell for each channel; below, what a person should read about them."""
    name = safe_display(desk.client(line.name))
    room = max(4, width - _NAME_FROM - sum(cells for _name, cells in columns()))
    style = "" if line.active else "dim strike"
    parts = [Content.styled(f"{_sign(line)} ", _sign_style(line)), Content.styled(pad(name, room), style)]
    for delivery, (_name, cells) in zip((line.email, line.push), columns(), strict=True):
        parts.append(Content.styled(pad(f" {delivery_cell(delivery, desk)}", cells), delivery_style(delivery)))
    below = [Content.styled(f"\n  {sentence}", style) for sentence, style in _remarks(line, desk)]
    row = Content("").join([*parts, *below])
    return Content(in_ascii(row.plain), spans=list(row.spans)) if desk.ascii else row


def delivery_cell(delivery: Delivery | None, desk: Desk, clock: ZoneInfo | None = None) -> str:
    """A delivery in eight cells: its sign, and when it went or goes out, or the state in a word.

    `clock` is the zone of its session's site, where that is not the one on the screen.
    """
    if delivery is None:
        return "–"
    sign = state_sign(delivery)
    if delivery.state is DeliveryState.SENT and delivery.sent_at is not None:
        return f"{sign} {_short_time(delivery, clock or desk.zone)}"
    if delivery.state in (DeliveryState.READY, DeliveryState.CLAIMED):
        return f"{sign} {_short_time(delivery, clock or desk.zone)}"
    return _(_CELL_WORDS[delivery.state]).format(sign=sign)


def delivery_style(delivery: Delivery | None) -> str:
    """How a delivery's cell stands out: by trouble first, then by success."""
    if delivery is None:
        return "dim"
    if delivery.state.stuck:
        return "$text-error"
    return "$text-success" if delivery.state is DeliveryState.SENT else "dim"


def delivery_why(delivery: Delivery) -> str:
    """What the server or the program said about a delivery, for where its state is told already; empty if nothing."""
    said = answer_words(delivery.last_code, delivery.last_text)
    match delivery.state:
        case DeliveryState.HELD | DeliveryState.SKIPPED:
            return _(delivery.reason) or said
        case DeliveryState.FAILED:
            return said
        case DeliveryState.EXPIRED:
            return said or _(delivery.reason)
        case _ if delivery.attempt and delivery.state.waiting:
            return _("to be tried again after: {answer}").format(answer=said)
        case _ if delivery.came_back:
            return said
    return ""


def delivery_remark(delivery: Delivery) -> str:
    """A delivery's state with what was said about it, where there is something to read (SPEC N11); else empty."""
    why = delivery_why(delivery)
    match delivery.state:
        case DeliveryState.HELD | DeliveryState.SKIPPED:
            return f"{delivery.state.label}: {why}"
        case DeliveryState.FAILED:
            return why or _("failed without an answer")
        case DeliveryState.EXPIRED:
            return _("expired: {why}").format(why=why) if why else _("expired")
    return why


def news_words(news: NewsLine, desk: Desk) -> str:
    """What a client was told of a change, and what became of it: `moved: mail ✓ 09:58, push ! 404 no such topic`."""
    said = []
    for delivery in news.deliveries:
        remark = delivery_remark(delivery)
        sign = state_sign(delivery)
        gone = delivery.state in (DeliveryState.SENT, DeliveryState.READY, DeliveryState.CLAIMED)
        cell = f"{sign} {when_text(delivery, desk)}" if gone else delivery_cell(delivery, desk)
        cell = f"{sign} {safe_display(remark)}" if remark else cell
        said.append(f"{_(delivery.channel.way)} {cell}")
    return f"{news.what}: {', '.join(said)}"


def _short_time(delivery: Delivery, clock: ZoneInfo) -> str:
    wall = to_wall(delivery.sent_at if delivery.sent_at is not None else delivery.due_at, clock)
    if wall.date() == to_wall(delivery.announces, clock).date():
        return f"{wall:%H:%M}"
    return spelt(wall, "%-d %b")


def _remarks(line: ClientLine, desk: Desk) -> list[tuple[str, str]]:
    """Sentences below a client's row, each with its style."""
    found = []
    for delivery in (line.email, line.push):
        remark = delivery_remark(delivery) if delivery is not None and line.active else ""
        if delivery is not None and remark:
            text = f"{_(delivery.channel.way)} {safe_display(remark)}"
            found.append((text, "$text-error" if delivery.state.stuck else "dim"))
    if line.news is not None:
        loud = any(delivery.state.stuck for delivery in line.news.deliveries)
        found.append((news_words(line.news, desk), "$text-error" if loud else "dim"))
    if line.push_trouble and line.active:
        found.append(
            (_("push is switched off: {answer}").format(answer=safe_display(line.push_trouble)), "$text-warning")
        )
    if line.old_link:
        found.append((_("was sent a link that has changed since"), "$text-warning"))
    return found


def _sign(line: ClientLine) -> str:
    if not line.active:
        return "×"
    states = [d.state for d in line.messages]
    for state, sign in ((DeliveryState.FAILED, "!"), (DeliveryState.HELD, "‖")):
        if state in states:
            return sign
    if line.old_link:
        return "↻"
    notices = [d.state for d in (line.email, line.push) if d is not None]
    return "✓" if DeliveryState.SENT in notices else " "


def _sign_style(line: ClientLine) -> str:
    return {"!": "$text-error bold", "‖": "$text-error bold", "↻": "$text-warning bold"}.get(_sign(line), "")


def when_text(delivery: Delivery, desk: Desk, clock: ZoneInfo | None = None) -> str:
    """When a delivery went or goes out, in full; `clock` is the zone of another site than the one on the screen."""
    instant = delivery.sent_at if delivery.sent_at is not None else delivery.due_at
    clock = clock or desk.zone
    return clock_text(to_wall(instant, clock), to_wall(desk.now(), clock).date())
