"""A small studio whose accounts are at a house of rooms, and what keeps its meetings."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta

from studio_tui.domain.conferences import ConferenceAccount, LinkDecision
from studio_tui.domain.people import Site, StaffMember
from studio_tui.domain.providers import MeetingRequest
from studio_tui.domain.sessions import Session
from studio_tui.storage.unit_of_work import Database
from studio_tui.storage.vault import Vault
from studio_tui.usecases.link_context import LinkContexts
from studio_tui.usecases.scheduling import SessionEdit
from studio_tui.worker.keeper import MeetingKeeper
from tests.builders import SmallStudio
from tests.doubles.rooms import Crash, Fault, House, HouseKind, a_sign_in

__all__ = ["Crash", "Fault", "House", "HousedStudio"]


class HousedStudio(SmallStudio):
    """The studio, its provider `house`, and a keeper that works when a test says so."""

    def __init__(
        self,
        database: Database,
        *,
        daily_limit: int | None = None,
        concurrent: int | None = 1,
        house: House | None = None,
        vault: Vault | None = None,
    ) -> None:
        self.house = house or House()
        super().__init__(database, vault=vault, kinds=[HouseKind(self.house, daily_limit, concurrent)])
        self.house.clock = self.clock()

    def sign_in(
        self,
        user: str,
        staff: StaffMember | None = None,
        site: Site | None = None,
        way: str = "key",
        secret: str | None = None,
    ) -> ConferenceAccount:
        """Connect the site's default account (Rome's unless said otherwise), or a person's own, as that user."""
        self.house.signed_out.discard(user)
        staff_id, site_id = None if staff is None else staff.id, (site or self.rome).id
        return self.signing_in.connect(self.owner, site_id, staff_id, "house", way, a_sign_in(user, secret))

    def keep(self) -> None:
        """Let a keeper do all that can be done now."""
        self.house.clock = self.clock()
        asyncio.run(MeetingKeeper(self.meeting_keeping).settle())

    def later(self, by: timedelta) -> None:
        """Let time pass, then let a keeper do what can be done."""
        self.clock.advance(by)
        self.keep()

    def decision(self, session: Session) -> LinkDecision:
        """Which link the session has now, and why."""
        with self.database.reading() as unit:
            return LinkContexts(unit).decide([unit.sessions.get(session.id)])[session.id]

    def rooms(self, user: str) -> Sequence[MeetingRequest]:
        """The user's meetings at the house, in the order they were made."""
        return self.house.of(user)

    def edit(self, session: Session, **fields: object) -> Session:
        """Save the session's form with other values."""
        return self.scheduling.edit(self.owner, session.id, SessionEdit(**fields), version=None)  # type: ignore[arg-type]
