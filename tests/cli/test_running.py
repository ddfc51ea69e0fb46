from pathlib import Path

import pytest

from studio_tui import __version__
from studio_tui.cli.entry import ScreenOptions
from studio_tui.domain.checks import Check
from tests.cli.conftest import Shell


def test_without_a_command_the_screens_open(shell: Shell) -> None:
    assert shell("--as", "luca", "--site", "hackney", terminal=True).code == 0

    assert shell.started.calls == [("screens", ScreenOptions(acting="luca", site="hackney"))]


@pytest.mark.parametrize("argv", [[], ["demo"]])
def test_the_screens_do_not_open_into_a_pipe(shell: Shell, argv: list[str]) -> None:
    ran = shell(*argv)

    assert (ran.code, shell.started.calls) == (2, [])
    assert "need a terminal" in ran.err


def test_the_demo_can_be_made_afresh(shell: Shell, tmp_path: Path) -> None:
    shell("demo", "--reset", "--data-dir", tmp_path, terminal=True)
    shell("demo", terminal=True)

    assert shell.started.calls == [("demo", True, tmp_path), ("demo", False, None)]


def test_the_worker_runs_for_good_or_once(shell: Shell) -> None:
    shell.ok("worker")
    shell.ok("worker", "--once")

    assert shell.started.calls == [("worker", False), ("worker", True)]


def test_the_doctor_is_content(shell: Shell) -> None:
    shell.started.checks = [Check("database", True, "SQLite 3.51.3"), Check("time zones", None, "2026a")]

    assert shell.json("doctor") == {
        "ok": True,
        "checks": [
            {"name": "database", "ok": True, "text": "SQLite 3.51.3"},
            {"name": "time zones", "ok": None, "text": "2026a"},
        ],
    }


def test_the_doctor_tells_a_problem_by_its_exit_code(shell: Shell) -> None:
    shell.started.checks = [Check("database", True, "SQLite 3.51.3"), Check("worker", False, "never seen")]

    ran = shell("doctor")

    assert ran.code == 1
    assert ran.out.splitlines() == [
        "STATE    WHAT      FOUND",
        "ok       database  SQLite 3.51.3",
        "PROBLEM  worker    never seen",
    ]


def test_the_version_is_printed(shell: Shell) -> None:
    assert shell.ok("--version").out == f"studio-tui {__version__}\n"


@pytest.mark.parametrize(
    "argv", [["--json", "sites", "list"], ["sites", "--json", "list"], ["sites", "list", "--json"]]
)
def test_an_option_for_everything_may_stand_anywhere(shell: Shell, argv: list[str]) -> None:
    assert [each["slug"] for each in shell.ok(*argv).document] == ["hackney", "trastevere"]


def test_an_option_said_to_the_left_holds(shell: Shell) -> None:
    assert shell.ok("--site", "hackney", "services", "list", "--json").document[0]["name"] == "Barre"


def test_a_settings_file_that_is_wrong_is_named(shell: Shell, tmp_path: Path) -> None:
    config = tmp_path / "wrong.toml"
    config.write_text("[smtp]\nprot = 25\n")

    ran = shell("services", "list", "--config", config)

    assert ran.code == 5
    assert "wrong.toml" in ran.err
