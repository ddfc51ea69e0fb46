"""What the drawer says about a session, in words. Pure: a session's details and the desk go in, text comes out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from studio_tui.domain.clash_words import clash_sentences
from studio_tui.domain.language import N_, _, ngettext
from studio_tui.domain.meeting_words import failed
from studio_tui.domain.services import ServiceKind
from studio_tui.domain.spelling import grouped
from studio_tui.tui.notice_times import notice_in_words
from studio_tui.tui.nouns import counted_failed, counted_held, counted_planned, counted_sending, counted_sent
from studio_tui.tui.wording import day_text, span_text, written_text

if TYPE_CHECKING:
    from studio_tui.domain.agenda import SessionDetail
    from studio_tui.domain.links import JoinLink
    from studio_tui.tui.desk import Desk

HIDDEN = "•" * 10
KINDS = {
    (ServiceKind.APPOINTMENT, True): N_("online appointment"),
    (ServiceKind.APPOINTMENT, False): N_("appointment in person"),
    (ServiceKind.CLASS, True): N_("online class"),
    (ServiceKind.CLASS, False): N_("class in person"),
    (ServiceKind.COURSE, True): N_("online course"),
    (ServiceKind.COURSE, False): N_("course in person"),
}


def title_line(detail: SessionDetail) -> str:
    """What it is: title, mode and kind, and the service where the title does not name it."""
    what = KINDS[detail.service.kind, detail.entry.online]
    own = f" · {detail.service.name}" if detail.session.title else ""
    return f"{detail.entry.title} · {_(what)}{own}"


def facts(detail: SessionDetail, desk: Desk) -> str:
    """When and where, and who changed it last."""
    session, entry = detail.session, detail.entry
    start, end = desk.wall(session.starts_at), desk.wall(session.ends_at)
    where = " · ".join(part for part in (session.room, entry.staff_name or _("nobody leads it")) if part)
    run = [_("Course: {course}").format(course=detail.course.name)] if detail.course is not None else []
    written = written_text(session.change, desk.now(), desk.zone)
    once = f"  {_('occasional')}" if entry.occasional and detail.course is None else ""
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
    words = _("{rule}, {number} of {of} · edited by hand") if place.edited else _("{rule}, {number} of {of}")
    return [words.format(rule=place.words, number=place.number, of=place.of)]


def alerts(desk: Desk, detail: SessionDetail) -> list[str]:
    """What somebody should know before anything else (SPEC L9, N9)."""
    cancelled = (
        [_("× Cancelled. Its bookings are kept: Esc, then d, brings it back.")] if detail.entry.cancelled else []
    )
    late = [_("⚠ The notice time is after the end: nobody would get it. N sets it anew.")]
    clashes = [f"⚠ {sentence}" for sentence in clash_sentences(detail.clashes, desk.zone, desk.client)]
    return [*cancelled, *(late if detail.entry.notice_too_late else []), *clashes]


def link_lines(detail: SessionDetail, link: JoinLink | None) -> list[str]:
    """The join link, masked unless it is given, and what belongs to it (SPEC L11)."""
    if detail.masked_link is None:
        if not detail.entry.link.missing or detail.entry.cancelled:
            return [_("No link")]
        if detail.entry.link.pending:
            return [
                _("! The meeting could not be made (a: try now)")
                if failed(detail.entry.link)
                else _("○ The meeting is still to be made")
            ]
        return [_("○ Link missing")]
    lines = [detail.masked_link if link is None else link.url]
    if detail.has_password:
        lines.append(_("Password: {password}").format(password=HIDDEN if link is None else link.password))
    if detail.link_description:
        lines.append(_("For clients: {text}").format(text=detail.link_description))
    return lines


def notice_lines(detail: SessionDetail, desk: Desk) -> list[str]:
    """When the clients get the link, and how far that has come (SPEC N1, N8, N11)."""
    session, entry = detail.session, detail.entry
    if not entry.online:
        return [_("In person: no notice goes out.")]
    if entry.cancelled:
        return [_("Cancelled: no notice goes out.")]
    start = desk.wall(session.starts_at)
    if session.notice_at is None:
        lines = [_("{time}, automatic (follows the start)").format(time=f"{start:%H:%M}")]
    else:
        when = notice_in_words(session.notice_at, session.starts_at, desk.zone)
        lines = [_("By hand: {when}").format(when=when)]
    if entry.link.missing and session.ends_at > desk.now():
        lines.append(_("‖ Without a link notices are held, and go out when there is one."))
    counts = (
        (entry.notices.sent, counted_sent),
        (entry.notices.sending, counted_sending),
        (entry.notices.planned, counted_planned),
        (entry.notices.failed, counted_failed),
        (entry.notices.held, counted_held),
    )
    told = [words(number) for number, words in counts if number]
    return [*lines, *([" · ".join(told)] if told else [])]


def places_line(detail: SessionDetail) -> str:
    """The heading of the clients: how many have a place."""
    return _("Clients {n} of {of}").format(n=detail.session.booked, of=detail.session.capacity)


def whole_run(detail: SessionDetail) -> str:
    """What to know about a course's session: link and places are the course's (SPEC §1, L4); empty for any other."""
    if detail.course is None:
        return ""
    return _("This is one session of the course “{course}”.").format(course=detail.course.name)


def consequences_of_typing(detail: SessionDetail) -> str:
    """What a link typed here will do (SPEC L1, L4, A6, M2)."""
    parts = []
    if detail.course is not None:
        words = _("It holds for every session of the course “{course}”, past and future.")
        parts.append(words.format(course=detail.course.name))
    if not detail.entry.online:
        parts.append(_("The session becomes online: its clients get the link at the notice time."))
    if detail.entry.link.source == "disconnected":
        parts.append(_("It stays hidden until the site's default account is connected again."))
    if detail.session.booked and not parts:
        number = detail.session.booked
        words = ngettext("{n} client get it with the notice.", "{n} clients get it with the notice.", number)
        parts.append(words.format(n=grouped(number)))
    return " ".join(parts)
