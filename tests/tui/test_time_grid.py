from datetime import date, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from textual.geometry import Region

from studio_tui.domain.services import COLOURS
from studio_tui.domain.sessions import SessionId
from studio_tui.tui.marks import Bar, Mark
from studio_tui.tui.themes import DARK, service_variables
from studio_tui.tui.widgets.grid_canvas import GridCanvas
from studio_tui.tui.widgets.grid_layout import DAYS, Block, Piece, columns, place
from studio_tui.tui.widgets.grid_paint import LABELS, Ghost, Head, Look, Scene
from studio_tui.tui.widgets.grid_styles import GridStyles
from studio_tui.tui.widgets.grid_text import Facts

VARIABLES = {**DARK.to_color_system().generate(), **service_variables(dark=True, ansi=False)}
STYLES = GridStyles(VARIABLES, ansi=False)
MONDAY = date(2026, 11, 16)
WEEK = tuple(Head(MONDAY + timedelta(days=number), today=number == 5) for number in range(DAYS))


def a_week(drawn: list[tuple[int, int, int]]) -> tuple[tuple[tuple[Block, ...], ...], dict[SessionId, Look]]:
    """Blocks and looks of sessions given as day, quarter of the day, and number of quarters."""
    days: list[list[Piece]] = [[] for _ in range(DAYS)]
    looks = {}
    for number, (day, quarter, quarters) in enumerate(drawn):
        key = SessionId(number)
        days[day].append(Piece(key, day, quarter * 15, min((quarter + quarters) * 15, 1440), begins=True, ends=True))
        facts = Facts(
            f"Class {number}", "Anna Ferri", number, 9, (Mark.READY,) * (number % 2), "Studio 1", "07:00–08:00"
        )
        looks[key] = Look(facts, list(Bar)[number % 4], COLOURS[number % 8])
    return tuple(place(day, 15) for day in days), looks


sessions = st.lists(st.tuples(st.integers(0, 6), st.integers(28, 60), st.integers(1, 8)), max_size=24)


@st.composite
def walks(draw: st.DrawFn) -> list[Scene]:
    """A few scenes of one week as keys make them: cursor, choice, ghost, scroll and columns change."""
    blocks, looks = a_week(draw(sessions))
    keys = [*looks, None]
    some = st.frozensets(st.sampled_from(list(looks)), max_size=3) if looks else st.just(frozenset())
    found = []
    for _ in range(draw(st.integers(2, 6))):
        day, row = draw(st.integers(0, 6)), draw(st.integers(28, 63))
        ghost = draw(
            st.none() | st.builds(Ghost, st.integers(0, 6), st.just(row), st.just(row + 4), st.just("10:00 X"))
        )
        found.append(
            Scene(
                WEEK,
                columns(draw(st.sampled_from((60, 80, 120))), LABELS, day, covered=draw(st.sampled_from((0, 30)))),
                draw(st.sampled_from((28, 20))),
                36,
                15,
                blocks,
                looks,
                (day, row),
                draw(st.sampled_from(keys)),
                draw(some) if ghost else frozenset(),
                (ghost,) if ghost else (),
                draw(some),
                (draw(st.sampled_from((38, 39))), "09:41"),
                draw(st.sampled_from(((), ("A note", "of two lines"), ("Another, longer than a day is wide", "")))),
            )
        )
    return found


def text_of(canvas: GridCanvas, width: int) -> list[list[tuple[str, object]]]:
    return [[(s.text, s.style) for s in canvas.strip(y, width)] for y in range(37)]


@settings(max_examples=60)
@given(walks())
def test_what_is_drawn_step_by_step_is_what_would_be_drawn_at_once(walk: list[Scene]) -> None:
    canvas = GridCanvas(STYLES, ascii_only=False)
    for scene in walk:
        canvas.draw(scene)
        fresh = GridCanvas(STYLES, ascii_only=False)
        fresh.draw(scene)
        assert text_of(canvas, 120) == text_of(fresh, 120)


@settings(max_examples=60)
@given(walks())
def test_outside_the_regions_that_are_named_nothing_changed(walk: list[Scene]) -> None:
    canvas = GridCanvas(STYLES, ascii_only=False)
    before: list[list[tuple[str, object]]] | None = None
    for scene in walk:
        regions = canvas.draw(scene)
        after = cells(canvas)
        if before is not None and regions is not None:
            for y, (old, new) in enumerate(zip(before, after, strict=True)):
                for x, (was, now) in enumerate(zip(old, new, strict=True)):
                    if was != now:
                        assert any(region.contains(x, y) for region in regions)
        before = after


def cells(canvas: GridCanvas) -> list[list[tuple[str, object]]]:
    return [[(char, s.style) for s in canvas.strip(y, 120) for char in s.text] for y in range(37)]


@given(walks())
@settings(max_examples=30)
def test_every_line_is_exactly_as_wide_as_the_grid(walk: list[Scene]) -> None:
    canvas = GridCanvas(STYLES, ascii_only=False)
    for scene in walk:
        canvas.draw(scene)
        assert {sum(segment.cell_length for segment in canvas.strip(y, 120)) for y in range(37)} == {120}


def a_scene(**changes: Any) -> Scene:
    blocks, looks = a_week([(5, 40, 4), (5, 44, 4), (2, 40, 4)])
    return Scene(WEEK, columns(120, LABELS, 5), 28, 36, 15, blocks, looks, (5, 38))._replace(**changes)


def test_a_note_that_follows_another_is_drawn_in_its_whole_width() -> None:
    canvas = GridCanvas(STYLES, ascii_only=False)
    scene = a_scene(note=("Opening …",))
    canvas.draw(scene)
    note = "A sentence that says at length what is wrong and how to mend it"
    assert canvas.draw(scene._replace(note=(note,))) == [Region(LABELS, 13, 120 - LABELS, 1)]


def test_a_step_over_empty_slots_draws_two_rows_of_the_column() -> None:
    canvas = GridCanvas(STYLES, ascii_only=False)
    scene = a_scene()
    canvas.draw(scene)
    regions = canvas.draw(scene._replace(cursor=(5, 39)))
    assert regions is not None
    assert {region.y for region in regions} == {11, 12}
    assert sum(region.area for region in regions) < 2 * (LABELS + 17)


def test_choosing_a_session_draws_its_first_line_and_its_edge() -> None:
    canvas = GridCanvas(STYLES, ascii_only=False)
    scene = a_scene(cursor=(5, 41), chosen=SessionId(0))
    canvas.draw(scene._replace(chosen=None, cursor=(5, 41)))
    regions = canvas.draw(scene)
    assert regions is not None
    assert sum(region.area for region in regions) < 40


def test_the_same_scene_draws_nothing() -> None:
    canvas = GridCanvas(STYLES, ascii_only=False)
    assert canvas.draw(a_scene()) is None
    assert canvas.draw(a_scene()) == []


def test_a_session_behind_others_takes_the_front_when_it_is_chosen() -> None:
    blocks, looks = a_week([(0, 40, 4)] * 6)
    canvas = GridCanvas(STYLES, ascii_only=False)
    scene = a_scene(blocks=blocks, looks=looks, cursor=(0, 40))
    canvas.draw(scene)
    assert "+" in canvas.strip(13, 120).text
    canvas.draw(scene._replace(chosen=SessionId(5)))
    found = {canvas.slot_at(x, 13) for x in range(LABELS, 22)}
    assert (0, 40, SessionId(5)) in found


def test_a_cell_leads_to_its_session() -> None:
    canvas = GridCanvas(STYLES, ascii_only=False)
    canvas.draw(a_scene())
    left = columns(120, LABELS, 5).left(5)
    assert canvas.slot_at(left + 3, 14) == (5, 41, SessionId(0))
    assert canvas.slot_at(left + 3, 3) == (5, 30, None)
    assert canvas.slot_at(left + 3, 0) is None
    assert canvas.slot_at(2, 14) is None


def test_a_region_is_inside_the_grid() -> None:
    canvas = GridCanvas(STYLES, ascii_only=True)
    canvas.draw(a_scene())
    regions = canvas.draw(a_scene(cursor=(6, 40), note=("x",)))
    assert regions is not None
    assert all(Region(0, 0, 120, 37).contains_region(region) for region in regions)


def test_every_colour_of_a_service_is_in_every_theme() -> None:
    for dark, ansi in ((True, False), (False, False), (True, True)):
        assert set(service_variables(dark=dark, ansi=ansi)) == {f"service-{colour}" for colour in COLOURS}
