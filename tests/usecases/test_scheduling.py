"""Making, editing, moving, cancelling and switching sessions, with the notices that follow (SPEC M2, M3, N1–N9)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from studio_tui.domain.clashes import ClashKind
from studio_tui.domain.delivery import DeliveryState
from studio_tui.domain.errors import InvalidInput, NotFound, NotPossible
from studio_tui.domain.services import Mode
from studio_tui.domain.sessions import Origin, Session, SessionId, SessionStatus, mode_of, notice_time
from studio_tui.usecases.scheduling import SessionDraft, SessionEdit
from tests.builders import HOUR, MINUTE, NOW, SmallStudio, a_link
from tests.usecases.support import assert_sound, contents

TEN = NOW + HOUR
FIELDS = ("starts_at", "ends_at", "staff_id", "room", "title", "capacity", "details")


def edit_of(session: Session, **fields: Any) -> SessionEdit:
    return SessionEdit(**{name: getattr(session, name) for name in FIELDS} | fields)


def waiting(small: SmallStudio, session: Session) -> list[datetime]:
    """When the messages that wait are due."""
    return [d.due_at for d in small.deliveries(session) if d.state is DeliveryState.READY]


# Making


def test_a_session_takes_what_is_not_said_from_its_service(small: SmallStudio) -> None:
    service = small.service("Long and small", capacity=3, duration=90 * MINUTE)
    draft = SessionDraft(site_id=small.rome.id, service_id=service.id, starts_at=TEN)

    session = small.scheduling.create(small.owner, draft)

    assert (session.ends_at, session.capacity, session.origin) == (TEN + 90 * MINUTE, 3, Origin.OCCASIONAL)
    assert (session.mode, session.title, session.details, session.notice_at) == (None, None, None, None)
    assert (session.generation, session.booked, session.change.changed_by) == (1, 0, "Paola Greco")


def test_texts_of_a_session_are_cleaned(small: SmallStudio) -> None:
    session = small.session(title=" Bar\x1b[31mre ", room="Sala\u202e 1\n", details="Line\r\none\x00")

    assert (session.title, session.room) == ("Bar[31mre", "Sala 1")
    assert session.details == "Line\none"


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"ends_at": TEN}, "ends_at"),
        ({"ends_at": TEN + 25 * HOUR}, "ends_at"),
        ({"capacity": 0}, "capacity"),
        ({"title": "x" * 201}, "title"),
        ({"room": "x" * 101}, "room"),
        ({"details": "x" * 4_001}, "details"),
    ],
)
def test_a_session_that_cannot_be_is_refused_at_its_field(
    small: SmallStudio, fields: dict[str, Any], field: str
) -> None:
    before = contents(small.database)

    with pytest.raises(InvalidInput) as refusal:
        small.session(starts_at=TEN, **fields)
    assert refusal.value.field == field
    assert contents(small.database) == before


def test_a_session_of_another_site_s_service_is_refused(small: SmallStudio) -> None:
    with pytest.raises(InvalidInput, match="another site") as refusal:
        small.session(small.barre, site_id=small.rome.id)
    assert refusal.value.field == "service_id"


def test_an_appointment_is_for_one_client(small: SmallStudio) -> None:
    with pytest.raises(InvalidInput, match="one client") as refusal:
        small.session(small.advice, capacity=2)
    assert refusal.value.field == "capacity"

    appointment = small.session(small.advice)
    with pytest.raises(InvalidInput, match="one client"):
        small.scheduling.edit(small.owner, appointment.id, edit_of(appointment, capacity=2), version=None)


def test_whoever_has_left_leads_no_new_session(small: SmallStudio) -> None:
    small.team.change(small.owner, replace(small.substitute, active=False))

    with pytest.raises(InvalidInput, match="no longer works here"):
        small.session(staff_id=small.substitute.id)


def test_M2_a_session_is_made_in_another_mode_only_where_its_service_allows_it(small: SmallStudio) -> None:
    online = small.session(small.pilates, mode=Mode.ONLINE)

    assert mode_of(online, small.pilates) is Mode.ONLINE
    with pytest.raises(NotPossible, match="may not change mode"):
        small.session(small.yoga, mode=Mode.IN_PERSON)


# Editing


def test_an_edit_writes_every_field_of_the_form(small: SmallStudio) -> None:
    session = small.session()
    wanted = SessionEdit(
        starts_at=TEN + HOUR,
        ends_at=TEN + 3 * HOUR,
        staff_id=small.substitute.id,
        room="Loft",
        title="Barre",
        capacity=7,
        details="Bring a mat",
    )

    edited = small.scheduling.edit(small.owner, session.id, wanted, version=session.change.version)

    assert edit_of(edited) == wanted
    assert (edited.change.version, edited.generation) == (2, 2)
    assert small.read(session) == edited


def test_emptied_title_and_details_fall_back_to_the_service_s(small: SmallStudio) -> None:
    session = small.session(title="Barre", details="Own")

    edited = small.scheduling.edit(small.owner, session.id, edit_of(session, title="", details=None), version=None)

    assert (edited.title, edited.details) == (None, None)


def test_an_edit_below_the_booked_places_is_refused(small: SmallStudio) -> None:
    session = small.session()
    small.book(session)
    small.book(session)
    before = contents(small.database)

    with pytest.raises(InvalidInput, match="2 clients are booked"):
        small.scheduling.edit(small.owner, session.id, edit_of(session, capacity=1), version=None)
    assert contents(small.database) == before


def test_an_edit_of_the_end_alone_moves_the_end_of_every_open_message(small: SmallStudio) -> None:
    session = small.session()
    small.book(session)

    small.scheduling.edit(
        small.owner, session.id, edit_of(session, ends_at=session.ends_at + HOUR), version=session.change.version
    )

    assert [d.expires_at for d in small.deliveries(session)] == [session.ends_at + HOUR]
    assert_sound(small)


# Moving


def test_N2_the_example_of_the_specification(small: SmallStudio) -> None:
    """Start 10:00, notice set to 09:30, moved to 11:00: still 09:30. Not set by hand: 11:00."""
    by_hand, automatic = small.session(starts_at=TEN), small.session(starts_at=TEN)
    small.clock.set(TEN - 2 * HOUR)
    small.scheduling.set_notice_time(small.owner, by_hand.id, TEN - 30 * MINUTE, version=None)
    for session in (by_hand, automatic):
        small.book(session)

    moved = [small.scheduling.move(small.owner, s.id, TEN + HOUR, version=None) for s in (by_hand, automatic)]

    assert [notice_time(session) for session in moved] == [TEN - 30 * MINUTE, TEN + HOUR]
    assert [waiting(small, session) for session in moved] == [[TEN - 30 * MINUTE], [TEN + HOUR]]
    followed = small.scheduling.set_notice_time(small.owner, by_hand.id, None, version=None)
    assert notice_time(followed) == TEN + HOUR
    assert waiting(small, followed) == [TEN + HOUR]
    assert_sound(small)


def test_a_move_s_preview_says_what_it_will_do(small: SmallStudio) -> None:
    other = small.session(title="Barre", starts_at=TEN + 3 * HOUR)
    session = small.session(starts_at=TEN)
    small.book(session)

    preview = small.scheduling.preview_move(small.owner, session.id, other.starts_at)

    assert (preview.clients, preview.by_hand, preview.warning) == (1, False, None)
    assert (preview.notice_from, preview.notice_to) == (TEN, other.starts_at)
    assert [(clash.kind, clash.other.title) for clash in preview.clashes if clash.other] == [
        (ClashKind.LEADER, "Barre")
    ]
    assert small.read(session).starts_at == TEN


def test_N9_a_move_that_makes_the_notice_too_late_is_warned_of(small: SmallStudio) -> None:
    session = small.session(starts_at=TEN)
    small.book(session)
    small.scheduling.set_notice_time(small.owner, session.id, TEN + 30 * MINUTE, version=None)

    preview = small.scheduling.preview_move(small.owner, session.id, TEN - 30 * MINUTE)
    moved = small.scheduling.move(small.owner, session.id, TEN - 30 * MINUTE, version=None)

    assert preview.by_hand
    assert preview.warning is not None
    assert moved.notice_at == TEN + 30 * MINUTE
    assert waiting(small, session) == []
    assert_sound(small)


def test_N9_a_notice_time_after_the_end_is_refused(small: SmallStudio) -> None:
    session = small.session(starts_at=TEN)
    before = contents(small.database)

    with pytest.raises(NotPossible, match="before the session's end"):
        small.scheduling.set_notice_time(small.owner, session.id, TEN + HOUR, version=None)
    assert contents(small.database) == before


def test_N5_moved_after_its_notice_was_sent_it_is_sent_again_at_a_later_start_only(small: SmallStudio) -> None:
    small.connect()
    session = small.session(starts_at=TEN)
    small.book(session)
    small.clock.set(TEN)
    assert len(small.send_due()) == 1

    small.scheduling.move(small.owner, session.id, TEN + HOUR, version=None)
    assert waiting(small, session) == [TEN + HOUR]
    small.scheduling.move(small.owner, session.id, TEN, version=None)
    assert waiting(small, session) == []
    small.scheduling.move(small.owner, session.id, TEN + 2 * HOUR, version=None)
    small.clock.set(TEN + 2 * HOUR)
    assert len(small.send_due()) == 1
    assert_sound(small)


def test_N5_a_hand_set_time_that_has_passed_does_not_send_again(small: SmallStudio) -> None:
    small.connect()
    session = small.session(starts_at=TEN)
    small.book(session)
    small.scheduling.set_notice_time(small.owner, session.id, TEN - 30 * MINUTE, version=None)
    small.clock.set(TEN - 30 * MINUTE)
    assert len(small.send_due()) == 1

    small.scheduling.move(small.owner, session.id, TEN + HOUR, version=None)
    small.clock.set(TEN + HOUR)

    assert small.send_due() == []
    assert_sound(small)


def test_a_cancelled_session_cannot_be_moved(small: SmallStudio) -> None:
    session = small.session()
    small.scheduling.cancel(small.owner, session.id, version=None)

    with pytest.raises(NotPossible, match="cancelled"):
        small.scheduling.preview_move(small.owner, session.id, TEN)
    with pytest.raises(NotPossible, match="cancelled"):
        small.scheduling.move(small.owner, session.id, TEN, version=None)


# Cancelling and restoring


def test_N7_a_cancelled_session_sends_nothing_and_a_restored_one_does(small: SmallStudio) -> None:
    small.connect()
    session = small.session(starts_at=TEN)
    small.book(session)

    result = small.scheduling.cancel(small.owner, session.id, version=None)
    assert (result.session.status, result.clients, result.already_told) == (SessionStatus.CANCELLED, 1, 0)
    assert [d.state for d in small.deliveries(session)] == [DeliveryState.CANCELLED]

    restored = small.scheduling.restore(small.owner, session.id, version=None)
    assert (restored.status, restored.booked) == (SessionStatus.ACTIVE, 1)
    small.clock.set(TEN + 5 * MINUTE)
    assert [d.state for d in small.send_due()] == [DeliveryState.SENT]
    assert_sound(small)


def test_cancelling_says_how_many_clients_had_been_told(small: SmallStudio) -> None:
    small.connect()
    session = small.session(starts_at=TEN)
    small.book(session, small.client(push_topic="chiara"))
    small.clock.set(TEN)
    small.send_due()
    small.book(session)

    assert small.scheduling.cancel(small.owner, session.id, version=None).already_told == 1


def test_a_session_is_cancelled_or_restored_once(small: SmallStudio) -> None:
    session = small.session()

    with pytest.raises(NotPossible, match="not cancelled"):
        small.scheduling.restore(small.owner, session.id, version=None)
    small.scheduling.cancel(small.owner, session.id, version=None)
    with pytest.raises(NotPossible, match="cancelled already"):
        small.scheduling.cancel(small.owner, session.id, version=None)


# Modes


def test_M2_an_in_person_session_can_be_held_online_and_back(small: SmallStudio) -> None:
    session = small.session(small.pilates, starts_at=TEN)
    small.book(session)
    assert small.deliveries(session) == []

    small.scheduling.switch_mode(small.owner, session.id, Mode.ONLINE, version=None)
    assert waiting(small, session) == [TEN]
    back = small.scheduling.switch_mode(small.owner, session.id, Mode.IN_PERSON, version=None)
    assert back.mode is None
    assert waiting(small, session) == []
    assert_sound(small)


def test_M2_where_the_service_says_no_switching_is_refused_with_the_reason(small: SmallStudio) -> None:
    session = small.session()
    before = contents(small.database)

    with pytest.raises(NotPossible, match="Yoga flow is online and its sessions may not change mode"):
        small.scheduling.switch_mode(small.owner, session.id, Mode.IN_PERSON, version=None)
    assert contents(small.database) == before


@pytest.mark.parametrize(
    ("now", "due"), [(TEN - MINUTE, [TEN]), (TEN + 20 * MINUTE, [TEN + 20 * MINUTE]), (TEN + HOUR, [])]
)
def test_M3_switched_online_notices_are_planned_as_if_it_had_always_been(
    small: SmallStudio, now: datetime, due: list[datetime]
) -> None:
    session = small.session(small.pilates, starts_at=TEN)
    small.book(session)
    small.clock.set(now)

    small.scheduling.switch_mode(small.owner, session.id, Mode.ONLINE, version=None)

    assert waiting(small, session) == due
    assert_sound(small)


# Everything


def test_a_session_that_does_not_exist_is_not_found(small: SmallStudio) -> None:
    with pytest.raises(NotFound):
        small.scheduling.cancel(small.owner, SessionId(999), version=None)


def test_every_change_of_a_session_is_told_to_other_screens(small: SmallStudio) -> None:
    session = small.session(small.pilates)
    with small.database.reading() as unit:
        last = unit.changes.last_id()

    small.scheduling.move(small.desk, session.id, TEN + HOUR, version=None)
    small.scheduling.set_notice_time(small.desk, session.id, TEN, version=None)
    small.scheduling.switch_mode(small.desk, session.id, Mode.ONLINE, version=None)
    small.linking.type_link(small.desk, session.id, a_link("secret"), version=None)
    small.scheduling.cancel(small.desk, session.id, version=None)

    with small.database.reading() as unit:
        rows = unit.changes.since(last)
    assert [(row.topic, row.subject_id, row.actor) for row in rows] == [("session", session.id, "Luca Rossi")] * 5
    assert [row.what for row in rows] == [
        "moved a session",
        "set a notice time",
        "switched a session to online",
        "typed a link",
        "cancelled a session",
    ]
