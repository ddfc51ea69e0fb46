"""Accounts that somebody signs in to, as they look: in every state, wide and narrow."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

import pytest
from syrupy.assertion import SnapshotAssertion
from textual.pilot import Pilot

from studio_tui.domain.meetings import SignInId
from studio_tui.storage.unit_of_work import Database
from tests.doubles.doors import DoorKind, Doors
from tests.doubles.rooms import a_sign_in
from tests.tui.aurora import SATURDAY, Aurora
from tests.tui.settling import press, settled, write
from tests.tui.test_old_links import with_old_links

SIZES = [(120, 40), (80, 24)]


class Zoomlike(DoorKind):
    """A provider with every way in, called as people know one."""

    name = "Zoom"
    summary = "every session gets a meeting of its own"


def nothing(aurora: Aurora) -> None:
    aurora.put(5, "12:00", "Yin")


def in_every_state(aurora: Aurora) -> None:
    """The default account signed in and left alone for a while, others refused, disconnected, or a link alone."""
    signing_in, owner, site_id = aurora.signing_in, aurora.owner, aurora.rome.id
    default = signing_in.connect(owner, site_id, None, "house", "key", a_sign_in("studio"))
    refused = signing_in.connect(owner, site_id, aurora.teacher.id, "house", "browser", a_sign_in("anna"))
    aurora.connect(staff=aurora.desk, room="luca")
    signing_in.connect(owner, site_id, aurora.substitute.id, "house", "code", a_sign_in("marco"))
    aurora.conferencing.disconnect(owner, site_id, aurora.substitute.id)
    for hour in (12, 14, 16):
        aurora.put(5, f"{hour}:00", "Yin", staff_id=aurora.owner.id)
    aurora.put(5, "18:00", "Barre", staff_id=aurora.teacher.id)
    assert default.sign_in is not None
    assert refused.sign_in is not None
    with aurora.database.writing() as unit:
        for _ in range(6):
            unit.sign_ins.use(default.sign_in.host, SATURDAY.date(), 100)
        until = SATURDAY + timedelta(minutes=15)
        unit.sign_ins.troubled(SignInId(default.sign_in.id), "Zoom does not answer.", paused_until=until)
        unit.sign_ins.troubled(SignInId(refused.sign_in.id), "Zoom no longer accepts the sign-in.", accepted=False)


def old_links(aurora: Aurora) -> None:
    with_old_links(aurora)


async def code(pilot: Pilot[None]) -> None:
    await write(pilot, "giulia@studio.example")
    await press(pilot, "tab")
    await write(pilot, "s3cret")


async def browser(pilot: Pilot[None]) -> None:
    await write(pilot, "giulia@studio.example")
    await press(pilot, "ctrl+s", "tab")
    await write(pilot, "http://127.0.0.1:49152/other")
    await press(pilot, "enter")


Scene = Callable[[Pilot[None]], Awaitable[None]]
PICTURES: dict[str, tuple[Callable[[Aurora], None], Sequence[str], Scene | None]] = {
    "states": (in_every_state, (), None),
    "needs_sign_in": (in_every_state, ("down",), None),
    "form": (nothing, ("a", "right", "tab", "right", "tab"), code),
    "code": (nothing, ("a", "right", "tab", "right", "tab", "x", "tab", "y", "ctrl+s"), None),
    "browser": (nothing, ("a", "right", "tab", "right", "right", "tab"), browser),
    "old_links": (old_links, ("H",), None),
    "clashes": (old_links, ("C",), None),
}


@pytest.mark.parametrize("size", SIZES, ids=["wide", "small"])
@pytest.mark.parametrize("name", PICTURES)
async def test_accounts_look_as_approved(
    sqlite_database: Database, picture: SnapshotAssertion, name: str, size: tuple[int, int]
) -> None:
    aurora = Aurora(sqlite_database, [Zoomlike(Doors(), SATURDAY)])
    arrange, keys, scene = PICTURES[name]
    arrange(aurora)
    app = aurora.app(login="paola")

    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        await press(pilot, "V", *keys)
        if scene is not None:
            await scene(pilot)
        assert app.export_screenshot(simplify=True) == picture
