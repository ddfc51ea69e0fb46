"""What `messages` and `clients bookings` print as JSON; the same promise as that of `documents`."""

from __future__ import annotations

from typing import TypedDict


class KindDocument(TypedDict):
    """What becomes of a kind. `site` and `service` are their own words, null where they say nothing.

    `decided_by` is service, site or nobody: then it goes out by default.
    """

    kind: str
    label: str
    on: bool
    decided_by: str
    site: bool | None
    service: bool | None


class SwitchDocument(TypedDict):
    """What switching did, or would do: `saved` is false for a dry run.

    `stopped` messages that waited will not be sent, to `clients`; `planned` ones will be, `at_once` of them now.
    """

    kind: str
    on: bool | None
    service_id: int | None
    saved: bool
    stopped: int
    clients: int
    planned: int
    at_once: int


class SiteRulesDocument(TypedDict):
    """A site's rules; `reply_to` null: answers go to the address that mails come from."""

    site: str
    reminder_lead_minutes: int
    reply_to: str | None
    hide_links_in_mails: bool
    hide_links_in_area: bool
    version: int


class ServiceRulesDocument(TypedDict):
    """A service's rules; null is as the site says, or no limit."""

    service_id: int
    reminder_lead_minutes: int | None
    free_cancellation_minutes: int | None
    version: int


class MailPreviewDocument(TypedDict):
    """A message that nobody gets: with invented data, or of a session, whose link is masked then.

    `way` is mail or push, which has no `html`. `calendar` is the METHOD of the calendar file that goes with it, empty for
    none. `unmade` says why there is nothing to read.
    """

    kind: str
    way: str
    site: str
    session_id: int | None
    language: str
    subject: str
    text: str
    html: str
    calendar: str
    unmade: str


class AreaBookingDocument(TypedDict):
    """A client's place, as a web page of theirs may show it. `link` is shown, hidden, missing or none (in person).

    `join_url` and `password` are credentials: they are there only if `link` is shown.
    """

    booking_id: int
    session_id: int
    site: str
    title: str
    staff: str | None
    starts_at: str
    ends_at: str
    zone: str
    link: str
    join_url: str | None
    password: str | None
