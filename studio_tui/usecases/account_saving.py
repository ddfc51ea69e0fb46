"""Writing a conference account: who holds it, what it may be, and what follows for the links of sessions."""

from __future__ import annotations

from collections.abc import Callable

from studio_tui.domain.conferences import AccountId, AccountState, ConferenceAccount, check_can_add_own
from studio_tui.domain.errors import StaleVersion
from studio_tui.domain.language import _
from studio_tui.domain.meetings import SignInId
from studio_tui.domain.people import Author, SiteId, StaffId, StaffMember
from studio_tui.domain.phrase import Phrase, phrase
from studio_tui.domain.services import SealedLink
from studio_tui.storage.unit_of_work import UnitOfWork
from studio_tui.usecases.planning import release_for_link


def account_of(unit: UnitOfWork, site_id: SiteId, staff_id: StaffId | None) -> ConferenceAccount | None:
    """The site's default account, or the person's own one; None if there is none."""
    if staff_id is None:
        return unit.conferences.default_of(site_id)
    return unit.conferences.own_of(staff_id)


def holder_of(unit: UnitOfWork, site_id: SiteId, staff_id: StaffId | None) -> str:
    """Whose account it is, by name."""
    return unit.people.site(site_id).name if staff_id is None else unit.people.staff_member(staff_id).name


def check_own(unit: UnitOfWork, site_id: SiteId, staff_id: StaffId | None) -> None:
    """Refuse an own account where the site has no default one connected (SPEC A4).

    Raises:
        NotPossible: With what to do first.
    """
    if staff_id is not None:
        member = unit.people.staff_member(staff_id)
        check_can_add_own(member.name, unit.people.site(site_id).name, unit.conferences.default_of(site_id))


def save_connected(
    unit: UnitOfWork,
    actor: StaffMember,
    author: Author,
    site_id: SiteId,
    staff_id: StaffId | None,
    *,
    kind: str,
    label: str,
    link: Callable[[AccountId], SealedLink] | None = None,
    sign_in_id: SignInId | None = None,
    concurrent: int | None = None,
    version: int | None,
) -> ConferenceAccount:
    """Add or change an account so that it is connected; an edit that can be undone.

    Args:
        unit: The open transaction.
        actor: Whose edit it is.
        author: The same, and now.
        site_id: The site that is looked at.
        staff_id: None for its default account, else whose own one.
        kind: Key of the kind.
        label: What may be shown of it.
        link: Seals the static link for the account's id; None for a kind without one.
        sign_in_id: What meetings are made with, for a kind that makes them.
        concurrent: How many meetings its host can run at a time; None for any number.
        version: The version that the actor saw; None writes over whatever is there.

    Raises:
        NotPossible, StaleVersion: Nothing was changed.
    """
    account = account_of(unit, site_id, staff_id)
    if account is None or not account.serves:
        check_own(unit, site_id, staff_id)
    unit.history.begin(
        actor,
        author.at,
        phrase("connected the conference account of {holder_of}", holder_of=holder_of(unit, site_id, staff_id)),
    )
    if account is None:
        account = unit.conferences.add(site_id if staff_id is None else None, staff_id, kind, label, author)
    elif version is not None and version != account.change.version:
        change = account.change
        raise StaleVersion(_("The conference account"), changed_by=change.changed_by, changed_at=change.changed_at)
    saved = unit.conferences.save(
        account,
        kind=kind,
        label=label,
        state=AccountState.CONNECTED,
        link=None if link is None else link(account.id),
        sign_in_id=sign_in_id,
        concurrent=concurrent,
        version=account.change.version,
        author=author,
    )
    links_changed(unit, saved, site_id, author, phrase("connected a conference account"))
    return saved


def save_state(
    unit: UnitOfWork,
    account: ConferenceAccount,
    state: AccountState,
    version: int | None,
    actor: StaffMember,
    author: Author,
    site_id: SiteId,
) -> ConferenceAccount:
    """Connect or disconnect an account as it is stored; an edit that can be undone (SPEC A6).

    Raises:
        StaleVersion: Somebody else changed it since.
    """
    unit.history.begin(
        actor,
        author.at,
        phrase(
            "{label} the conference account of {holder_of}",
            label=state.phrase,
            holder_of=holder_of(unit, site_id, account.staff_id),
        ),
    )
    saved = unit.conferences.save(
        account,
        kind=account.kind,
        label=account.label,
        state=state,
        link=account.link,
        sign_in_id=None if account.sign_in is None else account.sign_in.id,
        concurrent=account.concurrent,
        version=version,
        author=author,
    )
    links_changed(unit, saved, site_id, author, phrase("{label} a conference account", label=state.phrase))
    return saved


def links_changed(unit: UnitOfWork, account: ConferenceAccount, site_id: SiteId, author: Author, what: Phrase) -> None:
    """Let held notices ask for their link anew: of the site, or of all that the person leads, wherever."""
    if account.staff_id is None:
        ids = unit.sessions.upcoming_ids(author.at, site_id=site_id)
    else:
        ids = unit.sessions.upcoming_ids(author.at, staff_id=account.staff_id)
    release_for_link(unit, ids, author.at)
    unit.changes.record("account", account.id, author, what)
