from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio_tui.tui.drafts import DraftsLost, Unsaved, keep, take
from studio_tui.tui.screens.form import Form
from tests.tui.aurora import Aurora
from tests.tui.cursor import opened
from tests.tui.settling import on_screen, press, settled, write

texts = st.text(st.characters(codec="utf-8"), max_size=20)


@given(st.lists(st.builds(Unsaved, texts, st.dictionaries(texts, texts, min_size=1)), max_size=3))
def test_what_is_kept_is_taken_back_once(tmp_path_factory: pytest.TempPathFactory, forms: list[Unsaved]) -> None:
    path = tmp_path_factory.mktemp("drafts") / "drafts.json"
    keep(path, forms)
    assert take(path) == forms
    assert take(path) == []


def test_only_the_owner_can_read_it(tmp_path: Path) -> None:
    path = tmp_path / "drafts.json"
    keep(path, [Unsaved("New session", {"Title": "Yoga"})])
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_second_dropped_line_adds_to_what_the_first_left(tmp_path: Path) -> None:
    path = tmp_path / "drafts" / "anna.json"
    first, second = Unsaved("New session", {"Title": "Yoga"}), Unsaved("Go to", {"Date": "24/12"})
    keep(path, [first])
    keep(path, [second])
    assert take(path) == [first, second]


def test_without_typed_text_there_is_no_file(tmp_path: Path) -> None:
    keep(tmp_path / "drafts.json", [Unsaved("New session", {})])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", ["", "{", "[1]", '[["a", "b"]]', "null"])
def test_a_broken_file_is_told_and_gone(tmp_path: Path, text: str) -> None:
    path = tmp_path / "drafts.json"
    path.write_text(text)
    with pytest.raises(DraftsLost, match="could not be read again"):
        take(path)
    assert not path.exists()


async def test_links_and_passwords_are_not_among_what_is_kept(aurora: Aurora) -> None:
    aurora.put(5, "10:00")
    async with opened(aurora) as pilot:
        await press(pilot, "tab", "enter", "l")
        await settled(pilot)
        while not isinstance(pilot.app.screen, Form):
            await press(pilot, "enter")
        await write(pilot, "https://meet.example.com/secret-room")
        unsaved = pilot.app.screen.unsaved()
        assert unsaved is not None
        assert "secret-room" not in str(unsaved)


async def test_the_program_gives_back_what_was_kept_and_forgets_it(aurora: Aurora, tmp_path: Path) -> None:
    path = tmp_path / "drafts.json"
    keep(path, [Unsaved("New session", {"Title": "[red]Full moon"})])
    async with opened(aurora, drafts=path) as pilot:
        assert "Title: [red]Full moon" in on_screen(pilot)
        await press(pilot, "escape")
        assert "Full moon" not in on_screen(pilot)
        assert not path.exists()


async def test_a_broken_file_does_not_stop_the_program(aurora: Aurora, tmp_path: Path) -> None:
    path = tmp_path / "drafts.json"
    path.write_text("{")
    async with opened(aurora, drafts=path) as pilot:
        assert "could not be read again" in " ".join(m.message for m in pilot.app._notifications)
