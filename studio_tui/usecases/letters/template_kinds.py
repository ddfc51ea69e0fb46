"""What a studio's own templates may say: the kinds of mails that there are, and the placeholders of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path

from studio_tui.domain.news_words import NewsWords
from studio_tui.domain.wording import Words
from studio_tui.usecases.letters.place_words import PlaceWords

SUFFIXES = (".txt", ".html")
"""What mails consist of: every kind has a template of each."""
SUBJECT, PUSH = ".subject.txt", ".push.txt"
"""A mail's subject, and the lines of a push message: they have no built-in files, but a studio can have some."""
_PERSONAL = {"name", "greeting", "stop", "stop_url"}
_NOT_IN_SUBJECTS = {"url", "password", "note", "details", "body", "lines", "link_comes", "cancel", "automatic", "intro"}

_COMMON = {
    "name": "the reader's name",
    "greeting": "the built-in greeting, with the reader's name",
    "title": "what the session is called",
    "subject": "the mail's subject",
    "intro": "the built-in first sentence",
    "when": "day, times and time zone in the reader's language",
    "leader": "who leads the session; can be empty",
    "place": "the site's name",
    "words": f"labels in the reader's language: {', '.join(f'words.{field.name}' for field in fields(Words)[6:])}",
}
_LINK = {
    "url": "the join link; it must be there",
    "password": "the link's password; can be empty",
    "note": "what is noted at the link; can be empty",
    "details": "details for the client, several lines perhaps; can be empty",
}
_PLACE = _COMMON | {
    "automatic": "why the reader gets this",
    "room": "the room; empty online",
    "online": "true if the reader takes part from anywhere",
    "details": "details for the client, several lines perhaps; can be empty",
    "course": "what the sessions of a course are called; empty for a place in a single session",
    "sessions": "how many sessions of the course are to come; when tells of the first of them",
    "told": "labels in the reader's language: told.room",
    "labels": "labels in the reader's language: labels.first, labels.sessions",
}
_STOP = {
    "stop": "how the reader gets no more mails of this kind, as a sentence with the address if there is one",
    "stop_url": "the reader's own address for that, which can write a mail; can be empty",
    "stop_here": "what a link to stop_url says",
}
_COMES = {"link_comes": "when the link follows, as a sentence; empty if it is there or none comes"}


@dataclass(frozen=True, slots=True, kw_only=True)
class MailKind:
    """A kind of mail.

    Attributes:
        about: When it is sent, for a person.
        placeholders: What its templates may ask for, with what it is.
        carries_link: Without the join link such a mail would be of no use (SPEC N8).
    """

    name: str
    about: str
    placeholders: Mapping[str, str]
    carries_link: bool

    @property
    def built_in(self) -> tuple[str, ...]:
        """The names of its built-in templates."""
        return tuple(f"{self.name}{suffix}" for suffix in SUFFIXES)

    def part(self, suffix: str) -> MailKind:
        """The kind as a template with that suffix may speak of it; subjects and push messages are alike for everybody."""
        hidden = {SUBJECT: _PERSONAL | _NOT_IN_SUBJECTS, PUSH: _PERSONAL}.get(suffix)
        if hidden is None:
            return self
        known = {name: what for name, what in self.placeholders.items() if name not in hidden}
        return replace(self, name=f"{self.name}{suffix.removesuffix('.txt')}", placeholders=known, carries_link=False)


KINDS = {
    kind.name: kind
    for kind in (
        MailKind(
            name="notice",
            about="the join link, at the notice time",
            placeholders=_COMMON | _LINK,
            carries_link=True,
        ),
        MailKind(
            name="link",
            about="that the join link is another one now",
            placeholders=_COMMON | _LINK,
            carries_link=True,
        ),
        MailKind(
            name="booked",
            about="that a place is booked, with the join link if there is one that may be shown",
            placeholders=_PLACE | _COMES | _LINK | {"url": "the join link; it must be there unless it is empty"},
            carries_link=False,
        ),
        MailKind(
            name="unbooked",
            about="that a booking was cancelled; no link may stand in it",
            placeholders=_PLACE,
            carries_link=False,
        ),
        MailKind(
            name="reminder",
            about="that a session is to come; no link may stand in it",
            placeholders=_PLACE | _COMES | _STOP,
            carries_link=False,
        ),
        MailKind(
            name="attendance",
            about="the question whether somebody comes; no link may stand in it",
            placeholders=_PLACE
            | {"cancel": "until when the place can be given back free of charge, as a sentence"}
            | _STOP,
            carries_link=False,
        ),
        MailKind(
            name="announcement",
            about="that a session was moved, changed, cancelled or restored; no link may stand in it",
            placeholders=_COMMON
            | {
                "news": "what happened: moved, cancelled, restored, changed or corrected",
                "was": "the old time; can be empty",
                "room": "the room; can be empty",
                "over": "true if the session is cancelled",
                "told": "labels of news in the reader's language: told.was, told.now, told.room, told.automatic",
            },
            carries_link=False,
        ),
        MailKind(
            name="written",
            about="what somebody wrote by hand; no link may stand in it but those that they typed",
            placeholders=_COMMON
            | _STOP
            | {
                "body": "what was written, several lines perhaps",
                "lines": "the same in lines, each of them in pieces with piece.text and piece.url, which can be empty",
                "told": "labels of news in the reader's language: told.automatic",
            },
            carries_link=False,
        ),
    )
}
LABELS = {
    "words": {field.name for field in fields(Words)},
    "told": {field.name for field in fields(NewsWords)},
    "labels": {field.name for field in fields(PlaceWords)},
}
"""The placeholders that have parts, and their parts."""


def source_of(name: str) -> str:
    """The text of a built-in template."""
    return (Path(__file__).parents[1] / "templates" / name).read_text(encoding="utf-8")


def explained(kind: MailKind, name: str) -> str:
    """A built-in template with a comment before it that tells its placeholders; the mail shows nothing of that."""
    width = max(map(len, kind.placeholders))
    lines = [f"    {{{{ {each} }}}}{' ' * (width - len(each))}  {what}" for each, what in kind.placeholders.items()]
    # A comment of the template language ends at its first end mark: none stands in these words.
    return "\n".join([f"{{# {kind.about}. Placeholders:", *lines, "#}", source_of(name)])
