"""Days and months as people of the screens' language type them; English is understood as ever."""

from collections.abc import Iterator
from datetime import date

import pytest

from studio_tui.domain.dates import parse_date, weekday_of
from studio_tui.domain.errors import InvalidInput
from studio_tui.domain.recurrence import RuleDay
from studio_tui.domain.repeat_text import days_text, parse_days, parse_end
from studio_tui.domain.spelling import ENGLISH_NAMES, ENGLISH_SEPARATOR, speak_of
from studio_tui.spoken.dates import names

TODAY = date(2026, 11, 21)  # a Saturday


@pytest.fixture(autouse=True)
def _english_afterwards() -> Iterator[None]:
    yield
    speak_of(ENGLISH_NAMES, ENGLISH_SEPARATOR)


@pytest.mark.parametrize(
    ("language", "typed", "meant"),
    [
        ("it", "mar", date(2026, 11, 24)),
        ("it", "martedì", date(2026, 11, 24)),
        ("it", "VENERDI", date(2026, 11, 27)),
        ("it", "fri", date(2026, 11, 27)),
        ("it", "24 dic", date(2026, 12, 24)),
        ("it", "24 dec", date(2026, 12, 24)),
        ("it", "domani", date(2026, 11, 22)),
        ("es", "mié", date(2026, 11, 25)),
        ("es", "mie", date(2026, 11, 25)),
        ("es", "sábado", date(2026, 11, 21)),
        ("es", "3 septiembre", date(2026, 9, 3)),
        ("es", "mañana", date(2026, 11, 22)),
    ],
)
def test_a_day_is_understood_in_the_screens_language_and_in_english(language: str, typed: str, meant: date) -> None:
    speak_of(names(language), ENGLISH_SEPARATOR)

    assert parse_date(typed, TODAY) == meant


def test_two_letters_begin_a_day_in_english_only() -> None:
    speak_of(names("it"), ENGLISH_SEPARATOR)

    assert weekday_of("gi") is None  # it may be Giulia
    assert weekday_of("we") == 2


def test_other_languages_than_the_screens_are_not_guessed() -> None:
    with pytest.raises(InvalidInput):
        parse_date("venerdì", TODAY)


def test_the_days_of_a_series_are_typed_as_they_are_written() -> None:
    speak_of(names("es"), ENGLISH_SEPARATOR)
    days = (RuleDay(1), RuleDay(2), RuleDay(5))

    assert days_text(days) == "mar mié sáb"
    assert parse_days(days_text(days)) == parse_days("tue wed sat") == (1, 2, 5)


def test_the_number_of_sessions_is_typed_with_its_word() -> None:
    assert parse_end("12 volte", TODAY) == parse_end("12 veces", TODAY) == parse_end("12 times", TODAY) == (12, None)
