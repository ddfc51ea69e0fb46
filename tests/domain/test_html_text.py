"""HTML told as text: its rows, its headline, and where its links lead."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio_tui.domain.html_text import RULE, text_of

ROW = "<tr><td style='padding:4px'>When</td><td>Monday,\n 11:00</td></tr>"


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>Hello Ada,<br>here it is.</p><p>Bye</p>", "Hello Ada,\nhere it is.\nBye"),
        ("Hello<br>\n<br>Ada", "Hello\n\nAda"),
        (f"<table>{ROW}{ROW}</table>", "When: Monday, 11:00\nWhen: Monday, 11:00"),
        ("<table><tr><td style='font-size: 22px'>Yoga</td></tr></table>", "# Yoga"),
        (
            "<a href='https://a.example/?x=1&amp;y=2' style='display:inline-block'>Join</a>",
            "[ Join ] → https://a.example/?x=1&y=2",
        ),
        ("See <a href='https://a.example'>this</a> now", "See this → https://a.example now"),
        ("<a href='https://a.example'>https://a.example</a>", "https://a.example"),
        ("<head><title>T</title><style>p {}</style></head><body>B</body>", "B"),
        ("<div style='display:none'>Monday</div><p>Yoga</p>", "(Monday)\nYoga"),
        ("<table><tr><td style='border-top:1px solid'>Why</td></tr></table>", f"{RULE}\nWhy"),
        ("a &lt;b&gt; &amp; c", "a <b> & c"),
        ("<p>open <b>and never closed", "open and never closed"),
        ("</p></table>text", "text"),
    ],
)
def test_html_is_told_as_text(html: str, text: str) -> None:
    assert text_of(html) == text


@given(st.text(max_size=200))
def test_whatever_it_is_it_can_be_told(html: str) -> None:
    assert isinstance(text_of(html), str)
