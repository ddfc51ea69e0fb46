"""Asks whether clients are told of a change, with who they are, how they are reached, and what they would read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding

from studio_tui.domain.announcements import telling_words
from studio_tui.domain.errors import NotAllowed
from studio_tui.domain.language import N_, _, ngettext
from studio_tui.tui.desk import AtDesk, Desk
from studio_tui.tui.screens.letter_question import LetterQuestion
from studio_tui.tui.wording import named

if TYPE_CHECKING:
    from studio_tui.domain.announcements import AnnouncementKind, SessionNews
    from studio_tui.usecases.announcing import TellPreview

_LANGUAGES = {"en": N_("English"), "it": N_("Italian"), "es": N_("Spanish")}


async def offer_to_tell(place: AtDesk, kind: AnnouncementKind, changes: Sequence[SessionNews]) -> str:
    """Ask whether to tell the clients of changes that are saved, do so if wished, and say what came of it.

    Call it from background work, after the write. It asks nothing and returns an empty text where there is nobody to
    tell, or where the person who acts may not tell them.

    Args:
        place: The screen that asks.
        kind: What happened.
        changes: The changed sessions.
    """
    actor, desk = place.desk.actor, place.desk
    try:
        preview = await desk.run(lambda studio: studio.announcing.preview(actor, kind, changes))
    except NotAllowed:  # e.g. an instructor who has just given the session to somebody else
        return ""
    if not preview.clients:
        return ""
    if not await place.app.push_screen_wait(TellClients(desk, kind, changes, preview)):
        return _("Nobody was told.")
    told = await desk.run(lambda studio: studio.announcing.announce(actor, kind, changes))
    return telling_words(told.clients, told.reached)


class TellClients(LetterQuestion):
    """Asks whether to tell the clients of a change that is saved already."""

    HELP_TITLE = "Tell the clients?"
    BINDINGS: ClassVar = [
        Binding("y", "answer(True)", "Tell them", id="tell.yes", tooltip="Send the message to these clients, at once"),
        Binding("n", "answer(False)", "Tell nobody", id="tell.no", tooltip="Keep the change, send nothing"),
    ]

    def __init__(
        self, desk: Desk, kind: AnnouncementKind, changes: Sequence[SessionNews], preview: TellPreview
    ) -> None:
        """Make the question. `kind`, `changes`: what happened."""
        super().__init__(desk, subject=preview.subject, text=preview.text)
        self._kind, self._changes, self._preview = kind, changes, preview

    async def look_again(self) -> tuple[str, str] | None:
        actor, kind, changes = self.desk.actor, self._kind, self._changes
        preview = await self.desk.run(lambda studio: studio.announcing.preview(actor, kind, changes))
        if not preview.clients:
            return None
        self._preview = preview
        return preview.subject, preview.text

    def question(self) -> str:
        return question(self._preview)

    def reach(self) -> list[str]:
        return reach_lines(self._preview, self.desk)


def question(preview: TellPreview) -> str:
    """The question itself."""
    return ngettext("Tell the client?", "Tell the {n} clients?", preview.clients).format(n=preview.clients)


def replaced_words(preview: TellPreview) -> str:
    """What becomes of news that wait for the same clients."""
    if preview.replaced == preview.clients:
        return _("It replaces the news that still wait to be sent: only this is sent.")
    words = ngettext(
        "For {n} of them it replaces the news that still wait to be sent.",
        "For {n} of them it replaces the news that still wait to be sent.",
        preview.replaced,
    )
    return words.format(n=preview.replaced)


def reach_lines(preview: TellPreview, desk: Desk) -> list[str]:
    """How the clients are reached, in which languages, and who cannot be."""
    ways = [_("{n} by mail").format(n=preview.by_mail)] if preview.by_mail else []
    ways += [_("{n} by push").format(n=preview.by_push)] if preview.by_push else []
    spoken = sorted(preview.languages.items(), key=lambda each: (-each[1], each[0]))
    languages = ", ".join(f"{_(_LANGUAGES.get(tag, tag))} {count}" for tag, count in spoken)
    lines = [f"{' · '.join(ways)}   ({languages})" if ways else _("Nobody can be reached: the news are held.")]
    for reason in dict.fromkeys(each.reason for each in preview.unreachable):
        names = [desk.client(each.name) for each in preview.unreachable if each.reason == reason]
        lines.append(f"‖ {_(reason)}: {named(names)}")
    if preview.replaced:
        lines.append(replaced_words(preview))
    if preview.sessions > 1:
        lines.append(_("In {n} sessions; this is the first message:").format(n=preview.sessions))
    return lines
