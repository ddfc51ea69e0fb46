import pytest

from studio_tui.domain.bookings import Booking, BookingStatus, check_bookable
from studio_tui.domain.errors import NotPossible
from studio_tui.domain.sessions import Session, SessionStatus
from tests.builders import NOW, a_booking, a_session

CANCELLED = a_booking(status=BookingStatus.CANCELLED, cancelled_at=NOW)


@pytest.mark.parametrize(
    ("session", "existing"),
    [
        pytest.param(a_session(capacity=2, booked=1), None, id="never booked"),
        pytest.param(a_session(capacity=2, booked=1), CANCELLED, id="booked and cancelled before"),
        pytest.param(a_session(capacity=1, booked=0), None, id="the last place"),
    ],
)
def test_a_free_place_can_be_booked(session: Session, existing: Booking | None) -> None:
    check_bookable(session, "Yoga", existing, "Chiara Neri")


@pytest.mark.parametrize(
    ("session", "existing", "reason"),
    [
        (a_session(capacity=2, booked=1), a_booking(), "Chiara Neri already has a place in Yoga"),
        (a_session(capacity=1, booked=1), a_booking(), "Chiara Neri already has a place in Yoga"),
        (a_session(status=SessionStatus.CANCELLED), None, "Yoga is cancelled"),
        (a_session(status=SessionStatus.CANCELLED), CANCELLED, "Yoga is cancelled"),
        (a_session(capacity=2, booked=2), None, r"Yoga is full \(2 of 2\)"),
        (a_session(capacity=2, booked=2), CANCELLED, r"Yoga is full \(2 of 2\)"),
    ],
)
def test_a_booking_that_the_session_cannot_take_is_refused_with_the_reason(
    session: Session, existing: Booking | None, reason: str
) -> None:
    with pytest.raises(NotPossible, match=reason):
        check_bookable(session, "Yoga", existing, "Chiara Neri")
