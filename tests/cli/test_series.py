"""`studio-tui series`, and `--scope` of the verbs that change a session."""

from __future__ import annotations

from typing import Any

import pytest

from studio_tui.cli import series_documents
from studio_tui.domain.sessions import Origin, SessionStatus
from tests.builders import SmallStudio
from tests.cli.conftest import Shell

CHANGE = {
    *("saved", "scope", "series_id", "words", "changed", "moved", "made", "cancelled", "removed", "revived"),
    *("edited_by_hand", "past", "clients", "bookings", "already_told", "notices_kept", "notices_too_late", "clashes"),
}
SERIES = {
    *("id", "site_id", "service_id", "words", "rule", "first_on", "at", "minutes", "exceptions", "staff_id", "room"),
    *("title", "capacity", "details", "sessions", "edited_by_hand", "version", "changed_by", "changed_at"),
}
AT_ROME = ("--site", "trastevere")


@pytest.fixture
def made(small: SmallStudio, shell: Shell) -> Any:
    """Six Tuesdays at 18:30, led by Anna."""
    return shell.json(
        *("series", "add", "--service", "Yoga flow", "--at", "2026-03-03 18:30", "--ends", "6 times"),
        *("--staff", "anna", "--room", "Hall", *AT_ROME),
    )


def sessions(small: SmallStudio) -> list[Any]:
    return [each for line in small.series.of_site(small.rome.id) for each in line.sessions]


def test_the_names_of_json_fields_are_a_promise() -> None:
    assert set(series_documents.SeriesDocument.__annotations__) == SERIES
    assert set(series_documents.SeriesDetailDocument.__annotations__) == {*SERIES, "occurrences"}
    assert set(series_documents.SeriesChangeDocument.__annotations__) == CHANGE
    assert set(series_documents.OccurrenceDocument.__annotations__) == {
        *("session_id", "on", "starts_at", "ends_at", "status", "booked", "edited_by_hand"),
    }


def test_a_series_is_made_listed_and_shown(small: SmallStudio, shell: Shell, made: Any) -> None:
    assert (made["saved"], made["made"], made["words"]) == (
        True, 6, "every Tuesday 18:30 until 7 Apr 2026 (6 sessions)",
    )  # fmt: skip
    assert {each.origin for each in sessions(small)} == {Origin.SCHEDULED}
    (listed,) = shell.json("series", "list", *AT_ROME)
    assert set(listed) == SERIES
    assert (listed["id"], listed["rule"], listed["at"]) == (made["series_id"], "FREQ=WEEKLY;BYDAY=TU;COUNT=6", "18:30")
    shown = shell.json("series", "show", made["series_id"], *AT_ROME)
    assert [each["starts_at"] for each in shown["occurrences"]][3:5] == ["2026-03-24T17:30:00Z", "2026-03-31T16:30:00Z"]
    text = shell.ok("series", "show", made["series_id"], *AT_ROME).out
    assert "When: every Tuesday 18:30 until 7 Apr 2026 (6 sessions)" in text


def test_a_dry_run_only_says_what_it_would_do(small: SmallStudio, shell: Shell) -> None:
    ran = shell.ok(
        *("series", "add", "--service", "Pilates", "--at", "2026-03-03 09:00", "--days", "tue thu", "--dry-run"),
        *("--ends", "20/03", "--except", "10/03", *AT_ROME),
    )
    assert ran.out.splitlines() == [
        "5 sessions are new.",
        "Then: every Tuesday and Thursday 09:00 until 20 Mar 2026 (5 sessions).",
        "Nothing was changed.",
    ]
    assert sessions(small) == []


def test_a_rule_of_the_standard_is_taken_with_its_end_or_without(small: SmallStudio, shell: Shell) -> None:
    common = ("series", "add", "--service", "Pilates", "--at", "2026-03-03 09:00", *AT_ROME)
    made = shell.json(*common, "--rule", "FREQ=MONTHLY;BYDAY=1TU", "--ends", "3 times")
    assert made["words"] == "every month on the first Tuesday 09:00 until 5 May 2026 (3 sessions)"
    assert shell.json(*common, "--rule", "RRULE:FREQ=DAILY;COUNT=2")["made"] == 2
    assert shell(*common, "--rule", "FREQ=HOURLY;COUNT=2").code == 5
    assert shell(*common).code == 2
    assert shell(*common, "--ends", "2000 times").code == 5


def test_a_change_reaches_what_has_not_begun_and_leaves_what_was_edited_by_hand(
    small: SmallStudio, shell: Shell, made: Any
) -> None:
    hand = sessions(small)[2]
    shell.ok("sessions", "move", hand.id, "20:00", *AT_ROME)
    changed = shell.json("series", "change", made["series_id"], "--at", "19:00", *AT_ROME)
    assert (changed["changed"], changed["moved"], changed["edited_by_hand"]) == (5, 5, 1)
    ended = shell.json("series", "change", made["series_id"], "--ends", "4 times", *AT_ROME)
    assert (ended["removed"], ended["cancelled"]) == (2, 0)
    days = shell.json("series", "change", made["series_id"], "--days", "tue thu", "--dry-run", *AT_ROME)
    assert (days["saved"], days["made"]) == (False, 2)
    assert shell("series", "change", made["series_id"], *AT_ROME).code == 2
    assert shell("series", "change", made["series_id"], "--room", "Loft", "--if-version", "1", *AT_ROME).code == 6


def test_a_change_from_a_day_on_splits_the_series(small: SmallStudio, shell: Shell, made: Any) -> None:
    changed = shell.json(
        *("series", "change", made["series_id"], "--from", "2026-03-17", "--staff", "marco", *AT_ROME),
    )
    assert changed["series_id"] != made["series_id"]
    assert [each["words"] for each in shell.json("series", "list", *AT_ROME)] == [
        "every Tuesday 18:30 until 10 Mar 2026 (2 sessions)",
        "every Tuesday 18:30 until 7 Apr 2026 (4 sessions)",
    ]


def test_a_series_is_cancelled_from_a_day_on_or_altogether(small: SmallStudio, shell: Shell, made: Any) -> None:
    small.book(sessions(small)[4])
    told = shell.json("series", "cancel", made["series_id"], "--from", "2026-03-24", "--dry-run", *AT_ROME)
    assert (told["saved"], told["cancelled"], told["removed"], told["clients"]) == (False, 1, 2, 1)
    ran = shell.ok("series", "cancel", made["series_id"], "--from", "2026-03-24", "--tell", *AT_ROME)
    assert "1 client cannot be reached: the news are held." in ran.err
    assert [each.status for each in sessions(small)] == [SessionStatus.ACTIVE] * 3 + [SessionStatus.CANCELLED]
    shell.ok("series", "cancel", made["series_id"], *AT_ROME)
    assert {each.status for each in sessions(small)} == {SessionStatus.CANCELLED}
    assert shell("series", "cancel", made["series_id"], *AT_ROME).code == 5


def test_the_scope_of_a_session_s_verbs_reaches_into_its_series(small: SmallStudio, shell: Shell, made: Any) -> None:
    one = sessions(small)[2]
    dry = shell.json("sessions", "edit", one.id, "--room", "Loft", "--scope", "all", "--dry-run", *AT_ROME)
    assert (dry["saved"], dry["scope"], dry["changed"]) == (False, "all", 6)
    shell.ok("sessions", "move", one.id, "19:00", "--scope", "following", *AT_ROME)
    assert [f"{each.starts_at:%H:%M}" for each in sessions(small)] == [
        "17:30", "17:30", "18:00", "18:00", "17:00", "17:00",
    ]  # fmt: skip
    done = shell.json("sessions", "cancel", one.id, "--scope", "following", *AT_ROME)
    assert (done["removed"], done["cancelled"]) == (4, 0)
    assert shell.json("sessions", "cancel", sessions(small)[0].id, "--dry-run", *AT_ROME)["cancelled"] == 1
    assert {each.status for each in sessions(small)} == {SessionStatus.ACTIVE}


def test_a_session_of_no_series_takes_no_wider_scope(small: SmallStudio, shell: Shell) -> None:
    session = small.session()
    assert shell("sessions", "cancel", session.id, "--scope", "all", *AT_ROME).code == 5
