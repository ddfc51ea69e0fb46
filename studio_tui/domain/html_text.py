"""HTML as text for a terminal: what a mail's other body says, with its headline, rows, links and buttons. Pure."""

from __future__ import annotations

import re
from html.parser import HTMLParser

_BLOCKS = frozenset({"p", "div", "table", "tr", "ul", "ol", "li", "h1", "h2", "h3", "h4", "blockquote", "body"})
_SILENT = frozenset({"head", "style", "script", "title"})
_VOID = frozenset({"br", "img", "meta", "hr", "link", "input", "col", "wbr"})
_HEADLINE_PX = 20
_SIZE = re.compile(r"font-size:\s*(\d+)px")
_CARD = 2
"""How deep in tables the parts of a mail stand, which blank lines keep apart."""
RULE = "─" * 20


def text_of(html: str) -> str:
    """The text that a reader of the HTML sees: a line for each row, "# " before a headline, where links and buttons lead.

    What is hidden is told in brackets, for it is what lists of mails show. Addresses stand as they are.
    """
    reader = _Reader()
    reader.feed(html)
    reader.close()
    reader.end_line()
    return re.sub(r"\n{3,}", "\n\n", "\n".join(reader.lines)).strip()


class _Reader(HTMLParser):
    """Collects lines."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        self._line = ""
        self._before = ""
        self._open: list[tuple[str, str]] = []
        self._link: tuple[str, int, bool] | None = None
        self._hidden = 0
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        style = given.get("style", "").replace(" ", "").lower()
        if tag == "br":
            if not self._line.strip():
                self.lines.append("")
            self.end_line()
        if tag in _VOID:
            return
        self._open.append((tag, style))
        self._silent += tag in _SILENT
        if tag in _BLOCKS:
            self.end_line()
        if "display:none" in style:
            self._hidden += 1
        if tag in ("td", "th"):
            self._begin_cell(style)
        if tag == "a" and given.get("href"):
            self._link = (given["href"], len(self._line), "display:inline-block" in style)

    def handle_endtag(self, tag: str) -> None:
        if not any(each == tag for each, _ in self._open):
            return
        while self._open:
            last, style = self._open.pop()
            self._end(last, style)
            if last == tag:
                return

    def handle_data(self, data: str) -> None:
        if self._silent:
            return
        words = re.sub(r"\s+", " ", data)
        self._line += words.lstrip() if not self._line or self._line.endswith(" ") else words

    def end_line(self) -> None:
        """What follows stands on a line of its own."""
        text = self._line.strip()
        if text:
            self.lines.append(f"({text})" if self._hidden else f"{self._before}{text}")
        self._line = ""
        self._before = ""

    def _begin_cell(self, style: str) -> None:
        """A cell beside another one tells its value; a big one is a headline, and one with a line above begins anew."""
        if self._line.strip():
            self._line = f"{self._line.rstrip()}: "
        if "border-top" in style:
            self.lines.append(RULE)
        size = _SIZE.search(style)
        if size is not None and int(size[1]) >= _HEADLINE_PX:
            self._before = "# "

    def _end(self, tag: str, style: str) -> None:
        self._silent -= tag in _SILENT
        if tag == "a" and self._link is not None:
            self._end_link()
        if tag in _BLOCKS:
            self.end_line()
        if "display:none" in style:
            self._hidden -= 1
        if tag == "tr" and sum(each == "table" for each, _ in self._open) == _CARD:
            self.lines.append("")

    def _end_link(self) -> None:
        assert self._link is not None
        address, begun, button = self._link
        self._link = None
        text = self._line[begun:].strip()
        if button:
            self._line = f"{self._line[:begun]}[ {text} ] → {address}"
        elif text != address:
            self._line = f"{self._line.rstrip()} → {address}"
