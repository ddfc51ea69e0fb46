"""Messages as they leave: what is alike for everybody of a session is made once, each person's in microseconds."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from studio_tui.channels.addresses import parse_address
from studio_tui.channels.headers import Mailbox
from studio_tui.channels.message import CalendarPart, Letter, Skeleton, key_digest, message_id
from studio_tui.domain.errors import StudioError
from studio_tui.domain.links import JoinLink
from studio_tui.domain.text import safe_display
from studio_tui.domain.wording import Words, spoken_interval
from studio_tui.storage.outbox_material import Addressee
from studio_tui.storage.outbox_turns import ClaimedRow
from studio_tui.storage.types import from_ms
from studio_tui.usecases.announcement_texts import News, news_mail
from studio_tui.usecases.mail_templates import templates_of


class NoAddress(StudioError):
    """The client has no address for the channel."""


class Unverified(StudioError):
    """The client has a mail address that nobody verified: only notices go there (SPEC N3)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What a session's notice says to everybody. Instants are aware UTC.

    Attributes:
        place: The site's name.
        leader: Who leads the session; empty if nobody is named.
        details: For the client, several lines perhaps (SPEC L7).
    """

    title: str
    place: str
    leader: str
    starts_at: datetime
    ends_at: datetime
    zone: ZoneInfo
    link: JoinLink
    details: str


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

    def __init__(self, identity: MailIdentity) -> None:
        self._identity = identity

    def draft(self, notice: Notice, words: Words) -> Draft:
        """Make skeleton and bodies of a session's mails."""
        title = safe_display(notice.title)
        subject = words.subject.format(title=title)
        mark = _mark()
        values = {
            "words": words,
            "subject": subject,
            "title": title,
            "greeting": words.greeting.format(name=mark),
            "intro": words.intro.format(title=title),
            "when": spoken_interval(words, notice.starts_at, notice.ends_at, notice.zone),
            "leader": safe_display(notice.leader),
            "place": safe_display(notice.place),
            "url": notice.link.url,
            "password": safe_display(notice.link.password or ""),
            "note": safe_display(notice.link.description or ""),
            "details": safe_display(notice.details, keep_lines=True),
        }
        text, html = (template.render(values) for template in templates_of("notice"))
        skeleton = self._skeleton(subject, words)
        return _MailDraft(self._identity, skeleton, text.split(mark), html.split(mark))

    def draft_news(self, news: News, words: Words) -> Draft:
        """Make skeleton and bodies of an announcement's mails, which go to verified addresses (SPEC N3)."""
        mark = _mark()
        mail = news_mail(news, words, mark)
        skeleton = self._skeleton(mail.subject, words)
        return _MailDraft(
            self._identity,
            skeleton,
            mail.text.split(mark),
            mail.html.split(mark),
            calendar=self._calendar(news),
            only_verified=True,
        )

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


@dataclass(frozen=True, slots=True)
class _MailDraft:
    identity: MailIdentity
    skeleton: Skeleton
    text: Sequence[str]
    html: Sequence[str]
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
        letter = Letter(
            to=Mailbox(address, name),
            message_id=identity,
            dated_at=from_ms(row.date_ms),
            text=name.join(self.text),
            html=str(escape(name)).join(self.html),
            calendar=self.calendar,
            idempotency=key_digest(row.key) if self.identity.idempotency_header else "",
        )
        return Finished(str(address), self.skeleton.fill(letter), identity)
