"""Conference accounts: a site's default one and each staff member's own (SPEC §2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from studio_tui.domain import permissions
from studio_tui.domain.account_kinds import ConferenceKind, LinkKind
from studio_tui.domain.agenda import AccountLine, Accounts, LinkLoss, MeetingTally
from studio_tui.domain.batches import batched
from studio_tui.domain.conferences import (
    AccountState,
    ConferenceAccount,
    LinkSource,
)
from studio_tui.domain.errors import InvalidInput, NotPossible, StudioError
from studio_tui.domain.language import _
from studio_tui.domain.link_providers import masked
from studio_tui.domain.links import JoinLink
from studio_tui.domain.meetings import HORIZON, SignInId
from studio_tui.domain.people import Author, SiteId, StaffId, StaffMember
from studio_tui.domain.providers import MeetingKind
from studio_tui.domain.sessions import SessionId
from studio_tui.storage.unit_of_work import UnitOfWork
from studio_tui.usecases.account_saving import account_of, check_own, save_connected, save_state
from studio_tui.usecases.link_context import LinkContexts
from studio_tui.usecases.meeting_outlook import tallies
from studio_tui.usecases.resources import Resources

_BATCH = 1_000


class Conferencing:
    """The use cases of "Manage video conferences". `staff_id` None always means the site's default account."""

    def __init__(self, resources: Resources, kinds: Sequence[ConferenceKind], horizon: timedelta = HORIZON) -> None:
        self._resources = resources
        self._kinds = {kind.key: kind for kind in kinds}
        self._makers = {kind.key: kind for kind in kinds if isinstance(kind, MeetingKind)}
        self._horizon = horizon

    def kinds(self) -> tuple[ConferenceKind, ...]:
        """The kinds of account that can be connected (SPEC A3)."""
        return tuple(self._kinds.values())

    def accounts(self, actor: StaffMember, site_id: SiteId) -> Accounts:
        """The site's accounts with how many upcoming online sessions each serves; an instructor sees their own only (A5)."""

        def work(unit: UnitOfWork) -> Accounts:
            site = unit.people.site(site_id)
            served = _served(unit, site_id, self._resources)
            staff = [member for member in unit.people.staff(site_id) if member.active]
            own = unit.conferences.own_accounts()
            tally = tallies(unit, self._makers, self._resources.clock(), self._horizon)
            lines = tuple(
                self._line(member.name, member.id, own.get(member.id), served[1].get(member.id, 0), tally)
                for member in staff
                if permissions.may_manage_account(actor, member.id)
            )
            default = self._line(site.name, None, unit.conferences.default_of(site_id), served[0], tally)
            return Accounts(site=site, default=default, staff=lines)

        return self._resources.read(work)

    def preview(self, actor: StaffMember, site_id: SiteId, staff_id: StaffId | None) -> LinkLoss:
        """How many upcoming sessions and clients lose their link by disconnecting (SPEC A6).

        For a site's default account that is every session that has a link; for an own account, those it serves, which
        fall back to the default account.
        """
        return self._resources.read(lambda unit: _loss(unit, site_id, staff_id, self._resources))

    def values(self, actor: StaffMember, site_id: SiteId, staff_id: StaffId | None) -> dict[str, str]:
        """What was typed into the account's form, in the clear; empty if there is no account.

        Raises:
            NotAllowed, WrongKey: It cannot be shown.
        """
        permissions.check_account(actor, staff_id)

        def work(unit: UnitOfWork) -> dict[str, str]:
            link = self._open(account_of(unit, site_id, staff_id))
            if link is None:
                return {}
            return {"url": link.url, "password": link.password or "", "description": link.description or ""}

        return self._resources.read(work)

    def connect(
        self,
        actor: StaffMember,
        site_id: SiteId,
        staff_id: StaffId | None,
        kind_key: str,
        values: dict[str, str],
        *,
        version: int | None = None,
    ) -> ConferenceAccount:
        """Add or change an account and connect it; notices that waited for a link go (SPEC A1–A5, N8).

        Raises:
            NotAllowed, NotPossible, InvalidInput, StaleVersion: Nothing was changed.
        """
        permissions.check_account(actor, staff_id)
        if kind_key not in self._kinds:
            raise InvalidInput(
                _("There is no kind of account called {kind_key}: choose {kinds}.").format(
                    kind_key=kind_key, kinds=", ".join(self._kinds)
                ),
                field="kind",
            )
        kind = self._kinds[kind_key]
        if not isinstance(kind, LinkKind):
            raise NotPossible(_("An account of the kind {name} is connected by signing in.").format(name=kind.name))
        draft = kind.draft(values)

        def work(unit: UnitOfWork) -> ConferenceAccount:
            return save_connected(
                unit,
                actor,
                Author(actor.name, self._resources.clock()),
                site_id,
                staff_id,
                kind=kind_key,
                label=draft.label,
                link=lambda account_id: self._resources.vault.seal(draft.link, f"account:{account_id}"),
                version=version,
            )

        return self._resources.write(work)

    def reconnect(self, actor: StaffMember, site_id: SiteId, staff_id: StaffId | None) -> ConferenceAccount:
        """Connect a disconnected account with what is stored: all its links come back (SPEC A6).

        Raises:
            NotAllowed, NotPossible: There is none, or an own account lacks the default one (A4).
        """
        permissions.check_account(actor, staff_id)

        def work(unit: UnitOfWork) -> ConferenceAccount:
            account = account_of(unit, site_id, staff_id)
            if account is None:
                raise NotPossible(_("There is no account to connect again: add one."))
            check_own(unit, site_id, staff_id)
            author = Author(actor.name, self._resources.clock())
            return save_state(unit, account, AccountState.CONNECTED, None, actor, author, site_id)

        return self._resources.write(work)

    def disconnect(
        self, actor: StaffMember, site_id: SiteId, staff_id: StaffId | None, *, version: int | None = None
    ) -> LinkLoss:
        """Disconnect an account and return what that took away. Nothing is deleted (SPEC A6).

        Raises:
            NotAllowed, NotPossible, StaleVersion: Nothing was changed.
        """
        permissions.check_account(actor, staff_id)

        def work(unit: UnitOfWork) -> LinkLoss:
            account = account_of(unit, site_id, staff_id)
            if account is None or not account.serves:
                raise NotPossible(_("There is no connected account to disconnect."))
            loss = _loss(unit, site_id, staff_id, self._resources)
            author = Author(actor.name, self._resources.clock())
            save_state(unit, account, AccountState.DISCONNECTED, version, actor, author, site_id)
            return loss

        return self._resources.write(work)

    def _line(
        self,
        holder: str,
        staff_id: StaffId | None,
        account: ConferenceAccount | None,
        upcoming: int,
        tally: Mapping[SignInId, MeetingTally],
    ) -> AccountLine:
        try:
            link = self._open(account)
        except StudioError:  # the label still says which account it is; changing it asks for the link again
            link = None
        return AccountLine(
            holder=holder,
            staff_id=staff_id,
            account=account,
            masked_link=None if link is None else masked(link.url),
            upcoming=upcoming,
            meetings=None if account is None or account.sign_in is None else tally.get(account.sign_in.id),
        )

    def _open(self, account: ConferenceAccount | None) -> JoinLink | None:
        if account is None or account.link is None:
            return None
        return self._resources.vault.open(account.link, f"account:{account.id}")


def _served(unit: UnitOfWork, site_id: SiteId, resources: Resources) -> tuple[int, dict[StaffId, int]]:
    """Upcoming sessions whose link is the default account's, and those of each person's own account."""
    groups = {group.example.id: group for group in unit.sessions.link_groups(resources.clock(), site_id=site_id)}
    decisions = LinkContexts(unit).decide(group.example for group in groups.values())
    default, own = 0, dict[StaffId, int]()
    for session_id, decision in decisions.items():
        group = groups[session_id]
        if decision.source is LinkSource.SITE:
            default += group.sessions
        elif decision.source is LinkSource.LEADER and group.example.staff_id is not None:
            own[group.example.staff_id] = own.get(group.example.staff_id, 0) + group.sessions
    return default, own


def _loss(unit: UnitOfWork, site_id: SiteId, staff_id: StaffId | None, resources: Resources) -> LinkLoss:
    """What a disconnection takes away: at the site, or wherever the person leads."""
    now = resources.clock()
    if staff_id is None:
        ids = unit.sessions.upcoming_ids(now, site_id=site_id)
    else:
        ids = unit.sessions.upcoming_ids(now, staff_id=staff_id)
    contexts = LinkContexts(unit)
    lost: list[SessionId] = []
    for batch in batched(ids, _BATCH):
        decisions = contexts.decide(unit.sessions.by_ids(batch))
        lost += [
            session_id
            for session_id, decision in decisions.items()
            if (decision.link is not None or decision.pending)
            and (staff_id is None or decision.source is LinkSource.LEADER)
        ]
    return LinkLoss(sessions=len(lost), clients=unit.bookings.clients_of(lost))
