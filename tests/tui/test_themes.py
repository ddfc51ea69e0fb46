"""Themes: chosen at run time, remembered, readable, and one that does without any colour."""

from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.pilot import Pilot

from studio_tui.tui import preferences
from studio_tui.tui.contrast import LEAST, OnCursor, Readable, contrast
from studio_tui.tui.monochrome import WithoutColour
from studio_tui.tui.themes import ANSI, CONTRAST, DARK, LIGHT, MONO, THEMES, WORDS, service_variables
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


class Text(NamedTuple):
    """A text on the screen, and its contrast with what is behind it."""

    text: str
    ratio: float


def texts(pilot: Pilot[None]) -> list[Text]:
    """Every text that goes to the terminal; rules and edges are none."""
    found = []
    for strip in pilot.app.screen._compositor.render_strips():
        segments = list(strip)
        for line_filter in pilot.app.get_line_filters():
            segments = line_filter.apply(segments, Color(0, 0, 0))
        for text, style, _ in segments:
            if style is not None and style.color is not None and any(char.isalnum() for char in text):
                behind = Color(0, 0, 0) if style.bgcolor is None else Color.from_rich_color(style.bgcolor)
                found.append(Text(text, contrast(Color.from_rich_color(style.color), behind)))
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


def test_high_contrast_means_seven_to_one() -> None:
    used = [CONTRAST.foreground, CONTRAST.accent, CONTRAST.error, CONTRAST.success, CONTRAST.primary]
    services = [colour for name, colour in CONTRAST.variables.items() if name.startswith("service-")]
    for colour in [*used, *services]:
        assert contrast(Color.parse(colour or ""), Color(0, 0, 0)) >= LEAST, colour


@pytest.mark.parametrize(
    "keys",
    [
        (),
        ("3",),
        ("4",),
        ("tab", "enter"),
        ("n", "a"),
        ("d",),
        ("S",),
        ("C",),
        ("P",),
        ("V",),
        ("f1",),
        ("f9",),
        ("g",),
    ],
)
async def test_no_text_of_the_high_contrast_theme_is_under_seven_to_one(aurora: Aurora, keys: tuple[str, ...]) -> None:
    aurora.book(aurora.put(5, "12:00"), aurora.client("Alice Rossi"))
    aurora.put(1, "10:00")
    gone = aurora.put(2, "10:00")
    aurora.scheduling.cancel(aurora.owner, gone.id, version=None)
    async with opened(aurora, theme=CONTRAST.name) as pilot:
        await press(pilot, *keys)
        weak = [text for text in texts(pilot) if text.ratio < LEAST]
    assert weak == []


@given(st.tuples(*[st.integers(0, 255)] * 3), st.integers(0, 60))
def test_dimmed_text_is_brought_to_what_can_be_read(text: tuple[int, int, int], grey: int) -> None:
    behind = Color(grey, grey, grey)
    dimmed = Segment("a", Style(color=Color(*text).rich_color, bgcolor=behind.rich_color, bold=True))
    (found,) = Readable().apply([dimmed], Color(0, 0, 0))
    assert found.style is not None
    assert found.style.color is not None
    assert found.style.bold
    assert contrast(Color.from_rich_color(found.style.color), behind) >= LEAST


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


def test_on_the_blue_of_a_cursor_every_text_of_the_sixteen_colours_is_white() -> None:
    given = [
        Segment("a", Style.parse(style)) for style in ("red on blue", "dim on blue bold", "green", "red on yellow")
    ]

    shown = [segment.style for segment in OnCursor().apply([*given, Segment("b")], Color(0, 0, 0))]

    white = Style.parse("bright_white on blue not dim")
    assert shown == [white, white + Style(bold=True), given[2].style, given[3].style, None]


async def test_a_sign_can_be_read_where_the_cursor_is_in_the_terminal_s_own_colours(aurora: Aurora) -> None:
    aurora.book(aurora.put(5, "12:00"), aurora.client("Alice Rossi", email=""))
    async with opened(aurora, theme=ANSI.name) as pilot:
        await press(pilot, "P")
        found = styles(pilot)
    on_cursor = [style for style in found if style.bgcolor is not None and style.bgcolor.number == 4]
    assert {(style.color and style.color.number, style.dim) for style in on_cursor} == {(15, False)}
