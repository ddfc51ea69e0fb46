from datetime import timedelta

import pytest

from studio_tui.domain.errors import InvalidInput
from studio_tui.domain.services import COLOURS, Mode, ServiceKind, check_service
from tests.builders import HOUR, a_sealed_link


def test_a_plain_class_is_accepted() -> None:
    check_service("Yoga", ServiceKind.CLASS, 1000, HOUR, COLOURS[-1])


@pytest.mark.parametrize(
    ("field", "name", "kind", "capacity", "duration", "colour"),
    [
        ("name", "", ServiceKind.CLASS, 10, HOUR, "blue"),
        ("capacity", "Yoga", ServiceKind.CLASS, 0, HOUR, "blue"),
        ("capacity", "Yoga", ServiceKind.CLASS, 1001, HOUR, "blue"),
        ("capacity", "Advice", ServiceKind.APPOINTMENT, 2, HOUR, "blue"),
        ("duration", "Yoga", ServiceKind.CLASS, 10, timedelta(0), "blue"),
        ("duration", "Yoga", ServiceKind.CLASS, 10, timedelta(seconds=59), "blue"),
        ("duration", "Yoga", ServiceKind.CLASS, 10, timedelta(hours=24, minutes=1), "blue"),
        ("colour", "Yoga", ServiceKind.CLASS, 10, HOUR, "ultraviolet"),
    ],
)
def test_a_service_that_cannot_be_is_refused_at_its_field(
    field: str, name: str, kind: ServiceKind, capacity: int, duration: timedelta, colour: str
) -> None:
    with pytest.raises(InvalidInput) as refusal:
        check_service(name, kind, capacity, duration, colour)
    assert refusal.value.field == field


def test_an_appointment_is_for_one_client() -> None:
    check_service("Advice", ServiceKind.APPOINTMENT, 1, HOUR, "blue")


def test_modes_are_worded_for_people() -> None:
    assert [mode.label for mode in Mode] == ["in person", "online"]


def test_a_sealed_link_never_shows_its_ciphertext() -> None:
    assert "sealed" not in repr(a_sealed_link())
