from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest

from studio_tui.domain.finding_days import WEEKS_AHEAD, WEEKS_BACK, Reading, ranges, readings
from studio_tui.domain.links import JoinLink, link_digest
from studio_tui.domain.pasted_links import digests_of, looks_like_link
from studio_tui.domain.zones import zone

SATURDAY = date(2026, 11, 21)
FRIDAY = date(2026, 11, 27)


def test_words_alone_are_read_in_one_way() -> None:
    assert readings("vinyasa giulia", SATURDAY) == [Reading("vinyasa giulia")]


def test_a_weekday_means_the_coming_ones_and_then_those_that_were() -> None:
    narrowed, plain = readings("yoga fri", SATURDAY)

    assert narrowed.words == "yoga"
    assert narrowed.days[0] == FRIDAY
    assert narrowed.days[1] == FRIDAY + timedelta(weeks=1)
    assert len(narrowed.days) == WEEKS_AHEAD + WEEKS_BACK
    assert narrowed.days[WEEKS_AHEAD] == FRIDAY - timedelta(weeks=1)
    assert plain == Reading("yoga fri")


@pytest.mark.parametrize(
    ("typed", "words", "day"),
    [
        ("21/12 barre", "barre", date(2026, 12, 21)),
        ("barre 21 dec", "barre", date(2026, 12, 21)),
        ("today", "", SATURDAY),
        ("+2w yoga", "yoga", SATURDAY + timedelta(weeks=2)),
    ],
)
def test_a_date_narrows_to_its_day(typed: str, words: str, day: date) -> None:
    narrowed = readings(typed, SATURDAY)[0]

    assert (narrowed.words, narrowed.days) == (words, (day,))


def test_a_time_narrows_to_the_minute_of_the_days() -> None:
    (narrowed, _) = readings("fri 18:30 yoga", SATURDAY)
    rome = zone("Europe/Rome")

    assert (narrowed.words, narrowed.at) == ("yoga", time(18, 30))
    assert ranges(narrowed, SATURDAY, rome)[0][0] == datetime(2026, 11, 27, 17, 30, tzinfo=UTC)
    assert len(ranges(Reading("", at=time(9)), SATURDAY, rome)) == 14


def test_days_that_exclude_each_other_are_words() -> None:
    assert readings("sat sun", SATURDAY) == [Reading("sat sun")]


def test_a_pasted_link_is_known_by_its_digest_with_and_without_its_password() -> None:
    alone = link_digest(JoinLink("https://meet.example/room-1"))
    locked = link_digest(JoinLink("https://meet.example/room-1", "s3cret"))

    assert all(looks_like_link(typed) for typed in ("https://x", "meet.example/room-1"))
    assert not any(looks_like_link(typed) for typed in ("21/12 barre", "and/or", "a.b@c.de"))
    assert digests_of("meet.example/room-1") == [alone]
    assert digests_of("https://meet.example/room-1 s3cret") == [alone, locked]
    assert digests_of("https://") == [] == digests_of("http://10.0.0.1/x")
