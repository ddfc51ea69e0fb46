"""Undo and redo: what comes back, what is refused, and what is told of it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update

from studio_tui.domain.announcements import AnnouncementKind, SessionNews
from studio_tui.domain.bookings import BookingStatus
from studio_tui.domain.delivery import Channel, DeliveryState
from studio_tui.domain.edits import EditStands
from studio_tui.domain.errors import NotAllowed, NotFound, NotPossible, StaleVersion
from studio_tui.domain.language import ENGLISH, use_language
from studio_tui.domain.people import Role
from studio_tui.domain.services import Mode
from studio_tui.domain.sessions import LinkSay, Session, SessionStatus
from studio_tui.spoken.dates import names
from studio_tui.storage import schema
from studio_tui.storage.types import to_ms
from studio_tui.usecases.booking import ClientDraft
from studio_tui.usecases.premises import RoomDraft
from tests.builders import HOUR, MINUTE, NOW, SmallStudio, a_link
from tests.usecases.support import assert_sound


@pytest.fixture
def small(small: SmallStudio) -> SmallStudio:
    """A small studio whose making is no edit of anybody's."""
    forget_edits(small)
    return small


@pytest.fixture
def anywhere(small_anywhere: SmallStudio) -> SmallStudio:
    """The same on each engine."""
    forget_edits(small_anywhere)
    return small_anywhere


def forget_edits(small: SmallStudio) -> None:
    with small.database.writing() as unit:
        unit.db.execute(delete(schema.edit))


def test_an_edit_is_called_in_the_language_of_whoever_reads_it(
    anywhere: SmallStudio, request: pytest.FixtureRequest
) -> None:
    request.addfinalizer(lambda: use_language(ENGLISH))
    small = anywhere
    use_language("it", names("it"))
    session = small.session()
    small.book(session)
    small.scheduling.move(small.desk, session.id, session.starts_at + 30 * MINUTE, version=None)

    use_language(ENGLISH)
    [moved] = small.studio.history.recent(small.desk)
    assert moved.what == "moved Yoga flow, Mon 2 Mar 11:00 → 11:30, 1 booking"
    use_language("es", names("es"))
    assert (
        small.studio.history.undo(small.desk).sentence
        == "Deshecho: movida Yoga flow, lun 2 mar 11:00 → 11:30, 1 reserva"
    )


def test_what_somebody_else_did_since_is_told_in_the_language_of_whoever_reads_it(
    small: SmallStudio, request: pytest.FixtureRequest
) -> None:
    session = small.session()
    small.scheduling.move(small.desk, session.id, session.starts_at + 30 * MINUTE, version=None)
    small.scheduling.set_notice_time(small.owner, session.id, session.starts_at, version=None)
    request.addfinalizer(lambda: use_language(ENGLISH))
    use_language("it", names("it"))

    with pytest.raises(EditStands, match="impostato un orario dell'avviso"):
        small.studio.history.undo(small.desk)


def test_an_edit_that_was_kept_in_words_is_called_as_before(small: SmallStudio) -> None:
    session = small.session()
    small.scheduling.move(small.desk, session.id, session.starts_at + 30 * MINUTE, version=None)
    with small.database.writing() as unit:
        unit.db.execute(update(schema.edit).values(what="spostata {una} sessione"))

    assert small.studio.history.undo(small.desk).sentence == "Undo: spostata {una} sessione"


def test_a_move_is_undone_and_redone_with_its_notices(anywhere: SmallStudio) -> None:
    small = anywhere
    session = small.session()
    for _ in range(2):
        small.book(session)
    small.scheduling.move(small.desk, session.id, session.starts_at + 30 * MINUTE, version=None)

    undone = small.studio.history.undo(small.desk)

    assert undone.sentence == "Undo: moved Yoga flow, Mon 2 Mar 11:00 → 11:30, 2 bookings"
    assert undone.undone
    assert undone.sessions == (session.id,)
    assert small.read(session).starts_at == session.starts_at
    assert_sound(small)

    redone = small.studio.history.redo(small.desk)
    assert redone.sentence == "Redo: moved Yoga flow, Mon 2 Mar 11:00 → 11:30, 2 bookings"
    assert small.read(session).starts_at == session.starts_at + 30 * MINUTE
    assert_sound(small)


def test_an_undo_is_a_write_of_its_own_so_that_an_older_form_stays_stale(small: SmallStudio) -> None:
    session = small.session()
    moved = small.scheduling.move(small.desk, session.id, session.starts_at + HOUR, version=None)
    small.studio.history.undo(small.desk)

    after = small.read(session)
    assert (after.change.version, after.generation) == (moved.change.version + 1, moved.generation + 1)
    with pytest.raises(StaleVersion):
        small.scheduling.move(small.owner, session.id, session.starts_at, version=session.change.version)


def test_there_is_nothing_to_undo_or_redo_at_first(small: SmallStudio) -> None:
    with pytest.raises(NotPossible, match="nothing to undo"):
        small.studio.history.undo(small.desk)
    with pytest.raises(NotPossible, match="nothing to redo"):
        small.studio.history.redo(small.desk)


def test_everybody_undoes_only_what_they_did(small: SmallStudio) -> None:
    session = small.session()
    other = small.session(starts_at=NOW + 3 * HOUR)
    small.scheduling.cancel(small.desk, session.id, version=None)
    small.scheduling.cancel(small.owner, other.id, version=None)

    small.studio.history.undo(small.desk)

    assert small.read(session).status is SessionStatus.ACTIVE
    assert small.read(other).status is SessionStatus.CANCELLED
    with pytest.raises(NotPossible, match="nothing to undo"):
        small.studio.history.undo(small.desk)


def test_a_new_edit_ends_what_could_be_redone(small: SmallStudio) -> None:
    session = small.session()
    small.scheduling.cancel(small.desk, session.id, version=None)
    small.studio.history.undo(small.desk)
    small.scheduling.move(small.desk, session.id, NOW + 5 * HOUR, version=None)

    with pytest.raises(NotPossible, match="nothing to redo"):
        small.studio.history.redo(small.desk)


def test_what_somebody_else_changed_since_is_not_undone(anywhere: SmallStudio) -> None:
    small = anywhere
    session = small.session()
    small.scheduling.move(small.desk, session.id, session.starts_at + 30 * MINUTE, version=None)
    small.clock.advance(5 * MINUTE)
    small.scheduling.switch_mode(small.owner, small.session(small.pilates).id, Mode.ONLINE, version=None)
    small.scheduling.set_notice_time(small.owner, session.id, session.starts_at, version=None)

    with pytest.raises(EditStands) as refused:
        small.studio.history.undo(small.desk)

    assert str(refused.value) == (
        "“moved Yoga flow, Mon 2 Mar 11:00 → 11:30” cannot be undone: "
        "Yoga flow, Mon 2 Mar 11:30 was changed by Paola Greco at 10:05 (set a notice time)."
    )
    assert small.read(session).starts_at == session.starts_at + 30 * MINUTE


def test_an_edit_that_stands_can_be_set_aside_for_the_one_before_it(small: SmallStudio) -> None:
    first, second = small.session(), small.session(starts_at=NOW + 4 * HOUR)
    small.scheduling.cancel(small.desk, first.id, version=None)
    small.scheduling.cancel(small.desk, second.id, version=None)
    small.scheduling.restore(small.owner, second.id, version=None)
    with pytest.raises(EditStands) as refused:
        small.studio.history.undo(small.desk)

    small.studio.history.set_aside(small.desk, refused.value.edit.id)
    small.studio.history.undo(small.desk)

    assert small.read(first).status is SessionStatus.ACTIVE
    with pytest.raises(NotFound):
        small.studio.history.set_aside(small.desk, refused.value.edit.id)


def test_what_somebody_was_booked_into_meanwhile_does_not_go(anywhere: SmallStudio) -> None:
    small = anywhere
    with small.database.reading() as unit:
        service = unit.services.get(small.yoga.id)
    session = small.session(service)
    client = small.client("Giulia Rossi")
    small.booking.book(small.desk, session.id, client.id)
    while small.studio.history.peek(small.owner).undo is not None:
        edit = small.studio.history.peek(small.owner).undo
        assert edit is not None
        if edit.what.startswith("made Yoga"):
            break
        with pytest.raises(EditStands, match="The client Giulia Rossi is needed by a booking that was added since"):
            small.studio.history.undo(small.owner)
        small.studio.history.set_aside(small.owner, edit.id)

    with pytest.raises(EditStands, match=r"Yoga flow, Mon 2 Mar 11:00 is needed by a booking that was added since\."):
        small.studio.history.undo(small.owner)


def test_a_place_that_was_given_away_meanwhile_is_not_given_back(anywhere: SmallStudio) -> None:
    small = anywhere
    session = small.session(capacity=1)
    booking = small.book(session)
    small.booking.cancel(small.desk, booking.id)
    small.book(session)

    with pytest.raises(
        EditStands, match="has a capacity of 1 and would have 2 bookings: somebody was booked meanwhile"
    ):
        small.studio.history.undo(small.desk)
    assert_sound(small)


def test_an_address_that_another_client_has_by_now_is_not_given_back(anywhere: SmallStudio) -> None:
    small = anywhere
    client = small.client("Giulia Rossi", email="giulia@clients.example")
    small.booking.save_client(small.desk, ClientDraft(id=client.id, name=client.name, email="new@clients.example"))
    small.client("Giulio Rossi", email="giulia@clients.example")

    with pytest.raises(EditStands, match=r"giulia@clients\.example has been taken meanwhile"):
        small.studio.history.undo(small.desk)


def test_a_booking_that_was_made_is_gone_after_the_undo_and_its_planned_notice_too(anywhere: SmallStudio) -> None:
    small = anywhere
    session, client = small.session(), small.client()
    small.booking.book(small.desk, session.id, client.id)

    small.studio.history.undo(small.desk)

    assert small.deliveries(session) == []
    assert small.booking.bookings(session.id) == []
    assert small.read(session).booked == 0
    small.studio.history.redo(small.desk)
    assert len(small.deliveries(session)) == 1
    assert_sound(small)


def test_what_was_sent_is_told_and_its_booking_stays_as_a_cancelled_one(anywhere: SmallStudio) -> None:
    small = anywhere
    small.connect()
    session, client = small.session(starts_at=NOW + 5 * MINUTE), small.client("Giulia Rossi")
    booking = small.booking.book(small.desk, session.id, client.id)
    small.clock.advance(5 * MINUTE)
    assert len(small.send_due()) == 1

    undone = small.studio.history.undo(small.desk)

    [told] = undone.told
    assert (told.session_id, told.kind, told.names) == (session.id, "notice", ("Giulia Rossi",))
    assert told.start == session.starts_at
    [line] = small.booking.bookings(session.id)
    assert (line.booking_id, line.active) == (booking.id, False)
    assert [each.state for each in small.deliveries(session)] == [DeliveryState.SENT]
    assert_sound(small)
    small.studio.history.redo(small.desk)
    [line] = small.booking.bookings(session.id)
    assert line.active
    assert [each.state for each in small.deliveries(session)] == [DeliveryState.SENT]


def test_a_session_whose_clients_were_told_of_it_stays_as_a_cancelled_one(anywhere: SmallStudio) -> None:
    small = anywhere
    small.connect()
    course, _ = small.course()
    small.booking.enrol(small.owner, course.id, small.client("Giulia Rossi").id)
    extra = small.session(small.posture, course_id=course.id, starts_at=NOW + 5 * MINUTE)
    small.clock.advance(5 * MINUTE)
    small.send_due()

    undone = small.studio.history.undo(small.owner)

    assert undone.kept == ("Posture course, Mon 2 Mar 10:05 stays, cancelled: what was sent for it stays on record.",)
    assert [each.names for each in undone.told] == [("Giulia Rossi",)]
    assert small.read(extra).status is SessionStatus.CANCELLED
    assert_sound(small)
    small.studio.history.redo(small.owner)
    assert (small.read(extra).status, small.read(extra).booked) == (SessionStatus.ACTIVE, 1)


def test_a_move_of_which_clients_were_told_says_so_when_undone(small: SmallStudio) -> None:
    small.connect()
    session = small.session(starts_at=NOW + 60 * MINUTE)
    for name in ("Giulia Rossi", "Anna Bianchi"):
        small.book(session, small.client(name))
    small.scheduling.move(small.desk, session.id, NOW + 30 * MINUTE, version=None)
    small.clock.advance(30 * MINUTE)
    small.send_due()

    undone = small.studio.history.undo(small.desk)

    [told] = undone.told
    assert (told.names, told.start) == (("Anna Bianchi", "Giulia Rossi"), NOW + 30 * MINUTE)
    assert_sound(small)


def send_news(small: SmallStudio, session: Session) -> None:
    for row in small.deliveries(session):
        if row.state is DeliveryState.READY and row.announcement_id is not None:
            small.set_delivery(row.id, DeliveryState.SENT, sent_at=to_ms(small.clock()))


def test_what_clients_were_told_is_said_again_after_an_undo_and_a_redo_in_between(anywhere: SmallStudio) -> None:
    small = anywhere
    session = small.session(starts_at=NOW + 30 * HOUR)
    small.book(session, small.client("Anna Bianchi", email_verified=True))
    small.scheduling.move(small.desk, session.id, NOW + 31 * HOUR, version=None)
    small.announcing.announce(small.desk, AnnouncementKind.MOVED, [SessionNews(session.id, was_at=NOW + 30 * HOUR)])
    send_news(small, session)
    small.clock.advance(MINUTE)

    [told] = small.studio.history.undo(small.desk).told
    assert (told.kind, told.start, told.names) == ("moved", NOW + 31 * HOUR, ("Anna Bianchi",))
    small.clock.advance(MINUTE)
    assert small.studio.history.redo(small.desk).told == ()  # what they know is true again
    small.clock.advance(MINUTE)
    assert small.studio.history.undo(small.desk).told == (told,)

    small.announcing.announce(small.desk, AnnouncementKind.CORRECTED, [SessionNews(session.id)])
    send_news(small, session)
    small.clock.advance(MINUTE)
    [told] = small.studio.history.redo(small.desk).told
    assert (told.kind, told.start) == ("corrected", NOW + 30 * HOUR)


def test_a_change_of_another_day_is_told_with_its_day(small: SmallStudio) -> None:
    session = small.session(starts_at=NOW + 60 * HOUR)
    small.scheduling.move(small.desk, session.id, NOW + 61 * HOUR, version=None)
    small.scheduling.set_notice_time(small.owner, session.id, session.starts_at, version=None)
    small.clock.advance(24 * HOUR)

    with pytest.raises(EditStands, match=r"was changed by Paola Greco on Mon 2 Mar 10:00 \(set a notice time\)"):
        small.studio.history.undo(small.desk)


def test_what_takes_the_place_of_a_session_that_went_has_another_id(anywhere: SmallStudio) -> None:
    small = anywhere
    gone = small.session()
    small.studio.history.undo(small.owner)

    assert small.session().id > gone.id


def test_links_come_back_sealed_as_they_were(anywhere: SmallStudio) -> None:
    small = anywhere
    session = small.session()
    small.linking.type_link(small.desk, session.id, a_link("first"), version=None)
    small.linking.type_link(small.desk, session.id, a_link("second"), version=None)
    with small.database.reading() as unit:
        images = unit.db.execute(schema.edit.select()).all()
    assert not any(a_link("first").url in str(row) or a_link("second").url in str(row) for row in images)

    small.studio.history.undo(small.desk)
    assert small.linking.reveal(small.desk, session.id) == a_link("first")
    small.studio.history.undo(small.desk)
    assert small.read(session).own_link.say is LinkSay.INHERIT
    small.studio.history.redo(small.desk)
    small.studio.history.redo(small.desk)
    assert small.linking.reveal(small.desk, session.id) == a_link("second")


def test_a_course_s_link_is_undone_for_the_whole_run(small: SmallStudio) -> None:
    _, sessions = small.course()
    small.linking.type_link(small.desk, sessions[0].id, a_link("run"), version=None)
    stale = small.read(sessions[1]).change.version

    small.studio.history.undo(small.desk)

    assert small.linking.reveal(small.desk, sessions[1].id) is None
    assert small.read(sessions[1]).change.version > stale


def test_a_course_with_its_sessions_goes_and_comes_back(anywhere: SmallStudio) -> None:
    small = anywhere
    course, sessions = small.course()
    client = small.client()
    small.booking.enrol(small.owner, course.id, client.id)
    for _ in range(3):
        small.studio.history.undo(small.owner)
    assert small.catalogue.courses(small.rome.id) == []

    for _ in range(3):
        small.studio.history.redo(small.owner)

    assert [small.read(session).booked for session in sessions] == [1, 1, 1]
    assert [len(small.deliveries(session)) for session in sessions] == [1, 1, 1]
    assert_sound(small)


def test_whoever_enrolled_while_a_session_was_gone_has_a_place_once_it_is_back(small: SmallStudio) -> None:
    course, _ = small.course()
    extra = small.session(small.posture, course_id=course.id, starts_at=NOW + timedelta(days=9))
    small.studio.history.undo(small.owner)
    small.booking.enrol(small.desk, course.id, small.booking.save_client(small.desk, ClientDraft(name="Late")).id)

    small.studio.history.redo(small.owner)

    assert small.read(extra).booked == 1
    assert_sound(small)


def test_rooms_hours_staff_services_and_accounts_come_back(anywhere: SmallStudio) -> None:
    small = anywhere
    room = small.studio.premises.save(small.owner, RoomDraft(site_id=small.rome.id, name="Sala 1"))
    session = small.session(room="Sala 1")
    small.studio.premises.save(small.owner, RoomDraft(id=room.id, site_id=small.rome.id, name="Sala Grande"))
    small.studio.premises.remove(small.owner, room.id)
    small.connect()
    small.conferencing.disconnect(small.owner, small.rome.id, None)

    for expected in ("disconnected the conference account", "connected the conf", "removed the room", "renamed"):
        assert expected in small.studio.history.undo(small.owner).sentence
    assert small.read(session).room == "Sala 1"
    assert [each.name for each in small.studio.premises.rooms(small.rome.id)] == ["Sala 1"]
    for _ in range(4):
        small.studio.history.redo(small.owner)
    assert small.read(session).room == "Sala Grande"
    account = small.conferencing.accounts(small.owner, small.rome.id).default.account
    assert account is not None
    assert not account.serves


def test_whoever_may_no_longer_do_it_may_no_longer_undo_it(small: SmallStudio) -> None:
    session = small.session()
    small.scheduling.move(small.teacher, session.id, NOW + 3 * HOUR, version=None)

    with pytest.raises(NotAllowed):
        small.studio.history.undo(replace(small.teacher, active=False))


def test_an_instructor_undoes_what_they_did_to_their_own_sessions(small: SmallStudio) -> None:
    course, sessions = small.course()
    small.linking.type_link(small.teacher, sessions[0].id, a_link("run"), version=None)
    small.booking.enrol(small.teacher, course.id, small.client().id)
    small.scheduling.cancel(small.teacher, sessions[1].id, version=None)

    for _ in range(3):
        small.studio.history.undo(small.teacher)

    assert [small.read(session).booked for session in sessions] == [0, 0, 0]


def test_the_studio_keeps_an_owner(small: SmallStudio) -> None:
    carla = small.studio.team.add(small.owner, "Carla Neri", Role.OWNER, [small.rome.id])
    small.studio.team.change(carla, replace(small.owner, role=Role.FRONT_DESK))

    with pytest.raises(EditStands, match="the studio would have no owner"):
        small.studio.history.undo(small.owner)


def test_recent_edits_are_told_newest_first(small: SmallStudio) -> None:
    session = small.session()
    small.booking.book(small.owner, session.id, small.client("Giulia Rossi").id)
    small.studio.history.undo(small.owner)

    recent = small.studio.history.recent(small.owner)

    assert [(edit.what.split(",")[0], edit.state.value) for edit in recent] == [
        ("booked Giulia Rossi into Yoga flow", "undone"),
        ("made the client Giulia Rossi", "done"),
        ("made Yoga flow", "done"),
    ]
    assert recent[0].names == ("Giulia Rossi",)


def test_a_booking_is_cancelled_and_booked_again_through_undo(small: SmallStudio) -> None:
    session = small.session()
    booking = small.book(session)
    small.booking.cancel(small.desk, booking.id)

    small.studio.history.undo(small.desk)

    with small.database.reading() as unit:
        after = unit.bookings.get(booking.id)
    assert (after.status, after.cancelled_at, after.booked_at) == (BookingStatus.BOOKED, None, booking.booked_at)


def test_an_edit_kept_before_a_column_was_there_is_undone_and_leaves_that_column_alone(small: SmallStudio) -> None:
    client = small.client("Giulia Rossi")
    small.booking.save_client(small.desk, ClientDraft(id=client.id, name="Giulia Bianchi", email=client.email or ""))
    column = schema.client.c.push_channel
    with small.database.writing() as unit:
        [edit] = unit.db.execute(select(schema.edit.c.images).where(schema.edit.c.staff_id == small.desk.id)).scalars()
        kept = json.loads(edit)
        del kept[0][2][0][column.name]
        unit.db.execute(update(schema.edit).values(images=json.dumps(kept)))
        unit.db.execute(update(schema.client).values({column.name: Channel.GOTIFY}))

    small.studio.history.undo(small.desk)

    with small.database.reading() as unit:
        assert unit.db.execute(select(schema.client.c.name, column)).all() == [("Giulia Rossi", Channel.GOTIFY)]
