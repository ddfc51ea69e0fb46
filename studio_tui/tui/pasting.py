"""What is pasted arrives as one text: an escape sequence in it would end the paste, and the rest would be keys.

Terminals mark what is pasted by a sequence before it and one behind it. Most of them take escape characters out of it
themselves; through those that do not, a text from a web page could press keys of the calendar.
"""

from __future__ import annotations

from collections.abc import Iterable

from textual._xterm_parser import XTermParser
from textual.message import Message

_BEGINS, _ENDS = "\x1b[200~", "\x1b[201~"


class OnePaste:
    """Takes the escape characters out of pasted texts, in a stream that comes in pieces of any size."""

    def __init__(self) -> None:
        self._pasting = False
        self._kept = ""

    def clean(self, piece: str) -> str:
        """The piece, without escape characters between the two marks; half an end mark waits for the next piece."""
        text, cleaned = self._kept + piece, ""
        self._kept = ""
        while text:
            before, mark, text = text.partition(_ENDS if self._pasting else _BEGINS)
            if self._pasting and not mark:
                before = self._keep_half_a_mark(before)
            cleaned += (before.replace("\x1b", "") if self._pasting else before) + mark
            self._pasting = self._pasting != bool(mark)
        return cleaned

    def _keep_half_a_mark(self, text: str) -> str:
        at = text.rfind("\x1b")
        if at >= 0 and _ENDS.startswith(text[at:]):
            self._kept = text[at:]
            return text[:at]
        return text


class PastingParser(XTermParser):
    """Textual's reader of what a terminal sends, with pasted texts cleaned before it."""

    def __init__(self, debug: bool = False) -> None:
        self._pastes = OnePaste()
        super().__init__(debug)

    def feed(self, data: str) -> Iterable[Message]:
        cleaned = self._pastes.clean(data) if data else ""
        # Nothing at all would tell the parser that the terminal is gone.
        return () if data and not cleaned else super().feed(cleaned)


def take_pastes_whole() -> None:
    """Let the driver read with `PastingParser`; it has no other place to say so."""
    from textual.drivers import linux_driver

    vars(linux_driver)["XTermParser"] = PastingParser
