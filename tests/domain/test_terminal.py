"""Text measured, cut and filled for a terminal's columns."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from studio_tui.domain.terminal import cell_width, clip, pad, safe_display

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
pieces = st.sampled_from(
    ["a", " ", "é", "e\u0301", "日本", "한", "❤\ufe0f", "1\ufe0f\u20e3", FAMILY, "🇮🇹", "👍🏽", "…"]
)
safe = st.one_of(st.lists(pieces, max_size=15).map("".join), st.text(max_size=30).map(safe_display))


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ("", 0),
        ("Anna", 4),
        ("Nicolò", 6),
        ("Nicolo\u0300", 6),
        ("日本語", 6),
        ("ＡＢ", 4),
        ("ｱ", 1),
        ("한글", 4),
        ("😀", 2),
        ("❤", 1),
        ("❤\ufe0f", 2),
        ("1\ufe0f\u20e3", 2),
        ("😀\ufe0f", 2),
        ("🇮🇹", 2),
        (FAMILY, 6),
        ("a\u200bb\ufeff", 2),
        ("\U0001fae9", 2),
        ("•…\ufffd", 3),
    ],
)
def test_the_width_is_in_cells_and_never_too_small(text: str, cells: int) -> None:
    assert cell_width(text) == cells


@pytest.mark.parametrize(
    ("text", "cells", "shown"),
    [
        ("Anna Rossi", 10, "Anna Rossi"),
        ("Anna Rossi", 9, "Anna Ros…"),
        ("Anna", 1, "…"),
        ("A", 1, "A"),
        ("Anna", 0, ""),
        ("Anna", -3, ""),
        ("日本語", 6, "日本語"),
        ("日本語", 5, "日本…"),
        ("日本語", 4, "日…"),
        ("日本語", 2, "…"),
        ("ae\u0301io", 3, "ae\u0301…"),
        ("ab❤\ufe0fcd", 5, "ab❤\ufe0f…"),
        ("ab❤\ufe0fcd", 4, "ab…"),
        (f"a{FAMILY}b", 7, "a…"),
        (f"a{FAMILY}bc", 8, f"a{FAMILY}…"),
    ],
)
def test_a_text_is_cut_between_characters(text: str, cells: int, shown: str) -> None:
    assert clip(text, cells) == shown


@pytest.mark.parametrize(
    ("text", "cells", "shown"),
    [("Anna", 6, "Anna  "), ("日本語", 4, "日… "), ("日本", 5, "日本 "), ("Anna", 0, ""), ("", 2, "  ")],
)
def test_a_text_fills_its_column_exactly(text: str, cells: int, shown: str) -> None:
    assert pad(text, cells) == shown


@given(safe, st.integers(0, 40))
def test_a_cut_text_fits_and_a_filled_one_fits_exactly(text: str, cells: int) -> None:
    assert cell_width(clip(text, cells)) <= cells
    assert cell_width(pad(text, cells)) == cells
    assert clip(clip(text, cells), cells) == clip(text, cells)


@given(safe, st.integers(0, 40))
def test_what_is_shown_begins_the_text(text: str, cells: int) -> None:
    shown = clip(text, cells)
    assert shown == text or text.startswith(shown.removesuffix("…"))


@given(st.lists(pieces, max_size=15).map("".join))
def test_no_width_is_less_than_what_the_screens_library_counts(text: str) -> None:
    assert cell_width(text) >= cell_len(text)


def test_command_line_output_is_made_safe_before_it_is_measured() -> None:
    assert pad(safe_display("A\x1b[2Jb\u202e\n"), 10) == "A\ufffd[2Jb    "
