import re
from collections.abc import Iterator

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.segment import Segment
from rich.style import Style
from sqlalchemy import String, cast, literal, update
from textual.color import Color

from studio_tui.domain.delivery import DeliveryState
from studio_tui.domain.text import has_control
from studio_tui.storage import schema
from studio_tui.storage.types import to_ms
from studio_tui.tui.hostile import SafeText
from studio_tui.tui.plain import PlainText
from tests.tui.aurora import SATURDAY, Aurora
from tests.tui.terminal import Terminal

# Closes the markup, writes to the clipboard, rings, colours the rest, turns the line around, runs an action.
HOSTILE = "[red]Zed[/x]\x1b]52;c;cHduZWQ=\x07\x9b31m\u202e[@click=app.quit]q\r\n\x00"
BLACK = Color(0, 0, 0)
texts = st.text(st.one_of(st.characters(codec="utf-8"), st.sampled_from("\x1b\x07\x9b\u202e\r\n\t日👩[")), max_size=30)


@given(st.lists(texts, max_size=5))
@example([HOSTILE])
def test_no_control_character_passes_the_filter_and_no_cell_moves(parts: list[str]) -> None:
    style = Style(bold=True)
    segments = [Segment(text, style) for text in parts]
    cleaned = SafeText().apply(segments, BLACK)
    assert [segment.cell_length for segment in cleaned] == [segment.cell_length for segment in segments]
    assert not has_control("".join(segment.text for segment in cleaned))
    assert all(segment.style is style for segment in cleaned)


def test_harmless_lines_are_handed_on_as_they_are() -> None:
    segments = [Segment("Łódź ● 日本"), Segment("plain")]
    assert SafeText().apply(segments, BLACK) is segments


@given(st.lists(texts, max_size=5))
def test_plain_signs_are_as_wide_as_those_they_stand_for(parts: list[str]) -> None:
    segments = [Segment(text) for text in parts]
    assert [s.cell_length for s in PlainText().apply(segments, BLACK)] == [s.cell_length for s in segments]


@pytest.fixture
def hostile(aurora: Aurora, sqlite_url: str) -> str:
    """A studio in which every text is hostile, as if something else had written it into the database."""
    aurora.fill_week()
    aurora.worker_seen(SATURDAY)
    with aurora.database.writing() as unit:
        for table, columns in (
            (schema.client, ("name", "phone")),
            (schema.service, ("name", "details")),
            (schema.session, ("title", "room", "details")),
            (schema.staff, ("name",)),
            (schema.site, ("name",)),
        ):
            # With the id, because names are unique.
            text = literal(HOSTILE) + cast(table.c.id, String)
            unit.db.execute(update(table).values(dict.fromkeys(columns, text)))
        unit.db.execute(
            update(schema.outbox)
            .where(schema.outbox.c.state == int(DeliveryState.FAILED))
            .values(last_text=HOSTILE, updated_at=to_ms(SATURDAY))
        )
    return sqlite_url


@pytest.fixture
def terminal(hostile: str) -> Iterator[Terminal]:
    terminal = Terminal(["-m", "tests.tui.program", hostile])
    try:
        terminal.wait_for("[red]Zed")
        yield terminal
    finally:
        terminal.close()


# What opens each screen, and what brings the calendar back.
VISITS = {
    "the week": ("j", ""),
    "the drawer": ("\t\r", "\x1b"),
    "a client's card": ("\t\r\r", "\x1b\x1b"),
    "the form of a session": ("e", "\x1b"),
    "a new session": ("n", "\x1b"),
    "a question": ("d", "n"),
    "moving": ("mj", "\x1b"),
    "a refusal": ("y", "\x1b"),
    "what needs somebody": ("!", "\x1b"),
    "video conferences": ("V", "\x1b"),
    "services": ("S", "\x1b"),
    "the sites": ("s", "\x1b"),
    "help": ("?", "\x1b"),
    "the palette": (":", "\x1b"),
}


def test_no_screen_lets_hostile_text_reach_the_terminal(terminal: Terminal) -> None:
    seen = []
    for name, (keys, back) in VISITS.items():
        terminal.type("t" if name != "the week" else "")
        for key in keys:
            terminal.type(key)
            terminal.wait_for_silence()
        seen.append((name, "Zed" in terminal.text))
        for key in back:
            terminal.type(key)
            terminal.wait_for_silence(0.6)
    assert terminal.ended_within(0.1) is None
    assert "16–22 Nov" in terminal.text
    assert not [name for name, shown in seen if not shown and name not in ("help", "the palette")]
    # The shape of the mouse's pointer is the program's own wish.
    said = re.sub(r"\x1b\]22;[a-z-]*(?:\x07|\x1b\\)", "", terminal.written.decode())
    assert "\x1b]" not in said
    assert "\x07" not in said
    # What is left without the terminal's own sequences is text.
    text = re.sub(r"\x1b(?:\[[0-9;:<=>?]*[ -/]*[@-~]|[78=>])", "", said).replace("\r", "").replace("\n", "")
    assert not has_control(text)
