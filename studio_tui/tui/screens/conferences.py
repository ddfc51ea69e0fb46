"""Manage video conferences: the site's default account and each staff member's own one (SPEC §2)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding
from textual.content import Content

from studio_tui.domain.conferences import AccountState
from studio_tui.domain.language import _, ngettext
from studio_tui.domain.terminal import pad, safe_display
from studio_tui.tui.screens.account_acts import AccountActs, key_of
from studio_tui.tui.screens.account_words import account_text, kind_name, panel_text, text_without
from studio_tui.tui.screens.list_screen import Line

if TYPE_CHECKING:
    from studio_tui.domain.agenda import AccountLine

_SIGNS = {AccountState.CONNECTED: "●", AccountState.NEEDS_SIGN_IN: "⚠", AccountState.DISCONNECTED: "○"}
_STYLES = {
    AccountState.CONNECTED: "$text-success",
    AccountState.NEEDS_SIGN_IN: "$text-warning",
    AccountState.DISCONNECTED: "$text-error",
}
_HOLDER, _UPCOMING, _MOST = 18, 14, 60


class ConferencesScreen(AccountActs):
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
        Binding("t", "test", "Test", id="conferences.test", tooltip="Ask the provider who is signed in; opens no link"),
        Binding(
            "H",
            "old_links",
            "Old links",
            id="conferences.old_links",
            tooltip="Clients who hold an old link: of the site, or of whoever is under the cursor",
        ),
        Binding(
            "L", "show_link", "Show link", id="conferences.show_link", tooltip="Show the account's link, or hide it"
        ),
        Binding(
            "s",
            "sign_in",
            "Sign in",
            id="conferences.sign_in",
            show=False,
            tooltip="Sign in again as before, e.g. where the provider does not accept the sign-in any more",
        ),
        Binding(
            "C",
            "clashes",
            "Clashes",
            id="conferences.clashes",
            show=False,
            tooltip="Sessions of the next 14 days that need one link or one host at the same time",
        ),
    ]
    topics = ("account", "staff", "site", "session", "service")

    def title_now(self) -> str:
        return _("Manage video conferences · {site}").format(site=self.desk.site.name)

    async def load(self) -> Sequence[Line[AccountLine]]:
        actor, site_id = self.desk.actor, self.desk.site.id
        accounts, self.kinds = await self.desk.run(
            lambda studio: (studio.conferencing.accounts(actor, site_id), studio.conferencing.kinds())
        )
        self.accounts = accounts
        staff = [Line(key_of(line), line) for line in accounts.staff]
        heading = [Line["AccountLine"]("staff", None)] if staff else []
        return [Line(key_of(accounts.default), accounts.default), *heading, *staff]

    def row(self, line: Line[AccountLine], width: int) -> Content:
        account_line = line.item
        if account_line is None:
            return Content(f"── {_('Staff')} ".ljust(width, "─")).stylize("dim")
        account = account_line.account
        holder = _("Default account") if account_line.staff_id is None else account_line.holder
        words = ngettext("{n} upcoming", "{n} upcoming", account_line.upcoming)
        upcoming = words.format(n=account_line.upcoming) if account_line.upcoming else ""
        room = min(_MOST, max(10, width - _HOLDER - _UPCOMING))
        sign = "–" if account is None else _SIGNS[account.state]
        kind = "" if account is None else kind_name(self.kinds, account.kind)
        text = account_text(account_line, kind, room - 3, default=self.default_account)
        return Content.assemble(
            (pad(safe_display(holder), _HOLDER), "bold" if account_line.staff_id is None else ""),
            (f"{sign} ", "dim" if account is None else _STYLES[account.state]),
            (pad(text, room - 2), "dim" if account is None else ""),
            (upcoming.rjust(_UPCOMING), "dim"),
        )

    def panel(self, item: AccountLine) -> tuple[str, str]:
        title = _("Default account") if item.staff_id is None else item.holder
        if item.account is None:
            return title, text_without(item, self.default_account)
        now, zone = self.desk.now(), self.desk.zone
        return title, panel_text(item, item.account, self.kinds, self._secrets(item), now, zone)

    def _secrets(self, line: AccountLine) -> list[str]:
        """The account's link: bullets until L is pressed (SPEC L11)."""
        if self.shown is None or self.shown[0] != key_of(line) or line.account is None:
            return [_("{link} (L shows it)").format(link=line.masked_link)] if line.masked_link else []
        values = self.shown[1]
        kinds = [kind for kind in self.kinds if kind.key == line.account.kind]
        fields = [field for kind in kinds for way in kind.ways for field in way.fields]
        return [f"{_(field.label)}: {values[field.key]}" for field in fields if values.get(field.key)]
