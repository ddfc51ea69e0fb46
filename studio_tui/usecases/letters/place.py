"""What clients are told of their own place in a session: booked, given back, soon to come, or asked for (SPEC C1, N10)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from studio_tui.domain.links import JoinLink
from studio_tui.domain.messages import DeliveryKind
from studio_tui.domain.news_words import news_words
from studio_tui.domain.text import safe_display
from studio_tui.domain.wording import Words
from studio_tui.spoken import dates
from studio_tui.usecases.letters.news import Note
from studio_tui.usecases.letters.place_words import PlaceWords, Saying, place_words
from studio_tui.usecases.letters.session_facts import SessionFacts, session_values, when
from studio_tui.usecases.letters.stopping import BY_ANSWER, Stop, stop_values

PLACE_KINDS = frozenset({DeliveryKind.BOOKED, DeliveryKind.UNBOOKED, DeliveryKind.REMINDER, DeliveryKind.ATTENDANCE})


@dataclass(frozen=True, slots=True)
class Run:
    """A course that a client has a place in as a whole: its name, and how many of its sessions are still to come."""

    name: str
    sessions: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AboutPlace:
    """A message about a place in a session, as it is now. Instants are aware UTC.

    Attributes:
        link: The join link, if the message shows it (SPEC C1, C2).
        link_follows: It comes with another message, at `link_at` if that time is still to come.
        limit: Until when the place can be given back free of charge; None for no limit.
        run: The course, where the place is one in all of it; then the session is the first to come.
    """

    kind: DeliveryKind
    session: SessionFacts
    link: JoinLink | None = None
    link_follows: bool = False
    link_at: datetime | None = None
    limit: datetime | None = None
    run: Run | None = None


def place_values(about: AboutPlace, words: Words, name: str, stop: Stop = BY_ANSWER) -> dict[str, object]:
    """The templates' placeholders; `name` is the reader's, or a mark that their name takes the place of."""
    own = place_words(words.language)
    session, saying, title = about.session, _saying(about, own), _title(about)
    over = about.kind is DeliveryKind.UNBOOKED
    link = about.link or JoinLink(url="")
    values = session_values(session, words, name) | {
        "told": news_words(words.language),
        "subject": saying.subject.format(title=title),
        "title": title,
        "intro": saying.intro.format(title=title),
        "automatic": saying.automatic,
        "room": "" if session.online else safe_display(session.room),
        "online": session.online,
        "details": "" if over else safe_display(session.details, keep_lines=True),
        "course": "" if about.run is None else safe_display(session.title),
        "sessions": "" if about.run is None else str(about.run.sessions),
        "labels": own,
    }
    match about.kind:
        case DeliveryKind.BOOKED:
            values |= {
                "url": link.url,
                "password": safe_display(link.password or ""),
                "note": safe_display(link.description or ""),
                "link_comes": _link_comes(about, words),
            }
        case DeliveryKind.REMINDER:
            values |= {"link_comes": _link_comes(about, words), **stop_values(stop, words.language)}
        case DeliveryKind.ATTENDANCE:
            cancel = _cancel(about, words, own.cancel_until, own.cancel)
            values |= {"cancel": cancel, **stop_values(stop, words.language)}
    return values


def place_note(about: AboutPlace, words: Words) -> Note:
    """The short form; a link in it is tapped on, not read."""
    own = place_words(words.language)
    session, saying, title = about.session, _saying(about, own), _title(about)
    lines = [when(session, words)]
    if about.kind is not DeliveryKind.UNBOOKED:
        lines += [f"{words.leader}: {safe_display(session.leader)}"] if session.leader else []
        if not session.online:
            where = ", ".join(part for part in (session.place, session.room) if part)
            lines.append(f"{words.place}: {safe_display(where)}")
    match about.kind:
        case DeliveryKind.BOOKED if about.link is not None and about.link.password:
            lines.append(f"{words.password}: {safe_display(about.link.password)}")
        case DeliveryKind.BOOKED | DeliveryKind.REMINDER:
            lines += [said] if (said := _link_comes(about, words)) else []
        case DeliveryKind.ATTENDANCE:
            lines.append(_cancel(about, words, own.push_cancel_until, own.push_cancel))
    return Note(saying.subject.format(title=title), "\n".join(lines))


def _title(about: AboutPlace) -> str:
    return safe_display(about.session.title if about.run is None else about.run.name)


def _saying(about: AboutPlace, own: PlaceWords) -> Saying:
    if about.run is None:
        return own.sayings[about.kind]
    return own.unenrolled if about.kind is DeliveryKind.UNBOOKED else own.enrolled


def _link_comes(about: AboutPlace, words: Words) -> str:
    """When the link follows; empty if it stands in the message, or none will come."""
    if about.link is not None or not about.link_follows:
        return ""
    own = place_words(words.language)
    if about.link_at is None:
        return own.link_follows
    return own.link_comes.format(at=dates.start(words.language, about.link_at, about.session.zone))


def _cancel(about: AboutPlace, words: Words, until: str, no_limit: str) -> str:
    if about.limit is None:
        return no_limit
    return until.format(limit=dates.start(words.language, about.limit, about.session.zone))
