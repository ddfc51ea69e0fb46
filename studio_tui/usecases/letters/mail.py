"""Messages as they leave: what is alike for everybody of a session is made once, each person's in microseconds."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, Protocol
from zoneinfo import ZoneInfo

from studio_tui.channels.addresses import MailAddress, parse_address
from studio_tui.channels.bodies import Body
from studio_tui.channels.headers import Mailbox
from studio_tui.channels.message import Beginning, CalendarPart, Letter, Skeleton, key_digest, message_id
from studio_tui.domain.errors import StudioError
from studio_tui.domain.language import _
from studio_tui.domain.links import JoinLink
from studio_tui.domain.messages import REFUSABLE
from studio_tui.domain.text import safe_display
from studio_tui.domain.wording import Words
from studio_tui.interchange.exports import ExportedSession
from studio_tui.storage.outbox_material import Addressee
from studio_tui.storage.outbox_turns import ClaimedRow
from studio_tui.storage.types import from_ms
from studio_tui.usecases.letters.forms import Form, Said, form_of, kind_of
from studio_tui.usecases.letters.notice import Notice
from studio_tui.usecases.letters.stopping import BY_ANSWER, Stop
from studio_tui.usecases.letters.template_book import TemplateBook
from studio_tui.usecases.letters.unsubscribing import Unsubscribing
from studio_tui.usecases.letters.written import Written

if TYPE_CHECKING:
    from studio_tui.interchange.ics.invitation import Invitation


class NoAddress(StudioError):
    """The client has no address for the channel."""


class Unverified(StudioError):
    """The client has a mail address that nobody verified: only notices go there (SPEC N3)."""


@dataclass(frozen=True, slots=True)
class Finished:
    """One person's message, ready for its channel.

    Attributes:
        recipient: The mail address, or the address that the push service knows.
        payload: A whole mail, or the body of a request.
        message_id: Fixed for ever by the row's key, so that a repeat can be told (WORKER §3).
    """

    recipient: str
    payload: bytes
    message_id: str


class Draft(Protocol):
    """A message in one language, but for the person."""

    def finish(self, row: ClaimedRow, addressee: Addressee) -> Finished:
        """The message of one person: `row` says with which link, and after how many changes of it (SPEC C7).

        Raises:
            NoAddress: The client has no address for the channel.
            Unverified: The client's address is not good for this message.
            StudioError: The message cannot be made; the sentence says why.
        """
        ...


class Writer(Protocol):
    """Makes the messages of one channel."""

    def draft(self, said: Said, words: Words) -> Draft:
        """Make all of a message that is alike for everybody.

        Raises:
            StudioError: There can be no such message; the sentence says why.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class MailIdentity:
    """Who mails come from.

    Attributes:
        message_domain: Right of the @ in Message-IDs.
        idempotency_header: Name of the header by which the relay recognises a repeat, if it knows one.
    """

    sender: Mailbox
    message_domain: str
    reply_to: Mailbox | None = None
    idempotency_header: str = ""


class MailWriter:
    """Messages as mails with a text and an HTML body."""

    def __init__(
        self, identity: MailIdentity, book: TemplateBook | None = None, unsubscribing: Unsubscribing | None = None
    ) -> None:
        """`book` has the templates, the built-in ones if None; `unsubscribing` says how clients refuse mails."""
        self._identity = identity
        self._unsubscribing = unsubscribing
        self._book = book or TemplateBook()

    def draft(self, said: Said, words: Words) -> Draft:
        """Make skeleton, bodies and calendar file of a message; all but notices go to verified addresses (SPEC N3).

        Raises:
            BadAddress: The site's address for answers is none.
        """
        sender = replace(self._identity.sender, name=self._identity.sender.name or safe_display(said.session.place))
        reply_to = Mailbox(parse_address(said.session.reply_to)) if said.session.reply_to else self._identity.reply_to
        marks = _Marks(_mark(), _mark())
        refusal = self._refusal(said, (reply_to or sender).address)
        by_mail = self._unsubscribing is None or self._unsubscribing.by_mail
        stop = BY_ANSWER if refusal is None else Stop(marks.stop, by_mail)
        form = form_of(said, words, marks.name, stop)

        def skeleton(subject: str) -> Skeleton:
            return Skeleton(
                sender=sender,
                subject=subject,
                language=words.language,
                reply_to=reply_to,
                idempotency_header=self._identity.idempotency_header,
            )

        return _MailDraft(
            self._identity,
            _Frame(self._book, form, said.session.site, words.language, marks, skeleton),
            *_calendars(said, sender),
            only_verified=not isinstance(said, Notice),
            refusal=refusal,
        )

    def _refusal(self, said: Said, desk: MailAddress) -> Callable[[int], str] | None:
        """Where a client, by id, refuses such mails; None if nobody can."""
        kind = kind_of(said)
        if self._unsubscribing is None or kind not in REFUSABLE:
            return None
        return partial(self._unsubscribing.address, kind=kind, desk=desk)


def _calendars(said: Said, sender: Mailbox) -> tuple[_Invited | None, _Invited | None]:
    """The calendar file without and with the link; None for mails that change nothing in the reader's calendar."""
    session = said.session
    if isinstance(said, Written) or session.entry is None:
        return None, None
    joinable = _invited(session.entry, session.zone, said.link, sender)
    if isinstance(said, Notice) or said.link is None:
        return joinable, joinable
    return _invited(session.entry, session.zone, None, sender), joinable


def _invited(entry: ExportedSession, zone: ZoneInfo, link: JoinLink | None, sender: Mailbox) -> _Invited:
    """The session for the reader's calendar: the same UID for ever, a higher SEQUENCE with each change (SPEC C7)."""
    # It costs 60 ms to load, which no screen that shows a message should wait for.
    from studio_tui.interchange.ics.invitation import invitation

    if link is not None:
        entry = replace(entry, conference=link.url, password=link.password)
    return _Invited(invitation(entry, zone, (sender.name, str(sender.address))))


def _mark() -> str:
    """What nobody can put into a name or a title; a person's own words take its place."""
    return secrets.token_hex(16)


class _Marks(NamedTuple):
    """In whose places the reader's name belongs, and the address where they refuse such mails."""

    name: str
    stop: str

    def body(self, text: str) -> Body:
        """The text as a body with those places."""
        pieces: list[str] = []
        places: list[int] = []
        # Not by a pattern: the marks differ from draft to draft, and reading one takes longer than filling a template.
        for before in text.split(self.name):
            first, *others = before.split(self.stop)
            places += [self.index(self.name)] * bool(pieces) + [self.index(self.stop)] * len(others)
            pieces += [first, *others]
        return Body(pieces, places)


class _Invited:
    """A session's calendar file but for the person, its beginning encoded."""

    def __init__(self, file: Invitation) -> None:
        self.file = file
        self.begins = Beginning(file.head)


class _Templated(NamedTuple):
    """What templates made of a mail: the reader's name belongs into the places of both bodies."""

    skeleton: Skeleton
    text: Body
    html: Body


class _Frame:
    """A mail without its reader's name, made anew when a template has changed."""

    def __init__(
        self,
        book: TemplateBook,
        form: Form,
        site: str,
        language: str,
        marks: _Marks,
        skeleton: Callable[[str], Skeleton],
    ) -> None:
        self._book, self._form, self._owner, self._marks, self._skeleton = book, form, (site, language), marks, skeleton
        self._edition = book.edition
        self._templated = self._made()

    def templated(self) -> _Templated:
        """The mail by the templates of now."""
        edition = self._book.edition
        if edition != self._edition:
            self._edition, self._templated = edition, self._made()
        return self._templated

    def _made(self) -> _Templated:
        template, values = self._form
        subject = self._book.subject(template, *self._owner, values)
        bodies = self._book.bodies(template, *self._owner, {**values, "subject": subject})
        text, html = (self._marks.body(body) for body in bodies)
        return _Templated(self._skeleton(subject), text, html)


@dataclass(frozen=True, slots=True)
class _MailDraft:
    """A mail but for the person.

    Attributes:
        joinable: The calendar file of whoever's mail goes with the link.
        refusal: Where a client, by id, refuses such mails.
    """

    identity: MailIdentity
    frame: _Frame
    invitation: _Invited | None
    joinable: _Invited | None
    only_verified: bool = False
    refusal: Callable[[int], str] | None = None

    def finish(self, row: ClaimedRow, addressee: Addressee) -> Finished:
        from markupsafe import escape

        again = row.crashes > 0
        recipient = row.recipient if again and row.recipient else addressee.email
        if not recipient:
            raise NoAddress(_("The client has no mail address."))
        if self.only_verified and not addressee.email_verified:
            raise Unverified(_("The client's mail address was never verified."))
        address = parse_address(recipient)
        name = safe_display(addressee.name)
        identity = row.message_id or message_id(row.key, self.identity.message_domain)
        mail = self.frame.templated()
        stop = self.refusal(addressee.client_id) if self.refusal else ""
        letter = Letter(
            to=Mailbox(address, name),
            message_id=identity,
            dated_at=from_ms(row.date_ms),
            text=mail.text.of(name, stop),
            html=mail.html.of(str(escape(name)), str(escape(stop))),
            unsubscribe=stop,
            calendar=self._calendar(row, name, str(address)),
            idempotency=key_digest(row.key) if self.identity.idempotency_header else "",
        )
        return Finished(str(address), mail.skeleton.fill(letter), identity)

    def _calendar(self, row: ClaimedRow, name: str, address: str) -> CalendarPart | None:
        invited = self.invitation if row.link_digest is None else self.joinable
        if invited is None:
            return None
        said_at = from_ms(row.date_ms)
        rest = invited.file.rest(name, address, stamped_at=said_at, link_changes=row.link_changes)
        return CalendarPart(rest, invited.file.method, begins=invited.begins)
