"""Mails that came back after a server had taken them (RFC 3464): what a code says of the address that they went to."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Self

from studio_tui.domain.errors import InvalidInput
from studio_tui.domain.language import _
from studio_tui.domain.text import clean_line

TEXT_LIMIT = 200
_ENHANCED = re.compile(r"[245]\.[0-9]{1,3}\.[0-9]{1,3}")
_PLAIN = re.compile(r"[45][0-9]{2}")
_FULL, _TOO_LONG = "2", "3"


@dataclass(frozen=True, slots=True)
class Bounce:
    """Why a mail came back: an enhanced status code (RFC 3463 §2), and what the server said of it."""

    code: str
    text: str

    @classmethod
    def of(cls, code: str, text: str) -> Self:
        """The bounce, with the text cleaned and cut; a reply code such as 550 is 5.0.0.

        Raises:
            InvalidInput: The code is neither.
        """
        typed = code.strip()
        if _PLAIN.fullmatch(typed):
            typed = f"{typed[0]}.0.0"
        if not _ENHANCED.fullmatch(typed):
            raise InvalidInput(
                _("A code looks like 5.1.1 or 550; “{code}” does not.").format(code=clean_line(code[:40], 40)),
                field="code",
            )
        return cls(typed, clean_line(" ".join(text[: 4 * TEXT_LIMIT].split())[:TEXT_LIMIT], TEXT_LIMIT))

    @property
    def of_address(self) -> bool:
        """Whether it says that mail to the address does not arrive: not a full box, and not what the mail said (§3)."""
        kind, subject, detail = self.code.split(".")
        if kind != "5":
            return False
        if subject == "2":
            return detail not in (_FULL, _TOO_LONG)
        return subject in ("0", "1", "4")

    def __str__(self) -> str:
        return f"{self.code} {self.text}".rstrip()


@dataclass(frozen=True, slots=True)
class Returned:
    """What a report says of one mail. The address is personal: it is kept out of `repr`.

    Attributes:
        message_id: With its angle brackets; empty if the report does not tell.
        final: The server has given up; otherwise it goes on trying.
    """

    address: str = field(repr=False)
    message_id: str
    bounce: Bounce
    final: bool
