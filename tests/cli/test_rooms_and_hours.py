"""`studio-tui rooms`, `sites hours`, `sites change` and `staff leave`."""

from __future__ import annotations

import pytest

from tests.builders import SmallStudio
from tests.cli.conftest import Shell

ROME = ("--site", "trastevere")
CHANGED = {"version", "changed_by", "changed_at"}


def test_a_room_is_made_shown_and_listed_with_what_happens_in_it(shell: Shell, small: SmallStudio) -> None:
    small.session(room="Loft")
    small.session(room="Cellar")

    made = shell.json("rooms", "add", "Loft", "--capacity", "12", *ROME)
    shell.ok("rooms", "add", "Attic", *ROME)

    assert set(made) == {"id", "site_id", "name", "capacity", "active", *CHANGED}
    assert (made["name"], made["capacity"], made["active"]) == ("Loft", 12, True)
    listed = shell.json("rooms", "list", *ROME)
    assert [set(line) for line in listed] == [{"name", "room", "upcoming_sessions"}] * 3
    assert [(line["name"], line["room"] is None, line["upcoming_sessions"]) for line in listed] == [
        ("Attic", False, 0),
        ("Loft", False, 1),
        ("Cellar", True, 1),
    ]
    assert "not in the list" in shell.ok("rooms", "list", *ROME).out
    assert "Holds: 12 people" in shell.ok("rooms", "show", "lof", *ROME).out


def test_a_change_of_a_room_keeps_what_is_not_given_and_says_who_took_the_name_along(
    shell: Shell, small: SmallStudio
) -> None:
    small.session(room="Loft")
    shell.ok("rooms", "add", "Loft", "--capacity", "12", *ROME)

    ran = shell.ok("rooms", "change", "loft", "--name", "Blue room", "--json", *ROME)

    assert (ran.document["name"], ran.document["capacity"]) == ("Blue room", 12)
    assert ran.err == "1 session took the name along.\n"
    assert shell.json("rooms", "change", "blue", "--capacity", "0", "--no-active", *ROME)["capacity"] is None
    assert "not in use" in shell.ok("rooms", "list", *ROME).out
    assert shell("rooms", "change", "blue", "--name", "Red", "--if-version", "1", *ROME).code == 6


def test_a_room_with_sessions_is_removed_only_after_a_yes(shell: Shell, small: SmallStudio) -> None:
    small.session(room="Loft")
    shell.ok("rooms", "add", "Loft", *ROME)

    refused = shell("rooms", "remove", "loft", *ROME)
    assert refused.code == 5
    assert "1 upcoming session in Loft will keep the name. Add --yes to do it." in refused.err

    removed = shell.json("rooms", "remove", "loft", "--yes", *ROME)
    assert (removed["sessions"], removed["upcoming_sessions"]) == (1, 1)
    assert shell("rooms", "show", "loft", *ROME).code == 3


def test_opening_hours_are_set_by_days_and_printed_in_words(shell: Shell) -> None:
    assert "open at any time" in shell.ok("sites", "hours", "trastevere").out

    ran = shell.ok("sites", "hours", "trastevere", "mon-fri=7-13,15:30-22", "sat=18-02", "fri=closed")

    assert ran.out.splitlines() == [
        "Site: Trastevere",
        *(f"{day}: 07:00–13:00, 15:30–22:00" for day in ("Monday", "Tuesday", "Wednesday", "Thursday")),
        "Friday: closed",
        "Saturday: 18:00–02:00",
        "Sunday: closed",
    ]
    document = shell.json("sites", "hours", "trastevere")
    assert set(document) == {"site", "hours", "days", "version", "sessions_outside"}
    assert document["hours"][-2:] == [
        {"weekday": 5, "opens": 1080, "closes": 1440},
        {"weekday": 6, "opens": 0, "closes": 120},
    ]
    shell.ok("sites", "hours", "trastevere", "sun-mon=closed")
    assert shell.json("sites", "hours", "trastevere")["days"]["Monday"] == "closed"
    assert shell.json("sites", "hours", "trastevere", "--clear")["hours"] == []


def test_sessions_outside_of_new_hours_are_counted_without_setting_them(shell: Shell, small: SmallStudio) -> None:
    small.session(room="Loft")

    ran = shell.ok("sites", "hours", "trastevere", "mon=7-9", "--dry-run")

    assert "1 upcoming session outside these hours." in ran.out
    assert small.premises.hours(small.rome.id) == ()


@pytest.mark.parametrize(
    ("typed", "code", "reason"),
    [
        (["mon"], 2, "does not say a day and its hours"),
        (["lun=7-13"], 2, "no weekday"),
        (["mon=often"], 5, "no opening hours"),
        (["mon=7-13", "--clear"], 2, "not both"),
    ],
)
def test_hours_that_cannot_be_are_refused(shell: Shell, typed: list[str], code: int, reason: str) -> None:
    ran = shell("sites", "hours", "trastevere", *typed)

    assert (ran.code, reason in ran.err) == (code, True)


def test_the_front_desk_sets_rooms_and_not_hours(shell: Shell) -> None:
    shell.login = "luca"

    shell.ok("rooms", "add", "Loft", *ROME)
    assert shell("sites", "hours", "trastevere", "mon=7-13").code == 4


def test_a_site_is_renamed_and_keeps_its_zone_while_sessions_are_to_come(shell: Shell, small: SmallStudio) -> None:
    changed = shell.json("sites", "change", "trastevere", "--name", "Trastevere II", "--language", "en")
    assert (changed["name"], changed["language"], changed["zone"]) == ("Trastevere II", "en", "Europe/Rome")
    assert shell.json("sites", "change", "hackney", "--zone", "Europe/Dublin")["zone"] == "Europe/Dublin"

    small.session()
    refused = shell("sites", "change", "trastevere", "--zone", "Europe/Madrid")
    assert refused.code == 5
    assert "1 session to come" in refused.err
    assert shell("sites", "change", "trastevere", "--language", "italian!").code == 5


def test_whoever_leaves_is_told_with_the_sessions_that_they_lead(shell: Shell, small: SmallStudio) -> None:
    small.session()
    assert "Leads: 1 upcoming session" in shell.ok("staff", "show", "anna").out

    refused = shell("staff", "leave", "anna")
    assert (refused.code, "Anna Ferri leads 1 upcoming session, which stay theirs." in refused.err) == (5, True)

    assert shell.json("staff", "leave", "anna", "--yes")["active"] is False
    assert shell("staff", "leave", "paola").code == 5
