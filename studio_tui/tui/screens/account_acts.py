"""What can be done about a conference account: add, change, disconnect, sign in, test (SPEC A1–A7)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import work

from studio_tui.domain.conferences import AccountState, check_can_add_own
from studio_tui.domain.errors import NotPossible
from studio_tui.domain.language import _
from studio_tui.domain.permissions import check_account
from studio_tui.tui.desk import Desk
from studio_tui.tui.screens.account_words import (
    consequences_of_disconnecting,
    effect_of_another_host,
    holder_of,
    kind_name,
    question_of_disconnecting,
    whose,
)
from studio_tui.tui.screens.list_screen import ListScreen

if TYPE_CHECKING:
    from collections.abc import Sequence

    from studio_tui.domain.account_kinds import ConferenceKind
    from studio_tui.domain.agenda import AccountLine, Accounts
    from studio_tui.domain.conferences import ConferenceAccount
    from studio_tui.domain.providers import DevicePrompt, PastePrompt, SignedIn
    from studio_tui.tui.screens.account_form import AccountChoice


class AccountActs(ListScreen["AccountLine"]):
    """Acts on the account under the cursor. What a provider is asked can be given up with Esc; nothing is lost by it."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.accounts: Accounts | None = None
        self.kinds: Sequence[ConferenceKind] = ()
        self.shown: tuple[str, dict[str, str]] | None = None

    @property
    def default_account(self) -> ConferenceAccount | None:
        """The site's default account, as it was last read."""
        return None if self.accounts is None else self.accounts.default.account

    def enter(self) -> None:
        self.action_change()

    @work(exit_on_error=False, group="opens")
    async def action_change(self) -> None:
        """Open the form of the account under the cursor."""
        if self.chosen is not None:
            await self._open_form(self.chosen)

    @work(exit_on_error=False, group="opens")
    async def action_add(self) -> None:
        """Open the form of a new account for whoever is under the cursor."""
        if self.chosen is not None:
            if self.chosen.account is not None:
                raise NotPossible(_("{whose} is there already: Enter changes it.").format(whose=whose(self.chosen)))
            await self._open_form(self.chosen)

    @work(exit_on_error=False, group="act")
    async def action_sign_in(self) -> None:
        """Sign in again as before; what is missing for it is asked in the form."""
        line = self._line()
        check_account(self.desk.actor, line.staff_id)
        if line.account is None or line.account.sign_in is None:
            raise NotPossible(
                _("{holder} has no account that somebody signs in to: Enter connects one.").format(
                    holder=holder_of(line)
                )
            )
        await self._open_form(line, at_once=line.account.sign_in.stored)

    @work(exit_on_error=False, group="act")
    async def action_test(self) -> None:
        """Ask the provider who is signed in; no link is opened."""
        from studio_tui.tui.screens.waiting import wait_for

        line = self._line()
        check_account(self.desk.actor, line.staff_id)
        if line.account is None:
            raise NotPossible(_("{holder} has no account to test: a adds one.").format(holder=holder_of(line)))
        actor, site_id, staff_id = self.desk.actor, self.desk.site.id, line.staff_id
        name = kind_name(self.kinds, line.account.kind)
        try:
            identity = await wait_for(
                self,
                _("Asking {name} who is signed in…").format(name=name),
                lambda: self.desk.ask(lambda studio: studio.signing_in.test(actor, site_id, staff_id)),
            )
        finally:
            await self.read_again()
        self.tell(_("{name} answers: {label}.").format(name=name, label=identity.label))

    @work(exit_on_error=False, group="opens")
    async def action_disconnect(self) -> None:
        """Disconnect after telling what that takes away (SPEC A6); connect again what is disconnected."""
        line = self._line()
        check_account(self.desk.actor, line.staff_id)
        if line.account is None:
            raise NotPossible(_("{holder} has no account to disconnect: a adds one.").format(holder=holder_of(line)))
        if line.account.serves:
            await self._disconnect(line, line.account)
        else:
            await self._reconnect(line)

    @work(exit_on_error=False, group="act")
    async def action_show_link(self) -> None:
        """Show what is secret of the account under the cursor, or hide it again."""
        line = self.chosen
        if line is None or line.account is None:
            raise NotPossible(_("There is no account here whose link could be shown: a adds one."))
        if line.account.sign_in is not None:
            raise NotPossible(
                _("Every session has a link of its own here: open a session, and L shows its link there.")
            )
        if self.shown is not None and self.shown[0] == key_of(line):
            self.shown = None
        else:
            self.shown = (key_of(line), await self._read_values(line))
        self.show_panel()

    def action_old_links(self) -> None:
        """List the clients who hold an old link: of the site, or of whoever is under the cursor (SPEC L8)."""
        from studio_tui.tui.screens.old_links import OldLinksScreen

        line = self._line()
        self.app.push_screen(OldLinksScreen(self.desk, line.staff_id, line.holder))

    def action_clashes(self) -> None:
        """List the sessions that need one link or one host at the same time (SPEC L9)."""
        from studio_tui.tui.screens.link_clashes import LinkClashesScreen

        self.app.push_screen(LinkClashesScreen(self.desk))

    # Connecting

    async def _open_form(self, line: AccountLine, *, at_once: bool = False) -> None:
        """Refuse what cannot be (SPEC A4, A5) before anything is typed; then ask, save, and tell."""
        from studio_tui.tui.screens.account_form import AccountForm

        check_account(self.desk.actor, line.staff_id)
        self._check_default(line)
        values = {} if line.account is None else await self._read_values(line)

        async def submit(choice: AccountChoice) -> bool:
            try:
                return await self._connect(line, choice)
            finally:
                self.shown = None
                await self.read_again()

        form = AccountForm(
            self.desk,
            submit,
            line=line,
            kinds=self.kinds,
            values=values,
            default=self.default_account,
            at_once=at_once,
        )
        if await self.app.push_screen_wait(form):
            saved = self._line_now(line).account
            if saved is not None and saved.sign_in is not None:
                said = _("{whose} is connected, signed in as {label}. u undoes it.")
                self.tell(said.format(whose=whose(line), label=saved.label))
            else:
                self.tell(_("{whose} is connected. u undoes it.").format(whose=whose(line)))

    async def _connect(self, line: AccountLine, choice: AccountChoice) -> bool:
        from studio_tui.domain.account_kinds import LinkKind

        actor, site_id, staff_id = self.desk.actor, self.desk.site.id, line.staff_id
        account = self._line_now(line).account
        version = None if account is None else account.change.version
        kind = next(kind for kind in self.kinds if kind.key == choice.kind)
        if isinstance(kind, LinkKind):
            await self.desk.run(
                lambda studio: studio.conferencing.connect(
                    actor, site_id, staff_id, choice.kind, choice.values, version=version
                )
            )
            return True
        signed_in = await self._signed_in(line, choice, kind.name)
        await self._agree(line, choice, kind.name, signed_in)
        await self.desk.run(
            lambda studio: studio.signing_in.connect(
                actor,
                site_id,
                staff_id,
                choice.kind,
                choice.way,
                signed_in,
                concurrent=choice.concurrent,
                version=version,
            )
        )
        return True

    async def _signed_in(self, line: AccountLine, choice: AccountChoice, provider: str) -> SignedIn:
        """What signing in brings, with whatever the person has to do for it.

        Raises:
            GivenUp: They did not want to.
            InvalidInput: Naming the row.
            StudioError: The provider refused, or cannot be reached.
        """
        from studio_tui.domain.providers import DevicePrompt, PastePrompt
        from studio_tui.tui.screens.sign_in import DeviceSignIn, PasteSignIn
        from studio_tui.tui.screens.waiting import outcome, wait_for

        actor, site_id, staff_id = self.desk.actor, self.desk.site.id, line.staff_id
        answer: SignedIn | DevicePrompt | PastePrompt = await wait_for(
            self,
            _("Signing in to {provider}…").format(provider=provider),
            lambda: self.desk.ask(
                lambda studio: studio.signing_in.sign_in(
                    actor, site_id, staff_id, choice.kind, choice.way, choice.values
                )
            ),
        )
        if isinstance(answer, DevicePrompt):
            return outcome(await self.app.push_screen_wait(DeviceSignIn(self.desk, answer, provider)))
        if isinstance(answer, PastePrompt):
            return outcome(await self.app.push_screen_wait(PasteSignIn(self.desk, answer, provider)))
        return answer

    async def _agree(self, line: AccountLine, choice: AccountChoice, provider: str, signed_in: SignedIn) -> None:
        """Ask before somebody else's sign-in gives every session another meeting.

        Raises:
            GivenUp: They did not want that; the sign-in is given up.
        """
        from studio_tui.tui.screens.dialogs import Confirm
        from studio_tui.tui.screens.waiting import GivenUp

        before = None if line.account is None else line.account.sign_in
        if before is None or not line.upcoming or before.host == f"{choice.kind}:{signed_in.identity.user_id}":
            return
        question = Confirm(
            self.desk,
            question=_("Change the host?"),
            consequences=effect_of_another_host(line, signed_in.identity.label, provider),
            act=_("Change it"),
        )
        if not await self.app.push_screen_wait(question):
            await self.desk.ask(lambda studio: studio.signing_in.discard(choice.kind, signed_in))
            raise GivenUp(_("The account stays as it was."))

    # Disconnecting

    async def _disconnect(self, line: AccountLine, account: ConferenceAccount) -> None:
        from studio_tui.tui.screens.dialogs import Confirm

        actor, site_id = self.desk.actor, self.desk.site.id
        loss = await self.desk.run(lambda studio: studio.conferencing.preview(actor, site_id, line.staff_id))
        question = Confirm(
            self.desk,
            question=question_of_disconnecting(line),
            consequences=consequences_of_disconnecting(line, loss, self.kinds, account.sign_in),
            act=_("Disconnect it"),
        )
        if await self.app.push_screen_wait(question):
            version = account.change.version
            await self.desk.run(
                lambda studio: studio.conferencing.disconnect(actor, site_id, line.staff_id, version=version)
            )
            await self.read_again()
            self.tell(_("{whose} is disconnected. u undoes it.").format(whose=whose(line)))

    async def _reconnect(self, line: AccountLine) -> None:
        self._check_default(line)
        actor, site_id = self.desk.actor, self.desk.site.id
        saved = await self.desk.run(lambda studio: studio.conferencing.reconnect(actor, site_id, line.staff_id))
        await self.read_again()
        if saved.state is AccountState.NEEDS_SIGN_IN:
            self.tell(
                _("{whose} is connected again; for new links it needs a new sign-in: s. u undoes it.").format(
                    whose=whose(line)
                )
            )
        else:
            self.tell(_("{whose} is connected again, and its links are back. u undoes it.").format(whose=whose(line)))

    # What is known of the line

    def _line(self) -> AccountLine:
        """The line under the cursor.

        Raises:
            NotPossible: There is none.
        """
        if self.chosen is None:
            raise NotPossible(_("There is no line to do this about."))
        return self.chosen

    async def _read_values(self, line: AccountLine) -> dict[str, str]:
        """What was typed for the account: of a sign-in all but its secrets."""
        actor, site_id, staff_id = self.desk.actor, self.desk.site.id, line.staff_id
        if line.account is not None and line.account.sign_in is not None:
            return await self.desk.ask(lambda studio: studio.signing_in.typed(actor, site_id, staff_id))
        return await self.desk.run(lambda studio: studio.conferencing.values(actor, site_id, staff_id))

    def _check_default(self, line: AccountLine) -> None:
        """Refuse an own account while the site has no default one connected (SPEC A4)."""
        if line.staff_id is not None and (line.account is None or not line.account.serves):
            check_can_add_own(line.holder, self.desk.site.name, self.default_account)

    def _line_now(self, line: AccountLine) -> AccountLine:
        """The same line as it was read last."""
        if self.accounts is None:
            return line
        known = (self.accounts.default, *self.accounts.staff)
        return next((each for each in known if each.staff_id == line.staff_id), line)


def key_of(line: AccountLine) -> str:
    """What tells the lines apart."""
    return "default" if line.staff_id is None else f"staff-{line.staff_id}"
