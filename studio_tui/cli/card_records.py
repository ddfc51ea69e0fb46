"""Makes documents and lines of what was found and of a client's card."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from studio_tui.cli import card_documents as d
from studio_tui.cli.message_documents import AreaBookingDocument
from studio_tui.cli.output import facts, table
from studio_tui.cli.records import mail_words, of_client, of_delivery, push_words, refused_words, utc
from studio_tui.cli.session_text import delivery_words
from studio_tui.cli.times import show_instant
from studio_tui.domain.finding import ClientHit, Found, SessionHit, ThingHit
from studio_tui.domain.messages import DeliveryKind, message_kind
from studio_tui.domain.zones import zone

if TYPE_CHECKING:
    from collections.abc import Mapping

    from studio_tui.domain.client_card import CardBooking, ClientCard
    from studio_tui.domain.people import SiteId
    from studio_tui.usecases.client_area import AreaBooking


def of_found(found: Found) -> d.FoundDocument:
    """All that was found."""
    return {
        "clients": [_of_client_hit(hit) for hit in found.clients],
        "things": [_of_thing(hit) for hit in found.things],
        "sessions": [_of_session(hit) for hit in found.sessions],
    }


def of_card(card: ClientCard) -> d.ClientCardDocument:
    """A client with bookings."""
    name = card.client.name
    return {
        **of_client(card.client),
        "upcoming": [_of_booking(line, name) for line in card.upcoming],
        "past": [_of_booking(line, name) for line in card.past],
        "past_bookings": card.past_bookings,
    }


def found_table(found: Found, zones: Mapping[SiteId, str]) -> Iterator[str]:
    """What was found, a line each; times by the clock of each session's site, `zones` by the site's id."""

    def when(hit: SessionHit | None) -> str:
        return "" if hit is None else show_instant(hit.starts_at, zone(zones[hit.site_id]))

    rows: list[tuple[object, ...]] = []
    rows += [("client", hit.id, hit.name, when(hit.next), _reach(hit)) for hit in found.clients]
    rows += [(hit.kind.value, hit.id or "", hit.name, when(hit.next), _note(hit)) for hit in found.things]
    rows += [("session", hit.id, hit.title, when(hit), _about(hit)) for hit in found.sessions]
    return table(("WHAT", "ID", "NAME", "WHEN", "MORE"), rows)


def card_lines(card: ClientCard) -> Iterator[str]:
    """A client, what is booked, and what was sent."""
    client = card.client
    following = card.next
    when = "" if following is None else show_instant(following.starts_at, zone(following.site.zone))
    yield from facts(
        [
            ("Client", f"{client.name} (#{client.id})"),
            ("Mail", mail_words(client)),
            ("Phone", client.phone),
            ("Language", client.language),
            ("Push", push_words(client)),
            ("Refuses", refused_words(client)),
            ("Next", "nothing booked" if following is None else f"{when} {following.title}"),
            ("Past bookings", card.past_bookings),
        ]
    )
    if card.upcoming or card.past:
        yield ""
        yield from booking_table([*card.upcoming, *card.past])


def of_area(place: AreaBooking) -> AreaBookingDocument:
    """A place as a web page may show it, with the link if it is shown."""
    return {
        "booking_id": place.booking_id,
        "session_id": place.session_id,
        "site": place.site.slug,
        "title": place.title,
        "staff": place.leader or None,
        "starts_at": utc(place.starts_at),
        "ends_at": utc(place.ends_at),
        "zone": place.site.zone,
        "link": place.shown.value,
        "join_url": None if place.link is None else place.link.url,
        "password": None if place.link is None else place.link.password,
    }


def area_table(places: Iterable[AreaBooking]) -> Iterator[str]:
    """A client's places without their links; times by the clock of each session's site."""
    rows = [
        (
            *(each.booking_id, each.session_id, show_instant(each.starts_at, zone(each.site.zone)), each.title),
            *(each.leader, each.site.name, each.shown.value),
        )
        for each in places
    ]
    return table(("BOOKING", "SESSION", "WHEN", "TITLE", "STAFF", "SITE", "LINK"), rows)


def booking_table(lines: Iterable[CardBooking]) -> Iterator[str]:
    """A client's bookings, each with its messages; times by the clock of each session's site."""
    rows = [
        (
            line.booking.id,
            line.session_id,
            show_instant(line.starts_at, zone(line.site.zone)),
            line.title,
            line.staff,
            line.site.name,
            _state(line),
            "; ".join(_message_words(line)),
        )
        for line in lines
    ]
    return table(("BOOKING", "SESSION", "WHEN", "TITLE", "STAFF", "SITE", "STATE", "MESSAGES"), rows)


def _state(line: CardBooking) -> str:
    if not line.booking.active:
        return "cancelled"
    return "booked" if line.takes_place else "session cancelled"


def _message_words(line: CardBooking) -> Iterator[str]:
    clock = zone(line.site.zone)
    for delivery in line.deliveries:
        news = line.news.get(delivery.announcement_id or 0, "")
        if delivery.kind not in (DeliveryKind.NOTICE, DeliveryKind.NEWS):
            news = message_kind(delivery.kind).label
        at = f" {show_instant(delivery.sent_at, clock)}" if delivery.sent_at is not None else ""
        yield f"{delivery.channel.way}{f' ({news})' if news else ''} {delivery_words(delivery)}{at}"
    if line.old_link:
        yield "holds an old link"


def _of_booking(line: CardBooking, client: str) -> d.CardBookingDocument:
    return {
        "booking_id": line.booking.id,
        "session_id": line.session_id,
        "site": line.site.slug,
        "title": line.title,
        "staff": line.staff or None,
        "room": line.room or None,
        "starts_at": utc(line.starts_at),
        "ends_at": utc(line.ends_at),
        "active": line.booking.active,
        "takes_place": line.takes_place,
        "old_link": line.old_link,
        "messages": [of_delivery(delivery, client) for delivery in line.deliveries],
    }


def _of_client_hit(hit: ClientHit) -> d.FoundClientDocument:
    following = None if hit.next is None else _of_session(hit.next)
    return {"id": hit.id, "name": hit.name, "email": hit.email, "phone": hit.phone, "next": following}


def _of_thing(hit: ThingHit) -> d.FoundThingDocument:
    return {
        "kind": hit.kind.value,
        "id": hit.id or None,
        "name": hit.name,
        "note": hit.note,
        "site_id": hit.site_id,
        "active": hit.active,
        "next": None if hit.next is None else _of_session(hit.next),
    }


def _of_session(hit: SessionHit) -> d.FoundSessionDocument:
    return {
        "id": hit.id,
        "site_id": hit.site_id,
        "title": hit.title,
        "staff": hit.staff or None,
        "room": hit.room or None,
        "starts_at": utc(hit.starts_at),
        "ends_at": utc(hit.ends_at),
        "booked": hit.booked,
        "capacity": hit.capacity,
        "cancelled": hit.cancelled,
        "client": hit.client or None,
    }


def _reach(hit: ClientHit) -> str:
    return ", ".join(part for part in (hit.email, hit.phone) if part)


def _note(hit: ThingHit) -> str:
    return ", ".join(part for part in (hit.note, "" if hit.active else "not in use any more") if part)


def _about(hit: SessionHit) -> str:
    places = "cancelled" if hit.cancelled else f"{hit.booked}/{hit.capacity}"
    client = f"with {hit.client}" if hit.client else ""
    return ", ".join(part for part in (client, hit.staff, hit.room, places) if part)
