from datetime import timedelta

import pytest

from studio_tui.domain.sessions import Origin
from tests.builders import SmallStudio, a_link
from tests.cli.conftest import Shell

ROME = ("--site", "trastevere")
LINK = "https://meet.example.com/secret-room"


def test_services_are_listed(shell: Shell) -> None:
    lines = shell.ok("services", "list", *ROME).out.splitlines()

    assert lines[0].split() == ["ID", "NAME", "KIND", "MODE", "PLACES", "MINUTES", "LINK", "STATE"]
    assert any("Movement advice  appointment  online" in line for line in lines)


def test_a_service_is_added_with_sensible_values(shell: Shell) -> None:
    made = shell.json("services", "add", *ROME, "Stretching")

    assert (made["kind"], made["mode"], made["capacity"], made["duration_minutes"]) == ("class", "in_person", 10, 60)
    assert made["sessions_may_change_mode"] is True
    assert shell.json("services", "add", *ROME, "Talk", "--kind", "appointment")["capacity"] == 1


def test_a_service_is_changed_and_shown(shell: Shell) -> None:
    shell.ok(
        *("services", "change", *ROME, "pilates", "--name", "Pilates mat", "--minutes", "45", "--capacity", "8"),
        *("--details", "Bring a towel", "--colour", "green", "--sessions-may-change-mode", "no", "--no-active"),
    )

    out = shell.ok("services", "show", *ROME, "Pilates mat").out
    assert "Mode: in person; single sessions may not change mode" in out
    assert "Length: 45 minutes" in out
    assert "State: not active" in out
    assert "Details for the client: Bring a towel" in out


def test_the_services_link_says_what_it_does_to_the_sessions(shell: Shell, small: SmallStudio) -> None:
    small.session()
    typed = small.session(starts_at=small.clock() + timedelta(hours=3))
    small.linking.type_link(small.owner, typed.id, a_link("typed"), version=None)
    small.session(starts_at=small.clock() + timedelta(hours=5), origin=Origin.OCCASIONAL)

    tried = shell.json("services", "set-link", *ROME, "yoga", "--url", LINK, "--dry-run")
    assert tried == {"service_id": 1, "saved": False, "added": 1, "changed": 0, "kept": 1, "skipped": 1}
    assert shell.json("services", "show", *ROME, "yoga")["has_link"] is False

    said = shell.ok("services", "set-link", *ROME, "yoga", "--url-stdin", stdin=f"{LINK}\nletmein\n").out
    assert said == (
        "The link of Yoga flow is set. Upcoming sessions: "
        "1 added, 0 changed, 1 kept (typed by hand), 1 skipped (occasional).\n"
    )
    link = small.catalogue.service_link(small.owner, small.yoga.id)
    assert link is not None
    assert (link.url, link.password) == (LINK, "letmein")


def test_the_services_link_is_cleared(shell: Shell, small: SmallStudio) -> None:
    small.catalogue.set_service_link(small.owner, small.yoga.id, a_link())

    assert shell.ok("services", "clear-link", *ROME, "yoga", "--dry-run").out.startswith(
        "The link of Yoga flow would be cleared."
    )
    assert shell.json("services", "clear-link", *ROME, "yoga")["saved"] is True
    assert small.catalogue.service_link(small.owner, small.yoga.id) is None


def test_a_hosts_own_link_is_warned_of(shell: Shell) -> None:
    ran = shell.ok("services", "set-link", *ROME, "yoga", "--url", "https://zoom.us/s/12345678901", "--dry-run")

    assert "whoever opens it becomes the host" in ran.err


@pytest.mark.parametrize("argv", [["--colour", "mauve"], ["--minutes", "ten"], ["--mode", "remote"]])
def test_a_value_that_no_service_can_have_is_a_usage_error(shell: Shell, argv: list[str]) -> None:
    ran = shell("services", "change", *ROME, "yoga", *argv)

    assert ran.code == 2
    assert ran.err.startswith(f"studio-tui: Argument {argv[0]}:")
    assert ran.err.endswith("see studio-tui services change --help.\n")
