"""What the drawer says about a session, in words. Pure: a session's details and the desk go in, text comes out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from studio_tui.domain.clash_words import clash_sentences
from studio_tui.domain.meeting_words import failed
from studio_tui.tui.notice_times import notice_in_words
from studio_tui.tui.wording import counted, day_text, span_text, written_text

if TYPE_CHECKING:
    from studio_tui.domain.agenda import SessionDetail
    from studio_tui.domain.links import JoinLink
    from studio_tui.tui.desk import Desk

HIDDEN = "•" * 10


def title_line(detail: SessionDetail) -> str:
    """What it is: title, mode and kind, and the service where the title does not name it."""
    kind = detail.service.kind.value
    what = f"online {kind}" if detail.entry.online else f"{kind} in person"
    own = f" · {detail.service.name}" if detail.session.title else ""
    return f"{detail.entry.title} · {what}{own}"


def facts(detail: SessionDetail, desk: Desk) -> str:
    """When and where, and who changed it last."""
    session, entry = detail.session, detail.entry
    start, end = desk.wall(session.starts_at), desk.wall(session.ends_at)
    where = " · ".join(part for part in (session.room, entry.staff_name or "nobody leads it") if part)
    run = [f"Course: {detail.course.name}"] if detail.course is not None else []
    written = written_text(session.change, desk.now(), desk.zone)
    once = "  occasional" if entry.occasional and detail.course is None else ""
    whose = [line] if (line := desk.whose_clock(session.starts_at)) else []
    lines = [
        f"{day_text(start)}  {span_text(start, end)}{once}",
        *whose,
        where,
        *run,
        *series_lines(detail),
        f"{written[:1].upper()}{written[1:]}",
    ]
    return "\n".join(lines)


def series_lines(detail: SessionDetail) -> list[str]:
    """Which one of its series it is: `every Tue 18:30, 5 of 24`; nothing for a session that stands alone."""
    place = detail.series
    if place is None:
        return []
    return [f"{place.words}, {place.number} of {place.of}{' · edited by hand' if place.edited else ''}"]


def alerts(desk: Desk, detail: SessionDetail) -> list[str]:
    """What somebody should know before anything else (SPEC L9, N9)."""
    cancelled = ["× Cancelled. Its bookings are kept: Esc, then d, brings it back."] if detail.entry.cancelled else []
    late = ["⚠ The notice time is after the end: nobody would get it. N sets it anew."]
    clashes = [f"⚠ {sentence}" for sentence in clash_sentences(detail.clashes, desk.zone, desk.client)]
    return [*cancelled, *(late if detail.entry.notice_too_late else []), *clashes]


def link_lines(detail: SessionDetail, link: JoinLink | None) -> list[str]:
    """The join link, masked unless it is given, and what belongs to it (SPEC L11)."""
    if detail.masked_link is None:
        if not detail.entry.link.missing or detail.entry.cancelled:
            return ["No link"]
        if detail.entry.link.pending:
            return [
                "! The meeting could not be made (a: try now)"
                if failed(detail.entry.link)
                else "○ The meeting is still to be made"
            ]
        return ["○ Link missing"]
    lines = [detail.masked_link if link is None else link.url]
    if detail.has_password:
        lines.append(f"Password: {HIDDEN if link is None else link.password}")
    if detail.link_description:
        lines.append(f"For clients: {detail.link_description}")
    return lines


def notice_lines(detail: SessionDetail, desk: Desk) -> list[str]:
    """When the clients get the link, and how far that has come (SPEC N1, N8, N11)."""
    session, entry = detail.session, detail.entry
    if not entry.online:
        return ["In person: no notice goes out."]
    if entry.cancelled:
        return ["Cancelled: no notice goes out."]
    start = desk.wall(session.starts_at)
    if session.notice_at is None:
        lines = [f"{start:%H:%M}, automatic (follows the start)"]
    else:
        lines = [f"By hand: {notice_in_words(session.notice_at, session.starts_at, desk.zone)}"]
    if entry.link.missing and session.ends_at > desk.now():
        lines.append("‖ Without a link notices are held, and go out when there is one.")
    counts = {
        "sent": entry.notices.sent,
        "sending": entry.notices.sending,
        "planned": entry.notices.planned,
        "failed": entry.notices.failed,
        "held": entry.notices.held,
    }
    told = [f"{number} {word}" for word, number in counts.items() if number]
    return [*lines, *([" · ".join(told)] if told else [])]


def places_line(detail: SessionDetail) -> str:
    """The heading of the clients: how many have a place."""
    return f"Clients {detail.session.booked} of {detail.session.capacity}"


def whole_run(detail: SessionDetail) -> str:
    """What to know about a course's session: link and places are the course's (SPEC §1, L4); empty for any other."""
    if detail.course is None:
        return ""
    return f"This is one session of the course “{detail.course.name}”."


def consequences_of_typing(detail: SessionDetail) -> str:
    """What a link typed here will do (SPEC L1, L4, A6, M2)."""
    parts = []
    if detail.course is not None:
        parts.append(f"It holds for every session of the course “{detail.course.name}”, past and future.")
    if not detail.entry.online:
        parts.append("The session becomes online: its clients get the link at the notice time.")
    if detail.entry.link.source == "disconnected":
        parts.append("It stays hidden until the site's default account is connected again.")
    if detail.session.booked and not parts:
        parts.append(f"{counted(detail.session.booked, 'client')} get it with the notice.")
    return " ".join(parts)
