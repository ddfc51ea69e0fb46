"""The drawer in every state, on a wide and on a small terminal."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from studio_tui.domain.sessions import Session
from tests.tui.aurora import Aurora
from tests.tui.meditation import HOSTILE, busy, drawer_of, meditation
from tests.tui.settling import press, write

SIZES = [(120, 40), (80, 24)]


def cancelled(aurora: Aurora) -> Session:
    session = busy(aurora)
    aurora.scheduling.cancel(aurora.owner, session.id, version=None)
    return session


def without_link(aurora: Aurora) -> Session:
    session = busy(aurora)
    aurora.linking.remove(aurora.owner, session.id, version=None)
    return session


def in_person(aurora: Aurora) -> Session:
    session = aurora.put(5, "10:00", "Reformer Pilates", room="Studio 1", details="Socks with grip, please.")
    aurora.book(session, aurora.client("Alice Rossi"))
    return session


def of_a_course(aurora: Aurora) -> Session:
    aurora.connect()
    course, sessions = aurora.course()
    aurora.booking.enrol(aurora.owner, course.id, aurora.client("Alice Rossi").id)
    return sessions[0]


def too_late_and_clashing(aurora: Aurora) -> Session:
    session = busy(aurora)
    aurora.put(5, "10:30", "Yin", staff_id=aurora.desk.id, room="Studio 2")
    aurora.scheduling.set_notice_time(aurora.owner, session.id, aurora.at(5, "10:45"), version=None)
    aurora.scheduling.move(aurora.owner, session.id, aurora.at(5, "09:40"), version=None)
    return session


def hostile(aurora: Aurora) -> Session:
    session = meditation(aurora, title=HOSTILE, details=HOSTILE)
    aurora.book(session, aurora.client(HOSTILE))
    return session


def full_house(aurora: Aurora) -> Session:
    session = meditation(aurora, capacity=30)
    for number in range(30):
        aurora.book(session, aurora.client(f"Client number {number:02}"))
    return session


State = tuple[Callable[[Aurora], Session], Sequence[str], dict[str, Any]]
STATES: dict[str, State] = {
    "every_state_of_a_notice": (busy, (), {}),
    "nobody": (meditation, (), {}),
    "link_shown": (busy, ("L",), {}),
    "link_missing": (without_link, (), {}),
    "in_person": (in_person, (), {}),
    "cancelled": (cancelled, (), {}),
    "course": (of_a_course, (), {}),
    "too_late_and_clashing": (too_late_and_clashing, (), {}),
    "refused": (meditation, ("i",), {}),
    "names_hidden": (busy, (), {"privacy": True}),
    "ascii": (busy, (), {"ascii": True}),
    "light": (busy, (), {"theme": "studio-light"}),
    "terminals_own_colours": (busy, (), {"theme": "ansi-dark"}),
    "hostile": (hostile, (), {}),
    "full_house": (full_house, ("end",), {}),
    "link_menu": (busy, ("l",), {}),
    "link_question": (busy, ("l", "o"), {}),
    "notice_time": (meditation, ("N",), {}),
    "card": (busy, ("down", "enter"), {}),
    "courses_booking": (of_a_course, ("d",), {}),
}


ALIKE = {
    "link_shown",
    "cancelled",
    "course",
    "names_hidden",
    "ascii",
    "light",
    "terminals_own_colours",
    "hostile",
    "full_house",
    "link_question",
}
"""States whose wide picture would show nothing that the small one does not: the drawer is as wide in both."""


@pytest.mark.parametrize("name", STATES)
async def test_the_drawer_looks_as_approved_on_a_small_terminal(
    aurora: Aurora, picture: SnapshotAssertion, name: str
) -> None:
    await _compare(aurora, picture, STATES[name], (80, 24))


@pytest.mark.parametrize("name", [name for name in STATES if name not in ALIKE])
async def test_the_drawer_looks_as_approved_on_a_wide_terminal(
    aurora: Aurora, picture: SnapshotAssertion, name: str
) -> None:
    await _compare(aurora, picture, STATES[name], (120, 40))


async def _compare(aurora: Aurora, picture: SnapshotAssertion, state: State, size: tuple[int, int]) -> None:
    make, keys, options = state
    session = make(aurora)

    async with drawer_of(aurora, session, size=size, **options) as pilot:
        await press(pilot, *keys)

        assert pilot.app.export_screenshot(simplify=True) == picture


TYPED: dict[str, tuple[Callable[[Aurora], Session], Sequence[str], str, Sequence[str]]] = {
    "link_recognised": (busy, ("l", "t"), "https://meet.google.com/abc-defg-hij", ()),
    "link_of_the_host": (busy, ("l", "t"), "https://zoom.us/s/123456789", ()),
    "link_refused": (busy, ("l", "t"), "http://meet.example.com/x", ("ctrl+s",)),
    "notice_refused": (meditation, ("N", "ctrl+u"), "12:00", ("ctrl+s",)),
    "booking": (busy, ("b",), "a", ()),
    "booking_refused": (busy, ("b",), "alice", ("enter",)),
    "new_client": (busy, ("b",), "Nina Rota", ("enter",)),
    "typed_text": (busy, ("l", "t"), "https://half", ("escape",)),
}


@pytest.mark.parametrize("size", SIZES, ids=["wide", "small"])
@pytest.mark.parametrize("name", TYPED)
async def test_the_drawers_dialogs_look_as_approved(
    aurora: Aurora, picture: SnapshotAssertion, name: str, size: tuple[int, int]
) -> None:
    make, before, text, after = TYPED[name]
    session = make(aurora)

    async with drawer_of(aurora, session, size=size) as pilot:
        await press(pilot, *before)
        await write(pilot, text)
        await press(pilot, *after)

        assert pilot.app.export_screenshot(simplify=True) == picture
