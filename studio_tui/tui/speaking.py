"""Which language the screens speak: the site's, unless somebody chose another one for themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from studio_tui.domain.language import (
    ENGLISH,
    LANGUAGES,
    OWN_NAMES,
    _,
    language_of,
    phrases,
    screens_language,
    use_language,
)

if TYPE_CHECKING:
    from studio_tui.domain.spelling import DateNames

SITES = "site"
"""The choice of whoever wants the language of the site on the screen."""
CHOICES = (SITES, *LANGUAGES)


def wanted(choice: str, site_language: str) -> str:
    """The language to speak. A choice that is none, e.g. of a later version, counts as the site's."""
    return choice if choice in LANGUAGES else language_of(site_language)


def make_ready(language: str) -> None:
    """Load what `speak` needs; any thread may do it beforehand."""
    phrases(language)
    _names(language)
    _separator(language)


def speak(language: str) -> bool:
    """Let the screens speak a language; returns whether it is another one than before."""
    if language == screens_language():
        return False
    if language == ENGLISH:
        use_language(ENGLISH)
    else:
        use_language(language, _names(language), _separator(language))
    return True


def offered(site_language: str) -> list[tuple[str, str]]:
    """The choices in words, each language in its own."""
    own = OWN_NAMES[language_of(site_language)]
    of_site = _("As the site: {language}").format(language=own)
    return [(of_site, SITES), *((name, language) for language, name in OWN_NAMES.items())]


def _names(language: str) -> DateNames:
    # Babel takes longer to load than the first frame may; English does without.
    from studio_tui.spoken.dates import names

    return names(language)


def _separator(language: str) -> str:
    from studio_tui.spoken.numbers import separator

    return separator(language)
