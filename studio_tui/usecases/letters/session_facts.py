"""A session as its messages tell of it: each of them holds the same facts, and adds what it says about them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from studio_tui.domain.people import Site
from studio_tui.domain.services import Mode, Service
from studio_tui.domain.sessions import Session, mode_of, title_of
from studio_tui.domain.text import safe_display
from studio_tui.domain.wording import Words
from studio_tui.domain.zones import zone
from studio_tui.interchange.exports import ExportedSession
from studio_tui.spoken import dates


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionFacts:
    """What messages say of a session, as it is now. Instants are aware UTC.

    Attributes:
        place: The site's name.
        leader: Who leads the session; empty if nobody is named. So is `room`.
        details: For the client, several lines perhaps (SPEC L7).
        online: The reader takes part from anywhere, and room and studio say nothing to them.
        entry: What goes into the reader's calendar, but for the link; None for none (SPEC C7).
        site: The site's short name, which says whose templates are used.
        reply_to: Where answers go; empty for the sender.
    """

    title: str
    place: str
    leader: str = ""
    room: str = ""
    details: str = ""
    online: bool = False
    starts_at: datetime
    ends_at: datetime
    zone: ZoneInfo
    entry: ExportedSession | None = None
    site: str = ""
    reply_to: str = ""


def session_facts(
    session: Session, service: Service, site: Site, leader: str, entry: ExportedSession | None = None
) -> SessionFacts:
    """The facts of a session of that service and site; `leader` is the name of who leads it, empty for nobody."""
    return SessionFacts(
        title=title_of(session, service),
        place=site.name,
        leader=leader,
        room=session.room,
        details=service.details if session.details is None else session.details,
        online=mode_of(session, service) is Mode.ONLINE,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        zone=zone(site.zone),
        entry=entry,
        site=site.slug,
        reply_to=site.reply_to or "",
    )


def session_values(session: SessionFacts, words: Words, name: str) -> dict[str, object]:
    """The placeholders that all templates have; `name` is the reader's, or a mark that their name takes the place of."""
    return {
        "words": words,
        "title": safe_display(session.title),
        "name": name,
        "greeting": words.greeting.format(name=name),
        "when": when(session, words),
        "leader": safe_display(session.leader),
        "place": safe_display(session.place),
    }


def when(session: SessionFacts, words: Words) -> str:
    """Day, times and time zone in the language of the words."""
    return dates.interval(words.language, session.starts_at, session.ends_at, session.zone)
