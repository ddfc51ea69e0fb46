"""Every text that people read goes through here, so that it can be told in their language; in English it is its own.

A text is marked where it is written and never put together beforehand: `_("{n} left").format(n=n)`, not `_(f"{n} left")`.
"""

from __future__ import annotations


def N_(message: str) -> str:
    """The text itself: it is translated where it is shown, e.g. because it is stored, or made before a language is known."""
    return message


def _(message: str) -> str:
    """The text in the language of whoever looks at the screen."""
    return message


def ngettext(one: str, many: str, count: int) -> str:
    """The text for one, or that for any other number."""
    return one if count == 1 else many
