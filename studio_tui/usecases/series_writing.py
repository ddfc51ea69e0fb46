"""Carrying out what an edit of a series comes to, and counting it beforehand, in an open transaction."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from studio_tui.domain.announcements import AnnouncementKind, SessionNews, news_of
from studio_tui.domain.edit_words import series_edit_words
from studio_tui.domain.language import _
from studio_tui.domain.people import Author
from studio_tui.domain.phrase import Phrase
from studio_tui.domain.series import Occurrence, Series, session_on
from studio_tui.domain.series_plan import Effects, SeriesPlan
from studio_tui.domain.series_words import SeriesPreview, SeriesResult
from studio_tui.domain.sessions import SeriesId, Session, SessionStatus
from studio_tui.storage.unit_of_work import UnitOfWork
from studio_tui.usecases.planning import bring_into_line, release_for_link
from studio_tui.usecases.seating import seat_enrolled

_BATCH = 500


def carry_out(
    unit: UnitOfWork, plan: SeriesPlan, told: SeriesPreview, author: Author, what: Phrase, sample: Session | None = None
) -> SeriesResult:
    """Write the plan; a plan whose series has the id 0 makes it.

    Args:
        unit: The open, writing transaction; it holds the series and its sessions.
        plan: What to write; made from what the transaction holds.
        told: The plan in numbers.
        author: Who does it, and when.
        what: The edit in a few words, for the change log.
        sample: A session of the series that new ones take their course and mode from.
    """
    service = unit.services.get(plan.series.service_id)
    unit.history.say(series_edit_words(told, plan.series.title or service.name))
    series = _written_series(unit, plan, author)
    effects = plan.effects
    for was, becomes in (*effects.changed, *effects.revived, *effects.by_hand):
        if becomes != was or becomes.series_id != series.id:
            unit.sessions.save(replace(becomes, series_id=series.id), was.change.version, author, _("The session"))
    for each in plan.carried:
        unit.sessions.save(replace(each, series_id=series.id), each.change.version, author, _("The session"))
    gone = unit.series.untouched([each.id for each in effects.dropped])
    cancelled = [each for each in effects.dropped if each.id not in gone]
    for each in cancelled:
        off = replace(each, status=SessionStatus.CANCELLED, series_id=series.id, series_edited=False)
        unit.sessions.save(off, each.change.version, author, _("The session"))
    unit.sessions.remove(sorted(gone))
    made = [_made(unit, series, each, author, sample) for each in effects.made]
    touched = [each.id for each in (*(was for was, _other in (*effects.changed, *effects.revived)), *cancelled, *made)]
    bring_into_line(unit, touched, author.at)
    release_for_link(unit, touched, author.at)
    unit.changes.record_each("session", dict.fromkeys([*touched, *gone], what), author)
    empty = unit.series.remove_if_empty(series.id)
    if plan.earlier is not None:
        unit.series.remove_if_empty(plan.earlier.id)
    moved = [(was.id, was.starts_at) for was, becomes in effects.changed if was.starts_at != becomes.starts_at]
    moved_ids = {session_id for session_id, _other in moved}
    return SeriesResult(
        preview=told,
        series=None if empty else series,
        session_id=made[0].id if made else None,
        moved=tuple(moved),
        changed=tuple(was.id for was, _other in effects.changed if was.id not in moved_ids),
        cancelled=tuple(each.id for each in cancelled),
        revived=tuple(was.id for was, _other in effects.revived),
        news=tuple(_news(effects, cancelled)),
    )


def _news(effects: Effects, cancelled: Sequence[Session]) -> Iterator[tuple[AnnouncementKind, SessionNews]]:
    for was, becomes in (*effects.changed, *effects.revived):
        if found := news_of(was, becomes):
            yield found
    for each in cancelled:
        yield AnnouncementKind.CANCELLED, SessionNews(each.id)


def _written_series(unit: UnitOfWork, plan: SeriesPlan, author: Author) -> Series:
    if plan.earlier is not None:
        unit.series.save(plan.earlier, plan.earlier.change.version, author)
        return unit.series.add(plan.series, author)
    if plan.series.id == SeriesId(0):
        return unit.series.add(plan.series, author)
    return unit.series.save(plan.series, plan.series.change.version, author)


def _made(unit: UnitOfWork, series: Series, occurrence: Occurrence, author: Author, sample: Session | None) -> Session:
    session = unit.sessions.add(session_on(series, occurrence, sample), author)
    seat_enrolled(unit, session, author.at)
    return session


def latest(held: Sequence[Session]) -> Session | None:
    """The session that new ones are made like: the last one that nobody edited by hand."""
    plain = [each for each in held if not each.series_edited] or list(held)
    return max(plain, key=lambda each: each.starts_at, default=None)
