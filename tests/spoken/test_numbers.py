from collections.abc import Iterator

import pytest

from studio_tui.domain.language import ENGLISH, use_language
from studio_tui.domain.spelling import ENGLISH_NAMES, ENGLISH_SEPARATOR, grouped
from studio_tui.spoken.numbers import separator
from studio_tui.tui.nouns import counted_clients


@pytest.fixture(autouse=True)
def back_to_english() -> Iterator[None]:
    yield
    use_language(ENGLISH)


@pytest.mark.parametrize(
    ("language", "numbers"),
    [
        ("en", ["999", "1,032", "20,832", "1,234,567"]),
        ("it", ["999", "1.032", "20.832", "1.234.567"]),
        ("es", ["999", "1.032", "20.832", "1.234.567"]),
    ],
)
def test_numbers_are_written_as_the_language_writes_them(language: str, numbers: list[str]) -> None:
    use_language(language, ENGLISH_NAMES, separator(language))

    assert [grouped(number) for number in (999, 1_032, 20_832, 1_234_567)] == numbers


def test_what_needs_no_language_data_writes_as_english_does() -> None:
    assert separator("en") == ENGLISH_SEPARATOR


def test_a_count_has_the_languages_number() -> None:
    use_language("it", ENGLISH_NAMES, separator("it"))

    assert counted_clients(20_832) == "20.832 clienti"
