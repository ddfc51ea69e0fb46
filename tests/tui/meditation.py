"""The session of the drawer's tests: Meditation on Saturday at 10:00, its clients in every state there is."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

from textual.pilot import Pilot

from studio_tui.domain.agenda import SessionDetail
from studio_tui.domain.delivery import Delivery, DeliveryState, HeldReason
from studio_tui.domain.sessions import Session
from studio_tui.storage.types import to_ms
from studio_tui.tui.screens.calendar import CalendarScreen
from studio_tui.tui.widgets.session_drawer import SessionDrawer
from studio_tui.usecases.catalogue import ServiceDraft
from tests.builders import HOUR, a_link
from tests.tui.aurora import SATURDAY, Aurora
from tests.tui.settling import on_screen, settled

HOSTILE = "\x1b]52;c;aGVsbG8=\x07 [red]x [/] [@click=app.quit]y"
"""A name that would write to the clipboard, break markup, or quit the program."""

_FIRST = a_link("first", password="tulip", description="The waiting room opens at ten to.")


def meditation(aurora: Aurora, **draft: Any) -> Session:
    """The session, online by the default account, led by Luca, with nobody in it."""
    aurora.clock.set(SATURDAY - timedelta(minutes=20))
    if not aurora.conferencing.accounts(aurora.owner, aurora.rome.id).default.account:
        aurora.connect()
    defaults: dict[str, Any] = {"staff_id": aurora.desk.id, "room": "Studio 2"}
    session = aurora.put(5, "10:00", **defaults | draft)
    aurora.clock.set(SATURDAY)
    return session


def busy(aurora: Aurora, **service: Any) -> Session:
    """The session with one client for each thing that can become of a notice, and a link typed by hand."""
    aurora.furnish(("busy", *service.items()), lambda: _make_busy(aurora, service))
    with aurora.database.reading() as unit:
        return unit.sessions.between(aurora.rome.id, SATURDAY, SATURDAY + HOUR)[0]


def _make_busy(aurora: Aurora, service: dict[str, Any]) -> None:
    session = meditation(aurora)
    if service:
        stored = aurora.named("Meditation")
        draft = ServiceDraft(id=stored.id, site_id=stored.site_id, name=stored.name, mode=stored.mode, **service)
        aurora.catalogue.save_service(aurora.owner, draft)
    told = aurora.client("Alice Rossi", email="alice@clients.example", push_topic="alice-topic")
    refused = aurora.client("Chiara Neri", email="chiara@clients.example")
    homeless = aurora.client("Davide Riva", email="")
    late = aurora.client("Emma Villa", email="emma@clients.example")
    gone = aurora.client("Fabio Serra", email="fabio@clients.example")
    for client in (told, refused, homeless, late):
        aurora.book(session, client)
    aurora.booking.cancel(aurora.owner, aurora.book(session, gone).id)
    aurora.linking.type_link(aurora.owner, session.id, _FIRST, version=None)
    sent_at = to_ms(session.starts_at - timedelta(minutes=2))
    detail = aurora.calendar.detail(session.id)
    digest = detail.entry.link.link.digest if detail.entry.link.link is not None else None
    for delivery in of(aurora, session, "Alice Rossi"):
        aurora.set_delivery(delivery.id, DeliveryState.SENT, sent_at=sent_at, link_digest=digest)
    (failed,) = of(aurora, session, "Chiara Neri")
    aurora.set_delivery(failed.id, DeliveryState.FAILED, last_code=550, last_text="5.1.1 no such user here")
    (held,) = of(aurora, session, "Davide Riva")
    aurora.set_delivery(held.id, DeliveryState.HELD, reason=HeldReason.NO_ADDRESS.value)


def of(aurora: Aurora, session: Session, name: str) -> list[Delivery]:
    """The deliveries of a client in the session."""
    detail = aurora.calendar.detail(session.id)
    bookings = {line.booking_id for line in detail.clients if line.name == name}
    return [delivery for delivery in aurora.deliveries(session) if delivery.booking_id in bookings]


def detail_of(aurora: Aurora, session: Session) -> SessionDetail:
    """All about the session, as it is stored now."""
    return aurora.calendar.detail(session.id)


@asynccontextmanager
async def drawer_of(
    aurora: Aurora, session: Session, *, size: tuple[int, int] = (80, 24), **options: Any
) -> AsyncIterator[Pilot[None]]:
    """The program with the session's drawer open and in focus."""
    async with aurora.app(**options).run_test(size=size) as pilot:
        await settled(pilot)
        calendar = pilot.app.screen
        assert isinstance(calendar, CalendarScreen)
        calendar.open_session(session.id)
        await settled(pilot)
        yield pilot


def drawer(pilot: Pilot[None]) -> SessionDrawer:
    """The drawer, wherever the focus is."""
    return pilot.app.screen_stack[0].query_one(SessionDrawer)


def in_drawer(pilot: Pilot[None]) -> str:
    """The words in the drawer, in one line however they are wrapped."""
    region = drawer(pilot).content_region
    lines = [line.ljust(region.right)[region.x : region.right] for line in on_screen(pilot).splitlines()]
    return " ".join(" ".join(lines[region.y : region.bottom]).split())


def toasts(pilot: Pilot[None]) -> Sequence[str]:
    """What was told, oldest first."""
    return [notification.message for notification in pilot.app._notifications]
