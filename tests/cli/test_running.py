from dataclasses import replace
from pathlib import Path

import pytest

from studio_tui import __version__
from studio_tui.cli.entry import ScreenOptions
from studio_tui.domain.checks import Check
from studio_tui.domain.delivery import Channel
from studio_tui.domain.dry_run import Fate, WouldSend
from studio_tui.domain.messages import MessageKind
from tests.builders import HOUR, NOW
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


A_LINE = WouldSend(
    delivery_id=7,
    site="trastevere",
    zone="Europe/Rome",
    session_id=3,
    title="Barre",
    starts_at=NOW + HOUR,
    client="Mario Bianchi",
    kind=MessageKind.NOTICE,
    channel=Channel.EMAIL,
    due_at=NOW + HOUR,
    fate=Fate.HELD,
    why="no join link yet",
)


def test_a_dry_run_tells_what_would_be_sent_and_starts_no_worker(shell: Shell) -> None:
    shell.started.fates = [A_LINE, replace(A_LINE, delivery_id=8, site="hackney", zone="Europe/London")]

    assert [line["id"] for line in shell.json("worker", "--dry-run")] == [7, 8]
    (told,) = shell.json("worker", "--dry-run", "--until", "2026-03-02 11:00", "--site", "trastevere")
    assert (told["fate"], told["why"], told["starts_at"]) == ("held", "no join link yet", "2026-03-02T10:00:00Z")
    assert told["kind"] == "notice"
    shown = shell.ok("worker", "--dry-run").out
    assert "access link" in shown
    assert "would be held: no join link yet" in shown
    assert shell.started.calls == [("dry run", None), ("dry run", NOW + HOUR), ("dry run", None)]


def test_a_dry_run_without_anything_due_says_so(shell: Shell) -> None:
    ran = shell.ok("worker", "--dry-run", "--json")

    assert (ran.document, ran.err) == ([], "Nothing is due.\n")


@pytest.mark.parametrize("argv", [["--until", "fri 18:30"], ["--once", "--dry-run"]])
def test_an_instant_goes_with_a_dry_run_only_and_a_dry_run_sends_nothing(shell: Shell, argv: list[str]) -> None:
    assert (shell("worker", *argv).code, shell.started.calls) == (2, [])


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
