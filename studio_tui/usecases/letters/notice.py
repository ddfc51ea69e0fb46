"""What a notice says, as the values that its templates are filled with."""

from __future__ import annotations

from dataclasses import dataclass

from studio_tui.domain.links import JoinLink
from studio_tui.domain.text import safe_display
from studio_tui.domain.wording import Words
from studio_tui.usecases.letters.session_facts import SessionFacts, session_values


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What a session's notice says to everybody.

    Attributes:
        changed: It tells that the link is another one than before (SPEC L8).
    """

    session: SessionFacts
    link: JoinLink
    changed: bool = False


def notice_subject(notice: Notice, words: Words) -> str:
    """The subject as one line."""
    subject = words.new_subject if notice.changed else words.subject
    return subject.format(title=safe_display(notice.session.title))


def notice_values(notice: Notice, words: Words, name: str) -> dict[str, object]:
    """The templates' placeholders; `name` is the reader's, or a mark that their name takes the place of."""
    session = notice.session
    intro = words.new_intro if notice.changed else words.intro
    return session_values(session, words, name) | {
        "subject": notice_subject(notice, words),
        "intro": intro.format(title=safe_display(session.title)),
        "url": notice.link.url,
        "password": safe_display(notice.link.password or ""),
        "note": safe_display(notice.link.description or ""),
        "details": safe_display(session.details, keep_lines=True),
    }
