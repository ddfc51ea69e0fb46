"""Messages as clients would read them, before any is sent: of an invented session, or of a real one as it is now.

They are made by the very writers that the worker has, so what is shown is what would go out.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from studio_tui.channels.addresses import parse_address
from studio_tui.channels.headers import Mailbox
from studio_tui.channels.push_note import PushNote, as_json
from studio_tui.domain.announcements import Announcement, AnnouncementId, AnnouncementKind
from studio_tui.domain.delivery import Channel, Way
from studio_tui.domain.errors import NotFound, StudioError
from studio_tui.domain.language import _
from studio_tui.domain.links import JoinLink
from studio_tui.domain.messages import DeliveryKind, MessageKind
from studio_tui.domain.people import Site, SiteId, StaffMember
from studio_tui.domain.services import ServiceId
from studio_tui.domain.sessions import SessionId
from studio_tui.domain.wording import Words, words_for
from studio_tui.domain.zones import zone
from studio_tui.storage.outbox_material import Addressee
from studio_tui.storage.outbox_turns import ClaimedRow
from studio_tui.storage.types import to_ms
from studio_tui.storage.unit_of_work import UnitOfWork
from studio_tui.usecases.letters.made import Hold, Made, NotMade, Unfit
from studio_tui.usecases.letters.mail import MailIdentity, MailWriter, Writer
from studio_tui.usecases.letters.push import PushWriter
from studio_tui.usecases.letters.rendering import Renderer
from studio_tui.usecases.letters.shown import Reading, present_link, read_mail, why_held, without_link
from studio_tui.usecases.letters.template_kinds import KINDS
from studio_tui.usecases.letters.template_samples import NAME, sample_said
from studio_tui.usecases.letters.unsubscribing import Unsubscribing
from studio_tui.usecases.resources import Resources

_NEWS = {MessageKind.MOVED: AnnouncementKind.MOVED, MessageKind.CANCELLED: AnnouncementKind.CANCELLED}
_EARLIER = timedelta(hours=2)
"""How much earlier the start was that an example of a moved session tells of."""
_BY = "nobody"


@dataclass(frozen=True, slots=True, kw_only=True)
class MessagePreview:
    """A message that nobody gets.

    Attributes:
        template: The name of its templates, as in `template_kinds.KINDS`.
        language: Whose words it has.
        subject, text: Empty where it cannot be made; `unmade` says why.
        html: A mail's other body; empty for push messages.
        calendar: METHOD of the calendar file that goes with it; empty for none.
        hides_link: A link of the real session stands in it, and is masked.
        refused: Templates of the studio's own that are not used, one sentence each.
    """

    kind: MessageKind
    way: Way
    template: str
    language: str
    session_id: SessionId | None
    subject: str = ""
    text: str = field(default="", repr=False)
    html: str = field(default="", repr=False)
    calendar: str = ""
    hides_link: bool = False
    unmade: str = ""
    refused: tuple[str, ...] = ()


class MessagePreviews:
    """The use cases of looking at messages beforehand. They need no permission: links are masked, and nothing is sent."""

    def __init__(self, resources: Resources) -> None:
        self._resources = resources

    def refused(self, site: Site) -> dict[str, tuple[str, ...]]:
        """What is wrong with the site's own templates, by the name of the templates; those in order are left out."""
        found: dict[str, list[str]] = {}
        for problem in self._resources.templates.problems():
            if problem.path.parent.name in (site.slug, "all"):
                found.setdefault(problem.path.name.partition(".")[0], []).append(str(problem))
        return {name: tuple(sentences) for name, sentences in found.items()}

    def next_session(self, site_id: SiteId, service_id: ServiceId | None = None) -> SessionId | None:
        """The next session of the site, or of one of its services, to show messages of; None if none is to come."""
        now = self._resources.clock()

        return self._resources.read(
            lambda unit: unit.sessions.next_upcoming(now, site_id=site_id, service_id=service_id)
        )

    def show(
        self,
        actor: StaffMember | None,
        site_id: SiteId,
        kind: MessageKind,
        *,
        session_id: SessionId | None = None,
        language: str | None = None,
        way: Way = Way.MAIL,
    ) -> MessagePreview:
        """A message of the kind as a client of the site would get it; nothing is sent or written.

        Args:
            actor: Who looks.
            site_id: Whose templates, name, zone and rules are used.
            kind: Which message.
            session_id: A session of the site to show; None for an invented one.
            language: The reader's; None for the site's.
            way: As mail or as push message.

        Raises:
            NotFound: There is no such site, or no such session of it.
        """
        now = self._resources.clock()

        def work(unit: UnitOfWork) -> MessagePreview:
            site = unit.people.site(site_id)
            words = words_for(language or site.language, site.language)
            name = kind.template
            preview = MessagePreview(
                kind=kind,
                way=way,
                template=name,
                language=words.language,
                session_id=session_id,
                refused=self.refused(site).get(name, ()),
            )
            if name not in KINDS:
                return replace(preview, unmade=_("There are no words for this kind of message."))
            if session_id is None:
                return self._example(preview, site, words)
            return self._real(unit, preview, site, session_id, now)

        return self._resources.read(work)

    def _example(self, preview: MessagePreview, site: Site, words: Words) -> MessagePreview:
        told = _NEWS.get(preview.kind, AnnouncementKind.MOVED)
        said = sample_said(preview.template, site, zone(site.zone), told)
        row, reader = _row(preview, SessionId(0), self._resources.clock()), _reader(words.language)
        try:
            finished = self._writers()[row.channel].draft(said, words).finish(row, reader)
        except StudioError as error:
            return replace(preview, unmade=str(error))
        return _filled(preview, finished.payload, None)

    def _real(
        self, unit: UnitOfWork, preview: MessagePreview, site: Site, session_id: SessionId, now: datetime
    ) -> MessagePreview:
        session = unit.sessions.get(session_id)
        if session.site_id != site.id:
            raise NotFound(_("{site} has no session of that number.").format(site=site.name))
        row, told = _row(preview, session_id, now), None
        if row.announcement_id is not None:
            news = _NEWS.get(preview.kind, AnnouncementKind.WRITTEN)
            told = Announcement(
                id=AnnouncementId(row.announcement_id),
                session_id=session_id,
                kind=news,
                was_at=session.starts_at - _EARLIER if news is AnnouncementKind.MOVED else None,
                made_by=_BY,
                made_at=now,
                subject=_("What you write as subject"),
                body=_("What you write, as many lines as you like."),
            )
        rendered = Renderer(self._resources.vault, self._writers()).made_for(unit, row, _reader(preview.language), told)
        if not isinstance(rendered.came, Made):
            return replace(preview, unmade=_why_not(rendered.came))
        return _filled(preview, rendered.came.parcel.payload, present_link(unit, self._resources.vault, session_id))

    def _writers(self) -> dict[Channel, Writer]:
        sender = parse_address("studio@example.com")
        identity = MailIdentity(sender=Mailbox(sender, ""), message_domain=sender.domain)
        refusals = Unsubscribing(self._resources.vault, self._resources.unsubscribe_url)
        return {
            Channel.EMAIL: MailWriter(identity, self._resources.templates, refusals),
            Channel.PUSH: PushWriter(_Phone(), self._resources.templates),
        }


def _why_not(came: NotMade) -> str:
    if isinstance(came, Hold):
        return why_held(came)
    if isinstance(came, Unfit):
        return came.text
    return _("There is nothing to say: the session is in person.")


def _row(preview: MessagePreview, session_id: SessionId, now: datetime) -> ClaimedRow:
    """A row as the worker would hold it, of a booking that does not exist."""
    is_news = preview.kind in _NEWS or preview.kind is MessageKind.WRITTEN
    return ClaimedRow(
        id=0,
        key="preview",
        channel=Channel.EMAIL if preview.way is Way.MAIL else Channel.PUSH,
        session_id=session_id,
        booking_id=0,
        generation=0,
        lane=0,
        due_at=to_ms(now),
        expires_at=to_ms(now),
        attempt=0,
        crashes=0,
        message_id=None,
        date_ms=to_ms(now),
        recipient=None,
        announcement_id=0 if is_news else None,
        kind=DeliveryKind.NEWS if is_news else DeliveryKind(preview.kind.value),
    )


def _reader(language: str) -> Addressee:
    return Addressee(
        booking_id=0,
        name=NAME,
        email="client@example.com",
        push_topic="preview",
        push_channel=Channel.PUSH,
        language=language,
        email_verified=True,
    )


def _filled(preview: MessagePreview, payload: bytes, link: JoinLink | None) -> MessagePreview:
    shown = _read_push(payload) if preview.way is Way.PUSH else read_mail(payload)
    text, html = (body if link is None else without_link(body, link) for body in (shown.text, shown.html))
    return replace(
        preview,
        subject=shown.subject,
        text=text,
        html=html,
        calendar=shown.calendar,
        hides_link=(text, html) != (shown.text, shown.html),
    )


def _read_push(payload: bytes) -> Reading:
    import json

    note = json.loads(payload)
    lines = [str(note["message"]), *(f"[{note['action']}] {note['click']}" for _each in (1,) if note["click"])]
    return Reading(str(note["title"]), "\n".join(lines))


class _Phone:
    """A push service that keeps a note as it is, to look at."""

    def payload(self, note: PushNote, address: str, key: str) -> bytes:
        """The note, readable."""
        return as_json({"title": note.title, "message": note.message, "click": note.click, "action": note.action})
