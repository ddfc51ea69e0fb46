"""Every text that people read goes through here, so that it can be told in their language; in English it is its own.

A text is marked where it is written and never put together beforehand: `_("{n} left").format(n=n)`, not `_(f"{n} left")`.
Screens speak one language for the whole program (`use_language`); a message speaks its reader's (`phrases`), whatever the
screens speak. What runs beside the screens, such as a worker, keeps to English for what it stores (`keep_to_english`).
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from functools import lru_cache
from gettext import GNUTranslations
from pathlib import Path
from typing import NamedTuple

from studio_tui.domain.spelling import ENGLISH_NAMES, ENGLISH_SEPARATOR, DateNames, speak_of

ENGLISH = "en"
LANGUAGES = ("en", "it", "es")
"""The languages that there are texts in, English first: whoever asks for another one gets it."""
OWN_NAMES = {"en": "English", "it": "Italiano", "es": "Español"}
"""What each language calls itself."""
AREAS = ("messages", "core", "calendar", "screens")
"""The catalogues of a language; a text that stands in several has its translation from the first."""
FOLDER = Path(__file__).parent.parent / "locale"


class Phrases(NamedTuple):
    """The texts of one language. Both functions take English ones; what has no translation stays English.

    Attributes:
        language: "en", "it" or "es".
        gettext: Translates a text.
        ngettext: Translates the first text for one thing, the second for any other number, the third argument.
    """

    language: str
    gettext: Callable[[str], str]
    ngettext: Callable[[str, str, int], str]


def _itself(message: str) -> str:
    return message


def _either(one: str, many: str, count: int) -> str:
    return one if count == 1 else many


_IN_ENGLISH = Phrases(ENGLISH, _itself, _either)
_screens = _IN_ENGLISH
_here: ContextVar[Phrases | None] = ContextVar("language", default=None)


def N_(message: str) -> str:
    """The text itself: it is translated where it is shown, e.g. because it is stored, or made before a language is known."""
    return message


def _(message: str) -> str:
    """The text in the language of whoever looks at the screen."""
    return (_here.get() or _screens).gettext(message)


def without_context(message: str) -> str:
    """A text that other languages tell from its namesake by what stands behind a bar (`set|hours`), without that."""
    return _(message).partition("|")[0]


def ngettext(one: str, many: str, count: int) -> str:
    """The text for one, or that for any other number."""
    return (_here.get() or _screens).ngettext(one, many, count)


def language_of(*tags: str) -> str:
    """The first of these language tags that there are texts in (`it-CH` is `it`); English if there is none."""
    for tag in tags:
        language = tag.replace("_", "-").partition("-")[0].lower()
        if language in LANGUAGES:
            return language
    return ENGLISH


def phrases(*tags: str) -> Phrases:
    """The texts of the first language tag that there are any in; for several threads and languages at once."""
    return _phrases_in(language_of(*tags))


def use_language(tag: str, names: DateNames = ENGLISH_NAMES, separator: str = ENGLISH_SEPARATOR) -> None:
    """From now on the screens speak this language, name days and months so, and have this sign between thousands."""
    global _screens
    _screens = phrases(tag)
    speak_of(names, separator)


def screens_language() -> str:
    """What `_` speaks here."""
    return (_here.get() or _screens).language


def keep_to_english() -> None:
    """In this thread, and in the tasks that it begins, `_` is English, whatever the screens speak."""
    _here.set(_IN_ENGLISH)


@lru_cache(len(LANGUAGES))
def _phrases_in(language: str) -> Phrases:
    if language == ENGLISH:
        return _IN_ENGLISH
    first, *others = [_catalogue(language, area) for area in AREAS]
    for other in others:
        first.add_fallback(other)

    def gettext(message: str) -> str:
        # The empty text is a catalogue's heading.
        return first.gettext(message) if message else ""

    return Phrases(language, gettext, first.ngettext)


def _catalogue(language: str, area: str) -> GNUTranslations:
    with (FOLDER / language / "LC_MESSAGES" / f"{area}.mo").open("rb") as file:
        return GNUTranslations(file)
