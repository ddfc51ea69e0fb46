"""The seam through which texts are translated: in English they are their own."""

from __future__ import annotations

from studio_tui.domain.language import N_, _, ngettext


def test_english_texts_are_their_own() -> None:
    assert _(N_("{n} left")).format(n=3) == "3 left"


def test_one_is_told_apart_from_none_and_many() -> None:
    told = [ngettext("{n} message", "{n} messages", n).format(n=n) for n in (0, 1, 2)]
    assert told == ["0 messages", "1 message", "2 messages"]
