"""The program as it is installed, in a process of its own."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from studio_tui.cli.main import NOUNS
from studio_tui.storage.unit_of_work import Database
from tests.builders import SmallStudio

COMMAND = [sys.executable, "-m", "studio_tui"]
NOT_FOR_A_LIST = (
    *("textual", "rich", "alembic", "httpx", "icalendar", "recurring_ical_events", "cryptography", "jinja2"),
    *("aiosmtplib", "sqlalchemy.orm", "psycopg", "studio_tui.tui.app", "studio_tui.worker.runner"),
)


def run(
    *argv: str, command: Sequence[str] = COMMAND, environ: Mapping[str, str] = os.environ
) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([*command, *argv], env={**os.environ, **environ}, capture_output=True, check=False)


@pytest.fixture
def data_dir(sqlite_database: Database, small: SmallStudio, sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a studio with a client called Łucja in one session; the environment names its database."""
    small.connect()
    small.book(small.session(), small.client("Łucja Nowak"))
    sqlite_database.close()
    folder = Path(sqlite_url.removeprefix("sqlite:///")).parent
    monkeypatch.setenv("STUDIO_TUI_DATABASE_URL", sqlite_url)
    monkeypatch.setenv("STUDIO_TUI_DATA_DIR", str(folder))
    return folder


def imported_by(*commands: Sequence[str]) -> set[str]:
    """What is imported when these commands are done, one after the other."""
    script = (
        "import json, sys; from studio_tui.__main__ import main; "
        "codes = [main(argv) for argv in json.loads(sys.argv[1])]; "
        "print(*sys.modules, file=sys.stderr); sys.exit(any(codes))"
    )
    ran = run(json.dumps(commands), command=[sys.executable, "-c", script])
    assert ran.returncode == 0, ran.stderr
    return set(ran.stderr.decode().split())


def test_the_installed_command_lists_sessions(data_dir: Path) -> None:
    command = shutil.which("studio-tui", path=str(Path(sys.executable).parent))
    if command is None:
        pytest.skip("the package is not installed in this environment")

    listed = run("sessions", "list", "--site", "trastevere", "--from", "2026-03-02", "--json", command=[command])

    assert (listed.returncode, listed.stderr) == (0, b"")
    assert [each["title"] for each in json.loads(listed.stdout)] == ["Yoga flow"]


def test_help_needs_no_database() -> None:
    imported = imported_by(["--help"], ["--version"], *([noun, "--help"] for noun in NOUNS))

    assert "studio_tui.cli.sessions" in imported
    assert imported.isdisjoint({"sqlalchemy", "textual", "httpx", "platformdirs"})


def test_a_list_of_sessions_imports_nothing_heavy_but_the_database(data_dir: Path) -> None:
    imported = imported_by(["sessions", "list", "--site", "trastevere", "--from", "2026-03-02"])

    assert "sqlalchemy" in imported
    assert imported & set(NOT_FOR_A_LIST) == set()


def test_names_are_written_as_utf8_whatever_the_locale(data_dir: Path) -> None:
    for environ in ({"LC_ALL": "C"}, {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}):
        shown = run("bookings", "list", "1", environ=environ)

        assert "Łucja Nowak" in shown.stdout.decode("utf-8")


def test_whoever_stops_reading_gets_no_complaint(data_dir: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as pipe:
        ran = subprocess.run([*COMMAND, "staff", "list"], stdout=pipe, stderr=subprocess.PIPE, check=False)

    assert (ran.returncode, ran.stderr) == (141, b"")


def test_an_error_is_one_sentence_and_an_exit_code(data_dir: Path) -> None:
    ran = run("sessions", "show", "99")

    assert (ran.returncode, ran.stdout) == (3, b"")
    assert ran.stderr.startswith(b"studio-tui: ")
    assert ran.stderr.count(b"\n") == 1


def test_a_database_that_cannot_be_opened_is_exit_code_7(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    ran = run("sites", "list", "--data-dir", str(tmp_path), "--database", f"sqlite:///{tmp_path}/file/studio.db")

    assert ran.returncode == 7
    assert ran.stderr.count(b"\n") == 1
