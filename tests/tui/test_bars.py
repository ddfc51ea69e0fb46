from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from studio_tui.domain.agenda import NoticeCounts, StudioStatus
from studio_tui.domain.conferences import LinkDecision, LinkSource, SignIn
from studio_tui.domain.delivery import Channel
from studio_tui.domain.meetings import SignInId
from studio_tui.domain.services import ServiceKind
from studio_tui.domain.sessions import SessionId
from studio_tui.domain.workers import Trouble
from studio_tui.tui.marks import ASCII_BARS, ASCII_MARKS, BARS, MARKS, Bar, Mark, bar_of, marks_of
from studio_tui.tui.widgets.key_bar import KeyHint, chosen_hints
from studio_tui.tui.widgets.status_bar import fitting, status_words
from studio_tui.tui.widgets.title_bar import heartbeat_words, title_line, week_words
from tests.builders import a_sealed_link, an_account
from tests.tui.aurora import SATURDAY

WEEKS = week_words(date(2026, 11, 16), "Europe/Rome", "CET")


def a_status(**counts: int) -> StudioStatus:
    return replace(StudioStatus(due=0, failed=0, held=0, missing_soon=0, worker_seen_at=None), **counts)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("width", "said"),
    [
        (107, "Week 47 · 16–22 November 2026 · Europe/Rome"),
        (80, "Week 47 · 16–22 Nov · Europe/Rome"),
        (67, "Week 47 · 16–22 Nov · CET"),
        (40, "16–22 Nov"),
        (24, "16–22 Nov"),
    ],
)
def test_the_week_is_said_as_fully_as_there_is_room_for(width: int, said: str) -> None:
    assert said in title_line("Trastevere", WEEKS, ("Luca Rossi · front desk", "Luca Rossi"), width)


@pytest.mark.parametrize(
    ("monday", "said"),
    [
        (date(2026, 11, 16), "Week 47 · 16–22 November 2026 · Europe/Rome"),
        (date(2026, 11, 30), "Week 49 · 30 November – 6 December 2026 · Europe/Rome"),
        (date(2026, 12, 28), "Week 53 · 28 December 2026 – 3 January 2027 · Europe/Rome"),
    ],
)
def test_a_week_over_two_months_or_years_names_both(monday: date, said: str) -> None:
    assert week_words(monday, "Europe/Rome", "CET")[0] == said


@given(st.text(max_size=40), st.text(max_size=40), st.integers(1, 160))
def test_the_title_fills_its_cells_exactly(site: str, person: str, width: int) -> None:
    from studio_tui.tui.widgets.grid_text import plain

    assert cell_len(title_line(plain(site), WEEKS, (plain(person), "Al"), width)) == width


@pytest.mark.parametrize(
    ("ago", "said"),
    [
        (None, ("○ no worker", "absent")),
        (timedelta(seconds=2), ("● worker 2 s", "alive")),
        (timedelta(seconds=-3), ("● worker 0 s", "alive")),
        (timedelta(seconds=16), ("! worker 16 s", "late")),
        (timedelta(minutes=5), ("! worker 5 m", "late")),
        (timedelta(hours=30), ("! worker 30 h", "late")),
    ],
)
def test_the_heartbeat_says_how_long_ago_a_worker_was_seen(ago: timedelta | None, said: tuple[str, str]) -> None:
    seen_at = None if ago is None else SATURDAY - ago
    assert heartbeat_words(seen_at, SATURDAY, ascii_only=False) == said
    assert heartbeat_words(seen_at, SATURDAY, ascii_only=True)[0].isascii()


def test_a_worker_that_cannot_sign_in_takes_the_heartbeats_place_and_says_why_below() -> None:
    said = "The mail server mail.example:587 refused the sign-in (535): wrong name or password"
    mail, push = Trouble(Channel.EMAIL, said), Trouble(Channel.GOTIFY, "no")

    assert heartbeat_words(SATURDAY, SATURDAY, ascii_only=True, troubles=(mail,)) == ("! mail stuck", "late")
    assert heartbeat_words(SATURDAY, SATURDAY, ascii_only=True, troubles=(push, mail)) == ("! push stuck", "late")
    words = status_words(replace(a_status(due=3), troubles=(mail,)))
    assert "".join(text for text, _ in words) == f"3 due · not sending: email: {said}"
    assert words[-1][1] == "alarm"


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        ({}, "Nothing is due, failed, held or missing."),
        (
            {"due": 3, "failed": 1, "held": 2, "missing_soon": 1},
            "3 due · 1 failed · 2 held · 1 link missing in the next 24 h",
        ),
        ({"missing_soon": 2}, "2 links missing in the next 24 h"),
        ({"held": 4}, "4 held"),
        ({"held": 4, "worker_gone": True}, "4 held"),
        (
            {"due": 1, "worker_gone": True},
            "1 due · not sending: no worker runs; “studio-tui worker” starts one",
        ),
    ],
)
def test_the_status_line_says_what_matters_now(counts: dict[str, int], said: str) -> None:
    assert "".join(text for text, _ in status_words(a_status(**counts))) == said


@given(st.lists(st.text(min_size=1, max_size=12), max_size=20), st.integers(0, 200))
def test_the_footer_never_says_more_than_fits(words: list[str], width: int) -> None:
    hints = [KeyHint("x", "x", word) for word in words]
    shown, kept = chosen_hints(hints[2:], hints[:2], width)
    assert sum(hint.cells for hint in (*shown, *kept)) <= max(width, max((h.cells for h in kept), default=0))
    assert shown == hints[2 : 2 + len(shown)]


def an_entry(**changes: object) -> object:
    from studio_tui.domain.agenda import CalendarEntry

    fields: dict[str, object] = {
        "id": SessionId(1),
        "service_id": 1,
        "course_id": None,
        "staff_id": 1,
        "title": "Barre",
        "kind": ServiceKind.CLASS,
        "colour": "blue",
        "staff_name": "Anna",
        "room": "",
        "starts_at": SATURDAY,
        "ends_at": SATURDAY + timedelta(hours=1),
        "booked": 3,
        "capacity": 10,
        "online": True,
        "occasional": False,
        "cancelled": False,
        "link": LinkDecision(LinkSource.SITE, a_sealed_link()),
        "notices": NoticeCounts(**changes.pop("notices", {})),  # type: ignore[arg-type]
        "notice_by_hand": False,
        "notice_too_late": False,
        "clash": False,
    }
    return CalendarEntry(**fields | changes)  # type: ignore[arg-type]


_SIGNED_IN = an_account(link=None, sign_in=SignIn(id=SignInId(1), kind="house", way="key", user_id="a", label="a"))
COMING = LinkDecision(LinkSource.SITE, account=_SIGNED_IN)
_SIGNED_OUT = replace(_SIGNED_IN, sign_in=replace(_SIGNED_IN.sign_in, accepted=False))  # type: ignore[type-var]
NOT_COMING = LinkDecision(LinkSource.SITE, account=_SIGNED_OUT)
MISSING = LinkDecision(LinkSource.MISSING)
IN_PERSON = LinkDecision(LinkSource.IN_PERSON)
TYPED = LinkDecision(LinkSource.TYPED, a_sealed_link())


@pytest.mark.parametrize(
    ("changes", "marks"),
    [
        ({}, [Mark.READY]),
        ({"link": MISSING}, [Mark.MISSING]),
        ({"link": COMING}, [Mark.COMING]),
        ({"link": COMING, "notices": {"sent": 3}}, [Mark.SENT]),
        ({"link": NOT_COMING}, [Mark.MISSING]),
        ({"link": NOT_COMING, "notices": {"sent": 3}}, [Mark.SENT]),
        ({"online": False, "link": IN_PERSON}, []),
        ({"link": TYPED}, [Mark.READY, Mark.TYPED]),
        ({"notices": {"sent": 3}}, [Mark.READY, Mark.SENT]),
        ({"notices": {"sent": 3, "failed": 1}}, [Mark.FAILED, Mark.READY]),
        ({"notices": {"held": 3}, "link": MISSING}, [Mark.HELD, Mark.MISSING]),
        ({"notice_by_hand": True}, [Mark.READY, Mark.BY_HAND]),
        ({"notice_by_hand": True, "notice_too_late": True}, [Mark.CLASH, Mark.READY, Mark.BY_HAND]),
        ({"clash": True}, [Mark.CLASH, Mark.READY]),
        ({"clash": True, "cancelled": True, "notices": {"failed": 1}}, []),
    ],
)
def test_each_state_of_a_session_has_its_sign(changes: dict[str, object], marks: list[Mark]) -> None:
    assert list(marks_of(an_entry(**changes))) == marks  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "now", "bar"),
    [
        ({}, SATURDAY, Bar.OPEN),
        ({"booked": 10}, SATURDAY, Bar.FULL),
        ({"booked": 10}, SATURDAY + timedelta(hours=1), Bar.PAST),
        ({"cancelled": True}, SATURDAY + timedelta(hours=1), Bar.CANCELLED),
    ],
)
def test_full_past_and_cancelled_sessions_have_edges_of_their_own(
    changes: dict[str, object], now: datetime, bar: Bar
) -> None:
    assert bar_of(an_entry(**changes), now) is bar  # type: ignore[arg-type]


def test_no_two_signs_are_alike_and_each_is_one_cell_wide() -> None:
    for signs in (MARKS, ASCII_MARKS, BARS, ASCII_BARS):
        assert len(set(signs.values())) == len(signs)
        assert all(cell_len(sign) == 1 for sign in signs.values())
    assert all(sign.isascii() for sign in (*ASCII_MARKS.values(), *ASCII_BARS.values()))


def test_nothing_hangs_after_a_sites_name_that_is_cut() -> None:
    line = title_line("Studio Aurora · Roma", ("Week 47",), ("Anna",), 60)

    assert line.startswith(" Studio Aurora  ")


def test_a_status_line_that_is_too_long_shows_that_it_is_cut() -> None:
    words = [("1 held", "alarm"), (" · ", "quiet"), ("not sending: 東京 refused the sign-in", "alarm")]
    assert fitting(words, 200) == words
    assert fitting(words, 25) == [("1 held", "alarm"), (" · ", "quiet"), ("not sending: 東…", "alarm")]
    assert fitting(words, 6) == [("1 held", "alarm")]
