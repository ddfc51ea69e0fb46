import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len

from studio_tui.tui.marks import ASCII_MARKS, MARKS, Mark
from studio_tui.tui.widgets.grid_text import Facts, Role, block_text, fit


def vinyasa(**changes: object) -> Facts:
    facts: dict[str, object] = {
        "title": "Vinyasa Flow",
        "leader": "Giulia",
        "booked": 8,
        "capacity": 12,
        "marks": (Mark.READY,),
        "room": "Studio 2",
        "times": "07:00–08:00",
    }
    return Facts(**(facts | changes))  # type: ignore[arg-type]


def said(facts: Facts, width: int, height: int) -> list[str]:
    return ["".join(part.text for part in line) for line in block_text(facts, width, height, MARKS)]


def test_two_lines_say_title_leader_count_and_signs() -> None:
    assert said(vinyasa(), 14, 2) == ["Vinyasa Flow  ", "Giulia  8/12 ●"]


def test_one_line_says_title_count_and_signs() -> None:
    assert said(vinyasa(), 14, 1) == ["Vinyas. 8/12 ●"]
    assert said(vinyasa(), 20, 1) == ["Vinyasa Flow  8/12 ●"]


def test_more_lines_add_the_room_and_the_times() -> None:
    assert said(vinyasa(), 14, 6)[2:] == ["Studio 2      ", "07:00–08:00   "]


def test_a_narrow_block_gives_leader_and_count_lines_of_their_own() -> None:
    assert said(vinyasa(title="Yin", leader="Sara", booked=4, marks=(Mark.FAILED, Mark.READY)), 5, 4) == [
        "Yin  ",
        "Sara ",
        " 4 !●",
    ]


def test_a_long_title_takes_a_second_line_where_there_are_four() -> None:
    assert said(vinyasa(title="Reformer Pilates"), 14, 4)[:2] == ["Reformer      ", "Pilates       "]
    assert said(vinyasa(title="Reformer Pilates"), 14, 2)[0] == "Reformer Pila."


def test_in_the_smallest_block_the_alarming_sign_outlives_the_rest() -> None:
    (line,) = block_text(vinyasa(marks=(Mark.FAILED, Mark.READY, Mark.SENT)), 3, 1, MARKS)
    assert [part.text for part in line if part.role is Role.ALARM] == ["!"]


def test_a_cancelled_session_says_so_and_counts_nobody() -> None:
    assert said(vinyasa(cancelled=True, marks=()), 14, 2) == ["Vinyasa Flow  ", "cancelled     "]


def test_sessions_behind_are_counted() -> None:
    assert said(vinyasa(behind=3), 14, 2)[0] == "Vinyasa Fl. +3"


@pytest.mark.parametrize("hostile", ["\x1b]52;c;eA==\x07", "a\u202eb", "a\tb\nc", "\x9b31m"])
def test_control_characters_are_gone_before_cells_are_counted(hostile: str) -> None:
    for line in said(vinyasa(title=hostile, leader=hostile, room=hostile), 12, 5):
        assert cell_len(line) == 12
        assert not any(char < " " or "\x7f" <= char < "\xa0" or char == "\u202e" for char in line)


texts = st.text(st.one_of(st.characters(codec="utf-8"), st.sampled_from("ab 日本👩‍👩‍👧⚠️é\u0301")), max_size=24)


@given(
    texts,
    texts,
    st.integers(0, 999),
    st.integers(1, 999),
    st.lists(st.sampled_from(list(Mark)), unique=True, max_size=5),
    st.integers(0, 9),
    st.booleans(),
    st.integers(1, 30),
    st.integers(1, 8),
    st.booleans(),
)
def test_every_line_fills_its_cells_exactly(
    title: str,
    leader: str,
    booked: int,
    capacity: int,
    marks: list[Mark],
    behind: int,
    cancelled: bool,
    width: int,
    height: int,
    ascii_only: bool,
) -> None:
    facts = Facts(title, leader, booked, capacity, tuple(marks), title, leader, cancelled, behind)
    lines = block_text(facts, width, height, ASCII_MARKS if ascii_only else MARKS)
    assert 1 <= len(lines) <= height
    for line in lines:
        assert sum(cell_len(part.text) for part in line) == width


@example("\N{CJK RADICAL REPEAT}\x1f0", 2)
@given(texts, st.integers(0, 20))
def test_a_fitted_text_fills_its_cells_exactly(text: str, width: int) -> None:
    assert cell_len(fit(text, width)) == width
