"""The words of messages in each language, as templates name them (`words.when`)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from studio_tui.domain.language import LANGUAGES, language_of, phrases


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What a notice says in one language; `{title}` and `{name}` stand in some.

    Attributes:
        new_subject: Of a notice that tells of another link (SPEC L8); so is `new_intro`.
    """

    language: str
    subject: str
    new_subject: str
    greeting: str
    intro: str
    new_intro: str
    when: str
    leader: str
    place: str
    join: str
    link: str
    password: str
    note: str
    details: str
    automatic: str


def words_for(*tags: str) -> Words:
    """The words of the first language tag that there are words for (`it-CH` is `it`); English if there are none."""
    return _words_in(language_of(*tags))


def every_words() -> list[Words]:
    """The words of every language, English first."""
    return [words_for(language) for language in LANGUAGES]


@lru_cache(len(LANGUAGES))
def _words_in(language: str) -> Words:
    _ = phrases(language).gettext
    return Words(
        language=language,
        subject=_("Your link to join {title}"),
        new_subject=_("Your new link to join {title}"),
        greeting=_("Hello {name},"),
        intro=_("Here is your link to join {title} online."),
        new_intro=_("The link of {title} has changed. Please use this one from now on."),
        when=_("When"),
        leader=_("With"),
        place=_("Studio"),
        join=_("Join the session"),
        link=_("Link"),
        password=_("Password"),
        note=_("Note"),
        details=_("Good to know"),
        automatic=_(
            "You get this message because you have a place in this session. The link is for you: please do not pass it on."
        ),
    )
