from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from studio_tui.domain.announcements import AnnouncementKind
from studio_tui.domain.edit_words import change_words, session_phrase, told_words
from studio_tui.domain.messages import DeliveryKind
from studio_tui.domain.services import Mode
from studio_tui.domain.sessions import Session, SessionStatus
from tests.records import HOUR, MINUTE, NOW, a_service, a_session

ROME = ZoneInfo("Europe/Rome")
YOGA = a_service(name="Vinyasa Flow", mode=Mode.ONLINE)
SESSION = a_session(starts_at=NOW + HOUR, ends_at=NOW + 2 * HOUR, title=None, mode=None, booked=8, notice_at=None)
NAME = "Vinyasa Flow, Mon 2 Mar 11:00"


def later(session: Session, by: timedelta) -> Session:
    return replace(session, starts_at=session.starts_at + by, ends_at=session.ends_at + by)


@pytest.mark.parametrize(
    ("after", "words"),
    [
        (later(SESSION, 30 * MINUTE), f"moved {NAME} → 11:30, 8 bookings"),
        (replace(later(SESSION, 30 * MINUTE), booked=1), f"moved {NAME} → 11:30, 1 booking"),
        (later(SESSION, timedelta(days=1)), f"moved {NAME} → Tue 3 Mar 11:00, 8 bookings"),
        (replace(SESSION, ends_at=SESSION.ends_at + HOUR), f"made {NAME} last until 13:00, 8 bookings"),
        (replace(SESSION, status=SessionStatus.CANCELLED), f"cancelled {NAME}, 8 bookings"),
        (replace(SESSION, mode=Mode.IN_PERSON), f"switched {NAME} to in person"),
        (replace(SESSION, notice_at=NOW), f"set the notice time of {NAME} to 10:00"),
        (replace(SESSION, capacity=99, room="Loft"), f"changed room, capacity of {NAME}"),
        (replace(later(SESSION, 5 * MINUTE), room="Loft"), f"moved {NAME} → 11:05, changed room, 8 bookings"),
        (SESSION, f"edited {NAME}"),
    ],
)
def test_what_became_of_a_session_is_told_in_words(after: Session, words: str) -> None:
    assert str(change_words(SESSION, after, YOGA, ROME)) == words


def test_a_restored_session_is_brought_back() -> None:
    cancelled = replace(SESSION, status=SessionStatus.CANCELLED, booked=0)
    restored = replace(cancelled, status=SessionStatus.ACTIVE)
    assert str(change_words(cancelled, restored, YOGA, ROME)) == f"brought back {NAME}"


def test_a_session_with_a_title_of_its_own_is_called_by_it() -> None:
    assert str(session_phrase(replace(SESSION, title="Guest class"), YOGA, ROME)) == "Guest class, Mon 2 Mar 11:00"


def test_whatever_clients_can_be_sent_has_words_after_an_undo() -> None:
    kinds = [*(kind.value for kind in DeliveryKind if kind is not DeliveryKind.NEWS), *AnnouncementKind]

    assert all(told_words(kind, NOW, ROME) for kind in kinds)
    assert told_words("reminder", NOW, ROME) == "sent the reminder for Mon 2 Mar 10:00 already"
