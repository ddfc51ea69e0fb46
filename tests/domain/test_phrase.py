from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio_tui.domain.language import ENGLISH, use_language
from studio_tui.domain.phrase import Day, Phrase, joined, kept, nphrase, phrase, plain, told
from studio_tui.domain.text import clean_line
from studio_tui.spoken.dates import names

MONDAY = datetime(2026, 3, 2, 18, 0, tzinfo=UTC)
MOVED = joined(
    [
        phrase(
            "moved {what} → {when}", what=joined(["Yoga", Day(MONDAY, "%a %-d %b")], ", "), when=Day(MONDAY, "%H:%M")
        ),
        nphrase(", {n} booking", ", {n} bookings", 2),
    ]
)


@pytest.fixture(autouse=True)
def back_to_english() -> Iterator[None]:
    yield
    use_language(ENGLISH)


def test_a_phrase_is_told_in_the_language_of_whoever_reads_it() -> None:
    stored = kept(MOVED)
    assert str(told(stored)) == "moved Yoga, Mon 2 Mar → 18:00, 2 bookings"

    use_language("it", names("it"))
    assert str(told(stored)) == "spostata Yoga, lun 2 mar → 18:00, 2 prenotazioni"

    use_language("es", names("es"))
    assert "lun 2 mar → 18:00, 2 reservas" in str(told(stored))


def test_a_phrase_can_be_kept_again_as_it_was_read() -> None:
    busy = phrase("Zoom asks for a pause until {at:%H:%M:%S} UTC.", at=MONDAY)

    assert told(kept(MOVED)) == MOVED
    assert str(told(kept(busy))) == "Zoom asks for a pause until 18:00:00 UTC."


@given(st.text(max_size=60))
def test_a_text_that_was_kept_before_there_were_phrases_stands_as_it_is(text: str) -> None:
    typed = clean_line(text, 60, field="name")

    assert str(told(kept(typed))) == typed
    assert str(told(kept(plain(typed)))) == typed


@given(st.text(max_size=60))
def test_what_people_typed_is_no_place_in_a_phrase(text: str) -> None:
    name = clean_line(text, 60, field="name")

    assert str(told(kept(phrase("made the site {name}", name=name)))) == f"made the site {name}"


def test_a_phrase_too_long_for_its_column_is_kept_as_words() -> None:
    long = phrase("made the site {name}", name="x" * 80)

    assert told(kept(long, 200)) == long
    assert kept(long, 90) == f"made the site {'x' * 76}"
    assert kept("x" * 10, 5) == "xxxxx"


def test_a_phrase_in_a_phrase_is_told_with_it() -> None:
    inner = phrase("in person")
    use_language("it")

    assert f"{inner}" == "in presenza"
    assert str(Phrase("{text}", {"text": inner})) == "in presenza"
