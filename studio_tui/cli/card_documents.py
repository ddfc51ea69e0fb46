"""What `--json` prints of what was found and of a client's card; the same promise as that of `documents`."""

from __future__ import annotations

from typing import TypedDict

from studio_tui.cli.documents import ClientDocument, DeliveryDocument


class FoundSessionDocument(TypedDict):
    """A session that was found; `client`: whom it was found through."""

    id: int
    site_id: int
    title: str
    staff: str | None
    room: str | None
    starts_at: str
    ends_at: str
    booked: int
    capacity: int
    cancelled: bool
    client: str | None


class FoundClientDocument(TypedDict):
    """A client who was found; `next`: the next session that they have a place in."""

    id: int
    name: str
    email: str | None
    phone: str | None
    next: FoundSessionDocument | None


class FoundThingDocument(TypedDict):
    """A staff member, service, course, room (whose id is null) or conference account; `next`: its next or last session."""

    kind: str
    id: int | None
    name: str
    note: str
    site_id: int | None
    active: bool
    next: FoundSessionDocument | None


class FoundDocument(TypedDict):
    """All that was found."""

    clients: list[FoundClientDocument]
    things: list[FoundThingDocument]
    sessions: list[FoundSessionDocument]


class CardBookingDocument(TypedDict):
    """A client's booking with every message about it."""

    booking_id: int
    session_id: int
    site: str
    title: str
    staff: str | None
    room: str | None
    starts_at: str
    ends_at: str
    active: bool
    takes_place: bool
    old_link: bool
    messages: list[DeliveryDocument]


class ClientCardDocument(ClientDocument):
    """A client with bookings: those to come by start, the latest that are over newest first, and how many those are in all."""

    upcoming: list[CardBookingDocument]
    past: list[CardBookingDocument]
    past_bookings: int
