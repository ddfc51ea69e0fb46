import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio_tui.cli.output import counted, facts, table, to_json
from studio_tui.domain.terminal import cell_width
from studio_tui.domain.text import has_control
from tests.builders import SmallStudio
from tests.cli.conftest import Shell

CLIPBOARD = "\x1b]52;c;aGk=\x07"


def test_columns_are_as_wide_as_their_widest_cell() -> None:
    assert list(table(("ID", "NAME", "WHY"), [(1, "Ada", None), (12, "Łucja 体操", "late")])) == [
        "ID  NAME        WHY",
        "1   Ada",
        "12  Łucja 体操  late",
    ]


def test_a_table_without_rows_is_empty() -> None:
    assert list(table(("ID", "NAME"), [])) == []


@given(st.lists(st.tuples(st.text(), st.text()), min_size=1))
def test_the_last_column_begins_in_the_same_cell_on_every_line(rows: list[tuple[str, str]]) -> None:
    lines = list(table(("A", "B", "END"), [(*row, "END") for row in rows]))

    assert len(lines) == len(rows) + 1
    assert len({cell_width(line.removesuffix("END")) for line in lines}) == 1


def test_a_long_cell_is_cut_except_in_the_last_column() -> None:
    [_, line] = table(("A", "B"), [("x" * 100, "y" * 100)])

    assert line == f"{'x' * 59}…  {'y' * 100}"


def test_further_lines_of_a_fact_are_indented_and_none_is_left_out() -> None:
    assert list(facts([("Details", "Bring:\na mat"), ("Room", None)])) == ["Details: Bring:", "  a mat"]


@given(st.text() | st.text(alphabet="\x1b\x07\x7f\x85\x9b\u202e\u2066\u2028ab"))
def test_json_keeps_every_character_without_a_terminal_acting_on_it(text: str) -> None:
    printed = to_json({"name": text})

    assert json.loads(printed) == {"name": text}
    assert not has_control(printed.replace("\n", ""))


def test_numbers_are_counted_in_words() -> None:
    assert [counted(1, "session"), counted(1200, "session"), counted(2, "client holds", "clients hold")] == [
        *("1 session", "1,200 sessions", "2 clients hold"),
    ]


@pytest.mark.parametrize("form", [(), ("--json",)])
def test_what_a_client_is_called_never_reaches_the_terminal_as_control_characters(
    shell: Shell, small: SmallStudio, form: tuple[str, ...]
) -> None:
    session = small.session()
    booking = small.book(session, small.client("Ada"))
    with small.database.writing() as unit:  # cleaned on the way in, so put there by another program
        unit.db.exec_driver_sql("UPDATE client SET name = ?", (f"{CLIPBOARD}\u202eAda\nBruni",))

    for argv in (
        *(("clients", "list"), ("clients", "show", booking.client_id), ("sessions", "show", session.id)),
        *(("bookings", "list", session.id), ("notices", "plan", "--site", "trastevere", "--at", "11:00")),
    ):
        out = shell.ok(*argv, *form).out
        assert "Ada" in out
        assert not has_control(out.replace("\n", ""))


def test_an_argument_is_harmless_in_a_complaint(shell: Shell) -> None:
    ran = shell("clients", "show", CLIPBOARD)

    assert ran.code == 3
    assert not has_control(ran.err.rstrip("\n"))
