"""What `--json` prints of series, and of what an edit does to one."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, TypedDict

from studio_tui.cli.documents import Changed
from studio_tui.cli.records import utc
from studio_tui.domain.clash_words import clash_sentences
from studio_tui.domain.rule_text import rule_text

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from studio_tui.domain.series_words import SeriesPreview
    from studio_tui.usecases.series import SeriesLine


class SeriesDocument(Changed):
    """A series; `rule` is one of RFC 5545 over local dates, `first_on` its first, `at` the time on the site's clock."""

    id: int
    site_id: int
    service_id: int
    words: str
    rule: str
    first_on: str
    at: str
    minutes: int
    exceptions: list[str]
    staff_id: int | None
    room: str
    title: str | None
    capacity: int
    details: str | None
    sessions: int
    edited_by_hand: int


class OccurrenceDocument(TypedDict):
    """A session of a series; `on` is the local date that it stands for, wherever it was moved."""

    session_id: int
    on: str | None
    starts_at: str
    ends_at: str
    status: str
    booked: int
    edited_by_hand: bool


class SeriesDetailDocument(SeriesDocument):
    """A series with its sessions."""

    occurrences: list[OccurrenceDocument]


class SeriesChangeDocument(TypedDict):
    """What an edit of a series does; `saved` is false for a dry run. `series_id` is that of the part that was edited."""

    saved: bool
    scope: str
    series_id: int | None
    words: str
    changed: int
    moved: int
    made: int
    cancelled: int
    removed: int
    revived: int
    edited_by_hand: int
    past: int
    clients: int
    bookings: int
    already_told: int
    notices_kept: int
    notices_too_late: int
    clashes: list[str]


def of_series(line: SeriesLine) -> SeriesDocument:
    """A series."""
    series = line.series
    return {
        "id": series.id,
        "site_id": series.site_id,
        "service_id": series.service_id,
        "words": line.words,
        "rule": rule_text(series.rule),
        "first_on": series.first_on.isoformat(),
        "at": f"{series.at:%H:%M}",
        "minutes": series.length // timedelta(minutes=1),
        "exceptions": [day.isoformat() for day in series.exceptions],
        "staff_id": series.staff_id,
        "room": series.room,
        "title": series.title,
        "capacity": series.capacity,
        "details": series.details,
        "sessions": len(line.sessions),
        "edited_by_hand": sum(session.series_edited for session in line.sessions),
        "version": series.change.version,
        "changed_by": series.change.changed_by,
        "changed_at": utc(series.change.changed_at),
    }


def of_series_detail(line: SeriesLine) -> SeriesDetailDocument:
    """A series with its sessions."""
    occurrences: list[OccurrenceDocument] = [
        {
            "session_id": session.id,
            "on": None if session.series_on is None else session.series_on.isoformat(),
            "starts_at": utc(session.starts_at),
            "ends_at": utc(session.ends_at),
            "status": session.status.value,
            "booked": session.booked,
            "edited_by_hand": session.series_edited,
        }
        for session in line.sessions
    ]
    return {**of_series(line), "occurrences": occurrences}


def of_preview(preview: SeriesPreview, zone: ZoneInfo, *, saved: bool, series_id: int | None) -> SeriesChangeDocument:
    """What an edit of a series does, or did."""
    return {
        "saved": saved,
        "scope": preview.scope.value,
        "series_id": series_id,
        "words": preview.words,
        "changed": preview.changed,
        "moved": preview.moved,
        "made": preview.made,
        "cancelled": preview.cancelled,
        "removed": preview.removed,
        "revived": preview.revived,
        "edited_by_hand": preview.by_hand,
        "past": preview.begun,
        "clients": preview.clients,
        "bookings": preview.bookings,
        "already_told": preview.told,
        "notices_kept": preview.notices_kept,
        "notices_too_late": preview.notices_late,
        "clashes": list(dict.fromkeys(clash_sentences(preview.clashes, zone))),
    }
