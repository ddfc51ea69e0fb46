"""Sessions as their messages show them, read in their present state and kept while it stays the same."""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from studio_tui.domain.conferences import LinkDecision, LinkSource
from studio_tui.domain.delivery import Channel, HeldReason
from studio_tui.domain.errors import StudioError
from studio_tui.domain.links import JoinLink
from studio_tui.domain.messages import DeliveryKind
from studio_tui.domain.outcomes import MAX_TEXT
from studio_tui.domain.services import CourseId
from studio_tui.domain.sessions import Session
from studio_tui.storage.outbox_material import Stamp
from studio_tui.storage.sessions import EventName
from studio_tui.storage.unit_of_work import UnitOfWork
from studio_tui.storage.vault import Vault
from studio_tui.usecases.exporting import exported_session
from studio_tui.usecases.letters.made import Hold, NotMade, Unwanted
from studio_tui.usecases.letters.mail import Draft
from studio_tui.usecases.letters.place import Run
from studio_tui.usecases.letters.session_facts import SessionFacts, session_facts
from studio_tui.usecases.link_context import LinkContexts
from studio_tui.usecases.planning import notice_facts

_log = logging.getLogger(__name__)
_REMEMBERED = 1024

DraftKey = tuple[Channel, str, DeliveryKind, int | None, Run | None, datetime | None]
"""Of messages that are alike but for the person: beside kind and language, the announcement, the course, and when the
link follows."""


@dataclass(slots=True)
class Occasion:
    """A session as its messages show it, with the drafts made so far. Instants are aware UTC.

    Attributes:
        link: The session's join link, or why no message can show it.
        link_digest: Of the stored link; None for none.
        hides_link: Only notices show the link (SPEC C2).
        limit: Until when a place can be given back free of charge; None for no limit.
        course_id: The course that it belongs to.
        notice_at: When its notices go out; None if none does.
    """

    stamp: Stamp
    facts: SessionFacts
    link: JoinLink | NotMade
    link_digest: str | None
    hides_link: bool
    limit: datetime | None
    course_id: CourseId | None
    notice_at: datetime | None
    site_language: str
    drafts: dict[DraftKey, Draft] = field(default_factory=dict)

    @property
    def known_link(self) -> JoinLink | None:
        """The link if there is one that can be read."""
        return self.link if isinstance(self.link, JoinLink) else None


class Occasions:
    """The sessions that messages were made of lately, by id."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self._known: OrderedDict[int, Occasion] = OrderedDict()

    def get(self, session_id: int) -> Occasion | None:
        """The session as it was when `load` was called last; None if there was none."""
        return self._known.get(session_id)

    def load(self, unit: UnitOfWork, present: Mapping[int, Stamp]) -> None:
        """Read the sessions that are not known in their present state; `present` has their stamps by id."""
        unknown = []
        for session_id, stamp in present.items():
            known = self._known.get(session_id)
            # What holds a message can be mended without a change of the session.
            if known is None or known.stamp != stamp or isinstance(known.link, Hold):
                unknown.append(session_id)
            else:
                self._known.move_to_end(session_id)
        if not unknown:
            return
        sessions = unit.sessions.by_ids(unknown)
        read = _Reading(unit, self._vault, sessions)
        for session in sessions:
            self._known[session.id] = read.occasion(session, present[session.id])
        while len(self._known) > max(_REMEMBERED, len(present)):
            self._known.popitem(last=False)


class _Reading:
    """What several sessions share, read at once in one transaction."""

    def __init__(self, unit: UnitOfWork, vault: Vault, sessions: list[Session]) -> None:
        self._vault = vault
        self._sites = {site.id: site for site in unit.people.sites()}
        self._names = {member.id: member.name for member in unit.people.staff()}
        self._contexts = LinkContexts(unit)
        self._decisions = self._contexts.decide(sessions)
        self._marks: Mapping[int, EventName] = unit.sessions.import_marks([session.id for session in sessions])

    def occasion(self, session: Session, stamp: Stamp) -> Occasion:
        site, service = self._sites[session.site_id], self._contexts.service(session.service_id)
        leader = "" if session.staff_id is None else self._names[session.staff_id]
        entry = exported_session(site, session, service, self._names, self._marks.get(session.id))
        plan = notice_facts(session, service, site)
        free = service.free_cancellation
        decision = self._decisions[session.id]
        return Occasion(
            stamp=stamp,
            facts=session_facts(session, service, site, leader, entry),
            link=self._link(session, decision),
            link_digest=None if decision.link is None else decision.link.digest,
            hides_link=site.hide_links_in_mails,
            limit=None if free is None else session.starts_at - free,
            course_id=session.course_id,
            notice_at=plan.notice_time if plan.owes_notices else None,
            site_language=site.language,
        )

    def _link(self, session: Session, decision: LinkDecision) -> JoinLink | NotMade:
        if decision.source is LinkSource.IN_PERSON:
            return Unwanted()
        if decision.link is None:
            return Hold(HeldReason.NO_LINK)
        try:
            return self._vault.open(decision.link, decision.owner)
        except StudioError as error:
            # A key that is missing can be put back: held, not failed.
            _log.warning("The notice of session %d cannot be made: %s", session.id, error)
            return Hold(HeldReason.NO_LINK, str(error)[:MAX_TEXT])
