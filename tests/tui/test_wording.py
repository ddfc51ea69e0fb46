from datetime import UTC, date, datetime, timedelta

import pytest

from studio_tui.domain.agenda import LinkLoss, ServiceLinkPreview
from studio_tui.domain.errors import NotPossible, StaleVersion
from studio_tui.domain.people import Change
from studio_tui.domain.zones import to_wall, zone
from studio_tui.tui import wording
from studio_tui.tui.nouns import counted_clients
from studio_tui.usecases.scheduling import MovePreview

ROME = zone("Europe/Rome")
NOON = datetime(2026, 11, 21, 11, 0, tzinfo=UTC)
"""12:00 in Rome, a Saturday."""


def test_a_day_is_written_in_full() -> None:
    assert wording.day_text(date(2026, 11, 1)) == "Sun 1 Nov 2026"


@pytest.mark.parametrize(
    ("instant", "expected"),
    [
        (NOON, "12:00"),
        (NOON - timedelta(days=1), "20 Nov 12:00"),
        (NOON.replace(year=2025), "21 Nov 2025 12:00"),
        (NOON + timedelta(hours=11, minutes=30), "23:30"),
        (NOON + timedelta(hours=12), "22 Nov 00:00"),
    ],
)
def test_a_time_names_its_day_only_where_it_is_another_one(instant: datetime, expected: str) -> None:
    assert wording.clock_text(to_wall(instant, ROME), date(2026, 11, 21)) == expected


def test_a_session_past_midnight_names_the_day_of_its_end() -> None:
    start = to_wall(NOON + timedelta(hours=11), ROME)

    assert wording.span_text(start, start + timedelta(hours=2)) == "23:00–01:00 Sun"
    assert wording.span_text(start, start + timedelta(minutes=30)) == "23:00–23:30"


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [(0, "0 min"), (45, "45 min"), (60, "1 h"), (75, "1 h 15"), (605, "10 h 05"), (1440, "1 day"), (2880, "2 days")],
)
def test_a_length_is_said_shortly(minutes: int, expected: str) -> None:
    assert wording.length_text(timedelta(minutes=minutes)) == expected


@pytest.mark.parametrize(
    ("passed", "expected"),
    [
        (timedelta(seconds=59), "just now"),
        (timedelta(minutes=2), "2 min ago"),
        (timedelta(hours=3, minutes=50), "3 h ago"),
        (timedelta(days=2), "19 Nov 12:00"),
    ],
)
def test_what_is_long_ago_is_dated_in_the_sites_zone(passed: timedelta, expected: str) -> None:
    assert wording.ago_text(NOON - passed, NOON, ROME) == expected


def test_a_thing_tells_its_version_and_who_wrote_it_when() -> None:
    change = Change(version=3, changed_by="Giulia", changed_at=NOON - timedelta(minutes=5))

    assert wording.written_text(change, NOON, ROME) == "version 3 by Giulia, 5 min ago"


def test_nothing_is_counted_as_no() -> None:
    assert [counted_clients(number) for number in (0, 1, 7, 20_832)] == [
        "no clients",
        "1 client",
        "7 clients",
        "20,832 clients",
    ]


def test_many_names_are_cut_to_the_first_ones() -> None:
    assert wording.named(["Alice", "Bruno"]) == "Alice, Bruno"
    assert wording.named([f"C{n}" for n in range(8)], most=3) == "C0, C1 and 6 more"


def test_somebody_elses_change_is_told_with_the_time_at_the_site() -> None:
    stale = StaleVersion("The session", changed_by="Marco", changed_at=NOON - timedelta(minutes=20))

    sentence = wording.refusal(stale, ROME, NOON)

    assert sentence == "Marco changed this at 11:40, after you opened it. Nothing was saved yet: look, then save again."


def test_any_other_refusal_speaks_for_itself() -> None:
    assert wording.refusal(NotPossible("It is full."), ROME, NOON) == "It is full."


def _preview(by_hand: bool, warning: str | None = None) -> MovePreview:
    notice = NOON - timedelta(minutes=30) if by_hand else NOON + timedelta(hours=1)
    return MovePreview(clients=7, notice_from=NOON, notice_to=notice, by_hand=by_hand, warning=warning, clashes=())


def test_n2_moving_tells_that_an_automatic_notice_moves_along() -> None:
    text = wording.move_text(_preview(False), NOON + timedelta(hours=1), ROME, date(2026, 11, 21), online=True)

    assert text == "Move to 13:00 — 7 clients; automatic notice moves to 13:00."


def test_n2_moving_tells_that_a_notice_by_hand_stays() -> None:
    text = wording.move_text(_preview(True), NOON + timedelta(days=1), ROME, date(2026, 11, 21), online=True)

    assert text == "Move to 22 Nov 12:00 — 7 clients; notice by hand stays at 11:30."


def test_moving_tells_every_warning_and_clash_on_a_line_of_its_own() -> None:
    clashes = ["Hall is also taken by Barre, Sat 12:30–13:30."]

    text = wording.move_text(_preview(True, "Too late."), NOON, ROME, date(2026, 11, 21), online=True, clashes=clashes)

    assert text.split("\n")[1:] == ["⚠ Too late.", "⚠ Hall is also taken by Barre, Sat 12:30–13:30."]


def test_moving_a_session_in_person_says_nothing_of_notices() -> None:
    text = wording.move_text(_preview(False), NOON, ROME, date(2026, 11, 21), online=False)

    assert text == "Move to 12:00 — 7 clients."


def test_l6_the_effect_of_a_service_link_counts_all_four_kinds() -> None:
    preview = ServiceLinkPreview(added=1, changed=2, kept=3, skipped=4)

    assert wording.effect_of_service_link(preview) == (
        "Upcoming sessions: link added to 1, changed on 2, 3 kept (typed by hand), 4 skipped (occasional)."
    )
    assert wording.effect_of_service_link(preview, cleared=True).startswith("Upcoming sessions: 2 go back")


@pytest.mark.parametrize(
    ("loss", "default", "expected"),
    [
        (LinkLoss(0, 0), True, "No upcoming session uses it now."),
        (LinkLoss(1, 1), True, "1 upcoming session with 1 client loses its link, also those typed by hand."),
        (LinkLoss(58, 40), True, "58 upcoming sessions with 40 clients lose their link, also those typed by hand."),
        (LinkLoss(12, 9), False, "12 upcoming sessions with 9 clients fall back to the default account's link."),
    ],
)
def test_a6_disconnecting_counts_what_it_takes_away(loss: LinkLoss, default: bool, expected: str) -> None:
    assert wording.effect_of_disconnecting(loss, default=default) == expected
