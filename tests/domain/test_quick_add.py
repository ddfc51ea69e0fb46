"""One typed line that makes a session: what each word was taken for, and a clear sentence for what was not understood."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio_tui.domain.people import StaffId
from studio_tui.domain.quick_add import QuickSession, Weekly, render
from studio_tui.domain.quick_line import understand
from studio_tui.domain.quick_names import Vocabulary, What
from studio_tui.domain.services import Mode, ServiceId

SATURDAY = date(2026, 11, 21)
TUESDAY = date(2026, 11, 24)
CURSOR = (date(2026, 11, 26), time(10, 0))
VINYASA, SUNDAY, YIN, MEDITATION, CAFE = (ServiceId(number) for number in range(1, 6))
GIULIA, MARCO, SARA = (StaffId(number) for number in range(1, 4))
NAMES = Vocabulary(
    [
        (VINYASA, "Vinyasa Flow"),
        (SUNDAY, "Sunday Flow"),
        (YIN, "Yin"),
        (MEDITATION, "Meditation"),
        (CAFE, "Café Łódź"),
    ],
    [(GIULIA, "Giulia Neri"), (MARCO, "Marco Bruno"), (SARA, "Sara Neri")],
    ["Studio 1", "Studio 2", "Loft"],
)


def wanted(**fields: Any) -> QuickSession:
    defaults: dict[str, Any] = {"service_id": YIN, "day": TUESDAY, "at": time(18, 30)}
    return QuickSession(**defaults | fields)


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        (
            "tue 18:30 Vinyasa Giulia 60m online",
            wanted(service_id=VINYASA, staff_id=GIULIA, length=timedelta(hours=1), mode=Mode.ONLINE),
        ),
        ("yin tue 18:30", wanted()),
        ("YIN, tue, 1830", wanted()),
        ("yin on tue at 6:30pm", wanted()),
        ("24/11 18:30 yin", wanted()),
        ("24.11. 18.30 yin", wanted()),
        ("18.30 yin tue", wanted()),
        ("24 nov 18:30 yin", wanted()),
        ("24 nov 2026 18:30 yin", wanted()),
        ("2026-11-24 18:30 yin", wanted()),
        ("+3d 18:30 yin", wanted()),
        ("18:30 24 yin", wanted()),
        ("tue 18 yin", wanted(at=time(18))),
        ("tue 18h30 yin", wanted()),
        ("tue 12am yin", wanted(at=time(0))),
        ("tue 12pm yin", wanted(at=time(12))),
        ("yin tue 18:30 90 min", wanted(length=timedelta(minutes=90))),
        ("yin tue 18:30 1h30", wanted(length=timedelta(minutes=90))),
        ("yin tue 18:30 2 hours", wanted(length=timedelta(hours=2))),
        ("yin tue 18:30-19:45", wanted(length=timedelta(minutes=75))),
        ("yin tue 18:30–19:45", wanted(length=timedelta(minutes=75))),
        ("yin tue from 18:30 to 19:45", wanted(length=timedelta(minutes=75))),
        ("yin tue 18:30 until 19:45", wanted(length=timedelta(minutes=75))),
        ("yin tue 23:30-00:30", wanted(at=time(23, 30), length=timedelta(hours=1))),
        ("yin tue 18:30 x10", wanted(places=10)),
        ("yin tue 18:30 x10 places", wanted(places=10)),
        ("yin tue 18:30 10 places", wanted(places=10)),
        ("yin tue 18:30 in person", wanted(mode=Mode.IN_PERSON)),
        ("yin tue 18:30 studio 2", wanted(room="Studio 2")),
        ("yin tue 18:30 in loft with marco", wanted(room="Loft", staff_id=MARCO)),
        ("yin tue 18:30 m bruno", wanted(staff_id=MARCO)),
        ('yin tue 18:30 in "Attic"', wanted(room="Attic")),
        ('yin tue 18:30 called "Full moon"', wanted(title="Full moon")),
        ("cafe lodz tue 18:30", wanted(service_id=CAFE)),
        ("sunday flow tue 18:30", wanted(service_id=SUNDAY)),
        ("sunday yin 18:30", wanted(day=date(2026, 11, 22))),
        ("weekly until 18/12 yin tue 18:30", wanted(weekly=Weekly(until=date(2026, 12, 18)))),
        ("yin tue 18:30 every week 10 times", wanted(weekly=Weekly(times=10))),
    ],
)
def test_a_line_is_understood(line: str, meant: QuickSession) -> None:
    found = understand(line, NAMES, SATURDAY)
    assert (found.session, found.problems, found.assumed) == (meant, (), ())


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("", "A service, a day and a time are missing."),
        ("yin", "A day and a time are missing."),
        ("yin tue", "A time is missing."),
        ("tue 18:30", "A service is missing."),
        ("flow tue 18:30", "“flow” could be Vinyasa Flow, Sunday Flow: type more of it."),
        ("yin tue 18:30 studio", "“studio” could be Studio 1, Studio 2: type more of it."),
        ("yin tue 18:30 neri", "“neri” could be Giulia Neri, Sara Neri: type more of it."),
        ("m tue 18:30", "“m” could be Meditation (service), Marco Bruno (leader): type more of it."),
        ("yin tue 18:30 xyz", "“xyz” is no day, time, service, person or room here."),
        ("yin tue wed 18:30", "“wed” is a second day: keep one."),
        ("yin med tue 18:30", "“med” is a second service: keep one."),
        ("yin tue 18:30 19:30 20:30", "“20:30” is a second end: keep one."),
        ("yin tue 18:30-19:30 60m", "The line gives an end and a length: keep one of them."),
        ("yin tue 18:30 x0", "“x0”: places go from 1 to 1000."),
        ("yin tue 18:30 weekly", "Every week until when? Type “until 18/12”, or “10 times”."),
        ("yin tue 18:30 until 18/12", "Type “weekly” if it repeats every week; an end of the session is a time."),
        ("yin tue 18:30 weekly until 22/11", "The last day, Sun 22 Nov, is before the first."),
        ("yin tue 18:30 weekly 0 times", "A series takes place once at least."),
        ("yin tue 25:30", "“25:30” is no day, time, service, person or room here."),
    ],
)
def test_what_is_missing_or_unclear_is_said_in_a_sentence(line: str, problem: str) -> None:
    found = understand(line, NAMES, SATURDAY)
    assert problem in found.problems
    assert found.session is None


def test_what_is_not_typed_comes_from_where_the_cursor_stands() -> None:
    found = understand("yin", NAMES, SATURDAY, CURSOR)
    assert found.session == wanted(day=CURSOR[0], at=CURSOR[1])
    assert found.assumed == ("Thu 26 Nov", "10:00")

    assert understand("yin 18:30", NAMES, SATURDAY, CURSOR).assumed == ("Thu 26 Nov",)
    assert understand("yin tue", NAMES, SATURDAY, CURSOR).assumed == ("10:00",)


def test_each_word_is_told_what_it_was_taken_for() -> None:
    found = understand("tue 18:30 vin at giu xyz", NAMES, SATURDAY)
    assert [(each.text, each.what, each.meaning) for each in found.readings] == [
        ("tue", What.DAY, "Tue 24 Nov"),
        ("18:30", What.TIME, "18:30"),
        ("vin", What.SERVICE, "Vinyasa Flow"),
        ("at", What.FILLER, ""),
        ("giu", What.STAFF, "Giulia Neri"),
        ("xyz", What.UNKNOWN, ""),
    ]


def test_one_word_that_is_two_names_goes_to_what_is_still_open() -> None:
    twice = Vocabulary([(YIN, "Yin")], [(SARA, "Yin")], ["Yin"])
    found = understand("yin yin yin tue 18:30", twice, SATURDAY)
    assert found.session == wanted(staff_id=SARA, room="Yin")


_TYPED = """
    tue wed 18:30 18.30 24/12 24 10 x10 60m 1h30 vin giu flow studio 2 online in with called "a b" “ weekly until to from
    person 10 places times every week - – +2w 12am xyz ٣ 99:99 2026-11-24 +9999y x999999
"""
_WORDS = st.sampled_from(_TYPED.split())


@given(st.one_of(st.text(max_size=80), st.lists(_WORDS, max_size=12).map(" ".join)), st.booleans())
def test_whatever_is_typed_is_answered_with_a_session_or_a_sentence(line: str, cursor: bool) -> None:
    found = understand(line, NAMES, SATURDAY, CURSOR if cursor else None)

    assert (found.session is None) == bool(found.problems)
    assert all((sentence.endswith(".") and sentence[0] in "“ATEL") or sentence for sentence in found.problems)
    shown = "".join(reading.text for reading in found.readings)
    assert len([word for word in shown if word.isalnum()]) <= len(line)


_names = (
    st.text(st.characters(categories=("L", "N"), include_characters=" -'."), min_size=1, max_size=20)
    .map(lambda text: " ".join(text.split()))
    .filter(lambda text: any(char.isalnum() for char in text))
)


@given(
    service=_names,
    leader=st.none() | _names,
    room=st.just("") | _names,
    day=st.dates(date(1900, 1, 1), date(2199, 12, 31)),
    at=st.times().map(lambda found: found.replace(second=0, microsecond=0)),
    minutes=st.none() | st.integers(1, 24 * 60),
    places=st.none() | st.integers(1, 1000),
    mode=st.none() | st.sampled_from(Mode),
    title=st.none() | st.just("Full moon, slowly"),
    times=st.none() | st.integers(1, 500),
)
def test_a_line_that_the_program_writes_is_read_back_as_the_same_session(
    service: str,
    leader: str | None,
    room: str,
    day: date,
    at: time,
    minutes: int | None,
    places: int | None,
    mode: Mode | None,
    title: str | None,
    times: int | None,
) -> None:
    session = QuickSession(
        service_id=YIN,
        day=day,
        at=at,
        staff_id=None if leader is None else SARA,
        room=room,
        length=None if minutes is None else timedelta(minutes=minutes),
        places=places,
        mode=mode,
        title=title,
        weekly=None if times is None else Weekly(times=times),
    )
    names = {What.SERVICE: service} | ({} if leader is None else {What.STAFF: leader})
    vocabulary = Vocabulary([(YIN, service)], [] if leader is None else [(SARA, leader)], [room] if room else [])

    assert understand(render(session, names), vocabulary, SATURDAY).session == session
