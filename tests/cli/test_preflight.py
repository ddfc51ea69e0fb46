"""`studio-tui preflight`: what a cron job learns from it."""

from datetime import timedelta
from typing import Any

import pytest

from studio_tui.cli.documents import field_names
from studio_tui.cli.preflight import PreflightDocument, ProblemDocument
from studio_tui.domain.delivery import DeliveryState
from tests.builders import NOW, SmallStudio
from tests.cli.conftest import Shell

ROME = ("preflight", "--site", "trastevere")


def test_nothing_wrong_is_exit_code_0(shell: Shell, small: SmallStudio) -> None:
    small.connect()
    small.session()

    ran = shell(*ROME)

    assert (ran.code, ran.out) == (0, "")
    assert ran.err == "Nothing is wrong at Trastevere in the next 24 hours.\n"


def test_anything_wrong_is_exit_code_1_with_a_line_and_the_command_that_mends_it(
    shell: Shell, small: SmallStudio
) -> None:
    session = small.session()
    small.book(session)

    ran = shell(*ROME)

    assert ran.code == 1
    headings, line = ran.out.splitlines()
    assert headings.split("  ")[0] == "STARTS (Europe/Rome)"
    assert line.startswith("Mon 2026-03-02 11:00 CET  Yoga flow (#1)  ")
    assert line.endswith(f"links set {session.id}  No join link, and 1 client is booked.")


def test_hours_say_how_far_to_look(shell: Shell, small: SmallStudio) -> None:
    small.session(starts_at=NOW + timedelta(hours=30))

    assert shell(*ROME).code == 0
    assert shell(*ROME, "--hours", "31").code == 1


@pytest.mark.parametrize("hours", ["0", "-1", "745", "soon", "1.5", "99999999999", "²"])
def test_a_number_of_hours_that_makes_no_sense_is_refused(shell: Shell, hours: str) -> None:
    ran = shell(*ROME, "--hours", hours)

    assert ran.code == 2
    assert "is no number of hours from 1 to 744" in ran.err


def test_json_says_the_same_for_programs(shell: Shell, small: SmallStudio) -> None:
    small.connect()
    session = small.session()
    client = small.client("Alice Rossi")
    small.book(session, client)
    (delivery,) = small.deliveries(session)
    small.set_delivery(delivery.id, DeliveryState.FAILED, last_code=550, last_text="no such user here")

    ran = shell(*ROME, "--json")
    board: dict[str, Any] = ran.document

    assert ran.code == 1
    assert (board["site"], board["at"], board["until"]) == (
        "trastevere",
        "2026-03-02T09:00:00Z",
        "2026-03-03T09:00:00Z",
    )
    assert board["problems"] == [
        {
            "kind": "failed",
            "session_id": session.id,
            "title": "Yoga flow",
            "starts_at": "2026-03-02T10:00:00Z",
            "sentence": "Alice Rossi: mail failed, 550 no such user here.",
            "client_ids": [client.id],
            "delivery_ids": [delivery.id],
            "clash": None,
            "mend": f"studio-tui notices retry {delivery.id}",
        }
    ]


def test_the_fields_are_those_that_scripts_know() -> None:
    assert set(field_names(PreflightDocument)) == {"site", "at", "until", "problems"}
    assert set(field_names(ProblemDocument)) == {
        *("kind", "session_id", "title", "starts_at", "sentence", "client_ids", "delivery_ids", "clash", "mend"),
    }
