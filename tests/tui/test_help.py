"""Help that fits the screen one is on: its own keys, its own signs."""

import pytest

from tests.tui.aurora import Aurora
from tests.tui.cursor import opened
from tests.tui.settling import press


async def help_text(aurora: Aurora, *keys: str, key: str = "question_mark", ascii: bool = False) -> str:
    """All that the help says, also what is below its lower edge."""
    async with opened(aurora, (100, 120), login="paola", ascii=ascii) as pilot:
        await press(pilot, *keys, key)
        return "\n".join(str(part.render()) for part in pilot.app.screen.query("VerticalScroll Static"))


@pytest.mark.parametrize(
    ("keys", "title", "words", "sign"),
    [
        (("S",), "Services", "Offer it no more, or again", "not offered any more"),
        (("T",), "Team", "They leave, or come back", "no longer works here"),
        (("B",), "Rooms and hours", "Take the room off the list", "a name that only sessions carry"),
        (("V",), "Video conferences", "Disconnect it, or connect it again", "needs a new sign-in"),
        (("f8",), "First steps", "Leave the step for later", "to be done, or left for later"),
        ((), "Calendar", "Make a session at the cursor", "left edge: full"),
        (("tab", "enter"), "In the drawer", "Send the chosen client's notice again", "waits to be tried again"),
    ],
    ids=["services", "team", "premises", "conferences", "guide", "calendar", "drawer"],
)
async def test_the_help_tells_the_keys_and_signs_of_its_screen(
    aurora: Aurora, keys: tuple[str, ...], title: str, words: str, sign: str
) -> None:
    aurora.book(aurora.put(5, "10:00"))

    text = await help_text(aurora, *keys)

    assert title in text.splitlines()
    assert sign in text
    assert words in text
    assert ("left edge: full" in text) is (not keys or keys[0] == "tab")


async def test_a_form_explains_its_keys_and_no_signs_of_the_calendar(aurora: Aurora) -> None:
    text = await help_text(aurora, "T", "n", key="f1")

    assert {"A staff member", "Everywhere"} & set(text.splitlines()) == {"A staff member"}
    assert "form.save" in text
    assert "Signs" not in text


async def test_signs_are_explained_as_the_terminal_shows_them(aurora: Aurora) -> None:
    text = await help_text(aurora, "T", ascii=True)

    assert "×" not in text
    assert "x" in [line.split()[0] for line in text.splitlines() if "no longer works" in line]
