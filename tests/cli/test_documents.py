"""The names of JSON fields, as scripts know them: a change here breaks somebody's script."""

from typing import Any

import pytest

from studio_tui.cli import account_documents, documents, message_documents
from tests.builders import SmallStudio
from tests.cli.conftest import Shell

CHANGED = {"version", "changed_by", "changed_at"}
DELIVERY = {
    *("id", "session_id", "booking_id", "client", "channel", "state", "due_at", "expires_at", "sent_at", "attempt"),
    *("reason", "answer_code", "answer", "on_purpose"),
}
CLIENT_LINE = {
    *(
        "booking_id",
        "client_id",
        "client",
        "active",
        "booked_at",
        "has_email",
        "has_push",
        "push_trouble",
        "email",
        "push",
        "old_link",
    ),
    "told",
}
SESSION = {
    *("id", "service_id", "course_id", "title", "kind", "staff_id", "staff", "room", "starts_at", "ends_at", "booked"),
    *("capacity", "mode", "origin", "status", "link_source", "has_link", "notices", "notice_by_hand"),
    *("notice_too_late", "clash"),
}
SESSION_DETAIL = {
    *(*SESSION, *CHANGED, "site", "service", "course", "notice_at", "why_link", "masked_link", "has_password"),
    *("link_description", "details", "clashes", "clients"),
}
COURSE = {"id", "name", "service_id", "site_id", "link_say", *CHANGED}
ENROLMENT = {"id", "course_id", "client_id", "client", "status", "enrolled_at"}
ACCOUNT = {
    *("holder", "staff_id", "kind", "label", "state", "masked_link", "upcoming_sessions", "way", "signed_in_as"),
    *("meetings_at_a_time", "trouble", "paused_until", "meetings_waiting", "meetings_failed", "left_today", *CHANGED),
}
MESSAGE = {
    *("delivery_id", "session_id", "booking_id", "title", "starts_at", "client", "channel", "due_at", "state", "why"),
}
IMPORT_LINE = {"action", "uid", "line", "title", "starts_at", "reason"}
FIELDS: dict[type, set[str]] = {
    documents.SiteDocument: {"id", "slug", "name", "zone", "language", *CHANGED},
    documents.StaffDocument: {"id", "name", "role", "login", "email", "active", "sites", *CHANGED},
    documents.ServiceDocument: {
        *("id", "site_id", "name", "kind", "mode", "sessions_may_change_mode", "capacity", "duration_minutes"),
        *("colour", "active", "has_link", "details", *CHANGED),
    },
    documents.ServiceLinkDocument: {"service_id", "saved", "added", "changed", "kept", "skipped"},
    documents.ClientDocument: {
        *(
            "id",
            "name",
            "email",
            "email_verified",
            "phone",
            "language",
            "has_push",
            "push_service",
            "push_trouble",
            "mail_trouble",
            "refuses",
            *CHANGED,
        ),
    },
    documents.NoticesDocument: {"planned", "sending", "sent", "failed", "held"},
    documents.SessionDocument: SESSION,
    documents.SessionDetailDocument: SESSION_DETAIL,
    documents.CancelledSessionDocument: {*SESSION_DETAIL, "clients_booked", "already_told"},
    documents.MoveDocument: {
        *("session_id", "starts_at", "clients", "notice_from", "notice_to", "notice_by_hand", "warning", "clashes"),
    },
    documents.DeliveryDocument: DELIVERY,
    documents.NewsDocument: {"what", "messages"},
    documents.ClientLineDocument: CLIENT_LINE,
    documents.EnrolmentDocument: ENROLMENT,
    documents.CourseDocument: COURSE,
    documents.CourseDetailDocument: {*COURSE, "enrolments"},
    documents.NewCourseDocument: {*COURSE, "starts"},
    documents.BookingDocument: {
        *("booking_id", "session_id", "client_id", "enrolment_id", "status", "booked_at", "cancelled_at"),
    },
    documents.HostDocument: {"session_id", "start_url"},
    documents.LinkDocument: {
        *("session_id", "source", "why", "meeting", "masked_link", "has_password", "description", "url", "password"),
    },
    account_documents.AccountDocument: ACCOUNT,
    account_documents.DisconnectedDocument: {*ACCOUNT, "sessions", "clients"},
    documents.MessageDocument: MESSAGE,
    account_documents.KindDocument: {"key", "name", "summary", "ways", "fields"},
    account_documents.KindWayDocument: {"key", "label", "hint", "for_staff"},
    account_documents.KindFieldDocument: {"way", "key", "label", "required", "secret", "limit"},
    documents.PushTestedDocument: {"client_id", "ok", "sentence"},
    account_documents.IdentityDocument: {"holder", "kind", "label"},
    account_documents.OldLinkDocument: {
        *("client_id", "client", "booking_id", "session_id", "title", "starts_at", "sent_at", "ready", "on_its_way"),
        "switched_off",
    },
    account_documents.OldLinksDocument: {"sent", "clients"},
    account_documents.ClashedLinkDocument: {
        *("session_id", "title", "starts_at", "other_session_id", "other_title", "other_starts_at", "sentence"),
    },
    documents.StatusDocument: {
        "due",
        "failed",
        "held",
        "missing_soon",
        "worker_seen_at",
        "worker_note",
        "template_note",
    },
    documents.ReconcileDocument: {"checked", "differing", "repaired"},
    documents.ImportLineDocument: IMPORT_LINE,
    documents.ImportDocument: {
        *("saved", "made", "changed", "cancelled", "unchanged", "skipped", "note", "covered_until", "lines"),
    },
    documents.CheckDocument: {"name", "ok", "text"},
    documents.RotationDocument: {"resealed", "unreadable", "old_keys", "source"},
    documents.KeyDocument: {"key"},
    message_documents.KindDocument: {"kind", "label", "on", "decided_by", "site", "service"},
    message_documents.SwitchDocument: {
        *("kind", "on", "service_id", "saved", "stopped", "clients", "planned", "at_once"),
    },
    message_documents.SiteRulesDocument: {
        *("site", "reminder_lead_minutes", "reply_to", "hide_links_in_mails", "hide_links_in_area", "version"),
    },
    message_documents.ServiceRulesDocument: {
        *("service_id", "reminder_lead_minutes", "free_cancellation_minutes", "version"),
    },
    message_documents.MailPreviewDocument: {
        *("kind", "way", "site", "session_id", "language", "subject", "text", "html", "calendar", "unmade"),
    },
    message_documents.AreaBookingDocument: {
        *("booking_id", "session_id", "site", "title", "staff", "starts_at", "ends_at", "zone", "link", "join_url"),
        "password",
    },
    documents.DoctorDocument: {"ok", "checks"},
}
ROME = ("--site", "trastevere")


@pytest.mark.parametrize("document", FIELDS, ids=lambda document: document.__name__)
def test_the_documented_fields_are_those_that_scripts_know(document: type) -> None:
    assert set(documents.field_names(document)) == FIELDS[document]


def test_no_document_is_left_out_here() -> None:
    defined = {
        each
        for module in (documents, account_documents)
        for each in vars(module).values()
        if isinstance(each, type) and each.__module__ == module.__name__
    }

    assert defined - set(FIELDS) == {documents.Changed}


@pytest.mark.parametrize(
    ("argv", "fields"),
    [
        (["sites", "list"], FIELDS[documents.SiteDocument]),
        (["staff", "list"], FIELDS[documents.StaffDocument]),
        (["services", "list", *ROME], FIELDS[documents.ServiceDocument]),
        (["clients", "list"], FIELDS[documents.ClientDocument]),
        (["sessions", "list", *ROME], SESSION),
        (["courses", "list", *ROME], COURSE),
        (["bookings", "list", "1"], CLIENT_LINE),
        (["accounts", "list", *ROME], ACCOUNT),
        (["notices", "plan", *ROME, "--at", "11:00"], MESSAGE),
        (["notices", "list", "--session", "1"], DELIVERY),
    ],
    ids=lambda value: " ".join(value[:2]) if isinstance(value, list) else "",
)
def test_what_a_list_prints_has_exactly_these_fields(
    shell: Shell, small: SmallStudio, argv: list[str], fields: set[str]
) -> None:
    small.connect()
    small.book(small.session())
    small.course()

    printed = shell.json(*argv)

    assert printed
    assert all(set(each) == fields for each in printed)


@pytest.mark.parametrize(
    ("argv", "fields", "inner"),
    [
        (["sessions", "show", "1"], SESSION_DETAIL, ("clients", CLIENT_LINE)),
        (["courses", "show", *ROME, "spring"], {*COURSE, "enrolments"}, ("enrolments", ENROLMENT)),
    ],
)
def test_what_is_shown_has_exactly_these_fields(
    shell: Shell, small: SmallStudio, argv: list[str], fields: set[str], inner: tuple[str, set[str]]
) -> None:
    small.book(small.session())
    course, _ = small.course()
    small.booking.enrol(small.owner, course.id, small.client().id)

    printed = shell.json(*argv)

    assert set(printed) == fields
    assert all(set(each) == inner[1] for each in printed[inner[0]])


@pytest.mark.parametrize("noun", ["sites", "staff", "services", "clients", "sessions", "courses", "bookings", "links"])
def test_the_help_of_a_noun_names_the_fields(shell: Shell, noun: str) -> None:
    assert "fields of --json:" in shell.ok(noun, "--help").out


def _instants(value: Any) -> list[str]:
    """Every value whose key says that it is an instant, however deep."""
    if isinstance(value, dict):
        own = [each for key, each in value.items() if key.endswith("_at") and each is not None]
        return [*own, *(found for each in value.values() for found in _instants(each))]
    return [found for each in value for found in _instants(each)] if isinstance(value, list) else []


def test_every_instant_is_utc_in_whole_seconds(shell: Shell, small: SmallStudio) -> None:
    small.book(small.session())

    found = _instants(shell.json("sessions", "show", "1"))

    assert len(found) == 7
    assert all(len(each) == 20 and each.endswith("Z") and each[10] == "T" for each in found)
