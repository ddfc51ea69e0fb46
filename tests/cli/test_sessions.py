from datetime import timedelta

import pytest

from studio_tui.domain.services import Mode
from studio_tui.domain.sessions import Origin
from tests.builders import NOW, SmallStudio
from tests.cli.conftest import Shell

HOUR = timedelta(hours=1)
ROME = ("--site", "trastevere")


def test_sessions_of_the_week_are_listed_on_the_sites_clock(shell: Shell, small: SmallStudio) -> None:
    small.book(small.session(room="Blue room"))

    lines = shell.ok("sessions", "list", *ROME).out.splitlines()

    assert lines[0] == (
        "ID  WHEN (Europe/Rome)              SESSION    STAFF       ROOM       BOOKED  LINK     NOTICES    REMARKS"
    )
    assert "Mon 2026-03-02 11:00–12:00 CET" in lines[1]
    assert "Yoga flow" in lines[1]
    assert "1/10" in lines[1]
    assert "missing" in lines[1]
    assert "1 planned" in lines[1]


def test_a_range_is_typed_as_days_or_times(shell: Shell, small: SmallStudio) -> None:
    for days in range(4):
        small.session(starts_at=NOW + days * timedelta(days=1))

    def found(*argv: str) -> list[str]:
        return [each["starts_at"][:10] for each in shell.json("sessions", "list", *ROME, *argv)]

    assert found("--from", "tue", "--to", "wed") == ["2026-03-03", "2026-03-04"]
    assert found("--from", "3/3", "--days", "1") == ["2026-03-03"]
    assert found("--from", "2026-03-04 12:00") == ["2026-03-05"]
    assert found("--to", "2026-03-02 09:00") == []


def test_sessions_can_be_listed_of_a_service_a_person_or_without_a_link(shell: Shell, small: SmallStudio) -> None:
    small.connect()
    yoga = small.session()
    pilates = small.session(small.pilates, staff_id=small.substitute.id)
    course, run = small.course()
    small.linking.remove(small.owner, yoga.id, version=None)

    def found(*argv: str) -> list[int]:
        return [each["id"] for each in shell.json("sessions", "list", *ROME, *argv)]

    assert found("--service", "pilates") == [pilates.id]
    assert found("--staff", "marco") == [pilates.id]
    assert found("--course", course.name) == [session.id for session in run]
    assert found("--without-link") == [yoga.id]


def test_an_empty_range_prints_nothing_but_says_so_aside(shell: Shell) -> None:
    ran = shell.ok("sessions", "list", *ROME)

    assert ran.out == ""
    assert ran.err.startswith("No sessions from Mon 2026-03-02 00:00 CET")


def test_a_session_is_shown_with_its_clients(shell: Shell, small: SmallStudio) -> None:
    small.connect()
    session = small.session()
    booking = small.book(session, small.client("Chiara Neri"))

    out = shell.ok("sessions", "show", session.id).out

    assert "When: Mon 2026-03-02 11:00–12:00 CET, Europe/Rome" in out
    assert "Why: The default account of Trastevere." in out
    assert "Notice: Mon 2026-03-02 11:00 CET, automatic: the start" in out
    assert f"{booking.id}        {booking.client_id}" in out
    assert "https://meet.example.com/default" not in out


def test_a_session_is_made_from_typed_words(shell: Shell, small: SmallStudio) -> None:
    made = shell.json(
        *("sessions", "new", *ROME, "--service", "yoga", "--at", "fri 18:30", "--until", "20:00", "--staff", "anna"),
        *("--room", "Blue room", "--title", "Yoga by night", "--capacity", "6", "--details", "Bring a mat"),
    )

    assert (made["starts_at"], made["ends_at"]) == ("2026-03-06T17:30:00Z", "2026-03-06T19:00:00Z")
    assert (made["title"], made["staff"], made["room"], made["capacity"]) == (
        *("Yoga by night", "Anna Ferri", "Blue room", 6),
    )
    assert (made["origin"], made["details"], made["service"]) == ("occasional", "Bring a mat", "Yoga flow")


def test_a_new_session_lasts_as_long_as_its_service(shell: Shell) -> None:
    said = shell.ok("sessions", "new", *ROME, "--service", "yoga", "--at", "2026-03-06 18:30", "--scheduled").out

    assert said == "Session 1, Yoga flow, Fri 2026-03-06 18:30–19:30 CET, made.\n"


def test_a_session_can_be_made_in_another_mode(shell: Shell, small: SmallStudio) -> None:
    made = shell.json("sessions", "new", *ROME, "--service", "pilates", "--at", "18:30", "--mode", "online")

    assert made["mode"] == "online"


def test_a_session_can_join_a_course(shell: Shell, small: SmallStudio) -> None:
    course, _ = small.course()
    small.booking.enrol(small.owner, course.id, small.client("Chiara Neri").id)

    made = shell.json(*("sessions", "new", *ROME, "--service", "posture", "--at", "fri 18:30", "--course", course.name))

    assert made["course"] == "Spring run"
    assert [line["client"] for line in made["clients"]] == ["Chiara Neri"]


def test_an_edit_changes_what_is_given_and_nothing_else(shell: Shell, small: SmallStudio) -> None:
    session = small.session(room="Blue room", title="Yoga by night", details="Bring a mat")

    changed = shell.json("sessions", "edit", session.id, "--room", "Attic", "--staff", "", "--at", "12:00")

    assert (changed["room"], changed["staff"], changed["title"]) == ("Attic", None, "Yoga by night")
    assert (changed["starts_at"], changed["ends_at"]) == ("2026-03-02T11:00:00Z", "2026-03-02T12:00:00Z")
    assert changed["details"] == "Bring a mat"


def test_empty_texts_of_an_edit_give_the_services_back(shell: Shell, small: SmallStudio) -> None:
    session = small.session(title="Yoga by night", details="Bring a mat")

    changed = shell.json("sessions", "edit", session.id, "--title", "", "--details", "", "--minutes", "90")

    assert (changed["title"], changed["details"]) == ("Yoga flow", "")
    assert changed["ends_at"] == "2026-03-02T11:30:00Z"


def test_a_move_says_what_becomes_of_the_notice(shell: Shell, small: SmallStudio) -> None:
    session = small.session()

    said = shell.ok("sessions", "move", session.id, "tomorrow 9:00").out

    assert said == (
        "Session 1, Yoga flow, Tue 2026-03-03 09:00–10:00 CET, moved. Its notice time is now Tue 2026-03-03 09:00 CET.\n"
    )


def test_a_time_alone_moves_within_the_sessions_day(shell: Shell, small: SmallStudio) -> None:
    session = small.session(starts_at=NOW + timedelta(days=3))

    assert shell.json("sessions", "move", session.id, "18:00")["starts_at"] == "2026-03-05T17:00:00Z"


def test_a_dry_run_of_a_move_moves_nothing(shell: Shell, small: SmallStudio) -> None:
    session = small.session()
    small.book(session)
    small.scheduling.set_notice_time(small.owner, session.id, NOW + HOUR / 2, version=None)

    told = shell.json("sessions", "move", session.id, "9:00", "--dry-run")

    assert told["starts_at"] == "2026-03-02T08:00:00Z"
    assert (told["clients"], told["notice_by_hand"]) == (1, True)
    assert "nobody would get it" in told["warning"]
    assert "stays Mon 2026-03-02 10:30 CET" in shell.ok("sessions", "move", session.id, "9:00", "--dry-run").out
    assert small.read(session).starts_at == session.starts_at


def test_a_clash_is_told_beside_the_result(shell: Shell, small: SmallStudio) -> None:
    small.session()

    ran = shell.ok("sessions", "new", *ROME, "--service", "pilates", "--at", "11:30", "--staff", "anna")

    assert "Anna Ferri also leads Yoga flow, Mon 11:00–12:00." in ran.err


def test_a_cancellation_says_whom_it_concerns(shell: Shell, small: SmallStudio) -> None:
    session = small.session()
    small.book(session)

    cancelled = shell.json("sessions", "cancel", session.id)

    assert (cancelled["status"], cancelled["clients_booked"], cancelled["already_told"]) == ("cancelled", 1, 0)
    assert shell.json("sessions", "restore", session.id)["status"] == "active"
    assert "cancelled: 1 client had a place." in shell.ok("sessions", "cancel", session.id).out


@pytest.mark.parametrize("typed", ["online", "in-person", "in_person"])
def test_a_session_can_be_held_in_another_mode(shell: Shell, small: SmallStudio, typed: str) -> None:
    session = small.session(small.pilates)

    assert shell.json("sessions", "mode", session.id, typed)["mode"] == Mode(typed.replace("-", "_")).value


def test_ids_may_be_typed_with_their_sign(shell: Shell, small: SmallStudio) -> None:
    session = small.session(origin=Origin.OCCASIONAL)

    assert shell.json("sessions", "show", f"#{session.id}")["origin"] == "occasional"
