"""Cleaning, showing and searching text."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio_tui.domain.errors import InvalidInput
from studio_tui.domain.text import TooLong, clean_line, clean_text, fold, has_control, matches, safe_display

UNSAFE = [
    *map(chr, range(0x20)),
    *map(chr, range(0x7F, 0xA0)),
    "\u061c",
    *map(chr, range(0x200E, 0x2010)),
    *map(chr, range(0x2028, 0x202F)),
    *map(chr, range(0x2066, 0x206A)),
    "\ud800",
    "\udfff",
]
hostile = st.text(
    alphabet=st.one_of(st.characters(codec=None), st.sampled_from(UNSAFE), st.sampled_from("a\u0301 \u00a0")),
    max_size=60,
)


@pytest.mark.parametrize("char", UNSAFE)
def test_every_unsafe_character_is_seen_and_taken_out(char: str) -> None:
    assert has_control(f"a{char}b")
    assert clean_line(f"a{char}b") in {"ab", "a b"}
    assert not has_control(safe_display(f"a{char}b"))


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Anna", "Anna"),
        ("  Anna  Rossi ", "Anna  Rossi"),
        ("Anna\tRossi", "Anna Rossi"),
        ("Anna\r\nRossi", "Anna Rossi"),
        ("Anna\u2028Rossi", "Anna Rossi"),
        ("Nicolo\u0300", "Nicol\u00f2"),
        ("\x1b]52;c;ZXZpbA==\x07Anna", "]52;c;ZXZpbA==Anna"),
        ("\u202egro.live\u202c", "gro.live"),
        ("A\u200dB\u200cC", "A\u200dB\u200cC"),
        ("\x00\u200f ", ""),
        ("[/x] [@click=app.quit]", "[/x] [@click=app.quit]"),
    ],
)
def test_a_line_keeps_what_is_written_and_loses_what_steers(typed: str, kept: str) -> None:
    assert clean_line(typed) == kept


def test_a_text_keeps_its_lines_and_tabs() -> None:
    assert clean_text("\n Bring:\r\n\ta mat\ra towel\u2029water\x1b\n\n", 100) == "Bring:\n\ta mat\na towel\nwater"


def test_the_limit_is_the_last_length_that_fits() -> None:
    assert clean_line(" " + "a" * 200 + " ") == "a" * 200
    assert clean_line("e\u0301" * 200) == "\u00e9" * 200
    with pytest.raises(TooLong, match="longer than 200 characters") as caught:
        clean_line("a" * 201)
    assert caught.value.limit == 200
    assert isinstance(caught.value, InvalidInput)
    with pytest.raises(TooLong, match="The description is longer than 3 characters") as caught:
        clean_text("abcd", 3, field="description")
    assert caught.value.field == "description"


def test_a_letter_made_of_four_characters_counts_as_one() -> None:
    assert clean_line(unicodedata.normalize("NFD", "\u1f82" * 5), limit=5) == "\u1f82" * 5


def test_a_huge_text_of_loose_accents_is_refused_at_once() -> None:
    with pytest.raises(TooLong):
        clean_line("\u0301\u0316" * 200_000)


@given(hostile)
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    line, lines = clean_line(text), clean_text(text, 200)
    assert clean_line(line) == line
    assert clean_text(lines, 200) == lines


@given(hostile)
def test_what_was_cleaned_is_safe_to_show_and_to_store(text: str) -> None:
    line = clean_line(text)
    assert not has_control(line)
    assert safe_display(line) == line
    assert line.encode().decode() == line
    assert not has_control(clean_text(text, 200).replace("\n", "").replace("\t", ""))


@given(hostile)
def test_display_never_lets_a_control_character_through(text: str) -> None:
    shown = safe_display(text)
    assert not has_control(shown)
    assert safe_display(shown) == shown
    assert not has_control(safe_display(text, keep_lines=True).replace("\n", "").replace("\t", ""))


def test_display_shows_tampering_and_keeps_words_apart() -> None:
    assert safe_display("a\x1b[31mb") == "a\ufffd[31mb"
    assert safe_display("a\u202eb") == "ab"
    assert safe_display("one\r\ntwo\tthree") == "one two three"
    assert safe_display("one\r\ntwo\tthree", keep_lines=True) == "one\ntwo\tthree"
    assert safe_display("\udcffa") == "\ufffda"


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("Anna", "anna"),
        ("NICOLÒ", "nicolo"),
        ("Łódź", "lodz"),
        ("Straße", "strasse"),
        ("İpek Işık", "ipek isik"),
        ("Søren Ærø", "soren aero"),
        ("Ｚｏｏｍ", "zoom"),
        ("Ελένη", "ελενη"),
    ],
)
def test_folding_drops_case_and_accents(typed: str, folded: str) -> None:
    assert fold(typed) == folded


@given(st.text(max_size=30))
def test_folding_is_the_same_for_composed_and_decomposed_text(text: str) -> None:
    assert fold(unicodedata.normalize("NFC", text)) == fold(unicodedata.normalize("NFD", text))


@pytest.mark.parametrize(
    ("query", "text", "found"),
    [
        ("", "Anna Rossi", True),
        ("  ", "Anna Rossi", True),
        ("ann ros", "Anna Rossi", True),
        ("ros ann", "Anna Rossi", True),
        ("nna", "Anna Rossi", False),
        ("anna verdi", "Anna Rossi", False),
        ("nicolo", "Nicolò D'Angelo", True),
        ("d'ang", "Nicolò D'Angelo", True),
        ("dang", "Nicolò D'Angelo", True),
        ("angelo", "Nicolò D'Angelo", True),
        ("luc", "Jean-Luc", True),
        ("anna@ex", "anna@example.com", True),
        ("example", "anna@example.com", True),
        ("yoga - anna", "Yoga with Anna", True),
        ("anna", "", False),
    ],
)
def test_every_typed_part_must_begin_a_word(query: str, text: str, found: bool) -> None:
    assert matches(query, text) is found


@given(st.text(max_size=40))
def test_a_text_is_found_by_itself(text: str) -> None:
    assert matches(text, text)
