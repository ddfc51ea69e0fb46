"""Each view: its keys, its columns, and the one cursor that goes through all of them."""

from tests.tui.aurora import Aurora
from tests.tui.cursor import chosen, messages, opened, slot
from tests.tui.settling import on_screen, press


async def test_a_session_carried_to_another_column_changes_its_leader(aurora: Aurora) -> None:
    session = aurora.put(5, "10:00", "Yin", staff_id=aurora.teacher.id)
    async with opened(aurora) as pilot:
        await press(pilot, "tab", "1", "m", "right")
        assert "Sat 21 Nov 10:00, Marco" in on_screen(pilot)
        await press(pilot, "down", "enter")
        moved = aurora.read(session)
        assert (moved.staff_id, moved.starts_at, moved.length) == (
            aurora.substitute.id,
            aurora.at(5, "10:15"),
            session.length,
        )
        assert "Yin was moved to Sat 21 Nov 10:15, Marco" in messages(pilot)
        assert (slot(pilot), chosen(pilot)) == ("Sat 10:15", "Yin")


async def test_a_session_carried_to_another_room_keeps_its_leader(aurora: Aurora) -> None:
    session = aurora.put(5, "10:00", "Yin", staff_id=aurora.teacher.id, room="Blue")
    aurora.put(5, "12:00", "Barre", room="Red")
    async with opened(aurora) as pilot:
        await press(pilot, "tab", "5", "m", "l", "enter")
        moved = aurora.read(session)
        assert (moved.staff_id, moved.room, moved.starts_at) == (aurora.teacher.id, "Red", session.starts_at)
