"""The QR code of a sign-in, as a phone sees it."""

from __future__ import annotations

from datetime import timedelta

import pytest
import segno

from studio_tui.tui.qr import qr_lines
from studio_tui.tui.screens.sign_in import time_left
from tests.builders import NOW

ADDRESS = "https://zoom.us/oauth/device/complete/WXYZ-4321"


def dark_cells(lines: object) -> list[list[bool]]:
    """The cells of the drawn code, two rows from each line."""
    assert isinstance(lines, (list, tuple))
    rows: list[list[bool]] = []
    for line in lines:
        rows += [[sign in "▀█" for sign in line], [sign in "▄█" for sign in line]]
    return rows


@pytest.mark.parametrize(("width", "height", "quiet"), [(80, 24, 4), (37, 19, 4), (33, 17, 2)])
def test_the_drawn_code_is_the_code_with_a_margin_that_fits(width: int, height: int, quiet: int) -> None:
    lines = qr_lines(ADDRESS, width, height)

    code = segno.make(ADDRESS, error="l", micro=False, boost_error=False)
    wanted = [[bool(dark) for dark in row] for row in code.matrix_iter(border=quiet)]
    assert dark_cells(lines)[: len(wanted)] == wanted
    assert {len(line) for line in lines} == {len(wanted[0])}


@pytest.mark.parametrize(("width", "height"), [(32, 40), (80, 16)])
def test_without_room_there_is_none(width: int, height: int) -> None:
    assert not qr_lines(ADDRESS, width, height)


def test_an_address_that_no_code_can_hold_has_none() -> None:
    assert not qr_lines("https://zoom.us/" + "x" * 5_000, 500, 500)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(900, "It holds for 15:00 more."), (61, "It holds for 1:01 more."), (0, "The code has run out.")],
)
def test_how_long_a_code_holds_is_counted_down(seconds: int, words: str) -> None:
    assert time_left(NOW + timedelta(seconds=seconds), NOW) == words
