"""What can be done to the session under the calendar's cursor, beside moving it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import work

from studio_tui.domain.language import _, ngettext
from studio_tui.tui.screens.calendar_series import CalendarSeries
from studio_tui.tui.undoing import newest_edit, tell_newest

if TYPE_CHECKING:
    from studio_tui.domain.agenda import CalendarEntry, SessionDetail
    from studio_tui.domain.sessions import SessionId
    from studio_tui.tui.screens.session_form import SessionForm


class CalendarActs(CalendarSeries):
    """Making, editing, cancelling and bringing back; the link to the clipboard and in sight."""

    @work(exit_on_error=False, group="opens")
    async def action_new(self) -> None:
        from studio_tui.tui.screens.session_form import SessionForm

        slot = self.grid.slot
        if slot is not None:
            form = SessionForm(self.desk, session_id=None, starts_at=self.instant_at(slot))
            await self._fill_in(form)

    def action_edit(self) -> None:
        entry = self.chosen_or_reason(_("to edit"))
        if entry is not None:
            self.edit_session(entry.id)

    @work(exit_on_error=False, group="opens")
    async def edit_session(self, key: SessionId) -> None:
        """Open the form of a session."""
        from studio_tui.tui.screens.scope_dialog import tell_of
        from studio_tui.tui.screens.session_form import SessionForm

        form = SessionForm(self.desk, session_id=key, starts_at=None)
        await self._fill_in(form)
        if form.result is not None and (came := await tell_of(self, form.result)):
            self.tell(came)

    def cancel_marked(self) -> None:
        """Ask, then cancel all that are marked."""
        raise NotImplementedError

    def action_cancel(self) -> None:
        if self.marked:
            self.cancel_marked()
            return
        entry = self.chosen_or_reason(_("to cancel"))
        if entry is not None:
            self.cancel_session(entry.id)

    @work(exit_on_error=False, group="opens")
    async def cancel_session(self, key: SessionId) -> None:
        """Ask, then cancel a session; one that is cancelled is brought back instead."""
        from studio_tui.domain import permissions
        from studio_tui.tui.screens.dialogs import Confirm

        detail = await self.desk.run(lambda studio: studio.calendar.detail(key))
        entry, actor, version = detail.entry, self.desk.actor, detail.session.change.version
        permissions.check(actor, permissions.Act.MANAGE_SESSIONS, leader=detail.session.staff_id)
        back = entry.cancelled
        if detail.series is not None and not back:
            await self.cancel_in_series(detail)
            return
        words = _("Bring back {title}, {when}?") if back else _("Cancel {title}, {when}?")
        question = Confirm(
            self.desk,
            question=words.format(title=entry.title, when=self.when(entry)),
            consequences=_after_restoring(detail) if back else _after_cancelling(detail),
            act=_("Bring the session back") if back else _("Cancel the session"),
        )
        if not await self.app.push_screen_wait(question):
            return
        if back:
            await self.desk.run(lambda studio: studio.scheduling.restore(actor, key, version=version))
            self.tell(_("{title} takes place again. u undoes it.").format(title=entry.title))
        else:
            result = await self.desk.run(lambda studio: studio.scheduling.cancel(actor, key, version=version))
            words = _("{title} is cancelled. u undoes it.")
            if result.already_told:
                words = ngettext(
                    "{title} is cancelled. {n} client had the link already. u undoes it.",
                    "{title} is cancelled. {n} clients had the link already. u undoes it.",
                    result.already_told,
                )
            self.tell(words.format(title=entry.title, n=result.already_told))
        await self.read_again(key)
        await self.offer_to_tell_of(detail.session)

    def action_send_link(self) -> None:
        entry = self.chosen_or_reason(_("to send the link of"))
        if entry is not None:
            self._reveal(entry, send=True)

    def action_show_link(self) -> None:
        entry = self.chosen_or_reason(_("to show the link of"))
        if entry is not None:
            self._reveal(entry, send=False)

    @work(exit_on_error=False)
    async def _reveal(self, entry: CalendarEntry, *, send: bool) -> None:
        from studio_tui.tui.screens.dialogs import Show

        actor = self.desk.actor
        link = await self.desk.run(lambda studio: studio.linking.reveal(actor, entry.id))
        if link is None:
            detail = await self.desk.run(lambda studio: studio.calendar.detail(entry.id))
            words = _("{title} has no link to send. {why}") if send else _("{title} has no link to show. {why}")
            self.explain(words.format(title=entry.title, why=detail.why))
        elif send:
            # The terminal does not say whether it took it, so neither do we.
            self.app.copy_to_clipboard(link.url)
            self.tell(
                _("The link of {title} was sent to the terminal's clipboard. L shows it.").format(title=entry.title)
            )
        else:
            lines = [link.url]
            lines += [_("Password: {password}").format(password=link.password)] if link.password else []
            lines += [link.description] if link.description else []
            await self.app.push_screen_wait(
                Show(
                    self.desk,
                    title=_("Link of {title}, {when}").format(title=entry.title, when=self.when(entry)),
                    lines=lines,
                )
            )

    async def _fill_in(self, form: SessionForm) -> None:
        """Show the form, and say what saving it did."""
        before = await newest_edit(self)
        key = await self.app.push_screen_wait(form)
        if key is not None:
            await self.read_again(key)
            await tell_newest(self, but=before)


def _after_cancelling(detail: SessionDetail) -> list[str]:
    entry = detail.entry
    words = _("{clients} booked. Their places are kept in case it is brought back.")
    lines = [words.format(clients=_clients(entry.booked))]
    waiting = entry.notices.planned + entry.notices.held
    if waiting:
        lines.append(
            ngettext(
                "{n} notice not sent yet will not go out.", "{n} notices not sent yet will not go out.", waiting
            ).format(n=waiting)
        )
    if entry.notices.sent:
        lines.append(
            ngettext("{n} notice was sent already.", "{n} notices were sent already.", entry.notices.sent).format(
                n=entry.notices.sent
            )
        )
    return lines


def _after_restoring(detail: SessionDetail) -> list[str]:
    words = _("{clients} booked. Notices that are still due are planned again.")
    return [words.format(clients=_clients(detail.entry.booked))]


def _clients(count: int) -> str:
    return ngettext("{n} client", "{n} clients", count).format(n=count) if count else _("No clients")
