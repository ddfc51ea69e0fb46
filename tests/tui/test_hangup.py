import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from studio_tui.tui.app import CRASHED
from studio_tui.tui.hangup import GRACE, HUNG_UP
from tests.tui.aurora import Aurora
from tests.tui.terminal import Terminal

PATIENCE_S = 30.0
"""Seconds that a busy machine may take for an orderly end; `python -m bench ending` measures those of an idle one."""


@contextmanager
def running(url: str, *, ignore_hangup: bool = False, **environment: str) -> Iterator[Terminal]:
    patient = {"GRACE": str(PATIENCE_S), **environment}
    terminal = Terminal(["-m", "tests.tui.program", url], patient, ignore_hangup=ignore_hangup)
    try:
        terminal.wait_for("Meditation")
        terminal.wait_for_silence()
        yield terminal
    finally:
        terminal.close()


@pytest.fixture
def week(aurora: Aurora, sqlite_url: str) -> str:
    aurora.put(5, "10:00", "Meditation")
    return sqlite_url


@pytest.mark.parametrize("ignore_hangup", [False, True], ids=["default", "ignored"])
def test_a_dropped_line_ends_the_program_in_an_orderly_way(week: str, ignore_hangup: bool, tmp_path: Path) -> None:
    with running(week, ignore_hangup=ignore_hangup, WORKER=str(tmp_path / "worker")) as terminal:
        terminal.hang_up()
        assert terminal.ended_within(PATIENCE_S) == HUNG_UP
        with pytest.raises(ProcessLookupError):
            os.killpg(terminal.pid, 0)
    assert (tmp_path / "worker").read_text() == "started stopped"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_ends_the_program_in_an_orderly_way(week: str, number: int, tmp_path: Path) -> None:
    with running(week, WORKER=str(tmp_path / "worker")) as terminal:
        os.kill(terminal.pid, number)
        assert terminal.ended_within(PATIENCE_S) == 128 + number
        assert b"\x1b[?1049l" in terminal.written
    assert (tmp_path / "worker").read_text() == "started stopped"


def test_a_dropped_line_ends_the_program_while_a_dialog_comes_up(week: str, tmp_path: Path) -> None:
    with running(week, LOG=str(tmp_path / "log")) as terminal:
        terminal.type("g")
        terminal.hang_up()
        assert terminal.ended_within(PATIENCE_S) == HUNG_UP
    assert (tmp_path / "log").read_text() == ""


def test_what_was_being_typed_is_there_again_at_the_next_start(week: str, tmp_path: Path) -> None:
    drafts = tmp_path / "drafts.json"
    with running(week, DRAFTS=str(drafts)) as terminal:
        terminal.type("n")
        terminal.wait_for("New session")
        terminal.wait_for("Title")
        terminal.wait_for_silence()
        terminal.type("\t" * 6)
        terminal.wait_for_silence()
        terminal.type("Full moon yoga")
        terminal.wait_for("Full moon yoga")
        terminal.hang_up()
        assert terminal.ended_within(PATIENCE_S) == HUNG_UP
    assert drafts.stat().st_mode & 0o777 == 0o600
    with running(week, DRAFTS=str(drafts)) as terminal:
        terminal.wait_for("When the line dropped, this was typed and not saved:")
        assert "New session" in terminal.text
        assert "Full moon yoga" in terminal.text
    assert not drafts.exists()


def test_a_query_that_hangs_does_not_hold_up_the_end(week: str) -> None:
    assert GRACE < 1
    with running(week, SLOW="1", GRACE=str(GRACE)) as terminal:
        terminal.type(".")
        terminal.wait_for("Week 48")
        terminal.hang_up()
        assert terminal.ended_within(PATIENCE_S) == HUNG_UP


def test_q_ends_the_program_and_gives_the_terminal_back(week: str, tmp_path: Path) -> None:
    with running(week, WORKER=str(tmp_path / "worker")) as terminal:
        terminal.type("q")
        assert terminal.ended_within(PATIENCE_S) == 0
        assert b"\x1b[?1049l" in terminal.written.rpartition(b"\x1b[?1049h")[2]
    assert (tmp_path / "worker").read_text() == "started stopped"


def test_an_unforeseen_error_has_its_own_exit_code_and_shows_nobodys_data(week: str, tmp_path: Path) -> None:
    with running(week, BROKEN="1", LOG=str(tmp_path / "log")) as terminal:
        terminal.type("!")
        assert terminal.ended_within(PATIENCE_S) == CRASHED
        said = terminal.written.decode()
        assert "studio-tui ended because of an error that it does not know (ZeroDivisionError)" in said
        assert "Chiara Neri" not in said
    log = (tmp_path / "log").read_text()
    assert "ended by ZeroDivisionError" in log
    assert "program.py" in log
    assert "Chiara Neri" not in log
