"""What `--json` prints. The names of the fields are a promise to scripts, kept by a test; help texts are made from them.

Instants are UTC, ISO 8601, in whole seconds: `2026-11-24T17:30:00Z`. Lengths are whole minutes. A credential is in none of
them, but for `url` and `password` of a link that was revealed on purpose.
"""

from __future__ import annotations

from typing import TypedDict


class Changed(TypedDict):
    """Of every row that people edit: `--if-version` takes `version`."""

    version: int
    changed_by: str
    changed_at: str


class SiteDocument(Changed):
    """A site."""

    id: int
    slug: str
    name: str
    zone: str
    language: str


class StaffDocument(Changed):
    """A staff member; `sites` are short names."""

    id: int
    name: str
    role: str
    login: str | None
    email: str | None
    active: bool
    sites: list[str]


class ServiceDocument(Changed):
    """A service; `sessions_may_change_mode` is what holds, set or by default (SPEC M2)."""

    id: int
    site_id: int
    name: str
    kind: str
    mode: str
    sessions_may_change_mode: bool
    capacity: int
    duration_minutes: int
    colour: str
    active: bool
    has_link: bool
    details: str


class ServiceLinkDocument(TypedDict):
    """What a service's link does to how many upcoming sessions (SPEC L6); `saved` is false for a dry run."""

    service_id: int
    saved: bool
    added: int
    changed: int
    kept: int
    skipped: int


class ClientDocument(Changed):
    """A client."""

    id: int
    name: str
    email: str | None
    email_verified: bool
    phone: str | None
    language: str
    has_push: bool
    push_service: str | None
    push_trouble: str
    mail_trouble: str
    refuses: list[str]


class PushTestedDocument(TypedDict):
    """What came of a test message."""

    client_id: int
    ok: bool
    sentence: str


class NoticesDocument(TypedDict):
    """How many messages of a session are in each state."""

    planned: int
    sending: int
    sent: int
    failed: int
    held: int


class SessionDocument(TypedDict):
    """A session in a list."""

    id: int
    service_id: int
    course_id: int | None
    title: str
    kind: str
    staff_id: int | None
    staff: str | None
    room: str
    starts_at: str
    ends_at: str
    booked: int
    capacity: int
    mode: str
    origin: str
    status: str
    link_source: str
    has_link: bool
    notices: NoticesDocument
    notice_by_hand: bool
    notice_too_late: bool
    clash: bool


class DeliveryDocument(TypedDict):
    """One message to one client; `answer` is the server's."""

    id: int
    session_id: int
    booking_id: int
    client: str
    channel: str
    state: str
    due_at: str
    expires_at: str
    sent_at: str | None
    attempt: int
    reason: str
    answer_code: int | None
    answer: str
    on_purpose: bool


class NewsDocument(TypedDict):
    """What a client was told last of a change of the session."""

    what: str
    messages: list[DeliveryDocument]


class ClientLineDocument(TypedDict):
    """A client of a session; `email` and `push` are the newest notice of each channel."""

    booking_id: int
    client_id: int
    client: str
    active: bool
    booked_at: str
    has_email: bool
    has_push: bool
    push_trouble: str
    email: DeliveryDocument | None
    push: DeliveryDocument | None
    old_link: bool
    told: NewsDocument | None


class SessionDetailDocument(SessionDocument, Changed):
    """All that is known of a session."""

    site: str
    service: str
    course: str | None
    notice_at: str
    why_link: str
    masked_link: str | None
    has_password: bool
    link_description: str | None
    details: str
    clashes: list[str]
    clients: list[ClientLineDocument]


class CancelledSessionDocument(SessionDetailDocument):
    """A session that was cancelled, and whom that concerns."""

    clients_booked: int
    already_told: int


class MoveDocument(TypedDict):
    """What a move would do."""

    session_id: int
    starts_at: str
    clients: int
    notice_from: str
    notice_to: str
    notice_by_hand: bool
    warning: str | None
    clashes: list[str]


class EnrolmentDocument(TypedDict):
    """A client's place in a course."""

    id: int
    course_id: int
    client_id: int
    client: str
    status: str
    enrolled_at: str


class CourseDocument(Changed):
    """A course; `link_say` is inherit, typed or none."""

    id: int
    name: str
    service_id: int
    site_id: int
    link_say: str


class CourseDetailDocument(CourseDocument):
    """A course and who is enrolled."""

    enrolments: list[EnrolmentDocument]


class NewCourseDocument(CourseDocument):
    """A course that was made, with the starts of its sessions."""

    starts: list[str]


class BookingDocument(TypedDict):
    """A client's place in a session."""

    booking_id: int
    session_id: int
    client_id: int
    enrolment_id: int | None
    status: str
    booked_at: str
    cancelled_at: str | None


class LinkDocument(TypedDict):
    """A session's link and why it is that one; `url` and `password` are null unless revealed.

    `meeting` says how the meeting stands that the link comes with; null if there is nothing to say.
    """

    session_id: int
    source: str
    why: str
    meeting: str | None
    masked_link: str | None
    has_password: bool
    description: str | None
    url: str | None
    password: str | None


class HostDocument(TypedDict):
    """What starts a session's meeting as its host: a credential that works for a short while."""

    session_id: int
    start_url: str


class MessageDocument(TypedDict):
    """A message that is due, or troubled."""

    delivery_id: int
    session_id: int
    booking_id: int
    title: str
    starts_at: str
    client: str
    channel: str
    due_at: str
    state: str
    why: str


class ReconcileDocument(TypedDict):
    """Sessions checked, ids of those whose messages differed from the plan, and messages repaired."""

    checked: int
    differing: list[int]
    repaired: int


class StatusDocument(TypedDict):
    """What matters now at a site: messages due, failed and held, online sessions of the next 24 hours without a link."""

    due: int
    failed: int
    held: int
    missing_soon: int
    worker_seen_at: str | None
    worker_note: str
    template_note: str


class ImportLineDocument(TypedDict):
    """What became of one event or client of a file."""

    action: str
    uid: str
    line: int
    title: str
    starts_at: str | None
    reason: str


class ImportDocument(TypedDict):
    """An import: how many lines of each action, and the lines."""

    saved: bool
    made: int
    changed: int
    cancelled: int
    unchanged: int
    skipped: int
    note: int
    covered_until: str | None
    lines: list[ImportLineDocument]


class CheckDocument(TypedDict):
    """One line of `doctor`; `ok` is null for a mere fact."""

    name: str
    ok: bool | None
    text: str


class RotationDocument(TypedDict):
    """What changing the key came to."""

    resealed: int
    unreadable: int
    old_keys: int
    source: str


class KeyDocument(TypedDict):
    """A fresh key."""

    key: str


class DoctorDocument(TypedDict):
    """All that `doctor` found."""

    ok: bool
    checks: list[CheckDocument]


def field_names(document: type) -> tuple[str, ...]:
    """The names of a document's fields, in the order in which help texts give them."""
    return tuple(document.__annotations__)
