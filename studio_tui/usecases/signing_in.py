"""Signing in to providers, and asking them who we are; credentials pass through here and are sealed (SPEC A3–A7)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import TypeVar

from studio_tui.domain import permissions
from studio_tui.domain.account_kinds import ConferenceKind
from studio_tui.domain.conferences import ConferenceAccount, SignIn
from studio_tui.domain.errors import InvalidInput, NotPossible, StudioError
from studio_tui.domain.language import _
from studio_tui.domain.meetings import Meeting, MeetingState, SignInId
from studio_tui.domain.people import Author, SiteId, StaffId, StaffMember
from studio_tui.domain.permissions import Act
from studio_tui.domain.phrase import Phrase, phrase
from studio_tui.domain.providers import (
    Credentials,
    DevicePrompt,
    Identity,
    MeetingGone,
    MeetingKind,
    MeetingProvider,
    PastePrompt,
    ProviderError,
    SignedIn,
    SignInNeeded,
)
from studio_tui.domain.sessions import SessionId
from studio_tui.storage.unit_of_work import UnitOfWork
from studio_tui.usecases.account_saving import account_of, check_own, save_connected
from studio_tui.usecases.credentials import StoredCredentials, owner_of
from studio_tui.usecases.link_context import LinkContexts, subject_of
from studio_tui.usecases.resources import Resources

MOST_CONCURRENT = 100
T = TypeVar("T")


class SigningIn:
    """The use cases of accounts whose sessions get a meeting each. `staff_id` None means the site's default account.

    Methods that ask a provider are coroutines of one event loop; the others only touch the database.
    """

    def __init__(self, resources: Resources, kinds: Sequence[ConferenceKind]) -> None:
        self._resources = resources
        self._kinds = {kind.key: kind for kind in kinds if isinstance(kind, MeetingKind)}

    async def sign_in(
        self,
        actor: StaffMember,
        site_id: SiteId,
        staff_id: StaffId | None,
        kind_key: str,
        way: str,
        values: Mapping[str, str],
    ) -> SignedIn | DevicePrompt | PastePrompt:
        """Ask the provider; what comes back is handed to `connect`, or says what the person has to do first.

        Raises:
            NotAllowed, NotPossible: It may not be (SPEC A4, A5).
            InvalidInput: Naming the field and what is accepted.
            ProviderError: The provider refused, or cannot be reached.
        """
        permissions.check_account(actor, staff_id)
        kind = self._kind(kind_key)
        account, default = await self._read(lambda unit: _permitted(unit, site_id, staff_id))
        borrows = any(each.key == way and each.borrows for each in kind.ways)
        lender = self._lender(default, kind_key, staff_id) if borrows else None
        given = Credentials(with_stored_secrets(kind, way, values, await self._current(account)))
        return await kind.sign_in(way, given.values, None if lender is None else self._stored(lender.id))

    async def typed(self, actor: StaffMember, site_id: SiteId, staff_id: StaffId | None) -> dict[str, str]:
        """What was typed to sign in with, but for secrets; empty where nothing is stored.

        Raises:
            NotAllowed: The account is somebody else's.
        """
        permissions.check_account(actor, staff_id)
        account = await self._read(lambda unit: account_of(unit, site_id, staff_id))
        stored = await self._current(account)
        if account is None or account.sign_in is None or account.kind not in self._kinds:
            return {}
        ways = [way for way in self._kinds[account.kind].ways if way.key == account.sign_in.way]
        return {each.key: stored.get(each.key) for way in ways for each in way.fields if not each.secret}

    async def discard(self, kind_key: str, signed_in: SignedIn) -> None:
        """Give a sign-in up that is not kept after all; a provider that cannot be told forgets it by itself."""
        with suppress(ProviderError):
            await self._kind(kind_key).revoke(signed_in.credentials)

    def connect(
        self,
        actor: StaffMember,
        site_id: SiteId,
        staff_id: StaffId | None,
        kind_key: str,
        way: str,
        signed_in: SignedIn,
        *,
        concurrent: int | None = None,
        version: int | None = None,
    ) -> ConferenceAccount:
        """Keep a sign-in and connect the account with it; its meetings follow (SPEC L10).

        The same host signing in anew keeps all meetings. With another one they are made anew, and the old ones are removed
        once the new ones exist.

        Args:
            actor: Who does it.
            site_id: The site that is looked at.
            staff_id: None for its default account.
            kind_key: Key of the kind.
            way: Key of the way that was chosen.
            signed_in: What the provider gave.
            concurrent: How many meetings the host can run at a time; None for what the kind says.
            version: The account's version that the actor saw.

        Raises:
            NotAllowed, NotPossible, InvalidInput, StaleVersion: Nothing was changed.
        """
        permissions.check_account(actor, staff_id)
        kind = self._kind(kind_key)
        if concurrent is not None and not 1 <= concurrent <= MOST_CONCURRENT:
            raise InvalidInput(
                _("Type how many meetings can run at a time: 1 to {most_concurrent}.").format(
                    most_concurrent=MOST_CONCURRENT
                ),
                field="concurrent",
            )

        def work(unit: UnitOfWork) -> ConferenceAccount:
            author = Author(actor.name, self._resources.clock())
            account, default = account_of(unit, site_id, staff_id), unit.conferences.default_of(site_id)
            borrows = any(each.key == way and each.borrows for each in kind.ways)
            lender = self._lender(default, kind_key, staff_id) if borrows else None
            sign_in_id = self._keep(unit, account, kind_key, way, signed_in, lender, author)
            return save_connected(
                unit,
                actor,
                author,
                site_id,
                staff_id,
                kind=kind_key,
                label=signed_in.identity.label,
                sign_in_id=sign_in_id,
                concurrent=kind.terms.concurrent if concurrent is None else concurrent,
                version=version,
            )

        return self._resources.write(work)

    async def test(self, actor: StaffMember, site_id: SiteId, staff_id: StaffId | None) -> Identity:
        """Ask the provider who we are; no typed link is ever opened.

        Raises:
            NotAllowed, NotPossible: There is nothing to ask.
            ProviderError: What is the matter.
        """
        permissions.check_account(actor, staff_id)
        account = await self._read(lambda unit: account_of(unit, site_id, staff_id))
        if account is None:
            raise NotPossible(_("There is no account to test: add one."))
        sign_in = account.sign_in
        if sign_in is None:
            raise NotPossible(_("This account is a link alone, which is never opened: open it in a browser to try it."))
        try:
            identity = await self._provider(sign_in).whoami()
        except SignInNeeded as error:
            if sign_in.accepted and sign_in.stored:
                await self._found(actor, account, sign_in, error.said)
            raise
        if sign_in.trouble or sign_in.paused_until is not None:
            await self._found(actor, account, sign_in, "")
        return identity

    async def _found(
        self, actor: StaffMember, account: ConferenceAccount, sign_in: SignIn, refused: Phrase | str
    ) -> None:
        """Write down what a test found: that the sign-in is refused (SPEC A7), or that the provider answers again."""
        author = Author(actor.name, self._resources.clock())

        def work(unit: UnitOfWork) -> None:
            if refused:
                unit.sign_ins.troubled(sign_in.id, refused, accepted=False)
            else:
                unit.sign_ins.well(sign_in.id)
            what = phrase("needs a new sign-in") if refused else phrase("was tested")
            unit.changes.record("account", account.id, author, what)

        await asyncio.to_thread(self._resources.write, work)

    def try_again(self, actor: StaffMember, session_id: SessionId) -> None:
        """Let the session's meeting be tried at once, whatever failed before; the worker does it.

        Raises:
            NotAllowed: It is for the front desk and the session's leader.
            NotPossible: No meeting of the session failed.
        """

        def work(unit: UnitOfWork) -> None:
            session = unit.sessions.get(session_id)
            permissions.check(actor, Act.MANAGE_LINKS, leader=session.staff_id)
            decision = LinkContexts(unit).decide([session])[session_id]
            sign_in = None if decision.account is None else decision.account.sign_in
            if sign_in is None or not (sign_in.trouble or (decision.meeting and decision.meeting.trouble)):
                raise NotPossible(_("Nothing failed here: a link that comes with a meeting is made by itself."))
            unit.meetings.try_now(subject=subject_of(session))
            unit.sign_ins.resume(sign_in.id)
            unit.changes.record(
                "session",
                session_id,
                Author(actor.name, self._resources.clock()),
                phrase("asked for its meeting again"),
            )

        self._resources.write(work)

    async def start_url(self, actor: StaffMember, session_id: SessionId) -> str:
        """A fresh address that makes whoever opens it the session's host; never stored, logged or sent.

        Raises:
            NotAllowed: It is for the front desk and the session's leader.
            NotPossible: The session has no meeting, or one that needs no host.
            ProviderError: What is the matter.
        """
        sign_in, meeting = await self._read(lambda unit: self._hosted(unit, actor, session_id))
        try:
            return await self._provider(sign_in).start_url(meeting.external_id or "")
        except MeetingGone:
            await asyncio.to_thread(self._gone, session_id, meeting)
            raise NotPossible(
                _(
                    "Somebody deleted this session's meeting at the provider: a new one is being made. Start that one, and "
                    "send its link to whoever holds the old one."
                )
            ) from None

    def _gone(self, session_id: SessionId, meeting: Meeting) -> None:
        """Let the worker make another one, unless somebody is at it already."""

        def work(unit: UnitOfWork) -> None:
            if unit.meetings.get(meeting.id) == meeting:
                unit.meetings.removed(meeting, None, meeting.look_at)
                author = Author(_("video conferences"), self._resources.clock())
                unit.changes.record("session", session_id, author, phrase("missed its meeting"))

        self._resources.write(work)

    def _hosted(self, unit: UnitOfWork, actor: StaffMember, session_id: SessionId) -> tuple[SignIn, Meeting]:
        session = unit.sessions.get(session_id)
        permissions.check(actor, Act.MANAGE_LINKS, leader=session.staff_id)
        decision = LinkContexts(unit).decide([session])[session_id]
        sign_in = None if decision.account is None else decision.account.sign_in
        if sign_in is None:
            raise NotPossible(_("This session's link is the same for everybody: open the link itself to host it."))
        if not self._kind(sign_in.kind).terms.hosted:
            raise NotPossible(_("Nobody has to start this meeting: open the join link itself."))
        meeting = decision.meeting
        if meeting is None or meeting.state is not MeetingState.MADE or meeting.external_id is None:
            raise NotPossible(_("The session has no meeting yet: it can be started once its link is made."))
        return sign_in, meeting

    def _keep(
        self,
        unit: UnitOfWork,
        account: ConferenceAccount | None,
        kind: str,
        way: str,
        signed_in: SignedIn,
        lender: SignIn | None,
        author: Author,
    ) -> SignInId:
        """The sign-in that the same host had in the same way with fresh credentials, else a new one.

        Also one that this account had before another one: whoever connects the wrong account and then the right one again
        keeps the meetings, and clients the links that they have.
        """
        identity, lender_id = signed_in.identity, None if lender is None else lender.id
        others = [each for each in unit.conferences.all() if account is None or each.id != account.id]
        held = {each.sign_in.id for each in others if each.sign_in is not None}
        earlier = [each for each in unit.sign_ins.of_host(kind, way, identity.user_id) if each not in held]
        old = None if account is None or account.sign_in is None else account.sign_in.id
        if earlier:
            sign_in_id = old if old in earlier else earlier[-1]
            unit.sign_ins.accept(sign_in_id, identity.label, lender_id)
            unit.meetings.try_now(sign_in_id=sign_in_id)
        else:
            sign_in_id = unit.sign_ins.add(kind, way, identity.user_id, identity.label, author.at, lender_id)
        sealed = self._resources.vault.seal_values(signed_in.credentials.values, owner_of(sign_in_id))
        unit.sign_ins.store(sign_in_id, sealed)
        return sign_in_id

    def _kind(self, key: str) -> MeetingKind:
        if key not in self._kinds:
            raise InvalidInput(
                _("There is no kind of account called {key} to sign in to: choose {kinds}.").format(
                    key=key, kinds=", ".join(self._kinds)
                ),
                field="kind",
            )
        return self._kinds[key]

    def _lender(self, default: ConferenceAccount | None, kind: str, staff_id: StaffId | None) -> SignIn:
        """The site's sign-in that another host's account is served with."""
        if staff_id is None:
            raise NotPossible(_("Only a person's own account can borrow the site's sign-in: choose another way."))
        if default is None or default.sign_in is None or default.kind != kind or not default.serves:
            raise NotPossible(
                _(
                    "The site's default account is not signed in to the same provider: connect it there first, "
                    "or choose another way."
                )
            )
        return default.sign_in

    def _provider(self, sign_in: SignIn) -> MeetingProvider:
        lender = None if sign_in.lender_id is None else self._stored(sign_in.lender_id)
        return self._kind(sign_in.kind).open(self._stored(sign_in.id), lender)

    def _stored(self, sign_in_id: SignInId) -> StoredCredentials:
        return StoredCredentials(self._resources, sign_in_id)

    async def _current(self, account: ConferenceAccount | None) -> Credentials:
        """What is stored of the account's sign-in; nothing where there is none, or it cannot be read."""
        if account is None or account.sign_in is None or not account.sign_in.stored:
            return Credentials()
        with suppress(StudioError):
            return await self._stored(account.sign_in.id).current()
        return Credentials()

    async def _read(self, work: Callable[[UnitOfWork], T]) -> T:
        return await asyncio.to_thread(self._resources.read, work)


def with_stored_secrets(kind: MeetingKind, way: str, values: Mapping[str, str], stored: Credentials) -> dict[str, str]:
    """The form's values, where secrets that were left empty are those stored with the same other values.

    So a stored secret never comes back to a screen, and is not asked for again either.
    """
    given = dict(values)
    fields = next((each.fields for each in kind.ways if each.key == way), ())
    if stored.get("way") not in ("", way):
        return given
    if any(given.get(each.key, "").strip() != stored.get(each.key) for each in fields if not each.secret):
        return given
    kept = {each.key: stored.get(each.key) for each in fields if each.secret and not given.get(each.key, "").strip()}
    return {**given, **kept}


def _permitted(
    unit: UnitOfWork, site_id: SiteId, staff_id: StaffId | None
) -> tuple[ConferenceAccount | None, ConferenceAccount | None]:
    """The account, and the site's default one, if the account may be at all (SPEC A4)."""
    account = account_of(unit, site_id, staff_id)
    if account is None or not account.serves:
        check_own(unit, site_id, staff_id)
    return account, unit.conferences.default_of(site_id)
