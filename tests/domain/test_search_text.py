from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio_tui.domain.search_text import (
    MOST_PARTS,
    client_words,
    found_spans,
    holds_all,
    kept_text,
    needle,
    parts_of,
    rank,
    words_of,
)
from studio_tui.domain.text import fold

NAMES = st.text(alphabet="aeèéoøßl'-. ñİ張Łx%_\"*", min_size=1, max_size=30)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("jose", "José Álvarez"),
        ("JOSÉ", "Jose Alvarez"),
        ("alv jos", "José Álvarez"),
        ("j", "José"),
        ("al", "José Álvarez"),
        ("var", "José Álvarez"),
        ("obr", "Sean O'Brien"),
        ("o'br", "Sean O'Brien"),
        ("brien", "Sean O'Brien"),
        ("jean-p", "Jean-Paul"),
        ("lodz", "Łódź"),
        ("strasse", "Straße"),
    ],
)
def test_parts_of_words_are_found_whatever_their_case_accents_and_order(typed: str, name: str) -> None:
    assert holds_all(parts_of(typed), name)


@pytest.mark.parametrize(
    ("typed", "name"), [("o", "José"), ("os", "José"), ("jos alx", "José Álvarez"), ("ealv", "José Álvarez")]
)
def test_one_and_two_letters_begin_a_word_and_every_part_must_be_found(typed: str, name: str) -> None:
    assert not holds_all(parts_of(typed), name)


@given(NAMES, NAMES)
def test_what_is_kept_answers_as_the_words_do(typed: str, name: str) -> None:
    kept, parts = kept_text(words_of(name)), parts_of(typed)
    assert all(needle(part) in kept for part in parts) == holds_all(parts, name)


@given(st.text(max_size=60))
def test_a_part_never_holds_a_sign(typed: str) -> None:
    assert not any(re.search(r"[\W_]", part) for part in parts_of(typed))
    assert all(len(needle(part)) >= 3 for part in parts_of(typed))
    assert len(parts_of(typed)) <= MOST_PARTS


@given(st.text(max_size=40), st.text(max_size=40))
def test_what_is_highlighted_lies_in_the_text_and_reads_as_was_typed(typed: str, text: str) -> None:
    parts = parts_of(typed)
    spans = found_spans(parts, text)

    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert all(one[1] < other[0] for one, other in pairwise(spans))


def test_what_is_highlighted_is_what_was_found() -> None:
    def lit(typed: str, text: str) -> list[str]:
        return [text[start:end] for start, end in found_spans(parts_of(typed), text)]

    assert lit("jose var", "José Álvarez") == ["José", "var"]
    assert lit("br", "Sean O'Brien, Abraham") == ["Br"]
    assert lit("obri", "Sean O'Brien") == ["O", "Bri"]
    assert lit("ero", "Alice Rossi") == []


def test_whole_words_come_before_beginnings_and_those_before_insides() -> None:
    names = ["Rosanna", "Ambrosi", "Ros Bianchi"]

    assert sorted(names, key=lambda name: rank(("ros",), name)) == ["Ros Bianchi", "Rosanna", "Ambrosi"]


def test_a_client_is_found_by_address_and_number_too() -> None:
    words = client_words("Chiara Dell'Acqua", "Chiara.A@Mail.example", "+39 06 12-34")

    for typed in ("acqua", "dellac", "chiara.a@mail", "mail.ex", "+39", "0612", "3906", "1234"):
        assert all(needle(part) in words for part in parts_of(typed)), typed
    assert fold("É") == "e"
