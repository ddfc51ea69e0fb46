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
        self._passed = ""
        """The end of what was passed on: half a mark at a paste's beginning cannot wait, it may be the escape key."""
        self._kept = ""
        """Half a mark at a paste's end, which can."""

    def clean(self, piece: str) -> str:
        """The piece, without escape characters between the two marks; half an end mark waits for the next piece."""
        text, cleaned = self._kept + piece, ""
        self._kept = ""
        while text:
            part, text = self._pasted(text) if self._pasting else self._typed(text)
            cleaned += part
        return cleaned

    def _typed(self, text: str) -> tuple[str, str]:
        """What is passed on up to a paste's beginning, and what is left."""
        stream = self._passed + text
        begins = stream.find(_BEGINS)
        self._pasting = begins >= 0
        if not self._pasting:
            self._passed = stream[1 - len(_BEGINS) :]
            return text, ""
        ends = begins + len(_BEGINS) - len(self._passed)
        self._passed = ""
        return text[:ends], text[ends:]

    def _pasted(self, text: str) -> tuple[str, str]:
        """What is passed on up to the paste's end, and what is left."""
        before, mark, after = text.partition(_ENDS)
        self._pasting = not mark
        at = before.rfind("\x1b")
        if not mark and at >= 0 and _ENDS.startswith(before[at:]):
            before, self._kept = before[:at], before[at:]
        return before.replace("\x1b", "") + mark, after


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
