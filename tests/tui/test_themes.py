"""Themes: chosen at run time, remembered, readable, and one that does without any colour."""

from pathlib import Path

import pytest
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.pilot import Pilot

from studio_tui.tui import preferences
from studio_tui.tui.monochrome import WithoutColour
from studio_tui.tui.themes import CONTRAST, DARK, LIGHT, MONO, THEMES, WORDS, service_variables
from tests.tui.aurora import Aurora
from tests.tui.cursor import messages, opened
from tests.tui.settling import in_dialog, press


def styles(pilot: Pilot[None]) -> set[Style]:
    """Every style that goes to the terminal, as the app's filters leave it."""
    found: set[Style] = set()
    for strip in pilot.app.screen._compositor.render_strips():
        segments = list(strip)
        for line_filter in pilot.app.get_line_filters():
            segments = line_filter.apply(segments, Color(0, 0, 0))
        found |= {segment.style for segment in segments if segment.style is not None}
    return found


def coloured(style: Style) -> bool:
    return any(colour is not None and not colour.is_default for colour in (style.color, style.bgcolor))


async def test_a_theme_is_seen_while_choosing_kept_by_enter_and_there_again_at_the_next_start(
    aurora: Aurora, tmp_path: Path
) -> None:
    file = tmp_path / "preferences" / "luca.json"
    async with opened(aurora, preferences=file) as pilot:
        assert pilot.app.theme == DARK.name
        await press(pilot, "f9")
        assert "high contrast" in in_dialog(pilot)
        await press(pilot, "j")
        assert pilot.app.theme == LIGHT.name
        await press(pilot, "down", "enter")
        assert pilot.app.theme == CONTRAST.name
    assert file.stat().st_mode & 0o077 == 0

    async with opened(aurora, preferences=file, theme=LIGHT.name) as pilot:
        assert pilot.app.theme == CONTRAST.name
    async with opened(aurora, preferences=tmp_path / "paola.json", theme=LIGHT.name) as pilot:
        assert pilot.app.theme == LIGHT.name


async def test_closing_the_choice_brings_the_theme_back(aurora: Aurora, tmp_path: Path) -> None:
    file = tmp_path / "luca.json"
    async with opened(aurora, preferences=file) as pilot:
        await press(pilot, "f9", "down", "down", "escape")
        assert pilot.app.theme == DARK.name
    assert not file.exists()


async def test_a_choice_that_cannot_be_kept_holds_until_the_end(aurora: Aurora, tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.touch()
    async with opened(aurora, preferences=in_the_way / "luca.json") as pilot:
        await press(pilot, "f9", "down", "enter")
        assert pilot.app.theme == LIGHT.name
        assert "hold until the program ends" in messages(pilot)


@pytest.mark.parametrize("content", ["", "[1]", '{"theme": "gone"}', "\x00"])
def test_preferences_that_cannot_be_read_count_as_none(aurora: Aurora, tmp_path: Path, content: str) -> None:
    file = tmp_path / "luca.json"
    file.write_text(content)

    assert aurora.app(preferences=file).theme == DARK.name


def test_preferences_are_added_to_each_other_and_forgotten_one_by_one(tmp_path: Path) -> None:
    file = tmp_path / "luca.json"
    preferences.keep(file, theme="a")
    preferences.keep(file, guide="b")
    assert preferences.read(file) == {"theme": "a", "guide": "b"}
    preferences.keep(file, guide="")
    assert preferences.read(file) == {"theme": "a"}
    preferences.keep(None, theme="c")
    assert preferences.read(None) == {}


def test_whoever_wants_no_colour_gets_none_whatever_was_chosen_before(
    aurora: Aurora, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    preferences.keep(tmp_path / "luca.json", theme=LIGHT.name)
    monkeypatch.setenv("NO_COLOR", "1")

    assert aurora.app(preferences=tmp_path / "luca.json").theme == MONO.name


def test_every_theme_has_words_and_every_colour_of_a_service() -> None:
    assert [theme.name for theme in THEMES] == list(WORDS)
    for theme in (CONTRAST, MONO):
        assert set(service_variables(dark=True, ansi=False)) <= set(theme.variables)


def ratio_to_black(colour: Color) -> float:
    """The contrast with a black background (WCAG 2.2, "contrast ratio")."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour.normalized]
    return (0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] + 0.05) / 0.05


def test_high_contrast_means_seven_to_one() -> None:
    used = [CONTRAST.foreground, CONTRAST.accent, CONTRAST.error, CONTRAST.success, CONTRAST.primary]
    services = [colour for name, colour in CONTRAST.variables.items() if name.startswith("service-")]
    for colour in [*used, *services]:
        assert ratio_to_black(Color.parse(colour or "")) >= 7, colour


@pytest.mark.parametrize("keys", [(), ("tab", "enter"), ("n",), ("d",), ("S",), ("T",), ("question_mark",), ("f9",)])
async def test_without_colour_only_attributes_are_left_and_the_cursor_is_seen(
    aurora: Aurora, keys: tuple[str, ...]
) -> None:
    aurora.put(5, "10:00")
    async with opened(aurora, theme=MONO.name) as pilot:
        await press(pilot, *keys)
        found = styles(pilot)
    assert not [style for style in found if coloured(style)]
    assert [style for style in found if style.reverse or style.bold]


def test_what_has_a_background_is_reversed_and_a_cursor_in_it_stands_out() -> None:
    white_on_blue, cursor = Style.parse("white on blue bold"), Style.parse("white on blue reverse")
    given = [Segment("a", white_on_blue), Segment("b", cursor), Segment("c", Style.parse("red")), Segment("d")]

    marked, plain, text, bare = WithoutColour().apply(given, Color(0, 0, 0))

    assert marked.style == Style(bold=True, reverse=True)
    assert (plain.style, text.style) == (Style(reverse=False), Style(reverse=False))
    assert bare.style is None
