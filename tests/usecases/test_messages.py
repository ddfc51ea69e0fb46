"""Which kinds of messages go out, for a site and for its services."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from studio_tui.domain.errors import InvalidInput, NotAllowed, NotFound, StaleVersion
from studio_tui.domain.message_rules import ServiceRules, SiteRules, SwitchEffect
from studio_tui.domain.messages import DeliveryKind, MessageKind
from studio_tui.domain.people import SiteId
from studio_tui.domain.sessions import Session
from tests.builders import HOUR, SmallStudio

REMINDER, NOTICE = MessageKind.REMINDER, MessageKind.NOTICE


@pytest.fixture(autouse=True)
def every_kind_goes_out(small: SmallStudio) -> None:
    small.switch_messages()


def on(small: SmallStudio, kind: MessageKind, *, of_yoga: bool = False) -> bool:
    service_id = small.yoga.id if of_yoga else None
    lines = small.studio.messages.settings(None, small.rome.id, service_id).lines
    return next(line.on for line in lines if line.kind is kind)


def waiting_of(small: SmallStudio, session: Session) -> set[DeliveryKind]:
    """Kinds that the plan makes wait; what confirms a booking is made by the act."""
    return {each.kind for each in small.deliveries(session) if each.state.waiting} - {DeliveryKind.BOOKED}


def test_every_kind_goes_out_until_somebody_says_otherwise(small: SmallStudio) -> None:
    assert all(line.on for line in small.studio.messages.settings(None, small.rome.id).lines)


def test_a_service_speaks_before_its_site_and_leaves_it_to_the_site_again(small: SmallStudio) -> None:
    messages, site_id, yoga = small.studio.messages, small.rome.id, small.yoga.id
    messages.switch(small.owner, site_id, None, REMINDER, False)
    assert not on(small, REMINDER, of_yoga=True)
    messages.switch(small.desk, site_id, yoga, REMINDER, True)
    assert on(small, REMINDER, of_yoga=True)
    assert not on(small, REMINDER)
    messages.switch(small.desk, site_id, yoga, REMINDER, None)
    assert not on(small, REMINDER, of_yoga=True)


def test_a_switch_is_undone_and_done_again(small: SmallStudio) -> None:
    small.studio.messages.switch(small.owner, small.rome.id, None, REMINDER, False)
    small.studio.history.undo(small.owner)
    assert on(small, REMINDER)
    small.studio.history.redo(small.owner)
    assert not on(small, REMINDER)


def test_what_waits_is_stopped_and_counted_and_comes_back(small: SmallStudio) -> None:
    session = small.session(starts_at=small.clock() + 48 * HOUR)
    for name in ("Ada Neri", "Ugo Riva"):
        client = small.client(name, email=f"{name[:3]}@clients.example", email_verified=True)
        small.book(session, client)
    messages, site_id = small.studio.messages, small.rome.id
    off = SwitchEffect(stopped=2, clients=2)
    assert messages.foresee(small.owner, site_id, None, REMINDER, False) == off
    assert messages.switch(small.owner, site_id, None, REMINDER, False) == off
    assert messages.foresee(small.owner, site_id, None, REMINDER, True) == SwitchEffect(planned=2)
    assert waiting_of(small, session) == {DeliveryKind.NOTICE}
    small.studio.history.undo(small.owner)
    assert waiting_of(small, session) == {DeliveryKind.NOTICE, DeliveryKind.REMINDER}


def test_of_a_service_that_says_its_own_a_site_switches_nothing(small: SmallStudio) -> None:
    session = small.session(starts_at=small.clock() + 48 * HOUR)
    small.book(session, small.client("Ada Neri", email="ada@clients.example", email_verified=True))
    messages, site_id = small.studio.messages, small.rome.id
    messages.switch(small.desk, site_id, small.yoga.id, REMINDER, True)
    assert messages.switch(small.owner, site_id, None, REMINDER, False) == SwitchEffect()
    assert DeliveryKind.REMINDER in waiting_of(small, session)
    assert messages.switch(small.desk, site_id, small.yoga.id, REMINDER, None).stopped == 1


def test_a_reminder_whose_time_has_passed_is_skipped_when_it_is_switched_on(small: SmallStudio) -> None:
    messages, site_id = small.studio.messages, small.rome.id
    messages.switch(small.owner, site_id, None, REMINDER, False)
    session = small.session(starts_at=small.clock() + 2 * HOUR)
    small.book(session, small.client("Ada Neri", email="ada@clients.example", email_verified=True))
    assert messages.switch(small.owner, site_id, None, REMINDER, True) == SwitchEffect()
    assert waiting_of(small, session) == {DeliveryKind.NOTICE}


def test_of_a_session_under_way_the_access_links_go_out_at_once(small: SmallStudio) -> None:
    messages, site_id = small.studio.messages, small.rome.id
    session = small.session(starts_at=small.clock() + HOUR)
    small.book(session, small.client("Ada Neri", email="ada@clients.example"))
    messages.switch(small.owner, site_id, None, NOTICE, False)
    assert DeliveryKind.NOTICE not in waiting_of(small, session)
    small.clock.advance(HOUR + timedelta(minutes=10))
    assert messages.switch(small.owner, site_id, None, NOTICE, True) == SwitchEffect(planned=1, at_once=1)


def test_a_longer_lead_moves_the_reminders_that_wait(small: SmallStudio) -> None:
    session = small.session(starts_at=small.clock() + 96 * HOUR)
    small.book(session, small.client("Ada Neri", email="ada@clients.example", email_verified=True))
    rules = replace(SiteRules.of(small.rome), reminder_lead=72 * HOUR)
    small.studio.messages.set_rules(small.owner, small.rome.id, rules)
    assert [each.due_at for each in small.deliveries(session) if each.kind is DeliveryKind.REMINDER] == [
        session.starts_at - 72 * HOUR
    ]
    kept = ServiceRules(reminder_lead=48 * HOUR, free_cancellation=24 * HOUR)
    small.studio.messages.set_service_rules(small.desk, small.yoga.id, kept)
    due = {each.kind: each.due_at for each in small.deliveries(session) if each.kind in waiting_of(small, session)}
    assert due == {
        DeliveryKind.NOTICE: session.starts_at,
        DeliveryKind.REMINDER: session.starts_at - 48 * HOUR,
        DeliveryKind.ATTENDANCE: session.starts_at - 25.5 * HOUR,
    }


def test_a_switch_that_is_only_foreseen_changes_nothing(small: SmallStudio) -> None:
    before = small.studio.messages.settings(None, small.rome.id)
    small.studio.messages.foresee(small.owner, small.rome.id, None, REMINDER, False)
    small.studio.messages.foresee(small.owner, small.rome.id, small.yoga.id, REMINDER, False)
    assert small.studio.messages.settings(None, small.rome.id) == before


def test_the_front_desk_switches_services_and_the_owner_the_site(small: SmallStudio) -> None:
    with pytest.raises(NotAllowed, match="ask the owner"):
        small.studio.messages.switch(small.desk, small.rome.id, None, REMINDER, False)
    with pytest.raises(NotAllowed):
        small.studio.messages.foresee(small.desk, small.rome.id, None, REMINDER, False)
    with pytest.raises(NotAllowed):
        small.studio.messages.switch(small.teacher, small.rome.id, small.yoga.id, REMINDER, False)


def test_a_site_has_its_own_services_only(small: SmallStudio) -> None:
    other = small.catalogue.add_site(small.owner, "milan", "Milan", "Europe/Rome", "it")
    with pytest.raises(NotFound, match="Milan has no service"):
        small.studio.messages.settings(None, other.id, small.yoga.id)
    with pytest.raises(NotFound):
        small.studio.messages.settings(None, SiteId(99))


def test_what_somebody_else_switched_meanwhile_is_told(small: SmallStudio) -> None:
    version = small.rome.change.version
    small.studio.messages.switch(small.owner, small.rome.id, None, REMINDER, False)
    with pytest.raises(StaleVersion):
        small.studio.messages.switch(small.owner, small.rome.id, None, NOTICE, False, version=version)


def test_the_rules_of_a_site_are_kept_checked_and_undone(small: SmallStudio) -> None:
    rules = SiteRules(
        reminder_lead=2 * HOUR, reply_to=" Desk@Studio.EXAMPLE ", hide_links_in_mails=True, hide_links_in_area=True
    )
    saved = small.studio.messages.set_rules(small.owner, small.rome.id, rules)
    assert SiteRules.of(saved) == replace(rules, reply_to="Desk@studio.example")
    small.studio.history.undo(small.owner)
    site = small.studio.messages.settings(None, small.rome.id).site
    assert SiteRules.of(site) == SiteRules.of(small.rome)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"reply_to": "at home"}, "reply_to"), ({"reminder_lead": timedelta(0)}, "reminder_lead")],
)
def test_rules_that_cannot_be_are_refused_at_their_field(
    small: SmallStudio, wrong: dict[str, object], field: str
) -> None:
    rules = replace(SiteRules.of(small.rome), **wrong)  # type: ignore[arg-type]
    with pytest.raises(InvalidInput) as refused:
        small.studio.messages.set_rules(small.owner, small.rome.id, rules)
    assert refused.value.field == field


def test_the_rules_of_a_service_are_kept_and_outlive_its_form(small: SmallStudio) -> None:
    rules = ServiceRules(reminder_lead=3 * HOUR, free_cancellation=12 * HOUR)
    saved = small.studio.messages.set_service_rules(small.desk, small.yoga.id, rules)
    assert ServiceRules.of(saved) == rules
    with pytest.raises(InvalidInput):
        small.studio.messages.set_service_rules(small.desk, small.yoga.id, replace(rules, free_cancellation=-HOUR))
    with pytest.raises(StaleVersion):
        small.studio.messages.set_service_rules(
            small.desk, small.yoga.id, ServiceRules(reminder_lead=None, free_cancellation=None), version=1
        )
