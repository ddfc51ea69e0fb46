"""Messages as push notes: short, a notice with its link behind a tap and behind a button."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol

from studio_tui.channels.message import key_digest
from studio_tui.channels.push_note import PushNote
from studio_tui.domain.errors import NotPossible
from studio_tui.domain.language import _
from studio_tui.domain.wording import Words
from studio_tui.storage.outbox_material import Addressee
from studio_tui.storage.outbox_turns import ClaimedRow
from studio_tui.usecases.letters.forms import Said, form_of, note_of
from studio_tui.usecases.letters.mail import Draft, Finished, NoAddress
from studio_tui.usecases.letters.template_book import TemplateBook


class Packer(Protocol):
    """The part of a push service that makes finished messages."""

    def payload(self, note: PushNote, address: str, key: str) -> bytes:
        """As `PushService.payload`."""
        ...


class PushWriter:
    """Messages for clients of one push service."""

    def __init__(self, service: Packer, book: TemplateBook | None = None) -> None:
        """`book` has the studio's own words; none if None."""
        self._service = service
        self._book = book or TemplateBook()

    def draft(self, said: Said, words: Words) -> Draft:
        """Make the note but for whom it is for; its words are cut to fit when it is finished."""
        return _PushDraft(self._service, _OwnWords(self._book, said, words))


class UnsetPushWriter:
    """Writes nothing: every push message ends as failed, with what to do about it, instead of waiting unseen.

    Args:
        sentence: What to do about it.
    """

    def __init__(self, sentence: str) -> None:
        self._sentence = sentence

    def draft(self, said: Said, words: Words) -> Draft:
        """Refuse.

        Raises:
            NotPossible: Always.
        """
        raise NotPossible(self._sentence)


class _OwnWords:
    """A push note in the studio's own words where it has some, made anew when they have changed."""

    def __init__(self, book: TemplateBook, said: Said, words: Words) -> None:
        self._book, self._said, self._words = book, said, words
        self._edition = book.edition
        self._note = self._made()

    def note(self) -> PushNote:
        """The note by the templates of now."""
        edition = self._book.edition
        if edition != self._edition:
            self._edition, self._note = edition, self._made()
        return self._note

    def _made(self) -> PushNote:
        note, owner = note_of(self._said, self._words), (self._said.session.site, self._words.language)
        if not self._book.files():
            return note
        template, values = form_of(self._said, self._words, "")
        title = self._book.subject(template, *owner, {**values, "subject": note.title})
        lines = self._book.push(template, *owner, {**values, "subject": title})
        return replace(note, title=title, message=note.message if lines is None else lines)


@dataclass(frozen=True, slots=True, repr=False)
class _PushDraft:
    service: Packer
    words: _OwnWords

    def finish(self, row: ClaimedRow, addressee: Addressee) -> Finished:
        again = row.crashes > 0
        # An address is its service's: after a change of service it is not one of this channel.
        theirs = addressee.push_topic if addressee.push_channel is row.channel else None
        address = row.recipient if again and row.recipient else theirs
        if not address:
            raise NoAddress(_("The client has no push address, or it is switched off."))
        return Finished(address, self.service.payload(self.words.note(), address, row.key), key_digest(row.key))
