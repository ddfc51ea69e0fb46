import pytest

from studio_tui.domain.errors import InvalidInput
from studio_tui.domain.zone_names import find_zone, place_names, zone_names
from studio_tui.domain.zones import zone


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("Europe/Rome", "Europe/Rome"),
        ("europe/rome", "Europe/Rome"),
        (" rome ", "Europe/Rome"),
        ("new york", "America/New_York"),
        ("New_York", "America/New_York"),
        ("utc", "UTC"),
        ("lond", "Europe/London"),
        ("CET", "CET"),
    ],
)
def test_a_zone_is_found_by_its_name_or_its_place(typed: str, found: str) -> None:
    assert find_zone(typed) == found


@pytest.mark.parametrize(("typed", "named"), [("buenos", "America/Buenos_Aires"), ("kno", "Indiana/Knox")])
def test_a_beginning_is_answered_with_the_zones_that_it_can_become(typed: str, named: str) -> None:
    with pytest.raises(InvalidInput, match="Go on typing") as refusal:
        find_zone(typed)
    assert named in str(refusal.value)
    assert refusal.value.field == "zone"


@pytest.mark.parametrize("typed", ["", "Mars/Base", "../etc/passwd", "x"])
def test_what_is_no_zone_is_refused_beside_its_field(typed: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        find_zone(typed)
    assert refusal.value.field == "zone"


def test_every_name_that_is_offered_is_a_zone_and_can_be_typed() -> None:
    assert len(zone_names()) > 400
    assert all(zone(name).key == find_zone(name) for name in zone_names())
    assert "Rome" in place_names()
