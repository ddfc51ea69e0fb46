"""Read models: what the calendar, the drawer and the lists show, as frozen values. Instants are aware UTC."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from datetime import datetime

from studio_tui.domain.bookings import BookingId
from studio_tui.domain.clashes import Clash
from studio_tui.domain.conferences import ConferenceAccount, LinkDecision
from studio_tui.domain.delivery import Delivery
from studio_tui.domain.opening import OpeningHours
from studio_tui.domain.people import ClientId, Site, StaffId, StaffMember
from studio_tui.domain.series_words import SeriesPlace
from studio_tui.domain.services import CourseId, Service, ServiceId, ServiceKind
from studio_tui.domain.sessions import Course, SeriesId, Session, SessionId
from studio_tui.domain.workers import Trouble, in_words


@dataclass(frozen=True, slots=True)
class NoticeCounts:
    """How many of a session's deliveries are in each state."""

    planned: int = 0
    sending: int = 0
    sent: int = 0
    failed: int = 0
    held: int = 0

    def __add__(self, other: NoticeCounts) -> NoticeCounts:
        """Both together."""
        return NoticeCounts(*(mine + theirs for mine, theirs in zip(astuple(self), astuple(other), strict=True)))


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarEntry:
    """One block of the calendar.

    Attributes:
        title: The session's own title, else the service's name.
        link: The resolver's decision; its `link` says only that there is one.
        notice_by_hand: The notice time was set by hand.
        notice_too_late: It was, and lies on or after the end (SPEC N9).
        clash: It cannot be as it is: see `clashes` (SPEC L9).
    """

    id: SessionId
    service_id: ServiceId
    course_id: CourseId | None
    staff_id: StaffId | None
    title: str
    kind: ServiceKind
    colour: str
    staff_name: str
    room: str
    starts_at: datetime
    ends_at: datetime
    booked: int
    capacity: int
    online: bool
    occasional: bool
    cancelled: bool
    link: LinkDecision
    notices: NoticeCounts
    notice_by_hand: bool
    notice_too_late: bool
    clash: bool
    series_id: SeriesId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StudioStatus:
    """One line of what matters now at a site.

    Attributes:
        due: Deliveries that are due and not yet sent.
        missing_soon: Online sessions of the next 24 hours that have no link.
        worker_seen_at: When any worker last took a turn; None if none ever did.
        worker_gone: No worker is alive.
        troubles: What keeps the workers from sending, e.g. a password that is refused; empty if all is well.
        template_note: The first of the studio's own mail templates that is refused, and why; empty if none is.
    """

    due: int
    failed: int
    held: int
    missing_soon: int
    worker_seen_at: datetime | None
    worker_gone: bool = False
    troubles: tuple[Trouble, ...] = ()
    template_note: str = ""

    @property
    def worker_note(self) -> str:
        """What keeps the workers from sending, in words; empty if all is well."""
        return in_words(self.troubles)


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """The sessions that share an instant with the days [starts_at, ends_at), mostly a week; by start, then id."""

    site: Site
    starts_at: datetime
    ends_at: datetime
    entries: tuple[CalendarEntry, ...]
    status: StudioStatus


@dataclass(frozen=True, slots=True)
class SiteFacts:
    """What a site has: staff and services (active ones first, then by name), rooms in use by name, and opening hours."""

    staff: tuple[StaffMember, ...] = ()
    rooms: tuple[str, ...] = ()
    hours: tuple[OpeningHours, ...] = ()
    services: tuple[Service, ...] = ()


@dataclass(frozen=True, slots=True)
class NewsLine:
    """What a client was told last of a change of the session: what in words, and its messages, mail first."""

    what: str
    deliveries: tuple[Delivery, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientLine:
    """A client of a session, with the newest notice of each channel.

    Attributes:
        has_push: There is a push address that is not switched off.
        old_link: Was sent a link that changed since (L8).
        push_trouble: Why the push address is switched off; empty if it is not.
    """

    booking_id: BookingId
    client_id: ClientId
    name: str
    active: bool
    booked_at: datetime
    has_email: bool
    has_push: bool
    email: Delivery | None
    push: Delivery | None
    old_link: bool
    news: NewsLine | None = None
    push_trouble: str = ""

    @property
    def messages(self) -> tuple[Delivery, ...]:
        """The notice and the news on every channel, notice first."""
        notices = tuple(each for each in (self.email, self.push) if each is not None)
        return notices + (self.news.deliveries if self.news is not None else ())


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionDetail:
    """All that the drawer shows of one session.

    Attributes:
        why: One sentence: why the session has the link that it has (SPEC §3).
        meeting: How its meeting stands, where there is something to say (SPEC L10).
        masked_link: The link with its secret parts as bullets; None if there is none.
        link_description: The link's description for clients, if any.
        details: Details for the client: its own, else the service's (SPEC L7).
        clients: Active bookings first, then by name.
        clashes: What it gets in the way of, or cannot have; `clash_words` says it in sentences (SPEC L9).
        series: Which one of its series it is, if it is of one.
    """

    site: Site
    session: Session
    service: Service
    course: Course | None
    leader: StaffMember | None
    entry: CalendarEntry
    why: str
    masked_link: str | None
    has_password: bool
    link_description: str | None
    details: str
    clients: tuple[ClientLine, ...]
    clashes: tuple[Clash, ...]
    series: SeriesPlace | None = None
    meeting: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingTally:
    """How the meetings of one account stand.

    Attributes:
        waiting: Still to be made within the horizon.
        failed: Could not be made or changed; they are tried again.
        left: How many its host may still make or change today (UTC), of `limit`; both None where there is no limit.
    """

    waiting: int = 0
    failed: int = 0
    left: int | None = None
    limit: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountLine:
    """One row of "Manage video conferences": whose account, and how many upcoming online sessions it serves.

    Attributes:
        meetings: How its meetings stand, for an account that makes any.
    """

    holder: str
    staff_id: StaffId | None
    account: ConferenceAccount | None
    masked_link: str | None
    upcoming: int
    meetings: MeetingTally | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Accounts:
    """All conference accounts of a site: the default one first, then each staff member by name."""

    site: Site
    default: AccountLine
    staff: tuple[AccountLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OldLinkHolder:
    """A client who was last sent a link that is not the one which their session has now (SPEC L8).

    Attributes:
        ready: The session has a link that can be sent; without one the correction has to wait.
        on_its_way: A message with the new link is about to be sent.
        switched_off: Their session's service tells nobody of a link that changed.
    """

    session_id: SessionId
    booking_id: BookingId
    client_id: ClientId
    client: str
    title: str
    leader: str
    starts_at: datetime
    ends_at: datetime
    sent_at: datetime
    ready: bool
    on_its_way: bool
    switched_off: bool = False

    @property
    def to_correct(self) -> bool:
        """Whether a correction would go to them now."""
        return self.ready and not self.on_its_way and not self.switched_off


@dataclass(frozen=True, slots=True)
class LinkLoss:
    """What a disconnection takes away: upcoming sessions that lose their link, and how many clients they have (SPEC A6)."""

    sessions: int
    clients: int


@dataclass(frozen=True, slots=True)
class ServiceLinkPreview:
    """What setting a service's link does to its upcoming sessions (SPEC L6)."""

    added: int
    changed: int
    kept: int
    skipped: int
