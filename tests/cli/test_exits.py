"""Each exit code, and the one sentence on standard error that goes with it."""

import re
from collections.abc import Callable

import pytest

from studio_tui.cli.entry import Entry
from studio_tui.cli.exits import Exit
from studio_tui.cli.main import run
from studio_tui.domain.delivery import DeliveryState
from studio_tui.domain.errors import Unreachable
from tests.builders import SmallStudio
from tests.cli.conftest import Shell


def _refuse(error: BaseException) -> Callable[..., int]:
    def refuse(*_: object) -> int:
        raise error

    return refuse


def _entry(error: BaseException) -> Entry:
    """Every way on ends with the error."""
    refuse = _refuse(error)
    return Entry(**dict.fromkeys(Entry.__dataclass_fields__, refuse))  # type: ignore[arg-type]


def test_0_done(shell: Shell) -> None:
    ran = shell("sites", "list")

    assert (ran.code, ran.err) == (0, "")


def test_1_a_problem_was_found(shell: Shell, small: SmallStudio) -> None:
    session = small.session()
    small.book(session)
    [delivery] = small.deliveries(session)
    small.set_delivery(delivery.id, DeliveryState.HELD)

    assert shell("notices", "troubled", "--site", "trastevere").code == 1


@pytest.mark.parametrize(
    ("argv", "told"),
    [
        (["seshuns", "list"], "Argument NOUN: invalid choice: 'seshuns'"),
        (["sessions"], "The following arguments are required: VERB; see studio-tui sessions --help."),
        (["sessions", "show"], "The following arguments are required: SESSION"),
        (["sessions", "show", "yoga"], "“yoga” is no id"),
        (["sessions", "list", "--da", "3"], "Unrecognized arguments: --da 3"),
        (["sessions", "list", "--days", "0"], "“0” is no number of days"),
        (["sessions", "list", "--to", "fri", "--days", "3"], "not allowed with argument"),
        (["sites", "show", "\udcff"], "An argument is not UTF-8 text."),
    ],
)
def test_2_the_command_was_not_understood(shell: Shell, argv: list[str], told: str) -> None:
    ran = shell(*argv)

    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("studio-tui: ")
    assert ran.err.count("\n") == 1
    assert told in ran.err


@pytest.mark.parametrize("argv", [["sessions", "show", "99"], ["sites", "show", "paris"], ["notices", "retry", "99"]])
def test_3_there_is_no_such_thing(shell: Shell, argv: list[str]) -> None:
    ran = shell(*argv)

    assert (ran.code, ran.out, ran.err.count("\n")) == (3, "", 1)


def test_4_the_acting_person_may_not(shell: Shell, small: SmallStudio) -> None:
    ran = shell("sessions", "cancel", small.session().id, "--as", "marco")

    assert ran.code == 4
    assert ran.err == (
        "studio-tui: Marco Bruno is an instructor and can change sessions of their own only: ask the front desk.\n"
    )


def test_5_a_rule_refuses(shell: Shell, small: SmallStudio) -> None:
    session = small.session()
    shell.ok("sessions", "cancel", session.id)

    ran = shell("sessions", "cancel", session.id)

    assert (ran.code, ran.err) == (5, "studio-tui: The session is cancelled already.\n")


def test_5_a_value_is_not_usable(shell: Shell, small: SmallStudio) -> None:
    assert shell("sessions", "move", small.session().id, "soon").code == 5


@pytest.mark.parametrize(
    "argv",
    [
        ["sessions", "edit", "1", "--room", "Attic"],
        ["sessions", "move", "1", "18:00"],
        ["sessions", "cancel", "1"],
        ["sessions", "restore", "1"],
        ["sessions", "mode", "1", "in-person"],
        ["links", "set", "1", "--url", "https://meet.example.com/x"],
        ["links", "remove", "1"],
        ["links", "restore", "1"],
        ["notices", "set-time", "1", "10:30"],
        ["notices", "auto", "1"],
        ["services", "change", "flexible", "--site", "hackney", "--capacity", "3"],
        ["services", "set-link", "flexible", "--site", "hackney", "--url", "https://meet.example.com/x"],
        ["services", "clear-link", "flexible", "--site", "hackney"],
        ["clients", "change", "ada", "--phone", "1"],
        ["staff", "change", "anna", "--no-active"],
        ["accounts", "change", "--site", "trastevere", "--description", "x"],
        ["accounts", "disconnect", "--site", "trastevere", "--yes"],
    ],
    ids=lambda argv: " ".join(argv[:2]),
)
def test_6_somebody_else_changed_it(shell: Shell, small: SmallStudio, argv: list[str]) -> None:
    small.connect()
    flexible = small.service("Flexible", site_id=small.london.id, sessions_may_change_mode=True)
    session = small.session(flexible)
    small.client("Ada")
    if argv[1] == "restore" and argv[0] == "sessions":
        small.scheduling.cancel(small.owner, session.id, version=None)

    stale = shell(*argv, "--if-version", "77")
    assert (stale.code, stale.out) == (6, "")
    assert re.search("was changed by (Paola Greco|set-up)", stale.err)

    assert shell(*argv).code == 0


def test_7_the_database_is_busy(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["sites", "list"], _entry(Unreachable("The database is busy: try again."))) == 7
    assert capsys.readouterr().err == "studio-tui: The database is busy: try again.\n"


def test_130_interrupted_quietly(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["worker"], _entry(KeyboardInterrupt())) == 130
    assert capsys.readouterr() == ("", "")


def test_an_error_of_the_program_itself_is_left_to_whoever_started_it() -> None:
    with pytest.raises(ZeroDivisionError):
        run(["worker"], _entry(ZeroDivisionError()))


def test_the_help_explains_every_code(shell: Shell) -> None:
    out = shell.ok("--help").out

    assert [code for code in Exit if f"\n  {code.value}" not in out] == [Exit.BROKEN_PIPE]
