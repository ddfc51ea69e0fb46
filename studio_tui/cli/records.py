"""Makes documents of records."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from studio_tui.cli import account_documents as a
from studio_tui.cli import documents as d
from studio_tui.domain.clash_words import clash_sentences
from studio_tui.domain.delivery import Delivery
from studio_tui.domain.messages import MessageKind
from studio_tui.domain.people import Change, Client, Site, StaffMember
from studio_tui.domain.push_addresses import NAMES
from studio_tui.domain.services import Service, may_sessions_change_mode
from studio_tui.domain.sessions import Course, notice_time
from studio_tui.domain.zones import require_utc, zone

if TYPE_CHECKING:
    from studio_tui.domain.account_kinds import ConferenceKind
    from studio_tui.domain.agenda import AccountLine, CalendarEntry, ClientLine, SessionDetail, StudioStatus
    from studio_tui.domain.bookings import Booking, Enrolment
    from studio_tui.usecases.import_reports import ImportLine
    from studio_tui.usecases.notifying import MessageLine


def utc(instant: datetime) -> str:
    """The instant for programs, as `2026-11-24T17:30:00Z`."""
    return f"{require_utc(instant):%Y-%m-%dT%H:%M:%SZ}"


def utc_or_none(instant: datetime | None) -> str | None:
    """The same for an instant that there may not be."""
    return None if instant is None else utc(instant)


def of_site(site: Site) -> d.SiteDocument:
    """A site."""
    return {
        "id": site.id,
        "slug": site.slug,
        "name": site.name,
        "zone": site.zone,
        "language": site.language,
        **_changed(site.change),
    }


def of_staff(member: StaffMember, slugs: Mapping[int, str]) -> d.StaffDocument:
    """A staff member; `slugs` gives the short name of each site."""
    return {
        "id": member.id,
        "name": member.name,
        "role": member.role.value,
        "login": member.login,
        "email": member.email,
        "active": member.active,
        "sites": [slugs[site_id] for site_id in member.site_ids],
        **_changed(member.change),
    }


def of_service(service: Service) -> d.ServiceDocument:
    """A service."""
    return {
        "id": service.id,
        "site_id": service.site_id,
        "name": service.name,
        "kind": service.kind.value,
        "mode": service.mode.value,
        "sessions_may_change_mode": may_sessions_change_mode(service),
        "capacity": service.capacity,
        "duration_minutes": service.duration // timedelta(minutes=1),
        "colour": service.colour,
        "active": service.active,
        "has_link": service.link is not None,
        "details": service.details,
        **_changed(service.change),
    }


def of_client(client: Client) -> d.ClientDocument:
    """A client, without the push topic."""
    return {
        "id": client.id,
        "name": client.name,
        "email": client.email,
        "email_verified": client.email_verified,
        "phone": client.phone,
        "language": client.language,
        "has_push": client.push_topic is not None,
        "push_service": NAMES[client.push_channel].lower() if client.push_topic else None,
        "push_trouble": client.push_trouble,
        "mail_trouble": client.mail_trouble,
        "refuses": [kind.value for kind in MessageKind if kind in client.refuses],
        **_changed(client.change),
    }


def mail_words(client: Client) -> str:
    """The mail address, whether it is verified, and what a server said when a mail to it came back."""
    if not client.email:
        return "none"
    back = f", mail came back: {client.mail_trouble}" if client.mail_trouble else ""
    return f"{client.email}{'' if client.email_verified else ' (not verified)'}{back}"


def push_words(client: Client) -> str:
    """Whether there is a push address, and why it is switched off if it is; never the address."""
    if not client.push_topic:
        return "no"
    name = NAMES[client.push_channel]
    return f"{name}, switched off, the server said {client.push_trouble}" if client.push_trouble else f"yes, by {name}"


def refused_words(client: Client) -> str:
    """What the client does not want, in words."""
    return ", ".join(kind.label for kind in MessageKind if kind in client.refuses) or "nothing"


def of_session(entry: CalendarEntry) -> d.SessionDocument:
    """A session as in a list."""
    counts = entry.notices
    return {
        "id": entry.id,
        "service_id": entry.service_id,
        "course_id": entry.course_id,
        "title": entry.title,
        "kind": entry.kind.value,
        "staff_id": entry.staff_id,
        "staff": entry.staff_name or None,
        "room": entry.room,
        "starts_at": utc(entry.starts_at),
        "ends_at": utc(entry.ends_at),
        "booked": entry.booked,
        "capacity": entry.capacity,
        "mode": "online" if entry.online else "in_person",
        "origin": "occasional" if entry.occasional else "scheduled",
        "status": "cancelled" if entry.cancelled else "active",
        "link_source": entry.link.source.value,
        "has_link": entry.link.link is not None,
        "notices": {
            "planned": counts.planned,
            "sending": counts.sending,
            "sent": counts.sent,
            "failed": counts.failed,
            "held": counts.held,
        },
        "notice_by_hand": entry.notice_by_hand,
        "notice_too_late": entry.notice_too_late,
        "clash": entry.clash,
    }


def of_detail(detail: SessionDetail) -> d.SessionDetailDocument:
    """All that is known of a session."""
    return {
        **of_session(detail.entry),
        "site": detail.site.slug,
        "service": detail.service.name,
        "course": None if detail.course is None else detail.course.name,
        "notice_at": utc(notice_time(detail.session)),
        "why_link": detail.why,
        "masked_link": detail.masked_link,
        "has_password": detail.has_password,
        "link_description": detail.link_description,
        "details": detail.details,
        "clashes": list(clash_sentences(detail.clashes, zone(detail.site.zone))),
        "clients": [of_line(line) for line in detail.clients],
        **_changed(detail.session.change),
    }


def of_line(line: ClientLine) -> d.ClientLineDocument:
    """A client of a session."""
    return {
        "booking_id": line.booking_id,
        "client_id": line.client_id,
        "client": line.name,
        "active": line.active,
        "booked_at": utc(line.booked_at),
        "has_email": line.has_email,
        "has_push": line.has_push,
        "push_trouble": line.push_trouble,
        "email": None if line.email is None else of_delivery(line.email, line.name),
        "push": None if line.push is None else of_delivery(line.push, line.name),
        "old_link": line.old_link,
        "told": _of_news(line),
    }


def _of_news(line: ClientLine) -> d.NewsDocument | None:
    if line.news is None:
        return None
    return {"what": line.news.what, "messages": [of_delivery(each, line.name) for each in line.news.deliveries]}


def of_delivery(delivery: Delivery, client: str) -> d.DeliveryDocument:
    """A message to a client, without the address, which can be a credential."""
    return {
        "id": delivery.id,
        "session_id": delivery.session_id,
        "booking_id": delivery.booking_id,
        "client": client,
        "channel": delivery.channel.value,
        "state": delivery.state.label,
        "due_at": utc(delivery.due_at),
        "expires_at": utc(delivery.expires_at),
        "sent_at": utc_or_none(delivery.sent_at),
        "attempt": delivery.attempt,
        "reason": delivery.reason,
        "answer_code": delivery.last_code,
        "answer": delivery.last_text,
        "on_purpose": delivery.manual,
    }


def of_message(line: MessageLine) -> d.MessageDocument:
    """A message in a list of what is due or troubled."""
    return {
        "delivery_id": line.delivery_id,
        "session_id": line.session_id,
        "booking_id": line.booking_id,
        "title": line.title,
        "starts_at": utc(line.starts_at),
        "client": line.client,
        "channel": line.channel.value,
        "due_at": utc(line.due_at),
        "state": line.state.label,
        "why": line.why,
    }


def of_booking(booking: Booking) -> d.BookingDocument:
    """A client's place in a session."""
    return {
        "booking_id": booking.id,
        "session_id": booking.session_id,
        "client_id": booking.client_id,
        "enrolment_id": booking.enrolment_id,
        "status": booking.status.value,
        "booked_at": utc(booking.booked_at),
        "cancelled_at": utc_or_none(booking.cancelled_at),
    }


def of_course(course: Course) -> d.CourseDocument:
    """A course."""
    return {
        "id": course.id,
        "name": course.name,
        "service_id": course.service_id,
        "site_id": course.site_id,
        "link_say": course.own_link.say.value,
        **_changed(course.change),
    }


def of_enrolment(enrolment: Enrolment, client: str) -> d.EnrolmentDocument:
    """A client's place in a course."""
    return {
        "id": enrolment.id,
        "course_id": enrolment.course_id,
        "client_id": enrolment.client_id,
        "client": client,
        "status": enrolment.status.value,
        "enrolled_at": utc(enrolment.enrolled_at),
    }


def of_account(line: AccountLine) -> a.AccountDocument:
    """A conference account, or the place for one."""
    account, meetings = line.account, line.meetings
    sign_in = None if account is None else account.sign_in
    return {
        "holder": line.holder,
        "staff_id": line.staff_id,
        "kind": None if account is None else account.kind,
        "label": None if account is None else account.label,
        "state": None if account is None else account.state.value,
        "masked_link": line.masked_link,
        "upcoming_sessions": line.upcoming,
        "way": None if sign_in is None else sign_in.way,
        "signed_in_as": None if sign_in is None or not sign_in.stored else sign_in.label,
        "meetings_at_a_time": None if account is None else account.concurrent,
        "trouble": None if sign_in is None else sign_in.trouble or None,
        "paused_until": None if sign_in is None else utc_or_none(sign_in.paused_until),
        "meetings_waiting": None if meetings is None else meetings.waiting,
        "meetings_failed": None if meetings is None else meetings.failed,
        "left_today": None if meetings is None else meetings.left,
        "version": None if account is None else account.change.version,
        "changed_by": None if account is None else account.change.changed_by,
        "changed_at": None if account is None else utc(account.change.changed_at),
    }


def of_kind(kind: ConferenceKind) -> a.KindDocument:
    """A kind of conference account."""
    return {
        "key": kind.key,
        "name": kind.name,
        "summary": kind.summary,
        "ways": [{"key": way.key, "label": way.label, "hint": way.hint, "for_staff": way.borrows} for way in kind.ways],
        "fields": [
            {
                "way": way.key,
                "key": field.key,
                "label": field.label,
                "required": field.required,
                "secret": field.secret,
                "limit": field.limit,
            }
            for way in kind.ways
            for field in way.fields
        ],
    }


def of_status(status: StudioStatus) -> d.StatusDocument:
    """What matters now at a site."""
    return {
        "due": status.due,
        "failed": status.failed,
        "held": status.held,
        "missing_soon": status.missing_soon,
        "worker_seen_at": utc_or_none(status.worker_seen_at),
        "worker_note": status.worker_note,
        "template_note": status.template_note,
    }


def of_import_line(line: ImportLine) -> d.ImportLineDocument:
    """What became of one event or client of a file."""
    return {
        "action": line.action,
        "uid": line.uid,
        "line": line.line,
        "title": line.title,
        "starts_at": utc_or_none(line.starts_at),
        "reason": line.reason,
    }


def _changed(change: Change) -> d.Changed:
    return {"version": change.version, "changed_by": change.changed_by, "changed_at": utc(change.changed_at)}
