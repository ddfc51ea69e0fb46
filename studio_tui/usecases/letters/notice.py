"""What a notice says, as the values that its templates are filled with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from studio_tui.domain.links import JoinLink
from studio_tui.domain.text import safe_display
from studio_tui.domain.wording import Words
from studio_tui.interchange.exports import ExportedSession
from studio_tui.spoken import dates


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What a session's notice says to everybody. Instants are aware UTC.

    Attributes:
        place: The site's name.
        leader: Who leads the session; empty if nobody is named.
        details: For the client, several lines perhaps (SPEC L7).
        entry: What goes into the reader's calendar, but for the link; None for none (SPEC C7).
        site: The site's short name, which says whose templates are used.
        changed: It tells that the link is another one than before (SPEC L8).
        reply_to: Where answers go; empty for the sender.
    """

    title: str
    place: str
    leader: str
    starts_at: datetime
    ends_at: datetime
    zone: ZoneInfo
    link: JoinLink
    details: str
    site: str = ""
    entry: ExportedSession | None = None
    changed: bool = False
    reply_to: str = ""


def notice_subject(notice: Notice, words: Words) -> str:
    """The subject, in which `{title}` stands."""
    return words.new_subject if notice.changed else words.subject


def notice_values(notice: Notice, words: Words, name: str) -> dict[str, object]:
    """The templates' placeholders; `name` is the reader's, or a mark that their name takes the place of."""
    title = safe_display(notice.title)
    return {
        "words": words,
        "subject": notice_subject(notice, words).format(title=title),
        "title": title,
        "name": name,
        "greeting": words.greeting.format(name=name),
        "intro": (words.new_intro if notice.changed else words.intro).format(title=title),
        "when": dates.interval(words.language, notice.starts_at, notice.ends_at, notice.zone),
        "leader": safe_display(notice.leader),
        "place": safe_display(notice.place),
        "url": notice.link.url,
        "password": safe_display(notice.link.password or ""),
        "note": safe_display(notice.link.description or ""),
        "details": safe_display(notice.details, keep_lines=True),
    }
