"""What an announcement says, as text, HTML and a short note. No join link stands in any of them (SPEC C7)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from studio_tui.domain.announcements import AnnouncementKind
from studio_tui.domain.links import JoinLink
from studio_tui.domain.news_words import news_words
from studio_tui.domain.text import safe_display
from studio_tui.domain.wording import Words
from studio_tui.interchange.exports import ExportedSession
from studio_tui.spoken import dates
from studio_tui.usecases.letters.template_book import TemplateBook


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What is told of one session, as it is now. Instants are aware UTC.

    Attributes:
        place: The site's name.
        leader: Who leads it; empty if nobody is named. So is `room`.
        was_at: The start that is no longer so; None says nothing of it.
        site: The site's short name, which says whose templates are used.
        reply_to: Where answers go; empty for the sender.
        entry: What goes into the reader's calendar; None for none (SPEC C7).
        link: The session's join link, for the calendar of those who hold it already; None for none.
    """

    kind: AnnouncementKind
    title: str
    place: str
    leader: str
    room: str
    starts_at: datetime
    ends_at: datetime
    was_at: datetime | None
    zone: ZoneInfo
    entry: ExportedSession | None = None
    site: str = ""
    reply_to: str = ""
    link: JoinLink | None = None

    @property
    def old_start(self) -> datetime | None:
        """The old start where it differs from the present one and is worth saying."""
        tells = self.kind is not AnnouncementKind.CANCELLED and self.was_at != self.starts_at
        return self.was_at if tells else None


class Note(NamedTuple):
    """A short message: a title and some lines."""

    title: str
    message: str


def news_values(news: News, words: Words, name: str) -> dict[str, object]:
    """The templates' placeholders; `name` is the reader's, or a mark that their name takes the place of."""
    told = news_words(words.language)
    title = safe_display(news.title)
    return {
        "words": words,
        "told": told,
        "subject": _subject(news, words),
        "title": title,
        "name": name,
        "greeting": words.greeting.format(name=name),
        "intro": told.intros[news.kind].format(title=title),
        "news": news.kind.value,
        "was": _was(news, words),
        "when": dates.interval(words.language, news.starts_at, news.ends_at, news.zone),
        "leader": safe_display(news.leader),
        "room": safe_display(news.room),
        "place": safe_display(news.place),
        "over": news.kind is AnnouncementKind.CANCELLED,
    }


def news_text(news: News, words: Words, name: str, book: TemplateBook) -> tuple[str, str]:
    """Subject and plain text of the same mail, to show before it is sent."""
    values = news_values(news, words, name)
    values["subject"] = book.subject("announcement", news.site, words.language, values)
    return str(values["subject"]), book.bodies("announcement", news.site, words.language, values).text


def news_note(news: News, words: Words) -> Note:
    """The short form."""
    told = news_words(words.language)
    lines = [told.intros[news.kind].format(title=safe_display(news.title))]
    was = _was(news, words)
    if was:
        lines.append(f"{told.was}: {was}")
    when = dates.interval(words.language, news.starts_at, news.ends_at, news.zone)
    lines.append(f"{told.now if was else words.when}: {when}")
    if news.kind is not AnnouncementKind.CANCELLED:
        lines += [f"{words.leader}: {safe_display(news.leader)}"] if news.leader else []
        lines += [f"{told.room}: {safe_display(news.room)}"] if news.room else []
    lines.append(safe_display(news.place))
    return Note(_subject(news, words), "\n".join(lines))


def _subject(news: News, words: Words) -> str:
    return news_words(words.language).subjects[news.kind].format(title=safe_display(news.title))


def _was(news: News, words: Words) -> str:
    return "" if news.old_start is None else dates.start(words.language, news.old_start, news.zone)
