"""Messages as push notes: short, a notice with its link behind a tap and behind a button."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from studio_tui.channels.message import key_digest
from studio_tui.channels.push_note import PushNote
from studio_tui.domain.errors import NotPossible
from studio_tui.domain.text import safe_display
from studio_tui.domain.wording import Words
from studio_tui.spoken import dates
from studio_tui.storage.outbox_material import Addressee
from studio_tui.storage.outbox_turns import ClaimedRow
from studio_tui.usecases.announcement_texts import News, news_note
from studio_tui.usecases.letters.mail import Draft, Finished, NoAddress
from studio_tui.usecases.letters.notice import Notice
from studio_tui.usecases.letters.written import Written, written_note


class Packer(Protocol):
    """The part of a push service that makes finished messages."""

    def payload(self, note: PushNote, address: str, key: str) -> bytes:
        """As `PushService.payload`."""
        ...


class PushWriter:
    """Messages for clients of one push service."""

    def __init__(self, service: Packer) -> None:
        self._service = service

    def draft(self, notice: Notice, words: Words) -> Draft:
        """Make the note but for whom it is for."""
        when = dates.interval(words.language, notice.starts_at, notice.ends_at, notice.zone)
        lines = [when]
        if notice.leader:
            lines.append(f"{words.leader}: {safe_display(notice.leader)}")
        if notice.link.password:
            lines.append(f"{words.password}: {safe_display(notice.link.password)}")
        if notice.link.description:
            lines.append(safe_display(notice.link.description))
        return _PushDraft(
            self._service,
            PushNote(
                title=words.subject.format(title=safe_display(notice.title)),
                message="\n".join(lines),
                click=notice.link.url,
                action=words.join,
                priority=4,
            ),
        )

    def draft_news(self, news: News, words: Words) -> Draft:
        """Make an announcement's note but for whom it is for."""
        note = news_note(news, words)
        return _PushDraft(self._service, PushNote(title=note.title, message=note.message, priority=4))

    def draft_written(self, written: Written, words: Words) -> Draft:
        """Make the note of a message written by hand but for whom it is for."""
        note = written_note(written, words)
        return _PushDraft(self._service, PushNote(title=note.title, message=note.message, priority=4))


class UnsetPushWriter:
    """Writes nothing: every push message ends as failed, with what to do about it, instead of waiting unseen.

    Args:
        sentence: What to do about it.
    """

    def __init__(self, sentence: str) -> None:
        self._sentence = sentence

    def draft(self, notice: Notice, words: Words) -> Draft:
        """Refuse.

        Raises:
            NotPossible: Always.
        """
        raise NotPossible(self._sentence)

    def draft_news(self, news: News, words: Words) -> Draft:
        """Refuse.

        Raises:
            NotPossible: Always.
        """
        raise NotPossible(self._sentence)

    def draft_written(self, written: Written, words: Words) -> Draft:
        """Refuse.

        Raises:
            NotPossible: Always.
        """
        raise NotPossible(self._sentence)


@dataclass(frozen=True, slots=True, repr=False)
class _PushDraft:
    service: Packer
    note: PushNote

    def finish(self, row: ClaimedRow, addressee: Addressee) -> Finished:
        again = row.crashes > 0
        # An address is its service's: after a change of service it is not one of this channel.
        theirs = addressee.push_topic if addressee.push_channel is row.channel else None
        address = row.recipient if again and row.recipient else theirs
        if not address:
            raise NoAddress("The client has no push address, or it is switched off.")
        return Finished(address, self.service.payload(self.note, address, row.key), key_digest(row.key))
