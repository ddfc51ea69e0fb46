"""What a message says, and how each kind of it fills templates and push notes."""

from __future__ import annotations

from typing import NamedTuple

from studio_tui.channels.push_note import PushNote
from studio_tui.domain.messages import DeliveryKind, MessageKind, message_kind
from studio_tui.domain.text import safe_display
from studio_tui.domain.wording import Words
from studio_tui.usecases.letters.news import News, news_note, news_values
from studio_tui.usecases.letters.notice import Notice, notice_subject, notice_values
from studio_tui.usecases.letters.place import AboutPlace, place_note, place_values
from studio_tui.usecases.letters.session_facts import when
from studio_tui.usecases.letters.stopping import BY_ANSWER, Stop
from studio_tui.usecases.letters.written import Written, written_note, written_values

Said = Notice | News | Written | AboutPlace
"""What a message says to everybody whom it is for."""
_IMPORTANT, _USUAL = 4, 3


class Form(NamedTuple):
    """The name of a message's templates, as in `template_kinds.KINDS`, and the values of their placeholders."""

    template: str
    values: dict[str, object]


def form_of(said: Said, words: Words, name: str, stop: Stop = BY_ANSWER) -> Form:
    """How a mail is filled in; `name` is the reader's, or a mark that their name takes the place of.

    `stop` is told by the kinds that clients can refuse.
    """
    match said:
        case Notice():
            return Form("link" if said.changed else "notice", notice_values(said, words, name))
        case News():
            return Form("announcement", news_values(said, words, name))
        case Written():
            return Form("written", written_values(said, words, name, stop))
        case AboutPlace():
            return Form(said.kind.value, place_values(said, words, name, stop))


def kind_of(said: Said) -> MessageKind:
    """What people call such a message."""
    match said:
        case Notice():
            return MessageKind.LINK if said.changed else MessageKind.NOTICE
        case News():
            return message_kind(DeliveryKind.NEWS, said.kind)
        case Written():
            return MessageKind.WRITTEN
        case AboutPlace():
            return message_kind(said.kind)


def note_of(said: Said, words: Words) -> PushNote:
    """The message as a push note: short, with its link, if it shows one, behind a tap and behind a button."""
    match said:
        case Notice():
            return PushNote(
                title=notice_subject(said, words),
                message="\n".join(_notice_lines(said, words)),
                click=said.link.url,
                action=words.join,
                priority=_IMPORTANT,
            )
        case News():
            note = news_note(said, words)
        case Written():
            note = written_note(said, words)
        case _:
            return _place_note(said, words)
    return PushNote(title=note.title, message=note.message, priority=_IMPORTANT)


def _place_note(about: AboutPlace, words: Words) -> PushNote:
    """What can wait rings as usual: only a question and what is taken away are urgent."""
    note = place_note(about, words)
    urgent = about.kind in (DeliveryKind.ATTENDANCE, DeliveryKind.UNBOOKED)
    return PushNote(
        title=note.title,
        message=note.message,
        click="" if about.link is None else about.link.url,
        action="" if about.link is None else words.join,
        priority=_IMPORTANT if urgent else _USUAL,
    )


def _notice_lines(notice: Notice, words: Words) -> list[str]:
    lines = [when(notice.session, words)]
    if notice.session.leader:
        lines.append(f"{words.leader}: {safe_display(notice.session.leader)}")
    if notice.link.password:
        lines.append(f"{words.password}: {safe_display(notice.link.password)}")
    if notice.link.description:
        lines.append(safe_display(notice.link.description))
    return lines
