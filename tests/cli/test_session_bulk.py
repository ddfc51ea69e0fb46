"""`studio-tui sessions quick-add, copy, copy-day, copy-week, bulk`."""

from __future__ import annotations

from datetime import timedelta

from studio_tui.cli import bulk_documents
from studio_tui.domain.sessions import SessionStatus
from tests.builders import HOUR, NOW, SmallStudio
from tests.cli.conftest import Shell

ROME = ("--site", "trastevere")
DAY = timedelta(days=1)


def test_a_session_is_made_of_one_typed_line(shell: Shell, small: SmallStudio) -> None:
    made = shell.json("sessions", "quick-add", *ROME, "tue 18:30 pil marco 90m x7")

    assert (made["starts_at"], made["ends_at"]) == ("2026-03-03T17:30:00Z", "2026-03-03T19:00:00Z")
    assert (made["staff"], made["capacity"], made["origin"]) == ("Marco Bruno", 7, "occasional")


def test_what_a_line_would_make_is_only_said(shell: Shell, small: SmallStudio) -> None:
    found = shell.json("sessions", "quick-add", *ROME, "--dry-run", "tue 18:30 pil marco")
    assert set(found) == set(bulk_documents.QuickDocument.__annotations__)
    assert (found["title"], found["staff"], found["mode"]) == ("Pilates", "Marco Bruno", "in_person")
    assert shell.json("sessions", "list", *ROME) == []

    out = shell.ok("sessions", "quick-add", *ROME, "--dry-run", "tue 18:30 pil marco").out
    assert "tue: day Tue 3 Mar" in out
    assert "pil: service Pilates" in out


def test_a_line_that_is_not_understood_is_refused_in_words(shell: Shell, small: SmallStudio) -> None:
    ran = shell("sessions", "quick-add", *ROME, "18:30 xyz")

    assert ran.code == 5
    assert "“xyz” is no day, time, service, person or room here. A service and a day are missing." in ran.err


def test_a_session_is_copied(shell: Shell, small: SmallStudio) -> None:
    source = small.session(room="Loft")
    small.book(source)

    copy = shell.json("sessions", "copy", source.id, "tue 18:30")

    assert (copy["room"], copy["booked"], copy["starts_at"]) == ("Loft", 0, "2026-03-03T17:30:00Z")


def test_a_week_is_copied_with_what_is_left_out(shell: Shell, small: SmallStudio) -> None:
    kept = small.session()
    gone = small.session(starts_at=NOW + DAY)
    small.scheduling.cancel(small.owner, gone.id, version=None)

    dry = shell.json("sessions", "copy-week", *ROME, "today", "+1w", "--dry-run")
    assert (dry["saved"], dry["made"][0]["session_id"]) == (False, None)
    done = shell.json("sessions", "copy-week", *ROME, "today", "+1w")

    assert set(done) == set(bulk_documents.CopyDocument.__annotations__)
    assert (done["saved"], done["target"]) == (True, "2026-03-09")
    assert [line["source_id"] for line in done["made"]] == [kept.id]
    assert [left["why"] for left in done["left_out"]] == ["It is cancelled."]
    again = shell("sessions", "copy-week", *ROME, "today", "+1w")
    assert (again.code, "Nothing of the week" in again.err) == (5, True)


def test_a_day_is_copied_in_words(shell: Shell, small: SmallStudio) -> None:
    small.session()

    out = shell.ok("sessions", "copy-day", *ROME, "today", "thu").out

    assert out.startswith("1 session made, without bookings.")
    assert "Thu 2026-03-05 11:00 CET  Yoga flow" in out


def test_several_sessions_are_moved_at_once_or_not_at_all(shell: Shell, small: SmallStudio) -> None:
    first, second = small.session(), small.session(starts_at=NOW + 3 * HOUR)
    small.book(first)

    dry = shell.json("sessions", "bulk", first.id, second.id, "--move", "+1d", "--dry-run")
    assert (dry["saved"], dry["clients"], dry["notices_following"]) == (False, 1, 2)
    assert small.read(first) == small.read(first)
    out = shell.ok("sessions", "bulk", first.id, second.id, "--move", "+1d").out
    assert out.startswith("2 sessions were moved 1 day later.")
    assert small.read(second).starts_at == second.starts_at + DAY

    small.scheduling.cancel(small.owner, second.id, version=None)
    before = small.read(first)
    ran = shell("sessions", "bulk", first.id, second.id, "--move=-1d")
    assert ran.code == 5
    assert "1 of 2 sessions cannot be. Yoga flow, Tue 3 Mar 13:00: A cancelled session cannot be moved." in ran.err
    assert small.read(first) == before


def test_several_sessions_get_a_leader_or_a_room_or_are_cancelled(shell: Shell, small: SmallStudio) -> None:
    first, second = small.session(), small.session(starts_at=NOW + 3 * HOUR)
    both = (first.id, second.id)

    shell.ok("sessions", "bulk", *both, "--staff", "marco")
    shell.ok("sessions", "bulk", *both, "--room", "Loft")
    assert {(s.staff_id, s.room) for s in map(small.read, (first, second))} == {(small.substitute.id, "Loft")}
    done = shell.json("sessions", "bulk", *both, "--cancel")
    assert {small.read(s).status for s in (first, second)} == {SessionStatus.CANCELLED}
    assert {each["status"] for each in done["sessions"]} == {"cancelled"}


def test_the_clients_are_told_if_wished(shell: Shell, small: SmallStudio) -> None:
    session = small.session(starts_at=NOW + DAY)
    small.book(session)

    assert (
        "1 client cannot be reached: the news are held."
        in shell.ok("sessions", "bulk", session.id, "--move", "+1h", "--tell").out
    )
    assert "the news" not in shell.ok("sessions", "bulk", session.id, "--move", "+1h").out


def test_a_way_to_go_that_is_none_and_an_unknown_session_are_refused(shell: Shell, small: SmallStudio) -> None:
    session = small.session()

    assert "no way to go" in shell("sessions", "bulk", session.id, "--move", "soon").err
    assert shell("sessions", "bulk", session.id, 999, "--cancel").code == 3
    assert shell("sessions", "bulk", session.id).code == 2
    assert shell("--as", "marco", "sessions", "bulk", session.id, "--cancel").code == 4
