"""What clients were told of a change, in the drawer and on the client's card (SPEC N11)."""

from __future__ import annotations

from datetime import timedelta

from studio_tui.domain.announcements import AnnouncementKind, SessionNews
from studio_tui.domain.delivery import DeliveryState
from studio_tui.domain.sessions import Session
from studio_tui.storage.types import to_ms
from tests.tui.aurora import Aurora
from tests.tui.settling import on_screen, press, settled


def told(aurora: Aurora) -> Session:
    """A session whose clients were told of a move: one by mail and push, one whose server refused, one not yet."""
    session = aurora.put(6, "10:00")
    for name, draft in (
        ("Alice Rossi", {"email_verified": True, "push_topic": "alice"}),
        ("Bruno Conti", {"email_verified": True}),
        ("Chiara Neri", {}),
    ):
        aurora.book(session, aurora.client(name, **draft))
    aurora.scheduling.move(aurora.desk, session.id, session.starts_at + timedelta(hours=1), version=None)
    aurora.announcing.announce(aurora.desk, AnnouncementKind.MOVED, [SessionNews(session.id, session.starts_at)])
    mail, _, refused, *_ = [row for row in aurora.deliveries(session) if row.announcement_id is not None]
    aurora.set_delivery(mail.id, DeliveryState.SENT, sent_at=to_ms(aurora.clock()))
    aurora.set_delivery(refused.id, DeliveryState.FAILED, last_code=550, last_text="no such user")
    return session


async def test_each_clients_line_says_what_they_were_told_and_what_became_of_it(aurora: Aurora) -> None:
    told(aurora)
    async with aurora.app().run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await press(pilot, "tab", "enter")
        shown = on_screen(pilot)
        assert "moved: mail ✓ 09:41, push · 09:41" in shown
        assert "moved: mail ! 550 no such user" in " ".join(shown.split())
        assert "held: address not verified" in " ".join(shown.split())


async def test_the_card_shows_it_and_a_refused_one_is_tried_again_from_there(aurora: Aurora) -> None:
    session = told(aurora)
    async with aurora.app().run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await press(pilot, "tab", "enter")
        await press(pilot, "down", "enter")
        said = on_screen(pilot)
        assert "Bruno Conti" in said
        assert "! Mail (moved) failed" in said
        assert "550 no such user" in said
        await press(pilot, "F")
    [row] = [row for row in aurora.deliveries(session) if row.last_code == 550]
    assert row.state is DeliveryState.READY
