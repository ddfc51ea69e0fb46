"""What can be done in the outbox about the message under the cursor, or about all that are marked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual import work

from studio_tui.domain.delivery import DeliveryState
from studio_tui.domain.errors import NotPossible
from studio_tui.domain.language import _, ngettext
from studio_tui.domain.outbox import OutboxAct, OutboxLine, cannot, done_words
from studio_tui.domain.spelling import grouped
from studio_tui.tui.desk import StudioScreen
from studio_tui.tui.nouns import counted_messages
from studio_tui.tui.widgets.paged_rows import PagedRows

if TYPE_CHECKING:
    from studio_tui.domain.delivery import DeliveryId

_MOST_TOLD = 4


class OutboxActs(StudioScreen[None]):
    """The acts; what is shown is the screen's."""

    marked: dict[DeliveryId, OutboxLine]

    @property
    def rows(self) -> PagedRows[OutboxLine]:
        """The list."""
        return self.query_one("#rows", PagedRows)

    @property
    def subjects(self) -> Sequence[OutboxLine]:
        """What an act is about: all that is marked, else the message under the cursor."""
        chosen = self.rows.chosen
        return list(self.marked.values()) or ([] if chosen is None else [chosen])

    def may(self, act: OutboxAct) -> bool:
        """Whether there is anything that the act can be done to, as far as the list knows."""
        needs_time = act not in (OutboxAct.HOLD, OutboxAct.CANCEL)
        return any(
            not cannot(act, line.state, line.reason) and not (needs_time and line.over) and not line.past
            for line in self.subjects
        )

    def action_hold(self) -> None:
        """Hold what is planned, or let go what is held by hand."""
        held = [line for line in self.subjects if line.state is DeliveryState.HELD]
        self._act(OutboxAct.RELEASE if held and len(held) == len(self.subjects) else OutboxAct.HOLD)

    def action_send_now(self) -> None:
        """Send it before its time."""
        self._act(OutboxAct.SEND_NOW)

    def action_retry(self) -> None:
        """Try what failed or is held again."""
        self._act(OutboxAct.RETRY)

    def action_resend(self) -> None:
        """Send it to the same client once more."""
        self._act(OutboxAct.RESEND)

    def action_stop(self) -> None:
        """Do not send what waits."""
        self._act(OutboxAct.CANCEL)

    async def read_again(self) -> None:
        """Read what is shown anew."""
        raise NotImplementedError

    def say_refused(self, text: str) -> None:
        """Say below the list what was refused."""
        raise NotImplementedError

    @work(exit_on_error=False, group="act")
    async def _act(self, act: OutboxAct) -> None:
        about = {line.delivery_id: line for line in self.subjects}
        if not about:
            raise NotPossible(_("There is no message to do this to."))
        self.say_refused("")
        actor, ids = self.desk.actor, list(about)
        try:
            report = await self.desk.run(lambda studio: studio.outbox.act(actor, ids, act))
        finally:
            self.marked.clear()
            await self.read_again()
        done, stayed = _done(act, len(report.done), len(report.later)), len(report.refused)
        if len(about) == 1 and report.refused:
            self.say_refused(f"! {report.refused[0][1]}")
        elif report.refused:
            told = [f"  {self.desk.client(about[key].client)}: {error}" for key, error in report.refused[:_MOST_TOLD]]
            more = [_("  and {n} more").format(n=grouped(stayed - _MOST_TOLD))] if stayed > _MOST_TOLD else []
            told.insert(
                0,
                ngettext(
                    "! {done}, but {n} message stayed as before:",
                    "! {done}, but {n} messages stayed as before:",
                    stayed,
                ).format(done=done, n=grouped(stayed)),
            )
            self.say_refused("\n".join([*told, *more]))
        else:
            self.tell(f"{done}.")


def _done(act: OutboxAct, number: int, later: int) -> str:
    """How many messages the act was done to, and what that means for them."""
    if act is not OutboxAct.HOLD:
        return done_words(act, number, later)
    words = ngettext("{messages} held until somebody lets go: Z", "{messages} held until somebody lets go: Z", number)
    return words.format(messages=counted_messages(number))
