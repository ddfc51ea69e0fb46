"""Bodies of mails in quoted-printable (RFC 2045 §6.7), encoded once but for what differs from person to person.

In base64 a name moves all that follows it, so that each mail's whole body was encoded anew; and it is a third longer.
"""

from __future__ import annotations

import binascii
from collections.abc import Sequence

_SOFT_BREAK = b"=\r\n"
_LONGEST = 76


class Body:
    """A body in pieces, between each two of which a person's own words belong."""

    def __init__(self, pieces: Sequence[str], places: Sequence[int] = ()) -> None:
        """Encode the pieces; lines may end in any way, and the last one ends in any case.

        `places` tells for each gap between two pieces which of a person's words belong there; without it the first.
        """
        self._places = [*places, *(0 for _ in pieces[len(places) + 1 :])]
        texts = [piece.replace("\r\n", "\n").replace("\r", "\n") for piece in pieces]
        if not texts[-1].endswith("\n"):
            texts[-1] += "\n"
        self._pieces = [quoted(text) for text in texts]
        # A person's words begin a line of their own, which is none to whoever reads it.
        self._pieces[:-1] = [piece if piece.endswith(b"\n") else _broken(piece) for piece in self._pieces[:-1]]

    def of(self, *words: str) -> bytes:
        """The body with these words, each of one line, in their places."""
        told = [_broken(quoted(each)) for each in words]
        parts = [self._pieces[0]]
        for place, piece in zip(self._places, self._pieces[1:], strict=True):
            parts += (told[place], piece)
        return b"".join(parts)


def quoted(text: str) -> bytes:
    """The text, whose lines end in LF, as lines of at most 76 bytes that end in CRLF."""
    encoded = binascii.b2a_qp(text.encode("utf-8", "replace"), istext=True)
    return encoded.replace(b"\n", b"\r\n")


def _broken(encoded: bytes) -> bytes:
    """The same with a soft break behind it, for which its last line has room."""
    if len(encoded) - encoded.rfind(b"\n") - 1 == _LONGEST:
        last = 3 if encoded[-3:-2] == b"=" else 1
        encoded = encoded[:-last] + _SOFT_BREAK + encoded[-last:]
    return encoded + _SOFT_BREAK
