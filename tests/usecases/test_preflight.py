"""The pre-flight board: one test for each problem, and what the board leaves out."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import insert, update

from studio_tui.domain.conferences import AccountState
from studio_tui.domain.delivery import DeliveryState, HeldReason
from studio_tui.domain.errors import InvalidInput
from studio_tui.domain.people import Author
from studio_tui.domain.preflight import Mend, Problem, ProblemKind
from studio_tui.domain.services import Mode
from studio_tui.domain.sessions import Session
from studio_tui.domain.zones import zone
from studio_tui.storage.schema import conference_account, worker
from studio_tui.storage.types import to_ms
from tests.builders import HOUR, MINUTE, NOW, SmallStudio

TEN = NOW + HOUR
ROME = zone("Europe/Rome")


def board(small: SmallStudio, hours: int = 24) -> tuple[Problem, ...]:
    return small.studio.preflight.board(small.desk, small.rome.id, hours).problems


def told(small: SmallStudio, hours: int = 24) -> list[tuple[str, str]]:
    """Each problem's kind and sentence."""
    return [(problem.kind.value, problem.sentence(ROME)) for problem in board(small, hours)]


def set_state(small: SmallStudio, state: AccountState, *, own: bool) -> None:
    """The state of Anna's own account, or of Rome's default one."""
    column = conference_account.c.staff_id if own else conference_account.c.site_id
    holder = small.teacher.id if own else small.rome.id
    with small.database.writing() as unit:
        unit.db.execute(update(conference_account).where(column == holder).values(state=state))


def test_a_studio_in_order_has_no_problem_on_any_engine(small_anywhere: SmallStudio) -> None:
    small = small_anywhere
    small.connect()
    small.book(small.session(starts_at=TEN))
    small.session(small.pilates, starts_at=TEN + 2 * HOUR)

    assert board(small, 168) == ()


def test_n8_a_session_without_a_link_is_one_line_with_what_is_held_for_it(small_anywhere: SmallStudio) -> None:
    small = small_anywhere
    session = small.session(starts_at=TEN)
    empty = small.session(starts_at=TEN + 2 * HOUR)
    for _ in range(3):
        small.book(session)
    for delivery in small.deliveries(session)[:2]:
        small.set_delivery(delivery.id, DeliveryState.HELD, reason=HeldReason.NO_LINK.value)

    first, second = board(small)

    assert told(small) == [
        ("no_link", "No join link, and 3 clients are booked; 2 messages are held for it."),
        ("no_link", "No join link, and nobody is booked yet."),
    ]
    assert (first.session_id, second.session_id) == (session.id, empty.id)
    assert (first.mend, len(first.deliveries)) == (Mend.LINK, 2)


def test_a_link_that_was_removed_by_hand_is_said_to_be(small: SmallStudio) -> None:
    small.connect()
    session = small.session(starts_at=TEN)
    small.linking.remove(small.owner, session.id, version=None)

    assert told(small) == [("no_link", "The link was removed by hand, and nobody is booked yet.")]


def test_a6_a_disconnected_default_account_is_one_line_for_all_sessions(small: SmallStudio) -> None:
    small.connect()
    first = small.session(starts_at=TEN)
    small.session(starts_at=TEN + 2 * HOUR)
    small.session(small.pilates, starts_at=TEN + 4 * HOUR)
    small.conferencing.disconnect(small.owner, small.rome.id, None, version=None)

    (problem,) = board(small)

    assert problem.sentence(ROME) == "The default account is disconnected: 2 sessions have no link."
    assert (problem.kind, problem.session_id, problem.mend) == (ProblemKind.ACCOUNT, first.id, Mend.ACCOUNT)


@pytest.mark.parametrize(
    ("own", "sentence"),
    [
        (False, "The default account needs a new sign-in: new links for 2 sessions wait for it."),
        (True, "Anna Ferri's own account needs a new sign-in: new links for 1 session wait for it."),
    ],
)
def test_a7_an_account_that_needs_a_sign_in_is_told_where_sessions_use_it(
    small: SmallStudio, own: bool, sentence: str
) -> None:
    small.connect()
    if own:
        small.connect(staff=small.teacher, room="anna")
    small.session(starts_at=TEN)
    small.session(starts_at=TEN + 2 * HOUR, staff_id=small.teacher.id if not own else small.substitute.id)
    set_state(small, AccountState.NEEDS_SIGN_IN, own=own)

    assert told(small) == [("account", sentence)]


def test_an_own_account_that_is_disconnected_is_no_problem_where_the_default_one_serves(small: SmallStudio) -> None:
    small.connect()
    small.connect(staff=small.teacher, room="anna")
    small.session(starts_at=TEN)
    set_state(small, AccountState.DISCONNECTED, own=True)

    assert board(small) == ()


def test_N9_a_notice_time_after_the_end_is_told(small: SmallStudio) -> None:
    small.connect()
    session = small.session(starts_at=TEN + 2 * HOUR)
    small.scheduling.set_notice_time(small.owner, session.id, TEN + 2 * HOUR, version=None)
    small.scheduling.move(small.owner, session.id, TEN, version=None)

    assert told(small) == [("notice", "The notice time, Mon 13:00, is not before the end: nobody would get the link.")]


def test_a_client_without_an_address_is_told_before_the_notice_is_due(small_anywhere: SmallStudio) -> None:
    small = small_anywhere
    small.connect()
    session, in_person = small.session(starts_at=TEN), small.session(small.pilates, starts_at=TEN + 3 * HOUR)
    davide = small.client("Davide Riva", email="")
    for each in (session, in_person):
        small.book(each, davide)
    small.booking.cancel(small.owner, small.book(session, small.client("Gone", email="")).id)
    (delivery,) = [d for d in small.deliveries(session) if d.state is DeliveryState.READY]
    small.set_delivery(delivery.id, DeliveryState.HELD, reason=HeldReason.NO_ADDRESS.value)

    (problem,) = board(small)

    assert problem.sentence(ROME) == "Davide Riva: no mail address, so the link cannot be mailed."
    assert problem.sentence(ROME, lambda _: "••••••") == "••••••: no mail address, so the link cannot be mailed."
    assert (problem.mend, problem.clients[0].id) == (Mend.CLIENT, davide.id)


def test_N11_failed_messages_that_tell_the_same_are_one_line(small: SmallStudio) -> None:
    small.connect()
    session = small.session(starts_at=TEN)
    for name in ("Ada", "Bo", "Cy"):
        small.book(session, small.client(name))
    ada, bo, cy = small.deliveries(session)
    for delivery in (ada, bo):
        small.set_delivery(delivery.id, DeliveryState.FAILED, last_code=451, last_text="try later")
    small.set_delivery(cy.id, DeliveryState.FAILED, last_code=550, last_text="no such user")

    assert told(small) == [
        ("failed", "Ada and Bo: mail failed, 451 try later."),
        ("failed", "Cy: mail failed, 550 no such user."),
    ]
    assert [problem.deliveries for problem in board(small)] == [(ada.id, bo.id), (cy.id,)]
    assert {problem.mend for problem in board(small)} == {Mend.RETRY}


@pytest.mark.parametrize(
    ("reason", "mend"),
    [
        (HeldReason.AFTER_CRASH, Mend.LOOK),
        (HeldReason.BY_HAND, Mend.RETRY),
        (HeldReason.UNVERIFIED, Mend.CLIENT),
    ],
)
def test_a_held_message_says_why_and_what_helps(small: SmallStudio, reason: HeldReason, mend: Mend) -> None:
    small.connect()
    session = small.session(starts_at=TEN)
    small.book(session, small.client("Ada"))
    (delivery,) = small.deliveries(session)
    small.set_delivery(delivery.id, DeliveryState.HELD, reason=reason.value)

    (problem,) = board(small)

    assert problem.sentence(ROME) == f"Ada: mail held, {reason.value}."
    assert problem.mend is mend


def test_a_failed_message_is_told_however_far_ahead_its_session_is(small: SmallStudio) -> None:
    small.connect()
    session = small.session(starts_at=TEN + timedelta(days=20))
    small.book(session)
    small.set_delivery(small.deliveries(session)[0].id, DeliveryState.FAILED)

    assert [problem.kind for problem in board(small)] == [ProblemKind.FAILED]


def test_messages_that_nobody_sends_are_told_after_a_minute(small_anywhere: SmallStudio) -> None:
    small = small_anywhere
    small.connect()
    session = small.session(starts_at=TEN)
    for _ in range(2):
        small.book(session)
    small.clock.set(TEN + timedelta(seconds=59))
    assert board(small) == ()
    small.clock.set(TEN + MINUTE)

    assert told(small) == [("late", "2 messages are due since 11:00 and not sent: does the worker run?")]
    assert board(small)[0].mend is Mend.WORKER


def test_l9_a_clash_of_two_sessions_is_told_once_on_the_earlier_one(small_anywhere: SmallStudio) -> None:
    small = small_anywhere
    first = small.session(small.pilates, starts_at=TEN)
    second = small.session(small.pilates, starts_at=TEN + 30 * MINUTE, title="Spin")

    (problem,) = board(small)

    assert (problem.session_id, problem.mend) == (first.id, Mend.MOVE)
    assert problem.sentence(ROME) == "Anna Ferri also leads Spin, Mon 11:30–12:30."
    small.clock.set(first.ends_at)
    assert [p.session_id for p in board(small)] == [second.id]


def test_a_clash_with_another_site_is_told_at_both(small: SmallStudio) -> None:
    alice = small.client("Alice Rossi")
    small.connect(small.london)
    here = small.session(small.pilates, starts_at=TEN)
    there = small.session(small.barre, starts_at=TEN)
    for session in (here, there):
        small.book(session, alice)

    assert told(small) == [("clash", "Alice Rossi is also booked into Barre at Hackney, Mon 11:00–12:00.")]
    at_hackney = small.studio.preflight.board(small.owner, small.london.id).problems
    assert [(p.kind, p.session_id) for p in at_hackney] == [(ProblemKind.CLASH, there.id)]


def test_a_room_that_is_too_small_is_told(small: SmallStudio) -> None:
    with small.database.writing() as unit:
        unit.rooms.add(small.rome.id, "Loft", 8, True, Author("Paola", NOW))
    small.session(small.pilates, starts_at=TEN, room="Loft")

    assert told(small) == [("clash", "Loft holds 8, but 10 places are offered.")]


# What is left out


def over(small: SmallStudio, session: Session) -> None:
    small.clock.set(session.ends_at)


def cancelled(small: SmallStudio, session: Session) -> None:
    small.scheduling.cancel(small.owner, session.id, version=None)


def in_person(small: SmallStudio, session: Session) -> None:
    small.scheduling.switch_mode(small.owner, session.id, Mode.IN_PERSON, version=None)


def linked(small: SmallStudio, session: Session) -> None:
    small.connect()


@pytest.mark.parametrize("become", [over, cancelled, in_person, linked], ids=lambda f: f.__name__)
def test_what_is_mended_is_gone(small: SmallStudio, become: Callable[[SmallStudio, Session], None]) -> None:
    service = small.service("Flexible", sessions_may_change_mode=True)
    session = small.session(service, starts_at=TEN)
    assert [problem.kind for problem in board(small)] == [ProblemKind.NO_LINK]

    become(small, session)

    assert board(small) == ()


def test_the_board_looks_as_far_ahead_as_it_is_asked_to(small: SmallStudio) -> None:
    sessions = [small.session(starts_at=NOW + timedelta(hours=hours)) for hours in (23, 25, 71, 73, 167, 169)]

    assert [len(board(small, hours)) for hours in (24, 72, 168)] == [1, 3, 5]
    small.clock.set(sessions[0].starts_at + MINUTE)
    assert board(small, 1)[0].session_id == sessions[0].id, "a session that goes on now counts"


@pytest.mark.parametrize("hours", [0, -1, 745])
def test_hours_that_make_no_sense_are_refused(small: SmallStudio, hours: int) -> None:
    with pytest.raises(InvalidInput):
        board(small, hours)


def test_lines_stand_in_order_of_start_and_for_each_session_the_gravest_first(small: SmallStudio) -> None:
    small.connect()
    later = small.session(starts_at=TEN + 5 * HOUR)
    sooner = small.session(starts_at=TEN)
    for session in (later, sooner):
        small.book(session, small.client("Davide Riva", email=""))
        small.linking.remove(small.owner, session.id, version=None)

    assert [(p.session_id, p.kind) for p in board(small)] == [
        (sooner.id, ProblemKind.NO_LINK),
        (sooner.id, ProblemKind.ADDRESS),
        (later.id, ProblemKind.NO_LINK),
        (later.id, ProblemKind.ADDRESS),
    ]


def add_worker(small: SmallStudio, note: str, ago: timedelta = timedelta()) -> None:
    """A worker that took its last turn so long ago."""
    values = {"token": str(uuid.uuid4()), "host": "desk", "pid": 1, "started_at": 0, "note": note}
    with small.database.writing() as unit:
        unit.db.execute(insert(worker).values(last_turn_at=to_ms(NOW - ago), **values))


def test_a_worker_that_cannot_sign_in_is_one_line_on_the_next_session(small_anywhere: SmallStudio) -> None:
    small = small_anywhere
    small.connect()
    small.book(small.session(starts_at=TEN))
    small.session(starts_at=TEN + 2 * HOUR)
    for ago in (timedelta(), timedelta(seconds=5)):
        add_worker(small, "email: refused the sign-in (535)", ago)

    assert told(small) == [("relay", "Messages cannot go out. email: refused the sign-in (535)")]
    assert board(small)[0].mend is Mend.SERVER
    status = small.studio.calendar.status(small.rome.id)
    assert (status.worker_note, status.worker_gone) == ("email: refused the sign-in (535)", False)


def test_the_trouble_of_a_worker_that_is_gone_is_not_told(small_anywhere: SmallStudio) -> None:
    small = small_anywhere
    small.connect()
    small.session(starts_at=TEN)
    add_worker(small, "email: refused the sign-in (535)", timedelta(minutes=1))
    add_worker(small, "stopped")

    assert board(small) == ()
    status = small.studio.calendar.status(small.rome.id)
    assert (status.worker_note, status.worker_gone) == ("", True)
