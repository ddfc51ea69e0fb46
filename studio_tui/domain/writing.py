"""Messages that a person writes to clients by hand: how long they can be, how many a client gets, and whom they reach."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from studio_tui.domain.errors import InvalidInput
from studio_tui.domain.language import _, ngettext
from studio_tui.domain.reach import Reach
from studio_tui.domain.text import clean_line, clean_text

SUBJECT_LIMIT, BODY_LIMIT = 150, 4_000
MOST = 2
"""So many messages written by hand a client gets within `WINDOW`, over all channels and from all sites."""
WINDOW = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Letter:
    """What was written, fit to be stored and shown."""

    subject: str = field(repr=False)
    body: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Readers:
    """Whom a message reaches. Each client is counted once, in however many of the sessions they have a place.

    Attributes:
        sessions: In how many sessions somebody gets it.
        over: How many sessions were left out because they are over.
        reach: How those are reached who are to get it; for the unreachable ones it is held.
        over_limit: Who had `MOST` messages within `WINDOW` and gets none, by name; kept out of `repr`.
        refused: Who asked not to get such messages, by name.
    """

    sessions: int
    over: int
    reach: Reach
    over_limit: tuple[str, ...] = field(repr=False)
    refused: tuple[str, ...] = field(repr=False)


def checked_letter(subject: str, body: str) -> Letter:
    """The letter, without what a terminal or a mail server could take for something else than text.

    Raises:
        InvalidInput: Something is missing or too long; `field` names what ("subject" or "text").
    """
    letter = Letter(clean_line(subject, SUBJECT_LIMIT, field="subject"), clean_text(body, BODY_LIMIT, field="text"))
    if not letter.subject:
        raise InvalidInput(_("A message needs a subject: type what it is about."), field="subject")
    if not letter.body:
        raise InvalidInput(_("There is no text yet: type what the clients are to read."), field="text")
    return letter


def left_out(readers: Readers, named: Callable[[Sequence[str]], str]) -> Iterator[str]:
    """Who gets no message or not now, and why, in sentences; `named` puts names in a row."""
    if readers.over_limit:
        sentence = _("Had {most} messages in 24 hours and gets none: {names}")
        yield sentence.format(most=MOST, names=named(readers.over_limit))
    if readers.refused:
        yield _("Does not want messages written by hand: {names}").format(names=named(readers.refused))
    for reason in dict.fromkeys(each.reason for each in readers.reach.unreachable):
        names = [each.name for each in readers.reach.unreachable if each.reason == reason]
        yield _("Held, {reason}: {names}").format(reason=_(reason), names=named(names))
    if readers.over:
        sentence = ngettext(
            "{count} session is over and left out.", "{count} sessions are over and left out.", readers.over
        )
        yield sentence.format(count=readers.over)


def why_nobody(readers: Readers) -> str:
    """Why there is nobody to write to, in one sentence; empty if there is somebody."""
    if readers.reach.clients:
        return ""
    if readers.over_limit and readers.refused:
        sentence = _("Nobody would get it: everybody there had {most} messages in 24 hours, or does not want any.")
        return sentence.format(most=MOST)
    if readers.over_limit:
        return _("Nobody would get it: everybody there had {most} messages in 24 hours.").format(most=MOST)
    if readers.refused:
        return _("Nobody would get it: nobody there wants messages written by hand.")
    if readers.over:
        return _("That is over: nobody is written to about a session that has ended.")
    return _("Nobody has a place there: there is nobody to write to.")


def went_words(readers: Readers) -> str:
    """What sending came to, in one sentence."""
    reach = readers.reach
    if not reach.reached:
        return _("Nobody can be reached: the message is held.")
    sentence = ngettext("{count} client gets the message", "{count} clients get the message", reach.reached)
    held = len(reach.unreachable)
    rest = _(", {count} cannot be reached").format(count=held) if held else ""
    limited = (
        _(", {count} had enough messages for today").format(count=len(readers.over_limit)) if readers.over_limit else ""
    )
    return f"{sentence.format(count=reach.reached)}{rest}{limited}."
