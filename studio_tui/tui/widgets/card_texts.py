"""The words of a client's card."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from studio_tui.domain.channel_words import answer_words
from studio_tui.domain.delivery import Channel, Delivery, DeliveryState, Way
from studio_tui.domain.language import _
from studio_tui.domain.messages import CARRY_LINK, DeliveryKind, MessageKind, message_kind
from studio_tui.domain.push_addresses import NAMES
from studio_tui.domain.spelling import grouped
from studio_tui.domain.terminal import clip, pad, safe_display
from studio_tui.domain.zones import to_wall, zone
from studio_tui.tui.dates import spelt
from studio_tui.tui.nouns import counted_bookings
from studio_tui.tui.signs import state_sign
from studio_tui.tui.widgets.drawer_clients import WAYS, delivery_cell, delivery_style, delivery_why, when_text
from studio_tui.tui.wording import clock_text

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from studio_tui.domain.client_card import CardBooking, ClientCard
    from studio_tui.domain.people import Client
    from studio_tui.tui.desk import Desk

_WHEN, _CELL, _SIDE = 18, 9, 2
_STAFF, _ROOM = 14, 14
_WIDE = 100
_MOST_TITLE = 44


def title(card: ClientCard, desk: Desk) -> str:
    """The client's name, and how often they come."""
    coming = sum(line.booking.active for line in card.upcoming)
    told = _("{bookings} to come, {past} past").format(
        bookings=counted_bookings(coming), past=grouped(card.past_bookings)
    )
    return f"{safe_display(desk.client(card.client.name))} · {told}"


def facts(card: ClientCard, desk: Desk) -> list[str]:
    """How to reach the client, and where they come next."""
    client = card.client
    if client.email is None:
        email = _("no address: mails are held")
    else:
        words = _("{address}, verified") if client.email_verified else _("{address}, not verified")
        email = words.format(address=desk.client(client.email))
    phone = _("phone {number}").format(number=desk.client(client.phone)) if client.phone else _("no phone")
    push = _push_words(client)
    reach = safe_display(f"{email} · {phone} · {client.language} · {push}")
    off = (
        [
            safe_display(
                _("! Push: the server said {answer} · e: new address, t: test").format(answer=client.push_trouble)
            )
        ]
        if client.push_trouble
        else []
    )
    back = [safe_display(_("! Mail came back: {trouble} · e: mend the address").format(trouble=client.mail_trouble))]
    unwanted = ", ".join(kind.label for kind in MessageKind if kind in client.refuses)
    refused = [_("Does not want: {kinds}").format(kinds=unwanted)] if unwanted else []
    nearest = _("Next: {session}").format(session=next_words(card, desk))
    return [reach, *(back if client.mail_trouble else []), *off, *refused, nearest]


def _push_words(client: Client) -> str:
    if not client.push_topic:
        return _("no push")
    if client.push_channel is Channel.PUSH:
        return _("push switched off") if client.push_trouble else _("push")
    words = _("push by {service} switched off") if client.push_trouble else _("push by {service}")
    return words.format(service=NAMES[client.push_channel])


def next_words(card: ClientCard, desk: Desk) -> str:
    """The next session in words."""
    line = card.next
    if line is None:
        return _("nothing booked")
    parts = [f"{when_words(line, desk)} {line.title}", _elsewhere(line, desk), line.staff, line.room]
    return safe_display(" · ".join(part for part in parts if part))


def when_words(line: CardBooking, desk: Desk) -> str:
    """The start by the clock of the session's site, with the year if it is another one."""
    wall = to_wall(line.starts_at, _clock(line))
    if wall.year == desk.wall(desk.now()).year:
        return f"{spelt(wall, '%a')} {wall.day:>2} {spelt(wall, '%b %H:%M')}"
    return spelt(wall, "%-d %b %Y %H:%M")


def columns_row(name: str, width: int, *, columns: bool = True) -> Content:
    """A heading, with the names of the columns that end at the right edge."""
    names = "".join(pad(f" {_(name)}", _CELL) for name in WAYS) if columns else ""
    return Content(pad(name, _used(width) - len(names)) + names).stylize("dim")


def booking_row(line: CardBooking, width: int, desk: Desk) -> Content:
    """A booking in one line: sign, when, what, who leads, where, and what became of its notices."""
    wide = width >= _WIDE
    elsewhere = f" · {_elsewhere(line, desk)}" if _elsewhere(line, desk) else ""
    state = "" if line.takes_place else f" · {_('session cancelled')}"
    name = safe_display(f"{line.title}{elsewhere}{state}")
    side = f"{pad(safe_display(line.staff), _STAFF)}{pad(safe_display(line.room), _ROOM) if wide else ''}"
    room = max(8, _used(width) - _SIDE - _WHEN - len(side) - 2 * _CELL)
    style = "" if line.booking.active and line.takes_place else "dim strike"
    cells = [(f" {delivery_cell(newest(line, way), desk, _clock(line))}", newest(line, way)) for way in Way]
    sign = _sign(line)
    return Content.assemble(
        (f"{sign} ", "$text-error bold" if sign in "!‖" else ""),
        (pad(when_words(line, desk), _WHEN), style),
        (pad(clip(name, room - 1), room), style),
        (side, "dim"),
        *((pad(text, _CELL), delivery_style(delivery)) for text, delivery in cells),
    )


def panel_heading(line: CardBooking, desk: Desk) -> str:
    """Which booking the panel is about."""
    elsewhere = f" · {_elsewhere(line, desk)}" if _elsewhere(line, desk) else ""
    return safe_display(f"{line.title}, {when_words(line, desk)}{elsewhere}")


def told_lines(line: CardBooking, desk: Desk) -> list[str]:
    """When it was booked, and all that was sent about it or will be, with the server's answer (SPEC N11)."""
    clock = _clock(line)
    today = to_wall(desk.now(), clock).date()
    booked = clock_text(to_wall(line.booking.booked_at, clock), today)
    if line.booking.active:
        words, cancelled = _("Booked {when}"), ""
    elif line.booking.cancelled_at is None:
        words, cancelled = _("Booked {when}, cancelled"), ""
    else:
        words = _("Booked {when}, cancelled {cancelled}")
        cancelled = clock_text(to_wall(line.booking.cancelled_at, clock), today)
    lines = [words.format(when=booked, cancelled=cancelled)]
    if not line.deliveries:
        lines.append(_("Nothing is planned or was sent.") if line.online else _("In person: there is no link to send."))
    lines += [safe_display(_told(line, delivery, desk)) for delivery in reversed(line.deliveries)]
    if line.old_link:
        lines.append(_("↻ Was sent a link that has changed since: R sends the one of now."))
    return lines


def to_retry(line: CardBooking) -> list[Delivery]:
    """Messages that failed or are held."""
    return [d for d in line.deliveries if d.state.stuck]


def waiting(line: CardBooking) -> list[Delivery]:
    """Messages that may still go out by themselves."""
    return [d for d in line.deliveries if d.state.waiting]


def newest(line: CardBooking, way: Way) -> Delivery | None:
    """The newest message of a way; one that was cancelled does not hide one that was sent."""
    shown: Delivery | None = None
    for delivery in line.notices:
        hides = shown is None or shown.state is not DeliveryState.SENT or delivery.state is not DeliveryState.CANCELLED
        if delivery.channel.way is way and hides:
            shown = delivery
    return shown


def _told(line: CardBooking, delivery: Delivery, desk: Desk) -> str:
    when, what = when_text(delivery, desk, _clock(line)), delivery.state.label
    if delivery.state is DeliveryState.SENT:
        what = _("sent {when}").format(when=when)
    elif delivery.state in (DeliveryState.READY, DeliveryState.CLAIMED):
        what = _("planned for {when}").format(when=when)
    mailed = delivery.channel.way is Way.MAIL and delivery.recipient is not None
    if mailed:
        what = _("{what} to {address}").format(what=what, address=desk.client(delivery.recipient or ""))
    news = line.news.get(delivery.announcement_id or 0, "")
    if delivery.kind not in (DeliveryKind.NOTICE, DeliveryKind.NEWS):
        news = message_kind(delivery.kind).label
    again = f", {_('asked for by hand')}" if delivery.manual and delivery.kind is DeliveryKind.NOTICE else ""
    said = answer_words(delivery.last_code, delivery.last_text)
    why = delivery_why(delivery) or said
    told = f": {why}" if why else ""
    about = f" ({news})" if news else ""
    return f"{state_sign(delivery)} {_(delivery.channel.way).capitalize()}{about} {what}{again}{told}"


def _sign(line: CardBooking) -> str:
    if not line.booking.active:
        return "×"
    states = [found.state for way in Way if (found := newest(line, way)) is not None]
    states += [delivery.state for delivery in line.deliveries if delivery.kind not in CARRY_LINK]
    for state, sign in ((DeliveryState.FAILED, "!"), (DeliveryState.HELD, "‖")):
        if state in states:
            return sign
    if line.old_link:
        return "↻"
    return "✓" if any(delivery.state is DeliveryState.SENT for delivery in line.notices) else " "


def _clock(line: CardBooking) -> ZoneInfo:
    """The zone of the session's site: all that is told of a session is by one clock."""
    return zone(line.site.zone)


def _elsewhere(line: CardBooking, desk: Desk) -> str:
    """The session's site if it is not the one on the screen, else empty."""
    return "" if line.site.id == desk.site.id else line.site.name


def _used(width: int) -> int:
    """On a wide screen the columns stay together."""
    return min(width, _SIDE + _WHEN + _MOST_TITLE + _STAFF + _ROOM + 2 * _CELL)
