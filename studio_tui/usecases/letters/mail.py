"""Messages as they leave: what is alike for everybody of a session is made once, each person's in microseconds."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Protocol

from studio_tui.channels.addresses import parse_address
from studio_tui.channels.headers import Mailbox
from studio_tui.channels.message import CalendarPart, Letter, Skeleton, key_digest, message_id
from studio_tui.domain.errors import StudioError
from studio_tui.domain.text import safe_display
from studio_tui.domain.wording import Words
from studio_tui.storage.outbox_material import Addressee
from studio_tui.storage.outbox_turns import ClaimedRow
from studio_tui.storage.types import from_ms
from studio_tui.usecases.announcement_texts import News, news_values
from studio_tui.usecases.letters.notice import Notice, notice_values
from studio_tui.usecases.letters.template_book import TemplateBook


class NoAddress(StudioError):
    """The client has no address for the channel."""


class Unverified(StudioError):
    """The client has a mail address that nobody verified: only notices go there (SPEC N3)."""


@dataclass(frozen=True, slots=True)
class Finished:
    """One person's message, ready for its channel."""

    recipient: str
    payload: bytes
    message_id: str


class Draft(Protocol):
    """A notice in one language, but for the person."""

    def finish(self, row: ClaimedRow, addressee: Addressee) -> Finished:
        """The message of one person.

        Raises:
            NoAddress: The client has no address for the channel.
            Unverified: The client's address is not good for this message.
            StudioError: The message cannot be made; the sentence says why.
        """
        ...


class Writer(Protocol):
    """Makes the messages of one channel."""

    def draft(self, notice: Notice, words: Words) -> Draft:
        """Make all of a notice that is alike for everybody."""
        ...

    def draft_news(self, news: News, words: Words) -> Draft:
        """Make all of an announcement that is alike for everybody."""
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

    def __init__(self, identity: MailIdentity, book: TemplateBook | None = None) -> None:
        """`book` has the templates; the built-in ones if None."""
        self._identity = identity
        self._book = book or TemplateBook()

    def draft(self, notice: Notice, words: Words) -> Draft:
        """Make skeleton and bodies of a session's mails."""
        mark = _mark()
        values = notice_values(notice, words, mark)
        pieces = _Pieces(self._book, "notice", notice.site, words.language, values, mark)
        return _MailDraft(self._identity, self._skeleton(str(values["subject"]), words), pieces)

    def draft_news(self, news: News, words: Words) -> Draft:
        """Make skeleton and bodies of an announcement's mails, which go to verified addresses (SPEC N3)."""
        mark = _mark()
        values = news_values(news, words, mark)
        pieces = _Pieces(self._book, "announcement", news.site, words.language, values, mark)
        skeleton = self._skeleton(str(values["subject"]), words)
        return _MailDraft(self._identity, skeleton, pieces, calendar=self._calendar(news), only_verified=True)

    def _calendar(self, news: News) -> CalendarPart | None:
        """The session for the reader's calendar: the same UID for ever, a higher SEQUENCE with each change (SPEC C7)."""
        if news.entry is None:
            return None
        # It costs 60 ms to load, and most workers send notices only.
        from studio_tui.interchange.ics.writer import write_calendar

        sender, entry = self._identity.sender, news.entry
        if entry.cancelled:
            # Staff write links into details, too.
            entry = replace(entry, details="")
        data = write_calendar(
            [entry],
            name=news.place,
            zone=news.zone,
            method="PUBLISH",
            organizer=(sender.name, str(sender.address)),
        )
        return CalendarPart(data)

    def _skeleton(self, subject: str, words: Words) -> Skeleton:
        return Skeleton(
            sender=self._identity.sender,
            subject=subject,
            language=words.language,
            reply_to=self._identity.reply_to,
            idempotency_header=self._identity.idempotency_header,
        )


def _mark() -> str:
    """What nobody can put into a name or a title; the person's name takes its place."""
    return secrets.token_hex(16)


class _Pieces:
    """Both bodies without their readers' names, made anew when a template has changed."""

    def __init__(
        self, book: TemplateBook, kind: str, site: str, language: str, values: Mapping[str, object], mark: str
    ) -> None:
        self._book = book
        self._make = partial(book.bodies, kind, site, language, values)
        self._mark = mark
        self._edition = book.edition
        self._pieces = self._made()

    def of(self) -> tuple[Sequence[str], Sequence[str]]:
        """Text and HTML; a name belongs between each two of a body's pieces."""
        edition = self._book.edition
        if edition != self._edition:
            self._edition, self._pieces = edition, self._made()
        return self._pieces

    def _made(self) -> tuple[Sequence[str], Sequence[str]]:
        bodies = self._make()
        return bodies.text.split(self._mark), bodies.html.split(self._mark)


@dataclass(frozen=True, slots=True)
class _MailDraft:
    identity: MailIdentity
    skeleton: Skeleton
    pieces: _Pieces
    calendar: CalendarPart | None = None
    only_verified: bool = False

    def finish(self, row: ClaimedRow, addressee: Addressee) -> Finished:
        from markupsafe import escape

        again = row.crashes > 0
        recipient = row.recipient if again and row.recipient else addressee.email
        if not recipient:
            raise NoAddress("The client has no mail address.")
        if self.only_verified and not addressee.email_verified:
            raise Unverified("The client's mail address was never verified.")
        address = parse_address(recipient)
        name = safe_display(addressee.name)
        identity = row.message_id or message_id(row.key, self.identity.message_domain)
        text, html = self.pieces.of()
        letter = Letter(
            to=Mailbox(address, name),
            message_id=identity,
            dated_at=from_ms(row.date_ms),
            text=name.join(text),
            html=str(escape(name)).join(html),
            calendar=self.calendar,
            idempotency=key_digest(row.key) if self.identity.idempotency_header else "",
        )
        return Finished(str(address), self.skeleton.fill(letter), identity)
