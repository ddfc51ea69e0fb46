"""Sessions in words: rows of a list, all that is known of one, and what a change came to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from studio_tui.cli import records
from studio_tui.cli.context import Context
from studio_tui.cli.exits import Exit
from studio_tui.cli.output import facts, table
from studio_tui.cli.times import show_instant, show_span
from studio_tui.domain.clash_words import clash_sentences
from studio_tui.domain.conferences import LinkSource
from studio_tui.domain.zones import zone

if TYPE_CHECKING:
    from studio_tui.domain.agenda import CalendarEntry, ClientLine, SessionDetail
    from studio_tui.domain.delivery import Delivery
    from studio_tui.domain.sessions import SessionId

_LINKS = {
    LinkSource.IN_PERSON: "in person",
    LinkSource.DISCONNECTED: "disconnected",
    LinkSource.TYPED: "typed",
    LinkSource.TYPED_COURSE: "typed (course)",
    LinkSource.REMOVED: "removed",
    LinkSource.SERVICE: "service’s",
    LinkSource.LEADER: "leader’s account",
    LinkSource.SITE: "default account",
    LinkSource.MISSING: "missing",
}


def session_table(entries: Iterable[CalendarEntry], zone_name: str) -> Iterator[str]:
    """The sessions as a list, with times of the site's clock."""
    clock = zone(zone_name)
    rows = [
        (
            entry.id,
            show_span(entry.starts_at, entry.ends_at, clock),
            entry.title,
            entry.staff_name,
            entry.room,
            f"{entry.booked}/{entry.capacity}",
            _LINKS[entry.link.source],
            _notices(entry),
            ", ".join(_remarks(entry)),
        )
        for entry in entries
    ]
    headings = ("ID", f"WHEN ({zone_name})", "SESSION", "STAFF", "ROOM", "BOOKED", "LINK", "NOTICES", "REMARKS")
    return table(headings, rows)


def session_facts(detail: SessionDetail) -> Iterator[str]:
    """All that is known of one session, its clients included."""
    clock = zone(detail.site.zone)
    session, entry = detail.session, detail.entry
    by_hand = "set by hand" if entry.notice_by_hand else "automatic: the start"
    link = None if detail.masked_link is None else f"{detail.masked_link}{' with a password' * detail.has_password}"
    yield from facts(
        [
            ("Session", f"{entry.title} (#{session.id})"),
            ("When", f"{show_span(session.starts_at, session.ends_at, clock)}, {detail.site.zone}"),
            ("Site", detail.site.name),
            ("Service", detail.service.name),
            ("Course", detail.course.name if detail.course else None),
            ("Staff", detail.leader.name if detail.leader else "nobody"),
            ("Room", session.room or None),
            ("State", ", ".join(_remarks(entry)) or None),
            ("Mode", "online" if entry.online else "in person"),
            ("Link", link or "none"),
            ("Why", detail.why),
            ("Said beside the link", detail.link_description),
            ("Notice", f"{show_instant(session.notice_at or session.starts_at, clock)}, {by_hand}"),
            ("Details for the client", detail.details or None),
            ("Booked", f"{entry.booked} of {entry.capacity}"),
        ]
    )
    for sentence in clash_sentences(detail.clashes, clock):
        yield f"Clash: {sentence}"
    if detail.clients:
        yield ""
        yield from client_table(detail.clients, clock)


def client_table(lines: Iterable[ClientLine], clock: ZoneInfo) -> Iterator[str]:
    """The clients of a session, with the newest delivery of each channel."""
    rows = [
        (
            line.booking_id,
            line.client_id,
            line.name,
            show_instant(line.booked_at, clock) if line.active else "cancelled",
            delivery_words(line.email) or ("" if line.has_email else "no address"),
            delivery_words(line.push) or ("" if line.has_push else "no push"),
            "; ".join(filter(None, _client_remarks(line))),
        )
        for line in lines
    ]
    return table(("BOOKING", "CLIENT", "NAME", "BOOKED", "MAIL", "PUSH", "REMARKS"), rows)


def _client_remarks(line: ClientLine) -> tuple[str, ...]:
    off = f"push switched off: {line.push_trouble}" if line.push_trouble else ""
    return off, "holds an old link" if line.old_link else "", _told_words(line)


def _told_words(line: ClientLine) -> str:
    if line.news is None:
        return ""
    said = (f"{d.channel.way} {delivery_words(d)}" for d in line.news.deliveries)
    return f"told {line.news.what}: {', '.join(said)}"


def delivery_words(delivery: Delivery | None) -> str:
    """What became of a message, with the server's answer or the reason."""
    if delivery is None:
        return ""
    answer = f"{delivery.last_code or ''} {delivery.last_text}".strip()
    why = delivery.reason or (answer if delivery.state.label == "failed" or delivery.came_back else "")
    return f"{delivery.state.label}: {why}" if why else delivery.state.label


def tell_change(context: Context, session_id: SessionId, sentence: Callable[[SessionDetail, ZoneInfo], str]) -> int:
    """Print the session as it is after a change: a sentence for people, the whole session as JSON."""
    detail = context.detail(session_id)
    if detail.entry.notice_too_late:
        context.out.note("The notice time set by hand is not before the end: nobody would get the notice.")
    for clash in clash_sentences(detail.clashes, zone(detail.site.zone)):
        context.out.note(clash)
    context.out.give(records.of_detail(detail), [sentence(detail, zone(detail.site.zone))])
    return Exit.OK


def named(detail: SessionDetail, clock: ZoneInfo) -> str:
    """The session in a sentence: number, title and time."""
    session = detail.session
    return f"Session {session.id}, {detail.entry.title}, {show_span(session.starts_at, session.ends_at, clock)}"


def _notices(entry: CalendarEntry) -> str:
    counts = entry.notices
    pairs = (
        *(("failed", counts.failed), ("held", counts.held), ("sending", counts.sending)),
        *(("planned", counts.planned), ("sent", counts.sent)),
    )
    return ", ".join(f"{number} {name}" for name, number in pairs if number)


def _remarks(entry: CalendarEntry) -> Iterator[str]:
    if entry.cancelled:
        yield "cancelled"
    if entry.occasional:
        yield "occasional"
    if entry.notice_too_late:
        yield "notice too late"
    if entry.clash:
        yield "clash"
