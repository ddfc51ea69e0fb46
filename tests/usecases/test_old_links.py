"""Clients who hold an old link, wherever at a site (SPEC L8)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from studio_tui.domain.delivery import Delivery, DeliveryState
from studio_tui.domain.errors import NotPossible
from studio_tui.domain.messages import DeliveryKind, MessageKind, MessageSwitches
from studio_tui.domain.outbox import OutboxAct
from studio_tui.domain.people import Author
from studio_tui.storage.unit_of_work import UnitOfWork
from studio_tui.usecases.planning import bring_into_line
from tests.builders import HOUR, MINUTE, NOW, SmallStudio, a_link

TEN = NOW + HOUR


def with_old_links(small: SmallStudio) -> None:
    """Ada and Zoe of one session and Bo of another hold the old link of the default account; Cleo elsewhere her own."""
    small.connect()
    small.connect(small.london)
    first = small.session(starts_at=TEN)
    second = small.session(starts_at=TEN, staff_id=small.substitute.id)
    for name, session in (("Zoe", first), ("Ada", first), ("Bo", second)):
        small.book(session, small.client(name))
    small.book(small.session(small.barre, starts_at=TEN), small.client("Cleo"))
    small.clock.set(TEN)
    small.send_due()
    small.connect(room="new")


def names(small: SmallStudio, *args: object) -> list[str]:
    return [h.client for h in small.studio.old_links.holders(small.owner, small.rome.id, *args)]  # type: ignore[arg-type]


def test_L8_holders_are_listed_for_the_whole_site_or_for_what_one_person_leads(small_anywhere: SmallStudio) -> None:
    small = small_anywhere
    with_old_links(small)

    assert names(small) == ["Ada", "Zoe", "Bo"]
    assert names(small, small.substitute.id) == ["Bo"]
    [bo] = small.studio.old_links.holders(small.owner, small.rome.id, small.substitute.id)
    assert (bo.title, bo.leader, bo.starts_at, bo.sent_at, bo.ready) == ("Yoga flow", "Marco Bruno", TEN, TEN, True)


def test_L8_an_instructor_is_told_of_the_sessions_they_lead(small: SmallStudio) -> None:
    with_old_links(small)

    assert [h.client for h in small.studio.old_links.holders(small.substitute, small.rome.id)] == ["Bo"]


def test_L8_the_correction_goes_to_exactly_those_once(small: SmallStudio) -> None:
    with_old_links(small)
    old_links = small.studio.old_links

    assert old_links.correct(small.owner, small.rome.id) == 3
    assert {h.on_its_way for h in old_links.holders(small.owner, small.rome.id)} == {True}
    with pytest.raises(NotPossible, match="Nobody is to be corrected"):
        old_links.correct(small.owner, small.rome.id)
    assert len(small.send_due()) == 3
    assert names(small) == []


def test_L8_only_those_who_were_looked_at_are_corrected(small: SmallStudio) -> None:
    with_old_links(small)
    ada, *_ = small.studio.old_links.holders(small.owner, small.rome.id)

    assert small.studio.old_links.correct(small.owner, small.rome.id, only={ada.booking_id}) == 1

    small.send_due()
    assert names(small) == ["Zoe", "Bo"]


def test_L8_without_a_new_link_there_is_nothing_to_send_yet(small: SmallStudio) -> None:
    with_old_links(small)
    small.conferencing.disconnect(small.owner, small.rome.id, None)

    holders = small.studio.old_links.holders(small.owner, small.rome.id)

    assert [h.to_correct for h in holders] == [False] * 3
    with pytest.raises(NotPossible):
        small.studio.old_links.correct(small.owner, small.rome.id)


def test_L8_who_left_what_is_over_cancelled_or_in_person_holds_no_old_link(small: SmallStudio) -> None:
    with_old_links(small)
    first, second = sorted({h.session_id for h in small.studio.old_links.holders(small.owner, small.rome.id)})
    ada = small.studio.old_links.holders(small.owner, small.rome.id)[0]
    small.booking.cancel(small.owner, ada.booking_id)
    small.scheduling.cancel(small.owner, second, version=None)

    assert names(small) == ["Zoe"]
    small.clock.set(TEN + HOUR)
    assert names(small) == []
    assert first != second


def test_L8_what_is_planned_or_failed_is_nothing_that_a_client_holds(small: SmallStudio) -> None:
    small.connect()
    session = small.session(starts_at=TEN)
    small.book(session)
    [planned] = small.deliveries(session)
    small.set_delivery(planned.id, DeliveryState.FAILED)
    small.connect(room="new")

    assert names(small) == []


def test_L9_one_link_in_two_sessions_is_listed_once_each_from_the_earlier_one(small: SmallStudio) -> None:
    small.connect()
    first = small.session(starts_at=TEN)
    second = small.session(starts_at=TEN + HOUR, staff_id=small.substitute.id)
    small.session(starts_at=TEN + 5 * HOUR)
    apart = small.session(small.barre, starts_at=TEN)
    small.linking.type_link(small.owner, apart.id, a_link("alone"), version=None)

    clashes = small.studio.clashing.of_links(small.owner, small.rome.id)

    assert [(c.session.id, c.other.id) for c in clashes if c.other is not None] == [(first.id, second.id)]
    assert [len(small.studio.clashing.of_links(who, small.rome.id)) for who in (small.teacher, small.londoner)] == [
        1,
        0,
    ]
    assert small.studio.clashing.of_links(small.owner, small.rome.id, 30 * MINUTE) == ()


def links(small: SmallStudio) -> list[Delivery]:
    sessions = {h.session_id for h in small.studio.old_links.holders(small.owner, small.rome.id)}
    rows = [row for session_id in sorted(sessions) for row in small.notifying.deliveries(session_id)]
    return [row for row in rows if row.kind is DeliveryKind.LINK]


def switch_off(small: SmallStudio, kind: MessageKind) -> None:
    def work(unit: UnitOfWork) -> None:
        yoga = unit.services.get(small.yoga.id)
        author = Author("Paola Greco", small.clock())
        unit.services.save_messages(replace(yoga, messages=MessageSwitches().saying(kind, False)), None, author)

    small.resources.write(work)


def test_L8_the_correction_is_a_message_of_its_own_kind(small_anywhere: SmallStudio) -> None:
    small = small_anywhere
    with_old_links(small)
    assert links(small) == [], "never by itself"

    small.studio.old_links.correct(small.owner, small.rome.id)

    rows = links(small)
    assert {(row.state, row.manual, row.due_at) for row in rows} == {(DeliveryState.READY, True, small.clock())}
    assert all(row.key.startswith(f"link:{row.session_id}:g{row.generation}:{row.booking_id}:email:") for row in rows)
    line = small.studio.outbox.line(small.owner, rows[0].id)
    assert (line.kind, replace(line, stuck="").why) == (MessageKind.LINK, "for whoever holds an old link")
    assert not small.notifying.reconcile(repair=False).differing, "the plan leaves it alone"


def test_L8_a_correction_waits_for_a_link_and_ends_with_its_place_or_its_session(small: SmallStudio) -> None:
    with_old_links(small)
    ada, zoe, bo = small.studio.old_links.holders(small.owner, small.rome.id)
    small.studio.old_links.correct(small.owner, small.rome.id)
    rows = {row.booking_id: row.id for row in links(small)}
    small.booking.cancel(small.owner, ada.booking_id)
    small.scheduling.cancel(small.owner, bo.session_id, version=None)
    with small.database.reading() as unit:
        states = {booking: unit.outbox.get(row).state for booking, row in rows.items()}
    assert states == {
        ada.booking_id: DeliveryState.CANCELLED,
        zoe.booking_id: DeliveryState.READY,
        bo.booking_id: DeliveryState.CANCELLED,
    }
    small.scheduling.move(small.owner, zoe.session_id, TEN + 2 * HOUR, version=None)
    with small.database.reading() as unit:
        assert unit.outbox.get(rows[zoe.booking_id]).state is DeliveryState.CANCELLED, "the new notice has the new link"


def test_L8_where_such_messages_are_switched_off_nobody_is_corrected_and_it_says_so(small: SmallStudio) -> None:
    with_old_links(small)
    small.studio.old_links.correct(small.owner, small.rome.id)
    switch_off(small, MessageKind.LINK)
    sessions = {h.session_id for h in small.studio.old_links.holders(small.owner, small.rome.id)}
    small.resources.write(lambda unit: bring_into_line(unit, sessions, small.clock()))
    assert {row.state for row in links(small)} == {DeliveryState.CANCELLED}

    holders = small.studio.old_links.holders(small.owner, small.rome.id)
    assert {(h.switched_off, h.to_correct) for h in holders} == {(True, False)}
    with pytest.raises(NotPossible, match="switched off"):
        small.studio.old_links.correct(small.owner, small.rome.id)
    report = small.studio.outbox.act(small.owner, [links(small)[0].id], OutboxAct.RESEND)
    assert "“link changed” are switched off for Yoga flow" in str(report.refused[0][1])


def test_L8_a_correction_that_failed_is_tried_or_sent_again_as_one(small: SmallStudio) -> None:
    with_old_links(small)
    ada, *_ = small.studio.old_links.holders(small.owner, small.rome.id)
    small.studio.old_links.correct(small.owner, small.rome.id, only={ada.booking_id})
    [row] = links(small)
    small.set_delivery(row.id, DeliveryState.FAILED)
    assert small.studio.outbox.act(small.owner, [row.id], OutboxAct.RETRY).done
    small.set_delivery(row.id, DeliveryState.SENT, sent_at=0)
    assert small.studio.outbox.act(small.owner, [row.id], OutboxAct.RESEND).done
    assert [each.kind for each in small.notifying.deliveries(ada.session_id)][-1] is DeliveryKind.LINK
