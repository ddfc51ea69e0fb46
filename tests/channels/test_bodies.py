"""Bodies encoded in pieces read as if they had been encoded whole."""

from __future__ import annotations

import quopri
import re

from hypothesis import example, given
from hypothesis import strategies as st

from studio_tui.channels.bodies import Body

TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=200),
    st.text(" .=\tabFrom\r\nüé漢", max_size=200),
)
WORDS = TEXTS.map(lambda text: re.sub(r"[\r\n]", " ", text))


@given(st.lists(TEXTS, min_size=1, max_size=5), WORDS)
@example(["x" * 76, ""], "")
@example(["x" * 73 + "é", ""], "x" * 70 + "é")
@example(["x" * 70 + "é", ""], "x" * 76)
def test_the_words_stand_between_the_pieces_and_nothing_else_does(pieces: list[str], words: str) -> None:
    data = Body(pieces).of(words)
    # A line end at the end of a piece and one at the start of the next are two.
    whole = words.join(re.sub(r"\r\n|\r", "\n", piece) for piece in pieces)
    ends = "" if pieces[-1].endswith(("\n", "\r")) else "\n"
    assert quopri.decodestring(data).decode().replace("\r\n", "\n") == whole + ends
    assert data.isascii()
    assert data.count(b"\n") == data.count(b"\r") == data.count(b"\r\n")
    assert all(len(line) <= 76 for line in data.split(b"\r\n"))
    assert not any(line.endswith((b" ", b"\t")) for line in data.split(b"\r\n"))


def test_a_body_is_never_taken_for_the_boundary_of_its_part() -> None:
    assert b"=_" not in Body(["--=_b_774a4b62", "--=_a_"]).of("=_b_")
