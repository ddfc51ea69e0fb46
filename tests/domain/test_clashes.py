"""What sessions get in the way of (SPEC L9, and one table for each kind of clash)."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio_tui.domain.clash_words import clash_sentences
from studio_tui.domain.clashes import Attendee, Clash, ClashKind, Ground, Occupation, Premises, room_key
from studio_tui.domain.conferences import Host
from studio_tui.domain.opening import OpeningHours
from studio_tui.domain.people import ClientId, SiteId, StaffId
from studio_tui.domain.sessions import SessionId
from studio_tui.domain.zones import zone
from tests.builders import HOUR, MINUTE, NOW

ROME = zone("Europe/Rome")
HERE, THERE = SiteId(1), SiteId(2)
ALICE, BRUNO = Attendee(ClientId(1), "Alice Rossi"), Attendee(ClientId(2), "Bruno Conti")


def an_occupation(session_id: int, start: int = 0, minutes: int = 60, **fields: Any) -> Occupation:
    """A session online that begins `start` minutes from now: Monday 10:00 in Rome."""
    starts_at = NOW + start * MINUTE
    defaults: dict[str, Any] = {
        "id": SessionId(session_id),
        "site_id": HERE,
        "site": "Trastevere",
        "title": f"Session {session_id}",
        "starts_at": starts_at,
        "ends_at": starts_at + minutes * MINUTE,
        "staff_id": None,
        "leader": "",
        "room": "",
        "capacity": 10,
        "link": None,
        "host": None,
        "in_person": False,
    }
    return Occupation(**defaults | fields)


def told(clashes: tuple[Clash, ...]) -> list[tuple[str, int | None]]:
    """Each clash's kind and the other session."""
    return [(clash.kind.value, clash.other.id if clash.other else None) for clash in clashes]


SHARED: list[tuple[str, dict[str, Any]]] = [
    ("leader", {"staff_id": StaffId(7)}),
    ("room", {"room": "Hall"}),
    ("link", {"link": "digest"}),
    ("link", {"host": Host("account:3", 1)}),
    ("client", {"clients": frozenset({ALICE})}),
]


@pytest.mark.parametrize(("what", "shared"), SHARED, ids=["leader", "room", "link", "host", "client"])
@pytest.mark.parametrize(
    ("start", "overlaps", "touches"),
    [
        pytest.param(0, True, False, id="at the same time"),
        pytest.param(59, True, False, id="overlapping by a minute"),
        pytest.param(-59, True, False, id="overlapping by a minute before"),
        pytest.param(60, False, True, id="right after it"),
        pytest.param(-60, False, True, id="right before it"),
        pytest.param(61, False, False, id="with a gap"),
        pytest.param(-61, False, False, id="with a gap before"),
    ],
)
def test_L9_what_two_sessions_share_and_how_near_they_are(
    what: str, shared: dict[str, Any], start: int, overlaps: bool, touches: bool
) -> None:
    first, second = an_occupation(1, 0, **shared), an_occupation(2, start, **shared)

    ground = Ground((second, first))

    if overlaps or (touches and what == "link"):
        assert {key: told(c) for key, c in ground.all_clashes().items()} == {1: [(what, 2)], 2: [(what, 1)]}
        assert told(ground.clashes_of(first)) == [(what, 2)]
    else:
        assert ground.all_clashes() == {}
        assert ground.clashes_of(first) == ()


ALONE = {
    "nothing at all": ({}, {}),
    "leaders of their own": ({"staff_id": StaffId(1)}, {"staff_id": StaffId(2)}),
    "rooms of their own": ({"room": "Hall"}, {"room": "Loft"}),
    "rooms of one name at two sites": ({"room": "Hall"}, {"room": "Hall", "site_id": THERE}),
    "links of their own": ({"link": "a"}, {"link": "b"}),
    "a link that is a host's name": ({"link": "a"}, {"host": Host("a", 1)}),
    "clients of their own": ({"clients": frozenset({ALICE})}, {"clients": frozenset({BRUNO})}),
}


@pytest.mark.parametrize(("one", "other"), ALONE.values(), ids=ALONE)
def test_sessions_at_one_time_with_what_is_their_own_do_not_clash(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert Ground((an_occupation(1, **one), an_occupation(2, **other))).all_clashes() == {}


def test_a_leader_and_a_client_are_one_person_at_two_sites() -> None:
    shared: dict[str, Any] = {"staff_id": StaffId(7), "clients": frozenset({ALICE})}
    ground = Ground((an_occupation(1, **shared), an_occupation(2, site_id=THERE, **shared)))

    assert told(ground.all_clashes()[SessionId(1)]) == [("leader", 2), ("client", 2)]


def test_a_room_is_the_same_with_and_without_capitals() -> None:
    ground = Ground((an_occupation(1, room="Studio 2"), an_occupation(2, room=" studio 2")))

    assert set(ground.all_clashes()) == {1, 2}


def test_a_session_is_never_in_its_own_way() -> None:
    stored = an_occupation(1, 0, room="Hall", link="a", staff_id=StaffId(1), clients=frozenset({ALICE}))
    moved = an_occupation(1, 30, room="Hall", link="a", staff_id=StaffId(1), clients=frozenset({ALICE}))

    assert Ground((stored,)).clashes_of(moved) == ()


def test_L9_a_long_session_clashes_with_all_that_lie_in_it() -> None:
    long = an_occupation(1, 0, minutes=240, room="Hall")
    inside = [an_occupation(n, n * 60, minutes=30, room="Hall") for n in (2, 3)]

    clashes = Ground((long, *inside)).all_clashes()

    assert told(clashes[SessionId(1)]) == [("room", 2), ("room", 3)]
    assert set(clashes) == {1, 2, 3}


# One session alone: the room's places and the opening hours


@pytest.mark.parametrize(
    ("capacity", "in_person", "room", "clash"),
    [
        pytest.param(12, True, "Hall", False, id="as many as it holds"),
        pytest.param(13, True, "Hall", True, id="one more than it holds"),
        pytest.param(13, True, "hall ", True, id="the room in other letters"),
        pytest.param(13, False, "Hall", False, id="online, so nobody comes"),
        pytest.param(99, True, "Loft", False, id="a room without a limit"),
        pytest.param(99, True, "", False, id="no room"),
    ],
)
def test_a_session_offers_no_more_places_than_its_room_holds(
    capacity: int, in_person: bool, room: str, clash: bool
) -> None:
    premises = {HERE: Premises(zone=ROME, rooms={room_key("Hall"): 12})}
    session = an_occupation(1, capacity=capacity, in_person=in_person, room=room)

    assert told(Ground((), premises).clashes_of(session)) == ([("capacity", None)] if clash else [])


# NOW is Monday 2 March 2026, 10:00 in Rome.
@pytest.mark.parametrize(
    ("start", "minutes", "fields", "clash"),
    [
        pytest.param(0, 60, {}, False, id="in the middle"),
        pytest.param(-60, 60, {}, False, id="from the opening on"),
        pytest.param(-61, 60, {}, True, id="a minute before it"),
        pytest.param(120, 60, {}, False, id="until the closing"),
        pytest.param(121, 60, {}, True, id="a minute after it"),
        pytest.param(150, 180, {}, True, id="through the pause"),
        pytest.param(300, 60, {}, False, id="in the afternoon"),
        pytest.param(24 * 60, 60, {}, True, id="on a day without hours"),
        pytest.param(121, 60, {"in_person": False, "room": ""}, False, id="online without a room"),
        pytest.param(121, 60, {"in_person": False, "room": "Hall"}, True, id="online from a room"),
    ],
)
def test_a_session_in_the_studio_lies_within_its_opening_hours(
    start: int, minutes: int, fields: dict[str, Any], clash: bool
) -> None:
    hours = (OpeningHours(0, 9 * 60, 13 * 60), OpeningHours(0, 15 * 60, 21 * 60))
    session = an_occupation(1, start, minutes, **{"in_person": True} | fields)

    found = Ground((), {HERE: Premises(zone=ROME, hours=hours)}).clashes_of(session)

    assert told(found) == ([("hours", None)] if clash else [])


def test_a_site_that_never_set_hours_is_never_closed() -> None:
    session = an_occupation(1, in_person=True)

    assert Ground((), {HERE: Premises(zone=ROME)}).clashes_of(session) == ()
    assert Ground((), {}).clashes_of(session) == ()


# Words


def test_each_clash_is_a_sentence_of_the_front_desk() -> None:
    mine = an_occupation(
        1,
        staff_id=StaffId(7),
        leader="Giulia",
        room="Hall",
        link="a",
        capacity=20,
        in_person=True,
        clients=frozenset({ALICE, BRUNO}),
    )
    other = an_occupation(2, 30, title="Barre", staff_id=StaffId(7), room="Hall", link="a", clients=mine.clients)
    away = an_occupation(3, -60, title="Yin", site_id=THERE, site="Hackney", link="a")
    premises = {HERE: Premises(zone=ROME, hours=(OpeningHours(0, 660, 1200),), rooms={room_key("Hall"): 12})}

    found = clash_sentences(Ground((other, away), premises).clashes_of(mine), ROME)

    assert found == (
        "The same link serves Yin at Hackney, Mon 09:00–10:00, right before it: the two groups may meet.",
        "Hall holds 12, but 20 places are offered.",
        "The studio is closed then: its hours on Mondays are 11:00–20:00.",
        "Giulia also leads Barre, Mon 10:30–11:30.",
        "Hall is also taken by Barre, Mon 10:30–11:30.",
        "The same link also serves Barre, Mon 10:30–11:30.",
        "Alice Rossi and Bruno Conti are also booked into Barre, Mon 10:30–11:30.",
    )


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (["Ada"], "Ada is also booked into"),
        (["Ada", "Bo", "Cy"], "Ada, Bo and Cy are also booked into"),
        (["Ada", "Bo", "Cy", "Di"], "Ada, Bo and 2 more are also booked into"),
    ],
)
def test_clients_in_two_places_are_named_and_then_counted(names: list[str], words: str) -> None:
    clients = frozenset(Attendee(ClientId(n), name) for n, name in enumerate(names))
    ground = Ground((an_occupation(2, clients=clients),))

    (sentence,) = clash_sentences(ground.clashes_of(an_occupation(1, clients=clients)), ROME)

    assert sentence.startswith(words)


def test_hidden_names_stay_hidden_in_a_clash() -> None:
    clients = frozenset({ALICE, BRUNO})
    ground = Ground((an_occupation(2, clients=clients),))

    (sentence,) = clash_sentences(ground.clashes_of(an_occupation(1, clients=clients)), ROME, lambda name: "••••••")

    assert sentence == "2 clients are also booked into Session 2, Mon 10:00–11:00."


def test_a_day_without_hours_is_called_closed() -> None:
    premises = {HERE: Premises(zone=ROME, hours=(OpeningHours(1, 600, 700),))}

    found = clash_sentences(Ground((), premises).clashes_of(an_occupation(1, in_person=True)), ROME)

    assert found == ("The studio is closed on Mondays.",)


def test_L9_a_host_with_two_licences_is_in_two_meetings_at_a_time_but_not_in_three() -> None:
    two = Host("zoom:sara", 2)
    first, second = an_occupation(1, 0, host=two), an_occupation(2, 30, host=two)
    third, later = an_occupation(3, 60, host=two), an_occupation(4, 200, host=two)

    assert not Ground((first, second, later)).all_clashes()

    found = Ground((first, second, third, later)).all_clashes()
    assert {key: [c.other.id for c in clashes if c.other] for key, clashes in found.items()} == {
        1: [2, 3],
        2: [1, 3],
        3: [1, 2],
    }, "the first ends when the third begins, which counts"
    assert Ground((first, second)).clashes_of(third) == found[third.id]
    assert Ground((first, second, third, later)).clashing() == found.keys()


# Against comparing every pair

_occupations = st.lists(
    st.builds(
        lambda start, length, staff, room, link, host, clients, site: {
            "start": start * 5,
            "minutes": length * 5,
            "staff_id": staff,
            "room": room,
            "link": link,
            "host": host,
            "clients": frozenset(Attendee(ClientId(c)) for c in clients),
            "site_id": site,
        },
        st.integers(0, 20),
        st.integers(1, 12),
        st.sampled_from([None, 1, 2]),
        st.sampled_from(["", "Hall", "hall"]),
        st.sampled_from([None, "a", "b"]),
        st.sampled_from([None, Host("account:1", 1)]),
        st.sets(st.integers(1, 3), max_size=2),
        st.sampled_from([HERE, THERE]),
    ),
    max_size=8,
).map(lambda rows: [an_occupation(n, **row) for n, row in enumerate(rows, 1)])


def _reference(a: Occupation, b: Occupation) -> set[str]:
    overlap = a.starts_at < b.ends_at and b.starts_at < a.ends_at
    touch = a.ends_at == b.starts_at or b.ends_at == a.starts_at
    one_room = a.room != "" and a.room.lower() == b.room.lower() and a.site_id == b.site_id
    one_meeting = (a.link is not None and a.link == b.link) or (a.host is not None and a.host == b.host)
    same = {
        "leader": overlap and a.staff_id is not None and a.staff_id == b.staff_id,
        "room": overlap and one_room,
        "client": overlap and bool(a.clients & b.clients),
        "link": (overlap or touch) and one_meeting,
    }
    return {what for what, clash in same.items() if clash}


@given(_occupations)
def test_finds_what_comparing_every_pair_finds(occupations: list[Occupation]) -> None:
    expected = {
        (x.id, what, y.id)
        for a, b in combinations(occupations, 2)
        for what in _reference(a, b)
        for x, y in ((a, b), (b, a))
    }

    found = Ground(tuple(occupations)).all_clashes()

    assert {(key, c.kind.value, c.other.id) for key, clashes in found.items() for c in clashes if c.other} == expected
    assert all(clashes for clashes in found.values())
    assert Ground(tuple(occupations)).clashing() == set(found)


@given(_occupations)
def test_a_session_s_clashes_are_the_same_looked_up_alone_and_with_all_others(occupations: list[Occupation]) -> None:
    ground = Ground(tuple(occupations))
    found = ground.all_clashes()

    for session in occupations:
        assert ground.clashes_of(session) == found.get(session.id, ())


@given(_occupations)
def test_whoever_is_in_the_way_of_another_has_it_in_its_own_way(occupations: list[Occupation]) -> None:
    pairs = {
        (key, clash.kind, clash.other.id, clash.clients)
        for key, clashes in Ground(tuple(occupations)).all_clashes().items()
        for clash in clashes
        if clash.other is not None
    }

    assert {(other, kind, key, clients) for key, kind, other, clients in pairs} == pairs


@given(st.integers(-3, 3), st.integers(1, 3), st.integers(1, 3))
def test_only_a_link_minds_that_sessions_follow_each_other_without_a_gap(gap: int, first: int, second: int) -> None:
    shared = {"staff_id": StaffId(1), "room": "Hall", "link": "a", "clients": frozenset({ALICE})}
    a = an_occupation(1, 0, first * 60, **shared)
    b = an_occupation(2, (first + gap) * 60, second * 60, **shared)

    kinds = {clash.kind for clash in Ground((a, b)).clashes_of(a)}

    if a.starts_at < b.ends_at and b.starts_at < a.ends_at:
        assert kinds == {ClashKind.LEADER, ClashKind.ROOM, ClashKind.LINK, ClashKind.CLIENT}
    elif HOUR * gap == 0 * HOUR or b.ends_at == a.starts_at:
        assert kinds == {ClashKind.LINK}
    else:
        assert kinds == set()
