"""How a message is written in the outbox: in one line, and in the panel below the list."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from textual.content import Content

from studio_tui.domain.delivery import DeliveryState, HeldReason
from studio_tui.domain.language import ENGLISH, N_, _, screens_language
from studio_tui.domain.messages import MessageKind
from studio_tui.domain.outbox import WAYS, OutboxLine
from studio_tui.domain.terminal import cell_width, clip, pad, safe_display
from studio_tui.domain.zones import to_wall, zone
from studio_tui.tui.dates import spelt
from studio_tui.tui.marks import ASCII_MARKED, MARKED
from studio_tui.tui.signs import in_ascii, line_sign

if TYPE_CHECKING:
    from datetime import datetime

    from studio_tui.tui.desk import Desk

_SIGNS = 3
_WIDE, _WIDEST = 96, 112
_COLUMNS: Mapping[str, int] = {
    N_("due"): 13,
    N_("client"): 20,
    N_("kind"): 18,
    N_("way"): 5,
    N_("state"): 10,
    N_("session"): 20,
}
_LAST = N_("the server's answer")
_STYLES = {
    DeliveryState.SENT: "$text-success",
    DeliveryState.FAILED: "$text-error",
    DeliveryState.HELD: "$text-warning",
    DeliveryState.SENDING: "$text-accent",
}


def columns_of(width: int) -> tuple[tuple[str, int], ...]:
    """The columns that fit, each with its width; the last one takes what is left. Facts about the state stay longest."""
    left_out = {"kind", "session"} if width < _WIDE else {"session"} if width < _WIDEST else set()
    kept = [(name, max(cells, _needed(name))) for name, cells in _COLUMNS.items() if name not in left_out]
    return *kept, (_LAST, max(8, width - _SIGNS - sum(cells for _name, cells in kept)))


def _needed(name: str) -> int:
    """The cells that the words of a column need; 0 where they can be anything, and in English, which the widths are for."""
    if screens_language() == ENGLISH:
        return 0
    words = {
        "kind": [kind.label for kind in MessageKind],
        "way": [_(way) for way in WAYS.values()],
        "state": [state.label for state in DeliveryState],
    }
    return max((cell_width(word) + 1 for word in words.get(name, ())), default=0)


def heading(width: int) -> str:
    """The columns' names, each above its column where a heading's line begins with three cells of its own."""
    return "".join(pad(clip(_(name), cells - 1), cells) for name, cells in columns_of(width)).rstrip()


def message_row(line: OutboxLine, width: int, desk: Desk, *, marked: bool) -> Content:
    """A message in exactly so many cells."""
    shown = {
        "due": when_words(line.due_at, line, desk, width=2),
        "client": desk.client(line.client),
        "kind": line.kind.label,
        "way": _(WAYS[line.way]),
        "state": line.state.label,
        "session": line.title,
        _LAST: _(line.why),
    }
    quiet = line.state in (DeliveryState.CANCELLED, DeliveryState.EXPIRED, DeliveryState.SKIPPED)
    style = _STYLES.get(line.state, "dim" if quiet else "")
    mark = (ASCII_MARKED if desk.ascii else MARKED) if marked else " "
    parts: list[str | tuple[str, str]] = [(mark, "$text-accent bold"), (f"{line_sign(line)} ", style)]
    for name, cells in columns_of(width):
        text = pad(clip(safe_display(shown[name]), cells - 1), cells)
        parts.append((text, style if name in ("state", _LAST) else "dim" if quiet else ""))
    row = Content.assemble(*parts)
    return Content(in_ascii(row.plain), spans=list(row.spans)) if desk.ascii else row


_NEXT: Mapping[str, str] = {
    HeldReason.NO_LINK: N_("It leaves by itself once there is one (l in the session's drawer)."),
    HeldReason.NO_ADDRESS: N_("It leaves by itself once the client has one (c, then e)."),
    HeldReason.UNVERIFIED: N_("It leaves by itself once it is verified (c, then e)."),
    HeldReason.BY_HAND: N_("Z lets it go."),
}


def panel_lines(line: OutboxLine, desk: Desk) -> tuple[str, str]:
    """What the panel says: whom and what it is about, and what became of it; every word of the server's."""
    starts = when_words(line.starts_at, line, desk)
    of_site = "" if line.site_id == desk.site.id else f" · {line.site}"
    about = _("{client} · {kind} by {way} · {title}, {starts}").format(
        client=desk.client(line.client), kind=line.kind.label, way=_(WAYS[line.way]), title=line.title, starts=starts
    )
    what = f"{state_words(line, desk)}{f': {_(line.why)}' if line.why else ''}"
    follows = _NEXT.get(line.reason) if line.state is DeliveryState.HELD and not line.past else None
    return safe_display(f"{about}{of_site}"), safe_display(f"{what}. {_(follows)}" if follows else what)


def state_words(line: OutboxLine, desk: Desk) -> str:
    """The state with the time that matters to it."""
    match line.state:
        case DeliveryState.SENT if line.sent_at is not None:
            return _("sent {when}").format(when=when_words(line.sent_at, line, desk))
        case DeliveryState.READY | DeliveryState.CLAIMED if line.due_at <= desk.now():
            return _("due, and not sent yet")
        case DeliveryState.READY | DeliveryState.CLAIMED:
            return _("planned for {when}").format(when=when_words(line.due_at, line, desk))
    return line.state.label


def when_words(instant: datetime, line: OutboxLine, desk: Desk, *, width: int = 1) -> str:
    """An instant by the clock of the message's site: the time alone today, the year if it is another one.

    In a column the day has a `width`, so that the months stand below each other.
    """
    wall, today = to_wall(instant, zone(line.zone)), to_wall(desk.now(), zone(line.zone)).date()
    if wall.date() == today:
        return f"{wall:%H:%M}"
    if wall.year == today.year:
        return f"{wall.day:>{width}} {spelt(wall, '%b %H:%M')}"
    return f"{wall.day:>{width}} {spelt(wall, '%b %Y')}"
