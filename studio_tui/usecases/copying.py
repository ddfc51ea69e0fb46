"""Copies of sessions: of one, of a day, of a week. A copy has no bookings and no link of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from studio_tui.domain import permissions
from studio_tui.domain.bulk import Shift, shifted
from studio_tui.domain.clashes import Clash, ClashKind
from studio_tui.domain.errors import InvalidInput, NotAllowed, NotPossible, StudioError
from studio_tui.domain.language import _
from studio_tui.domain.people import Author, Site, SiteId, StaffMember
from studio_tui.domain.permissions import Act
from studio_tui.domain.phrase import Day, Phrase, joined, nphrase, phrase
from studio_tui.domain.sessions import Origin, Place, Session, SessionId, SessionStatus, title_of
from studio_tui.domain.zones import day_bounds, zone
from studio_tui.storage.unit_of_work import UnitOfWork
from studio_tui.usecases.clashing import clashes_among, clashes_of
from studio_tui.usecases.planning import bring_into_line
from studio_tui.usecases.resources import Resources
from studio_tui.usecases.scheduling import SessionDraft
from studio_tui.usecases.session_drafts import session_of_draft
from studio_tui.usecases.telling_edits import name_of

_TAKEN = frozenset({ClashKind.LEADER, ClashKind.ROOM})
"""What a copied week does not put in the way of what is there; the rest is told and made."""


@dataclass(frozen=True, slots=True)
class CopyLine:
    """A session of the source and its copy, which has an id below 1 until it is made; `clashes` are those of the copy."""

    title: str
    source: Session
    copy: Session
    clashes: tuple[Clash, ...] = ()


@dataclass(frozen=True, slots=True)
class SkippedLine:
    """A session of the source that is not copied: why in a sentence, or `clashes` with what is there."""

    title: str
    source: Session
    why: str
    clashes: tuple[Clash, ...] = ()
    not_allowed: bool = False


@dataclass(frozen=True, slots=True)
class SpanPreview:
    """What copying days would do; both parts by start. `days` is 1 or 7."""

    first: date
    target: date
    days: int
    made: tuple[CopyLine, ...]
    skipped: tuple[SkippedLine, ...]


class Copying:
    """The use cases that make sessions out of others."""

    def __init__(self, resources: Resources) -> None:
        self._resources = resources

    def preview(
        self, actor: StaffMember, session_id: SessionId, starts_at: datetime, place: Place | None = None
    ) -> CopyLine:
        """Tell what a copy of the session at that start (and place) would be, and what would be in its way.

        Raises:
            NotAllowed, NotFound, NotPossible, InvalidInput: It cannot be copied, for this reason.
        """

        def work(unit: UnitOfWork) -> CopyLine:
            line = _line(unit, actor, unit.sessions.get(session_id), starts_at, place=place)
            return replace(line, clashes=clashes_of(unit, line.copy))

        return self._resources.read(work)

    def copy(
        self, actor: StaffMember, session_id: SessionId, starts_at: datetime, place: Place | None = None
    ) -> Session:
        """Make an occasional session like this one at that start: same service, title and places, no bookings.

        Leader and room are the same too, unless `place` says others.

        Raises:
            NotAllowed, NotFound, NotPossible, InvalidInput: Nothing was made.
        """

        def work(unit: UnitOfWork) -> Session:
            now = self._resources.clock()
            line = _line(unit, actor, unit.sessions.get(session_id), starts_at, place=place)
            unit.history.begin(actor, now)
            (made,) = _make(unit, [line], Author(actor.name, now), now)
            unit.history.say(phrase("pasted a copy: {name_of}", name_of=name_of(unit, made)))
            return made

        return self._resources.write(work)

    def preview_days(self, actor: StaffMember, site_id: SiteId, first: date, target: date, days: int) -> SpanPreview:
        """Tell what copying a day or a week to another would make, and what it would leave out and why.

        Args:
            actor: Who would do it.
            site_id: Whose sessions.
            first: First local day of the source.
            target: Local day that it is copied to.
            days: How many days: 1 or 7.

        Raises:
            InvalidInput: Source and target are the same.
        """
        return self._resources.read(lambda unit: _span(unit, actor, site_id, first, target, days))

    def copy_days(
        self, actor: StaffMember, site_id: SiteId, first: date, target: date, days: int
    ) -> tuple[SpanPreview, tuple[Session, ...]]:
        """Copy what `preview_days` says, all in one transaction; returns what was made and what was left out.

        Raises:
            InvalidInput: Source and target are the same.
            NotPossible: There is nothing to copy.
            NotAllowed: Not one of the sessions may be copied by this person.
        """

        def work(unit: UnitOfWork) -> tuple[SpanPreview, tuple[Session, ...]]:
            now = self._resources.clock()
            span = _span(unit, actor, site_id, first, target, days)
            if not span.made:
                if refused := [left.why for left in span.skipped if left.not_allowed]:
                    raise NotAllowed(refused[0])
                raise NotPossible(
                    _("Nothing of {span_words} can be copied to {span_words2}.").format(
                        span_words=_span_words(first, days), span_words2=_span_words(target, days)
                    )
                )
            unit.history.begin(actor, now)
            made = _make(unit, span.made, Author(actor.name, now), now)
            unit.history.say(
                phrase(
                    "copied {count} of {span_words} to {span_words2}",
                    count=nphrase("{n} session", "{n} sessions", len(made)),
                    span_words=_span_words(first, days),
                    span_words2=_span_words(target, days),
                )
            )
            return span, made

        return self._resources.write(work)


def _span(unit: UnitOfWork, actor: StaffMember, site_id: SiteId, first: date, target: date, days: int) -> SpanPreview:
    if first == target:
        raise InvalidInput(_("Choose another day to copy to: this is the one that is copied."), field="target")
    site = unit.people.site(site_id)
    there = _of_days(unit, site, target, days)
    lines: list[CopyLine] = []
    skipped: list[SkippedLine] = []
    for number, session in enumerate(_of_days(unit, site, first, days)):
        title = title_of(session, unit.services.get(session.service_id))
        starts_at = shifted(session.starts_at, Shift(days=(target - first).days), zone(site.zone))
        if session.status is SessionStatus.CANCELLED:
            skipped.append(SkippedLine(title, session, _("It is cancelled.")))
        elif any(_alike(session, other, starts_at) for other in there):
            skipped.append(SkippedLine(title, session, _("It is there already.")))
        else:
            try:
                line = _line(unit, actor, session, starts_at, origin=session.origin)
            except StudioError as error:
                refused = isinstance(error, NotAllowed)
                skipped.append(SkippedLine(title, session, str(error), not_allowed=refused))
            else:
                lines.append(replace(line, copy=replace(line.copy, id=SessionId(-1 - number))))
    made, taken = _apart(lines, clashes_among(unit, [line.copy for line in lines]))
    skipped += taken
    skipped.sort(key=lambda line: (line.source.starts_at, line.source.id))
    return SpanPreview(first, target, days, made, tuple(skipped))


def _apart(
    lines: Sequence[CopyLine], clashes: dict[SessionId, tuple[Clash, ...]]
) -> tuple[tuple[CopyLine, ...], list[SkippedLine]]:
    """What is made, and what is left out because somebody or a room is taken there; what clashed in the source may again."""
    made, taken = [], []
    for line in lines:
        found = clashes.get(line.copy.id, ())
        stored = tuple(c for c in found if c.kind in _TAKEN and c.other is not None and c.other.id > 0)
        if stored:
            taken.append(SkippedLine(line.title, line.source, "", stored))
        else:
            made.append(replace(line, clashes=found))
    return tuple(made), taken


def _line(
    unit: UnitOfWork,
    actor: StaffMember,
    session: Session,
    starts_at: datetime,
    *,
    place: Place | None = None,
    origin: Origin = Origin.OCCASIONAL,
) -> CopyLine:
    """The session and its unsaved copy.

    Raises:
        NotAllowed, NotPossible, InvalidInput: It cannot be copied.
    """
    place = place or Place(session.staff_id, session.room)
    permissions.check(actor, Act.MANAGE_SESSIONS, leader=place.staff_id)
    if session.course_id is not None:
        course = unit.services.course(session.course_id)
        raise NotPossible(
            _("It belongs to the course {name}, which is booked as a whole: add a session to it.").format(
                name=course.name
            )
        )
    draft = SessionDraft(
        site_id=session.site_id,
        service_id=session.service_id,
        starts_at=starts_at,
        ends_at=starts_at + session.length,
        staff_id=place.staff_id,
        room=place.room,
        title=session.title,
        capacity=session.capacity,
        origin=origin,
        mode=session.mode,
        details=session.details,
    )
    copy = replace(session_of_draft(unit, draft), id=SessionId(-1))
    return CopyLine(title_of(session, unit.services.get(session.service_id)), session, copy)


def _make(unit: UnitOfWork, lines: Sequence[CopyLine], author: Author, now: datetime) -> tuple[Session, ...]:
    made = tuple(unit.sessions.add(line.copy, author) for line in lines)
    bring_into_line(unit, [session.id for session in made], now)
    for session in made:
        unit.changes.record("session", session.id, author, phrase("copied a session"))
    return made


def _of_days(unit: UnitOfWork, site: Site, first: date, days: int) -> list[Session]:
    """The site's sessions that start on these local days, by start."""
    clock = zone(site.zone)
    start, end = day_bounds(first, clock)[0], day_bounds(first + timedelta(days=days - 1), clock)[1]
    return [each for each in unit.sessions.between(site.id, start, end) if start <= each.starts_at < end]


def _alike(session: Session, other: Session, starts_at: datetime) -> bool:
    """Whether `other` is what the copy would be."""
    same = (session.service_id, session.staff_id, starts_at) == (other.service_id, other.staff_id, other.starts_at)
    return same and other.status is SessionStatus.ACTIVE


def _span_words(first: date, days: int) -> Phrase:
    day = Day(first, "%a %-d %b")
    return joined([day]) if days == 1 else phrase("the week of {words}", words=day)
