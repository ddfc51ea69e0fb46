"""Messages as push notes: short, a notice with its link behind a tap and behind a button."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from studio_tui.channels.message import key_digest
from studio_tui.channels.push_note import PushNote
from studio_tui.domain.errors import NotPossible
from studio_tui.domain.wording import Words
from studio_tui.storage.outbox_material import Addressee
from studio_tui.storage.outbox_turns import ClaimedRow
from studio_tui.usecases.letters.forms import Said, note_of
from studio_tui.usecases.letters.mail import Draft, Finished, NoAddress


class Packer(Protocol):
    """The part of a push service that makes finished messages."""

    def payload(self, note: PushNote, address: str, key: str) -> bytes:
        """As `PushService.payload`."""
        ...


class PushWriter:
    """Messages for clients of one push service."""

    def __init__(self, service: Packer) -> None:
        self._service = service

    def draft(self, said: Said, words: Words) -> Draft:
        """Make the note but for whom it is for."""
        return _PushDraft(self._service, note_of(said, words))


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
