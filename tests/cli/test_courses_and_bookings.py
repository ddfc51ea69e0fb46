from tests.builders import SmallStudio
from tests.cli.conftest import Shell

ROME = ("--site", "trastevere")


def test_a_weekly_course_keeps_its_hour_across_the_change_of_clocks(shell: Shell) -> None:
    made = shell.json(
        *("courses", "new", *ROME, "Spring run", "--service", "posture", "--at", "2026-03-20 18:00", "--weekly", "3"),
        *("--staff", "anna", "--minutes", "90", "--capacity", "5", "--room", "Attic"),
    )

    assert made["starts"] == ["2026-03-20T17:00:00Z", "2026-03-27T17:00:00Z", "2026-04-03T16:00:00Z"]
    sessions = shell.json("sessions", "list", *ROME, "--course", "spring", "--days", "60")
    first = sessions[0]
    assert (first["ends_at"], first["capacity"], first["room"]) == ("2026-03-20T18:30:00Z", 5, "Attic")


def test_a_course_can_have_any_starts(shell: Shell) -> None:
    said = shell.ok(
        *("courses", "new", *ROME, "Spring run", "--service", "posture", "--at", "fri 18:00", "--at", "thu 9:00")
    ).out

    assert said == (
        "Course 1, Spring run, made with 2 sessions from Thu 2026-03-05 09:00 CET to Fri 2026-03-06 18:00 CET.\n"
    )


def test_a_weekly_course_has_one_first_session(shell: Shell) -> None:
    argv = ("--at", "fri 18:00", "--at", "thu 9:00", "--weekly", "3")

    assert shell("courses", "new", *ROME, "Spring run", "--service", "posture", *argv).code == 2


def test_a_client_enrols_and_leaves(shell: Shell, small: SmallStudio) -> None:
    course, run = small.course()
    small.client("Chiara Neri")

    assert shell.json("courses", "enrol", *ROME, "spring", "chiara")["status"] == "booked"
    assert [each["client"] for each in shell.json("courses", "show", *ROME, "spring")["enrolments"]] == ["Chiara Neri"]
    assert "Enrolled: 1" in shell.ok("courses", "show", *ROME, "spring").out
    assert [small.read(session).booked for session in run] == [1, 1, 1]

    assert shell.ok("courses", "leave", *ROME, str(course.id), "chiara").out == "Chiara Neri has left Spring run.\n"
    assert [small.read(session).booked for session in run] == [0, 0, 0]
    assert shell("courses", "leave", *ROME, "spring", "chiara").code == 3


def test_courses_are_listed(shell: Shell, small: SmallStudio) -> None:
    small.course()

    assert shell.json("courses", "list", *ROME)[0]["link_say"] == "inherit"
    assert "Posture course" in shell.ok("courses", "list", *ROME).out


def test_a_place_is_booked_and_taken_back(shell: Shell, small: SmallStudio) -> None:
    session = small.session()
    small.client("Chiara Neri")

    said = shell.ok("bookings", "book", session.id, "chiara").out
    assert said == (
        "Chiara Neri has a place (booking 1): Session 1, Yoga flow, Mon 2026-03-02 11:00–12:00 CET; "
        "1 of 10 places are taken.\n"
    )
    assert shell.json("bookings", "cancel", "1")["status"] == "cancelled"
    assert shell.json("bookings", "book", session.id, "chiara")["status"] == "booked"
    assert "no longer has a place" in shell.ok("bookings", "cancel", session.id, "chiara").out


def test_bookings_are_listed_with_each_message(shell: Shell, small: SmallStudio) -> None:
    session = small.session()
    small.book(session, small.client("Chiara Neri"))
    cancelled = small.book(session, small.client("Ada Bruni"))
    small.booking.cancel(small.owner, cancelled.id)

    lines = shell.json("bookings", "list", session.id)
    assert [(line["client"], line["active"]) for line in lines] == [("Chiara Neri", True), ("Ada Bruni", False)]
    assert lines[0]["email"]["state"] == "planned"
    assert lines[0]["push"] is None
    out = shell.ok("bookings", "list", session.id).out
    assert "planned" in out
    assert "no push" in out


def test_an_empty_session_says_that_nobody_is_booked(shell: Shell, small: SmallStudio) -> None:
    ran = shell.ok("bookings", "list", small.session().id)

    assert (ran.out, ran.err) == ("", "Nobody is booked.\n")


def test_a_client_who_is_not_in_the_session_cannot_be_cancelled(shell: Shell, small: SmallStudio) -> None:
    session = small.session()
    small.client("Chiara Neri")

    ran = shell("bookings", "cancel", session.id, "chiara")

    assert ran.code == 3
    assert "client of this session" in ran.err


def test_who_is_booked_elsewhere_at_that_time_is_told_beside_the_result(shell: Shell, small: SmallStudio) -> None:
    course, run = small.course()
    alice = small.client("Alice Rossi")
    session = small.session(small.pilates, starts_at=run[0].starts_at, staff_id=None)
    shell.ok("courses", "enrol", *ROME, course.id, alice.id)

    booked = shell.ok("bookings", "book", session.id, alice.id)

    assert "Alice Rossi is also booked into Posture course, Mon 11:00–12:00." in booked.err
    small.booking.cancel_enrolment(small.owner, small.booking.enrolments(course.id)[0][0].id)
    enrolled = shell.ok("courses", "enrol", *ROME, course.id, alice.id)
    assert "Alice Rossi is also booked into Pilates, Mon 11:00–12:00." in enrolled.err
