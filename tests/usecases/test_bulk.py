"""One act on several sessions: previews, all or nothing, versions, permissions, one edit to undo; on both engines."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import pytest

from studio_tui.domain.bulk import Cancel, Change, Lead, SeveralStale, Shift, Stretch, TakePlaceIn
from studio_tui.domain.clashes import ClashKind
from studio_tui.domain.delivery import DeliveryState
from studio_tui.domain.errors import InvalidInput, NotAllowed, NotFound, NotPossible, StaleVersion
from studio_tui.domain.sessions import Session, SessionId, SessionStatus
from tests.builders import HOUR, MINUTE, NOW, SmallStudio
from tests.usecases.support import assert_sound, contents

DAY = timedelta(days=1)


@pytest.fixture
def three(small_anywhere: SmallStudio) -> list[Session]:
    """Three sessions on three days, with two clients in the first and one in the second."""
    small = small_anywhere
    made = [small.session(starts_at=NOW + HOUR + number * DAY) for number in range(3)]
    small.book(made[0])
    small.book(made[0])
    small.book(made[1])
    return [small.read(session) for session in made]


def versions(sessions: list[Session]) -> Mapping[SessionId, int | None]:
    return {session.id: session.change.version for session in sessions}


def waiting(small: SmallStudio, session: Session) -> int:
    return sum(delivery.state is DeliveryState.READY for delivery in small.deliveries(session))


def test_N2_sessions_move_with_their_automatic_notice_times(small_anywhere: SmallStudio, three: list[Session]) -> None:
    small = small_anywhere
    by_hand = small.scheduling.set_notice_time(small.owner, three[1].id, three[1].starts_at - HOUR, version=None)
    three[1] = by_hand

    moved = small.bulk.apply(small.desk, versions(three), Shift(days=1, minutes=30))

    assert [session.starts_at - old.starts_at for session, old in zip(moved, three, strict=True)] == [
        DAY + HOUR / 2
    ] * 3
    assert [session.length for session in moved] == [session.length for session in three]
    assert moved[1].notice_at == by_hand.notice_at
    assert [session.change.changed_by for session in moved] == ["Luca Rossi"] * 3
    assert_sound(small)


def test_the_preview_counts_clients_and_notice_times(small_anywhere: SmallStudio, three: list[Session]) -> None:
    small = small_anywhere
    small.scheduling.set_notice_time(small.owner, three[1].id, three[1].starts_at - HOUR, version=None)
    before = contents(small.database)

    preview = small.bulk.preview(small.desk, [session.id for session in three], Shift(days=-1))

    assert (preview.clients, preview.following, preview.by_hand, preview.late) == (3, 2, 1, 1)
    assert [session.id for session in preview.before] == [session.id for session in three]
    assert preview.standing == ()
    assert contents(small.database) == before


def test_the_preview_of_a_cancellation_counts_what_was_sent_and_what_will_not_be(
    small_anywhere: SmallStudio, three: list[Session]
) -> None:
    small = small_anywhere
    expected = sum(waiting(small, session) for session in three)

    preview = small.bulk.preview(small.desk, [session.id for session in three], Cancel())

    assert expected
    assert (preview.waiting, preview.sent, dict(preview.clashes)) == (expected, 0, {})


def test_the_preview_tells_the_clashes_of_the_group_as_it_would_be(
    small_anywhere: SmallStudio, three: list[Session]
) -> None:
    small = small_anywhere
    other = small.session(small.pilates, starts_at=three[2].starts_at + DAY)

    # Each takes the place that another one leaves: only the last one meets somebody who stays.
    preview = small.bulk.preview(small.desk, [session.id for session in three], Shift(days=1))

    assert set(preview.clashes) == {three[2].id}
    (clash,) = preview.clashes[three[2].id]
    assert clash.kind is ClashKind.LEADER
    assert clash.other is not None
    assert clash.other.id == other.id


def test_N7_cancelled_together_nothing_is_sent_for_any(small_anywhere: SmallStudio, three: list[Session]) -> None:
    small = small_anywhere

    gone = small.bulk.apply(small.desk, versions(three), Cancel())

    assert {session.status for session in gone} == {SessionStatus.CANCELLED}
    assert [waiting(small, session) for session in three] == [0, 0, 0]
    assert_sound(small)


@pytest.mark.parametrize("change", [Shift(days=1), Cancel(), Stretch(30), TakePlaceIn("Loft")])
def test_all_or_nothing_if_one_stands_in_the_way_it_is_named(
    small_anywhere: SmallStudio, three: list[Session], change: Change
) -> None:
    small = small_anywhere
    blocked = small.session(small.pilates, starts_at=NOW + 2 * HOUR)
    small.scheduling.cancel(small.owner, blocked.id, version=None)
    wanted = {**versions(three), blocked.id: None if change != TakePlaceIn("Loft") else 99}
    before = contents(small.database)

    with pytest.raises((NotPossible, StaleVersion), match=r"1 of 4 sessions cannot be\. Pilates, Mon 2 Mar 12:00"):
        small.bulk.apply(small.desk, wanted, change)
    assert contents(small.database) == before


def test_what_somebody_else_changed_since_is_refused_with_its_name(
    small_anywhere: SmallStudio, three: list[Session]
) -> None:
    small = small_anywhere
    small.scheduling.move(small.owner, three[1].id, three[1].starts_at + HOUR, version=None)
    before = contents(small.database)

    with pytest.raises(SeveralStale, match="changed by Paola Greco"):
        small.bulk.apply(small.desk, versions(three), Shift(days=1))
    assert contents(small.database) == before


def test_an_instructor_changes_only_their_own(small_anywhere: SmallStudio, three: list[Session]) -> None:
    small = small_anywhere
    other = small.session(small.pilates, staff_id=small.substitute.id, starts_at=NOW + 5 * HOUR)

    with pytest.raises(NotAllowed, match="Pilates"):
        small.bulk.apply(small.teacher, {**versions(three), other.id: None}, Shift(minutes=15))
    with pytest.raises(NotAllowed):
        small.bulk.apply(small.teacher, versions(three), Lead(small.substitute.id))
    assert len(small.bulk.apply(small.teacher, versions(three), Shift(minutes=15))) == 3


def test_a_new_leader_or_room_is_given_to_all(small_anywhere: SmallStudio, three: list[Session]) -> None:
    small = small_anywhere

    small.bulk.apply(small.desk, versions(three), Lead(small.substitute.id))
    after = small.bulk.apply(small.desk, dict.fromkeys(versions(three)), TakePlaceIn(" Loft\x1b "))

    assert {(session.staff_id, session.room) for session in after} == {(small.substitute.id, "Loft")}


def test_whoever_has_left_leads_nothing_and_nobody_may(small_anywhere: SmallStudio, three: list[Session]) -> None:
    small = small_anywhere
    from dataclasses import replace

    small.team.change(small.owner, replace(small.substitute, active=False))

    with pytest.raises(InvalidInput, match="no longer works here"):
        small.bulk.apply(small.desk, versions(three), Lead(small.substitute.id))
    assert {s.staff_id for s in small.bulk.apply(small.desk, versions(three), Lead(None))} == {None}


def test_none_or_unknown_sessions_are_refused(small_anywhere: SmallStudio, three: list[Session]) -> None:
    small = small_anywhere

    with pytest.raises(InvalidInput, match="Mark from 1"):
        small.bulk.apply(small.desk, {}, Cancel())
    with pytest.raises(NotFound):
        small.bulk.apply(small.desk, {**versions(three), SessionId(999): None}, Cancel())


def test_what_changes_nothing_is_written_nowhere(small_anywhere: SmallStudio, three: list[Session]) -> None:
    small = small_anywhere
    before = contents(small.database)

    same = small.bulk.apply(small.desk, versions(three), Lead(small.teacher.id))

    assert [session.change.version for session in same] == [session.change.version for session in three]
    assert contents(small.database) == before


def test_a_bulk_act_is_one_edit_to_undo(small_anywhere: SmallStudio, three: list[Session]) -> None:
    small = small_anywhere

    small.bulk.apply(small.desk, versions(three), Shift(minutes=30))
    undone = small.history.undo(small.desk)

    assert undone.edit.what == "moved 3 sessions 30 min later, 3 bookings"
    assert [small.read(session).starts_at for session in three] == [session.starts_at for session in three]
    assert_sound(small)


def test_longer_and_shorter(small_anywhere: SmallStudio, three: list[Session]) -> None:
    small = small_anywhere

    longer = small.bulk.apply(small.desk, versions(three), Stretch(15))

    assert {session.length for session in longer} == {three[0].length + 15 * MINUTE}
    with pytest.raises(InvalidInput):
        small.bulk.apply(small.desk, dict.fromkeys(versions(three[:1])), Stretch(-24 * 60))
