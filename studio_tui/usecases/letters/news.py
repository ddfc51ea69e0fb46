"""What an announcement says, as text, HTML and a short note. No join link stands in any of them (SPEC C7)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from studio_tui.domain.announcements import AnnouncementKind
from studio_tui.domain.links import JoinLink
from studio_tui.domain.news_words import news_words
from studio_tui.domain.text import safe_display
from studio_tui.domain.wording import Words
from studio_tui.spoken import dates
from studio_tui.usecases.letters.session_facts import SessionFacts, session_values, when
from studio_tui.usecases.letters.template_book import TemplateBook


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What is told of one session, as it is now.

    Attributes:
        was_at: The start that is no longer so, aware UTC; None says nothing of it.
        link: The session's join link, for the calendar of those who hold it already; None for none.
    """

    kind: AnnouncementKind
    session: SessionFacts
    was_at: datetime | None
    link: JoinLink | None = None

    @property
    def old_start(self) -> datetime | None:
        """The old start where it differs from the present one and is worth saying."""
        tells = self.kind is not AnnouncementKind.CANCELLED and self.was_at != self.session.starts_at
        return self.was_at if tells else None


class Note(NamedTuple):
    """A short message: a title and some lines."""

    title: str
    message: str


def news_values(news: News, words: Words, name: str) -> dict[str, object]:
    """The templates' placeholders; `name` is the reader's, or a mark that their name takes the place of."""
    told = news_words(words.language)
    return session_values(news.session, words, name) | {
        "told": told,
        "subject": _subject(news, words),
        "intro": _intro(news, words),
        "news": news.kind.value,
        "was": _was(news, words),
        "room": safe_display(news.session.room),
        "over": news.kind is AnnouncementKind.CANCELLED,
    }


def news_text(news: News, words: Words, name: str, book: TemplateBook) -> tuple[str, str]:
    """Subject and plain text of the same mail, to show before it is sent."""
    values = news_values(news, words, name)
    values["subject"] = book.subject("announcement", news.session.site, words.language, values)
    return str(values["subject"]), book.bodies("announcement", news.session.site, words.language, values).text


def news_note(news: News, words: Words) -> Note:
    """The short form."""
    session, told = news.session, news_words(words.language)
    lines = [_intro(news, words)]
    was = _was(news, words)
    if was:
        lines.append(f"{told.was}: {was}")
    lines.append(f"{told.now if was else words.when}: {when(session, words)}")
    if news.kind is not AnnouncementKind.CANCELLED:
        lines += [f"{words.leader}: {safe_display(session.leader)}"] if session.leader else []
        lines += [f"{told.room}: {safe_display(session.room)}"] if session.room else []
    lines.append(safe_display(session.place))
    return Note(_subject(news, words), "\n".join(lines))


def _subject(news: News, words: Words) -> str:
    return news_words(words.language).subjects[news.kind].format(title=safe_display(news.session.title))


def _intro(news: News, words: Words) -> str:
    return news_words(words.language).intros[news.kind].format(title=safe_display(news.session.title))


def _was(news: News, words: Words) -> str:
    return "" if news.old_start is None else dates.start(words.language, news.old_start, news.session.zone)
