"""SPEC L9."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio_tui.domain.clashes import Occupation, find_clashes
from studio_tui.domain.people import StaffId
from studio_tui.domain.sessions import SessionId
from tests.builders import MINUTE, NOW


def an_occupation(session_id: int, start: int, minutes: int = 60, **fields: Any) -> Occupation:
    """A session that begins `start` minutes from now."""
    starts_at = NOW + start * MINUTE
    defaults: dict[str, Any] = {
        "id": SessionId(session_id),
        "title": f"Session {session_id}",
        "starts_at": starts_at,
        "ends_at": starts_at + minutes * MINUTE,
        "staff_id": None,
        "room": "",
        "link": None,
    }
    return Occupation(**defaults | fields)


SHARED: list[tuple[str, dict[str, Any]]] = [
    ("leader", {"staff_id": StaffId(7)}),
    ("room", {"room": "Hall"}),
    ("link", {"link": "digest"}),
]


@pytest.mark.parametrize(("what", "shared"), SHARED, ids=["leader", "room", "link"])
@pytest.mark.parametrize(
    ("start", "overlaps", "touches"),
    [
        pytest.param(0, True, False, id="at the same time"),
        pytest.param(59, True, False, id="overlapping by a minute"),
        pytest.param(60, False, True, id="without a gap"),
        pytest.param(61, False, False, id="with a gap"),
    ],
)
def test_L9_what_two_sessions_share_and_how_near_they_are(
    what: str, shared: dict[str, Any], start: int, overlaps: bool, touches: bool
) -> None:
    first, second = an_occupation(1, 0, **shared), an_occupation(2, start, **shared)

    clashes = find_clashes([second, first])

    if overlaps or (touches and what == "link"):
        assert {k: [(c.what, c.other.id) for c in v] for k, v in clashes.items()} == {1: [(what, 2)], 2: [(what, 1)]}
    else:
        assert clashes == {}


def test_L9_sessions_without_leader_room_or_link_never_clash() -> None:
    assert find_clashes([an_occupation(1, 0), an_occupation(2, 0)]) == {}


def test_L9_sessions_with_leaders_rooms_and_links_of_their_own_never_clash() -> None:
    one = an_occupation(1, 0, staff_id=StaffId(1), room="Hall", link="a")
    two = an_occupation(2, 0, staff_id=StaffId(2), room="Loft", link="b")

    assert find_clashes([one, two]) == {}


def test_L9_a_long_session_clashes_with_all_that_lie_in_it() -> None:
    long = an_occupation(1, 0, minutes=240, room="Hall")
    inside = [an_occupation(n, n * 60, minutes=30, room="Hall") for n in (2, 3)]

    clashes = find_clashes([long, *inside])

    assert [c.other.id for c in clashes[SessionId(1)]] == [2, 3]
    assert set(clashes) == {1, 2, 3}


@given(
    st.lists(
        st.tuples(st.integers(0, 20), st.integers(1, 12), st.sampled_from([None, 1, 2]), st.sampled_from(["", "Hall"])),
        max_size=8,
    ),
    st.lists(st.sampled_from([None, "a", "b"]), min_size=8, max_size=8),
)
def test_L9_finds_what_comparing_every_pair_finds(
    rows: list[tuple[int, int, int | None, str]], links: list[str]
) -> None:
    occupations = [
        an_occupation(n, start * 5, minutes=length * 5, staff_id=staff, room=room, link=links[n])
        for n, (start, length, staff, room) in enumerate(rows)
    ]
    expected = set()
    for a, b in combinations(occupations, 2):
        overlap = a.starts_at < b.ends_at and b.starts_at < a.ends_at
        touch = a.ends_at == b.starts_at or b.ends_at == a.starts_at
        same = {
            "leader": overlap and a.staff_id is not None and a.staff_id == b.staff_id,
            "room": overlap and a.room != "" and a.room == b.room,
            "link": (overlap or touch) and a.link is not None and a.link == b.link,
        }
        expected |= {(x.id, what, y.id) for x, y in ((a, b), (b, a)) for what, clash in same.items() if clash}

    found = find_clashes(occupations)

    assert {(k, c.what, c.other.id) for k, clashes in found.items() for c in clashes} == expected
    assert all(clashes for clashes in found.values())
