"""The form of a conference account: its kind first, then only what that kind needs (SPEC A3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from textual import work

from studio_tui.domain.account_kinds import LinkKind
from studio_tui.domain.errors import InvalidInput
from studio_tui.tui.desk import Desk
from studio_tui.tui.link_words import judge_link
from studio_tui.tui.screens.form import Form, Submit
from studio_tui.tui.widgets.form_rows import FormRow, PickRow, TextRow
from studio_tui.tui.wording import counted

if TYPE_CHECKING:
    from studio_tui.domain.account_kinds import ConferenceKind, FormField
    from studio_tui.domain.agenda import AccountLine

_ADDRESS = "url"


@dataclass(frozen=True, slots=True)
class AccountChoice:
    """A filled-in account: the key of its kind, and what that kind asked for. The values are credentials."""

    kind: str
    values: dict[str, str]

    def __repr__(self) -> str:
        return f"AccountChoice(kind={self.kind!r})"


class AccountForm(Form[AccountChoice, bool]):
    """Asks for an account of one of the kinds; every value is judged by its kind while it is typed."""

    HELP_TITLE = "A conference account"

    def __init__(
        self,
        desk: Desk,
        submit: Submit[AccountChoice, bool],
        *,
        line: AccountLine,
        kinds: Sequence[ConferenceKind],
        values: dict[str, str],
    ) -> None:
        """Make the form. `values` is what was typed for the stored account, empty for a new one."""
        super().__init__(desk, submit)
        whose = "the default account" if line.staff_id is None else f"{line.holder}'s own account"
        self.heading = f"{'Add' if line.account is None else 'Change'} {whose}"
        self._line = line
        self._kinds = {kind.key: kind for kind in kinds}
        self._values = values
        stored = None if line.account is None else line.account.kind
        self._kind = self._kinds.get(stored or "", next(iter(self._kinds.values())))

    async def rows(self) -> Sequence[FormRow[Any]]:
        self.foretell(effect_of_connecting(self._line))
        kinds = [(kind.name, kind.key) for kind in self._kinds.values()]
        note = {key: f"{kind.summary}." for key, kind in self._kinds.items()}
        return [PickRow("kind", "Kind", kinds, self._kind.key, note.get), *self._field_rows()]

    def read(self) -> AccountChoice:
        return AccountChoice(self._kind.key, self._typed())

    def edited(self, row: FormRow[Any]) -> None:
        """Another kind asks for other things; what is typed under the same name stays."""
        if row.key == "kind" and row.value != self._kind.key:
            self._values |= self._typed()
            self._kind = self._kinds[row.value]
            self._ask_anew()

    @work(exit_on_error=False, exclusive=True, group="fields")
    async def _ask_anew(self) -> None:
        for row in self.form_rows[1:]:
            await row.remove()
        await self.query_one("#rows").mount(*self._field_rows())

    def _field_rows(self) -> list[FormRow[Any]]:
        return [
            TextRow(
                field.key,
                field.label,
                self._values.get(field.key, ""),
                partial(self._judge, self._kind, field),
                hint=field.hint,
                secret=field.secret,
            )
            for field in self._kind.ways[0].fields
        ]

    def _typed(self) -> dict[str, str]:
        return {row.key: row.value for row in self.form_rows if row.key != "kind"}

    def _judge(self, kind: ConferenceKind, field: FormField, text: str) -> str | None:
        """A note about a value, as its kind sees it beside the others."""
        try:
            if isinstance(kind, LinkKind):
                kind.draft({**self._typed(), field.key: text})
        except InvalidInput as error:
            if error.field == field.key:
                raise
        return judge_link(text, required=False) if field.key == _ADDRESS else None


def effect_of_connecting(line: AccountLine) -> str:
    """What saving an account does (SPEC A1, A2, L3, L4)."""
    if line.staff_id is None:
        whom = "every online session of the site that has no link of its own"
    else:
        whom = f"the online sessions that {line.holder} leads, except courses and links typed by hand"
    if line.account is None or not line.account.serves:
        return f"It will serve {whom}."
    return f"The link changes for {counted(line.upcoming, 'upcoming session')}: {whom}."
