"""What the channels and the worker say of a message: kept in English, told in the language of whoever reads it.

It is kept where otherwise a server's own answer is, cleaned and cut like that; so it is no `Phrase`, but known again by
its words. What a server answered stays as it came, also within a sentence of ours.
"""

from __future__ import annotations

import re
from functools import lru_cache

from studio_tui.domain.language import ENGLISH, N_, _, screens_language

SIGN_IN_REFUSED = N_("The mail server {where} refused the sign-in ({code}): {answer}")
SERVER_ANSWERED = N_("The mail server {where} answered {code}: {answer}")
SERVER_UNUSABLE = N_("The mail server {where} cannot be used: {answer}")
SERVER_SILENT = N_("The mail server did not answer within {seconds} s.")
SERVER_CLOSED = N_("The mail server closed the connection.")
SERVER_ENDLESS = N_("The mail server's answer does not end.")
SERVER_STRANGE = N_("The mail server's answer is not SMTP.")
LINE_LOST = N_("Connection lost: {answer}")
LINE_GIVEN_UP = N_("The connection was given up.")
AUTHORITY_UNREAD = N_("The certificate authority {file} cannot be read: {answer}.")
MAILDIR_SHUT = N_("The Maildir {file} cannot be written: {answer}.")
PUSH_UNREACHED = N_("The push server {where} cannot be reached: {answer}.")
PUSH_SILENT = N_("The push server {where} did not answer: {answer}.")
PUSH_ELSEWHERE = N_("The push server points elsewhere: set its final address.")
STOPPED_BEFORE = N_("Sending was stopped.")
STOPPED_WITHIN = N_("Sending was stopped before the answer came.")
PUT_AWAY = N_("Put away: the worker stopped {n} times while it was sending this. Retry it by hand.")
WENT_BACK = N_("bounced: {answer}")
_INTO_MAILDIR = N_("Put into the Maildir.")
"""What was said of a mail without a mail server until there was a clearer sentence; it is still kept with old ones."""

_WITH_PLACES = (
    SIGN_IN_REFUSED,
    SERVER_ANSWERED,
    SERVER_UNUSABLE,
    SERVER_SILENT,
    LINE_LOST,
    AUTHORITY_UNREAD,
    MAILDIR_SHUT,
    PUSH_UNREACHED,
    PUSH_SILENT,
    PUT_AWAY,
    WENT_BACK,
)
_SHAPES = {"where": r"\S+", "code": r"\d+", "seconds": r"\S+", "n": r"\d+", "file": ".+?", "answer": ".*"}


def retold(text: str) -> str:
    """A kept text as the reader reads it: a sentence of ours in their language, anything else as it stands."""
    if not text or screens_language() == ENGLISH:
        return text
    for message in _WITH_PLACES:
        if text.startswith(message.partition("{")[0]) and (found := _pattern(message).fullmatch(text)):
            return _(message).format(**found.groupdict())
    return _(text)


def answer_words(code: int | None, text: str) -> str:
    """What was answered, as its reader reads it, with its code before it; empty if nothing was."""
    return " ".join(str(part) for part in (code, retold(text)) if part)


@lru_cache(len(_WITH_PLACES))
def _pattern(message: str) -> re.Pattern[str]:
    """What a sentence looks like with its places filled."""
    parts = re.split(r"\{(\w+)\}", message)
    shapes = [f"(?P<{part}>{_SHAPES[part]})" if place % 2 else re.escape(part) for place, part in enumerate(parts)]
    return re.compile("".join(shapes), re.DOTALL)
