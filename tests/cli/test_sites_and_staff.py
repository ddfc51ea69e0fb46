from pathlib import Path
from typing import Any

import pytest

from studio_tui.storage.unit_of_work import Database
from tests.builders import FixedClock, SmallStudio, make_studio
from tests.cli.conftest import Shell


@pytest.fixture
def empty(sqlite_database: Database, tmp_path: Path, capsys: Any, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """Commands on a studio that has nobody and nothing yet."""
    studio = make_studio(sqlite_database, FixedClock())
    shell = Shell(lambda _: studio, tmp_path, capsys, monkeypatch)
    shell.login = "rosa"
    return shell


def test_sites_are_listed_with_their_zones(shell: Shell) -> None:
    lines = shell.ok("sites", "list").out.splitlines()

    assert [line.split() for line in lines[1:]] == [
        ["2", "hackney", "Hackney", "Europe/London", "en"],
        ["1", "trastevere", "Trastevere", "Europe/Rome", "it"],
    ]


def test_a_site_is_shown_by_any_of_its_names(shell: Shell) -> None:
    for name in ("hackney", "HACK", "2"):
        assert shell.json("sites", "show", name)["zone"] == "Europe/London"
    assert "Time zone: Europe/London" in shell.ok("sites", "show", "hackney").out


def test_the_owner_adds_a_site(shell: Shell) -> None:
    made = shell.json("sites", "add", "gracia", "--name", "Gràcia", "--zone", "Europe/Madrid", "--language", "ca")

    assert (made["slug"], made["name"], made["changed_by"]) == ("gracia", "Gràcia", "Paola Greco")


def test_a_zone_that_does_not_exist_is_refused(shell: Shell) -> None:
    ran = shell("sites", "add", "gracia", "--zone", "Europe/Barcelona")

    assert ran.code == 5
    assert "Europe/Rome" in ran.err


def test_staff_are_listed_of_all_sites_or_of_one(shell: Shell) -> None:
    assert len(shell.json("staff", "list")) == 5
    assert [each["name"] for each in shell.json("staff", "list", "--site", "hackney")] == ["Holly Shaw", "Paola Greco"]
    assert "front desk" in shell.ok("staff", "list").out


def test_a_staff_member_is_added_and_shown(shell: Shell) -> None:
    shell.ok("staff", "add", "Nina Sala", "--role", "front-desk", "--login", "nina", "--works-at", "hackney")

    shown = shell.json("staff", "show", "nina")
    assert (shown["role"], shown["sites"], shown["active"]) == ("front_desk", ["hackney"], True)
    assert "Login: nina" in shell.ok("staff", "show", "Nina").out


def test_a_change_of_a_staff_member_keeps_what_is_not_given(shell: Shell) -> None:
    changed = shell.json("staff", "change", "anna", "--email", "anna@studio.example", "--no-active")

    assert (changed["login"], changed["email"], changed["active"]) == ("anna", "anna@studio.example", False)
    again = shell.json("staff", "change", "anna", "--login", "", "--works-at", "hackney", "--works-at", "trastevere")
    assert (again["login"], again["sites"]) == (None, ["trastevere", "hackney"])


def test_a_new_studio_is_set_up_by_whoever_opens_it(empty: Shell) -> None:
    empty.ok("sites", "add", "rome", "--zone", "Europe/Rome")
    empty.ok("staff", "add", "Rosa Conti", "--role", "owner", "--login", "rosa")

    assert empty.json("services", "add", "Yoga")["changed_by"] == "Rosa Conti"


def test_the_first_staff_member_is_the_owner(empty: Shell) -> None:
    empty.ok("sites", "add", "rome", "--zone", "Europe/Rome")

    ran = empty("staff", "add", "Rosa Conti")

    assert ran.code == 5
    assert "--role owner" in ran.err


def test_a_command_for_a_site_says_how_to_make_the_first_one(empty: Shell) -> None:
    ran = empty("sessions", "list")

    assert ran.code == 3
    assert "studio-tui sites add" in ran.err


def test_whoever_has_no_login_here_is_told_how_to_get_one(shell: Shell) -> None:
    shell.login = "stranger"

    ran = shell("sites", "add", "gracia", "--zone", "Europe/Madrid")

    assert ran.code == 3
    assert "login stranger" in ran.err


@pytest.mark.parametrize("who", ["luca", "Luca Rossi", "luca ro"])
def test_somebody_else_can_be_named_as_the_acting_person(shell: Shell, small: SmallStudio, who: str) -> None:
    shell.login = "stranger"

    assert shell.json("services", "add", "Stretching", "--as", who)["changed_by"] == "Luca Rossi"


def test_the_site_is_the_only_one_where_the_acting_person_works(shell: Shell, small: SmallStudio) -> None:
    shell.login = "holly"

    assert [each["name"] for each in shell.json("services", "list")] == ["Barre"]


def test_the_settings_can_name_the_site(shell: Shell) -> None:
    shell.environ["STUDIO_TUI_SITE"] = "hackney"

    assert [each["name"] for each in shell.json("services", "list")] == ["Barre"]
    assert len(shell.json("services", "list", "--site", "trastevere")) == 4


def test_a_site_must_be_named_where_there_are_several(shell: Shell) -> None:
    ran = shell("services", "list")

    assert ran.code == 2
    assert "--site: hackney, trastevere" in ran.err
