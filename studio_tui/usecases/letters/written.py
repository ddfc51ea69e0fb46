"""What somebody wrote to a session's clients by hand, as mail and as push message. It is text: nothing in it is markup."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from studio_tui.domain.news_words import news_words
from studio_tui.domain.text import safe_display
from studio_tui.domain.wording import Words
from studio_tui.usecases.letters.news import Note
from studio_tui.usecases.letters.session_facts import SessionFacts, session_values, when
from studio_tui.usecases.letters.stopping import BY_ANSWER, Stop, stop_values
from studio_tui.usecases.letters.template_book import TemplateBook

_ADDRESS = re.compile(r"https://[^\s<>\"']+")
_AFTER_IT = ".,;:!?…)]}*_"


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A message as it was written, several lines perhaps, and the session that it is about."""

    subject: str = field(repr=False)
    body: str = field(repr=False)
    session: SessionFacts


class Piece(NamedTuple):
    """Some text; with an address, it leads there."""

    text: str
    url: str = ""


def written_values(written: Written, words: Words, name: str, stop: Stop = BY_ANSWER) -> dict[str, object]:
    """The templates' placeholders; `name` is the reader's, or a mark that their name takes the place of."""
    body = safe_display(written.body, keep_lines=True)
    return session_values(written.session, words, name) | {
        "told": news_words(words.language),
        "subject": safe_display(written.subject),
        "body": body,
        "lines": [list(pieces(line)) for line in body.split("\n")],
        "intro": "",
        "leader": "",
        **stop_values(stop, words.language),
    }


def written_text(
    written: Written, words: Words, book: TemplateBook, name: str, stop: Stop = BY_ANSWER
) -> tuple[str, str]:
    """Subject and plain text of the mail, to show before it is sent."""
    values = written_values(written, words, name, stop)
    values["subject"] = book.subject("written", written.session.site, words.language, values)
    return str(values["subject"]), book.bodies("written", written.session.site, words.language, values).text


def written_note(written: Written, words: Words) -> Note:
    """The short form: what was written, and below it which session it is about."""
    session = written.session
    about = f"{safe_display(session.title)}, {when(session, words)}\n{safe_display(session.place)}"
    return Note(safe_display(written.subject), f"{safe_display(written.body, keep_lines=True)}\n\n{about}")


def pieces(line: str) -> Iterator[Piece]:
    """A line in pieces: only addresses with https can be clicked on, and each shows where it leads."""
    at = 0
    for found in _ADDRESS.finditer(line):
        url = found.group().rstrip(_AFTER_IT)
        if url == "https://":
            continue
        if found.start() > at:
            yield Piece(line[at : found.start()])
        yield Piece(url, url)
        at = found.start() + len(url)
    if at < len(line):
        yield Piece(line[at:])
