"""Manage video conferences: the site's default account and each staff member's own one (SPEC §2)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.binding import Binding
from textual.content import Content

from studio_tui.domain.conferences import AccountState, check_can_add_own
from studio_tui.domain.errors import NotPossible
from studio_tui.domain.permissions import check_account
from studio_tui.domain.terminal import cell_width, pad, safe_display
from studio_tui.tui.desk import Desk
from studio_tui.tui.screens.list_screen import Line, ListScreen
from studio_tui.tui.wording import counted, effect_of_disconnecting, written_text

if TYPE_CHECKING:
    from studio_tui.domain.account_kinds import ConferenceKind
    from studio_tui.domain.agenda import AccountLine, Accounts
    from studio_tui.domain.conferences import ConferenceAccount
    from studio_tui.tui.screens.account_form import AccountChoice

_SIGNS = {AccountState.CONNECTED: "●", AccountState.NEEDS_SIGN_IN: "⚠", AccountState.DISCONNECTED: "○"}
_STYLES = {
    AccountState.CONNECTED: "$text-success",
    AccountState.NEEDS_SIGN_IN: "$text-warning",
    AccountState.DISCONNECTED: "$text-error",
}
_HOLDER, _UPCOMING, _MOST = 18, 14, 60


class ConferencesScreen(ListScreen["AccountLine"]):
    """Whose account serves which sessions, how each stands, and what can be done about it."""

    HELP_TITLE = "Video conferences"
    HELP_SIGNS: ClassVar = {
        "●": "connected",
        "⚠": "needs a new sign-in",
        "○": "disconnected",
        "–": "no account of their own",
    }

    BINDINGS: ClassVar = [
        Binding("enter", "change", "Change", id="conferences.change", tooltip="Add the account, or change it"),
        Binding("a", "add", "Add", id="conferences.add", tooltip="Add an account"),
        Binding(
            "d,delete",
            "disconnect",
            "Disconnect",
            id="conferences.disconnect",
            tooltip="Disconnect it, or connect it again",
        ),
        Binding(
            "L", "show_link", "Show link", id="conferences.show_link", tooltip="Show the account's link, or hide it"
        ),
    ]
    topics = ("account", "staff", "site", "session", "service")

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.title_text = f"Manage video conferences · {desk.site.name}"
        self._accounts: Accounts | None = None
        self._kinds: tuple[ConferenceKind, ...] = ()
        self._shown: tuple[str, dict[str, str]] | None = None

    # -- what is shown ---------------------------------------------------------------------------------------------

    async def load(self) -> Sequence[Line[AccountLine]]:
        actor, site_id = self.desk.actor, self.desk.site.id
        accounts, self._kinds = await self.desk.run(
            lambda studio: (studio.conferencing.accounts(actor, site_id), studio.conferencing.kinds())
        )
        self._accounts = accounts
        staff = [Line(_key(line), line) for line in accounts.staff]
        heading = [Line["AccountLine"]("staff", None)] if staff else []
        return [Line(_key(accounts.default), accounts.default), *heading, *staff]

    def row(self, line: Line[AccountLine], width: int) -> Content:
        account_line = line.item
        if account_line is None:
            return Content("── Staff ".ljust(width, "─")).stylize("dim")
        account = account_line.account
        holder = "Default account" if account_line.staff_id is None else account_line.holder
        upcoming = f"{account_line.upcoming} upcoming" if account_line.upcoming else ""
        room = min(_MOST, max(10, width - _HOLDER - _UPCOMING))
        sign = "–" if account is None else _SIGNS[account.state]
        return Content.assemble(
            (pad(safe_display(holder), _HOLDER), "bold" if account_line.staff_id is None else ""),
            (f"{sign} ", "dim" if account is None else _STYLES[account.state]),
            (pad(safe_display(self._what(account_line, room - 3)), room - 2), "dim" if account is None else ""),
            (upcoming.rjust(_UPCOMING), "dim"),
        )

    def panel(self, item: AccountLine) -> tuple[str, str]:
        title = "Default account" if item.staff_id is None else item.holder
        account = item.account
        if account is None:
            return title, self._without(item)
        written = written_text(account.change, self.desk.now(), self.desk.zone)
        lines = [f"{self._kind_name(account)}, {account.state.label} · {written}"]
        lines += self._secrets(item)
        if account.state is AccountState.DISCONNECTED:
            lines.append(_DISCONNECTED_DEFAULT if item.staff_id is None else _DISCONNECTED_OWN)
        elif account.state is AccountState.NEEDS_SIGN_IN:
            lines.append("⚠ Links that exist keep working; new ones wait for the next sign-in (Enter).")
        else:
            serves = counted(item.upcoming, "upcoming session")
            rest = "." if item.staff_id is None else " that this person leads; courses use the default account."
            lines.append(f"Serves {serves}{rest}")
        return title, "\n".join(lines)

    # -- acts ------------------------------------------------------------------------------------------------------

    def enter(self) -> None:
        self.action_change()

    @work(exit_on_error=False, group="act")
    async def action_change(self) -> None:
        """Open the form of the account under the cursor."""
        if self.chosen is not None:
            await self._open_form(self.chosen)

    @work(exit_on_error=False, group="act")
    async def action_add(self) -> None:
        """Open the form of a new account for whoever is under the cursor."""
        if self.chosen is not None:
            if self.chosen.account is not None:
                raise NotPossible(f"{_whose(self.chosen)} is there already: Enter changes it.")
            await self._open_form(self.chosen)

    @work(exit_on_error=False, group="act")
    async def action_disconnect(self) -> None:
        """Disconnect after telling what that takes away (SPEC A6); connect again what is disconnected."""
        line = self.chosen
        if line is None:
            return
        check_account(self.desk.actor, line.staff_id)
        if line.account is None:
            raise NotPossible(f"{_holder(line)} has no account to disconnect: a adds one.")
        if line.account.serves:
            await self._disconnect(line, line.account)
        else:
            await self._reconnect(line)

    @work(exit_on_error=False, group="act")
    async def action_show_link(self) -> None:
        """Show what is secret of the account under the cursor, or hide it again."""
        line = self.chosen
        if line is None or line.account is None:
            raise NotPossible("There is no account here whose link could be shown: a adds one.")
        if self._shown is not None and self._shown[0] == _key(line):
            self._shown = None
        else:
            self._shown = (_key(line), await self._read_values(line))
        self.show_panel()

    async def _open_form(self, line: AccountLine) -> None:
        """Refuse what cannot be (SPEC A4, A5) before anything is typed; then ask, save, and tell."""
        from studio_tui.tui.screens.account_form import AccountForm

        check_account(self.desk.actor, line.staff_id)
        self._check_default(line)
        values = {} if line.account is None else await self._read_values(line)
        site_id = self.desk.site.id

        async def submit(choice: AccountChoice) -> bool:
            actor, now = self.desk.actor, self._line_now(line)
            version = None if now.account is None else now.account.change.version
            try:
                await self.desk.run(
                    lambda studio: studio.conferencing.connect(
                        actor, site_id, line.staff_id, choice.kind, choice.values, version=version
                    )
                )
            finally:
                self._shown = None
                await self.read_again()
            return True

        form = AccountForm(self.desk, submit, line=line, kinds=self._kinds, values=values)
        if await self.app.push_screen_wait(form):
            self.tell(f"{_whose(line)} is connected. u undoes it.")

    async def _disconnect(self, line: AccountLine, account: ConferenceAccount) -> None:
        from studio_tui.tui.screens.dialogs import Confirm

        actor, site_id = self.desk.actor, self.desk.site.id
        loss = await self.desk.run(lambda studio: studio.conferencing.preview(actor, site_id, line.staff_id))
        question = Confirm(
            self.desk,
            question=f"Disconnect {_whose(line, first=False)}?",
            consequences=[
                effect_of_disconnecting(loss, default=line.staff_id is None),
                "Nothing is deleted: connecting it again brings all links back.",
            ],
            act="Disconnect it",
        )
        if await self.app.push_screen_wait(question):
            version = account.change.version
            await self.desk.run(
                lambda studio: studio.conferencing.disconnect(actor, site_id, line.staff_id, version=version)
            )
            await self.read_again()
            self.tell(f"{_whose(line)} is disconnected. u undoes it.")

    async def _reconnect(self, line: AccountLine) -> None:
        self._check_default(line)
        actor, site_id = self.desk.actor, self.desk.site.id
        await self.desk.run(lambda studio: studio.conferencing.reconnect(actor, site_id, line.staff_id))
        await self.read_again()
        self.tell(f"{_whose(line)} is connected again, and its links are back. u undoes it.")

    async def _read_values(self, line: AccountLine) -> dict[str, str]:
        actor, site_id = self.desk.actor, self.desk.site.id
        return await self.desk.run(lambda studio: studio.conferencing.values(actor, site_id, line.staff_id))

    # -- words -----------------------------------------------------------------------------------------------------

    def _check_default(self, line: AccountLine) -> None:
        """Refuse an own account while the site has no default one connected (SPEC A4)."""
        if line.staff_id is not None and self._accounts is not None and not (line.account and line.account.serves):
            check_can_add_own(line.holder, self._accounts.site.name, self._accounts.default.account)

    def _line_now(self, line: AccountLine) -> AccountLine:
        """The line as it was read last."""
        known = () if self._accounts is None else (self._accounts.default, *self._accounts.staff)
        return next((each for each in known if each.staff_id == line.staff_id), line)

    def _kind_name(self, account: ConferenceAccount) -> str:
        return next((kind.name for kind in self._kinds if kind.key == account.kind), account.kind)

    def _what(self, line: AccountLine, width: int) -> str:
        """The account in a line; where that is narrow, how it stands is kept longest."""
        account = line.account
        if account is not None:
            parts = [self._kind_name(account), account.label, account.state.label]
            while len(parts) > 1 and cell_width(" · ".join(parts)) > width:
                parts.pop(0)
            return " · ".join(parts)
        if line.staff_id is None:
            return "none: typed links and services' links only"
        default = None if self._accounts is None else self._accounts.default.account
        return "uses the default account" if default is not None and default.serves else "no account"

    def _without(self, line: AccountLine) -> str:
        if line.staff_id is None:
            return "One account for every online session of the site that has no link of its own. a adds it."
        default = None if self._accounts is None else self._accounts.default.account
        if default is None or not default.serves:
            return f"An own account needs a connected default account first; then {line.holder} can have one."
        return f"The online sessions that {line.holder} leads use the default account. a adds an own one."

    def _secrets(self, line: AccountLine) -> list[str]:
        """The account's link: bullets until L is pressed (SPEC L11)."""
        if self._shown is None or self._shown[0] != _key(line) or line.account is None:
            return [f"{line.masked_link} (L shows it)"] if line.masked_link else []
        values = self._shown[1]
        kinds = [kind for kind in self._kinds if kind.key == line.account.kind]
        fields = [field for kind in kinds for way in kind.ways for field in way.fields]
        return [f"{field.label}: {values[field.key]}" for field in fields if values.get(field.key)]


_DISCONNECTED_DEFAULT = (
    "⚠ No join link is shown or sent for any session of the site, also where one was typed by hand or a person has an "
    "own account. d connects it again, and all links come back."
)
_DISCONNECTED_OWN = "Its sessions use the default account. d connects it again."


def _key(line: AccountLine) -> str:
    return "default" if line.staff_id is None else f"staff-{line.staff_id}"


def _holder(line: AccountLine) -> str:
    return "The site" if line.staff_id is None else line.holder


def _whose(line: AccountLine, *, first: bool = True) -> str:
    if line.staff_id is not None:
        return f"{line.holder}'s account"
    return f"{'The' if first else 'the'} default account"
