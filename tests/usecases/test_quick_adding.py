"""Sessions from one typed line, from its names to the stored session; on both engines."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest

from studio_tui.domain.errors import InvalidInput, NotAllowed, NotPossible
from studio_tui.domain.quick_add import QuickSession, Weekly
from studio_tui.domain.quick_line import understand
from studio_tui.domain.services import Mode
from studio_tui.domain.sessions import Origin, mode_of
from studio_tui.domain.zones import to_utc, zone
from tests.builders import HOUR, SmallStudio
from tests.usecases.support import contents

TODAY = date(2026, 3, 2)
TUESDAY_EVENING = to_utc(datetime.combine(date(2026, 3, 3), time(18, 30)), zone("Europe/Rome"))


def meant(small: SmallStudio, line: str) -> QuickSession:
    found = understand(line, small.quick_adding.vocabulary(small.rome.id), TODAY)
    assert found.session is not None, found.problems
    return found.session


def test_a_typed_line_becomes_an_occasional_session(small_anywhere: SmallStudio) -> None:
    small = small_anywhere
    small.session(room="Loft")

    made = small.quick_adding.make(
        small.desk, small.rome, meant(small, 'tue 18:30 pil marco 90m x7 loft called "Slow" online')
    )

    assert (made.starts_at, made.length, made.origin) == (TUESDAY_EVENING, 1.5 * HOUR, Origin.OCCASIONAL)
    assert (made.staff_id, made.room, made.title, made.capacity) == (small.substitute.id, "Loft", "Slow", 7)
    assert mode_of(made, small.pilates) is Mode.ONLINE


def test_names_are_those_that_are_in_use_at_the_site(small_anywhere: SmallStudio) -> None:
    small = small_anywhere
    small.session(room="Loft")
    small.session(small.barre, room="Elsewhere")

    names = small.quick_adding.vocabulary(small.rome.id)

    assert "Barre" not in dict(names.services).values()
    assert "Holly Shaw" not in dict(names.staff).values()
    assert names.rooms == ("Loft",)


def test_the_preview_tells_what_is_in_the_way_and_makes_nothing(small_anywhere: SmallStudio) -> None:
    small = small_anywhere
    small.session(starts_at=TUESDAY_EVENING)
    before = contents(small.database)

    preview = small.quick_adding.preview(small.desk, small.rome, meant(small, "tue 19 pil anna"))

    assert [clash.kind for clash in preview.clashes] == ["leader"]
    assert preview.service == small.pilates
    assert contents(small.database) == before


@pytest.mark.parametrize(
    ("line", "error"),
    [("tue 18:30 movement x2", InvalidInput), ("tue 18:30 yoga in person", NotPossible)],
)
def test_a_line_that_the_rules_forbid_is_refused(small_anywhere: SmallStudio, line: str, error: type) -> None:
    small = small_anywhere
    before = contents(small.database)

    with pytest.raises(error):
        small.quick_adding.make(small.desk, small.rome, meant(small, line))
    with pytest.raises(error):
        small.quick_adding.preview(small.desk, small.rome, meant(small, line))
    assert contents(small.database) == before


def test_an_instructor_adds_only_for_themselves(small_anywhere: SmallStudio) -> None:
    small = small_anywhere
    with pytest.raises(NotAllowed):
        small.quick_adding.make(small.teacher, small.rome, meant(small, "tue 18:30 yoga marco"))
    assert small.quick_adding.make(small.teacher, small.rome, meant(small, "tue 18:30 yoga anna")).id


def test_weekly_makes_a_series(small_anywhere: SmallStudio) -> None:
    small = small_anywhere
    wanted = meant(small, "tue 18:30 yoga anna weekly until 31/3")
    assert wanted.weekly == Weekly(until=date(2026, 3, 31))

    first = small.quick_adding.make(small.desk, small.rome, wanted)

    assert first.starts_at == TUESDAY_EVENING
    assert first.origin is Origin.SCHEDULED
    entries = small.calendar.between(small.rome.id, TUESDAY_EVENING, TUESDAY_EVENING + timedelta(weeks=9))
    assert len(entries) == 5
    assert {small.calendar.detail(entry.id).session.series_id for entry in entries} == {first.series_id}
    last = to_utc(datetime.combine(date(2026, 3, 31), time(18, 30)), zone("Europe/Rome"))
    assert entries[-1].starts_at == last
