"""The form of a conference account: its kind first, then the way to connect it, then only what that way needs (SPEC A3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from textual import work

from studio_tui.domain.account_kinds import LinkKind, checked_value
from studio_tui.domain.conferences import AccountState
from studio_tui.domain.errors import InvalidInput
from studio_tui.domain.language import _, ngettext
from studio_tui.domain.providers import MeetingKind
from studio_tui.tui.desk import Desk
from studio_tui.tui.link_words import judge_link
from studio_tui.tui.nouns import counted_upcoming
from studio_tui.tui.screens.form import Form, Submit
from studio_tui.tui.widgets.form_rows import FormRow, PickRow, TextRow

if TYPE_CHECKING:
    from studio_tui.domain.account_kinds import ConferenceKind, ConnectWay, FormField
    from studio_tui.domain.agenda import AccountLine
    from studio_tui.domain.conferences import ConferenceAccount

_ADDRESS = "url"
_CONCURRENT = "concurrent"
_PICKED = ("kind", "way")


@dataclass(frozen=True, slots=True)
class AccountChoice:
    """A filled-in account: the keys of its kind and way, and what that way asked for. The values are credentials.

    Attributes:
        concurrent: How many meetings its host can run at a time; None where that is not asked.
    """

    kind: str
    values: dict[str, str]
    way: str = ""
    concurrent: int | None = None

    def __repr__(self) -> str:
        return f"AccountChoice(kind={self.kind!r}, way={self.way!r})"


class AccountForm(Form[AccountChoice, bool]):
    """Asks for an account of one of the kinds; every value is judged while it is typed."""

    HELP_TITLE = "A conference account"

    def __init__(
        self,
        desk: Desk,
        submit: Submit[AccountChoice, bool],
        *,
        line: AccountLine,
        kinds: Sequence[ConferenceKind],
        values: Mapping[str, str],
        default: ConferenceAccount | None = None,
        at_once: bool = False,
    ) -> None:
        """Make the form.

        Args:
            desk: The desk.
            submit: Connects the account.
            line: Whose account it is.
            kinds: What can be chosen.
            values: What was typed for the stored account, but for secrets of a sign-in; empty for a new one.
            default: The site's default account, which some ways borrow.
            at_once: Try what is stored before anything is typed.
        """
        super().__init__(desk, submit)
        self.heading = _heading(line)
        self._line = line
        self._kinds = {kind.key: kind for kind in kinds}
        self._values = dict(values)
        self._default = default
        self._at_once = at_once
        account = line.account
        stored = None if account is None else account.kind
        self._kind = self._kinds.get(stored or "", next(iter(self._kinds.values())))
        self._way = self._first_way(account.sign_in.way if account is not None and account.sign_in else "")

    async def rows(self) -> Sequence[FormRow[Any]]:
        self._foretell()
        kinds = [(_(kind.name), kind.key) for kind in self._kinds.values()]
        return [PickRow("kind", "Kind", kinds, self._kind.key, self._about_kind), *self._rows_of_kind()]

    def read(self) -> AccountChoice:
        concurrent = self.text(_CONCURRENT)
        return AccountChoice(self._kind.key, self._typed(), self._way.key, int(concurrent) if concurrent else None)

    def focus_first(self) -> None:
        super().focus_first()
        if self._at_once:
            self._at_once = False
            self.call_after_refresh(self.action_save)

    def edited(self, row: FormRow[Any]) -> None:
        """Another kind or way asks for other things; what is typed under the same name stays."""
        if row.key == "kind" and row.value != self._kind.key:
            self._values |= self._typed()
            self._kind = self._kinds[row.value]
            self._way = self._first_way(self._way.key)
            self._foretell()
            self._ask_anew(1)
        elif row.key == "way" and row.value != self._way.key:
            self._values |= self._typed()
            self._way = next(way for way in self._ways() if way.key == row.value)
            self._ask_anew(2)

    @work(exit_on_error=False, exclusive=True, group="fields")
    async def _ask_anew(self, kept: int) -> None:
        for row in self.form_rows[kept:]:
            await row.remove()
        rows = self._rows_of_kind() if kept == 1 else self._rows_of_way()
        await self.query_one("#rows").mount(*rows)

    def _rows_of_kind(self) -> list[FormRow[Any]]:
        ways = self._ways()
        if len(ways) < 2:
            return self._rows_of_way()
        hints = {way.key: _(way.hint) for way in ways}
        picks = [(_(way.label), way.key) for way in ways]
        return [PickRow("way", "Way", picks, self._way.key, hints.get), *self._rows_of_way()]

    def _rows_of_way(self) -> list[FormRow[Any]]:
        rows: list[FormRow[Any]] = [
            TextRow(
                field.key,
                _(field.label),
                self._values.get(field.key, ""),
                partial(self._judge, self._kind, field),
                hint=self._hint(field),
                secret=field.secret,
                masked=field.secret and isinstance(self._kind, MeetingKind),
            )
            for field in self._way.fields
        ]
        if isinstance(self._kind, MeetingKind) and self._kind.terms.concurrent is not None:
            stored = self._line.account
            same = stored is not None and stored.kind == self._kind.key
            most = stored.concurrent if same and stored is not None else None
            rows.append(TextRow(_CONCURRENT, "At a time", str(most or self._kind.terms.concurrent), judge_concurrent))
        return rows

    def _hint(self, field: FormField) -> str:
        """The field's hint; of a secret that need not be there nobody can tell whether one is stored."""
        if not (field.secret and self._is_stored()):
            return _(field.hint)
        return _("stored; empty keeps it") if field.required else _("{hint}; empty keeps it").format(hint=_(field.hint))

    def _typed(self) -> dict[str, str]:
        return {row.key: row.value for row in self.form_rows if row.key not in (*_PICKED, _CONCURRENT)}

    def _judge(self, kind: ConferenceKind, field: FormField, text: str) -> str | None:
        """A note about a value, as its kind sees it beside the others."""
        if not isinstance(kind, LinkKind):
            if text.strip() or not (field.secret and self._is_stored()):
                checked_value(field, text)
            return None
        try:
            kind.draft({**self._typed(), field.key: text})
        except InvalidInput as error:
            if error.field == field.key:
                raise
        return judge_link(text, required=False) if field.key == _ADDRESS else None

    def _is_stored(self) -> bool:
        """Whether the account is signed in by the chosen way, with secrets that can serve again."""
        sign_in = None if self._line.account is None else self._line.account.sign_in
        return sign_in is not None and sign_in.stored and (sign_in.kind, sign_in.way) == (self._kind.key, self._way.key)

    def _ways(self) -> list[ConnectWay]:
        return ways_for(self._kind, self._line, self._default)

    def _first_way(self, wished: str) -> ConnectWay:
        ways = self._ways()
        return next((way for way in ways if way.key == wished), ways[0])

    def _about_kind(self, key: str) -> str:
        """What the kind is; where there is one way to connect it, also what must be known of that."""
        kind = self._kinds[key]
        hint = _(kind.ways[0].hint) if len(kind.ways) == 1 else ""
        return f"{_(kind.summary)}. {hint}".strip()

    def _foretell(self) -> None:
        self.foretell(effect_of_connecting(self._line, self._kind))


def ways_for(kind: ConferenceKind, line: AccountLine, default: ConferenceAccount | None) -> list[ConnectWay]:
    """The ways that are open to this account; for a person's own one, what the site has signed in to already comes first."""
    sign_in = None if default is None or default.state is not AccountState.CONNECTED else default.sign_in
    lent = sign_in is not None and any(
        way.lends and (kind.key, way.key) == (sign_in.kind, sign_in.way) for way in kind.ways
    )
    open_ways = [way for way in kind.ways if not way.borrows or (lent and line.staff_id is not None)]
    return sorted(open_ways, key=lambda way: not way.borrows)


def judge_concurrent(text: str) -> str:
    """A note about how many meetings a host can run at a time.

    Raises:
        InvalidInput: It is no such number.
    """
    if not (text.strip().isascii() and text.strip().isdecimal() and 1 <= int(text) <= 100):
        raise InvalidInput(_("Type how many meetings can run at a time: 1 to 100."), field=_CONCURRENT)
    return _("meetings that the host's licence runs at once")


def effect_of_connecting(line: AccountLine, kind: ConferenceKind) -> str:
    """What saving an account does (SPEC A1, A2, L3, L4, L10)."""
    account, sessions = line.account, counted_upcoming(line.upcoming)
    if account is None or not account.serves:
        if line.staff_id is None:
            return _("It will serve every online session of the site that has no link of its own.")
        return _(
            "It will serve the online sessions that {holder} leads, except courses and links typed by hand."
        ).format(holder=line.holder)
    if account.sign_in is not None and account.kind == kind.key:
        words = ngettext(
            "The same host signing in the same way keeps every link. With another host {sessions} gets new meetings: "
            "the old ones go once the new ones are there.",
            "The same host signing in the same way keeps every link. With another host {sessions} get new meetings: "
            "the old ones go once the new ones are there.",
            line.upcoming,
        )
    elif isinstance(kind, MeetingKind):
        words = ngettext(
            "{sessions} gets a meeting and a link of its own; H lists who holds an old one.",
            "{sessions} get a meeting and a link of their own; H lists who holds an old one.",
            line.upcoming,
        )
    elif line.staff_id is None:
        words = _(
            "The link changes for {sessions}: every online session of the site that has no link of its own. "
            "H lists who holds an old one."
        )
    else:
        words = _(
            "The link changes for {sessions}: the online sessions that {holder} leads, except courses and links typed "
            "by hand. H lists who holds an old one."
        )
    return words.format(sessions=sessions, holder=line.holder)


def _heading(line: AccountLine) -> str:
    if line.staff_id is None:
        return _("Add the default account") if line.account is None else _("Change the default account")
    words = _("Add {holder}'s own account") if line.account is None else _("Change {holder}'s own account")
    return words.format(holder=line.holder)
