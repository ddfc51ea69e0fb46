"""What clients are told of a changed session, in each language (SPEC C6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from studio_tui.domain.announcements import AnnouncementKind
from studio_tui.domain.language import LANGUAGES, language_of, phrases


@dataclass(frozen=True, slots=True, kw_only=True)
class NewsWords:
    """What announcements say in one language; `{title}` stands in subjects and intros.

    Attributes:
        was: Before the old time; `now` before the new one.
        automatic: Why the client gets this.
    """

    language: str
    subjects: Mapping[AnnouncementKind, str]
    intros: Mapping[AnnouncementKind, str]
    was: str
    now: str
    room: str
    automatic: str


def news_words(language: str) -> NewsWords:
    """The words of a language; English if there are none."""
    return _words_in(language_of(language))


@lru_cache(len(LANGUAGES))
def _words_in(language: str) -> NewsWords:
    _ = phrases(language).gettext
    return NewsWords(
        language=language,
        subjects={
            AnnouncementKind.MOVED: _("New time: {title}"),
            AnnouncementKind.CANCELLED: _("Cancelled: {title}"),
            AnnouncementKind.RESTORED: _("Takes place after all: {title}"),
            AnnouncementKind.CHANGED: _("Changed: {title}"),
            AnnouncementKind.CORRECTED: _("Correction: {title}"),
        },
        intros={
            AnnouncementKind.MOVED: _("{title} has been moved."),
            AnnouncementKind.CANCELLED: _("{title} is cancelled. We are sorry."),
            AnnouncementKind.RESTORED: _("{title} takes place after all. You have kept your place."),
            AnnouncementKind.CHANGED: _("Something about {title} has changed. This is how it is now:"),
            AnnouncementKind.CORRECTED: _("Our last message about {title} no longer holds. This is how it is now:"),
        },
        was=_("Before"),
        now=_("Now"),
        room=_("Room"),
        automatic=_("You get this message because you have a place in this session."),
    )
