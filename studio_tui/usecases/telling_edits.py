"""Telling an edit in words: what was made, changed or booked, with the times of its site."""

from __future__ import annotations

from studio_tui.domain.edit_words import change_words, session_phrase
from studio_tui.domain.phrase import Phrase
from studio_tui.domain.services import Service
from studio_tui.domain.sessions import Session
from studio_tui.domain.zones import zone
from studio_tui.storage.unit_of_work import UnitOfWork


def say_changed(unit: UnitOfWork, before: Session, after: Session, service: Service) -> None:
    """Tell the open edit as what became of one session."""
    unit.history.say(change_words(before, after, service, zone(unit.people.site(before.site_id).zone)))


def name_of(unit: UnitOfWork, session: Session, service: Service | None = None) -> Phrase:
    """What a session is called in an edit's words ("Vinyasa Flow, Mon 2 Mar 18:00")."""
    service = service or unit.services.get(session.service_id)
    return session_phrase(session, service, zone(unit.people.site(session.site_id).zone))
