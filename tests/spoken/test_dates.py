"""Dates in words, as messages and sheets on the door write them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from studio_tui.domain.zones import zone
from studio_tui.spoken.dates import days, interval, long_date, names, start

ROME = zone("Europe/Rome")
MONDAY = datetime(2026, 3, 2, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "Monday 2 March 2026"),
        ("it", "lunedì 2 marzo 2026"),
        ("es", "lunes, 2 de marzo de 2026"),
        ("it-CH", "lunedì 2 marzo 2026"),
        ("de", "Monday 2 March 2026"),
    ],
)
def test_a_day_is_written_as_people_of_the_language_write_it(language: str, words: str) -> None:
    assert long_date(language, date(2026, 3, 2)) == words
    assert start(language, MONDAY, ROME) == f"{words}, 11:00 (Europe/Rome, CET)"


def test_an_interval_names_its_zone_and_another_day_only_where_it_differs() -> None:
    assert interval("en", MONDAY, MONDAY + timedelta(hours=1), ROME) == (
        "Monday 2 March 2026, 11:00–12:00 (Europe/Rome, CET)"
    )
    assert interval("it", MONDAY, MONDAY + timedelta(hours=14), ROME) == (
        "lunedì 2 marzo 2026, 11:00 – martedì 3 marzo 2026, 01:00 (Europe/Rome, CET)"
    )
    night = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)
    assert interval("en", night, night + timedelta(hours=1), ROME) == (
        "Sunday 29 March 2026, 01:30–03:30 (Europe/Rome, CET/CEST)"
    )


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (date(2026, 11, 16), date(2026, 11, 22), ["16–22 November 2026", "16–22 novembre 2026"]),
        (date(2026, 11, 30), date(2026, 12, 6), ["30 November – 6 December 2026", "30 novembre – 6 dicembre 2026"]),
        (
            date(2026, 12, 28),
            date(2027, 1, 3),
            ["28 December 2026 – 3 January 2027", "28 dicembre 2026 – 3 gennaio 2027"],
        ),
    ],
)
def test_days_in_a_row_say_month_and_year_once(first: date, last: date, words: list[str]) -> None:
    assert [days(language, first, last) for language in ("en", "it")] == words


def test_spanish_puts_its_small_words_between() -> None:
    assert days("es", date(2026, 11, 16), date(2026, 11, 22)) == "16–22 de noviembre de 2026"


@pytest.mark.parametrize("language", ["en", "it", "es"])
def test_short_names_fit_three_cells(language: str) -> None:
    said = names(language)
    assert {len(name) for name in (*said.short_weekdays, *said.short_months)} == {3}
    assert len(set(said.short_weekdays)) == 7
    assert len(set(said.short_months)) == 12
