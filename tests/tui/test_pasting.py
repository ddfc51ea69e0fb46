"""What is pasted is one text, whatever is in it: nothing of it presses keys."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st
from textual import events

from studio_tui.tui.pasting import OnePaste, PastingParser

HOSTILE = "Evil \x1b[31mred\x1b]52;c;AAAA\x07 \x1b"


def events_of(*pieces: str) -> list[events.Event]:
    parser = PastingParser()
    return [event for piece in pieces for event in parser.feed(piece) if isinstance(event, events.Event)]


def test_an_escape_sequence_in_a_pasted_text_presses_no_key() -> None:
    (pasted,) = events_of(f"\x1b[200~{HOSTILE}d\x1b[201~")

    assert isinstance(pasted, events.Paste)
    assert pasted.text == HOSTILE.replace("\x1b", "") + "d"


def test_keys_before_and_after_a_paste_are_keys() -> None:
    before, pasted, after = events_of("a\x1b[200~b\x1b[201~\x1b[A")

    assert isinstance(before, events.Key)
    assert isinstance(pasted, events.Paste)
    assert isinstance(after, events.Key)
    assert (before.key, pasted.text, after.key) == ("a", "b", "up")


@settings(max_examples=40)
@given(st.text("a\x1b[201~", max_size=12), st.lists(st.integers(0, 36), max_size=4))
def test_it_does_not_matter_in_which_pieces_a_paste_comes(text: str, cuts: list[int]) -> None:
    text = text.replace("\x1b[201~", "")
    stream = f"k\x1b[200~{text}\x1b[201~x\x1bOP"
    places = sorted({0, len(stream), *(cut for cut in cuts if cut < len(stream))})
    pastes = OnePaste()
    cleaned = ""
    for start, end in pairwise(places):
        cleaned += pastes.clean(stream[start:end])

    assert cleaned == "k\x1b[200~" + text.replace("\x1b", "") + "\x1b[201~x\x1bOP"
